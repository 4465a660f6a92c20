"""The verbs of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, NoReturn

from nexuslite._bulk import BulkWrite
from nexuslite._options import check
from nexuslite._settings import Settings, is_journaled
from nexuslite._shape import (
    Projection,
    Sort,
    checked_document,
    collection_name,
    filter_document,
    more_options,
    projection_document,
    replacement_document,
    update_document,
)
from nexuslite._constants import ReturnDocument
from nexuslite._typing import DocumentType
from nexuslite.client_session import within
from nexuslite.command_cursor import CommandCursor
from nexuslite.cursor import Cursor
from nexuslite.errors import OperationFailure
from nexuslite.operations import IndexModel
from nexuslite.results import BulkWriteResult, DeleteResult, InsertManyResult, InsertOneResult, UpdateResult

if TYPE_CHECKING:
    from nexuslite import _nexuslite
    from nexuslite.bson import CodecOptions
    from nexuslite.client_session import ClientSession
    from nexuslite.collation import CollationIn
    from nexuslite.database import Database
    from nexuslite.operations import IndexHint, Request, Update
    from nexuslite.read_concern import ReadConcern
    from nexuslite.read_preferences import _Mode
    from nexuslite.write_concern import WriteConcern

__all__ = ["Collection", "ReturnDocument"]


class Collection(Generic[DocumentType]):
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
            CollectionInvalid: It is to be created and exists already.
        """
        self._database = database
        self._name = collection_name(name)
        given = {
            "codec_options": codec_options,
            "read_preference": read_preference,
            "write_concern": write_concern,
            "read_concern": read_concern,
        }
        self._settings: Settings = database._settings.changed("get_collection", given)
        self._codec = self._settings.codec
        self._store = database._store
        self._client = database.client
        if create or kwargs:
            database._create(self._name, session, kwargs)

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def full_name(self) -> str:
        """The database's name, a dot, and its own."""
        return f"{self._database.name}.{self._name}"

    @property
    def database(self) -> Database[DocumentType]:
        """The database that it belongs to."""
        return self._database

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
    ) -> Collection[Any]:
        """The same collection with other options.

        Raises:
            NotSupportedError: An option cannot be had.
        """
        given = {
            "codec_options": codec_options,
            "read_preference": read_preference,
            "write_concern": write_concern,
            "read_concern": read_concern,
        }
        made: Collection[Any] = Collection(self._database, self._name)
        made._settings = self._settings.changed("with_options", given)
        made._codec = made._settings.codec
        return made

    # Writes.

    def insert_one(
        self,
        document: DocumentType,
        bypass_document_validation: bool | None = None,
        session: ClientSession | None = None,
        comment: Any | None = None,
    ) -> InsertOneResult:
        """Inserts a document. Without an ``_id`` it is given one, in ``document`` too.

        Raises:
            DuplicateKeyError: The ``_id`` is taken.
            InvalidDocument, OverflowError: A value has no type in BSON, or does not fit into it.
            DocumentTooLarge, WriteError: The document cannot be stored.
        """
        if bypass_document_validation is not None:
            check("insert_one", {"bypass_document_validation": bypass_document_validation})
        native = self._native(write=True)
        inserted_id = native.insert_one(checked_document(document), self._within(session))
        return InsertOneResult(inserted_id, True)

    def insert_many(
        self,
        documents: Iterable[DocumentType],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: ClientSession | None = None,
        comment: Any | None = None,
    ) -> InsertManyResult:
        """Inserts documents, up to the first that cannot be inserted; all the others when ``ordered`` is False.

        Outside a transaction they are committed in runs of some megabytes.

        Raises:
            BulkWriteError: Some are not in; its details say which, and why.
            TypeError: ``documents`` is empty or no iterable of documents.
        """
        check("insert_many", {"ordered": ordered, "bypass_document_validation": bypass_document_validation})
        if not isinstance(documents, Iterable) or isinstance(documents, (Mapping, str, bytes)):
            raise TypeError(f"documents must be a non-empty list, not {documents!r}")
        bulk = BulkWrite(self, ordered, self._within(session))
        inserted_ids = bulk.insert_all(checked_document(document) for document in documents)
        if not bulk.requests:
            raise TypeError("documents must be a non-empty list")
        bulk.finish()
        return InsertManyResult(inserted_ids, True)

    def update_one(
        self,
        filter: Mapping[str, Any],
        update: Update,
        upsert: bool = False,
        bypass_document_validation: bool | None = None,
        collation: CollationIn | None = None,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: IndexHint | None = None,
        session: ClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        sort: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> UpdateResult:
        """Changes the first document that satisfies ``filter``; with ``upsert`` one is made if there is none.

        Raises:
            WriteError: The filter or the update means nothing, or does not fit the document.
            DuplicateKeyError: The document that was to be made, or its new values, collide.
            NotSupportedError: An operator or an option cannot be had.
        """
        given = {
            "upsert": upsert,
            "bypass_document_validation": bypass_document_validation,
            "collation": collation,
            "array_filters": array_filters,
            "hint": hint,
            "let": let,
            "sort": sort,
        }
        return self._update(False, filter, update, check("update_one", given), session)

    def update_many(
        self,
        filter: Mapping[str, Any],
        update: Update,
        upsert: bool = False,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        bypass_document_validation: bool | None = None,
        collation: CollationIn | None = None,
        hint: IndexHint | None = None,
        session: ClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> UpdateResult:
        """Changes every document that satisfies ``filter``; with ``upsert`` one is made if there is none.

        Outside a transaction the changes are committed in runs of some megabytes.

        Raises:
            WriteError, DuplicateKeyError, NotSupportedError: As ``update_one``.
        """
        given = {
            "upsert": upsert,
            "bypass_document_validation": bypass_document_validation,
            "collation": collation,
            "array_filters": array_filters,
            "hint": hint,
            "let": let,
        }
        return self._update(True, filter, update, check("update_many", given), session)

    def replace_one(
        self,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        upsert: bool = False,
        bypass_document_validation: bool | None = None,
        collation: CollationIn | None = None,
        hint: IndexHint | None = None,
        session: ClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        sort: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> UpdateResult:
        """Puts ``replacement`` in the place of the first document that satisfies ``filter``; the ``_id`` stays.

        Raises:
            WriteError: The replacement has another ``_id``, or cannot be stored.
            ValueError: The replacement begins with an operator.
        """
        given = {
            "upsert": upsert,
            "bypass_document_validation": bypass_document_validation,
            "collation": collation,
            "hint": hint,
            "let": let,
            "sort": sort,
        }
        more = more_options(check("replace_one", given))
        filter, replacement = filter_document(filter), replacement_document(replacement)
        native = self._native(write=True)
        done = native.replace(self._codec, filter, replacement, upsert, more, self._within(session))
        return _update_result(*done)

    def delete_one(
        self,
        filter: Mapping[str, Any],
        collation: CollationIn | None = None,
        hint: IndexHint | None = None,
        session: ClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> DeleteResult:
        """Deletes the first document that satisfies ``filter``.

        Raises:
            WriteError: The filter means nothing.
            NotSupportedError: An operator or an option cannot be had.
        """
        honoured = check("delete_one", {"collation": collation, "hint": hint, "let": let})
        return self._delete(False, filter, honoured, session)

    def delete_many(
        self,
        filter: Mapping[str, Any],
        collation: CollationIn | None = None,
        hint: IndexHint | None = None,
        session: ClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> DeleteResult:
        """Deletes every document that satisfies ``filter``.

        Outside a transaction the changes are committed in runs of some megabytes.

        Raises:
            WriteError, NotSupportedError: As ``delete_one``.
        """
        honoured = check("delete_many", {"collation": collation, "hint": hint, "let": let})
        return self._delete(True, filter, honoured, session)

    def bulk_write(
        self,
        requests: Sequence[Request],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: ClientSession | None = None,
        comment: Any | None = None,
        let: Mapping[str, Any] | None = None,
    ) -> BulkWriteResult:
        """Carries out requests one after the other, up to the first that fails; all of them when ``ordered`` is False.

        Outside a transaction they are committed in runs of some megabytes: a smaller call is in the file as a whole, or
        not at all, also when the power fails. A request that fails takes back none of those before it.

        Raises:
            BulkWriteError: Some failed; its details say which, why, and what the others did.
            TypeError: There are none, or one of them is no request.
        """
        given = {"ordered": ordered, "bypass_document_validation": bypass_document_validation, "let": let}
        check("bulk_write", given)
        if not isinstance(requests, Iterable) or isinstance(requests, (Mapping, str, bytes)):
            raise TypeError(f"requests must be a list, not {requests!r}")
        bulk = BulkWrite(self, ordered, self._within(session))
        bulk.carry_out(requests)
        return BulkWriteResult(bulk.finish(), True)

    # Reads.

    def find(self, *args: Any, **kwargs: Any) -> Cursor[DocumentType]:
        """The documents that satisfy ``filter``: a cursor, which begins when its first document is asked for.

        ``filter`` (everything by default), ``projection``, ``skip``, ``limit``, ``sort``, ``batch_size``,
        ``max_time_ms`` and ``session`` may be given; ``Cursor`` has them all, and methods for most.

        Raises, from the cursor:
            OperationFailure: The filter, the sort or the projection means nothing.
            NotSupportedError: An operator or an option cannot be had.
            ExecutionTimeout: ``max_time_ms`` ran out.
        """
        return Cursor(self, *args, **kwargs)

    def find_one(self, filter: Any | None = None, *args: Any, **kwargs: Any) -> DocumentType | None:
        """The first document that satisfies ``filter``, or None. A filter that is no mapping is an ``_id``.

        Options and errors are those of ``find``.
        """
        if filter is not None and not isinstance(filter, Mapping) and not hasattr(filter, "raw"):
            filter = {"_id": filter}
        native = self._native()
        if not args and not kwargs:
            plain: DocumentType | None = native.find_one(
                self._codec, {} if filter is None else filter, None, None, 0, None, None, None
            )
            return plain
        asked = Cursor(self, filter, *args, **kwargs)
        found: DocumentType | None = native.find_one(
            self._codec,
            asked._filter,
            asked._projection,
            asked._sort,
            asked._skip,
            asked._max_time_ms,
            asked._more or None,
            self._within(asked._session),
        )
        return found

    def find_one_and_delete(
        self,
        filter: Mapping[str, Any],
        projection: Projection | None = None,
        sort: Sort | None = None,
        hint: IndexHint | None = None,
        session: ClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> DocumentType | None:
        """Deletes the first document that satisfies ``filter``, in the order of ``sort``, and returns it.

        Raises:
            OperationFailure: The filter, the sort or the projection means nothing.
            NotSupportedError: An operator or an option cannot be had.
        """
        honoured = check("find_one_and_delete", {"hint": hint, "let": let, **kwargs})
        deleted: DocumentType | None = self._native_for(honoured).find_one_and_delete(
            self._codec,
            filter_document(filter),
            projection_document(projection),
            honoured.get("max_time_ms"),
            more_options(honoured, sort),
            self._within(session),
        )
        return deleted

    def find_one_and_replace(
        self,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        projection: Projection | None = None,
        sort: Sort | None = None,
        upsert: bool = False,
        return_document: bool = ReturnDocument.BEFORE,
        hint: IndexHint | None = None,
        session: ClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> DocumentType | None:
        """Replaces the first document that satisfies ``filter``, in the order of ``sort``; returns it as it was, or
        as it is with ``ReturnDocument.AFTER``.

        Raises:
            As ``replace_one`` and ``find_one_and_delete``.
        """
        given = {"upsert": upsert, "return_document": return_document, "hint": hint, "let": let, **kwargs}
        honoured = check("find_one_and_replace", given)
        found: DocumentType | None = self._native_for(honoured).find_one_and_replace(
            self._codec,
            filter_document(filter),
            replacement_document(replacement),
            projection_document(projection),
            upsert,
            return_document,
            honoured.get("max_time_ms"),
            more_options(honoured, sort),
            self._within(session),
        )
        return found

    def find_one_and_update(
        self,
        filter: Mapping[str, Any],
        update: Update,
        projection: Projection | None = None,
        sort: Sort | None = None,
        upsert: bool = False,
        return_document: bool = ReturnDocument.BEFORE,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: IndexHint | None = None,
        session: ClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> DocumentType | None:
        """Changes the first document that satisfies ``filter``, in the order of ``sort``; returns it as it was, or as
        it is with ``ReturnDocument.AFTER``.

        Raises:
            As ``update_one`` and ``find_one_and_delete``.
        """
        given = {
            "upsert": upsert,
            "return_document": return_document,
            "array_filters": array_filters,
            "hint": hint,
            "let": let,
            **kwargs,
        }
        honoured = check("find_one_and_update", given)
        found: DocumentType | None = self._native_for(honoured).find_one_and_update(
            self._codec,
            filter_document(filter),
            update_document(update),
            projection_document(projection),
            upsert,
            return_document,
            honoured.get("max_time_ms"),
            more_options(honoured, sort),
            self._within(session),
        )
        return found

    def count_documents(
        self,
        filter: Mapping[str, Any],
        session: ClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> int:
        """How many documents satisfy ``filter``. Options: ``skip``, ``limit``, ``maxTimeMS``.

        Raises:
            OperationFailure: The filter means nothing.
            NotSupportedError: An operator or an option cannot be had.
        """
        honoured = check("count_documents", kwargs)
        return self._native().count_documents(
            filter_document(filter),
            honoured.get("skip", 0),
            honoured.get("limit", 0),
            honoured.get("max_time_ms"),
            more_options(honoured),
            self._within(session),
        )

    def estimated_document_count(self, comment: Any | None = None, **kwargs: Any) -> int:
        """How many documents there are, those included that have expired and are not swept yet. Never waits."""
        check("estimated_document_count", kwargs)
        return self._native().estimated_document_count()

    def distinct(
        self,
        key: str,
        filter: Mapping[str, Any] | None = None,
        session: ClientSession | None = None,
        comment: Any | None = None,
        hint: IndexHint | None = None,
        **kwargs: Any,
    ) -> list[Any]:
        """The different values at a dotted path in the documents that satisfy ``filter``, in the order of all values.
        An array stands for its elements.

        Raises:
            TypeError: ``key`` is no text.
            OperationFailure: The filter or the path means nothing, or there are too many values.
        """
        if not isinstance(key, str):
            raise TypeError(f"key must be an instance of str, not {type(key)}")
        honoured = check("distinct", {"hint": hint, **kwargs})
        return self._native().distinct(
            self._codec,
            key,
            filter_document(filter),
            honoured.get("max_time_ms"),
            more_options(honoured),
            self._within(session),
        )

    # Indexes.

    def create_index(
        self, keys: IndexHint, session: ClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> str:
        """Creates an index, ``create_index("age")`` or ``create_index([("city", 1), ("age", -1)])``, and returns its
        name. Writers go on meanwhile; one that exists with the same key and options is left as it is.

        ``kwargs``: ``name``, ``unique``, ``sparse``, ``hidden``, ``expireAfterSeconds``, ``partialFilterExpression``.

        Raises:
            OperationFailure: The key cannot be one (67), another index has the name (86) or the key (85), an option
                does not exist (197), or there is a transaction.
            DuplicateKeyError: Two documents have the same key in a unique index.
        """
        (name,) = self.create_indexes([IndexModel(keys, **kwargs)], session, comment)
        return name

    def create_indexes(
        self,
        indexes: Sequence[IndexModel],
        session: ClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Creates several indexes in one walk over the documents, all of them or none; their names.

        Raises:
            TypeError: ``indexes`` is no list of ``IndexModel``.
            OperationFailure, DuplicateKeyError: As ``create_index``.
        """
        check("create_indexes", kwargs)
        if not isinstance(indexes, (list, tuple)):
            raise TypeError(f"indexes must be a list of IndexModel, not {indexes!r}")
        for index in indexes:
            if not hasattr(index, "document"):
                raise TypeError(f"{index!r} is not an instance of IndexModel")
        described = [index.document for index in indexes]
        return self._native(write=True).create_indexes(described, self._within(session))

    def list_indexes(
        self, session: ClientSession | None = None, comment: Any | None = None
    ) -> CommandCursor[dict[str, Any]]:
        """The indexes as MongoDB describes them, the one of ``_id`` first; none where there is no collection."""
        try:
            listed = self._native().list_indexes(self._codec, self._within(session))
        except OperationFailure as error:
            if error.code != 26:
                raise
            listed = []
        return CommandCursor(listed, session)

    def index_information(
        self, session: ClientSession | None = None, comment: Any | None = None
    ) -> dict[str, Any]:
        """The indexes by name, each with its ``key`` as a list of pairs and its options."""
        told: dict[str, Any] = {}
        for index in self.list_indexes(session):
            rest = {name: value for name, value in index.items() if name not in ("name", "key", "ns")}
            told[index["name"]] = {"key": list(index["key"].items()), **rest}
        return told

    def drop_index(
        self,
        index_or_name: IndexHint,
        session: ClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> None:
        """Drops an index, by its name or by its key as ``create_index`` takes it.

        Raises:
            OperationFailure: There is none (27), or it is the one of ``_id`` (72), or there is a transaction.
        """
        check("drop_index", kwargs)
        name = index_or_name if isinstance(index_or_name, str) else IndexModel(index_or_name).document["name"]
        self._native(write=True).drop_index(name, self._within(session))

    def drop_indexes(
        self, session: ClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> None:
        """Drops every index but the one of ``_id``."""
        check("drop_indexes", kwargs)
        self._native(write=True).drop_indexes(self._within(session))

    # The collection as a whole.

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
        """The options that the collection was created with, as ``create_collection`` takes them: none are kept."""
        self._within(session)
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

    def _native(self, *, write: bool = False) -> _nexuslite.Collection:
        return self._store.collection(self._name, write=write, journal=write and self._settings.journal)

    def _native_for(self, honoured: Mapping[str, Any]) -> _nexuslite.Collection:
        """The same for a write whose options may have a write concern of their own."""
        concern = honoured.get("write_concern", self._settings.write_concern)
        return self._store.collection(self._name, write=True, journal=is_journaled(concern))

    def _within(self, session: ClientSession | None) -> _nexuslite.Transaction | None:
        return None if session is None else within(session, self._client, self._store)

    def _update(
        self, many: bool, filter: Any, update: Any, honoured: Mapping[str, Any], session: ClientSession | None
    ) -> UpdateResult:
        filter, update = filter_document(filter), update_document(update)
        upsert, more = honoured.get("upsert", False), more_options(honoured)
        native = self._native(write=True)
        done = native.update(self._codec, many, filter, update, upsert, more, self._within(session))
        return _update_result(*done)

    def _delete(
        self, many: bool, filter: Any, honoured: Mapping[str, Any], session: ClientSession | None
    ) -> DeleteResult:
        native = self._native(write=True)
        count = native.delete(many, filter_document(filter), more_options(honoured), self._within(session))
        return DeleteResult({"n": count, "ok": 1.0}, True)


def _update_result(matched: int, modified: int, made: list[Any]) -> UpdateResult:
    raw: dict[str, Any] = {
        "n": matched + len(made),
        "nModified": modified,
        "ok": 1.0,
        "updatedExisting": matched > 0,
    }
    if made:
        raw["upserted"] = made[0]
    return UpdateResult(raw, True)
