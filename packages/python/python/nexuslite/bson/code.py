"""JavaScript, which is kept and never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.code import Code
else:
    from bson.code import Code

__all__ = ["Code"]
