"""MongoDB's internal time stamp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.timestamp import Timestamp
else:
    from bson.timestamp import Timestamp

__all__ = ["Timestamp"]
