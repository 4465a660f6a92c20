"""The corpora that every language runs, by way of this package. How many cases of each file were run stands at the end
of pytest's report."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

import nexuslite
from nexuslite import Collection, InvalidBSON, NexusError, RawDocument
from nexuslite._nexuslite import Codec, decode_document, encode_document
from nexuslite.bson import CodecOptions, DatetimeConversion, UuidRepresentation

CORPORA = Path(__file__).parents[3] / "tests" / "conformance"
EXACT = Codec(
    CodecOptions(uuid_representation=UuidRepresentation.STANDARD, datetime_conversion=DatetimeConversion.DATETIME_MS)
)
# Types that only old documents have, for which Python has others.
OLD = ("$undefined", "$symbol", "$dbPointer")
# What a case says of the moment is said of 1970, and not of now.
OF_THE_MOMENT = ("$$NOW", "$currentDate", "$$CLUSTER_TIME")

# Cases of filters that speak of a whole document without an _id, which none in a collection is.
OF_THE_WHOLE = {
    "enum of the whole document",
    "minProperties and maxProperties",
    "additionalProperties",
    "additionalProperties of an empty document",
    "patternProperties",
    "logic at the top",
}

Orders = Collection[dict[str, Any]]

# Which files are about what, and how many cases they have together at least.
KINDS = {
    "filters": (("filters", "filters/*"), 2000),
    "updates": (("updates", "updates-*"), 980),
    "pipelines": (("pipeline_updates",), 45),
    "projections": (("projections", "projections-*"), 180),
    "sorts": (("sorts",), 40),
    "expressions": (("expressions", "expressions_*"), 1400),
    "extjson": (("extjson",), 600),
    "collation": (("collation",), 150),
}
# The fields that a case of each kind may have, all of which its test looks at.
FIELDS = {
    "filters": "document filter matches error",
    "updates": "document update result modified error filter arrayFilters",
    "pipelines": "document pipeline result error",
    "projections": "document filter projection result error metadata",
    "sorts": "sort sorted error document",
    "expressions": "document expression result missing error",
    "collation": "collation equal rising documents filter finds sort distinct values projection handed update becomes "
    "array_filters listed error",
    # The package has neither the safe form, nor one that refuses integers which are not exact.
    "extjson": "input bson canonical relaxed error error_contains options one_way safe one_way_relaxed inexact_integers",
}


def files(kind: str) -> list[Path]:
    """The files that are about it."""
    return sorted(path for pattern in KINDS[kind][0] for path in CORPORA.glob(f"{pattern}.json"))


def cases(kind: str) -> list[Any]:
    """The cases that are about it, by file, number and name."""
    found = [
        pytest.param(case, id=f"{path.relative_to(CORPORA).with_suffix('').as_posix()}:{number}:{case['name']}")
        for path in files(kind)
        for number, case in enumerate(json.loads(path.read_text())["cases"])
    ]
    assert len(found) >= KINDS[kind][1], f"only {len(found)} cases of {kind}"
    return found


def left_out(kind: str, case: dict[str, Any]) -> str | None:
    """Why a case cannot be asked of this package; nothing for almost all of them."""
    if kind == "filters" and case["name"] in OF_THE_WHOLE and "_id" not in case.get("document", {}):
        return "a case of a document without an _id"
    written = {"updates": "update", "pipelines": "pipeline", "expressions": "expression"}.get(kind)
    if written and any(name in json.dumps(case[written]) for name in OF_THE_MOMENT):
        return "a case of 1970"
    if kind == "updates" and "arrayFilters" in case and is_replacement(case):
        return "replace_one has no parameter for array filters"
    if kind == "projections" and "metadata" in case:
        return "the metadata of a document cannot be chosen"
    if kind == "projections" and case["name"] == "without a filter":
        return "a find has a filter, be it the empty one"
    if kind == "extjson" and "options" in case:
        return "the package reads Extended JSON in the one way that is the default"
    return None


def is_replacement(case: dict[str, Any]) -> bool:
    """Whether the update of a case is a whole document."""
    return not any(name.startswith("$") for name in list(case["update"])[:1])


def skip_what_is_left_out(kind: str, case: dict[str, Any]) -> None:
    why = left_out(kind, case)
    if why is not None:
        pytest.skip(why)


def test_every_file_is_run() -> None:
    run = {path for kind in KINDS for path in files(kind)}
    assert run == {path for path in CORPORA.glob("**/*") if path.is_file()}
    # A kind without a test would be as good as no kind.
    assert set(KINDS) == set(FIELDS) == {kind for kind in KINDS if f"test_{kind}" in globals()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_case_is_looked_at(kind: str) -> None:
    known = {"name", *FIELDS[kind].split()}
    for parameter in cases(kind):
        case: Any = parameter.values[0]
        assert set(case) <= known, parameter.id


def test_how_many_cases_are_run_is_told() -> None:
    """Whoever runs the suites of several languages compares them."""
    lines: list[str] = []
    for kind in sorted(KINDS):
        found: list[Any] = [parameter.values[0] for parameter in cases(kind)]
        out = sum(left_out(kind, case) is not None for case in found)
        lines.append(f"{kind}: {len(found) - out} cases run, {out} left out\n")
    if folder := os.environ.get("NEXUSLITE_COUNTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, "python").write_text("".join(lines))


@pytest.mark.parametrize("kind", KINDS)
def test_few_cases_are_left_out(kind: str) -> None:
    found: list[Any] = [parameter.values[0] for parameter in cases(kind)]
    assert sum(left_out(kind, case) is not None for case in found) <= len(found) // 20


def raw(case: dict[str, Any], part: str) -> RawDocument:
    """A part of a case as bytes, with every type that its Extended JSON spells."""
    return RawDocument(nexuslite.bson_from_json(json.dumps(case[part])))


def python(case: dict[str, Any], part: str) -> Any:
    """A part of a case as a dict, where Python can hold it: some of BSON's oldest types come back as others."""
    whole = raw(case, part)
    read = decode_document(EXACT, whole.raw)
    return read if encode_document(read) == whole.raw else whole


