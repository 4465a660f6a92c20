"""What the verbs that write return."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from nexuslite.errors import InvalidOperation

__all__ = [
    "BulkWriteResult",
    "ClientBulkWriteResult",
    "DeleteResult",
    "InsertManyResult",
    "InsertOneResult",
    "UpdateResult",
]


class _WriteResult:
    __slots__ = ("_acknowledged",)

    def __init__(self, acknowledged: bool) -> None:
        self._acknowledged = acknowledged

    @property
    def acknowledged(self) -> bool:
        """Whether the write was waited for. Every write here is."""
        return self._acknowledged

    def _need_acknowledged(self, attribute: str) -> None:
        if not self._acknowledged:
            _refuse(attribute)


class InsertOneResult(_WriteResult):
    """What ``insert_one`` did."""

    __slots__ = ("_inserted_id",)

    def __init__(self, inserted_id: Any, acknowledged: bool) -> None:
        self._inserted_id = inserted_id
        super().__init__(acknowledged)

    def __repr__(self) -> str:
        return f"InsertOneResult({self._inserted_id!r}, acknowledged={self._acknowledged})"

    @property
    def inserted_id(self) -> Any:
        """The ``_id`` of the document."""
        return self._inserted_id


class InsertManyResult(_WriteResult):
    """What ``insert_many`` did."""

    __slots__ = ("_inserted_ids",)

    def __init__(self, inserted_ids: list[Any], acknowledged: bool) -> None:
        self._inserted_ids = inserted_ids
        super().__init__(acknowledged)

    def __repr__(self) -> str:
        return f"InsertManyResult({self._inserted_ids!r}, acknowledged={self._acknowledged})"

    @property
    def inserted_ids(self) -> list[Any]:
        """The ``_id`` of each document, in the order of the documents."""
        return self._inserted_ids


class UpdateResult(_WriteResult):
    """What ``update_one``, ``update_many`` or ``replace_one`` did."""

    __slots__ = ("_in_client_bulk", "_raw_result")

    def __init__(
        self, raw_result: Mapping[str, Any] | None, acknowledged: bool, in_client_bulk: bool = False
    ) -> None:
        self._raw_result = raw_result
        self._in_client_bulk = in_client_bulk
        super().__init__(acknowledged)

    def __repr__(self) -> str:
        return f"UpdateResult({self._raw_result!r}, acknowledged={self._acknowledged})"

    @property
    def raw_result(self) -> Mapping[str, Any] | None:
        """``n``, ``nModified``, ``updatedExisting`` and, after an upsert, ``upserted``."""
        return self._raw_result

    @property
    def matched_count(self) -> int:
        """How many documents satisfied the filter."""
        self._need_acknowledged("matched_count")
        # The document that an upsert made is counted in ``n``, and satisfied no filter.
        return 0 if self.upserted_id is not None else self._number("n")

    @property
    def modified_count(self) -> int:
        """How many of them are other than before."""
        self._need_acknowledged("modified_count")
        return self._number("nModified")

    @property
    def upserted_id(self) -> Any:
        """The ``_id`` of the document that was made because none satisfied the filter, or None."""
        self._need_acknowledged("upserted_id")
        return (self._raw_result or {}).get("upserted")

    @property
    def did_upsert(self) -> bool:
        """Whether a document was made because none satisfied the filter."""
        return "upserted" in (self._raw_result or {})

    def _number(self, name: str) -> int:
        value: int = (self._raw_result or {}).get(name, 0)
        return value


class DeleteResult(_WriteResult):
    """What ``delete_one`` or ``delete_many`` did."""

    __slots__ = ("_raw_result",)

    def __init__(self, raw_result: Mapping[str, Any], acknowledged: bool) -> None:
        self._raw_result = raw_result
        super().__init__(acknowledged)

    def __repr__(self) -> str:
        return f"DeleteResult({self._raw_result!r}, acknowledged={self._acknowledged})"

    @property
    def raw_result(self) -> Mapping[str, Any]:
        """``n``."""
        return self._raw_result

    @property
    def deleted_count(self) -> int:
        """How many documents are gone."""
        self._need_acknowledged("deleted_count")
        value: int = self._raw_result.get("n", 0)
        return value


class _BulkWriteResult(_WriteResult):
    """What the results of bulk writes share."""

    __slots__ = ("_bulk_api_result",)
    # What the account calls the number of documents that are gone.
    _DELETED = "nRemoved"

    def __init__(self, bulk_api_result: dict[str, Any], acknowledged: bool) -> None:
        self._bulk_api_result = bulk_api_result
        super().__init__(acknowledged)

    @property
    def bulk_api_result(self) -> dict[str, Any]:
        """The account of everything, the errors too."""
        return self._bulk_api_result

    @property
    def inserted_count(self) -> int:
        """How many documents were inserted."""
        return self._number("inserted_count", "nInserted")

    @property
    def matched_count(self) -> int:
        """How many documents satisfied the filter of an update."""
        return self._number("matched_count", "nMatched")

    @property
    def modified_count(self) -> int:
        """How many of them are other than before."""
        return self._number("modified_count", "nModified")

    @property
    def deleted_count(self) -> int:
        """How many documents are gone."""
        return self._number("deleted_count", self._DELETED)

    @property
    def upserted_count(self) -> int:
        """How many documents were made because none satisfied the filter."""
        return self._number("upserted_count", "nUpserted")

    def _number(self, attribute: str, name: str) -> int:
        self._need_acknowledged(attribute)
        value: int = self._bulk_api_result.get(name, 0)
        return value


class BulkWriteResult(_BulkWriteResult):
    """What ``bulk_write`` of a collection did."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"BulkWriteResult({self._bulk_api_result!r}, acknowledged={self._acknowledged})"

    @property
    def upserted_ids(self) -> dict[int, Any]:
        """The ``_id`` of each document that was made by an upsert, by the place of its request in the list."""
        self._need_acknowledged("upserted_ids")
        return {made["index"]: made["_id"] for made in self._bulk_api_result.get("upserted", ())}


