"""Commands: what ``Database.command`` runs, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

import nexuslite
from nexuslite import Client, CollectionInvalid, ConfigurationError, Database, OperationFailure, RawDocument
from nexuslite.bson import CodecOptions

Shop = Database[dict[str, Any]]


def test_commands(database: Shop) -> None:
    database["orders"].insert_many([{"_id": number} for number in range(5)])
    assert database.command("ping") == {"ok": 1.0}
    assert database.command("hello")["isWritablePrimary"] is True
    assert database.command("buildInfo")["version"] == nexuslite.__version__
    assert database.command("count", "orders", query={"_id": {"$gt": 1}})["n"] == 3
    assert database.command({"distinct": "orders", "key": "_id"})["values"] == [0, 1, 2, 3, 4]
    for spelling in ("dbStats", "dbstats"):
        assert database.command(spelling)["objects"] == 5
    for spelling in ("collStats", "collstats"):
        assert database.command(spelling, "orders")["count"] == 5
    database.command("create", "more")
    listed = database.command("listCollections")["cursor"]["firstBatch"]
    assert [each["name"] for each in listed] == ["more", "orders"]
    report = database.command("validate", "orders")
    assert report["valid"] and report["nrecords"] == 5 and database.validate_collection("orders")["nrecords"] == 5
    assert database.command("drop", "more")["ns"] == "shop.more"
    with pytest.raises(CollectionInvalid, match="does not exist"):
        database.validate_collection("nothing")


def test_a_command_that_fails(database: Shop) -> None:
    with pytest.raises(OperationFailure, match="frobnicate") as caught:
        database.command("frobnicate")
    assert caught.value.code == 59 and caught.value.details is not None
    assert caught.value.details["codeName"] == "CommandNotFound"
    told = database.command("frobnicate", check=False)
    assert (told["ok"], told["code"]) == (0, 59) and "frobnicate" in told["errmsg"]
    assert database.command("frobnicate", allowable_errors=[59])["ok"] == 0
    assert database.command("validate", "nothing", allowable_errors=[26])["codeName"] == "NamespaceNotFound"
    with pytest.raises(OperationFailure, match="frobnicate") as caught:
        database.command("ping", frobnicate=1)
    assert caught.value.code == 40415
    for wrong in ({"writeConcern": {"w": 0}}, {"readConcern": {"level": "linearizable"}}):
        with pytest.raises(nexuslite.NotSupportedError, match="Concern"):
            database.command("create", "more", **wrong)
    for wrong in ({"lsid": {"id": 1}}, {"txnNumber": 1}, {"autocommit": False}, {"apiVersion": "1"}):
        with pytest.raises(nexuslite.NotSupportedError, match=next(iter(wrong))):
            database.command("ping", **wrong)
    for empty in ({}, {"readConcern": {"level": "local"}}):
        with pytest.raises(ConfigurationError, match="empty"):
            database.command(empty)
    assert "more" not in database.list_collection_names()


def test_the_answer_is_decoded_as_asked(database: Shop) -> None:
    options: CodecOptions[RawDocument] = CodecOptions(document_class=RawDocument)
    database["nested"].insert_one({"_id": {"a": 1}})
    (found,) = database.command("distinct", "nested", key="_id", codec_options=options)["values"]
    assert isinstance(found, RawDocument)


def test_a_command_goes_by_its_hint(database: Shop) -> None:
    orders = database["orders"]
    orders.insert_many([{"_id": number, "down": -number} for number in range(5)])
    orders.create_index([("down", 1)])
    orders.create_index([("few", 1)], sparse=True)
    plain = {"count": "orders", "query": {"_id": {"$gte": 0}, "down": {"$lte": 0}}}
    for hint, index in (("down_1", "down_1"), ({"down": 1}, "down_1"), ("_id_", "_id_")):
        told = database.command("explain", {**plain, "hint": hint}, verbosity="queryPlanner")
        stage = told["queryPlanner"]["winningPlan"]
        while "inputStage" in stage:
            stage = stage["inputStage"]
        assert stage["indexName"] == index
    assert database.command("findAndModify", "orders", remove=True, hint="down_1")["value"]["_id"] == 4
    found = database.command("find", "orders", hint={"down": 1}, min={"down": -3}, max={"down": -1})
    assert [document["_id"] for document in found["cursor"]["firstBatch"]] == [3, 2]
    for wrong in ("nope", "few_1"):
        for command in (plain, {"distinct": "orders", "key": "_id"}):
            with pytest.raises(OperationFailure) as caught:
                database.command({**command, "hint": wrong})
            assert caught.value.code == 2


def test_commands_find_and_change_documents(database: Shop) -> None:
    inserted = database.command("insert", "orders", documents=[{"_id": number, "n": number} for number in range(6)])
    assert inserted == {"n": 6, "ok": 1.0}
    found = database.command("find", "orders", filter={"n": {"$gt": 1}}, sort={"n": -1}, skip=1, limit=2, projection={"n": 0})
    assert found["cursor"] == {"id": 0, "ns": "shop.orders", "firstBatch": [{"_id": 4}, {"_id": 3}]}
    updates = [
        {"q": {"_id": 0}, "u": {"$set": {"a": 1}}},
        {"q": {"n": {"$gt": 3}}, "u": {"$inc": {"n": 10}}, "multi": True},
        {"q": {"_id": 3}, "u": {"whole": True}},
        {"q": {"_id": 9}, "u": [{"$set": {"b": 2}}], "upsert": True},
    ]
    done = database.command("update", "orders", updates=updates)
    assert done == {"n": 5, "nModified": 4, "upserted": [{"index": 3, "_id": 9}], "ok": 1.0}
    assert database["orders"].find_one(3) == {"_id": 3, "whole": True}
    failed = database.command("insert", "orders", documents=[{"_id": 1}, {"_id": 10}], ordered=False)
    assert failed["n"] == 1 and failed["ok"] == 1
    assert [(fault["index"], fault["code"]) for fault in failed["writeErrors"]] == [(0, 11000)]
    deletes = [{"q": {"_id": {"$lt": 3}}, "limit": 1}, {"q": {"_id": {"$gt": 3}}, "limit": 0}]
    assert database.command("delete", "orders", deletes=deletes) == {"n": 5, "ok": 1.0}
    assert database["orders"].distinct("_id") == [1, 2, 3]
    command: dict[str, Any] = {"findAndModify": "orders", "query": {"_id": 1}, "update": {"$set": {"n": 7}}, "new": True}
    assert database.command(command)["value"] == {"_id": 1, "n": 7}
    assert database.command("findAndModify", "orders", query={}, sort={"_id": -1}, remove=True)["value"]["_id"] == 3
    told = database.command("explain", {"find": "orders", "filter": {"_id": 1}})
    assert told["queryPlanner"]["winningPlan"] and told["ok"] == 1
    database.command("renameCollection", "shop.orders", to="shop.others")
    assert database.list_collection_names() == ["others"]
    assert [each["name"] for each in database.command("listDatabases", nameOnly=True)["databases"]] == ["shop"]
    with pytest.raises(OperationFailure, match="frobnicate") as caught:
        database.command("listDatabases", frobnicate=1)
    assert caught.value.code == 40415


def test_commands_change_collections(database: Shop) -> None:
    database.command("create", "people", validator={"age": {"$gte": 18}})
    assert database["people"].options() == {"validator": {"age": {"$gte": 18}}}
    failed = database.command("insert", "people", documents=[{"age": 3}])
    assert [fault["code"] for fault in failed["writeErrors"]] == [121]
    assert database.command("insert", "people", documents=[{"age": 3}], bypassDocumentValidation=True)["n"] == 1
    database.command("collMod", "people", validationAction="warn")
    assert database.command("insert", "people", documents=[{"age": 4}]) == {"n": 1, "ok": 1.0}
    with pytest.raises(OperationFailure) as caught:
        database.command("create", "people")
    assert caught.value.code == 48


def test_a_command_belongs_to_the_transaction_of_its_session(client: Client[dict[str, Any]]) -> None:
    shop = client["shop"]
    shop["orders"].insert_one({"_id": 1})
    with client.start_session() as session:
        with session.start_transaction():
            shop.command("insert", "orders", documents=[{"_id": 2}], session=session)
            assert shop.command("count", "orders", session=session)["n"] == 2
            assert shop.command("count", "orders")["n"] == 1
            session.abort_transaction()
        assert shop.command("count", "orders")["n"] == 1
        session.start_transaction()
        with pytest.raises(OperationFailure, match="transaction"):
            shop.command("createIndexes", "orders", indexes=[{"key": {"a": 1}, "name": "a"}], session=session)


def test_a_database_in_memory_has_its_own_name() -> None:
    with Client[dict[str, Any]](":memory:") as client:
        shop = client["shop"]
        assert shop.command("insert", "a", documents=[{"_id": 1}], **{"$db": "shop"})["n"] == 1
        assert shop.command("find", "a")["cursor"]["ns"] == "shop.a"
        assert shop.command("collStats", "a")["ns"] == "shop.a" and shop.command("dbStats")["db"] == "shop"
        shop.command("renameCollection", "shop.a", to="shop.b")
        assert shop.list_collection_names() == ["b"]
        with pytest.raises(OperationFailure, match="other"):
            shop.command("ping", **{"$db": "other"})


def test_a_command_that_asks_creates_no_file(client: Client[dict[str, Any]]) -> None:
    for command in ({"ping": 1}, {"find": "a"}, {"count": "a"}, {"drop": "a"}, {"listCollections": 1}):
        assert client["shop"].command(command)["ok"] == 1
    assert client["shop"].command("find", "a")["cursor"]["ns"] == "shop.a"
    for wrong in ({"frobnicate": 1}, {"aggregate": "a"}, {"renameCollection": "shop.a", "to": "shop.b"}, {"collMod": "a"}):
        with pytest.raises(OperationFailure):
            client["shop"].command(wrong)
    assert client["shop"].command("delete", "a", deletes=[{"q": {}, "limit": 0}])["n"] == 0
    assert client.list_database_names() == []
    client["shop"].command("create", "a")
    assert client.list_database_names() == ["shop"]
    assert client["shop"].command("dropDatabase") == {"dropped": "shop", "ok": 1.0}
    assert client.list_database_names() == []


@pytest.mark.parametrize(
    "command",
    [
        {"insert": "orders"},
        {"insert": "orders", "documents": [{}], "frobnicate": 1},
        {"update": "orders", "updates": [{"q": {}, "u": {"$set": {}}, "frobnicate": 1}]},
        {"update": "orders", "updates": [{"q": {}, "u": [], "c": 1}]},
        {"explain": {"insert": "orders", "documents": [{}]}},
        {"delete": "orders", "deletes": [{"q": {}, "limit": 5}]},
        {"delete": "orders", "deletes": [{"q": {}}]},
        {"findAndModify": "orders"},
        {"findAndModify": "orders", "remove": True, "new": True},
        {"explain": {"aggregate": "orders"}},
        {"renameCollection": "other.a", "to": "shop.b"},
        {"find": "orders", "filter": {"$frobnicate": 1}},
        {"aggregate": "orders", "pipeline": []},
    ],
)
def test_commands_that_mean_nothing(database: Shop, command: dict[str, Any]) -> None:
    with pytest.raises(OperationFailure) as caught:
        database.command(command)
    assert caught.value.details is not None and caught.value.details["errmsg"]
    assert database.list_collection_names() == []
