"""What becomes of one option: the kinds, and what values are taken as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import tzinfo as TzInfo
from enum import Enum
from typing import Any

from nexuslite.bson.binary import UuidRepresentation
from nexuslite.bson.codec_options import CodecOptions, DatetimeConversion, TypeRegistry
from nexuslite.bson.raw_bson import RawBSONDocument
from nexuslite.collation import validate_collation_or_none
from nexuslite.write_concern import WriteConcern


class Kind(Enum):
    """What becomes of an option."""

    HONOURED = "honoured"
    MAPPED = "mapped"
    REFUSED = "refused"


class Refused(Exception):
    """The value cannot be had. Its text says why, after the names of the verb and the option."""


@dataclass(frozen=True)
class Rule:
    """What becomes of one option of one verb."""

    kind: Kind
    #: The value as the verb uses it. Raises ``Refused``, ``TypeError`` or ``ValueError``; both get the names added.
    take: Callable[[Any], Any]
    #: Why the accepted values ask for what happens anyway, or why the others cannot be had.
    why: str
    #: Values that are accepted, and values that are not: the tests try them all.
    good: tuple[Any, ...]
    bad: tuple[Any, ...]
    #: The name under which an honoured option is handed on, where it is another.
    becomes: str | None = None


def honoured(
    take: Callable[[Any], Any], good: tuple[Any, ...], bad: tuple[Any, ...] = (), becomes: str | None = None
) -> Rule:
    return Rule(Kind.HONOURED, take, "", good, bad, becomes)


def mapped(take: Callable[[Any], Any], why: str, good: tuple[Any, ...], bad: tuple[Any, ...] = ()) -> Rule:
    return Rule(Kind.MAPPED, take, why, good, bad)


def refused(why: str, bad: tuple[Any, ...], neutral: tuple[Any, ...] = ()) -> Rule:
    """Refuses every value but those that ask for nothing."""

    def take(value: Any) -> None:
        for nothing in neutral:
            # By type as well, for 0 is no False.
            if type(value) is type(nothing) and value == nothing:
                return
        raise Refused(why)

    return Rule(Kind.REFUSED, take, why, neutral, bad)


# What values are taken as. Each function returns the value as the verb uses it, or raises.


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"must be True or False, not {value!r}")
    return value


def boolean_or_text(value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    return boolean(value)


def natural(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"must be an int, not {value!r}")
    if value < 0:
        raise ValueError(f"must be 0 or more, not {value!r}")
    return value


def whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"must be an int, not {value!r}")
    return value


def seconds(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"must be a number of seconds, not {value!r}")
    if not 0 <= value < float("inf"):
        raise ValueError(f"must be 0 or more, not {value!r}")
    return float(value)


def anything(value: Any) -> Any:
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"must be a mapping, not {value!r}")
    return value


def array_filters(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list):
        raise TypeError(f"must be a list of mappings, not {value!r}")
    return [mapping(each) for each in value]


def one_of(*names: str) -> Callable[[Any], str]:
    def take(value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(f"must be one of {', '.join(map(repr, names))}, not {value!r}")
        if value not in names:
            raise ValueError(f"must be one of {', '.join(map(repr, names))}, not {value!r}")
        return value

    return take


def document_class(value: Any) -> type:
    if not (isinstance(value, type) and (issubclass(value, MutableMapping) or is_raw(value))):
        raise TypeError(f"must be dict, RawBSONDocument or another mutable mapping, not {value!r}")
    return value


def is_raw(value: type) -> bool:
    return issubclass(value, RawBSONDocument)


def tzinfo(value: Any) -> TzInfo:
    if not isinstance(value, TzInfo):
        raise TypeError(f"must be an instance of datetime.tzinfo, not {value!r}")
    return value


def datetime_conversion(value: Any) -> DatetimeConversion:
    try:
        return DatetimeConversion[value] if isinstance(value, str) else DatetimeConversion(value)
    except (KeyError, ValueError):
        raise ValueError(f"must be a DatetimeConversion, not {value!r}") from None


def type_registry(value: Any) -> None:
    if not isinstance(value, TypeRegistry):
        raise TypeError(f"must be an instance of TypeRegistry, not {value!r}")
    # By comparing, for an older pymongo does not show what a registry holds.
    if value != TypeRegistry():
        raise Refused("values are not sent through codecs of your own")


def uuid_representation(value: Any) -> None:
    if value not in ("standard", UuidRepresentation.STANDARD):
        raise Refused("a UUID is stored as MongoDB's standard says, binary subtype 4")


def unicode_error_handler(value: Any) -> None:
    if value != "strict":
        raise Refused("text that is not UTF-8 cannot be stored, so that there is none to repair")


def codec_options(value: Any) -> CodecOptions[Any]:
    needed = (
        "document_class",
        "tz_aware",
        "uuid_representation",
        "unicode_decode_error_handler",
        "type_registry",
    )
    if not all(hasattr(value, name) for name in needed):
        raise TypeError(f"must be an instance of CodecOptions, not {value!r}")
    # UNSPECIFIED is what a CodecOptions has that says nothing about UUIDs.
    if value.uuid_representation != UuidRepresentation.UNSPECIFIED:
        uuid_representation(value.uuid_representation)
    unicode_error_handler(value.unicode_decode_error_handler)
    type_registry(value.type_registry)
    standard: CodecOptions[Any] = value.with_options(uuid_representation=UuidRepresentation.STANDARD)
    return standard


def write_concern(value: Any) -> Any:
    document = getattr(value, "document", None)
    if not isinstance(document, Mapping) or not hasattr(value, "acknowledged"):
        raise TypeError(f"must be an instance of WriteConcern, not {value!r}")
    for name, part in document.items():
        if name == "w":
            w(part)
        elif name not in ("j", "wtimeout") and part:
            raise Refused(f"{name} is not known here; use j")
    return value


def w(value: Any) -> Any:
    if value == 0:
        raise Refused("every write is acknowledged")
    if value not in (1, "majority"):
        raise Refused("there is one copy of the data: w is 1 or 'majority'")
    return value


def read_concern(value: Any) -> None:
    if not hasattr(value, "level"):
        raise TypeError(f"must be an instance of ReadConcern, not {value!r}")
    if value.level is not None:
        read_concern_level(value.level)


def read_concern_level(value: Any) -> Any:
    if value not in ("local", "majority", "snapshot"):
        raise Refused("a read sees what is committed at one moment: the level is local, majority or snapshot")
    return value


def write_concern_document(value: Any) -> Any:
    """A write concern as commands write it."""
    return write_concern(WriteConcern(**mapping(value)))


def read_concern_document(value: Any) -> None:
    """A read concern as commands write it."""
    for name, part in mapping(value).items():
        if name != "level":
            raise Refused(f"{name} is not known here")
        read_concern_level(part)


def read_preference(value: Any) -> None:
    if not hasattr(value, "mongos_mode"):
        raise TypeError(f"must be a read preference, not {value!r}")
    read_preference_mode(value.mongos_mode)


def read_preference_mode(value: Any) -> None:
    if value != "primary":
        raise Refused("there is one copy of the data, which is the primary")


def collation(value: Any) -> Mapping[str, Any] | None:
    return validate_collation_or_none(value)


def index(value: Any) -> str | Mapping[str, Any]:
    if isinstance(value, (str, Mapping)):
        return value
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"must be the name of an index, or its key, not {value!r}")
    return dict((key, 1) if isinstance(key, str) else key for key in value)


def key(value: Any) -> Mapping[str, Any]:
    """The values of a key of an index, by its fields."""
    if isinstance(value, Mapping):
        return value
    is_pairs = isinstance(value, (list, tuple)) and all(
        isinstance(pair, (list, tuple)) and len(pair) == 2 and isinstance(pair[0], str) for pair in value
    )
    if not is_pairs:
        raise TypeError(f"must be a list of (name, value) pairs, not {value!r}")
    return dict(value)


def default_transaction_options(value: Any) -> Any:
    parts = {
        "read_concern": read_concern,
        "write_concern": write_concern,
        "read_preference": read_preference,
        "max_commit_time_ms": no_commit_time,
    }
    for name, take in parts.items():
        part = getattr(value, name, None)
        if part is not None:
            take(part)
    return value


def no_commit_time(value: Any) -> None:
    raise Refused("a commit that has begun is not given up")
