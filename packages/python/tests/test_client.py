"""Clients, databases, and the files that they are."""

from __future__ import annotations

import datetime
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nexuslite
from nexuslite import (
    Client,
    CollectionInvalid,
    ConfigurationError,
    ConnectionFailure,
    CorruptionError,
    Database,
    InvalidName,
    InvalidOperation,
    InvalidURI,
    MongoClient,
    OperationFailure,
    RawDocument,
)
from nexuslite.bson import CodecOptions, DatetimeMS, DBRef

Folder = Client[dict[str, Any]]
Shop = Database[dict[str, Any]]


def test_a_client_is_a_folder(client: Folder, tmp_path: Path) -> None:
    client["shop"]["orders"].insert_one({"_id": 1})
    client.stock.items.insert_one({"_id": 2})
    assert sorted(os.listdir(tmp_path / "data")) == ["shop.db", "shop.wasp", "stock.db", "stock.wasp"]
    assert client.list_database_names() == ["shop", "stock"]
    (shop, _) = client.list_databases()
    assert shop["name"] == "shop" and shop["sizeOnDisk"] > 0 and shop["empty"] is False
    assert list(client.list_databases(nameOnly=True, filter={"name": "stock"})) == [{"name": "stock"}]
    assert MongoClient is Client and client["shop"].client is client


def test_to_look_for_something_creates_nothing(client: Folder, tmp_path: Path) -> None:
    orders = client["shop"]["orders"]
    assert orders.find_one() is None and list(orders.find({"a": 1})) == [] and orders.count_documents({}) == 0
    assert orders.distinct("a") == [] and client["shop"].list_collection_names() == []
    assert client["shop"].check()["valid"] and client.list_database_names() == []
    orders.drop()
    client.drop_database("shop")
    with pytest.raises(OperationFailure, match="frobnicate"):
        orders.find_one({"$frobnicate": 1})
    assert os.listdir(tmp_path / "data") == []
    orders.insert_one({"_id": 1})
    assert orders.find_one() == {"_id": 1}


def test_only_databases_are_listed(client: Folder, tmp_path: Path) -> None:
    (tmp_path / "data" / "notes.db").write_text("not a database")
    (tmp_path / "data" / "empty.db").touch()
    (tmp_path / "data" / "folder.db").mkdir()
    client["shop"]["orders"].insert_one({})
    assert client.list_database_names() == ["shop"]
    with pytest.raises((CorruptionError, nexuslite.NexusError)):
        client["notes"]["a"].insert_one({})


def test_a_dropped_database_is_gone(client: Folder, tmp_path: Path) -> None:
    shop = client["shop"]
    shop["orders"].insert_one({"_id": 1})
    client.drop_database(shop)
    assert os.listdir(tmp_path / "data") == [] and shop["orders"].find_one() is None
    shop["orders"].insert_one({"_id": 2})
    assert shop["orders"].find().to_list() == [{"_id": 2}]
    client.drop_database("shop")
    with pytest.raises(TypeError):
        client.drop_database(5)  # type: ignore[arg-type]
    with client.start_session() as session, session.start_transaction():
        shop["orders"].insert_one({}, session=session)
        with pytest.raises(InvalidOperation, match="transaction"):
            client.drop_database("shop", session=session)


def test_databases_in_memory() -> None:
    with Client[Any](":memory:") as client, Client[Any](":memory:") as other:
        client["a"]["x"].insert_one({"_id": 1})
        assert client["a"]["x"].count_documents({}) == 1
        assert client["b"]["x"].find_one() is None and other["a"]["x"].find_one() is None
        assert client.list_database_names() == ["a"] and client != other
        client.drop_database("a")
        assert client["a"]["x"].find_one() is None and client.list_database_names() == []


@pytest.mark.parametrize("address", ["mongodb://localhost", "mongodb+srv://example.org/shop", "http://x"])
def test_an_address_is_an_error_that_explains(address: str) -> None:
    for deed in (lambda: Client[Any](address), lambda: Database[Any](address)):
        with pytest.raises(InvalidURI, match="no server to connect to") as caught:
            deed()
        assert isinstance(caught.value, ConfigurationError) and "://" in str(caught.value)


