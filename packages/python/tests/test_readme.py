"""What the README, the package's own help and the examples show is run as it stands."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nexuslite

PACKAGE = Path(__file__).parents[1]
ROOT = PACKAGE.parents[1]


def snippets(page: Path) -> list[str]:
    """The Python that a page shows."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)


SNIPPETS = snippets(PACKAGE / "README.md")
EXAMPLES = sorted((ROOT / "examples" / "python").glob("*.py"))
OUTPUTS = sorted((ROOT / "examples" / "output").glob("*.txt"))

# What each snippet prints.
PRINTED = [
    "Ada 43\n",
    "11000 {'_id': 'ada'}\n['shop'] ['users']\n",
    "{'_id': 'b', 'balance': 20}\n",
    "121 DocumentValidationFailure\n[3, 4] {'_id': 4} 2\n",
    '{"price":{"$numberDecimal":"9.90"},"count":3,"at":{"$date":"2026-01-01T00:00:00Z"}}\n',
]


def run(*arguments: str, folder: Path) -> str:
    ran = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, encoding="utf-8", timeout=60)
    assert ran.returncode == 0 and ran.stderr == "", ran.stderr
    return ran.stdout


@pytest.mark.parametrize("number", range(len(PRINTED)))
def test_a_snippet_prints_what_it_should(number: int, tmp_path: Path) -> None:
    assert run("-c", SNIPPETS[number], folder=tmp_path) == PRINTED[number]


def test_every_snippet_is_run() -> None:
    assert len(SNIPPETS) == len(PRINTED)


def test_the_first_program_has_five_lines_and_is_run_twice(tmp_path: Path) -> None:
    run("-c", SNIPPETS[0], folder=tmp_path)
    assert run("-c", SNIPPETS[0], folder=tmp_path) == "Ada 44\nAda 43\n"


def test_the_first_program_of_the_project_is_true(tmp_path: Path) -> None:
    (program,) = snippets(ROOT / "README.md")
    printed = run("-c", program, folder=tmp_path)
    assert "'customer': 'Ada', 'items': ['ink', 'paper'], 'total': 42" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.db", "shop.wasp"]


@pytest.mark.parametrize("number", range(len(snippets(ROOT / "docs" / "guide" / "python.md"))))
def test_a_snippet_of_the_guide_ends_well(number: int, tmp_path: Path) -> None:
    run("-c", snippets(ROOT / "docs" / "guide" / "python.md")[number], folder=tmp_path)


def test_every_example_is_here() -> None:
    assert [path.stem for path in EXAMPLES] == [path.stem for path in OUTPUTS] and len(OUTPUTS) >= 5


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_prints_what_it_prints_in_every_language(example: Path, tmp_path: Path) -> None:
    wanted = (ROOT / "examples" / "output" / f"{example.stem}.txt").read_text(encoding="utf-8")
    assert run("-X", "utf8", str(example), folder=tmp_path) == wanted


def test_the_help_of_the_package_is_true() -> None:
    outcome = doctest.testmod(nexuslite)
    assert outcome.attempted >= 3 and outcome.failed == 0
