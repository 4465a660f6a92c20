"""The verbs that pymongo has not. Those of deleted documents stand among the options of collections."""

from __future__ import annotations

from typing import Any

import pytest

from nexuslite import BulkWriteError, Client, Collection, OperationFailure, RawDocument
from nexuslite.bson import CodecOptions, ObjectId

Orders = Collection[dict[str, Any]]


def test_documents_are_got_by_their_ids(orders: Orders) -> None:
    ids: list[Any] = [1, "a", ObjectId(), {"b": [1]}, None]
    orders.insert_many([{"_id": id, "place": place} for place, id in enumerate(ids)])
    asked = [*reversed(ids), "nothing", 1]
    found = orders.get_many(asked)
    assert [each and each["place"] for each in found] == [4, 3, 2, 1, 0, None, 0]
    assert orders.get_many(iter([])) == [] and orders.database["none"].get_many([1]) == [None]
    options: Any = CodecOptions(document_class=RawDocument)
    (raw,) = orders.with_options(options).get_many([1])
    assert isinstance(raw, RawDocument)
    for wrong in (1, "ab", {"_id": 1}, None):
        with pytest.raises(TypeError, match="ids"):
            orders.get_many(wrong)  # type: ignore[arg-type]


def test_documents_are_put_by_their_ids(orders: Orders) -> None:
    orders.insert_many([{"_id": 1, "a": 1, "b": 1}, {"_id": 2, "a": 2}])
    done = orders.upsert_many([{"_id": 1, "a": 5}, {"_id": 2, "a": 2}, {"_id": 3}, {"c": 1}])
    assert (done.matched_count, done.modified_count, done.upserted_count, done.inserted_count) == (2, 1, 1, 1)
    assert done.upserted_ids == {2: 3}
    assert orders.get_many([1, 2, 3]) == [{"_id": 1, "a": 5}, {"_id": 2, "a": 2}, {"_id": 3}]
    assert orders.count_documents({"c": 1}) == 1


def test_fields_are_merged_by_their_ids(orders: Orders) -> None:
    orders.insert_many([{"_id": 1, "a": 1, "b": {"c": 1}}, {"_id": 2, "a": 2}])
    done = orders.merge_many([{"_id": 1, "a": "$b", "d": 1}, {"_id": 2, "a": 2}, {"_id": 3, "a": 3}])
    assert (done.matched_count, done.modified_count, done.upserted_count) == (2, 1, 0)
    assert orders.find_one(1) == {"_id": 1, "a": "$b", "b": {"c": 1}, "d": 1} and orders.find_one(3) is None
    with pytest.raises(OperationFailure, match="_id"):
        orders.merge_many([{"_id": 1, "a": 7}, {"a": 1}])
    assert orders.find_one({"a": 7}) is None


@pytest.mark.parametrize("verb", ["upsert_many", "merge_many"])
def test_a_document_that_fails_is_named(orders: Orders, verb: str) -> None:
    orders.create_index("key", unique=True)
    orders.insert_many([{"_id": 1, "key": 1}, {"_id": 2, "key": 2}, {"_id": 3, "key": 3}])
    given: list[dict[str, Any]] = [{"_id": 1, "key": 5}, {"_id": 2, "key": 3}, {"_id": 3, "key": 7}]
    with pytest.raises(BulkWriteError) as caught:
        getattr(orders, verb)(given)
    (fault,) = caught.value.details["writeErrors"]
    assert (fault["index"], fault["code"], fault["op"]) == (1, 11000, given[1])
    assert caught.value.details["nModified"] == 1 and orders.distinct("key") == [2, 3, 5]
    for wrong in (5, "ab", {"_id": 1}, [5]):
        with pytest.raises(TypeError):
            getattr(orders, verb)(wrong)


def test_they_belong_to_the_transaction_of_their_session(client: Client[dict[str, Any]]) -> None:
    notes = client["shop"].create_collection("notes", softDelete=True)
    notes.insert_one({"_id": 1})
    notes.delete_one({"_id": 1})
    with client.start_session() as session, session.start_transaction():
        notes.upsert_many([{"_id": 2}], session=session)
        notes.merge_many([{"_id": 2, "a": 1}], session=session)
        assert notes.get_many([2], session) == [{"_id": 2, "a": 1}] and notes.get_many([2]) == [None]
        assert notes.restore({}, session) == 1 and notes.count_deleted({}, session) == 0
        assert notes.count_deleted({}) == 1
        session.abort_transaction()
    assert notes.count_documents({}) == 0 and notes.purge({}) == 1
