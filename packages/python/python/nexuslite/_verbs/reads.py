"""Documents found and counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from nexuslite._options import check
from nexuslite._shape import filter_document, more_options
from nexuslite._typing import DocumentType
from nexuslite._verbs.handle import CollectionHandle
from nexuslite.cursor import Cursor

if TYPE_CHECKING:
    from nexuslite.client_session import ClientSession
    from nexuslite.collection import Collection
    from nexuslite.operations import IndexHint

__all__ = ["Reads"]


class Reads(CollectionHandle[DocumentType]):
    """The verbs that read."""

    def find(self, *args: Any, **kwargs: Any) -> Cursor[DocumentType]:
        """The documents that satisfy ``filter``: a cursor, which begins when its first document is asked for.

        ``filter`` (everything by default), ``projection``, ``skip``, ``limit``, ``sort``, ``batch_size``, ``let``,
        ``collation``, ``hint``, ``comment``, ``max_time_ms``, ``allow_disk_use`` and ``session`` may be given;
        ``Cursor`` has them all, and methods for most.

        Raises, from the cursor:
            OperationFailure: The filter, the sort or the projection means nothing.
            NotSupportedError: An operator or an option cannot be had.
            ExecutionTimeout: ``max_time_ms`` ran out.
        """
        return Cursor(cast("Collection[DocumentType]", self), *args, **kwargs)

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
        asked = Cursor(cast("Collection[DocumentType]", self), filter, *args, **kwargs)
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

    def count_documents(
        self,
        filter: Mapping[str, Any],
        session: ClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> int:
        """How many documents satisfy ``filter``.

        ``kwargs``: ``skip``, ``limit``, ``maxTimeMS``, ``collation``, ``let``, ``hint``.

        Raises:
            OperationFailure: The filter means nothing.
            NotSupportedError: An operator or an option cannot be had.
        """
        honoured = check("count_documents", {"comment": comment, **kwargs})
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
        check("estimated_document_count", {"comment": comment, **kwargs})
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
        honoured = check("distinct", {"hint": hint, "comment": comment, **kwargs})
        return self._native().distinct(
            self._codec,
            key,
            filter_document(filter),
            honoured.get("max_time_ms"),
            more_options(honoured),
            self._within(session),
        )
