"""The key that sorts before every other value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.min_key import MinKey
else:
    from bson.min_key import MinKey

__all__ = ["MinKey"]
