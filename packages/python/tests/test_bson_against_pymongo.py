"""Our own classes against pymongo's, value by value: the same answers, or an error of the same class."""

from __future__ import annotations

import copy
import datetime
import importlib
import inspect
import io
import operator
import pickle
import re
import struct
import sys
import types
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

# No example is timed, and one that fails is printed with what repeats it.
settings.register_profile("nexuslite", deadline=None, database=None, print_blob=True)
settings.load_profile("nexuslite")

# The environment without pymongo runs test_bson_types.py, which needs nothing to compare with. Older versions answer
# otherwise in a few places, where they were mistaken.
if pytest.importorskip("pymongo", reason="compares with pymongo").version_tuple < (4, 20):
    pytest.skip("compares with pymongo 4.20 and later", allow_module_level=True)

# pymongo warns of what it means to drop, and of flags that Python means to drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MODULES = [
    "binary",
    "code",
    "codec_options",
    "datetime_ms",
    "dbref",
    "decimal128",
    "errors",
    "int64",
    "max_key",
    "min_key",
    "objectid",
    "raw_bson",
    "regex",
    "son",
    "timestamp",
    "tz_util",
]


class Side:
    """Every class of one of the two packages, by name."""

    def __init__(self, package: str, codec: str) -> None:
        for module in MODULES:
            door = importlib.import_module(f"nexuslite.bson.{module}")
            source = importlib.import_module(f"{package}.{module}")
            for name in door.__all__:
                setattr(self, name, getattr(source, name))
        for name in ("encode", "decode", "decode_all", "decode_iter", "decode_file_iter", "is_valid", "BSON"):
            setattr(self, name, getattr(importlib.import_module(codec), name))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


OURS = Side("nexuslite.bson._own", "nexuslite.bson._own.codec")
THEIRS = Side("bson", "bson")

Case = Callable[..., Any]


def outcome(case: Case, side: Side) -> Any:
    """What a case comes to: its text, or the name of the error."""
    try:
        value = case(side)
    except (struct.error, OverflowError) as error:
        # Where pymongo lets struct find out, we say ValueError.
        return "ValueError" if isinstance(error, struct.error) else "OverflowError"
    except Exception as error:
        return type(error).__name__
    if inspect.isgenerator(value):
        value = list(value)
    return f"{type(value).__name__}: {value!r}"


def check(*cases: Case) -> None:
    for case in cases:
        ours, theirs = outcome(case, OURS), outcome(case, THEIRS)
        assert ours == theirs, inspect.getsource(case)


COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


def check_pairs(make: Callable[[Any, Any], Any], one: Any, two: Any) -> None:
    """Every comparison, hash, text, copy and pickle of two values of one class."""
    for compare in COMPARISONS:
        check(lambda b, c=compare: c(make(b, one), make(b, two)))
        check(lambda b, c=compare: c(make(b, one), make(b, one)))
        check(lambda b, c=compare: c(make(b, one), one))
    check(
        lambda b: hash(make(b, one)) == hash(make(b, two)),
        lambda b: hash(make(b, one)),
        lambda b: str(make(b, one)),
        lambda b: repr(make(b, one)),
        lambda b: copy.copy(make(b, one)),
        lambda b: copy.deepcopy(make(b, one)),
        lambda b: pickle.loads(pickle.dumps(make(b, one))),
    )


# The shape of the classes


@pytest.mark.parametrize("module", MODULES)
def test_every_class_has_the_methods_of_pymongos(module: str) -> None:
    door = importlib.import_module(f"nexuslite.bson.{module}")
    for name in door.__all__:
        theirs, ours = getattr(THEIRS, name), getattr(OURS, name)
        if not inspect.isclass(theirs):
            continue
        for attribute in dir(theirs):
            if not attribute.startswith("_") or attribute == "_type_marker":
                assert hasattr(ours, attribute), f"{name}.{attribute}"
        assert getattr(ours, "_type_marker", None) == getattr(theirs, "_type_marker", None), name


# Where a signature is meant to be another one: numpy, and what only newer readers of types see.
OTHER_SIGNATURES = {"Binary.as_vector", "SON.update"}


