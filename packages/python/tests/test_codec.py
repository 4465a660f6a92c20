"""The native codec: dicts to bytes and back, byte for byte as pymongo does it."""

from __future__ import annotations

import datetime
import enum
import re
import uuid
from collections import ChainMap, OrderedDict
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexuslite._nexuslite import Codec, decode_document, encode_document
from nexuslite.bson import (
    SON,
    Binary,
    Code,
    CodecOptions,
    DatetimeConversion,
    DatetimeMS,
    DBRef,
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
    UuidRepresentation,
)

STANDARD: CodecOptions[dict[str, Any]] = CodecOptions(
    uuid_representation=UuidRepresentation.STANDARD, datetime_conversion=DatetimeConversion.DATETIME_AUTO
)

text = st.text(max_size=12)
names = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.integers(-(1 << 63), (1 << 63) - 1).map(Int64),
    st.floats(allow_nan=False),
    text,
    st.binary(max_size=20),
    st.builds(Binary, st.binary(max_size=20), st.sampled_from([1, 2, 5, 6, 7, 128, 255])),
    st.uuids(),
    st.binary(min_size=12, max_size=12).map(ObjectId),
    st.datetimes().map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)),
    st.datetimes(min_value=datetime.datetime(2, 1, 1), max_value=datetime.datetime(9998, 1, 1), timezones=st.timezones()),
    st.integers(-(1 << 63), (1 << 63) - 1).map(DatetimeMS),
    st.builds(Timestamp, st.integers(0, (1 << 32) - 1), st.integers(0, (1 << 32) - 1)),
    st.builds(Regex, names, st.integers(0, 127).map(lambda flags: flags & 0b1111110)),
    st.sampled_from([re.compile("a.b", re.I | re.M), re.compile(b"x", re.S), re.compile("")]),
    st.binary(min_size=16, max_size=16).map(Decimal128.from_bid),
    st.builds(Code, text),
    st.builds(Code, text, st.dictionaries(names, st.integers(0, 5), max_size=2)),
    st.builds(DBRef, text, st.integers(0, 5), st.none() | text),
    st.sampled_from([MinKey(), MaxKey()]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4)
    | st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(names, inner, max_size=4)
    | st.dictionaries(names, inner, max_size=3).map(SON),
    max_leaves=12,
)
documents = st.dictionaries(names, values, max_size=6)


@given(documents)
@settings(max_examples=1500)
def test_bytes_are_pymongos(document: dict[str, Any]) -> None:
    pymongos: Any = pytest.importorskip("bson")
    pytest.importorskip("pymongo")
    ours = encode_document(document)
    # pymongo puts the _id first even where nothing is inserted.
    if "_id" not in document:
        assert ours == pymongos.encode(document, codec_options=STANDARD)
    theirs = pymongos.decode(ours, STANDARD)
    read = decode_document(Codec(STANDARD), ours)
    assert list(read) == list(theirs) and types_of(read) == types_of(theirs)
    assert repr(read) == repr(theirs)


@given(documents)
@settings(max_examples=500)
def test_what_was_read_is_written_as_it_was(document: dict[str, Any]) -> None:
    data = encode_document(document)
    assert encode_document(decode_document(Codec(STANDARD), data)) == data


def types_of(value: Any) -> Any:
    """The types in a document, in order."""
    if isinstance(value, dict):
        return [(name, types_of(inner)) for name, inner in value.items()]
    return [types_of(inner) for inner in value] if isinstance(value, list) else type(value)


@given(st.lists(st.tuples(names, st.integers(0, 3)), max_size=400))
def test_names_are_not_mistaken_for_others(pairs: list[tuple[str, int]]) -> None:
    # Far more names than are remembered, many of which meet in one place.
    document = {"all": [{f"{name}{number}": number} for number, (name, _) in enumerate(pairs)]}
    assert decode_document(Codec(STANDARD), encode_document(document)) == document


class Number(enum.IntEnum):
    SEVEN = 7


class Text(str):
    """A text of the user's own class."""


class Day(datetime.datetime):
    """A datetime of the user's own class."""


class Marked:
    """Somebody else's ObjectId, known by pymongo's mark."""

    _type_marker = 7
    binary = b"0123456789ab"


def test_what_is_derived_from_a_type_is_that_type() -> None:
    cases: list[tuple[Any, Any]] = [
        (Number.SEVEN, 7),
        (Text("x"), "x"),
        (Day(2020, 1, 1), datetime.datetime(2020, 1, 1)),
        (True, True),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (ChainMap({"a": 1}), {"a": 1}),
        ((1, (2,)), [1, [2]]),
        (Marked(), ObjectId(b"0123456789ab")),
        (RawBSONDocument(encode_document({"a": 1})), {"a": 1}),
    ]
    for value, expected in cases:
        assert encode_document({"v": value}) == encode_document({"v": expected}), value


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (0, b"\x10v\0\0\0\0\0"),
        ((1 << 31) - 1, b"\x10v\0\xff\xff\xff\x7f"),
        (1 << 31, b"\x12v\0\0\0\0\x80\0\0\0\0"),
        (-(1 << 31), b"\x10v\0\0\0\0\x80"),
        (-(1 << 31) - 1, b"\x12v\0\xff\xff\xff\x7f\xff\xff\xff\xff"),
        (Int64(1), b"\x12v\0\1\0\0\0\0\0\0\0"),
        (True, b"\x08v\0\1"),
        (datetime.datetime(1970, 1, 1, 0, 0, 0, 1999), b"\x09v\0\1\0\0\0\0\0\0\0"),
        (datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999), b"\x09v\0" + b"\xff" * 8),
        (uuid.UUID(int=1), b"\x05v\0\x10\0\0\0\x04" + b"\0" * 15 + b"\1"),
    ],
)
def test_numbers_and_times_take_their_exact_place(value: Any, data: bytes) -> None:
    whole = (len(data) + 5).to_bytes(4, "little") + data + b"\0"
    assert encode_document({"v": value}) == whole


