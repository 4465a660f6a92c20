"""``bulk_write``."""

from __future__ import annotations

from typing import Any

import pytest

import nexuslite
from nexuslite import (
    BulkWriteError,
    Collection,
    Database,
    DeleteMany,
    DeleteOne,
    InsertOne,
    InvalidOperation,
    NotSupportedError,
    ReplaceOne,
    UpdateMany,
    UpdateOne,
)

Orders = Collection[dict[str, Any]]


def test_every_kind_of_request(orders: Orders) -> None:
    result = orders.bulk_write(
        [
            InsertOne({"_id": 1, "n": 1}),
            InsertOne({"_id": 2, "n": 1}),
            InsertOne({"_id": 3, "n": 1}),
            UpdateOne({"n": 1}, {"$set": {"n": 2}}),
            UpdateMany({"n": 1}, {"$set": {"n": 3}}),
            ReplaceOne({"_id": 3}, {"m": 1}),
            UpdateOne({"_id": 9}, {"$set": {"n": 9}}, upsert=True),
            ReplaceOne({"_id": 8}, {"n": 8}, upsert=True),
            DeleteOne({"_id": 1}),
            DeleteMany({"n": {"$gte": 8}}),
        ]
    )
    assert result.acknowledged and result.inserted_count == 3
    assert (result.matched_count, result.modified_count) == (4, 4)
    assert result.deleted_count == 3 and result.upserted_count == 2 and result.upserted_ids == {6: 9, 7: 8}
    assert orders.find().to_list() == [{"_id": 2, "n": 3}, {"_id": 3, "m": 1}]


def test_requests_with_options(orders: Orders) -> None:
    orders.insert_many([{"_id": number, "n": number, "list": [1, 5, 9]} for number in range(3)])
    result = orders.bulk_write(
        [
            UpdateOne({}, {"$set": {"last": True}}, sort={"n": -1}),
            ReplaceOne({"_id": {"$lt": 2}}, {"list": [7]}, sort={"n": -1}),
            UpdateMany({}, {"$inc": {"list.$[big]": 100}}, array_filters=[{"big": {"$gte": 5}}]),
            UpdateOne({"list": 1}, {"$set": {"list.$": 2}}),
        ]
    )
    assert (result.matched_count, result.modified_count) == (6, 6)
    assert orders.find().to_list() == [
        {"_id": 0, "n": 0, "list": [2, 105, 109]},
        {"_id": 1, "list": [107]},
        {"_id": 2, "n": 2, "list": [1, 105, 109], "last": True},
    ]


def test_places_are_those_of_the_call_however_many_requests_there_are(orders: Orders) -> None:
    text = "x" * 100_000
    requests: list[Any] = [InsertOne({"_id": number, "text": text}) for number in range(250)]
    requests[20:20] = [UpdateOne({"_id": "made"}, {"$set": {"a": 1}}, upsert=True)]
    requests += [InsertOne({"_id": 7}) for _ in range(1500)]
    requests += [UpdateOne({"_id": "made too"}, {"$set": {"a": 1}}, upsert=True)]
    with pytest.raises(BulkWriteError) as caught:
        orders.bulk_write(requests, ordered=False)
    details = caught.value.details
    assert [fault["index"] for fault in details["writeErrors"]] == list(range(251, 1751))
    assert (details["nInserted"], details["nUpserted"]) == (250, 2)
    assert details["upserted"] == [{"index": 20, "_id": "made"}, {"index": 1751, "_id": "made too"}]
    assert orders.count_documents({}) == 252
    with pytest.raises(BulkWriteError) as caught:
        orders.bulk_write(requests)
    assert [fault["index"] for fault in caught.value.details["writeErrors"]] == [0]


def test_a_call_is_one_commit(database: Database[dict[str, Any]]) -> None:
    orders = database["orders"]
    orders.insert_one({"_id": 0})
    before = database.stats()["commits"]
    orders.bulk_write([UpdateOne({"_id": 0}, {"$inc": {"n": 1}}) for _ in range(500)] + [DeleteOne({"_id": 5})])
    assert orders.find_one() == {"_id": 0, "n": 500} and database.stats()["commits"] == before + 1


def test_inserted_documents_are_given_ids(orders: Orders) -> None:
    document: dict[str, Any] = {"a": 1}
    orders.bulk_write([InsertOne(document)])
    assert orders.find_one(document["_id"]) == document


