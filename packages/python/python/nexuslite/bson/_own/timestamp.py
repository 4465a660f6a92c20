"""MongoDB's internal time stamp."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, ClassVar

from nexuslite.bson._own._slots import get_state, set_state
from nexuslite.bson._own.tz_util import utc

__all__ = ["Timestamp"]

_LIMIT = 1 << 32


class Timestamp:
    """A second since 1970 and a number within it, both of 32 bits; a naive ``datetime`` is UTC.

    A point of an operation log rather than a time: use ``datetime`` for times.

    Raises ``TypeError`` or ``ValueError`` for what does not fit.
    """

    __slots__ = ("__inc", "__time")
    _type_marker: ClassVar[int] = 17

    def __init__(self, time: datetime | int, inc: int) -> None:
        if isinstance(time, datetime):
            if time.utcoffset() is None:
                time = time.replace(tzinfo=timezone.utc)
            time = int(time.timestamp() // 1)
        _check_type("time", time)
        _check_type("inc", inc)
        _check_range("time", time)
        _check_range("inc", inc)
        self.__time = time
        self.__inc = inc

    @property
    def time(self) -> int:
        """The second."""
        return self.__time

    @property
    def inc(self) -> int:
        """The number within the second."""
        return self.__inc

    def as_datetime(self) -> datetime:
        """The second, in UTC."""
        return datetime.fromtimestamp(self.__time, utc)

    def __getstate__(self) -> dict[str, Any]:
        return get_state(self)

    def __setstate__(self, state: Any) -> None:
        set_state(self, state)

    def __repr__(self) -> str:
        return f"Timestamp({self.__time}, {self.__inc})"

    def __hash__(self) -> int:
        return hash(self.__time) ^ hash(self.__inc)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Timestamp):
            return self._pair() == other._pair()
        return NotImplemented

    def __lt__(self, other: Any) -> bool:
        if isinstance(other, Timestamp):
            return self._pair() < other._pair()
        return NotImplemented

    def __le__(self, other: Any) -> bool:
        if isinstance(other, Timestamp):
            return self._pair() <= other._pair()
        return NotImplemented

    def __gt__(self, other: Any) -> bool:
        if isinstance(other, Timestamp):
            return self._pair() > other._pair()
        return NotImplemented

    def __ge__(self, other: Any) -> bool:
        if isinstance(other, Timestamp):
            return self._pair() >= other._pair()
        return NotImplemented

    def _pair(self) -> tuple[int, int]:
        return self.__time, self.__inc


def _check_type(name: str, value: Any) -> None:
    if not isinstance(value, int):
        raise TypeError(f"{name} must be an instance of int, not {type(value)}")


def _check_range(name: str, value: int) -> None:
    if not 0 <= value < _LIMIT:
        raise ValueError(f"{name} must be contained in [0, 2**32)")
