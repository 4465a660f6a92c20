"""Which member is read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = [
    "Nearest",
    "Primary",
    "PrimaryPreferred",
    "ReadPreference",
    "Secondary",
    "SecondaryPreferred",
]

_NO_TAGS: Final[list[Mapping[str, Any]]] = [{}]


class _Mode:
    """Which member is read from, in MongoDB's words.

    A database here has one copy, which is its primary: ``Primary`` is accepted by every verb, and the other modes
    can be built and are refused where they are used.
    """

    __slots__ = ("_hedge", "_max_staleness", "_tag_sets")
    _MODE: int
    _WIRE_NAME: str

    def __init__(
        self,
        tag_sets: Sequence[Mapping[str, Any]] | None = None,
        max_staleness: int = -1,
        hedge: Mapping[str, Any] | None = None,
    ) -> None:
        self._tag_sets = _checked_tag_sets(tag_sets)
        self._max_staleness = _checked_max_staleness(max_staleness)
        if hedge is not None and not isinstance(hedge, dict):
            raise TypeError(f"hedge must be a dictionary, not {hedge!r}")
        self._hedge = hedge or None

    @property
    def name(self) -> str:
        """The name of the mode, which is that of its class."""
        return type(self).__name__

    @property
    def mode(self) -> int:
        """The number of the mode."""
        return self._MODE

    @property
    def mongos_mode(self) -> str:
        """The name of the mode, as MongoDB writes it."""
        return self._WIRE_NAME

    @property
    def tag_sets(self) -> Sequence[Mapping[str, Any]]:
        """The sets of tags that a member is chosen by."""
        return list(self._tag_sets) if self._tag_sets else list(_NO_TAGS)

    @property
    def max_staleness(self) -> int:
        """How many seconds a member may lag, or -1."""
        return self._max_staleness

    @property
    def hedge(self) -> Mapping[str, Any] | None:
        """Whether a read is sent to two members, or None."""
        return self._hedge

    @property
    def document(self) -> dict[str, Any]:
        """The preference, as MongoDB writes it."""
        document: dict[str, Any] = {"mode": self._WIRE_NAME}
        if self._tag_sets not in (None, _NO_TAGS):
            document["tags"] = self._tag_sets
        if self._max_staleness != -1:
            document["maxStalenessSeconds"] = self._max_staleness
        if self._hedge is not None:
            document["hedge"] = self._hedge
        return document

    def __repr__(self) -> str:
        return (
            f"{self.name}(tag_sets={self._tag_sets!r}, max_staleness={self._max_staleness!r}, "
            f"hedge={self._hedge!r})"
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _Mode):
            return (
                self._MODE == other._MODE
                and self.tag_sets == other.tag_sets
                and self._max_staleness == other._max_staleness
                and self._hedge == other._hedge
            )
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


class Primary(_Mode):
    """Reads from the primary, which is the only copy there is."""

    __slots__ = ()
    _MODE = 0
    _WIRE_NAME = "primary"

    def __init__(self) -> None:
        super().__init__()

    def __repr__(self) -> str:
        return "Primary()"


class PrimaryPreferred(_Mode):
    """Reads from a secondary where there is no primary."""

    __slots__ = ()
    _MODE = 1
    _WIRE_NAME = "primaryPreferred"


class Secondary(_Mode):
    """Reads from a secondary."""

    __slots__ = ()
    _MODE = 2
    _WIRE_NAME = "secondary"


class SecondaryPreferred(_Mode):
    """Reads from the primary where there is no secondary."""

    __slots__ = ()
    _MODE = 3
    _WIRE_NAME = "secondaryPreferred"


class Nearest(_Mode):
    """Reads from the member that answers first."""

    __slots__ = ()
    _MODE = 4
    _WIRE_NAME = "nearest"


def _checked_tag_sets(tag_sets: Sequence[Mapping[str, Any]] | None) -> Sequence[Mapping[str, Any]] | None:
    if tag_sets is None:
        return None
    if not isinstance(tag_sets, (list, tuple)):
        raise TypeError(f"Tag sets {tag_sets!r} invalid, must be a sequence")
    if not tag_sets:
        raise ValueError(f"Tag sets {tag_sets!r} invalid, must be None or contain at least one set of tags")
    for tags in tag_sets:
        if not isinstance(tags, Mapping):
            raise TypeError(f"Tag set {tags!r} invalid, must be a mapping")
    return list(tag_sets)


def _checked_max_staleness(seconds: int) -> int:
    if not isinstance(seconds, int):
        raise TypeError(f"maxStalenessSeconds must be a positive integer, not {seconds!r}")
    if seconds != -1 and seconds <= 0:
        raise ValueError(f"maxStalenessSeconds must be a positive integer, not {seconds!r}")
    return seconds


# After the functions that its modes are made by.
class ReadPreference:
    """The modes without tags, by name."""

    PRIMARY: Final = Primary()
    PRIMARY_PREFERRED: Final = PrimaryPreferred()
    SECONDARY: Final = Secondary()
    SECONDARY_PREFERRED: Final = SecondaryPreferred()
    NEAREST: Final = Nearest()
