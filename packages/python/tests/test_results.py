"""What the verbs that write return, alone and against pymongo's."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from nexuslite import results
from nexuslite.errors import InvalidOperation

BULK = {
    "nInserted": 1,
    "nUpserted": 1,
    "nMatched": 2,
    "nModified": 3,
    "nRemoved": 4,
    "upserted": [{"index": 5, "_id": "x"}],
    "writeErrors": [],
    "writeConcernErrors": [],
}
CASES = [
    ("InsertOneResult", ("x",)),
    ("InsertManyResult", ([1, "x"],)),
    ("UpdateResult", ({"n": 3, "nModified": 2, "ok": 1.0, "updatedExisting": True},)),
    ("UpdateResult", ({"n": 1, "nModified": 0, "upserted": "x", "updatedExisting": False},)),
    ("DeleteResult", ({"n": 3, "ok": 1.0},)),
    ("BulkWriteResult", (BULK,)),
]
ATTRIBUTES = {
    "InsertOneResult": ["inserted_id"],
    "InsertManyResult": ["inserted_ids"],
    "UpdateResult": ["raw_result", "matched_count", "modified_count", "upserted_id", "did_upsert"],
    "DeleteResult": ["raw_result", "deleted_count"],
    "BulkWriteResult": [
        "bulk_api_result",
        "inserted_count",
        "matched_count",
        "modified_count",
        "deleted_count",
        "upserted_count",
        "upserted_ids",
    ],
}


def test_an_update_counts_what_it_matched_and_what_it_made() -> None:
    changed = results.UpdateResult({"n": 3, "nModified": 2}, True)
    assert (changed.matched_count, changed.modified_count) == (3, 2)
    assert (changed.upserted_id, changed.did_upsert) == (None, False)
    made = results.UpdateResult({"n": 1, "nModified": 0, "upserted": "x"}, True)
    assert (made.matched_count, made.modified_count, made.upserted_id, made.did_upsert) == (0, 0, "x", True)


def test_a_bulk_write_names_what_it_made_by_its_request() -> None:
    result = results.BulkWriteResult(BULK, True)
    assert result.upserted_ids == {5: "x"}
    assert (result.inserted_count, result.matched_count, result.modified_count) == (1, 2, 3)
    assert (result.deleted_count, result.upserted_count) == (4, 1)


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_what_was_not_acknowledged_has_no_counts(name: str, arguments: tuple[Any, ...]) -> None:
    result = getattr(results, name)(*arguments, False)
    assert not result.acknowledged
    counts = [a for a in ATTRIBUTES[name] if a.endswith("_count") or a in ("upserted_id", "upserted_ids")]
    for attribute in counts:
        with pytest.raises(InvalidOperation, match=f"{attribute} is not available"):
            getattr(result, attribute)
    assert [bool(getattr(result, a)) for a in ATTRIBUTES[name] if a not in counts and a != "did_upsert"]


@pytest.mark.parametrize(("name", "arguments"), CASES)
@pytest.mark.parametrize("acknowledged", [True, False])
def test_each_result_answers_as_pymongos(name: str, arguments: tuple[Any, ...], acknowledged: bool) -> None:
    theirs = getattr(pytest.importorskip("pymongo.results", reason="compares with pymongo"), name)
    ours = getattr(results, name)
    public = [a for a in dir(theirs) if not a.startswith("_")]
    assert (
        public
        == sorted([*ATTRIBUTES[name], "acknowledged"])
        == [a for a in dir(ours) if not a.startswith("_")]
    )
    one, other = ours(*arguments, acknowledged), theirs(*arguments, acknowledged)
    assert repr(one) == repr(other)
    for attribute in public:
        assert answer(one, attribute) == answer(other, attribute), attribute


@pytest.mark.parametrize("name", results.__all__)
def test_each_result_is_made_as_pymongos(name: str) -> None:
    theirs = getattr(pytest.importorskip("pymongo.results", reason="compares with pymongo"), name)
    expected = list(inspect.signature(theirs).parameters)
    # An older pymongo lacks the last one.
    ours = [p for p in inspect.signature(getattr(results, name)).parameters if p in expected or p != "in_client_bulk"]
    assert ours == expected


def test_every_result_of_pymongo_is_here() -> None:
    pymongos = pytest.importorskip("pymongo.results", reason="compares with pymongo")
    theirs = {name for name in vars(pymongos) if name.endswith("Result") and not name.startswith("_")}
    assert theirs - set(results.__all__) == set()


def answer(result: Any, attribute: str) -> Any:
    try:
        return getattr(result, attribute)
    except Exception as error:
        return type(error).__name__, str(error)
