"""Our own codec over the native module: what is encoded is decoded, whichever classes are in use."""

from __future__ import annotations

import datetime
import io
import re
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nexuslite.bson
from nexuslite.bson import (
    Binary,
    Code,
    DatetimeMS,
    Decimal128,
    Int64,
    InvalidBSON,
    InvalidDocument,
    MaxKey,
    MinKey,
    ObjectId,
    RawBSONDocument,
    Regex,
    Timestamp,
)
from nexuslite.bson._own import codec
from nexuslite.bson._own import codec_options as own
from nexuslite.bson._own import raw_bson as own_raw
from nexuslite.errors import NotSupportedError


@pytest.fixture(autouse=True)
def native() -> Any:
    """The native module, without which nothing here means anything."""
    import nexuslite._nexuslite

    return nexuslite._nexuslite


VALUES = {
    "double": 1.5,
    "text": "näme",
    "document": {"x": {"y": 1}},
    "array": [1, {"a": [2, {"b": 3}]}, [], [[{"c": 4}]], "e"],
    "binary": Binary(b"abc", 5),
    "bytes": b"abc",
    "uuid": uuid.UUID("00112233-4455-6677-8899-aabbccddeeff"),
    "oid": ObjectId("0123456789abcdef01234567"),
    "flag": True,
    "time": datetime.datetime(2020, 1, 1, 0, 0, 0, 5000),
    "none": None,
    "regex": Regex("a", "i"),
    "int32": 7,
    "timestamp": Timestamp(1, 2),
    "int64": Int64(1 << 40),
    "decimal": Decimal128("1.50"),
    "min": MinKey(),
    "max": MaxKey(),
}


def test_every_type_comes_back_as_it_was() -> None:
    back = codec.decode(codec.encode(VALUES))
    assert list(back) == list(VALUES)
    for name, value in VALUES.items():
        if isinstance(value, bytes) and not isinstance(value, Binary):
            assert bytes(back[name]) == value, name
        else:
            assert back[name] == value and type(back[name]) is type(value), name


def test_the_id_comes_first() -> None:
    assert codec.encode({"b": 1, "_id": 2}) == codec.encode({"_id": 2, "b": 1})
    assert list(codec.decode(codec.encode({"b": 1, "_id": 2}))) == ["_id", "b"]


def test_documents_stay_bytes_until_they_are_looked_into() -> None:
    # Cut out of the bytes by our own class; the package's class may be pymongo's.
    data = codec.encode(VALUES)
    raw = own_raw.RawBSONDocument(data)
    assert raw.raw == data and list(raw) == list(VALUES) and len(raw) == len(VALUES)
    assert isinstance(raw["document"], own_raw.RawBSONDocument) and raw["document"]["x"]["y"] == 1
    assert raw["array"][1]["a"][1]["b"] == 3 and raw["array"][3][0][0]["c"] == 4
    assert raw["array"][2] == [] and raw["array"][4] == "e" and raw["int64"] == 1 << 40
    assert codec.encode(raw) == data


def test_a_document_of_the_package_as_bytes_is_encoded_as_it_is() -> None:
    data = codec.encode({"a": 1})
    raw = RawBSONDocument(data)
    assert codec.encode({"inner": raw}) == codec.encode({"inner": {"a": 1}})


def test_documents_one_after_the_other_are_decoded_one_by_one() -> None:
    data = codec.encode({"a": 1}) + codec.encode({"a": 2})
    assert codec.decode_all(data) == list(codec.decode_iter(data)) == [{"a": 1}, {"a": 2}]
    assert list(codec.decode_file_iter(io.BytesIO(data))) == [{"a": 1}, {"a": 2}]
    for end in (1, 5, len(data) - 1):
        with pytest.raises(InvalidBSON):
            codec.decode_all(data[:end])


def test_what_is_no_document_is_refused() -> None:
    data = codec.encode(VALUES)
    assert codec.is_valid(data)
    for size in (-1, 0, 4):
        with pytest.raises(InvalidBSON):
            codec.decode_all(data + size.to_bytes(4, "little", signed=True))
    for bad in (b"", b"abc", data[:-1], data + b"\0", data[:-1] + b"\1"):
        assert not codec.is_valid(bad)


@given(st.binary(max_size=64))
def test_no_bytes_are_more_than_an_error(data: bytes) -> None:
    prefix = (len(data) + 5).to_bytes(4, "little")
    codec.is_valid(prefix + data + b"\0")


def test_times_that_do_not_fit_become_what_the_options_say() -> None:
    data = codec.encode({"t": DatetimeMS(1 << 62)})
    options = own.CodecOptions[dict[str, Any]]
    auto = options(datetime_conversion=own.DatetimeConversion.DATETIME_AUTO)
    assert codec.decode(data, auto)["t"] == DatetimeMS(1 << 62)
    clamp = options(datetime_conversion=own.DatetimeConversion.DATETIME_CLAMP)
    assert codec.decode(data, clamp)["t"] == datetime.datetime(9999, 12, 31, 23, 59, 59, 999_000)
    with pytest.raises(InvalidBSON):
        codec.decode(data)
    assert codec.is_valid(data)


def test_what_cannot_be_encoded_is_refused() -> None:
    with pytest.raises(OverflowError):
        codec.encode({"a": 1 << 64})
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"a": deep}
    refused: Any
    for refused in ({"a": object()}, {"a": {1, 2}}, {5: 1}, {"a\0": 1}, deep):
        with pytest.raises(InvalidDocument):
            codec.encode(refused)


def test_options_that_are_lacking_without_pymongo_are_refused() -> None:
    for lacking in (
        own.CodecOptions[dict[str, Any]](uuid_representation=5),
        own.CodecOptions[dict[str, Any]](unicode_decode_error_handler="ignore"),
        own.CodecOptions[dict[str, Any]](type_registry=own.TypeRegistry(fallback_encoder=str)),
    ):
        with pytest.raises(NotSupportedError, match="codec_options"):
            codec.decode(codec.encode({}), lacking)


def test_the_packages_own_codec_agrees_with_ours() -> None:
    # Without pymongo they are the same functions; with it, pymongo reads what we wrote.
    data = codec.encode({name: value for name, value in VALUES.items() if name != "uuid"})
    theirs: dict[str, Any] = nexuslite.bson.decode(data)
    assert nexuslite.bson.encode(theirs) == data
    assert codec.encode(theirs) == data
    code = {"code": Code("f()"), "scoped": Code("f()", {"a": 1}), "long": Int64(5), "native": re.compile("a")}
    assert codec.encode(code) == nexuslite.bson.encode(code)
