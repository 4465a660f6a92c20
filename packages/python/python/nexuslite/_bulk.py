"""Many writes in one call, and the account of what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nexuslite._options import check
from nexuslite._shape import checked_document, filter_document, replacement_document, update_document
from nexuslite.errors import InvalidOperation, from_native
from nexuslite.operations import request_document

if TYPE_CHECKING:
    from nexuslite import _nexuslite
    from nexuslite._verbs.handle import CollectionHandle

__all__ = ["BulkWrite", "described", "finished", "shown"]


class _Kept(Iterator[Any]):
    """Documents on their way, each remembered: an error names its document."""

    def __init__(self, documents: Iterable[Any]) -> None:
        self._documents = iter(documents)
        self.seen: list[Any] = []

    def __next__(self) -> Any:
        document = next(self._documents)
        self.seen.append(document)
        return document


class BulkWrite:
    """The requests of one call on their way."""

    def __init__(
        self,
        collection: CollectionHandle[Any],
        ordered: bool,
        more: dict[str, Any] | None,
        transaction: _nexuslite.Transaction | None,
    ) -> None:
        self._native = collection._native(write=True)
        self._ordered = ordered
        self._more = more
        self._transaction = transaction
        #: How many requests were begun.
        self.requests = 0
        self._errors: list[dict[str, Any]] = []
        self._upserted: list[dict[str, Any]] = []
        self._counts = dict.fromkeys(("nInserted", "nMatched", "nModified", "nRemoved", "nUpserted"), 0)

    @property
    def _has_ended(self) -> bool:
        return self._ordered and bool(self._errors)

    def insert_all(self, documents: Iterable[Any]) -> list[Any]:
        """Inserts documents; the ``_id`` of each that was tried."""
        kept = _Kept(documents)
        inserted_ids: list[Any] = []
        is_done, is_bypassing = False, bool((self._more or {}).get("bypass_document_validation"))
        while not is_done and not self._has_ended:
            kept.seen.clear()
            ids, inserted, faults, is_done = self._native.insert_many(
                kept, self._ordered, is_bypassing, self._transaction
            )
            for fault in faults or ():
                self._note(fault, self.requests + fault["index"], kept.seen[fault["index"]])
            self._counts["nInserted"] += inserted
            self.requests += len(ids)
            inserted_ids += ids
        return inserted_ids

    def carry_out(self, requests: Iterable[Any]) -> None:
        """Carries out the requests of ``bulk_write``. All of them are looked at before the first is begun."""
        asked = [described(*request_document(request)) for request in requests]
        if not asked:
            raise InvalidOperation("No operations to execute")
        while self.requests < len(asked) and not self._has_ended:
            self.requests, done = self._native.bulk_write(
                asked, self.requests, self._ordered, self._more, self._transaction
            )
            for count in self._counts:
                self._counts[count] += done[count]
            self._upserted += done["upserted"]
            for fault in done["writeErrors"]:
                self._note(fault, fault["index"], shown(*asked[fault["index"]]))

    def finish(self) -> dict[str, Any]:
        """The account of everything.

        Raises ``BulkWriteError`` with it when something went wrong.
        """
        return finished({"writeErrors": self._errors, **self._counts, "upserted": self._upserted}, None)

    def _note(self, fault: Mapping[str, Any], index: int, request: Any) -> None:
        self._errors.append({**fault, "index": index, "op": request})


def finished(account: dict[str, Any], documents: Sequence[Any] | None) -> dict[str, Any]:
    """An account as pymongo has it, in which each error names its document.

    Raises ``BulkWriteError`` with it when something went wrong.
    """
    errors = account["writeErrors"]
    if documents is not None:
        errors = [{**error, "op": documents[error["index"]]} for error in errors]
    account = {**account, "writeErrors": errors, "writeConcernErrors": []}
    if errors:
        first = errors[0]
        raise from_native("Invalid", first.get("code"), None, first.get("errmsg", ""), details=account)
    return account


def described(name: str, fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A request's name in MongoDB's ``bulkWrite``, and its fields in the form that is carried out."""
    parts = {part: fields.pop(part) for part in ("document", "filter", "update", "replacement") if part in fields}
    taken: dict[str, Any] = dict(check("request", fields))
    if name == "insertOne":
        taken["document"] = checked_document(parts["document"])
        return name, taken
    taken["filter"] = filter_document(parts.get("filter"))
    if name == "replaceOne":
        taken["replacement"] = replacement_document(parts["replacement"])
    elif name in ("updateOne", "updateMany"):
        taken["update"] = update_document(parts["update"])
    return name, taken


def shown(name: str, request: Mapping[str, Any]) -> Any:
    """The request as MongoDB's commands write it; an insert is its document."""
    if name == "insertOne":
        return request["document"]
    if name in ("deleteOne", "deleteMany"):
        return {"q": request["filter"], "limit": 0 if name == "deleteMany" else 1}
    shown = {
        "q": request["filter"],
        "u": request["replacement"] if name == "replaceOne" else request["update"],
        "multi": name == "updateMany",
        "upsert": request.get("upsert", False),
    }
    for option, field in (("sort", "sort"), ("array_filters", "arrayFilters")):
        if option in request:
            shown[field] = request[option]
    return shown
