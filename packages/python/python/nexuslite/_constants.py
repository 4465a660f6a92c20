"""The few constants of pymongo that name a direction or a moment."""

from __future__ import annotations

from typing import Final

#: The order of a sort or of an index, upwards.
ASCENDING: Final = 1
#: The order of a sort or of an index, downwards.
DESCENDING: Final = -1
#: The kind of an index by the hashes of values: ``create_index([("user", HASHED)])``.
HASHED: Final = "hashed"


class ReturnDocument:
    """Which state of the document ``find_one_and_update`` and ``find_one_and_replace`` return."""

    #: As it was before.
    BEFORE: Final = False
    #: As it is now.
    AFTER: Final = True
