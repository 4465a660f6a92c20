"""A time as BSON has it, which may be one that Python does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.datetime_ms import EPOCH_AWARE, EPOCH_NAIVE, DatetimeMS
else:
    from bson.datetime_ms import EPOCH_AWARE, EPOCH_NAIVE, DatetimeMS

__all__ = ["DatetimeMS", "EPOCH_AWARE", "EPOCH_NAIVE"]
