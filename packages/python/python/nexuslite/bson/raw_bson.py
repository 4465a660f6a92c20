"""A document that stays the bytes it is until somebody looks inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.raw_bson import DEFAULT_RAW_BSON_OPTIONS, RawBSONDocument
else:
    from bson.raw_bson import DEFAULT_RAW_BSON_OPTIONS, RawBSONDocument

__all__ = ["DEFAULT_RAW_BSON_OPTIONS", "RawBSONDocument"]
