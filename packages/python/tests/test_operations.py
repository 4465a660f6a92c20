"""The requests of ``bulk_write`` and the description of an index, alone and against pymongo's."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexuslite import operations
from nexuslite.collation import Collation
from nexuslite.operations import (
    DeleteMany,
    DeleteOne,
    IndexModel,
    InsertOne,
    ReplaceOne,
    UpdateMany,
    UpdateOne,
    request_document,
)

REQUESTS = ["InsertOne", "UpdateOne", "UpdateMany", "ReplaceOne", "DeleteOne", "DeleteMany"]
SET = {"$set": {"a": 1}}


@pytest.mark.parametrize(
    ("request_", "name", "document"),
    [
        (InsertOne({"a": 1}), "insertOne", {"document": {"a": 1}}),
        (UpdateOne({"a": 1}, SET), "updateOne", {"filter": {"a": 1}, "update": SET}),
        (
            UpdateOne({}, SET, True, Collation("simple"), [{"x": 1}], [("a", 1)], None, {"b": 1}),
            "updateOne",
            {
                "filter": {},
                "update": SET,
                "upsert": True,
                "collation": {"locale": "simple"},
                "arrayFilters": [{"x": 1}],
                "hint": {"a": 1},
                "sort": {"b": 1},
            },
        ),
        (
            UpdateMany({}, SET, False, hint="a_1"),
            "updateMany",
            {"filter": {}, "update": SET, "upsert": False, "hint": "a_1"},
        ),
        (
            ReplaceOne({}, {"b": 1}, sort={"a": 1}),
            "replaceOne",
            {"filter": {}, "replacement": {"b": 1}, "sort": {"a": 1}},
        ),
        (DeleteOne({}, {"locale": "simple"}), "deleteOne", {"filter": {}, "collation": {"locale": "simple"}}),
        (DeleteMany({"a": 1}, namespace="d.c"), "deleteMany", {"filter": {"a": 1}, "namespace": "d.c"}),
    ],
    ids=repr,
)
def test_each_request_is_a_document(request_: Any, name: str, document: dict[str, Any]) -> None:
    assert request_document(request_) == (name, document)


@pytest.mark.parametrize(
    "other", [{"insertOne": {}}, None, "InsertOne", IndexModel("a"), type("InsertOne", (), {})()]
)
def test_what_is_no_request_is_refused(other: Any) -> None:
    with pytest.raises(TypeError, match="is not a valid request"):
        request_document(other)


def test_requests_are_equal_by_class_and_by_all_they_hold() -> None:
    assert UpdateOne({}, SET) == UpdateOne({}, SET) != UpdateMany({}, SET)
    assert UpdateOne({}, SET) != UpdateOne({}, SET, False)
    assert DeleteOne({}) != DeleteMany({}) and DeleteOne({}) != 5
    assert InsertOne({"a": 1}) != InsertOne({"a": 1}, "d.c")
    for name in REQUESTS:
        with pytest.raises(TypeError):
            hash(
                getattr(operations, name)({}, {})
                if name not in ("InsertOne", "DeleteOne", "DeleteMany")
                else InsertOne({})
            )


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_that_differ_in_one_thing_are_not_equal(name: str) -> None:
    full: dict[str, Any] = {
        "document": {"a": 1},
        "filter": {"a": 1},
        "update": SET,
        "replacement": {"b": 1},
        "upsert": True,
        "collation": {"locale": "simple"},
        "array_filters": [{"x": 1}],
        "hint": "a_1",
        "namespace": "d.c",
        "sort": {"a": 1},
    }
    cls = getattr(operations, name)
    arguments = {part: full[part] for part in inspect.signature(cls).parameters}
    assert cls(**arguments) == cls(**arguments)
    for part in arguments:
        other: Any = {} if part in ("document", "filter", "update", "replacement") else None
        assert cls(**arguments) != cls(**{**arguments, part: other}), part


@pytest.mark.parametrize("how", [lambda r: pickle.loads(pickle.dumps(r)), copy.copy, copy.deepcopy])
def test_requests_survive_pickles_and_copies(how: Any) -> None:
    for request_ in (
        UpdateOne({"a": 1}, SET, True, None, [{}], "a_1", "d.c", {"b": 1}),
        InsertOne({}),
        DeleteMany({}),
    ):
        assert how(request_) == request_


def test_requests_refuse_what_means_nothing() -> None:
    for make in (
        lambda: DeleteOne(3),  # type: ignore[arg-type]
        lambda: UpdateOne(4, SET),  # type: ignore[arg-type]
        lambda: UpdateOne({}, SET, upsert=5),  # type: ignore[arg-type]
        lambda: UpdateMany({}, SET, array_filters={"x": 1}),  # type: ignore[arg-type]
        lambda: DeleteMany({}, hint=5),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            make()


def test_an_index_is_named_after_its_keys() -> None:
    assert IndexModel("a").document == {"name": "a_1", "key": {"a": 1}}
    assert IndexModel([("a", -1), "b"], unique=True, collation=Collation("en")).document == {
        "name": "a_-1_b_1",
        "unique": True,
        "key": {"a": -1, "b": 1},
        "collation": {"locale": "en"},
    }
    assert IndexModel({"a": "text"}, name="mine").document == {"name": "mine", "key": {"a": "text"}}
    for keys, error in (([], ValueError), (5, TypeError), ([(5, 1)], TypeError), ([("a", [])], TypeError)):
        with pytest.raises(error):
            IndexModel(keys)  # type: ignore[arg-type]


# Against pymongo


FILTERS: st.SearchStrategy[Any] = st.sampled_from([{}, {"a": 1}, None, 5, []])
UPSERTS = st.sampled_from([None, True, False, 1])
HINTS = st.sampled_from([None, "a_1", {"a": 1}, [("a", 1), ("b", -1)], ["a"], 5, [], [(1, 1)], [("a", None)]])
COLLATIONS = st.sampled_from([None, {"locale": "en"}])
SORTS = st.sampled_from([None, {"a": 1}])
SPACES = st.sampled_from([None, "d.c"])
ARRAY_FILTERS: st.SearchStrategy[Any] = st.sampled_from([None, [], [{"x": 1}], {"x": 1}])
ARGUMENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "InsertOne": st.fixed_dictionaries({"document": FILTERS}, optional={"namespace": SPACES}),
    "DeleteOne": st.fixed_dictionaries(
        {"filter": FILTERS}, optional={"collation": COLLATIONS, "hint": HINTS, "namespace": SPACES}
    ),
    "ReplaceOne": st.fixed_dictionaries(
        {"filter": FILTERS, "replacement": FILTERS},
        optional={
            "upsert": UPSERTS,
            "collation": COLLATIONS,
            "hint": HINTS,
            "namespace": SPACES,
            "sort": SORTS,
        },
    ),
    "UpdateMany": st.fixed_dictionaries(
        {"filter": FILTERS, "update": FILTERS},
        optional={
            "upsert": UPSERTS,
            "collation": COLLATIONS,
            "array_filters": ARRAY_FILTERS,
            "hint": HINTS,
            "namespace": SPACES,
        },
    ),
}
ARGUMENTS["DeleteMany"] = ARGUMENTS["DeleteOne"]
ARGUMENTS["UpdateOne"] = st.builds(
    lambda arguments, sort: {**arguments, "sort": sort}, ARGUMENTS["UpdateMany"], SORTS
)


def outcome(make: Any) -> Any:
    try:
        return repr(make())
    except Exception as error:
        return type(error).__name__


@given(st.sampled_from(REQUESTS), st.data())
def test_each_request_is_made_shown_and_refused_as_pymongos(name: str, data: st.DataObject) -> None:
    pymongos = pytest.importorskip("pymongo.operations", reason="compares with pymongo")
    one, two = data.draw(ARGUMENTS[name]), data.draw(ARGUMENTS[name])
    ours, theirs = getattr(operations, name), getattr(pymongos, name)
    shown = outcome(lambda: ours(**one))
    assert shown == outcome(lambda: theirs(**one))
    # Against another one, and against each that differs in one thing only.
    for other in (two, *({**one, name: value} for name, value in two.items())):
        same = outcome(lambda other=other: ours(**one) == ours(**other))
        assert same == outcome(lambda other=other: theirs(**one) == theirs(**other))
    if shown.startswith(name):
        assert request_document(theirs(**one)) == request_document(ours(**one))


KEYS = st.sampled_from(
    [
        "a",
        "a.b",
        [("a", 1)],
        [("a", 1), ("b", -1)],
        ["a", ("b", "2d")],
        {"a": 1, "b": "text"},
        [],
        {},
        5,
        [(5, 1)],
        [("a", None)],
    ]
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from([None, "n"]),
        "unique": st.booleans(),
        "collation": COLLATIONS,
        "sparse": st.none(),
    },
)


@given(KEYS, OPTIONS)
def test_each_index_is_described_as_pymongos(keys: Any, options: dict[str, Any]) -> None:
    theirs = pytest.importorskip("pymongo.operations", reason="compares with pymongo").IndexModel
    assert outcome(lambda: IndexModel(keys, **options)) == outcome(lambda: theirs(keys, **options))
    assert outcome(lambda: IndexModel(keys, **options).document) == outcome(
        lambda: theirs(keys, **options).document
    )


@pytest.mark.parametrize("name", [*REQUESTS, "IndexModel"])
def test_each_is_made_with_the_parameters_of_pymongos(name: str) -> None:
    theirs = getattr(pytest.importorskip("pymongo.operations", reason="compares with pymongo"), name)
    ours = inspect.signature(getattr(operations, name)).parameters.values()
    expected = inspect.signature(theirs).parameters.values()
    assert [(p.name, p.kind, p.default) for p in ours] == [(p.name, p.kind, p.default) for p in expected]
