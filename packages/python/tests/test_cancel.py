"""Statements that are stopped from another thread, and by a block's time."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from nexuslite import (
    CancelToken,
    Collection,
    Database,
    ExecutionTimeout,
    IndexModel,
    InsertOne,
    OperationFailure,
    UpdateMany,
    timeout,
)

Orders = Collection[dict[str, Any]]
ANY = {"n": {"$gte": 0}}
SET = {"$set": {"x": 1}}

VERBS: dict[str, Callable[[Orders], Any]] = {
    "find": lambda orders: orders.find(ANY).to_list(),
    "find_one": lambda orders: orders.find_one(ANY),
    "count_documents": lambda orders: orders.count_documents(ANY),
    "distinct": lambda orders: orders.distinct("n", ANY),
    "insert_one": lambda orders: orders.insert_one({}),
    "insert_many": lambda orders: orders.insert_many([{}, {}]),
    "update_one": lambda orders: orders.update_one(ANY, SET),
    "update_many": lambda orders: orders.update_many(ANY, SET),
    "replace_one": lambda orders: orders.replace_one(ANY, {"x": 1}),
    "delete_one": lambda orders: orders.delete_one(ANY),
    "delete_many": lambda orders: orders.delete_many(ANY),
    "find_one_and_update": lambda orders: orders.find_one_and_update(ANY, SET),
    "find_one_and_replace": lambda orders: orders.find_one_and_replace(ANY, {"x": 1}),
    "find_one_and_delete": lambda orders: orders.find_one_and_delete(ANY),
    "bulk_write": lambda orders: orders.bulk_write([InsertOne({"y": 1}), UpdateMany(ANY, SET)]),
    "create_indexes": lambda orders: orders.create_indexes([IndexModel("n")]),
    "get_many": lambda orders: orders.get_many([1, 2]),
    "upsert_many": lambda orders: orders.upsert_many([{"_id": 1, "n": 1, "x": 1}]),
    "merge_many": lambda orders: orders.merge_many([{"_id": 1, "x": 1}]),
    "Client.bulk_write": lambda orders: orders.database.client.bulk_write([InsertOne({}, namespace="memory.orders")]),
}
# What counts, restores and ends deleted documents.
OF_DELETED: dict[str, Callable[..., Any]] = {
    "count_deleted": lambda notes, **more: notes.count_deleted(ANY, **more),
    "restore": lambda notes, **more: notes.restore(ANY, **more),
    "purge": lambda notes, **more: notes.purge(ANY, **more),
}


@pytest.fixture
def numbers(orders: Orders) -> Orders:
    orders.insert_many([{"_id": number, "n": number} for number in range(5000)])
    return orders


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_stopped(numbers: Orders, verb: str) -> None:
    with CancelToken() as token:
        assert not token.cancelled
        token.cancel()
        assert token.cancelled
        with pytest.raises(OperationFailure) as caught:
            VERBS[verb](numbers)
    assert caught.value.code == 11601 or caught.value.error.code == 11601  # type: ignore[attr-defined]
    assert numbers.count_documents({}) == 5000 and numbers.count_documents({"x": 1}) == 0
    assert list(numbers.index_information()) == ["_id_"]
    assert VERBS[verb](numbers) is not None


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_ends_when_the_time_of_its_block_is_over(numbers: Orders, verb: str) -> None:
    with timeout(1e-9), pytest.raises(OperationFailure) as caught:
        VERBS[verb](numbers)
    assert caught.value.timeout
    assert caught.value.code == 50 or (caught.value.code, caught.value.error.code) == (65, 50)  # type: ignore[attr-defined]
    assert numbers.count_documents({}) == 5000 and numbers.count_documents({"x": 1}) == 0
    with timeout(3600):
        assert VERBS[verb](numbers) is not None


@pytest.mark.parametrize("verb", OF_DELETED)
def test_deleted_documents_are_looked_at_within_bounds(verb: str) -> None:
    with Database[dict[str, Any]](":memory:") as database:
        notes = database.create_collection("notes", softDelete=True)
        notes.insert_many([{"_id": number, "n": number} for number in range(5)])
        notes.delete_many({})
        with CancelToken() as token, pytest.raises(OperationFailure) as caught:
            token.cancel()
            OF_DELETED[verb](notes)
        assert caught.value.code == 11601
        with timeout(1e-9), pytest.raises(ExecutionTimeout):
            OF_DELETED[verb](notes)
        assert notes.count_deleted({}) == 5
        least: Any = {"let": {"least": 2}, "comment": "why", "collation": {"locale": "de"}}
        notes_above = {"$expr": {"$gte": ["$n", "$$least"]}}
        assert notes.count_deleted(notes_above, **least) == 3
        assert OF_DELETED[verb](notes, max_time_ms=3_600_000) == 5


def test_the_time_of_a_block_is_never_longer_than_that_around_it(numbers: Orders) -> None:
    with timeout(1e-9):
        with timeout(3600), pytest.raises(ExecutionTimeout):
            numbers.count_documents(ANY)
        with timeout(None), pytest.raises(ExecutionTimeout):
            numbers.count_documents(ANY)
        counted: list[int] = []
        other = Thread(target=lambda: counted.append(numbers.count_documents(ANY)))
        other.start()
        other.join()
        assert counted == [5000]
    for none in (None, 0, 0.0):
        with timeout(none):
            assert numbers.count_documents(ANY) == 5000
    with timeout(3600):
        assert numbers.count_documents(ANY, maxTimeMS=3_600_000) == 5000
    with pytest.raises(ValueError, match="negative"):
        timeout(-1)
    for wrong in ("1", True, [1]):
        with pytest.raises(TypeError, match="timeout"):
            timeout(wrong)  # type: ignore[arg-type]


def test_no_milliseconds_are_no_bound(numbers: Orders) -> None:
    assert len(numbers.find(ANY, max_time_ms=0).to_list()) == 5000
    assert numbers.count_documents(ANY, maxTimeMS=0) == 5000
    assert numbers.get_many([1], max_time_ms=0)[0] is not None
    assert numbers.create_index("n", maxTimeMS=0) == "n_1"
    assert numbers.create_index("x", maxTimeMS=3_600_000) == "x_1"


def test_a_cursor_is_stopped_from_another_thread(numbers: Orders) -> None:
    with CancelToken() as token:
        cursor = numbers.find(ANY, batch_size=10)
        assert next(cursor)["_id"] == 0
    other = Thread(target=token.cancel)
    other.start()
    other.join()
    with pytest.raises(OperationFailure) as caught:
        cursor.to_list()
    assert caught.value.code == 11601


def test_the_innermost_block_counts_and_only_for_its_thread(numbers: Orders) -> None:
    with CancelToken() as outer:
        outer.cancel()
        with CancelToken():
            assert numbers.count_documents(ANY) == 5000
        counted: list[int] = []
        other = Thread(target=lambda: counted.append(numbers.count_documents(ANY)))
        other.start()
        other.join()
        assert counted == [5000]
        with pytest.raises(OperationFailure):
            numbers.count_documents(ANY)
    assert numbers.count_documents(ANY) == 5000


def test_a_block_that_fails_is_left(numbers: Orders) -> None:
    with CancelToken() as token, pytest.raises(RuntimeError):
        token.cancel()
        raise RuntimeError
    assert numbers.count_documents(ANY) == 5000
