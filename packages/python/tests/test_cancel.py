"""Statements that are stopped from another thread."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from nexuslite import CancelToken, Collection, IndexModel, InsertOne, OperationFailure, UpdateMany

Orders = Collection[dict[str, Any]]
ANY = {"n": {"$gte": 0}}
SET = {"$set": {"x": 1}}

VERBS: dict[str, Callable[[Orders], Any]] = {
    "find": lambda orders: orders.find(ANY).to_list(),
    "find_one": lambda orders: orders.find_one(ANY),
    "count_documents": lambda orders: orders.count_documents(ANY),
    "distinct": lambda orders: orders.distinct("n", ANY),
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
    assert caught.value.code == 11601
    assert numbers.count_documents({}) == 5000 and numbers.count_documents({"x": 1}) == 0
    assert list(numbers.index_information()) == ["_id_"]
    assert VERBS[verb](numbers) is not None


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
