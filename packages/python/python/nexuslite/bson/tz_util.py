"""The time zone that BSON's times are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.tz_util import FixedOffset, utc
else:
    from bson.tz_util import FixedOffset, utc

__all__ = ["FixedOffset", "utc"]
