"""The public face beside pymongo's, and the pages of the guide that say where the two differ.

``NEXUSLITE_WRITE_GUIDE=1 python -m pytest tests/test_signatures.py`` writes what the guide has to say.
"""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import Any

import pytest

import nexuslite
from nexuslite import client_session, command_cursor, operations, results
from nexuslite._options import TABLE, Kind

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "python.md"


def pairs() -> list[tuple[type, type]]:
    """Our classes, each with pymongo's."""
    pymongo: Any = pytest.importorskip("pymongo")
    from pymongo import results as their_results
    from pymongo.synchronous import client_session as their_sessions
    from pymongo.synchronous import command_cursor as their_command_cursor
    from pymongo.synchronous import cursor as their_cursor

    ours: list[tuple[type, type]] = [
        (nexuslite.Client, pymongo.MongoClient),
        (nexuslite.Database, pymongo.database.Database),
        (nexuslite.Collection, pymongo.collection.Collection),
        (nexuslite.Cursor, their_cursor.Cursor),
        (command_cursor.CommandCursor, their_command_cursor.CommandCursor),
        (client_session.ClientSession, their_sessions.ClientSession),
    ]
    ours += [(getattr(client_session, name), getattr(their_sessions, name)) for name in ("SessionOptions", "TransactionOptions")]
    ours += [(getattr(results, name), getattr(their_results, name)) for name in results.__all__]
    requests = ("InsertOne", "UpdateOne", "UpdateMany", "ReplaceOne", "DeleteOne", "DeleteMany", "IndexModel")
    ours += [(getattr(operations, name), getattr(pymongo.operations, name)) for name in requests]
    ours += [(getattr(nexuslite, name), getattr(pymongo, name)) for name in ("WriteConcern",)]
    return ours


def public(cls: type) -> dict[str, Any]:
    """The public members of a class, those that it inherits included."""
    members: dict[str, Any] = {}
    for base in reversed(cls.__mro__[:-1]):
        members.update(vars(base))
    return {name: member for name, member in members.items() if not name.startswith("_") or name == "__init__"}


def shape(member: Any) -> str:
    """How a member is called, without types, which are a matter of each package's own."""
    if not inspect.isfunction(member):
        return "attribute"
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for name, parameter in inspect.signature(member).parameters.items()
        if name != "self"
    ]
    return str(inspect.Signature(bare))


def differences() -> list[str]:
    """Where the two differ, a line each."""
    lines = []
    for cls, their_class in pairs():
        ours, theirs = public(cls), public(their_class)
        # The base classes of pymongo's sessions and cursors are not its public face.
        for name in sorted(set(ours) | set(theirs)):
            full = f"`{cls.__name__}.{name}`"
            if name not in ours:
                lines.append(f"- {full} is pymongo's only.")
            elif name not in theirs:
                lines.append(f"- {full} is ours only.")
            elif shape(ours[name]) != shape(theirs[name]):
                lines.append(f"- {full} is `{shape(ours[name])}` here, `{shape(theirs[name])}` in pymongo.")
    return lines


def options() -> list[str]:
    """What becomes of each option, a line for each verb and kind."""
    lines = []
    for verb, rules in TABLE.items():
        if not rules:
            continue
        lines.append(f"- `{verb}`")
        for kind in Kind:
            names = [f"`{name}`" for name, rule in rules.items() if rule.kind is kind]
            if names:
                lines.append(f"  - {kind.value}: {', '.join(names)}")
    return lines


def said(section: str) -> list[str]:
    """What the guide says in a section."""
    text = GUIDE.read_text()
    begin, end = f"<!-- {section}: written by packages/python/tests/test_signatures.py -->", "<!-- end -->"
    assert begin in text, f"{GUIDE} has no section {section}"
    return text.split(begin)[1].split(end)[0].strip().splitlines()


def compare(section: str, lines: list[str]) -> None:
    """The section says exactly this; or is made to, when that is asked for."""
    if os.environ.get("NEXUSLITE_WRITE_GUIDE"):
        text = GUIDE.read_text()
        begin = f"<!-- {section}: written by packages/python/tests/test_signatures.py -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition("<!-- end -->")
        body = "\n".join(lines)
        GUIDE.write_text(f"{before}{begin}\n\n{body}\n\n<!-- end -->{after}")
    assert said(section) == lines


def test_the_guide_lists_every_difference() -> None:
    pymongo: Any = pytest.importorskip("pymongo")
    if pymongo.version_tuple[:2] != (4, 20):
        pytest.skip(f"the guide compares with pymongo 4.20, and this is {pymongo.version}")
    compare("differences", differences())


def test_the_guide_lists_every_option() -> None:
    compare("options", options())


def test_every_verb_is_shared() -> None:
    verbs = """insert_one insert_many find find_one find_one_and_update find_one_and_replace find_one_and_delete
        update_one update_many replace_one delete_one delete_many bulk_write count_documents estimated_document_count
        distinct drop rename with_options""".split()
    for cls, their_class in pairs():
        if cls is nexuslite.Collection:
            ours, theirs = public(cls), public(their_class)
            assert {verb for verb in verbs if shape(ours[verb]) != shape(theirs[verb])} == set()


def test_every_public_name_says_what_it_does() -> None:
    for cls in (
        nexuslite.Client,
        nexuslite.Database,
        nexuslite.Collection,
        nexuslite.Cursor,
        nexuslite.CommandCursor,
        nexuslite.ClientSession,
    ):
        for name, member in public(cls).items():
            if name != "__init__":
                assert inspect.getdoc(member), f"{cls.__name__}.{name}"
