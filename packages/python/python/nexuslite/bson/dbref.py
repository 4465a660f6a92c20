"""A reference to a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.dbref import DBRef
else:
    from bson.dbref import DBRef

__all__ = ["DBRef"]
