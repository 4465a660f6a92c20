"""Our own classes against pymongo's, value by value: the same answers, or an error of the same class."""

from __future__ import annotations

import datetime
import pickle
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from beside_pymongo import COMPARISONS, Case, check, check_pairs

# pymongo warns of what it means to drop, and of flags that Python means to drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TWELVE = st.binary(min_size=12, max_size=12)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.binary(max_size=16),
)
TIMES = st.datetimes() | st.datetimes(
    timezones=st.just(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
)


@given(TWELVE, TWELVE)
def test_objectids_behave_alike(one: bytes, two: bytes) -> None:
    check_pairs(lambda b, v: b.ObjectId(v) if isinstance(v, bytes) else v, one, two)
    check(
        lambda b: b.ObjectId(one).binary,
        lambda b: b.ObjectId(one).generation_time,
        lambda b: b.ObjectId(one).__getstate__(),
        lambda b: b.ObjectId(b.ObjectId(one)),
        lambda b: b.ObjectId(one.hex().upper()),
        lambda b: b.ObjectId.is_valid(one),
    )


@given(ANYTHING | st.from_regex(r"[0-9a-fA-F ]{24}", fullmatch=True))
@example("00 11 22 33 44 55 66 77")
@example("Ａ" * 24)
def test_objectids_are_made_and_refused_alike(value: Any) -> None:
    check(lambda b: b.ObjectId.is_valid(value))
    if value is not None:
        check(lambda b: b.ObjectId(value))


@given(TIMES)
@example(datetime.datetime(1969, 12, 31, 23, 59, 59))
@example(datetime.datetime(2106, 2, 7, 6, 28, 15))
def test_times_behave_alike(time: datetime.datetime) -> None:
    check(
        lambda b: b.DatetimeMS(time),
        lambda b: b.DatetimeMS(time).as_datetime(),
        lambda b: b.Timestamp(time, 1),
    )
    # Where the time in UTC is outside of what a datetime holds, pymongo raises OverflowError for the same refusal.
    if 1 < time.year < 9999:
        check(lambda b: b.ObjectId.from_datetime(time))


MILLIS = (
    st.integers(-(1 << 63), (1 << 63) - 1)
    | st.integers(-62_135_596_800_500, -62_135_596_799_500)
    | st.integers(253_402_300_799_500, 253_402_300_800_500)
)


@given(MILLIS, MILLIS | st.integers(), st.sampled_from([1, 2, 3, 4]), st.sampled_from([None, 0, 60, -90]))
def test_datetime_ms_behaves_alike(one: int, two: int, conversion: int, minutes: int | None) -> None:
    check_pairs(lambda b, v: b.DatetimeMS(v), one, two)

    def convert(b: Any) -> Any:
        zone = None if minutes is None else b.FixedOffset(minutes, "zone")
        options = b.CodecOptions(
            tz_aware=minutes is not None, tzinfo=zone, datetime_conversion=b.DatetimeConversion(conversion)
        )
        return b.DatetimeMS(one).as_datetime(options)

    check(convert, lambda b: int(b.DatetimeMS(one)))


@given(ANYTHING)
def test_datetime_ms_is_refused_alike(value: Any) -> None:
    check(
        lambda b: b.DatetimeMS(value), lambda b: b.DatetimeMS(0) == value, lambda b: b.DatetimeMS(0) < value
    )


WORD = st.integers(0, 2**32 - 1)


@given(st.tuples(WORD, WORD), st.tuples(WORD, WORD))
def test_timestamps_behave_alike(one: tuple[int, int], two: tuple[int, int]) -> None:
    check_pairs(lambda b, v: b.Timestamp(*v), one, two)
    check(
        lambda b: b.Timestamp(*one).as_datetime(),
        lambda b: (b.Timestamp(*one).time, b.Timestamp(*one).inc),
        lambda b: sorted(b.Timestamp(*one).__getstate__().items()),
    )


@given(ANYTHING, ANYTHING)
def test_timestamps_are_refused_alike(time: Any, inc: Any) -> None:
    check(lambda b: b.Timestamp(time, inc))


@given(st.binary(max_size=20), st.binary(max_size=20), st.integers(0, 255))
def test_binaries_behave_alike(one: bytes, two: bytes, subtype: int) -> None:
    check_pairs(lambda b, v: b.Binary(v, subtype), one, two)
    check(
        lambda b: b.Binary(one, subtype) == b.Binary(one, 0),
        lambda b: one == b.Binary(one, subtype),
        lambda b: b.Binary(one, subtype) + two,
        lambda b: b.Binary(b.Binary(one, subtype)),
        lambda b: b.Binary(one, subtype).as_uuid(),
        lambda b: b.Binary(one, subtype).__getnewargs__(),
        lambda b: bytes(b.Binary(bytearray(one))),
    )


@given(ANYTHING | st.lists(st.integers(0, 255)), st.integers(-2, 258) | ANYTHING)
def test_binaries_are_refused_alike(data: Any, subtype: Any) -> None:
    check(lambda b: b.Binary(data, subtype))


REPRESENTATIONS = st.sampled_from([0, 3, 4, 5, 6, 7])


@given(st.uuids(), REPRESENTATIONS, REPRESENTATIONS)
def test_uuids_are_stored_alike(value: uuid.UUID, one: int, two: int) -> None:
    check(
        lambda b: b.Binary.from_uuid(value, one),
        lambda b: b.Binary.from_uuid(value, one).as_uuid(two),
        lambda b: b.Binary.from_uuid(value),
    )


@given(
    st.lists(st.integers(-130, 260)) | st.lists(st.floats(width=32, allow_nan=False)),
    st.sampled_from(["INT8", "FLOAT32", "PACKED_BIT"]),
    st.integers(-1, 9),
)
def test_vectors_are_stored_alike(numbers: list[Any], dtype: str, padding: int) -> None:
    check(
        lambda b: b.Binary.from_vector(numbers, b.BinaryVectorDtype[dtype], padding),
        lambda b: b.Binary.from_vector(numbers, b.BinaryVectorDtype[dtype], padding).as_vector(),
        lambda b: b.BinaryVector(numbers, b.BinaryVectorDtype[dtype], padding),
    )


@given(
    st.binary(max_size=12)
    | st.builds(bytes.__add__, st.sampled_from([b"\x03\0", b"\x27\0", b"\x10\3"]), st.binary())
)
def test_vectors_are_read_alike(data: bytes) -> None:
    check(lambda b: b.Binary(data, 9).as_vector())


FINITE = st.builds(
    lambda sign, coefficient, exponent: Decimal((sign, tuple(map(int, str(coefficient))), exponent)),
    st.integers(0, 1),
    st.integers(0, 10**36),
    st.integers(-6250, 6200),
)
NUMBERS = (
    FINITE | st.decimals() | st.sampled_from(["-sNaN", "NaN1", "Infinity", "-0E-6176", "1E6145"]).map(Decimal)
)


@given(NUMBERS, NUMBERS)
@example(Decimal("9.999999999999999999999999999999999E+6144"), Decimal("1E-6176"))
@example(Decimal("9.9999999999999999999999999999999999E+6144"), Decimal("1E-6177"))
def test_decimals_behave_alike(one: Decimal, two: Decimal) -> None:
    check_pairs(lambda b, v: b.Decimal128(v), one, two)
    check(
        lambda b: b.Decimal128(one).bid,
        lambda b: b.Decimal128(one).to_decimal().as_tuple(),
        lambda b: b.Decimal128(str(one)),
        lambda b: b.Decimal128(one).__getstate__(),
    )


@given(st.binary(min_size=16, max_size=16))
@example(bytes(14) + b"\x00\x60")
@example(b"\xff" * 14 + b"\xff\x6b")
@example(bytes(15) + b"\x78")
@example(bytes(15) + b"\xfe")
@example(b"\xff" * 14 + b"\x41\x30")
def test_decimals_are_read_alike(data: bytes) -> None:
    check(
        lambda b: b.Decimal128.from_bid(data),
        lambda b: b.Decimal128.from_bid(data).bid,
        lambda b: b.Decimal128.from_bid(data).to_decimal().as_tuple(),
    )


@given(ANYTHING | st.from_regex(r"[+-]?[0-9]{1,36}(\.[0-9]{0,3})?([eE][+-]?[0-9]{1,4})?", fullmatch=True))
def test_decimals_are_made_and_refused_alike(value: Any) -> None:
    check(lambda b: b.Decimal128(value), lambda b: b.Decimal128.from_bid(value))


@given(
    st.text(max_size=5) | st.binary(max_size=5),
    st.text("ilmsuxq", max_size=6) | st.integers(0, 256),
    st.text("ix"),
)
def test_expressions_behave_alike(pattern: Any, flags: Any, others: Any) -> None:
    check_pairs(lambda b, v: b.Regex(pattern, v), flags, others)
    check(
        lambda b: b.Regex(pattern, flags).try_compile(),
        lambda b: (b.Regex(pattern, flags).pattern, b.Regex(pattern, flags).flags),
        lambda b: b.Regex(pattern) == re.compile("a"),
    )


@given(ANYTHING, ANYTHING)
def test_expressions_are_refused_alike(pattern: Any, flags: Any) -> None:
    check(
        lambda b: b.Regex(pattern, flags),
        lambda b: b.Regex.from_native(pattern),
        lambda b: b.Regex.from_native(re.compile("a", re.I)),
    )


SCOPES = st.none() | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)


