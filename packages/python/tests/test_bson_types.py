"""Our own classes, by what is known of BSON and not by comparing: this runs without pymongo too."""

from __future__ import annotations

import copy
import datetime
import decimal
import os
import pickle
import re
import threading
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexuslite.bson._own.binary import (
    Binary,
    BinaryVector,
    BinaryVectorDtype,
    UuidRepresentation,
)
from nexuslite.bson._own.code import Code
from nexuslite.bson._own.codec_options import (
    CodecOptions,
    DatetimeConversion,
    TypeDecoder,
    TypeEncoder,
    TypeRegistry,
)
from nexuslite.bson._own.datetime_ms import DatetimeMS
from nexuslite.bson._own.dbref import DBRef
from nexuslite.bson._own.decimal128 import (
    Decimal128,
    DecimalDecoder,
    DecimalEncoder,
    create_decimal128_context,
)
from nexuslite.bson.errors import BSONError, InvalidBSON, InvalidDocument, InvalidId
from nexuslite.bson._own.int64 import Int64
from nexuslite.bson._own.max_key import MaxKey
from nexuslite.bson._own.min_key import MinKey
from nexuslite.bson._own.objectid import ObjectId
from nexuslite.bson._own.raw_bson import DEFAULT_RAW_BSON_OPTIONS, RawBSONDocument
from nexuslite.bson._own.regex import Regex, str_flags_to_int
from nexuslite.bson._own.son import SON
from nexuslite.bson._own.timestamp import Timestamp
from nexuslite.bson._own.tz_util import FixedOffset, utc

# No example is timed, and one that fails is printed with what repeats it.
settings.register_profile("nexuslite", deadline=None, database=None, print_blob=True)
settings.load_profile("nexuslite")

HOUR_EAST = FixedOffset(60, "east")


# ObjectId


def test_objectid_holds_seconds_randomness_and_a_counter() -> None:
    first, second = ObjectId(), ObjectId()
    assert first.binary[4:9] == second.binary[4:9]
    assert (int.from_bytes(second.binary[9:], "big") - int.from_bytes(first.binary[9:], "big")) % (
        1 << 24
    ) == 1
    age = datetime.datetime.now(datetime.timezone.utc) - first.generation_time
    assert datetime.timedelta(0) <= age < datetime.timedelta(minutes=5)


def test_objectids_of_many_threads_are_all_different() -> None:
    made: list[ObjectId] = []
    threads = [threading.Thread(target=lambda: made.extend(ObjectId() for _ in range(500))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 4000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_objectids_of_a_child_process_have_their_own_randomness() -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, ObjectId().binary)
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reader, 12)
    os.close(reader)
    os.close(writer)
    assert theirs[4:9] != ObjectId().binary[4:9]


@given(st.binary(min_size=12, max_size=12))
def test_objectid_is_the_same_from_bytes_and_from_text(data: bytes) -> None:
    oid = ObjectId(data)
    assert ObjectId(str(oid)) == oid == ObjectId(oid) == ObjectId(data.hex().upper())
    assert (oid.binary, str(oid), repr(oid)) == (data, data.hex(), f"ObjectId('{data.hex()}')")
    assert hash(oid) == hash(ObjectId(data))
    assert oid.generation_time == datetime.datetime.fromtimestamp(int.from_bytes(data[:4], "big"), utc)


@pytest.mark.parametrize("bad", ["", "z" * 24, "0" * 23, "0" * 25, "00 11 22 33 44 55 66 77", " " * 24])
def test_objectid_refuses_text_that_is_none(bad: str) -> None:
    with pytest.raises(InvalidId, match=re.escape(repr(bad))):
        ObjectId(bad)
    assert not ObjectId.is_valid(bad)


@pytest.mark.parametrize("bad", [5, b"abc", bytearray(12), 1.5])
def test_objectid_refuses_other_types(bad: Any) -> None:
    with pytest.raises(TypeError, match="id must be an instance of"):
        ObjectId(bad)
    assert not ObjectId.is_valid(bad)


