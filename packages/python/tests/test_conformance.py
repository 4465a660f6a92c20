"""The corpora that every language runs, by way of this package."""

from __future__ import annotations

import json
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

Orders = Collection[dict[str, Any]]


def cases(corpus: str, least: int) -> list[Any]:
    """The cases of a corpus, by name."""
    found = json.loads((CORPORA / f"{corpus}.json").read_text())["cases"]
    assert len(found) >= least
    return [pytest.param(case, id=f"{number}-{case['name']}") for number, case in enumerate(found)]


def raw(case: dict[str, Any], part: str) -> RawDocument:
    """A part of a case as bytes, with every type that its Extended JSON spells."""
    return RawDocument(nexuslite.bson_from_json(json.dumps(case[part])))


def python(case: dict[str, Any], part: str) -> Any:
    """A part of a case as a dict, where Python can hold it: some of BSON's oldest types come back as others."""
    whole = raw(case, part)
    read = decode_document(EXACT, whole.raw)
    return read if encode_document(read) == whole.raw else whole


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


@pytest.mark.parametrize("case", cases("filters", 300))
def test_filters(orders: Orders, case: dict[str, Any]) -> None:
    if "document" in case:
        orders.insert_one(raw(case, "document"))  # type: ignore[arg-type]
    try:
        found = orders.count_documents(python(case, "filter"))
    except NexusError as error:
        expect_error(case, error)
    else:
        assert "error" not in case and found == int(case["matches"])


@pytest.mark.parametrize("case", cases("updates", 100))
def test_updates(orders: Orders, case: dict[str, Any]) -> None:
    if "document" in case:
        orders.insert_one(raw(case, "document"))  # type: ignore[arg-type]
    is_upsert = "document" not in case
    filter = python(case, "filter") if "filter" in case else {}
    update = python(case, "update")
    is_replacement = not any(name.startswith("$") for name in list(case["update"])[:1])
    deed: Any = orders.replace_one if is_replacement else orders.update_one
    try:
        done = deed(filter, update, upsert=is_upsert)
    except NexusError as error:
        expect_error(case, error)
        return
    assert "error" not in case
    (made,) = stored(orders)
    if is_upsert:
        expected = raw(case, "result")
        if "_id" not in expected:
            read = decode_document(EXACT, made)
            made = encode_document({name: value for name, value in read.items() if name != "_id"})
        assert made == expected.raw and done.did_upsert
    else:
        assert made == raw(case, "result").raw and bool(done.modified_count) == case["modified"]


@pytest.mark.parametrize("case", cases("projections", 50))
def test_projections(orders: Orders, case: dict[str, Any]) -> None:
    if "metadata" in case:
        pytest.skip("a collection of this package keeps no metadata")
    if "document" in case:
        orders.insert_one(raw(case, "document"))  # type: ignore[arg-type]
    options: Any = CodecOptions(document_class=RawDocument)
    try:
        found: Any = orders.with_options(options).find({}, python(case, "projection")).to_list()
    except NexusError as error:
        expect_error(case, error)
    else:
        assert "error" not in case and [each.raw for each in found] == [raw(case, "result").raw]


@pytest.mark.parametrize("case", cases("sorts", 40))
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


@pytest.mark.parametrize("case", cases("extjson", 600))
def test_extended_json(case: dict[str, Any]) -> None:
    if "options" in case:
        pytest.skip("the package reads Extended JSON in the one way that is the default")
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
    for parameter in cases("extjson", 600):
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
