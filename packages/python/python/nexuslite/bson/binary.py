"""Bytes with a subtype: UUIDs, vectors, and whatever else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

__all__ = [
    "ALL_UUID_REPRESENTATIONS",
    "ALL_UUID_SUBTYPES",
    "BINARY_SUBTYPE",
    "Binary",
    "BinaryVector",
    "BinaryVectorDtype",
    "COLUMN_SUBTYPE",
    "CSHARP_LEGACY",
    "FUNCTION_SUBTYPE",
    "JAVA_LEGACY",
    "MD5_SUBTYPE",
    "OLD_BINARY_SUBTYPE",
    "OLD_UUID_SUBTYPE",
    "PYTHON_LEGACY",
    "SENSITIVE_SUBTYPE",
    "STANDARD",
    "USER_DEFINED_SUBTYPE",
    "UUID_REPRESENTATION_NAMES",
    "UUID_SUBTYPE",
    "UuidRepresentation",
    "VECTOR_SUBTYPE",
]

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.binary import (
        ALL_UUID_REPRESENTATIONS,
        ALL_UUID_SUBTYPES,
        BINARY_SUBTYPE,
        COLUMN_SUBTYPE,
        CSHARP_LEGACY,
        FUNCTION_SUBTYPE,
        JAVA_LEGACY,
        MD5_SUBTYPE,
        OLD_BINARY_SUBTYPE,
        OLD_UUID_SUBTYPE,
        PYTHON_LEGACY,
        SENSITIVE_SUBTYPE,
        STANDARD,
        USER_DEFINED_SUBTYPE,
        UUID_REPRESENTATION_NAMES,
        UUID_SUBTYPE,
        VECTOR_SUBTYPE,
        Binary,
        BinaryVector,
        BinaryVectorDtype,
        UuidRepresentation,
    )
else:
    from bson import binary as _binary

    # A name that an older pymongo lacks is lacking here too.
    globals().update({name: vars(_binary)[name] for name in __all__ if name in vars(_binary)})
