"""Sessions and transactions, through pymongo's states and with its texts."""

from __future__ import annotations

import copy
import inspect
import threading
from pathlib import Path
from typing import Any

import pytest

import nexuslite
from nexuslite import (
    Client,
    ClientSession,
    ConfigurationError,
    Database,
    InvalidOperation,
    NexusError,
    NotSupportedError,
    OperationFailure,
)
from nexuslite.client_session import TransactionOptions, TransactionState
from nexuslite.errors import from_native

Folder = Client[dict[str, Any]]


def test_a_transaction_happens_as_a_whole(client: Folder) -> None:
    shop = client["shop"]
    shop["orders"].insert_one({"_id": 0})
    with client.start_session() as session:
        with session.start_transaction():
            shop["orders"].insert_one({"_id": 1}, session=session)
            shop["log"].insert_many([{"_id": 1}, {"_id": 2}], session=session)
            shop["orders"].update_one({"_id": 0}, {"$set": {"a": 1}}, session=session)
            assert shop["orders"].count_documents({}) == 1 and shop["log"].find_one() is None
            assert shop["orders"].count_documents({}, session=session) == 2
            assert [each["_id"] for each in shop["log"].find({}, session=session)] == [1, 2]
            assert shop.list_collection_names(session) == ["log", "orders"]
        assert session.transaction_state is TransactionState.COMMITTED
    assert shop["orders"].find().to_list() == [{"_id": 0, "a": 1}, {"_id": 1}]
    assert shop["log"].count_documents({}) == 2


def test_an_exception_takes_everything_back(client: Folder) -> None:
    orders = client["shop"]["orders"]
    with client.start_session() as session:
        with pytest.raises(ZeroDivisionError), session.start_transaction():
            orders.insert_one({"_id": 1}, session=session)
            orders.delete_many({}, session=session)
            orders.find_one_and_update({"_id": 2}, {"$set": {"a": 1}}, upsert=True, session=session)
            orders.replace_one({"_id": 3}, {"a": 1}, upsert=True, session=session)
            client["shop"].create_collection("more", session=session)
            raise ZeroDivisionError
        assert session.transaction_state is TransactionState.ABORTED
    assert orders.find_one() is None and client["shop"].list_collection_names() == []


def test_a_statement_that_fails_leaves_the_transaction_usable(client: Folder) -> None:
    orders = client["shop"]["orders"]
    with client.start_session() as session, session.start_transaction():
        orders.insert_one({"_id": 1}, session=session)
        with pytest.raises(nexuslite.BulkWriteError):
            orders.insert_many([{"_id": 2}, {"_id": 1}], session=session)
        orders.insert_one({"_id": 3}, session=session)
    assert orders.distinct("_id") == [1, 3]


def test_every_state_and_what_it_refuses(client: Folder) -> None:
    orders = client["shop"]["orders"]
    session = client.start_session()

    def refused(deed: Any, text: str) -> None:
        with pytest.raises(InvalidOperation) as caught:
            deed()
        assert str(caught.value) == text

    assert session.transaction_state is TransactionState.NONE and not session.in_transaction
    refused(session.commit_transaction, "No transaction started")
    refused(session.abort_transaction, "No transaction started")

    session.start_transaction()
    assert session.transaction_state is TransactionState.STARTING and session.in_transaction
    refused(session.start_transaction, "Transaction already in progress")
    session.commit_transaction()
    assert session.transaction_state is TransactionState.COMMITTED_EMPTY and not session.in_transaction
    session.commit_transaction()
    refused(session.abort_transaction, "Cannot call abortTransaction after calling commitTransaction")

    session.start_transaction()
    session.abort_transaction()
    assert session.transaction_state is TransactionState.ABORTED
    refused(session.abort_transaction, "Cannot call abortTransaction twice")
    refused(session.commit_transaction, "Cannot call commitTransaction after calling abortTransaction")

    session.start_transaction()
    orders.insert_one({"_id": 1}, session=session)
    assert session.transaction_state is TransactionState.IN_PROGRESS
    refused(session.start_transaction, "Transaction already in progress")
    session.commit_transaction()
    assert session.transaction_state is TransactionState.COMMITTED
    session.commit_transaction()
    refused(session.abort_transaction, "Cannot call abortTransaction after calling commitTransaction")
    assert orders.count_documents({}, session=session) == 1
    assert session.transaction_state is TransactionState.NONE  # An operation outside forgets the one before.

    session.start_transaction()
    orders.insert_one({"_id": 2}, session=session)
    session.abort_transaction()
    refused(session.abort_transaction, "Cannot call abortTransaction twice")
    session.start_transaction()
    orders.insert_one({"_id": 3}, session=session)
    session.end_session()
    session.end_session()
    assert session.has_ended and orders.distinct("_id") == [1]
    for deed in (session.start_transaction, session.commit_transaction, lambda: orders.find_one({}, session=session)):
        refused(deed, "Cannot use ended session")
    with pytest.raises(TypeError):
        copy.copy(session)


