"""Commands: what ``Database.command`` runs, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

import nexuslite
from nexuslite import CollectionInvalid, ConfigurationError, Database, OperationFailure, RawDocument
from nexuslite.bson import CodecOptions

Shop = Database[dict[str, Any]]


def test_commands(database: Shop) -> None:
    database["orders"].insert_many([{"_id": number} for number in range(5)])
    assert database.command("ping") == {"ok": 1.0}
    assert database.command("buildInfo")["version"] == nexuslite.__version__
    assert database.command("count", "orders", query={"_id": {"$gt": 1}})["n"] == 3
    assert database.command({"distinct": "orders", "key": "_id"})["values"] == [0, 1, 2, 3, 4]
    assert database.command("dbStats")["objects"] == 5 and database.command("collStats", "orders")["count"] == 5
    database.command("create", "more")
    listed = database.command("listCollections")["cursor"]["firstBatch"]
    assert [each["name"] for each in listed] == ["more", "orders"]
    assert database.command("validate", "orders")["valid"]
    database.command("drop", "more")
    with pytest.raises(OperationFailure) as caught:
        database.command("drop", "more")
    assert caught.value.code == 26 and database.command("drop", "more", check=False)["code"] == 26
    assert database.command("drop", "more", allowable_errors=["ns not found"])["ok"] == 0
    with pytest.raises(OperationFailure, match="frobnicate") as caught:
        database.command("frobnicate")
    assert caught.value.code == 59 and caught.value.details is not None
    with pytest.raises(ConfigurationError, match="frobnicate"):
        database.command("ping", frobnicate=1)
    options: CodecOptions[RawDocument] = CodecOptions(document_class=RawDocument)
    database["nested"].insert_one({"_id": {"a": 1}})
    (found,) = database.command("distinct", "nested", key="_id", codec_options=options)["values"]
    assert isinstance(found, RawDocument)
    for wrong in ({"writeConcern": {"w": 0}}, {"readConcern": {"level": "linearizable"}}):
        with pytest.raises(nexuslite.NotSupportedError, match="Concern"):
            database.command("create", "more", **wrong)
    assert "more" not in database.list_collection_names()
    with pytest.raises(CollectionInvalid, match="does not exist"):
        database.validate_collection("nothing")


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


@pytest.mark.parametrize(
    ("error", "command"),
    [
        (ConfigurationError, {"insert": "orders"}),
        (ConfigurationError, {"insert": "orders", "documents": [{}], "frobnicate": 1}),
        (ConfigurationError, {"update": "orders", "updates": [{"q": {}, "u": {"$set": {}}, "frobnicate": 1}]}),
        (ConfigurationError, {"update": "orders", "updates": [{"q": {}, "u": {"a": 1}, "multi": True}]}),
        (ConfigurationError, {"delete": "orders", "deletes": [{"q": {}, "limit": 5}]}),
        (ConfigurationError, {"delete": "orders", "deletes": [{"q": {}}]}),
        (ConfigurationError, {"findAndModify": "orders"}),
        (ConfigurationError, {"findAndModify": "orders", "remove": True, "new": True}),
        (ConfigurationError, {"explain": {"aggregate": "orders"}}),
        (ConfigurationError, {"renameCollection": "other.a", "to": "shop.b"}),
        (OperationFailure, {"find": "orders", "filter": {"$frobnicate": 1}}),
        (OperationFailure, {"aggregate": "orders", "pipeline": []}),
    ],
)
def test_commands_that_mean_nothing(database: Shop, error: type[Exception], command: dict[str, Any]) -> None:
    with pytest.raises(error):
        database.command(command)
    assert database.list_collection_names() == []
