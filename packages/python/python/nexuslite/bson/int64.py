"""An int that is stored in 64 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.int64 import Int64
else:
    from bson.int64 import Int64

__all__ = ["Int64"]
