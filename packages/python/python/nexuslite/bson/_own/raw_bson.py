"""A document that stays the bytes it is until somebody looks inside."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping
from typing import Any, ClassVar, Final

from nexuslite.bson._own.codec_options import DEFAULT_CODEC_OPTIONS, CodecOptions
from nexuslite.bson.errors import InvalidBSON

__all__ = ["DEFAULT_RAW_BSON_OPTIONS", "RawBSONDocument"]

_DOCUMENT: Final = 0x03
_ARRAY: Final = 0x04
_DEPTH_MAX: Final = 100


class RawBSONDocument(Mapping[str, Any]):
    """A document as bytes, which are decoded when a field is asked for; documents within it are of this class too.

    Equal to another with the same bytes. It cannot be changed: ``dict(document)`` can.

    Raises ``InvalidBSON`` where the length is not that of the document, and, when a field is asked for, where the
    rest is not BSON; ``TypeError`` for options with another document class.
    """

    __slots__ = ("__codec_options", "__inflated_doc", "__raw")
    _type_marker: ClassVar[int] = 101

    def __init__(
        self, bson_bytes: bytes | memoryview, codec_options: CodecOptions[RawBSONDocument] | None = None
    ) -> None:
        options = DEFAULT_RAW_BSON_OPTIONS if codec_options is None else codec_options
        if not issubclass(options.document_class, RawBSONDocument):
            raise TypeError(
                f"RawBSONDocument cannot use CodecOptions with document class {options.document_class}"
            )
        check_size(bson_bytes)
        self.__raw = bson_bytes
        self.__inflated_doc: dict[str, Any] | None = None
        self.__codec_options = options

    @property
    def raw(self) -> bytes | memoryview:
        """The bytes."""
        return self.__raw

    def items(self) -> ItemsView[str, Any]:
        """The fields, decoded."""
        return self.__inflated().items()

    def __getitem__(self, item: str) -> Any:
        return self.__inflated()[item]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__inflated())

    def __len__(self) -> int:
        return len(self.__inflated())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RawBSONDocument):
            return bool(self.__raw == other.raw)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.__raw!r}, codec_options={self.__codec_options!r})"

    def __inflated(self) -> dict[str, Any]:
        if self.__inflated_doc is None:
            self.__inflated_doc = _inflate(bytes(self.__raw), self.__codec_options)
        return self.__inflated_doc


#: Documents as bytes, and the defaults otherwise.
DEFAULT_RAW_BSON_OPTIONS: CodecOptions[RawBSONDocument] = DEFAULT_CODEC_OPTIONS.with_options(
    document_class=RawBSONDocument
)


def check_size(data: bytes | memoryview) -> None:
    """Raises ``InvalidBSON`` where ``data`` is not as long as the document says that it is."""
    view = memoryview(data)
    if len(view) < 5:
        raise InvalidBSON(f"not enough data for a BSON document: {len(view)} bytes")
    size = int.from_bytes(view[:4], "little", signed=True)
    if size != len(view):
        raise InvalidBSON(f"invalid object length: the document says {size} bytes, there are {len(view)}")
    if view[-1] != 0:
        raise InvalidBSON("bad eoo: the last byte of the document is not 0")


def _inflate(data: bytes, options: CodecOptions[Any]) -> dict[str, Any]:
    from nexuslite.bson._own.codec import decode

    # What holds no document is decoded at once; what does is cut out of the bytes afterwards.
    fields: dict[str, Any] = dict(decode(data, options.with_options(document_class=dict)))
    for kind, name, start, end in _elements(data, 0, len(data)):
        if kind in (_DOCUMENT, _ARRAY):
            fields[name] = _nested(data, kind, start, end, options, 1)
    return fields


def _nested(data: bytes, kind: int, start: int, end: int, options: CodecOptions[Any], depth: int) -> Any:
    if kind == _DOCUMENT:
        return options.document_class(data[start:end], options)
    if depth > _DEPTH_MAX:
        raise InvalidBSON(f"arrays are nested more than {_DEPTH_MAX} deep")
    values = list(_decoded_array(data[start:end], options))
    for place, (inner, _, inner_start, inner_end) in enumerate(_elements(data, start, end)):
        if inner in (_DOCUMENT, _ARRAY):
            values[place] = _nested(data, inner, inner_start, inner_end, options, depth + 1)
    return values


def _decoded_array(data: bytes, options: CodecOptions[Any]) -> list[Any]:
    from nexuslite.bson._own.codec import decode

    # As the only field of a document, for the bytes of an array alone would be decoded as a document.
    body = bytes([_ARRAY]) + b"a\x00" + data
    document = (len(body) + 5).to_bytes(4, "little") + body + b"\x00"
    values: list[Any] = decode(document, options.with_options(document_class=dict))["a"]
    return values


# How many bytes a value of each type takes, where it is always the same.
_SIZES: Final = {
    0x01: 8,
    0x06: 0,
    0x07: 12,
    0x08: 1,
    0x09: 8,
    0x0A: 0,
    0x10: 4,
    0x11: 8,
    0x12: 8,
    0x13: 16,
    0x7F: 0,
    0xFF: 0,
}
# How many bytes a value takes besides the length that it begins with.
_PREFIXED: Final = {
    0x02: 4,
    0x03: 0,
    0x04: 0,
    0x05: 5,
    0x0C: 16,
    0x0D: 4,
    0x0E: 4,
    0x0F: 0,
}
_REGEX: Final = 0x0B


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, str, int, int]]:
    """The type, the name and the place of each value of the document at ``start..end``, which was decoded before."""
    position, last = start + 4, end - 1
    while position < last:
        kind = data[position]
        value = _after_text(data, position + 1, last)
        name = data[position + 1 : value - 1].decode()
        if kind in _SIZES:
            after = value + _SIZES[kind]
        elif kind in _PREFIXED:
            after = value + _PREFIXED[kind] + int.from_bytes(data[value : value + 4], "little", signed=True)
        elif kind == _REGEX:
            after = _after_text(data, _after_text(data, value, last), last)
        else:
            raise InvalidBSON(f"unknown type {kind:#04x} of field {name!r}")
        if not value <= after <= last:
            raise InvalidBSON(f"field {name!r} reaches beyond its document")
        yield kind, name, value, after
        position = after


def _after_text(data: bytes, start: int, last: int) -> int:
    found = data.find(b"\x00", start, last)
    if found < 0:
        raise InvalidBSON("text without an end")
    return found + 1
