"""Hints, and the keys of an index between which a find looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nexuslite import (
    BulkWriteError,
    Collection,
    DeleteMany,
    DeleteOne,
    OperationFailure,
    ReplaceOne,
    UpdateMany,
    UpdateOne,
)

People = Collection[dict[str, Any]]

VERBS: dict[str, Callable[..., Any]] = {
    "find": lambda people, hint: people.find({"age": 7}, hint=hint).to_list(),
    "find_one": lambda people, hint: people.find_one({"age": 7}, hint=hint),
    "Cursor.hint": lambda people, hint: people.find({"age": 7}).hint(hint).to_list(),
    "Cursor.distinct": lambda people, hint: people.find({"age": 7}).hint(hint).distinct("age"),
    "count_documents": lambda people, hint: people.count_documents({"age": 7}, hint=hint),
    "distinct": lambda people, hint: people.distinct("age", {"age": 7}, hint=hint),
    "update_one": lambda people, hint: people.update_one({"age": 7}, {"$set": {"a": 1}}, hint=hint),
    "update_many": lambda people, hint: people.update_many({"age": 7}, {"$set": {"a": 1}}, hint=hint),
    "replace_one": lambda people, hint: people.replace_one({"age": 7}, {"a": 1}, hint=hint),
    "delete_one": lambda people, hint: people.delete_one({"age": 7}, hint=hint),
    "delete_many": lambda people, hint: people.delete_many({"age": 7}, hint=hint),
    "find_one_and_update": lambda people, hint: people.find_one_and_update({"age": 7}, {"$set": {"a": 1}}, hint=hint),
    "find_one_and_replace": lambda people, hint: people.find_one_and_replace({"age": 7}, {"a": 1}, hint=hint),
    "find_one_and_delete": lambda people, hint: people.find_one_and_delete({"age": 7}, hint=hint),
    "UpdateOne": lambda people, hint: people.bulk_write([UpdateOne({"age": 7}, {"$set": {"a": 1}}, hint=hint)]),
    "UpdateMany": lambda people, hint: people.bulk_write([UpdateMany({"age": 7}, {"$set": {"a": 1}}, hint=hint)]),
    "ReplaceOne": lambda people, hint: people.bulk_write([ReplaceOne({"age": 7}, {"a": 1}, hint=hint)]),
    "DeleteOne": lambda people, hint: people.bulk_write([DeleteOne({"age": 7}, hint=hint)]),
    "DeleteMany": lambda people, hint: people.bulk_write([DeleteMany({"age": 7}, hint=hint)]),
}


@pytest.fixture
def people(orders: People) -> People:
    orders.insert_many([{"_id": number, "age": number % 10, "n": number} for number in range(20)])
    orders.create_index([("age", 1), ("n", 1)])
    return orders


@pytest.mark.parametrize("verb", VERBS)
def test_an_index_that_is_hinted_at_must_be_there(people: People, verb: str) -> None:
    for wrong in ("b_1", [("b", 1)], {"b": 1}):
        with pytest.raises(OperationFailure) as caught:
            VERBS[verb](people, wrong)
        fault: Any = caught.value.details
        if isinstance(caught.value, BulkWriteError):
            (fault,) = fault["writeErrors"]
        assert fault["code"] == 2 and "hint" in fault["errmsg"]
    assert people.count_documents({"age": 7, "a": {"$exists": False}}) == 2


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "hint", ["age_1_n_1", [("age", 1), ("n", 1)], {"age": 1, "n": 1}, "_id_", {"$natural": 1}, {"$natural": -1}], ids=str
)
def test_an_index_is_hinted_at(people: People, verb: str, hint: Any) -> None:
    assert VERBS[verb](people, hint)


def test_the_newest_come_first(people: People) -> None:
    for cursor in (people.find().sort("$natural", -1), people.find(hint=[("$natural", -1)])):
        assert [each["_id"] for each in cursor.limit(2)] == [19, 18]
    newest = people.find_one_and_delete({}, sort=[("$natural", -1)])
    assert newest is not None and newest["_id"] == 19
    plan = people.find().sort("$natural", -1).explain()["queryPlanner"]["winningPlan"]
    assert (plan["stage"], plan["direction"]) == ("COLLSCAN", "backward")
    with pytest.raises(OperationFailure, match="natural"):
        people.find().sort("$natural", -1).hint("_id_").to_list()


def test_a_find_looks_between_two_keys(people: People) -> None:
    at = {"hint": "age_1_n_1", "min": [("age", 7), ("n", 10)], "max": {"age": 8, "n": 18}}
    assert [each["n"] for each in people.find({}, **at)] == [17, 8]
    cursor = people.find({}).hint("age_1_n_1").min([("age", 7), ("n", 10)]).max([("age", 8), ("n", 18)])
    assert [each["n"] for each in cursor.clone()] == [each["n"] for each in cursor] == [17, 8]
    found = people.find_one({}, **at)
    assert found is not None and found["n"] == 17
    with pytest.raises(OperationFailure, match="hint"):
        people.find({}, min=[("age", 7), ("n", 10)]).to_list()
    for wrong in ("age", [5], 5):
        with pytest.raises(TypeError):
            people.find({}).min(wrong)  # type: ignore[arg-type]