@pytest.mark.parametrize("module", MODULES)
def test_every_signature_is_that_of_pymongos(module: str) -> None:
    door = importlib.import_module(f"nexuslite.bson.{module}")
    for name in door.__all__:
        theirs, ours = getattr(THEIRS, name), getattr(OURS, name)
        if not inspect.isclass(theirs):
            continue
        methods = [m for m in vars(theirs) if not m.startswith("_")] + ["__init__", "__new__"]
        for method in methods:
            own, pymongos = getattr(ours, method), getattr(theirs, method)
            if f"{name}.{method}" in OTHER_SIGNATURES or not callable(pymongos):
                continue
            if not (
                inspect.isroutine(pymongos) and isinstance(pymongos, (types.FunctionType, types.MethodType))
            ):
                continue
            if not isinstance(own, (types.FunctionType, types.MethodType)):
                continue
            assert shape(own) == shape(pymongos), f"{name}.{method}"


@pytest.mark.parametrize(
    "name", ["encode", "decode", "decode_all", "decode_iter", "decode_file_iter", "is_valid"]
)
def test_every_function_has_the_parameters_of_pymongos(name: str) -> None:
    assert [part[0] for part in shape(getattr(OURS, name))] == [
        part[0] for part in shape(getattr(THEIRS, name))
    ]


def shape(function: Any) -> list[tuple[str, Any, str]]:
    return [
        (parameter.name, parameter.kind, repr(parameter.default))
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name not in ("self", "cls", "args", "kwargs")
    ]


def test_the_constants_are_the_same() -> None:
    binary = importlib.import_module("nexuslite.bson.binary")
    for name in binary.__all__:
        if not inspect.isclass(getattr(THEIRS, name)):
            assert getattr(OURS, name) == getattr(THEIRS, name), name
    for name in ("UNSPECIFIED", "STANDARD", "PYTHON_LEGACY", "JAVA_LEGACY", "CSHARP_LEGACY"):
        assert getattr(OURS.UuidRepresentation, name) == getattr(THEIRS.UuidRepresentation, name)
    assert [(m.name, m.value) for m in OURS.DatetimeConversion] == [
        (m.name, m.value) for m in THEIRS.DatetimeConversion
    ]
    assert [(m.name, m.value) for m in OURS.BinaryVectorDtype] == [
        (m.name, m.value) for m in THEIRS.BinaryVectorDtype
    ]


# Value by value


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


# The codec, with pymongo's in the place of the native module


@pytest.fixture
def native_by_pymongo(monkeypatch: pytest.MonkeyPatch) -> None:
    import bson as pymongos

    def encode_document(document: Any) -> bytes:
        options = THEIRS.CodecOptions(uuid_representation=4)
        return pymongos.encode(document, codec_options=options)

    def decode_document(options: Any, data: bytes) -> Any:
        fields = options._asdict()
        fields["datetime_conversion"] = THEIRS.DatetimeConversion(options.datetime_conversion)
        del fields["type_registry"]
        return pymongos.decode(data, THEIRS.CodecOptions(**fields))

    stand_in = types.ModuleType("nexuslite._nexuslite")
    for name, value in {
        "encode_document": encode_document,
        "decode_document": decode_document,
        "Codec": lambda options: options,
    }.items():
        setattr(stand_in, name, value)
    monkeypatch.setitem(sys.modules, "nexuslite._nexuslite", stand_in)


DOCUMENT = {
    "b": 1,
    "_id": 2,
    "text": "näme",
    "float": 1.5,
    "bytes": b"abc",
    "re": re.compile("a", re.I),
    "time": datetime.datetime(2020, 1, 1),
    "none": None,
    "flag": True,
    "large": 1 << 40,
    "doc": {"x": {"y": 1}},
    "list": [1, {"a": [2, {"b": 3}]}, [], [[{"c": 4}]], "e"],
    "empty": {},
}


