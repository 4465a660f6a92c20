"""The key that sorts after every other value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.max_key import MaxKey
else:
    from bson.max_key import MaxKey

__all__ = ["MaxKey"]