def test_the_texts_are_pymongos() -> None:
    theirs = pytest.importorskip("pymongo.synchronous.client_session")
    ours = inspect.getsource(nexuslite.client_session)
    files = Path(theirs.__file__).parents[1].rglob("*session*.py")
    source = "".join(file.read_text() for file in files)
    for text in (
        "Transaction already in progress",
        "No transaction started",
        "Cannot call commitTransaction after calling abortTransaction",
        "Cannot call abortTransaction twice",
        "Cannot call abortTransaction after calling commitTransaction",
        "Cannot use ended session",
    ):
        assert f'"{text}"' in source and f'"{text}"' in ours, text
    assert {state.name for state in TransactionState} == {
        name for name in vars(theirs._TxnState) if name.isupper()
    }


def test_of_two_that_change_the_same_the_first_wins(client: Folder) -> None:
    orders = client["shop"]["orders"]
    orders.insert_one({"_id": 1, "n": 0})
    with client.start_session() as first, client.start_session() as second:
        first.start_transaction()
        second.start_transaction()
        orders.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=first)
        orders.update_one({"_id": 1}, {"$inc": {"n": 10}}, session=second)
        first.commit_transaction()
        for _ in range(2):  # Said again, it ends as it ended.
            with pytest.raises(OperationFailure) as caught:
                second.commit_transaction()
            assert caught.value.code == 112 and caught.value.kind == "Conflict"
            assert caught.value.has_error_label("TransientTransactionError")
            assert not caught.value.has_error_label("UnknownTransactionCommitResult")
            assert caught.value.details is not None
            assert caught.value.details["errorLabels"] == ["TransientTransactionError"]
        assert second.transaction_state is TransactionState.COMMITTED
    assert orders.find_one() == {"_id": 1, "n": 1}


def test_with_transaction_tries_again(client: Folder) -> None:
    orders = client["shop"]["orders"]
    orders.insert_one({"_id": 1, "n": 0})
    calls = 0

    def add(session: ClientSession) -> str:
        nonlocal calls
        calls += 1
        orders.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)
        if calls < 3:
            orders.update_one({"_id": 1}, {"$inc": {"n": 100}})
        return "done"

    with client.start_session() as session:
        assert session.with_transaction(add) == "done" and calls == 3
    assert orders.find_one() == {"_id": 1, "n": 201}


def test_with_transaction_gives_other_errors_back(client: Folder) -> None:
    orders = client["shop"]["orders"]
    calls = 0

    def fail(session: ClientSession) -> None:
        nonlocal calls
        calls += 1
        orders.insert_one({"_id": 1}, session=session)
        raise ZeroDivisionError

    with client.start_session() as session:
        with pytest.raises(ZeroDivisionError):
            session.with_transaction(fail)
        assert calls == 1 and not session.in_transaction
        assert session.with_transaction(lambda inner: inner.abort_transaction()) is None
    assert orders.find_one() is None


def test_a_commit_of_unknown_outcome_is_not_repeated(client: Folder) -> None:
    class Device:
        commits = 0

        def commit(self) -> None:
            self.commits += 1
            raise from_native(
                "CommitIndeterminate", None, None, "the device failed", ["UnknownTransactionCommitResult"]
            )

    device = Device()

    def work(session: ClientSession) -> None:
        client["shop"]["orders"].insert_one({}, session=session)
        session._transaction = device  # type: ignore[assignment]

    with client.start_session() as session:
        with pytest.raises(NexusError) as caught:
            session.with_transaction(work)
        assert caught.value.has_error_label("UnknownTransactionCommitResult") and device.commits == 1
        with pytest.raises(NexusError, match="the device failed"):
            session.commit_transaction()
        assert device.commits == 1


