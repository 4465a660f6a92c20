"""What the tests share: a folder of their own, a database in it, and one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nexuslite


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
