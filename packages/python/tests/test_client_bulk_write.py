"""Writes of one call to collections of several databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nexuslite import (
    Client,
    ClientBulkWriteException,
    Database,
    DeleteMany,
    DeleteOne,
    InsertOne,
    InvalidName,
    InvalidOperation,
    NotSupportedError,
    OperationFailure,
    ReplaceOne,
    UpdateMany,
    UpdateOne,
    WriteConcern,
)
from nexuslite.results import ClientBulkWriteResult, DeleteResult, InsertOneResult, UpdateResult

Folder = Client[dict[str, Any]]
SHOP, LOG = "shop.orders", "audit.log"


def test_writes_go_to_their_namespaces_and_are_told_one_by_one(client: Folder) -> None:
    document = {"a": 1}
    models = [
        InsertOne({"_id": 1, "n": 1}, namespace=SHOP),
        InsertOne(document, namespace=LOG),
        UpdateOne({"_id": 1}, {"$inc": {"n": 5}}, namespace=SHOP),
        UpdateOne({"_id": 2}, {"$set": {"n": 2}}, upsert=True, namespace=SHOP),
        UpdateMany({}, [{"$set": {"m": "$$x"}}], namespace="shop.orders"),
        ReplaceOne({"_id": 2}, {"n": 3}, namespace=SHOP),
        DeleteOne({"_id": 2}, namespace=SHOP),
        DeleteMany({"none": 1}, namespace="shop.dotted.name"),
    ]
    done = client.bulk_write(models, verbose_results=True, let={"x": 7}, comment="why")
    assert isinstance(done, ClientBulkWriteResult) and done.acknowledged and done.has_verbose_results
    assert (done.inserted_count, done.matched_count, done.modified_count) == (2, 4, 4)
    assert (done.upserted_count, done.deleted_count) == (1, 1)
    assert {place: result.inserted_id for place, result in done.insert_results.items()} == {0: 1, 1: document["_id"]}
    assert {place: result.matched_count for place, result in done.update_results.items()} == {2: 1, 3: 0, 4: 2, 5: 1}
    assert done.update_results[3].upserted_id == 2 and done.update_results[3].did_upsert
    assert {place: result.deleted_count for place, result in done.delete_results.items()} == {6: 1, 7: 0}
    assert client["shop"]["orders"].find().to_list() == [{"_id": 1, "n": 6, "m": 7}]
    assert client["audit"]["log"].find_one() == document
    for kind, results in ((InsertOneResult, "insert"), (UpdateResult, "update"), (DeleteResult, "delete")):
        assert all(isinstance(result, kind) for result in getattr(done, f"{results}_results").values())


def test_results_are_told_together_unless_asked_for(client: Folder) -> None:
    done = client.bulk_write([InsertOne({}, namespace=SHOP)])
    assert done.inserted_count == 1 and not done.has_verbose_results
    for attribute in ("insert_results", "update_results", "delete_results"):
        with pytest.raises(InvalidOperation, match=attribute):
            getattr(done, attribute)


def test_an_ordered_bulk_ends_at_the_first_that_fails(client: Folder) -> None:
    models = [
        InsertOne({"_id": 1}, namespace=SHOP),
        InsertOne({"_id": 1}, namespace=LOG),
        InsertOne({"_id": 1}, namespace=SHOP),
        InsertOne({"_id": 2}, namespace=LOG),
    ]
    with pytest.raises(ClientBulkWriteException) as caught:
        client.bulk_write(models, verbose_results=True)
    error = caught.value
    assert isinstance(error, OperationFailure) and error.code == 65 and error.error is None and error.verbose
    (fault,) = error.write_errors
    assert (fault["index"], fault["idx"], fault["code"], fault["op"]) == (2, 2, 11000, {"_id": 1})
    assert error.write_concern_errors == [] and not error.timeout
    assert error.partial_result is not None and sorted(error.partial_result.insert_results) == [0, 1]
    assert client["audit"]["log"].count_documents({}) == 1


def test_an_unordered_bulk_tries_all(client: Folder) -> None:
    models = [
        InsertOne({"_id": 1}, namespace=SHOP),
        UpdateOne({}, {"$set": {"_id": 5}}, namespace=SHOP),
        InsertOne({"_id": 1}, namespace=LOG),
        InsertOne({"_id": 1}, namespace=SHOP),
        DeleteOne({"_id": {"$frobnicate": 1}}, namespace=LOG),
        InsertOne({"_id": 2}, namespace=SHOP),
    ]
    with pytest.raises(ClientBulkWriteException) as caught:
        client.bulk_write(models, ordered=False)
    faults = {fault["index"]: fault["code"] for fault in caught.value.write_errors}
    assert faults == {1: 66, 3: 11000, 4: 2}
    assert caught.value.partial_result is not None and caught.value.partial_result.inserted_count == 3
    with pytest.raises(ClientBulkWriteException) as caught:
        client.bulk_write(models[:1])
    assert caught.value.partial_result is None


def test_what_is_no_write_is_told_before_any_is_done(client: Folder) -> None:
    first = InsertOne({"_id": 1}, namespace=SHOP)
    for error, models in (
        (InvalidOperation, []),
        (InvalidOperation, [first, InsertOne({})]),
        (InvalidName, [first, InsertOne({}, namespace="orders")]),
        (InvalidName, [first, InsertOne({}, namespace="a/b.orders")]),
        (TypeError, [first, {"insertOne": {}}]),
        (TypeError, {"a": 1}),
        (ValueError, [first, UpdateOne({}, {"a": 1}, namespace=SHOP)]),
    ):
        with pytest.raises(error):
            client.bulk_write(models)  # type: ignore[arg-type]
    with pytest.raises(NotSupportedError, match="write_concern"):
        client.bulk_write([first], write_concern=WriteConcern(0))
    assert client.list_database_names() == []
    with pytest.raises(NotSupportedError, match="namespace"):
        client["shop"]["orders"].bulk_write([first])


def test_a_bulk_belongs_to_a_transaction(client: Folder) -> None:
    orders = client["shop"]["orders"]
    with client.start_session() as session:
        with session.start_transaction():
            client.bulk_write([InsertOne({"_id": 1}, namespace=SHOP)], session=session)
            assert orders.count_documents({}) == 0 and orders.count_documents({}, session=session) == 1
            with pytest.raises(InvalidOperation, match="one database file"):
                client.bulk_write([InsertOne({}, namespace=LOG)], session=session)
        assert orders.count_documents({}) == 1


def test_a_write_that_lost_is_tried_again_with_its_transaction(client: Folder) -> None:
    orders = client["shop"]["orders"]
    orders.insert_one({"_id": 1, "n": 0})
    calls = 0

    def add(session: Any) -> None:
        nonlocal calls
        calls += 1
        orders.find_one({"_id": 1}, session=session)
        if calls == 1:
            orders.update_one({"_id": 1}, {"$inc": {"n": 100}})
        client.bulk_write([UpdateOne({"_id": 1}, {"$inc": {"n": 1}}, namespace=SHOP)], session=session)

    with client.start_session() as session:
        session.with_transaction(add)
    assert calls == 2 and orders.find_one() == {"_id": 1, "n": 101}


def test_what_ends_a_bulk_is_told_with_what_was_done(tmp_path: Path) -> None:
    with Client[dict[str, Any]](tmp_path / "data", durability="none") as client:
        (tmp_path / "data" / "broken.db").write_bytes(b"no database" * 1000)
        models = [InsertOne({"_id": 1}, namespace=SHOP), InsertOne({"_id": 1}, namespace="broken.a")]
        with pytest.raises(ClientBulkWriteException) as caught:
            client.bulk_write(models)
        assert caught.value.error is not None and caught.value.__cause__ is caught.value.error
        assert caught.value.partial_result is not None and caught.value.partial_result.inserted_count == 1
        assert client["shop"]["orders"].count_documents({}) == 1


def test_large_bulks_go_in_blocks(client: Folder) -> None:
    pad = "x" * (1 << 20)
    models = [
        InsertOne({"_id": number, "pad": pad}, namespace=LOG if number % 3 else SHOP) for number in range(30)
    ]
    done = client.bulk_write(models, ordered=False, verbose_results=True, write_concern=WriteConcern(j=True))
    assert {place: result.inserted_id for place, result in done.insert_results.items()} == {
        number: number for number in range(30)
    }
    assert client["audit"]["log"].count_documents({}) == 20


def test_the_client_of_one_file_writes_to_it(tmp_path: Path) -> None:
    with Database[dict[str, Any]](tmp_path / "shop.db") as shop:
        shop.client.bulk_write([InsertOne({"_id": 1}, namespace=SHOP)])
        assert shop["orders"].find_one() == {"_id": 1}
        with pytest.raises(InvalidOperation):
            shop.client.bulk_write([InsertOne({"_id": 1}, namespace=LOG)])