@given(st.text(max_size=5), SCOPES, SCOPES)
def test_code_behaves_alike(code: str, one: Any, two: Any) -> None:
    check_pairs(lambda b, v: b.Code(code, v), one, two)
    check(
        lambda b: b.Code(b.Code(code, one), two),
        lambda b: b.Code(code, one, x=1).scope,
        lambda b: b.Code(code) == code,
        lambda b: b.Code(code) != code,
        lambda b: str(b.Code(code, one)),
    )


@given(ANYTHING, ANYTHING)
def test_code_is_refused_alike(code: Any, scope: Any) -> None:
    check(lambda b: b.Code(code, scope))


@given(ANYTHING)
def test_keys_behave_alike(value: Any) -> None:
    for name in ("MinKey", "MaxKey"):
        make: Case = lambda b, v, n=name: getattr(b, n)()  # noqa: E731
        check_pairs(make, None, None)
        for compare in COMPARISONS:
            check(
                lambda b, c=compare, n=name: c(getattr(b, n)(), value),
                lambda b, c=compare, n=name: c(value, getattr(b, n)()),
                lambda b, c=compare: c(b.MinKey(), b.MaxKey()),
                lambda b, c=compare: c(b.MaxKey(), b.MinKey()),
            )


@given(st.integers(), st.integers())
def test_int64s_behave_alike(one: int, two: int) -> None:
    check_pairs(lambda b, v: b.Int64(v), one, two)
    check(lambda b: b.Int64(one) + two, lambda b: b.Int64(str(one)), lambda b: b.Int64(one).__getstate__())


