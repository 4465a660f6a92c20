"""The time zone that BSON's times are in."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

__all__ = ["FixedOffset", "utc"]

_ZERO = timedelta(0)


class FixedOffset(tzinfo):
    """A time zone ``offset`` east of UTC, in minutes or as a ``timedelta``, called ``name``."""

    def __init__(self, offset: float | timedelta, name: str) -> None:
        self.__offset = offset if isinstance(offset, timedelta) else timedelta(minutes=offset)
        self.__name = name

    def __getinitargs__(self) -> tuple[timedelta, str]:
        return self.__offset, self.__name

    def __repr__(self) -> str:
        return f"FixedOffset({self.__offset!r}, {self.__name!r})"

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return self.__offset

    def tzname(self, dt: datetime | None) -> str:
        return self.__name

    def dst(self, dt: datetime | None) -> timedelta:
        return _ZERO


#: UTC.
utc: FixedOffset = FixedOffset(0, "UTC")