def test_with_transaction_tries_as_often_as_its_option_says(tmp_path: Path) -> None:
    with Client[dict[str, Any]](tmp_path / "few", durability="none", transaction_attempts_max=3) as client:
        orders = client["shop"]["orders"]
        orders.insert_one({"_id": 1, "n": 0})
        calls = 0

        def lose(inner: Any) -> None:
            nonlocal calls
            calls += 1
            orders.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=inner)
            # Somebody else always comes first.
            orders.update_one({"_id": 1}, {"$inc": {"n": 1}})

        with client.start_session() as session, pytest.raises(OperationFailure) as caught:
            session.with_transaction(lose)
        assert caught.value.code == 112 and calls == 3
    with pytest.raises(ConfigurationError, match="transaction_attempts_max"):
        Database(tmp_path / "none.db", transaction_attempts_max=0)


def test_with_transaction_gives_up_in_the_end(client: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 50))
    monkeypatch.setattr("nexuslite.client_session.time.monotonic", lambda: next(clock))
    calls = 0

    def conflict(session: ClientSession) -> None:
        nonlocal calls
        calls += 1
        raise from_native("Conflict", 112, "WriteConflict", "somebody was first", ["TransientTransactionError"])

    with client.start_session() as session, pytest.raises(OperationFailure, match="somebody was first"):
        session.with_transaction(conflict)
    assert calls == 3


def test_a_session_works_in_one_file(client: Folder) -> None:
    client["stock"]["items"].insert_one({"_id": 1})
    with client.start_session() as session:
        session.start_transaction()
        client["shop"]["orders"].insert_one({"_id": 1}, session=session)
        with pytest.raises(InvalidOperation, match=r"one database file.*shop\.db.*stock\.db"):
            client["stock"]["items"].insert_one({"_id": 2}, session=session)
        session.commit_transaction()
        with pytest.raises(InvalidOperation, match="one database file"):
            client["stock"]["items"].find({}, session=session).to_list()
    assert client["shop"]["orders"].count_documents({}) == 1 and client["stock"]["items"].count_documents({}) == 1


def test_a_session_belongs_to_its_client(client: Folder) -> None:
    with Client[Any](":memory:") as other, other.start_session() as session:
        with pytest.raises(InvalidOperation, match="MongoClient that started it"):
            client["shop"]["orders"].find_one({}, session=session)
        with pytest.raises(InvalidOperation, match="MongoClient that started it"):
            client.list_database_names(session)
    with pytest.raises(ValueError, match="ClientSession"):
        client["shop"]["orders"].insert_one({}, session=5)  # type: ignore[arg-type]


def test_options_of_sessions(client: Folder) -> None:
    options = TransactionOptions(read_concern=nexuslite.ReadConcern("snapshot"))
    with client.start_session(causal_consistency=True, default_transaction_options=options) as session:
        assert session.client is client and session.options.default_transaction_options is options
        session.start_transaction(write_concern=nexuslite.WriteConcern("majority"))
        session.abort_transaction()
        with pytest.raises(NotSupportedError, match="max_commit_time_ms"):
            session.start_transaction(max_commit_time_ms=5)
        with pytest.raises(NotSupportedError, match="write_concern"):
            session.start_transaction(write_concern=nexuslite.WriteConcern(0))
        assert not session.in_transaction
    with pytest.raises(NotSupportedError, match="snapshot"):
        client.start_session(snapshot=True)


def test_a_cursor_outlived_by_its_transaction(client: Folder) -> None:
    orders = client["shop"]["orders"]
    with client.start_session() as session:
        session.start_transaction()
        orders.insert_many([{"_id": number} for number in range(10)], session=session)
        cursor = orders.find({}, session=session, batch_size=2)
        assert next(cursor) == {"_id": 0}
        session.commit_transaction()
        assert next(cursor) == {"_id": 1}
        with pytest.raises(OperationFailure):
            cursor.to_list()


def test_threads_that_add_to_one_number(client: Folder) -> None:
    orders = client["shop"]["orders"]
    orders.insert_one({"_id": 1, "n": 0})

    def add(session: ClientSession) -> None:
        found = orders.find_one({"_id": 1}, session=session) or {}
        orders.update_one({"_id": 1}, {"$set": {"n": found["n"] + 1}}, session=session)

    def work() -> None:
        with client.start_session() as session:
            for _ in range(20):
                session.with_transaction(add)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert orders.find_one() == {"_id": 1, "n": 80}
