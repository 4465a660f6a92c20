"""A collection of documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from nexuslite._constants import ReturnDocument
from nexuslite._options import check
from nexuslite._settings import Settings, concerns
from nexuslite._shape import collection_name
from nexuslite._typing import DocumentType
from nexuslite._verbs.find_one_and import FindOneAnd
from nexuslite._verbs.indexes import Indexes
from nexuslite._verbs.own import Own
from nexuslite._verbs.reads import Reads
from nexuslite._verbs.writes import Writes

if TYPE_CHECKING:
    from nexuslite.bson import CodecOptions
    from nexuslite.client_session import ClientSession
    from nexuslite.database import Database
    from nexuslite.read_concern import ReadConcern
    from nexuslite.read_preferences import _Mode
    from nexuslite.write_concern import WriteConcern

__all__ = ["Collection", "ReturnDocument"]


class Collection(
    Reads[DocumentType],
    Writes[DocumentType],
    FindOneAnd[DocumentType],
    Indexes[DocumentType],
    Own[DocumentType],
):
    """A collection of documents, whether or not it exists: the first insert creates it.

    ``database["orders"]`` or ``database.orders``. Handles are cheap, and may be used by many threads.
    """

    def __init__(
        self,
        database: Database[DocumentType],
        name: str,
        create: bool | None = False,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _Mode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        session: ClientSession | None = None,
        **kwargs: Any,
    ) -> None:
        """``create`` creates it at once, with the options that ``Database.create_collection`` has.

        Raises:
            InvalidName: No collection can have this name.
            OperationFailure: It is to be created and exists already with other options (48), or an option means nothing.
        """
        self._database = database
        self._name = collection_name(name)
        given = concerns(codec_options, read_preference, write_concern, read_concern)
        self._settings: Settings = database._settings.changed("get_collection", given)
        self._codec = self._settings.codec
        self._store = database._store
        self._client = database.client
        if create or kwargs:
            database._create(self._name, session, check("create_collection", kwargs), self._settings)

    def with_options(
        self,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _Mode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> Collection[Any]:
        """The same collection with other options.

        Raises:
            NotSupportedError: An option cannot be had.
        """
        given = concerns(codec_options, read_preference, write_concern, read_concern)
        made: Collection[Any] = Collection(self._database, self._name)
        made._settings = self._settings.changed("with_options", given)
        made._codec = made._settings.codec
        return made

    def drop(
        self,
        session: ClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
    ) -> None:
        """Drops the collection with everything in it; one that does not exist is as good as dropped."""
        self._database.drop_collection(self._name, session, comment, encrypted_fields)
        self._database._journal(self._within(session), self._settings)

    def rename(
        self, new_name: str, session: ClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Gives the collection another name. ``dropTarget=True`` drops what has it.

        Raises:
            OperationFailure: There is no such collection, or the name is taken.
            InvalidName: No collection can have this name.
        """
        honoured = check("rename", kwargs)
        new_name = collection_name(new_name)
        transaction = self._within(session)
        self._store.database().rename_collection(
            self._name, new_name, honoured.get("dropTarget", False), transaction
        )
        self._database._journal(transaction, self._settings)
        return {"ok": 1.0}

    def options(self, session: ClientSession | None = None, comment: Any | None = None) -> dict[str, Any]:
        """The options that the collection or the view was created with, as ``create_collection`` takes them; none where
        there is none."""
        check("options", {"comment": comment})
        for listed in self._database.list_collections(session, {"name": self._name}):
            options: dict[str, Any] = listed["options"]
            return options
        return {}

    def __getattr__(self, name: str) -> Collection[DocumentType]:
        if name.startswith("_"):
            full = f"{self._name}.{name}"
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r}. To access the {full} collection, use "
                f"database[{full!r}]."
            )
        return self[name]

    def __getitem__(self, name: str) -> Collection[DocumentType]:
        made: Collection[DocumentType] = Collection(self._database, f"{self._name}.{name}")
        made._settings, made._codec = self._settings, self._codec
        return made

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._database!r}, {self._name!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Collection):
            return self._database == other._database and self._name == other._name
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self._database, self._name))

    def __bool__(self) -> NoReturn:
        raise NotImplementedError(
            "Collection objects do not implement truth value testing or bool(): compare with None instead"
        )

    def __iter__(self) -> NoReturn:
        raise TypeError("'Collection' object is not iterable")

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        owner, name = ("Collection", self._name.rpartition(".")[2]) if "." in self._name else ("Database", self._name)
        raise TypeError(f"a {owner} has no method {name!r}: 'Collection' object is not callable")