def test_objectid_orders_with_its_like_only() -> None:
    low, high = ObjectId(bytes(12)), ObjectId(b"\xff" * 12)
    assert low < high and high > low and low <= low and high >= high and low != high
    with pytest.raises(TypeError):
        low < 5  # noqa: B015
    assert low != bytes(12)


def test_objectid_of_a_time_is_the_smallest_of_its_second() -> None:
    time = datetime.datetime(2010, 1, 1, 1, 0, 0, 900_000, HOUR_EAST)
    oid = ObjectId.from_datetime(time)
    assert str(oid) == "4b3d3b000000000000000000"
    assert oid == ObjectId.from_datetime(datetime.datetime(2010, 1, 1))


# Binary


def test_binary_is_equal_to_its_like_only() -> None:
    assert Binary(b"a", 5) == Binary(b"a", 5) != Binary(b"a", 6)
    assert Binary(b"a") != b"a" and Binary(b"a") != b"a"
    assert hash(Binary(b"a", 5)) == hash(Binary(b"a", 5))
    assert Binary(b"a") + b"b" == b"ab"


def test_binary_refuses_what_is_no_bytes_and_no_subtype() -> None:
    for data in (5, "a", [1, 2], None):
        with pytest.raises(TypeError):
            Binary(data)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="subtype"):
        Binary(b"", "4")  # type: ignore[arg-type]
    for subtype in (-1, 256):
        with pytest.raises(ValueError, match="subtype"):
            Binary(b"", subtype)


def test_binary_does_not_show_what_is_sensitive() -> None:
    assert repr(Binary(b"a", 5)) == "Binary(b'a', 5)"
    assert "secret" not in repr(Binary(b"secret", 8))


UUID = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")


@pytest.mark.parametrize(
    ("representation", "subtype", "stored"),
    [
        (UuidRepresentation.STANDARD, 4, "00112233445566778899aabbccddeeff"),
        (UuidRepresentation.PYTHON_LEGACY, 3, "00112233445566778899aabbccddeeff"),
        (UuidRepresentation.JAVA_LEGACY, 3, "7766554433221100ffeeddccbbaa9988"),
        (UuidRepresentation.CSHARP_LEGACY, 3, "33221100554477668899aabbccddeeff"),
    ],
)
def test_binary_stores_a_uuid_as_its_representation_says(
    representation: int, subtype: int, stored: str
) -> None:
    binary = Binary.from_uuid(UUID, representation)
    assert (binary.hex(), binary.subtype) == (stored, subtype)
    assert binary.as_uuid(representation) == UUID


def test_binary_refuses_a_uuid_of_another_representation() -> None:
    for binary, representation in (
        (Binary(b"a" * 16, 3), UuidRepresentation.STANDARD),
        (Binary(b"a" * 16, 4), UuidRepresentation.PYTHON_LEGACY),
        (Binary(b"a" * 16, 0), UuidRepresentation.STANDARD),
        (Binary(b"a" * 15, 4), UuidRepresentation.STANDARD),
        (Binary(b"a" * 16, 4), UuidRepresentation.UNSPECIFIED),
        (Binary(b"a" * 16, 4), 9),
    ):
        with pytest.raises(ValueError):
            binary.as_uuid(representation)
    for representation in (UuidRepresentation.UNSPECIFIED, 9):
        with pytest.raises(ValueError):
            Binary.from_uuid(UUID, representation)
    with pytest.raises(TypeError):
        Binary.from_uuid("a")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("numbers", "dtype", "padding", "stored"),
    [
        ([1, -2], BinaryVectorDtype.INT8, 0, "030001fe"),
        ([1.5], BinaryVectorDtype.FLOAT32, 0, "27000000c03f"),
        ([127, 8], BinaryVectorDtype.PACKED_BIT, 3, "10037f08"),
        ([], BinaryVectorDtype.INT8, 0, "0300"),
    ],
)
def test_binary_stores_a_vector(
    numbers: list[Any], dtype: BinaryVectorDtype, padding: int, stored: str
) -> None:
    binary = Binary.from_vector(numbers, dtype, padding)
    assert (binary.hex(), binary.subtype) == (stored, 9)
    vector = binary.as_vector()
    assert vector == BinaryVector(numbers, dtype, padding)
    assert Binary.from_vector(vector) == binary


