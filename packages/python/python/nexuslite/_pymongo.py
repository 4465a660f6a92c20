"""Whether pymongo is here, decided once.

Two things depend on it, and both read this module: which classes ``nexuslite.bson`` is, and whether the classes of
``nexuslite.errors`` are also those of ``pymongo.errors``.
The type checker reads ``_pymongo.pyi`` instead, which says the same in every environment.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Final

# What pymongo's bson package must have for it to be the one in use. An old pymongo lacks some of it, and so does the
# unrelated package that is also installed under the name ``bson``.
_NEEDED: Final = {
    "bson": (
        "BSON",
        "decode",
        "decode_all",
        "decode_file_iter",
        "decode_iter",
        "encode",
        "gen_list_name",
        "has_c",
    ),
    "bson.binary": ("Binary", "UuidRepresentation", "ALL_UUID_REPRESENTATIONS"),
    "bson.code": ("Code",),
    "bson.codec_options": (
        "CodecOptions",
        "DatetimeConversion",
        "TypeCodec",
        "TypeRegistry",
        "DEFAULT_CODEC_OPTIONS",
    ),
    "bson.datetime_ms": ("DatetimeMS", "EPOCH_AWARE", "EPOCH_NAIVE"),
    "bson.dbref": ("DBRef",),
    "bson.decimal128": ("Decimal128", "create_decimal128_context"),
    "bson.errors": ("BSONError", "InvalidBSON", "InvalidDocument", "InvalidId", "InvalidStringData"),
    "bson.int64": ("Int64",),
    "bson.max_key": ("MaxKey",),
    "bson.min_key": ("MinKey",),
    "bson.objectid": ("ObjectId",),
    "bson.raw_bson": ("RawBSONDocument", "DEFAULT_RAW_BSON_OPTIONS"),
    "bson.regex": ("Regex", "str_flags_to_int"),
    "bson.son": ("SON",),
    "bson.timestamp": ("Timestamp",),
    "bson.tz_util": ("utc", "FixedOffset"),
}

# The classes of pymongo.errors that ours are also instances of.
_ERRORS: Final = (
    "PyMongoError",
    "AutoReconnect",
    "BulkWriteError",
    "CollectionInvalid",
    "ConfigurationError",
    "ConnectionFailure",
    "CursorNotFound",
    "DocumentTooLarge",
    "DuplicateKeyError",
    "ExecutionTimeout",
    "InvalidName",
    "InvalidOperation",
    "InvalidURI",
    "NetworkTimeout",
    "NotPrimaryError",
    "OperationFailure",
    "ProtocolError",
    "ServerSelectionTimeoutError",
    "WaitQueueTimeoutError",
    "WTimeoutError",
    "WriteConcernError",
    "WriteError",
)
# The same, of classes that an older pymongo lacks.
_LATER_ERRORS: Final = ("ClientBulkWriteException",)


def _has_bson() -> bool:
    try:
        return all(
            hasattr(importlib.import_module(module), name)
            for module, names in _NEEDED.items()
            for name in names
        )
    except Exception:  # noqa: BLE001
        # Whatever an unrelated package of that name does when it is imported, it is not pymongo's.
        return False


def _errors_module() -> ModuleType | None:
    if not HAS_BSON:
        return None
    try:
        module = importlib.import_module("pymongo.errors")
    except ImportError:
        return None
    return module if all(hasattr(module, name) for name in _ERRORS) else None


class _Also:
    """Stands among the bases of a class for pymongo's class of that name, or for none at all."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        if ERRORS is not None and hasattr(ERRORS, self._name):
            return (getattr(ERRORS, self._name),)
        # Without pymongo the root needs a base of its own, and every other class has one already.
        return (Exception,) if self._name == "PyMongoError" else ()


#: Whether ``nexuslite.bson`` is pymongo's bson package.
HAS_BSON: Final = _has_bson()
#: ``pymongo.errors``, or None.
ERRORS: Final = _errors_module()


def __getattr__(name: str) -> _Also:
    if name in _ERRORS or name in _LATER_ERRORS:
        return _Also(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
