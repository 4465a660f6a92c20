"""A time as BSON has it, which may be one that Python does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.datetime_ms import DatetimeMS, EPOCH_AWARE, EPOCH_NAIVE
else:
    from bson.datetime_ms import DatetimeMS, EPOCH_AWARE, EPOCH_NAIVE

__all__ = ["DatetimeMS", "EPOCH_AWARE", "EPOCH_NAIVE"]
