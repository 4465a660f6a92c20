"""A folder of databases."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, NoReturn

from nexuslite._client_bulk import ClientBulkWrite
from nexuslite._listing import matching
from nexuslite._options import check
from nexuslite._settings import SETTINGS, WithSettings, default_settings, is_journaled
from nexuslite._shape import database_name, more_options
from nexuslite._store import MEMORY, Store
from nexuslite._typing import DocumentType
from nexuslite.client_session import ClientSession, SessionOptions
from nexuslite.command_cursor import CommandCursor
from nexuslite.database import Database
from nexuslite.errors import ConfigurationError, InvalidOperation, InvalidURI

if TYPE_CHECKING:
    from nexuslite.bson import CodecOptions
    from nexuslite.client_session import TransactionOptions
    from nexuslite.operations import Request
    from nexuslite.read_concern import ReadConcern
    from nexuslite.read_preferences import _Mode
    from nexuslite.results import ClientBulkWriteResult
    from nexuslite.write_concern import WriteConcern

__all__ = ["Client", "MongoClient"]

#: What a file's name ends with.
_ENDING = ".db"
_WAL_ENDING = ".wasp"
#: The first bytes of every database file.
_MAGIC = b"NXL\r\n\x1a\n\x00"


class Client(WithSettings, Generic[DocumentType]):
    """A folder of databases: ``Client("data")["shop"]["orders"]`` is the collection ``orders`` in ``data/shop.db``.

    ``MongoClient`` is the same class. It is a context manager that closes all of them.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        port: int | None = None,
        document_class: type[DocumentType] | None = None,
        tz_aware: bool | None = None,
        connect: bool | None = None,
        type_registry: Any | None = None,
        **kwargs: Any,
    ) -> None:
        """The folder at ``path``, made when there is none; ``":memory:"`` for databases in memory, each of which ends
        with its client. No database is opened before it is used.

        ``kwargs`` are those of ``Database``, for every database of the folder, and pymongo's options, as far as they
        ask for what happens anyway.

        Raises:
            InvalidURI: ``path`` is the address of a server: there is none.
            ConfigurationError: There is no ``path``, or it is a file, or an option cannot be had.
        """
        given = {
            "port": port,
            "document_class": document_class,
            "tz_aware": tz_aware,
            "connect": connect,
            "type_registry": type_registry,
            **kwargs,
        }
        honoured = check("Client", given)
        self._take_options(honoured)
        self._path = _folder(path, create=honoured.get("create", True) and not honoured.get("read_only", False))
        self._given = {name: value for name, value in given.items() if value is not None}
        self._only: str | None = None

    def _take_options(self, honoured: Mapping[str, Any]) -> None:
        self._opening = {name: value for name, value in honoured.items() if name not in SETTINGS}
        self._settings = default_settings(honoured)
        self._stores: dict[str, Store] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    @classmethod
    def _of_file(
        cls, path: str | os.PathLike[str], options: Mapping[str, Any]
    ) -> tuple[Client[DocumentType], str]:
        """A client of one file, and the name of its database."""
        path = os.fspath(path)
        if not isinstance(path, str):
            raise TypeError(f"the path of a database must be a str, not {path!r}")
        _refuse_address(path)
        made: Client[DocumentType] = cls.__new__(cls)
        made._take_options(check("Database", options))
        folder, file = os.path.split(path)
        name, ending = os.path.splitext(file)
        name = "memory" if path == MEMORY else name
        made._path = folder
        made._given = dict(options)
        made._only = name
        if path != MEMORY and not ending:
            path += _ENDING
        store = Store(path if path == MEMORY else os.path.abspath(path), made._opening)
        store.database()
        made._stores[name] = store
        return made, name

    def get_database(
        self,
        name: str | None = None,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _Mode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> Database[Any]:
        """A database with other options than the client's, whether or not it exists.

        Raises:
            InvalidName: No database can have this name.
            ConfigurationError: There is no name.
        """
        name = self._only if name is None else name
        if name is None:
            raise ConfigurationError("No default database defined: a folder has none, give a name")
        return Database(self, name, codec_options, read_preference, write_concern, read_concern)

    def get_default_database(
        self,
        default: str | None = None,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _Mode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> Database[Any]:
        """The database ``default``; the only one where the client is that of one file.

        Raises:
            ConfigurationError: There is no name.
        """
        return self.get_database(self._only or default, codec_options, read_preference, write_concern, read_concern)

    def list_database_names(self, session: ClientSession | None = None, comment: Any | None = None) -> list[str]:
        """The names of the databases, in the order of their letters: of the files in the folder those that begin as a
        database does, whatever they are called; in memory, those with a collection."""
        self._checked(session)
        if self._path == MEMORY or self._only is not None:
            return sorted(name for name, store in self._stores.items() if self._only or _has_collections(store))
        names = (file[: -len(_ENDING)] for file in os.listdir(self._path) if file.endswith(_ENDING))
        return sorted(name for name in names if _is_database(os.path.join(self._path, name + _ENDING)))

    def list_databases(
        self, session: ClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> CommandCursor[dict[str, Any]]:
        """The databases, each with ``name``, ``sizeOnDisk`` and ``empty``; those that satisfy ``filter``, and of them
        the ``name`` alone with ``nameOnly``.

        Raises:
            OperationFailure: The filter means nothing.
            NotSupportedError: An option cannot be had.
        """
        honoured = check("list_databases", kwargs)
        sizes = ((name, _size(self._store(name).path)) for name in self.list_database_names(session))
        described = ({"name": name, "sizeOnDisk": size, "empty": size == 0} for name, size in sizes)
        listed = matching(honoured.get("filter"), described)
        if honoured.get("nameOnly"):
            listed = [{"name": each["name"]} for each in listed]
        return CommandCursor(listed, session)

    def drop_database(
        self,
        name_or_database: str | Database[Any],
        session: ClientSession | None = None,
        comment: Any | None = None,
    ) -> None:
        """Removes a database with everything in it; one that does not exist is as good as removed.

        Raises:
            InvalidOperation: The session is in a transaction.
            ConnectionFailure: It is open in another process.
            TypeError: It is neither a name nor a database.
        """
        name = name_or_database.name if isinstance(name_or_database, Database) else name_or_database
        if not isinstance(name, str):
            raise TypeError(f"name_or_database must be an instance of str or a Database, not {type(name)}")
        self._checked(session)
        if session is not None and session.in_transaction:
            raise InvalidOperation("a database cannot be dropped in a transaction")
        store = self._store(name)
        if not store.exists():
            return
        # To open it is to know that nobody else has it open, and to close it leaves all of it in the one file: so
        # there is no moment at which a half of it is left.
        store.database()
        store.let_go()
        if store.path != MEMORY:
            for path in (os.path.splitext(store.path)[0] + _WAL_ENDING, store.path):
                if os.path.exists(path):
                    os.remove(path)

    def bulk_write(
        self,
        models: Sequence[Request],
        session: ClientSession | None = None,
        ordered: bool = True,
        verbose_results: bool = False,
        bypass_document_validation: bool | None = None,
        comment: Any | None = None,
        let: Mapping[str, Any] | None = None,
        write_concern: WriteConcern | None = None,
    ) -> ClientBulkWriteResult:
        """Carries out writes, each to its ``namespace``, one after the other up to the first that fails; all of them,
        those to one database together, when ``ordered`` is False. Each database commits for itself.

        Raises:
            ClientBulkWriteException: Some failed, or something ended the call; it says which, why, and what the others
                did.
            InvalidOperation: There are none, or one has no namespace.
            TypeError: One of them is no write.
        """
        given = {
            "ordered": ordered,
            "verbose_results": verbose_results,
            "bypass_document_validation": bypass_document_validation,
            "comment": comment,
            "let": let,
            "write_concern": write_concern,
        }
        honoured = check("Client.bulk_write", given)
        if not isinstance(models, Iterable) or isinstance(models, (Mapping, str, bytes)):
            raise TypeError(f"models must be a list, not {models!r}")
        self._checked(session)
        journal = is_journaled(honoured.get("write_concern", self._settings.write_concern))
        bulk = ClientBulkWrite(self, ordered, journal, more_options(honoured), session)
        bulk.carry_out(models)
        return bulk.finish(verbose_results)

    def server_info(self, session: ClientSession | None = None) -> dict[str, Any]:
        """What the package is, as ``nexuslite.build_info()``."""
        from nexuslite import build_info

        self._checked(session)
        return {**build_info(), "ok": 1.0}

    def start_session(
        self,
        causal_consistency: bool | None = None,
        default_transaction_options: TransactionOptions | None = None,
        snapshot: bool | None = False,
    ) -> ClientSession:
        """A session, for transactions.

        Raises:
            NotSupportedError: An option cannot be had.
            InvalidOperation: The client is closed.
        """
        self._checked(None)
        return ClientSession(self, SessionOptions(causal_consistency, default_transaction_options, snapshot))

    def close(self) -> None:
        """Closes every database; whatever came from them is an ``InvalidOperation`` from now on."""
        with self._lock:
            self._is_closed = True
            stores = list(self._stores.values())
        for store in stores:
            store.close()

    def __enter__(self) -> Client[DocumentType]:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.close()

    def __getattr__(self, name: str) -> Database[DocumentType]:
        if name.startswith("_"):
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r}. To access the {name} database, use "
                f"client[{name!r}]."
            )
        return self[name]

    def __getitem__(self, name: str) -> Database[DocumentType]:
        return Database(self, name)

    def __repr__(self) -> str:
        path = self._path if self._only is None else self._stores[self._only].path
        return f"{type(self).__name__}({path!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Client):
            return bool(self._identity() == other._identity())
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity())

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> NoReturn:
        raise TypeError("'MongoClient' object is not iterable")

    def __reduce__(self) -> tuple[Any, ...]:
        if self._path == MEMORY or self._only is not None:
            raise TypeError("only the client of a folder can be pickled")
        return _rebuild, (self._path, self._given)

    @property
    def _is_of_one_file(self) -> bool:
        return self._only is not None

    def _identity(self) -> Any:
        # Two databases in memory are never the same.
        return id(self) if self._path == MEMORY or self._only == "memory" else (self._path, self._only)

    def _store(self, name: str) -> Store:
        """Where the database of this name is."""
        with self._lock:
            store = self._stores.get(name)
            if store is None:
                if self._only is not None:
                    raise InvalidOperation(
                        f"the database {self._only!r} was opened by its path, so that {name!r} cannot be reached from "
                        "it: open a Client of the folder"
                    )
                store = self._stores[name] = self._new_store(name)
            return store

    def _new_store(self, name: str) -> Store:
        database_name(name)
        if self._path == MEMORY:
            return Store(MEMORY, self._opening)
        twin = next((known for known in self._stores if known.lower() == name.lower()), None)
        if twin is not None:
            raise ConfigurationError(f"the names {twin!r} and {name!r} would be one file where case does not count")
        store = Store(os.path.join(os.path.abspath(self._path), name + _ENDING), self._opening)
        store._closed = self._is_closed
        return store

    def _checked(self, session: ClientSession | None) -> None:
        if self._is_closed:
            raise InvalidOperation("Cannot use MongoClient after close")
        if session is not None and session.client is not self:
            raise InvalidOperation("Can only use session with the MongoClient that started it")


