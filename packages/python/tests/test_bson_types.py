"""Our own classes, by what is known of BSON and not by comparing: this runs without pymongo too."""

from __future__ import annotations

import copy
import datetime
import os
import pickle
import re
import threading
import uuid
from typing import Any

import pytest
from hypothesis import given
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
from nexuslite.bson._own.dbref import DBRef
from nexuslite.bson.errors import BSONError, InvalidBSON, InvalidDocument, InvalidId
from nexuslite.bson._own.int64 import Int64
from nexuslite.bson._own.max_key import MaxKey
from nexuslite.bson._own.min_key import MinKey
from nexuslite.bson._own.objectid import ObjectId
from nexuslite.bson._own.raw_bson import DEFAULT_RAW_BSON_OPTIONS, RawBSONDocument
from nexuslite.bson._own.regex import Regex, str_flags_to_int
from nexuslite.bson._own.son import SON
from nexuslite.bson._own.tz_util import FixedOffset, utc

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
