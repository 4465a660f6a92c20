"""Many writes in one call, and the account of what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from nexuslite._options import check
from nexuslite._shape import checked_document, filter_document, replacement_document, update_document
from nexuslite.errors import InvalidOperation, OperationFailure, from_native
from nexuslite.operations import request_document

if TYPE_CHECKING:
    from nexuslite import _nexuslite
    from nexuslite.collection import Collection

__all__ = ["BulkWrite"]

# What is wrong with a request, and not with the database: the others may go on.
_OF_A_REQUEST = frozenset({"Invalid", "DuplicateKey", "Unsupported"})


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
        self, collection: Collection[Any], ordered: bool, transaction: _nexuslite.Transaction | None
    ) -> None:
        self._codec = collection._codec
        self._native = collection._native(write=True)
        self._ordered = ordered
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
        is_done = False
        while not is_done and not self._has_ended:
            kept.seen.clear()
            ids, inserted, faults, is_done = self._native.insert_many(kept, self._ordered, self._transaction)
            for fault in faults or ():
                self._note(fault, self.requests + fault["index"], kept.seen[fault["index"]])
            self._counts["nInserted"] += inserted
            self.requests += len(ids)
            inserted_ids += ids
        return inserted_ids

    def carry_out(self, requests: Iterable[Any]) -> None:
        """Carries out the requests of ``bulk_write``. All of them are looked at before the first is begun."""
        described = [_checked(request) for request in requests]
        if not described:
            raise InvalidOperation("No operations to execute")
        at = 0
        while at < len(described) and not self._has_ended:
            run = 0
            while at + run < len(described) and described[at + run][0] == "insertOne":
                run += 1
            if run:
                self.insert_all(request["document"] for _, request in islice(described, at, at + run))
            else:
                name, request = described[at]
                self._carry_out(name, request)
                self.requests += 1
            at += run or 1

    def finish(self) -> dict[str, Any]:
        """The account of everything.

        Raises ``BulkWriteError`` with it when something went wrong.
        """
        account = {
            "writeErrors": self._errors,
            "writeConcernErrors": [],
            **self._counts,
            "upserted": self._upserted,
        }
        if self._errors:
            first = self._errors[0]
            raise from_native("Invalid", first.get("code"), None, first.get("errmsg", ""), details=account)
        return account

    def _carry_out(self, name: str, request: Mapping[str, Any]) -> None:
        try:
            if name in ("deleteOne", "deleteMany"):
                many = name == "deleteMany"
                count = self._native.delete(many, request["filter"], self._transaction)
                self._counts["nRemoved"] += count
            else:
                self._change(name, request)
        except OperationFailure as error:
            if error.kind not in _OF_A_REQUEST:
                raise
            fault = {"code": error.code, "errmsg": str(error)}
            for more in ("keyPattern", "keyValue"):
                if error.details and more in error.details:
                    fault[more] = error.details[more]
            self._note(fault, self.requests, _shown(name, request))

    def _change(self, name: str, request: Mapping[str, Any]) -> None:
        upsert = request.get("upsert", False)
        if name == "replaceOne":
            done = self._native.replace(
                self._codec, request["filter"], request["replacement"], upsert, self._transaction
            )
        else:
            many = name == "updateMany"
            done = self._native.update(
                self._codec, many, request["filter"], request["update"], upsert, self._transaction
            )
        matched, modified, made = done
        self._counts["nMatched"] += matched
        self._counts["nModified"] += modified
        self._counts["nUpserted"] += len(made)
        self._upserted += ({"index": self.requests, "_id": made_id} for made_id in made)

    def _note(self, fault: Mapping[str, Any], index: int, request: Any) -> None:
        self._errors.append({**fault, "index": index, "op": request})


def _checked(request: Any) -> tuple[str, dict[str, Any]]:
    name, fields = request_document(request)
    parts = ("document", "filter", "update", "replacement")
    check("request", {option: value for option, value in fields.items() if option not in parts})
    if name == "insertOne":
        checked_document(fields["document"])
        return name, fields
    fields["filter"] = filter_document(fields.get("filter"))
    if name == "replaceOne":
        fields["replacement"] = replacement_document(fields["replacement"])
    elif "update" in fields:
        fields["update"] = update_document(fields["update"])
    return name, fields


def _shown(name: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """The request as MongoDB's commands write it."""
    if name in ("deleteOne", "deleteMany"):
        return {"q": request["filter"], "limit": 0 if name == "deleteMany" else 1}
    change = request["replacement"] if name == "replaceOne" else request["update"]
    return {
        "q": request["filter"],
        "u": change,
        "multi": name == "updateMany",
        "upsert": request.get("upsert", False),
    }