def test_a_secret_in_an_address_is_not_repeated() -> None:
    with pytest.raises(InvalidURI) as caught:
        Client[Any]("mongodb://me:secret@localhost")
    assert "secret" not in str(caught.value)


def test_paths_that_are_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wrong in (None, tmp_path / "file"):
        with pytest.raises(ConfigurationError):
            Client[Any](wrong)
    with pytest.raises(ConfigurationError, match="no folder"):
        Client[Any](tmp_path / "nothing", create=False)
    with pytest.raises(TypeError):
        Client[Any](b"bytes")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="port"):
        Client[Any](tmp_path, 27017)


def test_names_of_databases(client: Folder) -> None:
    for wrong in ("", "a/b", "a.b", "a\\b", "..", "a b", "$a", 'a"', "a\0", "a" * 64, "a:b", "a*b"):
        with pytest.raises(InvalidName):
            client[wrong]
    with pytest.raises(TypeError):
        client[5]  # type: ignore[index]
    with pytest.raises(AttributeError):
        client._private
    assert client["Shop"].name == "Shop"
    with pytest.raises(ConfigurationError, match="case"):
        client["shop"]
    with pytest.raises(ConfigurationError, match="default"):
        client.get_database()
    assert client.get_default_database("stock").name == "stock"


def test_a_database_is_a_file(tmp_path: Path) -> None:
    with Database[Any](tmp_path / "shop") as database:
        assert os.path.exists(tmp_path / "shop.db") and database.name == "shop"
        database["orders"].insert_one({"_id": 1})
        assert database.client.list_database_names() == ["shop"]
        assert database.client["shop"]["orders"].find_one() == {"_id": 1}
        assert database.client.get_database() == database
        with pytest.raises(InvalidOperation, match="open a Client"):
            database.client["stock"]
    with Client[Any](tmp_path) as client:
        assert client["shop"]["orders"].find_one() == {"_id": 1}
    with Database[Any](str(tmp_path / "shop.db"), create=False, read_only=True) as database:
        assert database["orders"].find_one() == {"_id": 1}
        with pytest.raises(OperationFailure):
            database["orders"].insert_one({})


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailure, match="Database Not Found"):
        Database[Any](tmp_path / "nothing.db", create=False)
    with pytest.raises(ConnectionFailure):
        Database[Any](tmp_path / "nothing" / "shop.db")
    with pytest.raises(ConfigurationError, match="page_bytes"):
        Database[Any](tmp_path / "shop.db", page_bytes=5)
    with pytest.raises(ConfigurationError, match="cache_bites"):
        Database[Any](tmp_path / "shop.db", cache_bites=5)
    (tmp_path / "shop.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(nexuslite.NexusError):
        Database[Any](tmp_path / "shop.db")


def test_another_process_is_told_that_the_file_is_locked(database: Shop, tmp_path: Path) -> None:
    database["orders"].insert_one({})
    program = "import nexuslite, sys\ntry: nexuslite.Database(sys.argv[1])\nexcept nexuslite.ConnectionFailure as e: print(e.kind)"
    ran = subprocess.run([sys.executable, "-c", program, tmp_path / "shop.db"], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "Locked"


def test_two_handles_on_one_file_share_it(database: Shop, tmp_path: Path) -> None:
    with Client[Any](tmp_path, durability="none") as client:
        client["shop"]["orders"].insert_one({"_id": 1})
        assert database["orders"].find_one() == {"_id": 1}
    assert database["orders"].find_one() == {"_id": 1}


def test_closed_clients_are_closed(client: Folder) -> None:
    orders = client["shop"]["orders"]
    orders.insert_one({})
    client.close()
    client.close()
    for deed in (
        orders.find_one,
        lambda: client["other"]["x"].insert_one({}),
        lambda: client["other"]["x"].find_one(),
        client.list_database_names,
        client.start_session,
        lambda: client.drop_database("shop"),
    ):
        with pytest.raises(InvalidOperation):
            deed()


def test_a_database_of_a_folder_is_opened_again(client: Folder) -> None:
    with client["shop"] as shop:
        shop["orders"].insert_one({"_id": 1})
    assert shop["orders"].find_one() == {"_id": 1}


def test_options_of_clients_reach_their_databases(tmp_path: Path) -> None:
    at = datetime.datetime(2026, 1, 2, 3, 4, 5, 678_999)
    with Client[Any](tmp_path, tz_aware=True, generate_id="uuid7", durability="group") as client:
        times = client["shop"]["times"]
        made = times.insert_one({"at": at})
        assert made.inserted_id.version == 7
        assert times.find_one() == {"_id": made.inserted_id, "at": at.replace(microsecond=678_000, tzinfo=datetime.timezone.utc)}
        naive = times.with_options(CodecOptions(tz_aware=False))
        assert naive.find_one()["at"] == at.replace(microsecond=678_000)
        times.insert_one({"_id": 1, "at": DatetimeMS(1 << 60)})
        assert times.find_one(1)["at"] == DatetimeMS(1 << 60)
    with Client[Any](tmp_path, document_class=RawDocument) as client:
        assert type(client["shop"]["times"].find_one(1)) is RawDocument
    east = datetime.timezone(datetime.timedelta(hours=2))
    with Client[Any](tmp_path, tz_aware=True, tzinfo=east) as client:
        found = client["shop"]["times"].find_one({"_id": made.inserted_id})["at"]
        assert found.utcoffset() == datetime.timedelta(hours=2) and found.replace(tzinfo=None).hour == 5
    for wrong in ({"w": 0}, {"serverSelectionTimeoutMS": 5}, {"replicaSet": "x"}, {"frobnicate": 1}):
        with pytest.raises(ConfigurationError, match=next(iter(wrong))):
            Client[Any](tmp_path, **wrong)
    assert Client[Any](tmp_path, w="majority", journal=True, retryWrites=True).write_concern is not None


def test_clients_are_equal_and_pickled_by_their_folder(client: Folder) -> None:
    made = pickle.loads(pickle.dumps(client))
    assert made == client and hash(made) == hash(client) and made is not client
    assert repr(client).startswith("Client('") and client["a"] == made["a"]
    made.close()
    with Database[Any](":memory:") as memory, pytest.raises(TypeError, match="pickled"):
        pickle.dumps(memory.client)


def test_collections_are_created_and_listed(database: Shop) -> None:
    database.create_collection("b")
    database["a"].insert_one({})
    with pytest.raises(CollectionInvalid, match="already exists"):
        database.create_collection("b")
    database.create_collection("b", check_exists=False)
    assert database.list_collection_names() == ["a", "b"]
    assert database.list_collection_names(filter={"name": {"$regex": "^b"}}) == ["b"]
    assert [each["name"] for each in database.list_collections(filter={"name": {"$in": ["a", "c"]}})] == ["a"]
    with pytest.raises(nexuslite.NotSupportedError, match="timeseries"):
        database.create_collection("c", timeseries={"timeField": "t"})
    with pytest.raises(ConfigurationError, match="frobnicate"):
        database.create_collection("c", frobnicate=True)
    database.drop_collection(database["a"])
    assert database.drop_collection("nothing")["ok"] == 1 and database.list_collection_names() == ["b"]
    assert database["b"].options() == {}


def test_lists_are_filtered_as_documents_are(client: Folder) -> None:
    for name in ("orders", "order_lines", "log"):
        client["shop"][name].insert_one({})
    client["stock"]["items"].insert_one({})
    shop = client["shop"]
    for filter, names in (
        ({}, ["log", "order_lines", "orders"]),
        ({"name": "log"}, ["log"]),
        ({"name": {"$regex": "^ORD", "$options": "i"}}, ["order_lines", "orders"]),
        ({"name": {"$gt": "m", "$not": {"$eq": "orders"}}}, ["order_lines"]),
        ({"$or": [{"name": "log"}, {"name": "orders"}]}, ["log", "orders"]),
        ({"$expr": {"$eq": [{"$strLenCP": "$name"}, 3]}}, ["log"]),
        ({"type": "view"}, []),
        ({"type": "collection", "info.readOnly": False}, ["log", "order_lines", "orders"]),
        ({"info.readOnly": True}, []),
        ({"idIndex.name": "_id_", "options.capped": {"$exists": False}, "name": "log"}, ["log"]),
    ):
        assert shop.list_collection_names(filter=filter) == names
        assert [each["name"] for each in shop.list_collections(filter=filter)] == names
        named = shop.list_collections(filter=filter, nameOnly=True).to_list()
        assert named == [{"name": name, "type": "collection"} for name in names]
    for filter, names in (
        ({}, ["shop", "stock"]),
        ({"name": {"$in": ["stock", "more"]}}, ["stock"]),
        ({"empty": False, "sizeOnDisk": {"$gt": 0}}, ["shop", "stock"]),
        ({"empty": True}, []),
    ):
        assert [each["name"] for each in client.list_databases(filter=filter)] == names
        assert client.list_databases(filter=filter, nameOnly=True).to_list() == [{"name": name} for name in names]
    for wrong in ({"name": {"$frobnicate": 1}}, {"$nand": []}):
        for deed in (shop.list_collections, shop.list_collection_names, client.list_databases):
            with pytest.raises(OperationFailure, match=r"\$frobnicate|\$nand"):
                deed(filter=wrong)
    with client.start_session() as session, session.start_transaction():
        shop["made"].insert_one({}, session=session)
        assert shop.list_collection_names(session, {"name": "made"}) == ["made"]
        assert shop.list_collection_names(filter={"name": "made"}) == []


def test_references_are_followed(database: Shop) -> None:
    database["people"].insert_one({"_id": "ada", "name": "Ada"})
    database["orders"].insert_one({"_id": 1, "by": DBRef("people", "ada")})
    found = database["orders"].find_one(1) or {}
    assert found["by"] == DBRef("people", "ada")
    assert database.dereference(found["by"]) == {"_id": "ada", "name": "Ada"}
    assert database.dereference(DBRef("people", "bob")) is None
    with pytest.raises(ValueError, match="another database"):
        database.dereference(DBRef("people", "ada", "other"))
    with pytest.raises(TypeError):
        database.dereference(5)  # type: ignore[arg-type]


def test_the_care_of_a_file(database: Shop, tmp_path: Path) -> None:
    database["orders"].insert_many([{"_id": number} for number in range(100)])
    database.checkpoint()
    stats = database.stats()
    assert stats["engine"] == "wasp" and stats["file_bytes"] > 0 and stats["checkpoints"] >= 1
    report = database.check()
    assert report["valid"] and report["faults"] == [] and report["entries"] > 0
    database.backup(tmp_path / "copy.db")
    with pytest.raises(OperationFailure, match="exists"):
        database.backup(tmp_path / "copy.db")
    with Database[Any](tmp_path / "copy.db", create=False) as copy:
        assert copy["orders"].count_documents({}) == 100


def test_the_limits_of_filters_are_honoured() -> None:
    with nexuslite.Database[dict[str, Any]](":memory:", in_values_max=2, pattern_bytes_max=3) as database:
        database["a"].insert_one({"b": "abc"})
        assert database["a"].count_documents({"b": {"$in": ["abc", 1]}}) == 1
        with pytest.raises(nexuslite.OperationFailure, match="in_values_max"):
            database["a"].count_documents({"b": {"$in": ["abc", 1, 2]}})
        assert database["a"].count_documents({"b": {"$regex": "abc"}}) == 1
        with pytest.raises(nexuslite.OperationFailure, match="pattern_bytes_max"):
            database["a"].count_documents({"b": {"$regex": "abcd"}})