#: pymongo's name for it.
MongoClient = Client


def _rebuild(path: str, given: Mapping[str, Any]) -> Client[Any]:
    return Client(path, **given)


def _folder(path: Any, *, create: bool) -> str:
    if path is None:
        raise ConfigurationError("a client needs the path of a folder of databases, or ':memory:'")
    text = os.fspath(path)
    if not isinstance(text, str):
        raise TypeError(f"the path of a folder must be a str, not {text!r}")
    _refuse_address(text)
    if text == MEMORY:
        return text
    if os.path.isfile(text):
        raise ConfigurationError(f"{text!r} is a file: open a database by its path with Database({text!r})")
    if create:
        os.makedirs(text, exist_ok=True)
    elif not os.path.isdir(text):
        raise ConfigurationError(f"there is no folder {text!r}")
    return text


def _refuse_address(path: str) -> None:
    if "://" in path:
        scheme = path.partition("://")[0]
        raise InvalidURI(
            f"a path is needed, not an address ({scheme}://…): NexusLite has no server to connect to, it opens files "
            "in this process; use Client('folder') for a folder of databases, or Database('file.db') for one"
        )


def _is_database(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _has_collections(store: Store) -> bool:
    return store.exists() and bool(store.database().list_collection_names(None))


def _size(path: str) -> int:
    files = (path, os.path.splitext(path)[0] + _WAL_ENDING)
    return sum(os.path.getsize(file) for file in files if os.path.exists(file))
