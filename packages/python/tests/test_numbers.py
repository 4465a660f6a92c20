"""The numbers that MongoDB gives its errors, each from a command that is refused with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nexuslite
from nexuslite import NexusError

CASES = json.loads((Path(__file__).parents[3] / "tests" / "commands" / "numbers.json").read_text())["cases"]


def numbers(steps: list[Any]) -> Iterator[int | None]:
    """The number with which each step was refused, None where it was not."""
    with nexuslite.Database[Any](":memory:") as database, database.client.start_session() as session:
        for step in steps:
            command = step.get("in", step)
            text = json.dumps(command).replace(":memory:.", f"{database.name}.")
            command = dict(nexuslite.RawDocument(nexuslite.bson_from_json(text)))
            if "in" in step and not session.in_transaction:
                session.start_transaction()
            try:
                if "commit" in step:
                    session.commit_transaction()
                    answer: Any = {}
                else:
                    answer = database.command(command, session=session if "in" in step else None)
            except NexusError as error:
                yield error.code
            else:
                yield answer["writeErrors"][0]["code"] if "writeErrors" in answer else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['number']}:{case['name']}")
def test_each_number_comes_from_a_command_that_is_refused_with_it(case: dict[str, Any]) -> None:
    *before, last = numbers(case["commands"])
    assert last == case["number"] and before == [None] * len(before)
