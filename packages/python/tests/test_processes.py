"""Processes and threads: forks, exits with open handles, memory, many threads at once."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import nexuslite
from nexuslite import Collection, Database, ForkedProcessError

Orders = Collection[dict[str, Any]]

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def run(program: str, *arguments: Any) -> subprocess.CompletedProcess[str]:
    """Runs a program in a process of its own, which has to end in good time."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


IN_THE_CHILD = """
import gc, os, sys, nexuslite
path = sys.argv[1]
client = nexuslite.Client(path)
orders = client["shop"]["orders"]
orders.insert_many([{"_id": n} for n in range(10)])
cursor = orders.find(batch_size=2); next(cursor)
session = client.start_session(); session.start_transaction(); orders.insert_one({"_id": "t"}, session=session)
child = os.fork()
if child == 0:
    refused = 0
    deeds = [orders.find_one, lambda: orders.insert_one({}), cursor.to_list, session.commit_transaction,
             lambda: orders.find({}, session=session).to_list(), lambda: client["shop"].checkpoint(),
             client["shop"].list_collection_names]
    for deed in deeds:
        try: deed()
        except nexuslite.ForkedProcessError as error: refused += "by process" in str(error)
    print("refused", refused, "of", len(deeds), flush=True)
    try: nexuslite.Database(path + "/shop.db")
    except nexuslite.ConnectionFailure as error: print("opened anew:", error.kind, flush=True)
    own = nexuslite.Client(":memory:")
    own["a"]["b"].insert_one({"_id": 1})
    print("its own:", own["a"]["b"].find_one(), flush=True)
    del cursor, orders, session, client
    gc.collect()
    sys.exit(0)  # With atexit, as any program.
_, status = os.waitpid(child, 0)
print("child", os.waitstatus_to_exitcode(status))
session.commit_transaction()
orders.insert_one({"_id": "after"})
print("parent", orders.count_documents({}), len(cursor.to_list()), client["shop"].check()["valid"])
"""


@needs_fork
def test_a_child_is_refused_and_the_parent_goes_on(tmp_path: Path) -> None:
    ran = run(IN_THE_CHILD, tmp_path)
    assert ran.stdout.splitlines() == [
        "refused 7 of 7",
        "opened anew: Locked",
        "its own: {'_id': 1}",
        "child 0",
        "parent 12 9 True",
    ], ran.stderr
    assert ran.returncode == 0
    with Database[Any](tmp_path / "shop.db") as database:
        assert database["orders"].count_documents({}) == 12


@needs_fork
def test_a_child_may_open_what_its_parent_has_closed(tmp_path: Path) -> None:
    program = """
import os, sys, nexuslite
database = nexuslite.Database(sys.argv[1]); database["orders"].insert_one({"_id": 1}); database.close()
child = os.fork()
if child == 0:
    with nexuslite.Database(sys.argv[1]) as own:
        own["orders"].insert_one({"_id": 2})
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), nexuslite.Database(sys.argv[1])["orders"].distinct("_id"))
"""
    ran = run(program, tmp_path / "shop.db")
    assert ran.stdout == "0 [1, 2]\n", ran.stderr


def test_programs_end_well_with_open_handles(tmp_path: Path) -> None:
    program = """
import sys, nexuslite
client = nexuslite.Client(sys.argv[1])
orders = client["shop"]["orders"]
orders.insert_many([{} for _ in range(50)])
cursor = orders.find(batch_size=2); next(cursor)
session = client.start_session(); session.start_transaction(); orders.insert_one({}, session=session)
memory = nexuslite.Database(":memory:"); memory["a"].insert_one({}); walk = memory["a"].find(); next(walk)
sys.modules["kept"] = (client, orders, cursor, session, walk)
"""

    def ten_programs(folder: Path) -> None:
        for number in range(10):
            ran = run(program, folder)
            assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", ""), number

    folders = [tmp_path / str(number) for number in range(5)]
    with ThreadPoolExecutor(len(folders)) as pool:
        list(pool.map(ten_programs, folders))
    for folder in folders:
        with Database[Any](folder / "shop.db") as database:
            assert database["orders"].count_documents({}) == 10 * 50 and database.check()["valid"]


