"""What can be wrong with BSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.errors import (
        BSONError,
        InvalidBSON,
        InvalidDocument,
        InvalidId,
        InvalidStringData,
    )
else:
    from bson.errors import BSONError, InvalidBSON, InvalidDocument, InvalidId, InvalidStringData

__all__ = ["BSONError", "InvalidBSON", "InvalidDocument", "InvalidId", "InvalidStringData"]