def test_zones() -> None:
    east = datetime.timezone(datetime.timedelta(hours=2))
    at = datetime.datetime(2026, 3, 1, 12, tzinfo=east)
    data = encode_document({"t": at})
    assert decode_document(Codec(STANDARD), data) == {"t": datetime.datetime(2026, 3, 1, 10)}
    aware = decode_document(Codec(STANDARD.with_options(tz_aware=True)), data)["t"]
    assert aware == at and aware.utcoffset() == datetime.timedelta(0)
    shown = decode_document(Codec(STANDARD.with_options(tz_aware=True, tzinfo=east)), data)["t"]
    assert shown == at and shown.hour == 12

    class Nowhere(datetime.tzinfo):
        def utcoffset(self, at: Any) -> None:
            return None

    nowhere = datetime.datetime(2026, 3, 1, 10, tzinfo=Nowhere())
    assert encode_document({"t": nowhere}) == data


@pytest.mark.parametrize("conversion", list(DatetimeConversion))
@pytest.mark.parametrize("zone", [None, datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=-5))])
def test_times_that_no_datetime_holds(conversion: DatetimeConversion, zone: Any) -> None:
    pymongos: Any = pytest.importorskip("bson")
    pytest.importorskip("pymongo")
    options = STANDARD.with_options(datetime_conversion=conversion, tz_aware=zone is not None, tzinfo=zone)
    first, last = -62135596800000, 253402300799999
    for ms in (first, first - 1, first + 3_600_000, last, last + 1, last - 3_600_000, 1 << 62, -(1 << 62), 0):
        data = encode_document({"t": DatetimeMS(ms)})
        try:
            theirs = pymongos.decode(data, options)["t"]
        except InvalidBSON:
            with pytest.raises(InvalidBSON, match="DATETIME_AUTO"):
                decode_document(Codec(options), data)
        else:
            read = decode_document(Codec(options), data)["t"]
            assert read == theirs and type(read) is type(theirs) and str(read) == str(theirs), ms


@pytest.mark.parametrize(
    ("error", "value"),
    [
        (InvalidDocument, object()),
        (InvalidDocument, {1: 2}),
        (InvalidDocument, {"a\0": 1}),
        (InvalidDocument, {1, 2}),
        (InvalidDocument, datetime.date(2020, 1, 1)),
        (InvalidDocument, 1j),
        (InvalidDocument, re.compile("a\0b")),
        (OverflowError, 1 << 63),
        (UnicodeEncodeError, "\ud800"),
        (UnicodeEncodeError, {"\ud800": 1}),
    ],
)
def test_what_bson_has_no_place_for(error: type[Exception], value: Any) -> None:
    with pytest.raises(error):
        encode_document({"v": value})


def test_an_error_names_what_was_seen() -> None:
    with pytest.raises(InvalidDocument, match=r"cannot encode object: .*Fraction\(1, 2\).*Fraction"):
        from fractions import Fraction

        encode_document({"v": Fraction(1, 2)})
    with pytest.raises(InvalidDocument, match="key was 5"):
        encode_document({5: 1})  # type: ignore[dict-item]
    with pytest.raises(OverflowError, match="9223372036854775808"):
        encode_document({"v": 1 << 63})
    with pytest.raises(TypeError, match="mapping"):
        encode_document([1])  # type: ignore[arg-type]


def test_errors_of_the_users_own_code_come_through() -> None:
    class Broken(dict[str, Any]):
        def items(self) -> Any:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        encode_document({"v": Broken(a=1)})
    with pytest.raises(ZeroDivisionError):
        encode_document(Broken())


def test_depth_is_bounded() -> None:
    nested: dict[str, Any] = {}
    for _ in range(99):
        nested = {"a": nested}
    assert decode_document(Codec(STANDARD), encode_document(nested)) == nested
    with pytest.raises(InvalidDocument, match="deeper than 100"):
        encode_document({"a": nested})
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(InvalidDocument, match="deeper than 100"):
        encode_document({"a": loop})


@given(st.binary(max_size=80))
@settings(max_examples=1000)
def test_bytes_are_a_document_or_an_error(data: bytes) -> None:
    codec = Codec(STANDARD)
    for candidate in (data, (len(data) + 5).to_bytes(4, "little") + data + b"\0"):
        try:
            read = decode_document(codec, candidate)
        except InvalidBSON:
            continue
        assert isinstance(read, dict)


def test_documents_of_other_classes() -> None:
    data = encode_document({"b": 1, "a": {"c": [{"d": 1}]}})
    son = decode_document(Codec(STANDARD.with_options(document_class=SON)), data)  # type: ignore[type-var]
    assert type(son) is SON and type(son["a"]) is SON and type(son["a"]["c"][0]) is SON and list(son) == ["b", "a"]
    raw = decode_document(Codec(STANDARD.with_options(document_class=RawBSONDocument)), data)
    assert type(raw) is RawBSONDocument and raw.raw == data
