"""Documents as BSON, and BSON as documents, by the native module."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import IO, Any, overload

from nexuslite.bson._own.binary import UUID_REPRESENTATION_NAMES, UuidRepresentation
from nexuslite.bson._own.codec_options import (
    DEFAULT_CODEC_OPTIONS,
    CodecOptions,
    DatetimeConversion,
    _Document,
)
from nexuslite.bson.errors import InvalidBSON, InvalidDocument
from nexuslite.bson._own.raw_bson import RawBSONDocument

__all__ = [
    "BSON",
    "decode",
    "decode_all",
    "decode_file_iter",
    "decode_iter",
    "encode",
    "gen_list_name",
    "has_c",
    "is_valid",
]

ReadableBuffer = bytes | bytearray | memoryview
_NESTING_MAX = 100


def encode(
    document: Mapping[str, Any],
    check_keys: bool = False,
    codec_options: CodecOptions[Any] = DEFAULT_CODEC_OPTIONS,
) -> bytes:
    """The document as BSON, its ``_id`` first. A UUID becomes binary subtype 4.

    ``check_keys`` refuses names that begin with ``$`` or hold a dot.

    Raises ``InvalidDocument`` for what BSON has no type for, ``OverflowError`` for an int of more than 64 bits.
    """
    if isinstance(document, RawBSONDocument):
        return bytes(document.raw)
    if not isinstance(document, Mapping):
        raise TypeError(f"encoder expected a mapping type but got: {document!r}")
    _refuse_what_is_lacking(codec_options)
    if check_keys:
        _check_keys(document, 0)
    if "_id" in document and next(iter(document)) != "_id":
        document = {"_id": document["_id"], **document}
    from nexuslite._nexuslite import encode_document

    return encode_document(document)


@overload
def decode(data: ReadableBuffer, codec_options: None = None) -> dict[str, Any]: ...
@overload
def decode(data: ReadableBuffer, codec_options: CodecOptions[_Document]) -> _Document: ...
def decode(data: ReadableBuffer, codec_options: CodecOptions[Any] | None = None) -> Any:
    """The document of ``data``, as the options say; raises ``InvalidBSON`` for what is none."""
    options = _checked(codec_options)
    raw = bytes(memoryview(data))
    if issubclass(_class_of(options), RawBSONDocument):
        return options.document_class(raw, options)
    from nexuslite._nexuslite import Codec, decode_document

    return decode_document(Codec(options), raw)


@overload
def decode_all(data: ReadableBuffer, codec_options: None = None) -> list[dict[str, Any]]: ...
@overload
def decode_all(data: ReadableBuffer, codec_options: CodecOptions[_Document]) -> list[_Document]: ...
def decode_all(data: ReadableBuffer, codec_options: CodecOptions[Any] | None = None) -> list[Any]:
    """The documents of ``data``, one after the other."""
    return list(decode_iter(data, _checked(codec_options)))


@overload
def decode_iter(data: ReadableBuffer, codec_options: None = None) -> Iterator[dict[str, Any]]: ...
@overload
def decode_iter(data: ReadableBuffer, codec_options: CodecOptions[_Document]) -> Iterator[_Document]: ...
def decode_iter(data: ReadableBuffer, codec_options: CodecOptions[Any] | None = None) -> Iterator[Any]:
    """The documents of ``data``, one at a time."""
    options = _checked(codec_options)
    view = memoryview(data)
    position = 0
    while position < len(view):
        size = _size(view[position : position + 4])
        if size > len(view) - position:
            raise InvalidBSON(
                f"a document of {size} bytes at {position}, where {len(view) - position} bytes are left"
            )
        yield decode(view[position : position + size], options)
        position += size


@overload
def decode_file_iter(file_obj: IO[bytes], codec_options: None = None) -> Iterator[dict[str, Any]]: ...
@overload
def decode_file_iter(file_obj: IO[bytes], codec_options: CodecOptions[_Document]) -> Iterator[_Document]: ...
def decode_file_iter(file_obj: IO[bytes], codec_options: CodecOptions[Any] | None = None) -> Iterator[Any]:
    """The documents of a file, one at a time."""
    options = _checked(codec_options)
    while prefix := file_obj.read(4):
        size = _size(prefix)
        rest = file_obj.read(size - 4)
        if len(rest) != size - 4:
            raise InvalidBSON(f"the file ends within a document of {size} bytes")
        yield decode(prefix + rest, options)


def is_valid(bson: bytes) -> bool:
    """Whether the bytes are one document."""
    if not isinstance(bson, bytes):
        raise TypeError(f"BSON data must be an instance of a subclass of bytes, not {type(bson)}")
    try:
        # A time that does not fit into a datetime is BSON all the same.
        decode(bson, DEFAULT_CODEC_OPTIONS.with_options(datetime_conversion=DatetimeConversion.DATETIME_MS))
    except InvalidBSON:
        return False
    return True


class BSON(bytes):
    """The bytes of a document."""

    @classmethod
    def encode(
        cls,
        document: Mapping[str, Any],
        check_keys: bool = False,
        codec_options: CodecOptions[Any] = DEFAULT_CODEC_OPTIONS,
    ) -> BSON:
        """As ``encode``."""
        return cls(encode(document, check_keys, codec_options))

    def decode(self, codec_options: CodecOptions[Any] = DEFAULT_CODEC_OPTIONS) -> Any:  # type: ignore[override]
        """As ``decode``."""
        return decode(self, codec_options)


def gen_list_name() -> Generator[bytes, None, None]:
    """The names that BSON gives the elements of an array, without end: ``b"0\\0"``, ``b"1\\0"`` and so on."""
    place = 0
    while True:
        yield b"%d\x00" % place
        place += 1


def has_c() -> bool:
    """Whether BSON is encoded and decoded by compiled code; it always is."""
    return True


def _checked(codec_options: CodecOptions[Any] | None) -> CodecOptions[Any]:
    if codec_options is None:
        return DEFAULT_CODEC_OPTIONS
    if not isinstance(codec_options, CodecOptions):
        raise TypeError("codec_options must be an instance of CodecOptions")
    _refuse_what_is_lacking(codec_options)
    if codec_options.datetime_conversion is None:
        return codec_options.with_options(datetime_conversion=DatetimeConversion.DATETIME)
    return codec_options


def _refuse_what_is_lacking(options: CodecOptions[Any]) -> None:
    lacking = []
    if options.type_registry.codecs or options.type_registry.fallback_encoder:
        lacking.append(f"type_registry={options.type_registry!r}")
    if options.unicode_decode_error_handler != "strict":
        lacking.append(f"unicode_decode_error_handler={options.unicode_decode_error_handler!r}")
    if options.uuid_representation not in (UuidRepresentation.UNSPECIFIED, UuidRepresentation.STANDARD):
        lacking.append(f"uuid_representation={UUID_REPRESENTATION_NAMES[options.uuid_representation]}")
    if lacking:
        from nexuslite.errors import NotSupportedError

        raise NotSupportedError(f"codec_options: without pymongo there is no {' and no '.join(lacking)}")


def _class_of(options: CodecOptions[Any]) -> type:
    cls = options.document_class
    return cls if isinstance(cls, type) else dict


def _size(prefix: bytes | memoryview) -> int:
    if len(prefix) < 4:
        raise InvalidBSON(f"not enough data for a BSON document: {len(prefix)} bytes")
    size = int.from_bytes(prefix, "little", signed=True)
    if size < 5:
        raise InvalidBSON(f"invalid object length: {size}")
    return size


def _check_keys(value: Any, depth: int) -> None:
    if depth > _NESTING_MAX:
        raise InvalidDocument(f"documents are nested more than {_NESTING_MAX} deep")
    if isinstance(value, (list, tuple)):
        for item in value:
            _check_keys(item, depth + 1)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str):
                if key.startswith("$"):
                    raise InvalidDocument(f"key {key!r} must not start with '$'")
                if "." in key:
                    raise InvalidDocument(f"key {key!r} must not contain '.'")
            _check_keys(item, depth + 1)
