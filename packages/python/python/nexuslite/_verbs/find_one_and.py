"""One document found and changed in one step, and handed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nexuslite._constants import ReturnDocument
from nexuslite._options import check
from nexuslite._shape import (
    Projection,
    Sort,
    filter_document,
    more_options,
    projection_document,
    replacement_document,
    update_document,
)
from nexuslite._typing import DocumentType
from nexuslite._verbs.handle import CollectionHandle

if TYPE_CHECKING:
    from nexuslite.client_session import ClientSession
    from nexuslite.operations import IndexHint, Update

__all__ = ["FindOneAnd"]


class FindOneAnd(CollectionHandle[DocumentType]):
    """The verbs ``find_one_and_…``. Their ``kwargs``: ``collation``, ``maxTimeMS``, ``write_concern``, and where a
    document is written ``bypassDocumentValidation``."""

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
        honoured = check("find_one_and_delete", {"hint": hint, "let": let, "comment": comment, **kwargs})
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
        given = {
            "upsert": upsert,
            "return_document": return_document,
            "hint": hint,
            "let": let,
            "comment": comment,
            **kwargs,
        }
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
            "comment": comment,
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
