"""What the engine writes into its log reaches Python's ``logging``."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nexuslite import Collection, Database

Orders = Collection[dict[str, Any]]


class Listener(logging.Handler):
    """Calls ``deed`` with each record."""

    def __init__(self, deed: Callable[[logging.LogRecord], None]) -> None:
        super().__init__()
        self.deed = deed

    def emit(self, record: logging.LogRecord) -> None:
        self.deed(record)


@pytest.fixture
def listen() -> Iterator[Callable[[Callable[[logging.LogRecord], None]], None]]:
    """Has a function hear everything that the engine says, for one test."""
    logger = logging.getLogger("nexuslite")
    before, handlers = logger.level, list(logger.handlers)

    def add(deed: Callable[[logging.LogRecord], None]) -> None:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(Listener(deed))

    yield add
    logger.setLevel(before)
    logger.handlers = handlers


def test_a_comment_reaches_the_log(orders: Orders, caplog: pytest.LogCaptureFixture) -> None:
    orders.insert_one({"_id": 1})
    with caplog.at_level(logging.INFO, "nexuslite"):
        orders.find_one({}, comment="nobody listens")
    with caplog.at_level(logging.DEBUG, "nexuslite"):
        orders.find_one({}, comment={"why": "100 %s"})
    (record,) = caplog.records
    assert record.levelno == logging.DEBUG and record.name.startswith("nexuslite.")
    assert "100 %s" in record.getMessage() and "orders" in record.getMessage()


def test_a_warning_reaches_the_log(database: Database[dict[str, Any]], caplog: pytest.LogCaptureFixture) -> None:
    grown = database.create_collection("grown", validator={"age": {"$gte": 18}}, validationAction="warn")
    grown.insert_one({"_id": 1, "age": 7})
    (record,) = caplog.records
    assert record.levelno == logging.WARNING and "validator" in record.getMessage()


SILENT = """
import nexuslite
with nexuslite.Database(":memory:") as database:
    grown = database.create_collection("grown", validator={"age": {"$gte": 18}}, validationAction="warn")
    grown.insert_one({"age": 7})
"""


def test_without_a_handler_nothing_is_printed() -> None:
    ran = subprocess.run([sys.executable, "-c", SILENT], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("", "")


def test_a_handler_uses_the_database(orders: Orders, listen: Callable[..., None]) -> None:
    audit = orders.database["audit"]
    heard: list[str] = []

    def write(record: logging.LogRecord) -> None:
        heard.append(record.getMessage())
        audit.insert_one({"_id": len(heard)})
        # What this says is heard after the message that is heard now, and not within it.
        if len(heard) < 3:
            assert audit.count_documents({}, comment="again") == len(heard)

    listen(write)
    orders.find_one({}, comment="first")
    assert "first" in heard[0] and all("again" in text for text in heard[1:])
    assert len(heard) == audit.count_documents({}) == 3


def test_what_a_handler_raises_has_nothing_to_do_with_the_statement(
    orders: Orders, listen: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    def fail(_: logging.LogRecord) -> None:
        raise ValueError("no room")

    listen(fail)
    orders.insert_one({"_id": 1})
    assert orders.find_one({}, comment="why") == {"_id": 1}
    assert [str(fault.exc_value) for fault in told] == ["no room"]


def test_an_interrupt_in_a_handler_ends_the_program(orders: Orders, listen: Callable[..., None]) -> None:
    def interrupt(_: logging.LogRecord) -> None:
        raise KeyboardInterrupt

    listen(interrupt)
    with pytest.raises(KeyboardInterrupt):
        orders.find_one({}, comment="why")
    logging.getLogger("nexuslite").setLevel(logging.WARNING)
    assert orders.count_documents({}, comment="why") == 0
