"""Our own classes of numbers and times, by what is known of BSON and not by comparing: this runs without pymongo too."""

from __future__ import annotations

import copy
import datetime
import decimal
import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexuslite.bson._own.codec_options import CodecOptions, DatetimeConversion, TypeRegistry
from nexuslite.bson._own.datetime_ms import DatetimeMS
from nexuslite.bson._own.decimal128 import (
    Decimal128,
    DecimalDecoder,
    DecimalEncoder,
    create_decimal128_context,
)
from nexuslite.bson.errors import InvalidBSON
from nexuslite.bson._own.timestamp import Timestamp
from nexuslite.bson._own.tz_util import FixedOffset, utc

HOUR_EAST = FixedOffset(60, "east")


# Decimal128


KNOWN_DECIMALS = [
    # text, the sixteen bytes of it in hexadecimal
    ("NaN", "0000000000000000000000000000007c"),
    ("Infinity", "00000000000000000000000000000078"),
    ("-Infinity", "000000000000000000000000000000f8"),
    ("0", "00000000000000000000000000004030"),
    ("-0", "000000000000000000000000000040b0"),
    ("0E-6176", "00000000000000000000000000000000"),
    ("0E+6111", "0000000000000000000000000000fe5f"),
    ("1", "01000000000000000000000000004030"),
    ("-1.50", "96000000000000000000000000003cb0"),
    ("1E-6176", "01000000000000000000000000000000"),
    ("9.999999999999999999999999999999999E+6144", "ffffffff638e8d37c087adbe09edff5f"),
    ("1.000000000000000000000000000000000E+6144", "000000000a5bc138938d44c64d31fe5f"),
    ("1234567890123456789012345678901234", "f2af967ed05c82de3297ff6fde3c4030"),
]


@pytest.mark.parametrize(("text", "stored"), KNOWN_DECIMALS)
def test_decimal128_is_stored_as_the_standard_says(text: str, stored: str) -> None:
    number = Decimal128(text)
    assert number.bid.hex() == stored
    assert Decimal128.from_bid(bytes.fromhex(stored)) == number
    assert str(number) == text
    assert repr(number) == f"Decimal128('{text}')"
    assert (
        Decimal128((int.from_bytes(number.bid[8:], "little"), int.from_bytes(number.bid[:8], "little")))
        == number
    )


DIGITS = st.integers(-(10**34) + 1, 10**34 - 1)


@given(DIGITS, st.integers(-6176, 6111))
def test_decimal128_keeps_every_digit_and_the_exponent(coefficient: int, exponent: int) -> None:
    sign, digits = int(coefficient < 0), tuple(map(int, str(abs(coefficient))))
    number = Decimal((sign, digits, exponent))
    back = Decimal128(number).to_decimal()
    assert back.as_tuple() == number.as_tuple()
    assert Decimal128(str(number)) == Decimal128(number)


@given(st.binary(min_size=16, max_size=16))
def test_decimal128_reads_any_sixteen_bytes(data: bytes) -> None:
    number = Decimal128.from_bid(data)
    assert number.bid == data
    value = number.to_decimal()
    assert value.is_signed() == bool(data[15] & 0x80)
    if value.is_finite():
        # What is not written as the standard prefers it is a zero, and is written so again.
        again = Decimal128(value).to_decimal()
        assert again.as_tuple() == value.as_tuple()


@pytest.mark.parametrize("text", ["1E+6145", "1E-6177", "12345678901234567890123456789012345", "0.1E-6176"])
def test_decimal128_refuses_what_does_not_fit_exactly(text: str) -> None:
    for value in (text, Decimal(text)):
        with pytest.raises((decimal.Inexact, decimal.Overflow)):
            Decimal128(value)


def test_decimal128_brings_an_exponent_into_range_where_no_digit_is_lost() -> None:
    assert str(Decimal128("10E-6177")) == "1E-6176"
    assert str(Decimal128("1E+6112")) == "1.0E+6112"
    assert str(Decimal128("0E+9000")) == "0E+6111"
    assert str(Decimal128("0E-9000")) == "0E-6176"


@pytest.mark.parametrize("text", ["", "abc", " 1", "1_0", "1.2.3"])
def test_decimal128_refuses_text_that_is_no_number(text: str) -> None:
    with pytest.raises(decimal.InvalidOperation):
        Decimal128(text)