def test_binary_refuses_a_vector_that_is_none() -> None:
    for stored in ("", "03", "2700aa", "0301aa", "9900", "1008ff", "1001"):
        with pytest.raises(ValueError):
            Binary(bytes.fromhex(stored), 9).as_vector()
    with pytest.raises(ValueError, match="zero"):
        Binary.from_vector([255], BinaryVectorDtype.PACKED_BIT, 1)
    with pytest.raises(ValueError, match="subtype 5"):
        Binary(b"abc", 5).as_vector()


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


# Keys, numbers, expressions, code


def test_min_key_is_before_and_max_key_after_everything() -> None:
    other: Any
    for other in (5, "a", None, MaxKey()):
        assert MinKey() < other and MinKey() <= other and not MinKey() > other and not MinKey() >= other
    for other in (5, "a", None, MinKey()):
        assert MaxKey() > other and MaxKey() >= other and not MaxKey() < other and not MaxKey() <= other
    mixed: list[Any] = [3, MaxKey(), 1, MinKey()]
    assert sorted(mixed) == [MinKey(), 1, 3, MaxKey()]
    assert MinKey() == MinKey() <= MinKey() and not MinKey() < MinKey()
    assert MaxKey() == MaxKey() >= MaxKey() and not MaxKey() > MaxKey()
    assert {MinKey(): 1}[MinKey()] == 1 and MinKey() != MaxKey()
    assert (repr(MinKey()), repr(MaxKey())) == ("MinKey()", "MaxKey()")


@given(st.integers())
def test_int64_is_an_int(number: int) -> None:
    assert (
        Int64(number) == number and hash(Int64(number)) == hash(number) and str(Int64(number)) == str(number)
    )
    assert pickle.loads(pickle.dumps(Int64(number))) == number
    assert type(copy.copy(Int64(number))) is Int64


def test_regex_takes_flags_as_numbers_and_as_letters() -> None:
    assert Regex("a", "ix") == Regex("a", re.I | re.X) != Regex("a")
    assert str_flags_to_int("iq") == re.I
    assert Regex("(?<").pattern == "(?<"
    compiled = Regex("^a", "im").try_compile()
    assert compiled.match("A") and Regex.from_native(re.compile("a", re.I)) == Regex("a", re.I | re.U)
    with pytest.raises(re.error):
        Regex("(").try_compile()
    bad: Any
    for bad in ((5, 0), ("a", None), ("a", 1.5), (re.compile("a"), 0)):
        with pytest.raises(TypeError):
            Regex(*bad)
    with pytest.raises(TypeError):
        Regex.from_native("a")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        hash(Regex("a"))


def test_code_is_text_with_a_scope() -> None:
    code = Code(Code("a", {"b": 1, "c": 1}), {"c": 2}, d=3)
    assert str(code) == "a" and code.scope == {"b": 1, "c": 2, "d": 3}
    assert Code("a") == Code("a") != Code("a", {}) and Code("a") != "a"
    assert Code("a").scope is None and repr(Code("a", {"b": 1})) == "Code('a', {'b': 1})"
    for bad_code, bad_scope in ((5, None), ("a", 5)):
        with pytest.raises(TypeError):
            Code(bad_code, bad_scope)  # type: ignore[arg-type]


# SON and DBRef


def test_son_counts_its_order_against_its_like_only() -> None:
    son = SON([("b", 1), ("a", 2)])
    assert son == SON(b=1, a=2) != SON([("a", 2), ("b", 1)])
    assert son == {"a": 2, "b": 1} and dict(son) == {"a": 2, "b": 1}
    assert repr(son) == "SON([('b', 1), ('a', 2)])"
    assert son.values() == [1, 2] and list(son.itervalues()) == [1, 2] and list(son.iterkeys()) == ["b", "a"]
    assert son.popitem() == ("b", 1) and son.has_key("a") and not son.has_key("b")
    with pytest.raises(KeyError):
        SON().popitem()