def without_id(data: bytes) -> bytes:
    """A document's bytes without its ``_id``."""
    found = RawDocument(data)
    names = [name for name in found if name != "_id"]
    if len(names) == len(list(found)):
        return data
    with nexuslite.Database[Any](":memory:") as scratch:
        scratch["a"].insert_one(found)
        options: Any = CodecOptions(document_class=RawDocument)
        (rest,) = scratch["a"].with_options(options).find({}, {"_id": 0})
        return bytes(rest.raw)


def stored(orders: Orders) -> list[bytes]:
    """Every document's bytes."""
    options: Any = CodecOptions(document_class=RawDocument)
    return [document.raw for document in orders.with_options(options).find()]


def expect_error(case: dict[str, Any], error: BaseException) -> None:
    """The error is the one that the case names."""
    expected = case.get("error")
    assert expected is not None, f"failed: {error!r}"
    assert isinstance(error, NexusError), repr(error)
    assert (error.kind, error.code) == (expected["kind"], expected.get("code", error.code))
    assert expected.get("says", "") in str(error)


@pytest.mark.parametrize("case", cases("filters"))
def test_filters(orders: Orders, case: dict[str, Any]) -> None:
    skip_what_is_left_out("filters", case)
    if "document" in case:
        orders.insert_one(raw(case, "document"))  # type: ignore[arg-type]
    try:
        found = orders.count_documents(python(case, "filter"))
    except NexusError as error:
        expect_error(case, error)
    else:
        assert "error" not in case and found == int(case["matches"])