@pytest.mark.parametrize("value", [5, 1.5, None, b"1", (1, 2, 3), [1], (-1, 0), (0, 2**64)])
def test_decimal128_refuses_other_values(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        Decimal128(value)


def test_decimal128_is_equal_by_its_bits() -> None:
    assert Decimal128("1") == Decimal128("1") != Decimal128("1.0")
    assert Decimal128("NaN") == Decimal128("NaN") != Decimal128("-NaN")
    assert Decimal128("1") != Decimal(1)
    with pytest.raises(TypeError):
        hash(Decimal128("1"))


def test_decimal128_leaves_the_callers_context_alone() -> None:
    with decimal.localcontext(decimal.Context(prec=3, traps=[])) as context:
        assert str(Decimal128("1234567")) == "1234567"
        assert str(Decimal128("1234567").to_decimal()) == "1234567"
        assert not any(context.flags.values())


def test_decimal128_context_rounds_what_does_not_fit() -> None:
    with decimal.localcontext(create_decimal128_context()):
        assert str(Decimal128(Decimal(1) / Decimal(3))) == "0." + "3" * 34


def test_decimal_codecs_translate() -> None:
    assert DecimalEncoder().transform_python(Decimal("1.0")) == Decimal128("1.0")
    assert DecimalDecoder().transform_bson(Decimal128("1.0")) == Decimal("1.0")
    registry = TypeRegistry([DecimalEncoder(), DecimalDecoder()])
    assert len(registry.codecs) == 2


# Times


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_datetime_ms_is_the_same_as_the_datetime_in_range(millis: int) -> None:
    time = DatetimeMS(millis).as_datetime()
    assert time == datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=millis)
    assert int(DatetimeMS(time)) == millis
    aware = DatetimeMS(millis).as_datetime(CodecOptions(tz_aware=True))
    assert aware.utcoffset() == datetime.timedelta(0) and int(DatetimeMS(aware)) == millis


def test_datetime_ms_cuts_off_what_is_finer_than_a_millisecond() -> None:
    assert int(DatetimeMS(datetime.datetime(1970, 1, 1, 0, 0, 0, 1999))) == 1
    assert int(DatetimeMS(datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999))) == -1
    assert int(DatetimeMS(datetime.datetime(1970, 1, 1, 1, tzinfo=HOUR_EAST))) == 0
    assert int(DatetimeMS(datetime.datetime.min.replace(tzinfo=HOUR_EAST))) == -62_135_596_800_000 - 3_600_000


def test_datetime_ms_becomes_what_the_conversion_says() -> None:
    last, beyond = 253_402_300_799_999, 253_402_300_800_000
    options = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_CLAMP)
    assert DatetimeMS(beyond).as_datetime(options) == datetime.datetime(9999, 12, 31, 23, 59, 59, 999_000)
    assert DatetimeMS(-(1 << 62)).as_datetime(options) == datetime.datetime.min
    options = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_AUTO)
    assert DatetimeMS(beyond).as_datetime(options) == DatetimeMS(beyond)
    assert isinstance(DatetimeMS(last).as_datetime(options), datetime.datetime)
    options = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)
    assert DatetimeMS(0).as_datetime(options) == DatetimeMS(0)
    for bad in (beyond, 1 << 62, -(1 << 62)):
        with pytest.raises(InvalidBSON, match=str(bad)):
            DatetimeMS(bad).as_datetime()


def test_datetime_ms_orders_with_its_like_and_with_numbers() -> None:
    assert DatetimeMS(5) < DatetimeMS(6) and DatetimeMS(5) <= 5 and DatetimeMS(5) > 4 and DatetimeMS(5) >= 5
    assert DatetimeMS(5) != 5
    assert hash(DatetimeMS(5)) == hash(DatetimeMS(5))
    with pytest.raises(TypeError):
        DatetimeMS(5) < "a"  # type: ignore[operator]  # noqa: B015
    for bad in (2**63, -(2**63) - 1):
        with pytest.raises(OverflowError):
            DatetimeMS(bad)
    for other in ("a", 1.5, None):
        with pytest.raises(TypeError):
            DatetimeMS(other)  # type: ignore[arg-type]


@given(
    st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)
)
def test_timestamps_order_by_time_and_then_by_number(a: int, b: int, c: int, d: int) -> None:
    one, two = Timestamp(a, b), Timestamp(c, d)
    assert (one < two, one <= two, one > two, one >= two, one == two) == (
        (a, b) < (c, d),
        (a, b) <= (c, d),
        (a, b) > (c, d),
        (a, b) >= (c, d),
        (a, b) == (c, d),
    )
    assert hash(Timestamp(a, b)) == hash(one)
    assert repr(one) == f"Timestamp({a}, {b})"


def test_timestamp_refuses_what_does_not_fit() -> None:
    for time, inc in ((-1, 0), (2**32, 0), (0, -1), (0, 2**32)):
        with pytest.raises(ValueError):
            Timestamp(time, inc)
    bad: Any
    for bad in (("1", 0), (1.5, 0), (0, "1")):
        with pytest.raises(TypeError):
            Timestamp(*bad)
    assert Timestamp(datetime.datetime(2010, 1, 1, 1, tzinfo=HOUR_EAST), 3) == Timestamp(1_262_304_000, 3)
    assert Timestamp(1, 0).as_datetime() == datetime.datetime(1970, 1, 1, 0, 0, 1, tzinfo=utc)


def test_fixed_offset_is_a_time_zone() -> None:
    time = datetime.datetime(2020, 1, 1, tzinfo=HOUR_EAST)
    assert (time.utcoffset(), time.tzname(), time.dst()) == (
        datetime.timedelta(hours=1),
        "east",
        datetime.timedelta(0),
    )
    assert FixedOffset(datetime.timedelta(hours=1), "x").utcoffset(None) == HOUR_EAST.utcoffset(None)
    assert repr(pickle.loads(pickle.dumps(HOUR_EAST))) == repr(HOUR_EAST)
    assert copy.deepcopy(utc).tzname(None) == "UTC"
