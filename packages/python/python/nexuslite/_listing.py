"""Lists that are no collections, filtered as documents are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nexuslite import _nexuslite
from nexuslite._settings import default_settings
from nexuslite._store import MEMORY

__all__ = ["matching"]

# No field of a listed document.
_PLACE = "_id"


def matching(filter: Mapping[str, Any] | None, described: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that satisfy a filter, which may be any that ``find`` takes, in their order.

    Raises ``OperationFailure`` for a filter that means nothing.
    """
    listed = list(described)
    if not filter:
        return listed
    scratch = _nexuslite.Database(MEMORY, {"background": False})
    try:
        documents = scratch.collection("listed", False)
        documents.insert_many(iter([{_PLACE: place, **each} for place, each in enumerate(listed)]), True, False, None)
        codec = default_settings({}).codec
        found = documents.find(codec, filter, {_PLACE: 1}, {_PLACE: 1}, 0, 0, None, None, None, None)
        places: list[Any] = []
        found.extend(places, None)
        return [listed[each[_PLACE]] for each in places]
    finally:
        scratch.close()
