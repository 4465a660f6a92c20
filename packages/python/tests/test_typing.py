"""Types: the stubs say what is there, and a strict checker takes the package, its examples and its misuses for what
they are."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution, metadata
from pathlib import Path

import pytest

import nexuslite


PACKAGE = Path(__file__).parents[1]


def test_one_build_serves_every_later_python() -> None:
    about = metadata("nexuslite")
    assert about["Requires-Python"] == ">=3.10" and about["Version"] == nexuslite.__version__
    assert "Typing :: Typed" in (about.get_all("Classifier") or [])
    tag = (distribution("nexuslite").read_text("WHEEL") or "").partition("Tag: ")[2].split("-")
    assert tag[:2] == ["cp310", "abi3"]


def mypy(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def test_the_stubs_say_what_is_there(tmp_path: Path) -> None:
    ran = mypy("mypy.stubtest", "nexuslite._nexuslite", folder=tmp_path)
    assert ran.returncode == 0, ran.stdout


def test_the_package_and_its_examples_are_strict(tmp_path: Path) -> None:
    assert nexuslite.__file__ is not None
    assert Path(nexuslite.__file__).with_name("py.typed").exists()
    examples = [str(path) for path in sorted((PACKAGE.parents[1] / "examples" / "python").glob("*.py"))]
    for checked in (["-p", "nexuslite"], examples):
        ran = mypy("mypy", "--strict", "--python-version", "3.10", "--cache-dir", str(tmp_path), *checked, folder=tmp_path)
        assert ran.returncode == 0, ran.stdout


MISUSES = """
from typing import Any, TypedDict
import nexuslite
from nexuslite import Client, Database

class Order(TypedDict):
    total: int

orders = Database[dict[str, Any]](":memory:")["orders"]
reveal_type(orders.find_one())
reveal_type(orders.insert_one({}).inserted_id)
reveal_type(Database(":memory:")["orders"].find().to_list())
typed: nexuslite.Collection[Order] = Client[Order](":memory:")["shop"]["orders"]
for order in typed.find():
    reveal_type(order["total"])
orders.update_one({}, 5)  # Misuse: an update is a document.
orders.find().sort(5)  # Misuse: a sort is a name or a list.
orders.insert_many(5)  # Misuse: these are no documents.
orders.delete_one({}, frobnicate=1)  # Misuse: there is no such option.
"""


def test_a_checker_knows_what_comes_out_and_refuses_what_goes_wrong(tmp_path: Path) -> None:
    (tmp_path / "misuses.py").write_text(MISUSES)
    ran = mypy("mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "misuses.py", folder=tmp_path)
    for revealed in ('"dict[str, Any] | None"', '"Any"', '"list[dict[str, Any]]"', '"int"'):
        assert f"Revealed type is {revealed}" in ran.stdout.replace("builtins.", ""), ran.stdout
    wrong = {int(line.split(":")[1]) for line in ran.stdout.splitlines() if ": error:" in line}
    expected = {number for number, line in enumerate(MISUSES.splitlines(), 1) if "# Misuse" in line}
    assert wrong == expected, ran.stdout
