"""Cursors."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from nexuslite import Collection, CursorType, ExecutionTimeout, InvalidOperation, NotSupportedError, OperationFailure

Orders = Collection[dict[str, Any]]


@pytest.fixture
def numbers(orders: Orders) -> Orders:
    """Ten documents."""
    orders.insert_many([{"_id": number, "odd": number % 2 == 1} for number in range(10)])
    return orders


def ids(documents: Any) -> list[Any]:
    return [document["_id"] for document in documents]


def test_documents_come_in_order(numbers: Orders) -> None:
    assert ids(numbers.find()) == list(range(10))
    assert ids(numbers.find({"odd": True}).sort("_id", -1).skip(1).limit(3)) == [7, 5, 3]
    assert ids(numbers.find({}, sort=[("odd", -1), ("_id", 1)], limit=6)) == [1, 3, 5, 7, 9, 0]
    assert ids(numbers.find().sort({"odd": 1, "_id": -1}).limit(-2)) == [8, 6]
    assert ids(numbers.find().sort(["odd", ("_id", -1)]).limit(1)) == [8]


def test_projections(numbers: Orders) -> None:
    assert numbers.find({}, {"odd": 1, "_id": 0}).next() == {"odd": False}
    assert numbers.find({}, ["odd"]).next() == {"_id": 0, "odd": False}
    assert numbers.find({}, []).next() == {"_id": 0}
    for wrong in ("odd", 5, [1]):
        with pytest.raises(TypeError, match="projection"):
            numbers.find({}, wrong)


@pytest.mark.parametrize("batch_size", [0, 1, 3, 10, 100])
def test_the_size_of_a_batch_changes_nothing(numbers: Orders, batch_size: int) -> None:
    cursor = numbers.find(batch_size=batch_size)
    assert ids(cursor) == list(range(10)) and cursor.retrieved == 10 and not cursor.alive
    assert ids(numbers.find().batch_size(batch_size).to_list()) == list(range(10))


def test_only_a_batch_is_read_ahead(numbers: Orders) -> None:
    cursor = numbers.find().batch_size(4)
    assert cursor.alive and cursor.retrieved == 0 and cursor.cursor_id is None
    assert cursor.next()["_id"] == 0 and cursor.retrieved == 4 and cursor.cursor_id == 0


def test_lists_of_what_is_left(numbers: Orders) -> None:
    cursor = numbers.find().batch_size(4)
    next(cursor)
    assert ids(cursor.to_list(2)) == [1, 2] and ids(cursor.to_list(3)) == [3, 4, 5]
    assert ids(cursor.to_list()) == [6, 7, 8, 9] and cursor.to_list() == [] and not cursor.alive
    for wrong in (0, -1):
        with pytest.raises(ValueError, match="length"):
            numbers.find().to_list(wrong)


def test_more_documents_than_any_batch_has(orders: Orders) -> None:
    orders.insert_many({"_id": number} for number in range(20_000))
    assert ids(orders.find()) == list(range(20_000)) == ids(orders.find().to_list())
    assert ids(orders.find().to_list(12_345)) == list(range(12_345))


def test_a_cursor_sees_one_state(numbers: Orders) -> None:
    cursor = numbers.find().batch_size(2)
    next(cursor)
    numbers.delete_many({"_id": {"$gt": 3}})
    numbers.insert_one({"_id": 11})
    assert ids(cursor) == list(range(1, 10))
    assert ids(cursor.rewind()) == [0, 1, 2, 3, 11]


def test_clones_begin_anew(numbers: Orders) -> None:
    cursor = numbers.find({"odd": True}).sort("_id", -1).limit(2)
    next(cursor)
    for made in (cursor.clone(), copy.copy(cursor), copy.deepcopy(cursor)):
        assert made.collection is numbers and ids(made) == [9, 7]
    assert ids(cursor) == [7]
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(cursor)


def test_items_and_slices(numbers: Orders) -> None:
    assert numbers.find()[3]["_id"] == 3 and ids(numbers.find()[2:5]) == [2, 3, 4]
    assert ids(numbers.find()[8:]) == [8, 9] and ids(numbers.find()[:2]) == [0, 1]
    assert ids(numbers.find()[3:3]) == [] == numbers.find()[3:3].to_list()
    for wrong in (-1, 10, slice(0, 5, 2), slice(-1, 5), slice(5, 2)):
        with pytest.raises(IndexError):
            numbers.find()[wrong]
    with pytest.raises(TypeError):
        numbers.find()["a"]  # type: ignore[call-overload]


def test_options_come_before_the_first_document(numbers: Orders) -> None:
    cursor = numbers.find()
    next(cursor)
    for deed in (
        lambda: cursor.sort("a"),
        lambda: cursor.skip(1),
        lambda: cursor.limit(1),
        lambda: cursor.batch_size(1),
        lambda: cursor.hint("_id_"),
        lambda: cursor.max_time_ms(5),
        lambda: cursor.comment("x"),
        lambda: cursor[0],
    ):
        with pytest.raises(InvalidOperation, match="after executing"):
            deed()


def test_options_that_mean_nothing(numbers: Orders) -> None:
    for error, deed in [
        (ValueError, lambda: numbers.find().skip(-1)),
        (TypeError, lambda: numbers.find().limit("1")),  # type: ignore[arg-type]
        (TypeError, lambda: numbers.find().sort(5)),  # type: ignore[arg-type]
        (ValueError, lambda: numbers.find().sort([])),
        (TypeError, lambda: numbers.find(nothing=1)),
        (TypeError, lambda: numbers.find().hint(5)),
        (TypeError, lambda: numbers.find().allow_disk_use(1)),  # type: ignore[arg-type]
        (TypeError, lambda: numbers.find(let=[])),  # type: ignore[arg-type]
        (NotSupportedError, lambda: numbers.find(cursor_type=CursorType.EXHAUST)),
        (OperationFailure, lambda: numbers.find().sort("a", 7).to_list()),
    ]:
        with pytest.raises(error):
            deed()
    assert ids(numbers.find().hint("_id_").comment("why").collation({"locale": "simple"}).limit(1)) == [0]


def test_a_walk_ends_when_its_time_is_over(orders: Orders) -> None:
    orders.insert_many({"_id": number, "text": "x" * 200} for number in range(20_000))
    with pytest.raises(ExecutionTimeout) as caught:
        for _ in range(10_000):
            orders.find({"nothing": 1}).sort("text").max_time_ms(1).to_list()
    assert caught.value.code == 50 and caught.value.timeout


def test_closed_cursors_are_at_their_end(numbers: Orders) -> None:
    with numbers.find().batch_size(2) as cursor:
        next(cursor)
    assert not cursor.alive and list(cursor) == [] == cursor.to_list()
    cursor.close()
    with pytest.raises(StopIteration):
        next(cursor)


def test_plans_are_explained(numbers: Orders) -> None:
    plan = numbers.find({"_id": 3}).explain()
    assert plan["queryPlanner"]["namespace"].endswith(".orders")
    assert plan["queryPlanner"]["winningPlan"]["stage"] == "IDHACK"
    assert plan["executionStats"]["nReturned"] == 1 and plan["ok"] == 1
    stats = numbers.find({"odd": True}).sort("odd").limit(3).explain()["executionStats"]
    assert stats["totalDocsExamined"] == 10 and stats["nReturned"] == 3


def test_a_hint_says_which_index_is_used(numbers: Orders) -> None:
    numbers.create_index("odd")
    for hint, stage in [
        ("odd_1", "IXSCAN"),
        ([("odd", 1)], "IXSCAN"),
        ({"odd": 1}, "IXSCAN"),
        (["odd"], "IXSCAN"),
        ({"$natural": 1}, "COLLSCAN"),
    ]:
        cursor = numbers.find({"odd": True, "_id": {"$gt": 2}}).hint(hint)
        assert stage in str(cursor.explain()["queryPlanner"]["winningPlan"]) and ids(cursor) == [3, 5, 7, 9]
        assert numbers.find_one({"odd": True}, hint=hint) == {"_id": 1, "odd": True}
    assert ids(numbers.find(hint="odd_1").hint(None).limit(1)) == [0]
    with pytest.raises(OperationFailure, match="nothing_1"):
        numbers.find().hint("nothing_1").to_list()


def test_different_values_of_a_cursor(numbers: Orders) -> None:
    assert numbers.find({"_id": {"$lt": 3}}).distinct("odd") == [False, True]
