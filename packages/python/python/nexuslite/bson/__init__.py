"""BSON's types and codec: pymongo's own package where pymongo is installed, and our equals where it is not.

It is decided once, when this is imported. With pymongo every name here is the very object of that name in pymongo's
``bson`` or in a module of it (``nexuslite.bson.ObjectId is bson.ObjectId``), and so it is in the modules below
(``nexuslite.bson.objectid``). Without it the classes are our own, with the same methods, equality, hash, order, text
and pickles: what was pickled with the one is read with the other.

A type checker sees our own classes in both cases, so that what passes in one environment passes in the other.
The separate package ``bson`` is not pymongo's, and is not used.

Our own differ in three things: a UUID is binary subtype 4, there and back, also where ``uuid_representation`` is
unspecified; what ``CodecOptions`` ask for beyond that (another representation, codecs of your own, another handler of
text that is not UTF-8) is refused by ``encode`` and ``decode``; and the texts of errors are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nexuslite import _pymongo
from nexuslite.bson.binary import (
    ALL_UUID_SUBTYPES,
    CSHARP_LEGACY,
    JAVA_LEGACY,
    OLD_UUID_SUBTYPE,
    STANDARD,
    UUID_SUBTYPE,
    Binary,
    UuidRepresentation,
)
from nexuslite.bson.code import Code
from nexuslite.bson.codec_options import DEFAULT_CODEC_OPTIONS, CodecOptions, DatetimeConversion
from nexuslite.bson.datetime_ms import EPOCH_AWARE, EPOCH_NAIVE, DatetimeMS
from nexuslite.bson.dbref import DBRef
from nexuslite.bson.decimal128 import Decimal128
from nexuslite.bson.errors import InvalidBSON, InvalidDocument, InvalidId, InvalidStringData
from nexuslite.bson.int64 import Int64
from nexuslite.bson.max_key import MaxKey
from nexuslite.bson.min_key import MinKey
from nexuslite.bson.objectid import ObjectId
from nexuslite.bson.raw_bson import RawBSONDocument
from nexuslite.bson.regex import Regex
from nexuslite.bson.son import SON
from nexuslite.bson.timestamp import Timestamp
from nexuslite.bson.tz_util import utc

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.codec import (
        BSON,
        decode,
        decode_all,
        decode_file_iter,
        decode_iter,
        encode,
        gen_list_name,
        has_c,
        is_valid,
    )
else:
    from bson import (
        BSON,
        decode,
        decode_all,
        decode_file_iter,
        decode_iter,
        encode,
        gen_list_name,
        has_c,
        is_valid,
    )

__all__ = [
    "ALL_UUID_SUBTYPES",
    "BSON",
    "Binary",
    "CSHARP_LEGACY",
    "Code",
    "CodecOptions",
    "DBRef",
    "DEFAULT_CODEC_OPTIONS",
    "DatetimeConversion",
    "DatetimeMS",
    "Decimal128",
    "EPOCH_AWARE",
    "EPOCH_NAIVE",
    "IMPLEMENTATION",
    "Int64",
    "InvalidBSON",
    "InvalidDocument",
    "InvalidId",
    "InvalidStringData",
    "JAVA_LEGACY",
    "MaxKey",
    "MinKey",
    "OLD_UUID_SUBTYPE",
    "ObjectId",
    "RawBSONDocument",
    "Regex",
    "SON",
    "STANDARD",
    "Timestamp",
    "UUID_SUBTYPE",
    "UuidRepresentation",
    "decode",
    "decode_all",
    "decode_file_iter",
    "decode_iter",
    "encode",
    "gen_list_name",
    "has_c",
    "is_valid",
    "utc",
]

#: Whose classes these are: ``"pymongo"`` or ``"nexuslite"``.
IMPLEMENTATION: Final = "pymongo" if _pymongo.HAS_BSON else "nexuslite"


def _take_public_names() -> None:
    # A pickle names the module of a class. By the names that users import, it is read where pymongo is, too.
    from sys import modules

    for name, module in list(modules.items()):
        if name.startswith("nexuslite.bson._own."):
            public = name.replace("._own", "") if not name.endswith(".codec") else __name__
            for value in vars(module).values():
                if (
                    isinstance(value, type)
                    and value.__module__ == name
                    and not value.__name__.startswith("_")
                ):
                    value.__module__ = public


if not _pymongo.HAS_BSON:
    _take_public_names()
