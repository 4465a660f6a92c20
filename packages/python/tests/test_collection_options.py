"""What collections and views are created with, and what that makes of them."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

import nexuslite
from nexuslite import Client, Collation, Collection, Database, DuplicateKeyError, OperationFailure, WriteConcern

Shop = Database[dict[str, Any]]


def listed(database: Shop, name: str) -> dict[str, Any]:
    (one,) = database.list_collections(filter={"name": name})
    return one


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, {}),
        ({"validator": {"a": 1}}, {"validator": {"a": 1}}),
        (
            {"validator": {"a": 1}, "validationLevel": "moderate", "validationAction": "warn"},
            {"validator": {"a": 1}, "validationLevel": "moderate", "validationAction": "warn"},
        ),
        ({"capped": True, "size": 4096, "max": 5}, {"capped": True, "size": 4096, "max": 5}),
        ({"clusteredIndex": {"key": {"_id": 1}, "unique": True}, "expireAfterSeconds": 60}, {"expireAfterSeconds": 60}),
        ({"primaryKey": "number"}, {"primaryKey": "number"}),
        ({"softDelete": True}, {"softDelete": True}),
        ({"metadata": True}, {"metadata": True}),
    ],
)
def test_the_options_are_listed(database: Shop, options: dict[str, Any], told: dict[str, Any]) -> None:
    made = database.create_collection("made", **options)
    one = listed(database, "made")
    assert one["type"] == "collection" and one["options"] == made.options()
    assert {name: one["options"].get(name) for name in told} == told and set(told) <= set(options)
    assert set(one["options"]) == set(options)
    assert isinstance(one["info"]["uuid"], uuid.UUID) and one["info"]["readOnly"] is False
    # The same once more is as good as created, another is not.
    database.create_collection("made", check_exists=False, **options)
    with pytest.raises(OperationFailure) as caught:
        database.create_collection("made", check_exists=False, capped=True, size=8192)
    assert caught.value.code == 48


def test_the_constructor_of_a_collection_creates_it(database: Shop) -> None:
    made: Collection[dict[str, Any]] = Collection(database, "made", create=True, capped=True, size=4096)
    assert made.options()["capped"] is True
    with pytest.raises(nexuslite.ConfigurationError, match="frobnicate"):
        Collection(database, "other", frobnicate=True)


def test_options_are_kept_in_the_file(tmp_path: Path) -> None:
    with Database[dict[str, Any]](tmp_path / "a.db") as database:
        database.create_collection("log", write_concern=WriteConcern(j=True), capped=True, size=4096)
    with Database[dict[str, Any]](tmp_path / "a.db", read_only=True) as database:
        assert database["log"].options()["size"] == 4096 and listed(database, "log")["info"]["readOnly"] is True


def test_a_capped_collection_lets_go_of_its_oldest(database: Shop) -> None:
    log = database.create_collection("log", capped=True, size=1 << 20, max=3)
    log.insert_many([{"_id": number} for number in range(5)])
    assert [each["_id"] for each in log.find()] == [2, 3, 4]
    small = database.create_collection("small", capped=True, size=4096)
    small.insert_many([{"_id": number, "text": "x" * 1000} for number in range(9)])
    assert 0 < small.count_documents({}) < 5 and small.find_one(8) is not None
    for wrong in ({"capped": True}, {"size": 5}, {"capped": True, "size": "much"}, {"capped": "yes", "size": 5}):
        with pytest.raises(OperationFailure):
            database.create_collection("wrong", **wrong)


def test_a_view_is_read_as_a_collection_is(database: Shop) -> None:
    database["orders"].insert_many([{"_id": number, "total": 10 * number, "secret": 1} for number in range(5)])
    pipeline = [{"$match": {"total": {"$gte": 20}}}, {"$project": {"secret": 0}}, {"$sort": {"_id": -1}}]
    large = database.create_collection("large", viewOn="orders", pipeline=pipeline)
    assert listed(database, "large")["type"] == "view"
    assert large.options() == {"viewOn": "orders", "pipeline": pipeline}
    assert database.list_collection_names(filter={"type": "view"}) == ["large"]
    assert large.find().to_list() == [{"_id": n, "total": 10 * n} for n in (4, 3, 2)]
    assert large.count_documents({"total": {"$lt": 40}}) == 2 and large.count_documents({}) == 3
    assert large.find_one(2) == {"_id": 2, "total": 20} and large.find_one(1) is None
    assert large.distinct("total") == [20, 30, 40] and large.get_many([3, 0]) == [{"_id": 3, "total": 30}, None]
    for deed in (
        lambda: large.insert_one({}),
        lambda: large.update_many({}, {"$set": {"a": 1}}),
        lambda: large.delete_one({}),
        lambda: large.create_index("a"),
        lambda: database.validate_collection(large),
    ):
        with pytest.raises(OperationFailure) as caught:
            deed()
        assert caught.value.code == 166
    for wrong in ({"pipeline": []}, {"viewOn": "orders", "capped": True, "size": 5}, {"viewOn": "orders", "pipeline": 5}):
        with pytest.raises(OperationFailure):
            database.create_collection("wrong", **wrong)
    large.drop()
    assert database.list_collection_names() == ["orders"]


@pytest.mark.parametrize("collation", [Collation("en", strength=2), {"locale": "en", "strength": 2}])
def test_a_collection_has_a_collation(database: Shop, collation: Any) -> None:
    names = database.create_collection("names", collation=collation)
    names.insert_many([{"_id": place, "name": name} for place, name in enumerate(["b", "A", "B", "a"])])
    assert [each["_id"] for each in names.find({"name": "b"}, sort={"_id": 1})] == [0, 2]
    assert [each["name"].lower() for each in names.find().sort("name")] == ["a", "a", "b", "b"]
    assert names.count_documents({"name": "b"}, collation=Collation("simple")) == 1
    assert names.options()["collation"]["strength"] == 2
    with pytest.raises(TypeError, match="collation"):
        database.create_collection("wrong", collation=5)


def test_a_clustered_collection_has_one_index(database: Shop) -> None:
    clustered = {"key": {"_id": 1}, "unique": True, "name": "by id"}
    log = database.create_collection("log", clusteredIndex=clustered, expireAfterSeconds=3600)
    log.insert_one({"_id": 1})
    (index,) = log.list_indexes()
    assert index["name"] == "by id" and index["clustered"] is True and "idIndex" not in listed(database, "log")
    database.command("collMod", "log", expireAfterSeconds=60)
    assert log.options()["expireAfterSeconds"] == 60
    with pytest.raises(OperationFailure, match="clusteredIndex"):
        database.create_collection("wrong", expireAfterSeconds=60)


def test_a_primary_key_is_held_by_one_document(database: Shop) -> None:
    orders = database.create_collection("orders", primaryKey="number")
    orders.insert_one({"number": 7})
    with pytest.raises(DuplicateKeyError):
        orders.insert_one({"number": 7})
    with pytest.raises(OperationFailure):
        orders.insert_one({"total": 1})


def test_what_is_deleted_softly_can_be_had_back(database: Shop) -> None:
    notes = database.create_collection("notes", softDelete=True)
    notes.insert_many([{"_id": number, "text": "x" * number} for number in range(4)])
    notes.delete_many({"_id": {"$lt": 3}})
    assert notes.count_documents({}) == 1 and notes.count_deleted({}) == 3
    assert notes.restore({"_id": {"$gte": 2}}) == 1 and notes.find_one(2) == {"_id": 2, "text": "xx"}
    assert notes.purge({"_id": 0}) == 1 and notes.count_deleted({}) == 1
    notes.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError):
        notes.restore({})
    assert notes.purge({}) == 1 and notes.restore({}) == 0
    for deed in (database["hard"].restore, database["hard"].purge, database["hard"].count_deleted):
        database["hard"].insert_one({})
        with pytest.raises(OperationFailure) as caught:
            deed({})
        assert caught.value.code == 20


def test_a_collection_is_created_in_a_transaction(client: Client[dict[str, Any]]) -> None:
    shop = client["shop"]
    with client.start_session() as session:
        with session.start_transaction():
            shop.create_collection("a", session=session, capped=True, size=4096)
            assert [one["name"] for one in shop.list_collections(session)] == ["a"]
            assert shop["a"].options(session)["capped"] is True
            assert shop.list_collection_names() == []
            session.abort_transaction()
        assert shop["a"].options() == {} and shop.list_collection_names() == []


@pytest.mark.parametrize(
    "option",
    ["autoIndexId", "storageEngine", "indexOptionDefaults", "timeseries", "changeStreamPreAndPostImages", "encryptedFields"],
)
def test_options_that_cannot_be_had_are_refused_by_name(database: Shop, option: str) -> None:
    with pytest.raises(nexuslite.NotSupportedError, match=option):
        database.create_collection("a", **{option: False if option == "autoIndexId" else {"a": 1}})
    assert database.list_collection_names() == []


def test_the_metadata_of_documents_is_kept(database: Shop) -> None:
    notes = database.create_collection("notes", metadata=True)
    notes.insert_one({"_id": 1})
    notes.update_one({"_id": 1}, {"$set": {"a": 1}})
    with_metadata = list(notes.find({}, {"version": {"$meta": "version"}}))
    assert with_metadata[0]["version"] == 2
