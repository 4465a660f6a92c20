"""How BSON becomes Python, and Python BSON."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from datetime import tzinfo as TzInfo
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeVar, Union, get_origin

from nexuslite.bson._own.binary import (
    ALL_UUID_REPRESENTATIONS,
    UUID_REPRESENTATION_NAMES,
    UuidRepresentation,
)

__all__ = [
    "CodecOptions",
    "DEFAULT_CODEC_OPTIONS",
    "DatetimeConversion",
    "TypeCodec",
    "TypeDecoder",
    "TypeEncoder",
    "TypeRegistry",
]

# The mark of RawBSONDocument, which cannot be imported here: it needs these options itself.
_RAW_MARKER = 101


class TypeEncoder(ABC):
    """Encodes values of one Python type."""

    @property
    @abstractmethod
    def python_type(self) -> Any:
        """The type."""

    @abstractmethod
    def transform_python(self, value: Any) -> Any:
        """The value as one that BSON knows."""


class TypeDecoder(ABC):
    """Decodes values of one BSON type."""

    @property
    @abstractmethod
    def bson_type(self) -> Any:
        """The type."""

    @abstractmethod
    def transform_bson(self, value: Any) -> Any:
        """The value as one of Python."""


class TypeCodec(TypeEncoder, TypeDecoder):
    """Encodes and decodes."""


_Codec = Union[TypeEncoder, TypeDecoder, TypeCodec]
_Fallback = Callable[[Any], Any]


class TypeRegistry:
    """Codecs for types of your own, and what encodes a value that nothing else does.

    Raises ``TypeError`` for a codec that is none.
    """

    def __init__(
        self, type_codecs: Iterable[_Codec] | None = None, fallback_encoder: _Fallback | None = None
    ) -> None:
        self.__codecs = list(type_codecs or ())
        self.__fallback = fallback_encoder
        if fallback_encoder is not None and not callable(fallback_encoder):
            raise TypeError(f"fallback_encoder {fallback_encoder!r} is not a callable")
        for codec in self.__codecs:
            if not isinstance(codec, (TypeEncoder, TypeDecoder)):
                raise TypeError(
                    f"Expected an instance of TypeEncoder, TypeDecoder, or TypeCodec, got {codec!r} instead"
                )

    @property
    def codecs(self) -> list[_Codec]:
        """The codecs."""
        return self.__codecs

    @property
    def fallback_encoder(self) -> _Fallback | None:
        """What encodes a value that nothing else does, or None."""
        return self.__fallback

    def __reduce__(self) -> tuple[Any, ...]:
        # By its arguments, which pymongo's takes as well.
        return type(self), (self.__codecs, self.__fallback)

    def __repr__(self) -> str:
        return f"TypeRegistry(type_codecs={self.__codecs!r}, fallback_encoder={self.__fallback!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TypeRegistry):
            return self.__codecs == other.codecs and self.__fallback == other.fallback_encoder
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


class DatetimeConversion(int, Enum):
    """What a time becomes."""

    #: A ``datetime``; an error where it does not fit.
    DATETIME = 1
    #: A ``datetime``, the nearest one that fits.
    DATETIME_CLAMP = 2
    #: A ``DatetimeMS``.
    DATETIME_MS = 3
    #: A ``datetime``, or a ``DatetimeMS`` where it does not fit.
    DATETIME_AUTO = 4


_Document = TypeVar("_Document", bound=Mapping[str, Any])


class _Fields(NamedTuple):
    document_class: Any
    tz_aware: bool
    uuid_representation: int
    unicode_decode_error_handler: str
    tzinfo: TzInfo | None
    type_registry: TypeRegistry
    datetime_conversion: DatetimeConversion | None


class CodecOptions(_Fields, Generic[_Document]):
    """How BSON becomes Python, and Python BSON.

    ``document_class``: what documents become; ``dict``.
    ``tz_aware``, ``tzinfo``: whether times have a time zone, and which; naive, and UTC.
    ``uuid_representation``: as which kind of UUID binary data of subtype 3 or 4 is decoded; as none.
    ``unicode_decode_error_handler``: what happens to text that is not UTF-8; ``"strict"``, an error.
    ``type_registry``: codecs of your own; none.
    ``datetime_conversion``: what times become; ``datetime``.

    Raises ``TypeError`` or ``ValueError`` for an option that cannot be meant.
    """

    def __new__(
        cls,
        document_class: type[Mapping[str, Any]] | None = None,
        tz_aware: bool = False,
        uuid_representation: int | None = UuidRepresentation.UNSPECIFIED,
        unicode_decode_error_handler: str = "strict",
        tzinfo: TzInfo | None = None,
        type_registry: TypeRegistry | None = None,
        datetime_conversion: DatetimeConversion | None = DatetimeConversion.DATETIME,
    ) -> CodecOptions[_Document]:
        document_class = document_class or dict
        if not _is_document_class(document_class):
            raise TypeError(
                "document_class must be dict, bson.son.SON, bson.raw_bson.RawBSONDocument, or a subclass of "
                "collections.abc.MutableMapping"
            )
        if not isinstance(tz_aware, bool):
            raise TypeError(f"tz_aware must be True or False, was: tz_aware={tz_aware}")
        if uuid_representation not in ALL_UUID_REPRESENTATIONS:
            raise ValueError("uuid_representation must be a value from bson.binary.UuidRepresentation")
        if not isinstance(unicode_decode_error_handler, str):
            raise TypeError(
                f"unicode_decode_error_handler must be a string, not {type(unicode_decode_error_handler)}"
            )
        if tzinfo is not None:
            if not isinstance(tzinfo, TzInfo):
                raise TypeError(f"tzinfo must be an instance of datetime.tzinfo, not {type(tzinfo)}")
            if not tz_aware:
                raise ValueError("cannot specify tzinfo without also setting tz_aware=True")
        type_registry = TypeRegistry() if type_registry is None else type_registry
        if not isinstance(type_registry, TypeRegistry):
            raise TypeError(f"type_registry must be an instance of TypeRegistry, not {type(type_registry)}")
        fields = (
            document_class,
            tz_aware,
            uuid_representation,
            unicode_decode_error_handler,
            tzinfo,
            type_registry,
            datetime_conversion,
        )
        return tuple.__new__(cls, fields)

    def with_options(self, **kwargs: Any) -> CodecOptions[Any]:
        """The same options, but for those given."""
        return CodecOptions(**{**self._asdict(), **kwargs})

    def __repr__(self) -> str:
        name = "dict" if self.document_class is dict else repr(self.document_class)
        uuids = UUID_REPRESENTATION_NAMES.get(self.uuid_representation, self.uuid_representation)
        return (
            f"{type(self).__name__}(document_class={name}, tz_aware={self.tz_aware!r}, uuid_representation={uuids}, "
            f"unicode_decode_error_handler={self.unicode_decode_error_handler!r}, tzinfo={self.tzinfo!r}, "
            f"type_registry={self.type_registry!r}, datetime_conversion={self.datetime_conversion!s})"
        )


def _is_document_class(document_class: Any) -> bool:
    cls = get_origin(document_class) or document_class
    if getattr(cls, "_type_marker", None) == _RAW_MARKER:
        return True
    return isinstance(cls, type) and issubclass(cls, MutableMapping)


#: The defaults.
DEFAULT_CODEC_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions()
