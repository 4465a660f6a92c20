"""What is said beside a statement: variables, a comment, and whether a sort may use the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nexuslite
from nexuslite import (
    BulkWriteError,
    Collection,
    DeleteOne,
    InvalidDocument,
    OperationFailure,
    ReplaceOne,
    ReturnDocument,
    UpdateMany,
)

Orders = Collection[dict[str, Any]]
#: Satisfied by the order whose total is what ``x`` says.
IS_X = {"$expr": {"$eq": ["$total", "$$x"]}}
LET = {"x": {"$add": [40, 2]}}


@pytest.fixture
def three(orders: Orders) -> Orders:
    orders.insert_many([{"_id": 1, "total": 7}, {"_id": 2, "total": 42}, {"_id": 3, "total": 9}])
    return orders


# Each does something to the order 2 by way of a variable; then what is left, or what was answered.
VERBS: dict[str, tuple[Callable[..., Any], Callable[[Orders, Any], bool]]] = {
    "find": (
        lambda orders, **more: orders.find(IS_X, {"y": "$$x"}, **more).to_list(),
        lambda orders, answer: answer == [{"_id": 2, "y": 42}],
    ),
    "find_one": (lambda orders, **more: orders.find_one(IS_X, **more), lambda orders, answer: answer["_id"] == 2),
    "count_documents": (
        lambda orders, **more: orders.count_documents(IS_X, **more),
        lambda orders, answer: answer == 1,
    ),
    "update_one": (
        lambda orders, **more: orders.update_one(IS_X, [{"$set": {"y": "$$x"}}], **more),
        lambda orders, answer: orders.find_one(2) == {"_id": 2, "total": 42, "y": 42},
    ),
    "update_many": (
        lambda orders, **more: orders.update_many(IS_X, {"$set": {"y": 1}}, **more),
        lambda orders, answer: orders.distinct("_id", {"y": 1}) == [2],
    ),
    "replace_one": (
        lambda orders, **more: orders.replace_one(IS_X, {"y": 1}, **more),
        lambda orders, answer: orders.find_one(2) == {"_id": 2, "y": 1},
    ),
    "delete_one": (
        lambda orders, **more: orders.delete_one(IS_X, **more),
        lambda orders, answer: orders.distinct("_id") == [1, 3],
    ),
    "delete_many": (
        lambda orders, **more: orders.delete_many(IS_X, **more),
        lambda orders, answer: orders.distinct("_id") == [1, 3],
    ),
    "find_one_and_update": (
        lambda orders, **more: orders.find_one_and_update(
            IS_X, [{"$set": {"y": "$$x"}}], return_document=ReturnDocument.AFTER, **more
        ),
        lambda orders, answer: answer == {"_id": 2, "total": 42, "y": 42},
    ),
    "find_one_and_replace": (
        lambda orders, **more: orders.find_one_and_replace(IS_X, {"y": 1}, **more),
        lambda orders, answer: answer["_id"] == 2,
    ),
    "find_one_and_delete": (
        lambda orders, **more: orders.find_one_and_delete(IS_X, **more),
        lambda orders, answer: answer["_id"] == 2 and orders.distinct("_id") == [1, 3],
    ),
    "bulk_write": (
        lambda orders, **more: orders.bulk_write(
            [UpdateMany(IS_X, [{"$set": {"y": "$$x"}}]), DeleteOne(IS_X), ReplaceOne(IS_X, {})], **more
        ),
        lambda orders, answer: (answer.modified_count, answer.deleted_count, answer.matched_count) == (1, 1, 1),
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_variables_stand_in_expressions(three: Orders, verb: str) -> None:
    deed, is_right = VERBS[verb]
    with pytest.raises(OperationFailure) as caught:
        deed(three)
    fault: Any = caught.value.details
    if isinstance(caught.value, BulkWriteError):
        fault = fault["writeErrors"][0]
    assert fault["code"] == 17276 and "x" in fault["errmsg"]
    assert is_right(three, deed(three, let=LET))


@pytest.mark.parametrize("verb", VERBS)
def test_a_variable_must_be_one(three: Orders, verb: str) -> None:
    with pytest.raises(TypeError, match=f"{verb if verb != 'find_one' else 'find'}: option let"):
        VERBS[verb][0](three, let=[("x", 1)])
    with pytest.raises(OperationFailure, match="X"):
        VERBS[verb][0](three, let={"X": 1})


COMMENTED: dict[str, Callable[..., Any]] = {
    **{verb: deed for verb, (deed, _) in VERBS.items()},
    "distinct": lambda orders, **more: orders.distinct("_id", **more),
}


@pytest.mark.parametrize("verb", COMMENTED)
def test_a_comment_goes_with_the_statement(three: Orders, verb: str) -> None:
    more = {} if verb == "distinct" else {"let": LET}
    with pytest.raises(InvalidDocument):
        COMMENTED[verb](three, comment=object(), **more)
    COMMENTED[verb](three, comment={"why": ["report"]}, **more)


def test_an_explanation_repeats_what_was_said(three: Orders) -> None:
    told = three.find(IS_X, let={"x": 42}, comment="why").explain()["command"]
    assert (told["let"], told["comment"]) == ({"x": 42}, "why")
    assert three.find().comment({"why": 1}).explain()["command"]["comment"] == {"why": 1}
    assert "comment" not in three.find().comment("why").comment(None).explain().get("command", {})


def test_a_cursor_and_its_clone_keep_what_was_said(three: Orders) -> None:
    found = three.find(IS_X, let={"x": 9}).comment("why").allow_disk_use(False)
    assert found.clone().to_list() == found.to_list() == [{"_id": 3, "total": 9}]
    assert found.rewind().explain()["command"]["comment"] == "why"


def test_a_sort_uses_the_disk_unless_it_must_not(tmp_path: Path) -> None:
    with nexuslite.Database[dict[str, Any]](tmp_path / "a.db", durability="none", sort_bytes_max=1 << 20) as database:
        large = database["large"]
        large.insert_many({"_id": number, "key": -number, "text": "x" * 10_000} for number in range(300))
        backwards = [{"_id": number} for number in reversed(range(300))]
        for more in ({}, {"allow_disk_use": True}, {"allow_disk_use": None}):
            assert large.find({}, {"_id": 1}, sort={"key": 1}, **more).to_list() == backwards
        assert large.find({}, {"_id": 1}).sort("key").allow_disk_use(True).to_list() == backwards
        for refused in (
            large.find({}, sort={"key": 1}, allow_disk_use=False),
            large.find({}).sort("key").allow_disk_use(False),
        ):
            with pytest.raises(OperationFailure, match="sort") as caught:
                refused.to_list()
            assert caught.value.code == 292


def test_a_session_sees_its_own_changes_in_an_explanation(client: nexuslite.Client[dict[str, Any]]) -> None:
    orders = client["shop"]["orders"]
    with client.start_session() as session, session.start_transaction():
        orders.insert_many([{"n": 1}, {"n": 2}], session=session)
        assert orders.find({}, session=session).explain()["executionStats"]["nReturned"] == 2
        assert orders.find({}).explain()["executionStats"]["nReturned"] == 0