PAIRS = st.lists(st.tuples(st.text(max_size=2), st.integers(0, 3)), max_size=4)


@given(PAIRS, PAIRS)
def test_sons_behave_alike(one: list[Any], two: list[Any]) -> None:
    check_pairs(lambda b, v: b.SON(v), one, two)

    def changed(b: Any) -> Any:
        son = b.SON(one)
        son.update(two)
        son.setdefault("new", 5)
        son.pop("a", None)
        del son["new"]
        return (
            son,
            son.to_dict(),
            son.values(),
            list(son),
            list(son.keys()),
            list(son.items()),
            len(son),
            son.copy(),
        )

    check(
        changed,
        lambda b: b.SON(one).popitem(),
        lambda b: b.SON(one).pop("a"),
        lambda b: b.SON(one) == dict(two),
        lambda b: dict(one) == b.SON(two),
        lambda b: b.SON(dict(one), a=1),
        lambda b: b.SON([("a", [b.SON(one), {"b": b.SON(two)}])]).to_dict(),
        lambda b: list(b.SON(one).iterkeys()) + list(b.SON(one).itervalues()),
        lambda b: "a" in b.SON(one),
        lambda b: b.SON(one) | dict(two),
    )


IDS = st.integers() | st.lists(st.integers(), max_size=1)
EXTRA = st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)


