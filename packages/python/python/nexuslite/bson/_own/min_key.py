"""The key that sorts before every other value."""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = ["MinKey"]


class MinKey:
    """Sorts before every other value; equal to its like."""

    __slots__ = ()
    _type_marker: ClassVar[int] = 255

    def __getstate__(self) -> Any:
        return {}

    def __setstate__(self, state: Any) -> None:
        pass

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MinKey)

    def __hash__(self) -> int:
        return self._type_marker

    def __lt__(self, other: Any) -> bool:
        return not isinstance(other, MinKey)

    def __le__(self, other: Any) -> bool:
        return True

    def __gt__(self, other: Any) -> bool:
        return False

    def __ge__(self, other: Any) -> bool:
        return isinstance(other, MinKey)

    def __repr__(self) -> str:
        return "MinKey()"
