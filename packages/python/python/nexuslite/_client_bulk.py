"""Many writes in one call, to collections of several databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from nexuslite._bulk import described, shown
from nexuslite.client_session import within
from nexuslite.errors import ClientBulkWriteException, InvalidName, InvalidOperation, NexusError
from nexuslite.operations import request_document
from nexuslite.results import ClientBulkWriteResult, DeleteResult, InsertOneResult, update_result

if TYPE_CHECKING:
    from nexuslite.client import Client
    from nexuslite.client_session import ClientSession

__all__ = ["ClientBulkWrite"]


class _Write(NamedTuple):
    place: int
    database: str
    name: str
    fields: dict[str, Any]


class ClientBulkWrite:
    """The writes of one call on their way."""

    def __init__(
        self,
        client: Client[Any],
        ordered: bool,
        journal: bool,
        more: dict[str, Any] | None,
        session: ClientSession | None,
    ) -> None:
        self._client = client
        self._ordered = ordered
        self._journal = journal
        self._more = more
        self._session = session
        self._error: NexusError | None = None
        self._errors: list[dict[str, Any]] = []
        self._counts = dict.fromkeys(("nInserted", "nMatched", "nModified", "nDeleted", "nUpserted"), 0)
        self._inserts: dict[int, InsertOneResult] = {}
        self._updates: dict[int, Any] = {}
        self._deletes: dict[int, DeleteResult] = {}

    def carry_out(self, models: Iterable[Any]) -> None:
        """Carries out the writes. All of them are looked at before the first is begun."""
        writes = [_read(place, model) for place, model in enumerate(models)]
        if not writes:
            raise InvalidOperation("No operations to execute")
        stores = {write.database: self._client._store(write.database) for write in writes}
        try:
            for database, group in self._groups(writes):
                transaction = within(self._session, self._client, stores[database])
                self._carry_out(stores[database].database(), group, transaction)
                if self._has_ended:
                    break
        except InvalidOperation:
            raise
        except NexusError as error:
            self._error = error

    def finish(self, verbose: bool) -> ClientBulkWriteResult:
        """What was done.

        Raises ``ClientBulkWriteException`` with it when something went wrong.
        """
        account: dict[str, Any] = {
            "error": self._error,
            "writeErrors": self._errors,
            "writeConcernErrors": [],
            **self._counts,
            "insertResults": self._inserts if verbose else {},
            "updateResults": self._updates if verbose else {},
            "deleteResults": self._deletes if verbose else {},
            "anySuccessful": bool(self._inserts or self._updates or self._deletes),
        }
        if self._error is not None:
            raise ClientBulkWriteException(account, verbose) from self._error
        if self._errors:
            raise ClientBulkWriteException(account, verbose)
        return ClientBulkWriteResult(account, True, verbose)

    @property
    def _has_ended(self) -> bool:
        return self._ordered and bool(self._errors)

    def _groups(self, writes: list[_Write]) -> Iterator[tuple[str, list[_Write]]]:
        """The writes that are done together: those to one database, as far as they follow each other when their order
        counts."""
        if not self._ordered:
            first = {write.database: write.place for write in reversed(writes)}
            writes = sorted(writes, key=lambda write: (first[write.database], write.place))
        for database, group in groupby(writes, key=lambda write: write.database):
            yield database, list(group)

    def _carry_out(self, native: Any, group: list[_Write], transaction: Any) -> None:
        requests = [(write.name, write.fields) for write in group]
        begin = 0
        while begin < len(requests) and not self._has_ended:
            begin, done = native.bulk_write(
                requests, begin, self._ordered, self._journal, self._more, transaction
            )
            for made in done["inserted"]:
                self._inserts[group[made["index"]].place] = InsertOneResult(made["_id"], True)
                self._counts["nInserted"] += 1
            for changed in done["updated"]:
                made = [changed["upserted"]] if "upserted" in changed else []
                result = update_result(changed["matched"], changed["modified"], made, in_client_bulk=True)
                self._updates[group[changed["index"]].place] = result
                self._counts["nMatched"] += changed["matched"]
                self._counts["nModified"] += changed["modified"]
                self._counts["nUpserted"] += len(made)
            for gone in done["deleted"]:
                self._deletes[group[gone["index"]].place] = DeleteResult({"n": gone["n"], "ok": 1.0}, True)
                self._counts["nDeleted"] += gone["n"]
            for fault in done["writeErrors"]:
                write = group[fault["index"]]
                self._errors.append(
                    {**fault, "index": write.place, "idx": write.place, "op": shown(write.name, write.fields)}
                )


def _read(place: int, model: Any) -> _Write:
    name, fields = request_document(model)
    namespace = fields.pop("namespace", None)
    if namespace is None:
        raise InvalidOperation("Client.bulk_write needs the namespace of each write, such as 'shop.orders'")
    database, dot, collection = namespace.partition(".")
    if not (database and dot and collection):
        raise InvalidName(f"{namespace!r} is no namespace: the name of a database, a dot, and that of a collection")
    name, fields = described(name, fields)
    return _Write(place, database, name, {**fields, "collection": collection})