@pytest.mark.parametrize("case", cases("updates"))
def test_updates(orders: Orders, case: dict[str, Any]) -> None:
    skip_what_is_left_out("updates", case)
    if "document" in case:
        orders.insert_one(raw(case, "document"))  # type: ignore[arg-type]
    is_upsert = "document" not in case
    filter = python(case, "filter") if "filter" in case else {}
    update = python(case, "update")
    deed: Any = orders.replace_one if is_replacement(case) else orders.update_one
    more = {"array_filters": python({"all": case}, "all")["arrayFilters"]} if "arrayFilters" in case else {}
    try:
        done = deed(filter, update, upsert=is_upsert, **more)
    except NexusError as error:
        expect_error(case, error)
        return
    assert "error" not in case
    (made,) = stored(orders)
    if is_upsert:
        expected = raw(case, "result")
        if "_id" not in expected:
            made = without_id(made)
        assert made == expected.raw and done.did_upsert
    else:
        is_modified = case.get("modified", True)
        assert made == raw(case, "result" if "result" in case else "document").raw
        assert bool(done.modified_count) == is_modified


@pytest.mark.parametrize("case", cases("pipelines"))
def test_pipelines(orders: Orders, case: dict[str, Any]) -> None:
    skip_what_is_left_out("pipelines", case)
    if not all(isinstance(stage, dict) for stage in case["pipeline"] or [None]):
        # As pymongo answers what is no pipeline.
        with pytest.raises((TypeError, ValueError)):
            orders.update_one({}, case["pipeline"])
        return
    document = case.get("document", {})
    orders.insert_one(raw({"it": document}, "it"))  # type: ignore[arg-type]
    try:
        orders.update_one({}, python({"it": case}, "it")["pipeline"])
    except NexusError as error:
        expect_error(case, error)
        return
    assert "error" not in case
    (made,) = stored(orders)
    # An update keeps the _id, whatever the pipeline makes of it.
    assert without_id(made) == without_id(raw(case, "result").raw)


@pytest.mark.parametrize("case", cases("expressions"))
def test_expressions(orders: Orders, case: dict[str, Any]) -> None:
    skip_what_is_left_out("expressions", case)
    orders.insert_one(raw({"it": case.get("document", {})}, "it"))  # type: ignore[arg-type]
    # As an operand, so that a number is a number, and not the wish to see the field.
    written = python({"it": {"_id": 0, "v": {"$cond": [True, case["expression"], None]}}}, "it")
    options: Any = CodecOptions(document_class=RawDocument)
    try:
        if any(name in json.dumps(case["expression"]) for name in ("$$ROOT", "$$CURRENT")):
            # Of the document as the case has it, and not as it is stored.
            orders.update_one({}, [{"$unset": "_id"}, {"$replaceWith": {"v": written["v"]}}])
            found = without_id(stored(orders)[0])
        else:
            (found,) = (each.raw for each in orders.with_options(options).find({}, written))
    except NexusError as error:
        expect_error(case, error)
        return
    assert "error" not in case
    assert found == raw({"it": {} if "missing" in case else {"v": case["result"]}}, "it").raw


@pytest.mark.parametrize("case", cases("collation"))
def test_collation(orders: Orders, case: dict[str, Any]) -> None:
    asked = python({"all": case}, "all")
    collation = asked["collation"]
    try:
        if "rising" in case or "equal" in case:
            texts = case.get("rising") or case["equal"]
            shuffled = random.Random(case["name"]).sample(range(len(texts)), len(texts))
            orders.insert_many([{"_id": place, "t": texts[place]} for place in shuffled])
            alike = 1 if "rising" in case else len(texts)
            assert all(orders.count_documents({"t": text}, collation=collation) == alike for text in texts)
            if "rising" in case:
                found = orders.find(collation=collation, sort={"t": 1})
                assert [each["_id"] for each in found] == list(range(len(texts)))
            return
        orders.insert_many(asked.get("documents") or [{}])
        if "listed" in case:
            orders.create_index("t", name="t", collation=collation)
            (listed,) = (index for index in orders.list_indexes() if index["name"] == "t")
            version = listed["collation"].pop("version", None)
            assert listed["collation"] == case["listed"] and (isinstance(version, str) or "version" not in listed)
            return
        options = {"array_filters": asked["array_filters"]} if "array_filters" in case else {}
        filter = asked.get("filter", {})
        if "update" in case:
            orders.update_many(filter, asked["update"], collation=collation, **options)
            assert orders.find(sort={"_id": 1}).to_list() == asked["becomes"]
        elif "distinct" in case:
            assert orders.distinct(case["distinct"], filter, collation=collation) == asked["values"]
        else:
            found = orders.find(filter, asked.get("projection"), sort=asked.get("sort"), collation=collation)
            documents = found.to_list()
            if "handed" in case:
                assert documents == asked["handed"]
            elif "finds" in case:
                ids = [each["_id"] for each in documents]
                assert (ids if "sort" in case else sorted(ids)) == case["finds"]
    except NexusError as error:
        expect_error(case, error)
    else:
        assert "error" not in case


