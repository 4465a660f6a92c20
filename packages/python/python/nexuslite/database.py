"""A database: one file, and its collections."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, NoReturn

from nexuslite import _commands
from nexuslite._options import check
from nexuslite._settings import Settings, WithSettings, concerns
from nexuslite._shape import collection_name, database_name
from nexuslite._typing import DocumentType
from nexuslite.bson import DBRef
from nexuslite.client_session import within
from nexuslite.collection import Collection
from nexuslite.command_cursor import CommandCursor
from nexuslite.errors import CollectionInvalid, OperationFailure

if TYPE_CHECKING:
    from nexuslite._store import Store
    from nexuslite.bson import CodecOptions
    from nexuslite.client import Client
    from nexuslite.client_session import ClientSession
    from nexuslite.read_concern import ReadConcern
    from nexuslite.read_preferences import _Mode
    from nexuslite.write_concern import WriteConcern

__all__ = ["Database"]


class Database(WithSettings, Generic[DocumentType]):
    """One database file: ``Database("shop.db")``, or ``client["shop"]``.

    ``database["orders"]`` and ``database.orders`` are its collections. It is a context manager that closes it.
    """

    def __init__(
        self,
        client: Client[DocumentType] | str | os.PathLike[str],
        name: str | None = None,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _Mode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        **options: Any,
    ) -> None:
        """Opens the file at a path at once, and creates it when there is none: a name without ending gets ``.db``,
        and ``":memory:"`` lives in memory. With a client, the database ``name`` of its folder, which is opened when
        it is first used.

        ``options``, for a path only: ``create`` (True), ``read_only`` (False), ``durability`` (``"full"``, ``"group"``
        or ``"none"``), ``generate_id`` (``"uuid4"``, ``"uuid7"`` or ``"objectid"``), ``engine`` (``"wasp"`` or
        ``"log"``), ``cache_bytes`` (the memory for everything together: a quarter of what the process may use, at most
        1 GiB), ``group_interval`` and ``sweep_interval`` in seconds, and the engine's other limits;
        ``document_class``, ``tz_aware``, ``tzinfo``, ``datetime_conversion`` as in ``CodecOptions``.

        Raises:
            ConfigurationError: An option does not exist, or cannot have its value.
            ConnectionFailure: The file cannot be opened: it is open in another process, or is not there and not to be
                created.
            CorruptionError: The file's bytes are not what was written.
        """
        from nexuslite.client import Client

        if isinstance(client, Client):
            check("get_database", options)
            self._client: Client[DocumentType] = client
            self._name = database_name(name)
        else:
            self._client, self._name = Client._of_file(client, options)
        given = concerns(codec_options, read_preference, write_concern, read_concern)
        self._settings: Settings = self._client._settings.changed("get_database", given)
        self._store: Store = self._client._store(self._name)

    @property
    def client(self) -> Client[DocumentType]:
        """The client that it belongs to; one of this file alone when it was opened by its path."""
        return self._client

    @property
    def name(self) -> str:
        """Its name, which is its file's without the ending."""
        return self._name

    def with_options(
        self,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _Mode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> Database[Any]:
        """The same database with other options.

        Raises:
            NotSupportedError: An option cannot be had.
        """
        given = concerns(codec_options, read_preference, write_concern, read_concern)
        made: Database[Any] = Database(self._client, self._name)
        made._settings = self._settings.changed("with_options", given)
        return made

    # Collections.

    def get_collection(
        self,
        name: str,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _Mode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> Collection[Any]:
        """A collection with other options than the database's, whether or not it exists.

        Raises:
            InvalidName: No collection can have this name.
            NotSupportedError: An option cannot be had.
        """
        return Collection(
            self,
            name,
            codec_options=codec_options,
            read_preference=read_preference,
            write_concern=write_concern,
            read_concern=read_concern,
        )

    def create_collection(
        self,
        name: str,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _Mode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        session: ClientSession | None = None,
        check_exists: bool | None = True,
        **kwargs: Any,
    ) -> Collection[DocumentType]:
        """Creates a collection, or a view. With ``check_exists=False`` one that exists with the same options is as good
        as created.

        ``kwargs``: ``validator`` (any filter, ``$jsonSchema`` among them), ``validationLevel``, ``validationAction``;
        ``capped``, ``size``, ``max``; ``viewOn``, ``pipeline``; ``collation``; ``clusteredIndex``,
        ``expireAfterSeconds``; and of our own ``primaryKey`` (a dotted path at which every document must hold a value
        that no other one holds), ``softDelete`` (deleted documents are kept, see ``Collection.restore``) and
        ``metadata`` (times and a version are kept for every document).

        Raises:
            CollectionInvalid: It exists already.
            InvalidName: No collection can have this name.
            OperationFailure: An option means nothing, or does not go with another; or the collection exists with other
                options (48).
            NotSupportedError: An option cannot be had.
        """
        name = collection_name(name)
        made: Collection[DocumentType] = Collection(
            self,
            name,
            codec_options=codec_options,
            read_preference=read_preference,
            write_concern=write_concern,
            read_concern=read_concern,
        )
        honoured = check("create_collection", {"check_exists": check_exists, **kwargs})
        if honoured.pop("check_exists", False) and name in self.list_collection_names(session):
            raise CollectionInvalid(f"collection {name} already exists")
        self._create(name, session, honoured, made._settings)
        return made

    def drop_collection(
        self,
        name_or_collection: str | Collection[Any],
        session: ClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Drops a collection with everything in it; one that does not exist is as good as dropped.

        Raises:
            TypeError: It is neither a name nor a collection.
        """
        name = name_or_collection.name if isinstance(name_or_collection, Collection) else name_or_collection
        if not isinstance(name, str):
            raise TypeError(f"name_or_collection must be an instance of str or Collection, not {type(name)}")
        check("drop_collection", {"encrypted_fields": encrypted_fields})
        transaction = self._within(session)
        if transaction is not None or self._store.exists():
            self._store.database().drop_collection(collection_name(name), transaction)
            self._journal(transaction, self._settings)
        return {"ok": 1.0}

    def list_collections(
        self,
        session: ClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> CommandCursor[dict[str, Any]]:
        """The collections and views, each with ``name``, ``type`` (``"collection"`` or ``"view"``), ``options`` as
        ``create_collection`` takes them, ``info`` and ``idIndex``; those that satisfy ``filter``, and of them name and
        type alone with ``nameOnly``.

        Raises:
            OperationFailure: The filter means nothing.
            NotSupportedError: An option cannot be had.
        """
        honoured = check("list_collections", {"filter": filter, "comment": comment, **kwargs})
        listed = self._described(session, honoured.get("filter"))
        if honoured.get("nameOnly"):
            listed = [{"name": each["name"], "type": each["type"]} for each in listed]
        return CommandCursor(listed, session)

    def list_collection_names(
        self,
        session: ClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """The names of the collections and views that satisfy ``filter``, in the order of their bytes. The filter is asked of
        what ``list_collections`` says of each.

        Raises:
            OperationFailure: The filter means nothing.
            NotSupportedError: An option cannot be had.
        """
        honoured = check("list_collection_names", {"filter": filter, "comment": comment, **kwargs})
        asked = honoured.get("filter")
        return [each["name"] for each in self._described(session, asked)] if asked else self._names(session)

    def validate_collection(
        self,
        name_or_collection: str | Collection[Any],
        scandata: bool = False,
        full: bool = False,
        session: ClientSession | None = None,
        background: bool | None = None,
        comment: Any | None = None,
    ) -> dict[str, Any]:
        """Walks the collection with its indexes and says what is wrong: ``valid``, ``errors`` and counts. Changes
        nothing. Everything is looked at, whatever ``scandata`` and ``full`` are.

        Raises:
            CollectionInvalid: There is no such collection, or something is wrong with it.
            OperationFailure: It is a view (166).
            NotSupportedError: ``background``.
        """
        name = name_or_collection.name if isinstance(name_or_collection, Collection) else name_or_collection
        if not isinstance(name, str):
            raise TypeError(f"name_or_collection must be an instance of str or Collection, not {type(name)}")
        given = {"scandata": scandata, "full": full, "background": background, "comment": comment}
        check("validate_collection", given)
        try:
            report = self.command("validate", name, session=session)
        except OperationFailure as error:
            if error.code != 26:
                raise
            raise CollectionInvalid(f"collection {self._name}.{name} does not exist") from None
        if not report["valid"]:
            raise CollectionInvalid(f"{self._name}.{name}: {'; '.join(report['errors'])}")
        return report

    def dereference(
        self, dbref: DBRef, session: ClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> DocumentType | None:
        """The document that a ``DBRef`` points to, or None. Options are those of ``Collection.find_one``.

        Raises:
            ValueError: It points into another database.
            TypeError: It is no ``DBRef``.
        """
        if not isinstance(dbref, DBRef):
            raise TypeError(f"cannot dereference a {type(dbref)}")
        if dbref.database is not None and dbref.database != self._name:
            raise ValueError(
                f"trying to dereference a DBRef that points to another database ({dbref.database!r} not {self._name!r})"
            )
        return self[dbref.collection].find_one({"_id": dbref.id}, session=session, **kwargs)

    def command(
        self,
        command: str | Mapping[str, Any],
        value: Any = 1,
        check: bool = True,
        allowable_errors: list[Any] | None = None,
        read_preference: _Mode | None = None,
        codec_options: CodecOptions[Any] | None = None,
        session: ClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Runs a command and returns its answer, both in MongoDB's shape: ``ping``, ``hello``, ``buildInfo``;
        ``create``, ``drop``, ``collMod``, ``renameCollection``, ``listCollections``, ``dropDatabase``,
        ``listDatabases``; ``find``, ``count``, ``distinct``, ``explain``; ``insert``, ``update``, ``delete``,
        ``findAndModify``; ``createIndexes``, ``dropIndexes``, ``listIndexes``; ``collStats``, ``dbStats``, ``validate``.
        With ``session`` it is part of the session's transaction.

        ``kwargs`` are the command's fields. With ``check=False`` a failure is an answer as well, and so is one whose
        code or message is among ``allowable_errors``.

        Raises:
            OperationFailure: There is no such command (59), it has no such field (40415), or it failed.
            NotSupportedError: The command, or a field of it, exists in MongoDB and not here.
        """
        document = {command: value, **kwargs} if isinstance(command, str) else {**command, **kwargs}
        given = {"read_preference": read_preference, "codec_options": codec_options}
        if comment is not None:
            document["comment"] = comment
        return _commands.run(self, document, session, check, allowable_errors or [], given)

    # The file.

    def check(self) -> dict[str, Any]:
        """Walks everything and says what is wrong: ``valid``, ``faults``, and counts. Changes nothing.

        Raises:
            ConnectionFailure: The file cannot be read at all.
        """
        return self._store.to_read().check()

    def stats(self) -> dict[str, Any]:
        """Sizes and counts of the storage: ``file_bytes``, ``wal_bytes``, ``commits``, ``cache_hits`` and others."""
        return self._store.to_read().stats()

    def sync(self) -> None:
        """Returns when everything committed so far is on the device, whatever the durability is.

        Raises:
            OperationFailure: The device failed; the database only reads from now on.
        """
        self._store.database().sync()

    def checkpoint(self) -> None:
        """Brings everything committed so far into the main file.

        Raises:
            OperationFailure: There is no room; nothing is lost.
        """
        self._store.database().checkpoint()

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Copies the state of this moment into a new file, whole and durable when this returns. Others may write
        meanwhile.

        Raises:
            OperationFailure: There is a file of this name, or no room.
        """
        self._store.database().backup(path)

    def close(self) -> None:
        """Closes the database: whatever came from it is an ``InvalidOperation`` from now on. In the folder of a
        client it is opened again by whoever uses it next."""
        if self._client._is_of_one_file:
            self._client.close()
        else:
            self._store.let_go()

    def __enter__(self) -> Database[DocumentType]:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.close()

    def __getattr__(self, name: str) -> Collection[DocumentType]:
        if name.startswith("_"):
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r}. To access the {name} collection, use "
                f"database[{name!r}]."
            )
        return self[name]

    def __getitem__(self, name: str) -> Collection[DocumentType]:
        return Collection(self, name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._client!r}, {self._name!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Database):
            return self._client == other._client and self._name == other._name
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self._client, self._name))

    def __bool__(self) -> NoReturn:
        raise NotImplementedError(
            "Database objects do not implement truth value testing or bool(): compare with None instead"
        )

    def __iter__(self) -> NoReturn:
        raise TypeError("'Database' object is not iterable")

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"a Client has no method {self._name!r}: 'Database' object is not callable")

    def _within(self, session: ClientSession | None) -> Any:
        return within(session, self._client, self._store)

    def _names(self, session: ClientSession | None) -> list[str]:
        return self._store.to_read().list_collection_names(self._within(session))

    def _described(self, session: ClientSession | None, filter: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        return self._store.to_read().list_collections(filter or {}, self._within(session))

    def _create(
        self, name: str, session: ClientSession | None, options: Mapping[str, Any], settings: Settings
    ) -> None:
        transaction = self._within(session)
        self._store.database().create_collection(name, options, transaction)
        self._journal(transaction, settings)

    def _journal(self, transaction: Any, settings: Settings) -> None:
        """What a change of collections waits for; a transaction waits when it commits."""
        if transaction is None and settings.journal:
            self._store.database().sync()
