"""The verbs that pymongo has not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nexuslite._bulk import finished
from nexuslite._shape import filter_document, replacement_document
from nexuslite._typing import DocumentType
from nexuslite._verbs.handle import CollectionHandle
from nexuslite.results import BulkWriteResult

if TYPE_CHECKING:
    from nexuslite.client_session import ClientSession

__all__ = ["Own"]


class Own(CollectionHandle[DocumentType]):
    """Many documents by their ``_id``s, and deleted documents of a collection that was created with
    ``softDelete=True``."""

    def get_many(self, ids: Iterable[Any], session: ClientSession | None = None) -> list[DocumentType | None]:
        """The documents with these ``_id``s, in the order asked and all from one state; None where there is none. Ours
        only.

        Raises:
            TypeError: ``ids`` is no iterable of ids.
        """
        return self._native().get_many(self._codec, _listed("ids", ids), self._within(session))

    def upsert_many(
        self, documents: Iterable[Mapping[str, Any]], session: ClientSession | None = None
    ) -> BulkWriteResult:
        """Puts each document in the place of the one with its ``_id``, or inserts it when there is none; one without
        ``_id`` is inserted. Ours only.

        Raises:
            BulkWriteError: Some failed; its details say which, why, and what the others did.
            TypeError: ``documents`` is no iterable of documents.
        """
        given = [replacement_document(document) for document in _listed("documents", documents)]
        account = self._native(write=True).upsert_many(given, self._within(session))
        return BulkWriteResult(finished(account, given), True)

    def merge_many(
        self, documents: Iterable[Mapping[str, Any]], session: ClientSession | None = None
    ) -> BulkWriteResult:
        """Merges the fields of each document into the one with its ``_id``: fields at the top are put in the place of
        those of the same name, all others stay. Where there is no such document nothing happens. Ours only.

        Raises:
            BulkWriteError: Some failed; its details say which, why, and what the others did.
            OperationFailure: A document has no ``_id``, and none is merged.
            TypeError: ``documents`` is no iterable of documents.
        """
        given = [replacement_document(document) for document in _listed("documents", documents)]
        account = self._native(write=True).merge_many(given, self._within(session))
        return BulkWriteResult(finished(account, given), True)

    def restore(self, filter: Mapping[str, Any], session: ClientSession | None = None) -> int:
        """Takes back the deleted documents that satisfy ``filter``, and says how many. Ours only.

        Raises:
            OperationFailure: The collection was not created with ``softDelete=True`` (20).
            DuplicateKeyError: A key of one was taken meanwhile.
        """
        return self._native(write=True).restore(filter_document(filter), self._within(session))

    def purge(self, filter: Mapping[str, Any], session: ClientSession | None = None) -> int:
        """Ends the deleted documents that satisfy ``filter``, and says how many. Ours only.

        Raises:
            OperationFailure: The collection was not created with ``softDelete=True`` (20).
        """
        return self._native(write=True).purge(filter_document(filter), self._within(session))

    def count_deleted(self, filter: Mapping[str, Any], session: ClientSession | None = None) -> int:
        """How many deleted documents satisfy ``filter`` and can be taken back. Ours only.

        Raises:
            OperationFailure: The collection was not created with ``softDelete=True`` (20).
        """
        return self._native().count_deleted(filter_document(filter), self._within(session))


def _listed(name: str, given: Any) -> list[Any]:
    if not isinstance(given, Iterable) or isinstance(given, (Mapping, str, bytes)):
        raise TypeError(f"{name} must be a list, not {given!r}")
    return list(given)
