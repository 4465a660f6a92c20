"""A dict whose order counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.son import SON
else:
    from bson.son import SON

__all__ = ["SON"]