def test_son_becomes_plain_all_the_way_down() -> None:
    plain: dict[str, Any] = SON(a=SON(b=[SON(c=1)])).to_dict()
    assert plain == {"a": {"b": [{"c": 1}]}}
    assert type(plain["a"]) is dict and type(plain["a"]["b"][0]) is dict


def test_son_is_copied_with_its_cycles() -> None:
    son: SON[str, Any] = SON(a=[1])
    son["self"] = son
    other = copy.deepcopy(son)
    assert other["self"] is other and other["a"] is not son["a"] and type(other) is SON
    assert type(SON(a=1).copy()) is SON


def test_dbref_is_a_document_and_equal_by_all_of_it() -> None:
    ref = DBRef("c", 1, "d", foo=3)
    assert ref.as_doc() == SON([("$ref", "c"), ("$id", 1), ("$db", "d"), ("foo", 3)])
    assert ref == DBRef("c", 1, "d", {"foo": 3}) != DBRef("c", 1, "d") != DBRef("c", 1)
    assert hash(ref) == hash(DBRef("c", 1, "d", foo=3))
    assert repr(ref) == "DBRef('c', 1, 'd', foo=3)" and ref.foo == 3
    assert copy.deepcopy(ref) == ref == copy.copy(ref)
    with pytest.raises(AttributeError, match="bar"):
        ref.bar  # noqa: B018
    for collection, database in ((5, None), ("c", 5)):
        with pytest.raises(TypeError):
            DBRef(collection, 1, database)  # type: ignore[arg-type]


# Options


def test_codec_options_refuse_what_cannot_be_meant() -> None:
    for options in (
        {"document_class": 5},
        {"document_class": list},
        {"tz_aware": 5},
        {"uuid_representation": 9},
        {"uuid_representation": None},
        {"unicode_decode_error_handler": 5},
        {"tz_aware": True, "tzinfo": 5},
        {"tzinfo": utc},
        {"type_registry": 5},
        {"unknown": 5},
    ):
        with pytest.raises((TypeError, ValueError)):
            CodecOptions(**options)


def test_codec_options_change_by_copies() -> None:
    options: CodecOptions[Any] = CodecOptions(tz_aware=True)
    other = options.with_options(tzinfo=utc, document_class=SON)
    assert (other.tz_aware, other.tzinfo, other.document_class) == (True, utc, SON)
    assert options.tzinfo is None and CodecOptions() == CodecOptions() != options
    assert "datetime_conversion=DatetimeConversion.DATETIME)" in repr(options)


def test_type_registry_refuses_codecs_that_are_none() -> None:
    class Encoder(TypeEncoder):
        python_type = complex

        def transform_python(self, value: Any) -> Any:
            return [value.real, value.imag]

    assert TypeRegistry([Encoder()]) != TypeRegistry() == TypeRegistry()
    for arguments in ([5], 5):
        with pytest.raises(TypeError):
            TypeRegistry(arguments)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        TypeRegistry(fallback_encoder=5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        TypeDecoder()  # type: ignore[abstract]


# Documents as bytes


def test_raw_document_refuses_a_length_that_is_not_its_own() -> None:
    for data in (b"", b"abc", b"\x05\0\0\0\x01", b"\x06\0\0\0\0", b"\x05\0\0\0\0\0", b"\xff\xff\xff\xff\0"):
        with pytest.raises(InvalidBSON):
            RawBSONDocument(data)
    with pytest.raises(TypeError):
        RawBSONDocument("a")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="document class"):
        RawBSONDocument(b"\x05\0\0\0\0", CodecOptions())
    assert RawBSONDocument(b"\x05\0\0\0\0") == RawBSONDocument(b"\x05\0\0\0\0", DEFAULT_RAW_BSON_OPTIONS)
    assert RawBSONDocument(b"\x05\0\0\0\0") != {}


def test_errors_are_one_family() -> None:
    for error in (InvalidBSON, InvalidDocument, InvalidId):
        assert issubclass(error, BSONError)
    assert InvalidDocument("no", {"a": 1}).document == {"a": 1}
