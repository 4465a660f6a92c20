"""A regular expression as BSON has it."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Generic, TypeVar, cast

from nexuslite.bson._own._slots import get_state, set_state

__all__ = ["Regex", "str_flags_to_int"]

_T = TypeVar("_T", str, bytes)

_FLAGS = {"i": re.I, "l": re.L, "m": re.M, "s": re.S, "u": re.U, "x": re.X}


def str_flags_to_int(str_flags: str) -> int:
    """The flags of ``re`` for BSON's letters; letters that mean nothing are left out."""
    flags: int = 0
    for letter, flag in _FLAGS.items():
        if letter in str_flags:
            flags |= flag
    return flags


class Regex(Generic[_T]):
    """A regular expression that need not be one of Python's.

    ``flags`` are those of ``re``, or BSON's letters ``ilmsux``.

    Raises ``TypeError`` for a pattern or flags of another type.
    """

    __slots__ = ("flags", "pattern")
    _type_marker: ClassVar[int] = 11

    def __init__(self, pattern: _T, flags: str | int = 0) -> None:
        if not isinstance(pattern, (str, bytes)):
            raise TypeError(f"pattern must be a string, not {type(pattern)}")
        self.pattern: _T = pattern
        if isinstance(flags, str):
            self.flags = str_flags_to_int(flags)
        elif isinstance(flags, int):
            self.flags = flags
        else:
            raise TypeError(f"flags must be a string or int, not {type(flags)}")

    @classmethod
    def from_native(cls, regex: re.Pattern[_T]) -> Regex[_T]:
        """The expression that Python compiled. MongoDB's language differs in places."""
        if not isinstance(regex, re.Pattern):
            raise TypeError(f"regex must be a compiled regular expression, not {type(regex)}")
        return Regex(regex.pattern, regex.flags)

    def try_compile(self) -> re.Pattern[_T]:
        """The expression, compiled by Python; raises ``re.error`` where the languages differ."""
        return cast("re.Pattern[_T]", re.compile(self.pattern, self.flags))

    def __getstate__(self) -> dict[str, Any]:
        return get_state(self)

    def __setstate__(self, state: Any) -> None:
        set_state(self, state)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Regex):
            return bool(self.pattern == other.pattern and self.flags == other.flags)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Regex({self.pattern!r}, {self.flags!r})"
