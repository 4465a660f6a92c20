"""An int that is stored in 64 bits."""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = ["Int64"]


class Int64(int):
    """An int that is stored in 64 bits, however small it is."""

    __slots__ = ()
    _type_marker: ClassVar[int] = 18

    def __getstate__(self) -> Any:
        return {}

    def __setstate__(self, state: Any) -> None:
        pass