@pytest.mark.parametrize("case", cases("projections"))
def test_projections(orders: Orders, case: dict[str, Any]) -> None:
    skip_what_is_left_out("projections", case)
    orders.insert_one(raw({"it": case.get("document", {})}, "it"))  # type: ignore[arg-type]
    filter = python(case, "filter") if "filter" in case else {}
    options: Any = CodecOptions(document_class=RawDocument)
    try:
        found: Any = orders.with_options(options).find(filter, python(case, "projection")).to_list()
    except NexusError as error:
        expect_error(case, error)
        return
    assert "error" not in case and len(found) == 1
    made = found[0].raw if "_id" in case["document"] else without_id(found[0].raw)
    assert made == raw(case, "result").raw


@pytest.mark.parametrize("case", cases("sorts"))
def test_sorts(orders: Orders, case: dict[str, Any]) -> None:
    documents = [{"_id": place, **document} for place, document in enumerate(case.get("sorted", ()))]
    if "document" in case:
        documents = [case["document"]]
    sort = dict(case["sort"])
    if "error" not in case:
        sort.setdefault("_id", 1)  # Equal ones in the order given.
    shuffled = [raw({"it": document}, "it") for document in documents]
    random.Random(case["name"]).shuffle(shuffled)
    if shuffled:
        orders.insert_many(shuffled)  # type: ignore[arg-type]
    try:
        found = orders.find({}, {"_id": 1}, sort=python({"it": sort}, "it")).to_list()
    except NexusError as error:
        expect_error(case, error)
    else:
        assert "error" not in case and [each["_id"] for each in found] == [each["_id"] for each in documents]


@pytest.mark.parametrize("case", cases("extjson"))
def test_extjson(case: dict[str, Any]) -> None:
    skip_what_is_left_out("extjson", case)
    data = bytes.fromhex(case.get("bson", ""))
    if "error" in case:
        with pytest.raises(InvalidBSON) as caught:
            nexuslite.bson_from_json(case["input"]) if "input" in case else nexuslite.bson_to_json(data)
        assert case["error_contains"] in str(caught.value)
        return
    if "input" in case:
        assert nexuslite.bson_from_json(case["input"]) == data
    assert nexuslite.bson_to_json(data, relaxed=False) == case["canonical"]
    assert nexuslite.bson_to_json(data) == case["relaxed"]
    if not case.get("one_way"):
        assert nexuslite.bson_from_json(case["canonical"]) == data


def test_dicts_are_written_as_they_were_read() -> None:
    tried = 0
    for parameter in cases("extjson"):
        case: Any = parameter.values[0]
        if "error" in case or any(name in case["canonical"] for name in OLD):
            continue
        data = bytes.fromhex(case["bson"])
        if case.get("one_way"):
            # The bytes spell something in one of several ways: what is written again spells it in ours.
            assert nexuslite.bson_to_json(encode_document(decode_document(EXACT, data)), relaxed=False)
        else:
            assert encode_document(decode_document(EXACT, data)) == data, case["name"]
        tried += 1
    assert tried > 250
