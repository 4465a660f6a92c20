"""What the tests share: a folder of their own, a database in it, and one in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import nexuslite

# No example is timed, and one that fails is printed with what repeats it.
settings.register_profile("nexuslite", deadline=None, database=None, print_blob=True)
settings.load_profile("nexuslite")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[nexuslite.Database[dict[str, Any]]]:
    """A database in a file of this test's own."""
    with nexuslite.Database(tmp_path / "shop.db", durability="none") as made:
        yield made


@pytest.fixture
def orders() -> Iterator[nexuslite.Collection[dict[str, Any]]]:
    """A collection of a database in memory."""
    with nexuslite.Database(":memory:") as made:
        yield made["orders"]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[nexuslite.Client[dict[str, Any]]]:
    """A folder of databases of this test's own."""
    with nexuslite.Client(tmp_path / "data", durability="none") as made:
        yield made


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many cases of each corpus were run."""
    passed = [report.nodeid for report in terminalreporter.stats.get("passed", ()) if report.when == "call"]
    ran = Counter(
        nodeid.partition("[")[2].partition(":")[0]
        for nodeid in passed
        if "test_conformance.py" in nodeid and ":" in nodeid.partition("[")[2]
    )
    for corpus, count in sorted(ran.items()):
        terminalreporter.write_line(f"tests/conformance/{corpus}.json: {count} cases")