@pytest.mark.usefixtures("native_by_pymongo")
def test_documents_are_encoded_and_decoded_alike() -> None:
    import bson as pymongos

    data = pymongos.encode(DOCUMENT)
    check(
        lambda b: b.encode(DOCUMENT),
        lambda b: b.encode({}),
        lambda b: b.encode(5),
        lambda b: b.encode({"$a": 1}, check_keys=True),
        lambda b: b.encode({"a": [{"b.c": 1}]}, check_keys=True),
        lambda b: b.encode({"$a": 1}),
        lambda b: b.decode(data),
        lambda b: b.decode(memoryview(data)),
        lambda b: b.decode(data, 5),
        lambda b: b.decode("a"),
        lambda b: b.decode(data[:-1]),
        lambda b: b.decode(data, b.CodecOptions(tz_aware=True))["time"].isoformat(),
        lambda b: b.decode_all(b""),
        lambda b: b.decode_all(data + data),
        lambda b: b.decode_all(data + b"abc"),
        *(
            lambda b, size=size: list(
                b.decode_file_iter(io.BytesIO(data + size.to_bytes(4, "little", signed=True)))
            )
            for size in (-1, 0, 4)
        ),
        lambda b: list(b.decode_iter(data * 3)),
        lambda b: list(b.decode_file_iter(io.BytesIO(data * 3))),
        lambda b: list(b.decode_file_iter(io.BytesIO(data + data[:9]))),
        lambda b: b.is_valid(data),
        lambda b: b.is_valid(data[:-1]),
        lambda b: b.is_valid(b""),
        lambda b: b.is_valid("a"),
        lambda b: b.BSON.encode({"a": 1}).decode(),
        lambda b: b.BSON.encode({"a": 1}) + b"",
        lambda b: b.encode(b.RawBSONDocument(data)),
    )


def plain(value: Any) -> Any:
    """A document as bytes, by what is in it."""
    if type(value).__name__ == "RawBSONDocument":
        return ("raw", bytes(value.raw), {name: plain(item) for name, item in value.items()})
    if isinstance(value, list):
        return [plain(item) for item in value]
    if type(value).__name__ == "Code" and value.scope is not None:
        # The scope of a code is a plain document here, and one of bytes there.
        return (str(value), dict(value.scope))
    return value


@pytest.mark.usefixtures("native_by_pymongo")
def test_documents_as_bytes_are_cut_out_alike() -> None:
    import bson as pymongos

    data = pymongos.encode(DOCUMENT)
    check(
        lambda b: plain(b.RawBSONDocument(data)),
        lambda b: plain(b.decode(data, b.CodecOptions(document_class=b.RawBSONDocument))),
        lambda b: list(b.RawBSONDocument(data)),
        lambda b: len(b.RawBSONDocument(data)),
        lambda b: dict(b.RawBSONDocument(data))["doc"].raw,
        lambda b: b.RawBSONDocument(data)["missing"],
        lambda b: b.RawBSONDocument(data) == b.RawBSONDocument(bytes(data)),
        lambda b: b.RawBSONDocument(data) == DOCUMENT,
        lambda b: b.RawBSONDocument(data[:-1]),
        lambda b: b.RawBSONDocument(data + b"\0"),
        lambda b: b.RawBSONDocument(b""),
        lambda b: b.RawBSONDocument("a"),
        lambda b: b.RawBSONDocument(data, b.CodecOptions()),
        lambda b: hash(b.RawBSONDocument(data)),
    )


@pytest.mark.usefixtures("native_by_pymongo")
def test_documents_are_cut_out_behind_values_of_every_type() -> None:
    text, body = b"\x02\0\0\0a\0", b"\x05\0\0\0\0"
    values = {
        0x01: bytes(8),
        0x02: text,
        0x05: b"\x03\0\0\0\x05abc",
        0x06: b"",
        0x07: bytes(12),
        0x08: b"\x01",
        0x09: bytes(8),
        0x0A: b"",
        0x0B: b"a\0i\0",
        0x0C: text + bytes(12),
        0x0D: text,
        0x0E: text,
        0x0F: (4 + len(text) + len(body)).to_bytes(4, "little") + text + body,
        0x10: bytes(4),
        0x11: bytes(8),
        0x12: bytes(8),
        0x13: bytes(16),
        0x7F: b"",
        0xFF: b"",
    }
    for kind, value in values.items():
        fields = bytes([kind]) + b"value\0" + value + b"\x03doc\0" + body
        data = (len(fields) + 5).to_bytes(4, "little") + fields + b"\0"
        check(lambda b, d=data: plain(b.RawBSONDocument(d)))
        assert OURS.RawBSONDocument(data)["doc"].raw == body, kind


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.text(max_size=4)
    | st.binary(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=3), inner, max_size=3
        )
    ),
    max_leaves=12,
)


def test_any_document_is_cut_out_alike(native_by_pymongo: None) -> None:
    import bson as pymongos

    @given(JSON)
    def each(value: Any) -> None:
        data = pymongos.encode({"value": value, "again": [value]})
        check(lambda b: plain(b.RawBSONDocument(data)))

    each()
