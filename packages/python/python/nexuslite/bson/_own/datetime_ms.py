"""A time as BSON has it, which may be one that Python does not know."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Any, ClassVar, Final

from nexuslite.bson._own.codec_options import DEFAULT_CODEC_OPTIONS, CodecOptions, DatetimeConversion
from nexuslite.bson.errors import InvalidBSON
from nexuslite.bson._own.tz_util import utc

__all__ = ["DatetimeMS", "EPOCH_AWARE", "EPOCH_NAIVE"]

EPOCH_AWARE: Final = datetime.fromtimestamp(0, utc)
EPOCH_NAIVE: Final = EPOCH_AWARE.replace(tzinfo=None)

_MILLISECOND: Final = timedelta(milliseconds=1)
_FIRST_MS: Final = (datetime.min - EPOCH_NAIVE) // _MILLISECOND
_LAST_MS: Final = (datetime.max - EPOCH_NAIVE) // _MILLISECOND


class DatetimeMS:
    """Milliseconds since 1970, in 64 bits; of a ``datetime``, what is finer than that is cut off.

    Raises ``OverflowError`` for an int that does not fit, ``TypeError`` for anything else.
    """

    __slots__ = ("_value",)
    _type_marker: ClassVar[int] = 9

    def __init__(self, value: int | datetime) -> None:
        if isinstance(value, int):
            if not -(1 << 63) <= value < 1 << 63:
                raise OverflowError("Must be a 64-bit integer of milliseconds")
            self._value = value
        elif isinstance(value, datetime):
            self._value = to_millis(value)
        else:
            raise TypeError(f"{type(value)} is not a valid type for DatetimeMS")

    def as_datetime(self, codec_options: CodecOptions[Any] = DEFAULT_CODEC_OPTIONS) -> Any:
        """The time, as ``codec_options`` say; raises ``InvalidBSON`` where it does not fit into a ``datetime``."""
        return from_millis(self._value, codec_options)

    def __int__(self) -> int:
        return self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"DatetimeMS({self._value!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DatetimeMS):
            return self._value == other._value
        return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: DatetimeMS | int) -> bool:
        return self._value < _number(other)

    def __le__(self, other: DatetimeMS | int) -> bool:
        return self._value <= _number(other)

    def __gt__(self, other: DatetimeMS | int) -> bool:
        return self._value > _number(other)

    def __ge__(self, other: DatetimeMS | int) -> bool:
        return self._value >= _number(other)


def to_millis(time: datetime) -> int:
    """The milliseconds of a time; a naive one is UTC."""
    offset = time.utcoffset()
    if offset is not None:
        # By reckoning with naive times, for the time in UTC may lie outside of what a datetime holds.
        return (time.replace(tzinfo=None) - EPOCH_NAIVE - offset) // _MILLISECOND
    return (time - EPOCH_NAIVE) // _MILLISECOND


def from_millis(millis: int, options: CodecOptions[Any]) -> datetime | DatetimeMS:
    """The time of so many milliseconds, as the options say."""
    conversion = options.datetime_conversion
    if conversion == DatetimeConversion.DATETIME_MS:
        return DatetimeMS(millis)
    zone = options.tzinfo if options.tz_aware else None
    if conversion == DatetimeConversion.DATETIME_CLAMP:
        first, last = _bounds(zone)
        millis = min(max(millis, first), last)
    elif conversion == DatetimeConversion.DATETIME_AUTO:
        first, last = _bounds(zone)
        if not first <= millis <= last:
            return DatetimeMS(millis)
    try:
        time = EPOCH_NAIVE + timedelta(milliseconds=1) * millis
        if not options.tz_aware:
            return time
        aware = time.replace(tzinfo=utc)
        return aware if zone is None else aware.astimezone(zone)
    except (OverflowError, ValueError) as error:
        raise InvalidBSON(
            f"{millis} milliseconds are outside of what a datetime holds ({error}); use "
            "CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_AUTO)"
        ) from error


def _bounds(zone: tzinfo | None) -> tuple[int, int]:
    if zone is None:
        return _FIRST_MS, _LAST_MS
    first = zone.utcoffset(datetime.min) or timedelta(0)
    last = zone.utcoffset(datetime.max) or timedelta(0)
    # A zone west of UTC has no local time for the first hours, and one east of it none for the last.
    return (
        _FIRST_MS + max(0, -(first // _MILLISECOND)),
        _LAST_MS - max(0, last // _MILLISECOND),
    )


def _number(other: DatetimeMS | int) -> int:
    return other._value if isinstance(other, DatetimeMS) else other
