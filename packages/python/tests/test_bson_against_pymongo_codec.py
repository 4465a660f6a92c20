"""Our own codec against pymongo's, with pymongo's in the place of the native module."""

from __future__ import annotations

import datetime
import io
import re
import sys
import types
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beside_pymongo import OURS, THEIRS, check

# pymongo warns of what it means to drop, and of flags that Python means to drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

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
