"""Documents inserted, changed, replaced and deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nexuslite._bulk import BulkWrite
from nexuslite._options import check
from nexuslite._shape import (
    checked_document,
    filter_document,
    more_options,
    replacement_document,
    update_document,
)
from nexuslite._typing import DocumentType
from nexuslite._verbs.handle import CollectionHandle
from nexuslite.results import (
    BulkWriteResult,
    DeleteResult,
    InsertManyResult,
    InsertOneResult,
    UpdateResult,
    update_result,
)

if TYPE_CHECKING:
    from nexuslite.client_session import ClientSession
    from nexuslite.collation import CollationIn
    from nexuslite.operations import IndexHint, Request, Update

__all__ = ["Writes"]


class Writes(CollectionHandle[DocumentType]):
    """The verbs that write."""

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
        is_bypassing = False
        if bypass_document_validation is not None or comment is not None:
            given = {"bypass_document_validation": bypass_document_validation, "comment": comment}
            is_bypassing = check("insert_one", given).get("bypass_document_validation", False)
        native = self._native(write=True)
        inserted_id = native.insert_one(checked_document(document), is_bypassing, self._within(session))
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
        given = {
            "ordered": ordered,
            "bypass_document_validation": bypass_document_validation,
            "comment": comment,
        }
        honoured = check("insert_many", given)
        if not isinstance(documents, Iterable) or isinstance(documents, (Mapping, str, bytes)):
            raise TypeError(f"documents must be a non-empty list, not {documents!r}")
        bulk = BulkWrite(self, ordered, more_options(honoured), self._within(session))
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
            "comment": comment,
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
            "comment": comment,
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
            "comment": comment,
        }
        more = more_options(check("replace_one", given))
        filter, replacement = filter_document(filter), replacement_document(replacement)
        native = self._native(write=True)
        done = native.replace(self._codec, filter, replacement, upsert, more, self._within(session))
        return update_result(*done)

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
        given = {"collation": collation, "hint": hint, "let": let, "comment": comment}
        honoured = check("delete_one", given)
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
        given = {"collation": collation, "hint": hint, "let": let, "comment": comment}
        honoured = check("delete_many", given)
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
        given = {
            "ordered": ordered,
            "bypass_document_validation": bypass_document_validation,
            "comment": comment,
            "let": let,
        }
        honoured = check("bulk_write", given)
        if not isinstance(requests, Iterable) or isinstance(requests, (Mapping, str, bytes)):
            raise TypeError(f"requests must be a list, not {requests!r}")
        bulk = BulkWrite(self, ordered, more_options(honoured), self._within(session))
        bulk.carry_out(requests)
        return BulkWriteResult(bulk.finish(), True)

    def _update(
        self, many: bool, filter: Any, update: Any, honoured: Mapping[str, Any], session: ClientSession | None
    ) -> UpdateResult:
        filter, update = filter_document(filter), update_document(update)
        upsert, more = honoured.get("upsert", False), more_options(honoured)
        native = self._native(write=True)
        done = native.update(self._codec, many, filter, update, upsert, more, self._within(session))
        return update_result(*done)

    def _delete(
        self, many: bool, filter: Any, honoured: Mapping[str, Any], session: ClientSession | None
    ) -> DeleteResult:
        native = self._native(write=True)
        count = native.delete(many, filter_document(filter), more_options(honoured), self._within(session))
        return DeleteResult({"n": count, "ok": 1.0}, True)
