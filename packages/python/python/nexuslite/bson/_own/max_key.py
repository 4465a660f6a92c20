"""The key that sorts after every other value."""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = ["MaxKey"]


class MaxKey:
    """Sorts after every other value; equal to its like."""

    __slots__ = ()
    _type_marker: ClassVar[int] = 127

    def __getstate__(self) -> Any:
        return {}

    def __setstate__(self, state: Any) -> None:
        pass

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MaxKey)

    def __hash__(self) -> int:
        return self._type_marker

    def __lt__(self, other: Any) -> bool:
        return False

    def __le__(self, other: Any) -> bool:
        return isinstance(other, MaxKey)

    def __gt__(self, other: Any) -> bool:
        return not isinstance(other, MaxKey)

    def __ge__(self, other: Any) -> bool:
        return True

    def __repr__(self) -> str:
        return "MaxKey()"