def test_a_program_that_ends_by_an_exception_says_so_and_loses_nothing(tmp_path: Path) -> None:
    program = """
import sys, nexuslite
orders = nexuslite.Database(sys.argv[1])["orders"]
orders.insert_one({"_id": 1})
cursor = orders.find()
raise SystemExit(3)
"""
    assert run(program, tmp_path / "shop.db").returncode == 3
    with Database[Any](tmp_path / "shop.db") as database:
        assert database["orders"].find_one() == {"_id": 1}


def resident_bytes() -> int:
    """How much memory this process has."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not tell")
def test_short_cursors_leave_no_memory_behind(database: Database[dict[str, Any]]) -> None:
    orders = database["orders"]
    orders.insert_many([{"_id": number, "text": "x" * 500} for number in range(1000)])

    def open_cursors(count: int) -> None:
        for number in range(count):
            cursor = orders.find({"_id": {"$gte": number % 500}}).limit(20).batch_size(5)
            next(cursor)
            if number % 2:
                cursor.close()

    open_cursors(2_000)
    gc.collect()
    before = resident_bytes()
    open_cursors(20_000)
    gc.collect()
    grown = resident_bytes() - before
    # A cursor that was kept would hold its batch of five documents: 2.5 KB each, 50 MB in all.
    assert grown < 8 << 20, f"{grown} bytes more"


def test_readers_and_writers_do_not_lock_each_other_out(database: Database[dict[str, Any]]) -> None:
    orders = database["orders"]
    orders.insert_many([{"_id": number, "n": 0} for number in range(100)])
    begin = threading.Barrier(8)
    faults: list[BaseException] = []

    def work(deed: Any) -> None:
        try:
            begin.wait(timeout=30)
            for number in range(150):
                deed(number)
        except BaseException as error:
            faults.append(error)

    def write(number: int) -> None:
        orders.update_one({"_id": number % 100}, {"$inc": {"n": 1}})
        orders.insert_one({"batch": number})

    def read(number: int) -> None:
        assert len(orders.find({"_id": {"$lt": 50}}, batch_size=7).to_list()) == 50
        assert orders.find_one({"_id": number % 100}) is not None

    threads = [threading.Thread(target=work, args=(deed,), daemon=True) for deed in [write, read] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads) and faults == []
    assert orders.count_documents({"batch": {"$exists": True}}) == 600
    assert sum(each["n"] for each in orders.find({"n": {"$exists": True}})) == 600


def test_threads_open_one_client_together(tmp_path: Path) -> None:
    with nexuslite.Client[Any](tmp_path, durability="none") as client:
        begin = threading.Barrier(8)
        made: list[Any] = []

        def work() -> None:
            begin.wait(timeout=30)
            made.append(client["shop"]["orders"].insert_one({}).inserted_id)

        threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert len(set(made)) == 8 == client["shop"]["orders"].count_documents({})


def test_threads_may_share_a_cursor(orders: Orders) -> None:
    orders.insert_many([{"_id": number, "at": {"deep": [number] * 3}} for number in range(5_000)])
    native = orders._native().find(orders._codec, {}, None, None, 0, 0, 50, None, None, None)
    found: list[Any] = []

    def work() -> None:
        while batch := native.next_batch():
            found.extend(each["_id"] for each in batch)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(found) == list(range(5_000))


def test_others_run_while_the_engine_works(orders: Orders) -> None:
    orders.insert_many([{"_id": number, "text": "x" * 300} for number in range(50_000)])
    done = threading.Event()
    ticks = 0

    def scan() -> None:
        for _ in range(20):
            orders.count_documents({"text": {"$gt": "y"}})
        done.set()

    thread = threading.Thread(target=scan, daemon=True)
    switch = sys.getswitchinterval()
    # A thread that keeps the interpreter is never made to give it up, so that only one that lets go is overtaken.
    sys.setswitchinterval(60)
    try:
        thread.start()
        while not done.is_set():
            done.wait(0.0005)
            ticks += 1
    finally:
        sys.setswitchinterval(switch)
    thread.join(timeout=60)
    assert ticks > 3


def test_the_guard_is_an_invalid_operation() -> None:
    assert issubclass(ForkedProcessError, nexuslite.InvalidOperation)