@given(st.text(max_size=3), IDS, st.none() | st.text(max_size=3), EXTRA, EXTRA)
def test_references_behave_alike(collection: str, id: Any, database: Any, one: Any, two: Any) -> None:
    check_pairs(lambda b, v: b.DBRef(collection, id, database, v), one, two)
    check(
        lambda b: b.DBRef(collection, id, database, one).as_doc(),
        lambda b: b.DBRef(collection, id, database, one, more=1),
        lambda b: b.DBRef(collection, id) == b.DBRef(collection, id, database),
        lambda b: b.DBRef(collection, id).missing,
        lambda b: (
            b.DBRef(collection, id).collection,
            b.DBRef(collection, id).id,
            b.DBRef(collection, id).database,
        ),
    )


@given(ANYTHING, ANYTHING)
def test_references_are_refused_alike(collection: Any, database: Any) -> None:
    check(lambda b: b.DBRef(collection, 1, database))


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "document_class": st.sampled_from([dict, list, 5, None]),
        "tz_aware": st.sampled_from([True, False, 5, None]),
        "uuid_representation": st.sampled_from([0, 3, 4, 5, 6, 9, None]),
        "unicode_decode_error_handler": st.sampled_from(["strict", "ignore", 5, None]),
        "tzinfo": st.sampled_from([datetime.timezone.utc, None, 5]),
        "type_registry": st.sampled_from([None, 5]),
    },
)


@given(OPTIONS, OPTIONS)
def test_codec_options_behave_alike(one: dict[str, Any], two: dict[str, Any]) -> None:
    check(
        lambda b: b.CodecOptions(**one),
        lambda b: b.CodecOptions(**one).with_options(**two),
        lambda b: b.CodecOptions(**one) == b.CodecOptions(**two),
        lambda b: pickle.loads(pickle.dumps(b.CodecOptions(**one))),
        lambda b: b.CodecOptions(**one)._asdict(),
        lambda b: hash(b.CodecOptions(**one)),
        lambda b: b.CodecOptions(**one, datetime_conversion=b.DatetimeConversion.DATETIME_AUTO),
        lambda b: b.CodecOptions(document_class=b.SON).document_class.__name__,
        lambda b: b.TypeRegistry([one]),
        lambda b: b.TypeRegistry(fallback_encoder=5),
        lambda b: b.TypeRegistry([], len),
        lambda b: b.TypeRegistry() == b.TypeRegistry(fallback_encoder=len),
        lambda b: b.CodecOptions(document_class=dict[str, int]),
    )


@given(st.integers(-1400, 1400), st.text(max_size=3))
def test_offsets_behave_alike(minutes: int, name: str) -> None:
    check(
        lambda b: b.FixedOffset(minutes, name),
        lambda b: pickle.loads(pickle.dumps(b.FixedOffset(minutes, name))),
        lambda b: datetime.datetime(2020, 1, 1, tzinfo=b.FixedOffset(minutes, name)).isoformat(),
        lambda b: b.FixedOffset(minutes, name).__getinitargs__(),
        lambda b: b.utc,
    )
