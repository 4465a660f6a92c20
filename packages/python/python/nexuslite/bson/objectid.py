"""MongoDB's identifier of twelve bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.objectid import ObjectId
else:
    from bson.objectid import ObjectId

__all__ = ["ObjectId"]
