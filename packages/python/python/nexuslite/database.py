"""A database: one file, and its collections."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, NoReturn

from nexuslite import _commands
from nexuslite._listing import matching
from nexuslite._options import check
from nexuslite._settings import Settings
from nexuslite._shape import collection_name, database_name
from nexuslite._typing import DocumentType
from nexuslite.bson import DBRef
from nexuslite.client_session import within
from nexuslite.collection import Collection
from nexuslite.command_cursor import CommandCursor
from nexuslite.errors import CollectionInvalid

if TYPE_CHECKING:
    from nexuslite._store import Store
    from nexuslite.bson import CodecOptions
    from nexuslite.client import Client
    from nexuslite.client_session import ClientSession
    from nexuslite.read_concern import ReadConcern
    from nexuslite.read_preferences import _Mode
    from nexuslite.write_concern import WriteConcern

__all__ = ["Database"]


class Database(Generic[DocumentType]):
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
        ``"log"``), ``cache_bytes``, ``group_interval`` and ``sweep_interval`` in seconds, and the engine's other
        limits; ``document_class``, ``tz_aware``, ``tzinfo``, ``datetime_conversion`` as in ``CodecOptions``.

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
        given = {
            "codec_options": codec_options,
            "read_preference": read_preference,
            "write_concern": write_concern,
            "read_concern": read_concern,
        }
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

    @property
    def codec_options(self) -> CodecOptions[Any]:
        """How documents are read."""
        return self._settings.codec_options

    @property
    def read_preference(self) -> _Mode:
        """Always the primary, which is the only copy."""
        return self._settings.read_preference

    @property
    def write_concern(self) -> WriteConcern:
        """The write concern that was given."""
        return self._settings.write_concern

    @property
    def read_concern(self) -> ReadConcern:
        """The read concern that was given."""
        return self._settings.read_concern

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
        given = {
            "codec_options": codec_options,
            "read_preference": read_preference,
            "write_concern": write_concern,
            "read_concern": read_concern,
        }
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
        """Creates a collection. With ``check_exists=False`` one that exists is as good as created.

        Raises:
            CollectionInvalid: It exists already.
            InvalidName: No collection can have this name.
            NotSupportedError: An option cannot be had.
        """
        name = collection_name(name)
        given = {"check_exists": check_exists, **kwargs}
        check("create_collection", given)
        made: Collection[DocumentType] = Collection(
            self,
            name,
            codec_options=codec_options,
            read_preference=read_preference,
            write_concern=write_concern,
            read_concern=read_concern,
        )
        if check_exists and name in self.list_collection_names(session):
            raise CollectionInvalid(f"collection {name} already exists")
        self._create(name, session, {})
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
        """The collections, each with ``name``, ``type``, ``options``, ``info`` and ``idIndex``; those that satisfy
        ``filter``, and of them name and type alone with ``nameOnly``.

        Raises:
            OperationFailure: The filter means nothing.
            NotSupportedError: An option cannot be had.
        """
        honoured = check("list_collections", {"filter": filter, **kwargs})
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
        """The names of the collections that satisfy ``filter``, in the order of their bytes. The filter is asked of
        what ``list_collections`` says of each.

        Raises:
            OperationFailure: The filter means nothing.
            NotSupportedError: An option cannot be had.
        """
        honoured = check("list_collection_names", {"filter": filter, **kwargs})
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
        """Walks the whole file and says what is wrong with it: ``valid``, ``errors`` and counts. Changes nothing.

        Raises:
            CollectionInvalid: There is no such collection, or something is wrong with the file.
        """
        name = name_or_collection.name if isinstance(name_or_collection, Collection) else name_or_collection
        if not isinstance(name, str):
            raise TypeError(f"name_or_collection must be an instance of str or Collection, not {type(name)}")
        if name not in self._names(session):
            raise CollectionInvalid(f"collection {self._name}.{name} does not exist")
        report = self.check()
        if not report["valid"]:
            raise CollectionInvalid(f"{self._name}: {'; '.join(report['faults'])}")
        return {"ns": f"{self._name}.{name}", "errors": report["faults"], **report, "ok": 1.0}

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
        """Runs a command: ``buildInfo``, ``collMod`` (an index's ``hidden``), ``collStats``, ``count``, ``create``,
        ``createIndexes``, ``dbStats``, ``delete``, ``distinct``, ``drop``, ``dropDatabase``, ``dropIndexes``,
        ``explain`` (of a ``find``), ``find``, ``findAndModify``, ``insert``, ``listCollections``, ``listDatabases``,
        ``listIndexes``, ``ping``, ``renameCollection``, ``update`` or ``validate``, with its fields as MongoDB names
        them.

        Raises:
            OperationFailure: There is no such command (59), or it failed and ``check`` is True.
            ConfigurationError: The command has no such field.
        """
        document = {command: value, **kwargs} if isinstance(command, str) else {**command, **kwargs}
        given = {"read_preference": read_preference, "codec_options": codec_options}
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
        is_read_only = bool(self._client._opening.get("read_only", False))
        described = (
            {
                "name": name,
                "type": "collection",
                "options": {},
                "info": {"readOnly": is_read_only},
                "idIndex": {"v": 2, "key": {"_id": 1}, "name": "_id_"},
            }
            for name in self._names(session)
        )
        return matching(filter, described)

    def _create(self, name: str, session: ClientSession | None, options: Mapping[str, Any]) -> None:
        check("create_collection", options)
        transaction = self._within(session)
        self._store.database().create_collection(name, False, transaction)
        self._journal(transaction, self._settings)

    def _journal(self, transaction: Any, settings: Settings) -> None:
        """What a change of collections waits for; a transaction waits when it commits."""
        if transaction is None and settings.journal:
            self._store.database().sync()
