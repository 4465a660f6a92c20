"""The verbs that pymongo has not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nexuslite._bulk import finished
from nexuslite._options import check
from nexuslite._shape import filter_document, more_options, replacement_document
from nexuslite._typing import DocumentType
from nexuslite._verbs.handle import CollectionHandle
from nexuslite.results import BulkWriteResult

if TYPE_CHECKING:
    from nexuslite import _nexuslite
    from nexuslite.client_session import ClientSession
    from nexuslite.collation import CollationIn

__all__ = ["Own"]


class Own(CollectionHandle[DocumentType]):
    """Many documents by their ``_id``s, and deleted documents of a collection that was created with
    ``softDelete=True``."""

    def get_many(
        self,
        ids: Iterable[Any],
        session: ClientSession | None = None,
        comment: Any | None = None,
        max_time_ms: int | None = None,
    ) -> list[DocumentType | None]:
        """The documents with these ``_id``s, in the order asked and all from one state; None where there is none. Ours
        only.

        Raises:
            TypeError: ``ids`` is no iterable of ids.
            ExecutionTimeout: ``max_time_ms`` ran out.
        """
        honoured = check("get_many", {"comment": comment, "max_time_ms": max_time_ms})
        return self._native().get_many(
            self._codec,
            _listed("ids", ids),
            honoured.get("max_time_ms"),
            more_options(honoured),
            self._within(session),
        )

    def upsert_many(
        self,
        documents: Iterable[Mapping[str, Any]],
        session: ClientSession | None = None,
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        comment: Any | None = None,
        max_time_ms: int | None = None,
    ) -> BulkWriteResult:
        """Puts each document in the place of the one with its ``_id``, or inserts it when there is none; one without
        ``_id`` is inserted. Ours only.

        Raises:
            BulkWriteError: Some failed; its details say which, why, and what the others did.
            ExecutionTimeout: ``max_time_ms`` ran out.
            TypeError: ``documents`` is no iterable of documents.
        """
        given = {
            "ordered": ordered,
            "bypass_document_validation": bypass_document_validation,
            "comment": comment,
            "max_time_ms": max_time_ms,
        }
        return self._put("upsert_many", documents, given, session)

    def merge_many(
        self,
        documents: Iterable[Mapping[str, Any]],
        session: ClientSession | None = None,
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        comment: Any | None = None,
        max_time_ms: int | None = None,
    ) -> BulkWriteResult:
        """Merges the fields of each document into the one with its ``_id``: fields at the top are put in the place of
        those of the same name, all others stay. Where there is no such document nothing happens. Ours only.

        Raises:
            BulkWriteError: Some failed; its details say which, why, and what the others did.
            ExecutionTimeout: ``max_time_ms`` ran out.
            OperationFailure: A document has no ``_id``, and none is merged.
            TypeError: ``documents`` is no iterable of documents.
        """
        given = {
            "ordered": ordered,
            "bypass_document_validation": bypass_document_validation,
            "comment": comment,
            "max_time_ms": max_time_ms,
        }
        return self._put("merge_many", documents, given, session)

    def restore(
        self,
        filter: Mapping[str, Any],
        session: ClientSession | None = None,
        comment: Any | None = None,
        collation: CollationIn | None = None,
        let: Mapping[str, Any] | None = None,
        max_time_ms: int | None = None,
    ) -> int:
        """Takes back the deleted documents that satisfy ``filter``, and says how many. Ours only.

        Raises:
            OperationFailure: The collection was not created with ``softDelete=True`` (20).
            DuplicateKeyError: A key of one was taken meanwhile.
            ExecutionTimeout: ``max_time_ms`` ran out.
        """
        given = {"comment": comment, "collation": collation, "let": let, "max_time_ms": max_time_ms}
        honoured = check("restore", given)
        return self._native(write=True).restore(*self._of_deleted(filter, honoured, session))

    def purge(
        self,
        filter: Mapping[str, Any],
        session: ClientSession | None = None,
        comment: Any | None = None,
        collation: CollationIn | None = None,
        let: Mapping[str, Any] | None = None,
        max_time_ms: int | None = None,
    ) -> int:
        """Ends the deleted documents that satisfy ``filter``, and says how many. Ours only.

        Raises:
            OperationFailure: The collection was not created with ``softDelete=True`` (20).
            ExecutionTimeout: ``max_time_ms`` ran out.
        """
        given = {"comment": comment, "collation": collation, "let": let, "max_time_ms": max_time_ms}
        honoured = check("purge", given)
        return self._native(write=True).purge(*self._of_deleted(filter, honoured, session))

    def count_deleted(
        self,
        filter: Mapping[str, Any],
        session: ClientSession | None = None,
        comment: Any | None = None,
        collation: CollationIn | None = None,
        let: Mapping[str, Any] | None = None,
        max_time_ms: int | None = None,
    ) -> int:
        """How many deleted documents satisfy ``filter`` and can be taken back. Ours only.

        Raises:
            OperationFailure: The collection was not created with ``softDelete=True`` (20).
            ExecutionTimeout: ``max_time_ms`` ran out.
        """
        given = {"comment": comment, "collation": collation, "let": let, "max_time_ms": max_time_ms}
        honoured = check("count_deleted", given)
        return self._native().count_deleted(*self._of_deleted(filter, honoured, session))

    def _put(
        self, verb: str, documents: Any, given: Mapping[str, Any], session: ClientSession | None
    ) -> BulkWriteResult:
        honoured = check(verb, given)
        puts = [replacement_document(document) for document in _listed("documents", documents)]
        native = self._native(write=True)
        account = getattr(native, verb)(
            puts,
            honoured.get("ordered", True),
            honoured.get("max_time_ms"),
            more_options(honoured),
            self._within(session),
        )
        return BulkWriteResult(finished(account, puts), True)

    def _of_deleted(
        self, filter: Any, honoured: Mapping[str, Any], session: ClientSession | None
    ) -> tuple[Any, int | None, dict[str, Any] | None, _nexuslite.Transaction | None]:
        return (
            filter_document(filter),
            honoured.get("max_time_ms"),
            more_options(honoured),
            self._within(session),
        )


def _listed(name: str, given: Any) -> list[Any]:
    if not isinstance(given, Iterable) or isinstance(given, (Mapping, str, bytes)):
        raise TypeError(f"{name} must be a list, not {given!r}")
    return list(given)