def test_an_ordered_write_ends_at_the_first_fault(orders: Orders) -> None:
    requests: list[Any] = [
        InsertOne({"_id": 1}),
        UpdateOne({"_id": 1}, {"$inc": {"a": 1}}),
        InsertOne({"_id": 1}),
        DeleteOne({"_id": 1}),
    ]
    with pytest.raises(BulkWriteError) as caught:
        orders.bulk_write(requests)
    details = caught.value.details
    assert (details["nInserted"], details["nModified"], details["nRemoved"]) == (1, 1, 0)
    (fault,) = details["writeErrors"]
    assert fault["index"] == 2 and fault["code"] == 11000 and fault["op"] == {"_id": 1}
    assert details["writeConcernErrors"] == [] and details["upserted"] == []
    with pytest.raises(BulkWriteError) as caught:
        orders.bulk_write(requests, ordered=False)
    assert [each["index"] for each in caught.value.details["writeErrors"]] == [0, 2]
    assert caught.value.details["nRemoved"] == 1


def test_the_fault_of_a_change_shows_the_request(orders: Orders) -> None:
    orders.insert_one({"_id": 1, "a": "text"})
    with pytest.raises(BulkWriteError) as caught:
        orders.bulk_write([UpdateMany({"_id": 1}, {"$inc": {"a": 1}}), DeleteMany({"$bad": 1})], ordered=False)
    change, delete = caught.value.details["writeErrors"]
    assert change["op"] == {"q": {"_id": 1}, "u": {"$inc": {"a": 1}}, "multi": True, "upsert": False}
    assert delete["op"] == {"q": {"$bad": 1}, "limit": 0} and "$bad" in delete["errmsg"]


def test_requests_are_looked_at_before_the_first_is_begun(orders: Orders) -> None:
    first = InsertOne({"_id": 1})
    for error, wrong in [
        (TypeError, 5),
        (TypeError, InsertOne([])),  # type: ignore[arg-type]
        (ValueError, UpdateOne({}, {})),
        (ValueError, ReplaceOne({}, {"$set": {}})),
        (TypeError, UpdateOne({}, {"$set": {"a": 1}}, array_filters=[5])),  # type: ignore[list-item]
        (TypeError, UpdateOne({}, {"$set": {"a": 1}}, sort="a")),  # type: ignore[arg-type]
        (ValueError, UpdateOne({}, [])),
        (TypeError, DeleteOne({}, collation=5)),  # type: ignore[arg-type]
        (NotSupportedError, DeleteOne({}, namespace="a.b")),
    ]:
        with pytest.raises(error):
            orders.bulk_write([first, wrong])  # type: ignore[list-item]
    assert orders.count_documents({}) == 0
    with pytest.raises(InvalidOperation, match="No operations"):
        orders.bulk_write([])
    with pytest.raises(TypeError, match="list"):
        orders.bulk_write({"a": 1})  # type: ignore[arg-type]


def test_requests_of_pymongo_are_as_good_as_ours(orders: Orders) -> None:
    pymongo = pytest.importorskip("pymongo")
    result = orders.bulk_write(
        [pymongo.InsertOne({"_id": 1}), pymongo.UpdateOne({"_id": 1}, {"$set": {"a": 1}}), pymongo.DeleteOne({})]
    )
    assert (result.inserted_count, result.modified_count, result.deleted_count) == (1, 1, 1)


def test_all_or_nothing_in_a_transaction(client: nexuslite.Client[dict[str, Any]]) -> None:
    orders = client["shop"]["orders"]
    with client.start_session() as session:
        session.start_transaction()
        orders.bulk_write([InsertOne({"_id": 1}), UpdateOne({"_id": 1}, {"$set": {"a": 1}})], session=session)
        assert orders.find_one({}, session=session) == {"_id": 1, "a": 1} and orders.find_one() is None
        session.abort_transaction()
        session.start_transaction()
        orders.insert_one({"_id": 1}, session=session)
        with pytest.raises(BulkWriteError):
            orders.bulk_write([InsertOne({"_id": 2}), InsertOne({"_id": 1})], ordered=False, session=session)
        assert orders.distinct("_id", session=session) == [1]
        session.commit_transaction()
    assert orders.distinct("_id") == [1]
