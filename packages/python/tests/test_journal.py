"""``j=True``: a write that is acknowledged has reached the device, whatever durability the database was opened with.

A database of the durability ``"none"`` keeps commits in memory until it is synced, so a process that dies at once loses
exactly what did not wait for the device.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nexuslite
from nexuslite import Client, Database, InsertOne, UpdateOne, WriteConcern

JOURNALED = WriteConcern(j=True)

DIES = """
import os, sys, nexuslite
from nexuslite import WriteConcern
from nexuslite.client_session import TransactionOptions
how = sys.argv[2]
journaled = WriteConcern(j=True)
options = {"j": True} if how == "client" else {}
client = nexuslite.Client(sys.argv[1], durability="none", background=False, **options)
shop = client["shop"]
orders = shop["orders"]
shop.checkpoint()
if how == "collection":
    orders = orders.with_options(write_concern=journaled)
if how == "database":
    orders = client.get_database("shop", write_concern=journaled)["orders"]
if how == "transaction":
    with client.start_session() as session, session.start_transaction(write_concern=journaled):
        orders.insert_one({"_id": 1}, session=session)
elif how == "default options of a session":
    options = TransactionOptions(write_concern=journaled)
    with client.start_session(default_transaction_options=options) as session:
        session.with_transaction(lambda session: orders.insert_one({"_id": 1}, session=session))
elif how == "find_one_and_update":
    orders.find_one_and_update({"_id": 1}, {"$set": {"a": 1}}, upsert=True, write_concern=journaled)
elif how == "command":
    shop.command("insert", "orders", documents=[{"_id": 1}], writeConcern={"j": True})
elif how == "command, none":
    shop.command("insert", "orders", documents=[{"_id": 1}])
elif how == "upsert_many":
    orders.with_options(write_concern=journaled).upsert_many([{"_id": 1}])
else:
    orders.insert_one({"_id": 1})
if how == "sync":
    shop.sync()
os._exit(7)
"""


@pytest.mark.parametrize(
    ("how", "is_kept"),
    [
        ("nothing", False),
        ("sync", True),
        ("command", True),
        ("command, none", False),
        ("upsert_many", True),
        ("client", True),
        ("database", True),
        ("collection", True),
        ("transaction", True),
        ("default options of a session", True),
        ("find_one_and_update", True),
    ],
)
def test_what_waited_for_the_device_survives_its_process(tmp_path: Path, how: str, is_kept: bool) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", DIES, str(tmp_path), how], capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, ran.stderr) == (7, "")
    with Client[Any](tmp_path) as client:
        assert client["shop"]["orders"].count_documents({}) == int(is_kept)


def test_every_verb_that_writes_waits(tmp_path: Path) -> None:
    with Database[Any](tmp_path / "shop.db", durability="none", background=False) as shop:
        plain = shop["orders"]
        orders = plain.with_options(write_concern=JOURNALED)
        journaled = shop.with_options(write_concern=JOURNALED)

        def syncs(deed: Any) -> int:
            before = shop.stats()["wal_syncs"]
            deed()
            return int(shop.stats()["wal_syncs"] - before)

        for deed in (
            lambda: orders.insert_one({"_id": 1, "a": 1}),
            lambda: orders.insert_many([{"_id": 2}, {"_id": 3}]),
            lambda: orders.update_one({"_id": 1}, {"$inc": {"a": 1}}),
            lambda: orders.update_many({}, {"$inc": {"a": 1}}),
            lambda: orders.replace_one({"_id": 1}, {"b": 1}),
            lambda: orders.bulk_write([InsertOne({"_id": 4}), UpdateOne({"_id": 4}, {"$set": {"a": 1}})]),
            lambda: orders.find_one_and_update({"_id": 1}, {"$set": {"a": 1}}),
            lambda: orders.find_one_and_replace({"_id": 1}, {"a": 2}),
            lambda: orders.find_one_and_delete({"_id": 1}),
            lambda: orders.delete_one({"_id": 2}),
            lambda: orders.delete_many({"_id": 3}),
            lambda: orders.create_index("a"),
            lambda: orders.drop_index("a_1"),
            lambda: orders.rename("others"),
            lambda: shop["others"].with_options(write_concern=JOURNALED).drop(),
            lambda: journaled.create_collection("made"),
            lambda: journaled.drop_collection("made"),
            lambda: journaled.create_collection("notes", softDelete=True),
            lambda: journaled["notes"].upsert_many([{"_id": 1}, {"_id": 2}]),
            lambda: journaled["notes"].merge_many([{"_id": 1, "a": 1}]),
            lambda: journaled["notes"].delete_many({}),
            lambda: journaled["notes"].restore({"_id": 1}),
            lambda: journaled["notes"].purge({}),
            lambda: shop.create_collection("more", write_concern=JOURNALED),
            lambda: journaled.command("collMod", "notes", validator={"a": 1}),
            lambda: shop.command("drop", "notes", writeConcern={"j": True}),
        ):
            assert syncs(deed) >= 1
        assert syncs(lambda: plain.insert_one({"_id": 9})) == 0
        assert syncs(lambda: plain.with_options(write_concern=WriteConcern(1, j=False)).insert_one({})) == 0
        assert syncs(lambda: orders.find_one({"_id": 9})) == 0
        assert syncs(lambda: journaled.command("count", "orders")) == 0


def test_what_is_left_of_a_write_that_failed_waits_too(tmp_path: Path) -> None:
    with Database[Any](tmp_path / "shop.db", durability="none", background=False) as shop:
        orders = shop.get_collection("orders", write_concern=JOURNALED)
        before = shop.stats()["wal_syncs"]
        with pytest.raises(nexuslite.BulkWriteError):
            orders.insert_many([{"_id": 1}, {"_id": 1}])
        assert shop.stats()["wal_syncs"] > before


def test_a_database_in_memory_has_no_device_to_wait_for() -> None:
    with Client[Any](":memory:", journal=True) as client:
        assert client["a"]["b"].insert_one({"_id": 1}).acknowledged
        assert client.write_concern == JOURNALED


def test_a_client_says_which_concerns_it_was_given(tmp_path: Path) -> None:
    with Client[Any](tmp_path, w="majority", wTimeoutMS=50, j=True, readConcernLevel="snapshot") as client:
        assert client.write_concern == WriteConcern("majority", wtimeout=50, j=True)
        assert client.read_concern.level == "snapshot"
        orders = client["shop"]["orders"]
        assert orders.write_concern == client.write_concern and orders.read_concern == client.read_concern
    with pytest.raises(nexuslite.NotSupportedError, match="fsync"):
        Client[Any](tmp_path, fsync=True)
