"""A regular expression as BSON has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexuslite import _pymongo

if TYPE_CHECKING or not _pymongo.HAS_BSON:
    from nexuslite.bson._own.regex import Regex, str_flags_to_int
else:
    from bson.regex import Regex, str_flags_to_int

__all__ = ["Regex", "str_flags_to_int"]