class ClientBulkWriteResult(_BulkWriteResult):
    """What ``bulk_write`` of a client did."""

    __slots__ = ("_has_verbose_results",)
    _DELETED = "nDeleted"

    def __init__(self, bulk_api_result: dict[str, Any], acknowledged: bool, has_verbose_results: bool) -> None:
        self._has_verbose_results = has_verbose_results
        super().__init__(bulk_api_result, acknowledged)

    def __repr__(self) -> str:
        return (
            f"ClientBulkWriteResult({self._bulk_api_result!r}, acknowledged={self._acknowledged}, "
            f"verbose={self._has_verbose_results})"
        )

    @property
    def has_verbose_results(self) -> bool:
        """Whether each write's own result is known: ``verbose_results`` was asked for."""
        return self._has_verbose_results

    @property
    def insert_results(self) -> Mapping[int, InsertOneResult]:
        """What each insert did, by the place of its write in the list."""
        return self._results("insert_results", "insertResults")

    @property
    def update_results(self) -> Mapping[int, UpdateResult]:
        """What each update and replacement did, by the place of its write in the list."""
        return self._results("update_results", "updateResults")

    @property
    def delete_results(self) -> Mapping[int, DeleteResult]:
        """What each delete did, by the place of its write in the list."""
        return self._results("delete_results", "deleteResults")

    def _results(self, attribute: str, name: str) -> Mapping[int, Any]:
        self._need_acknowledged(attribute)
        if not self._has_verbose_results:
            raise InvalidOperation(
                f"A value for {attribute} is not available when the results are not set to be verbose. "
                "Check the verbose_results attribute to avoid this error."
            )
        results: Mapping[int, Any] = self._bulk_api_result.get(name, {})
        return results


def update_result(
    matched: int, modified: int, made: list[Any], *, in_client_bulk: bool = False
) -> UpdateResult:
    """What an update did, of whose upsert ``made`` is the list of the one ``_id`` or empty."""
    raw: dict[str, Any] = {
        "n": matched + len(made),
        "nModified": modified,
        "ok": 1.0,
        "updatedExisting": matched > 0,
    }
    if made:
        raw["upserted"] = made[0]
    return UpdateResult(raw, True, in_client_bulk)


def _refuse(attribute: str) -> NoReturn:
    raise InvalidOperation(
        f"A value for {attribute} is not available when the write is unacknowledged. "
        "Check the acknowledged attribute to avoid this error."
    )
