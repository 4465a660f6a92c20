"""A dict whose order counts."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

__all__ = ["SON"]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class SON(dict[_Key, _Value]):
    """A dict that is equal to another ``SON`` only when the order is the same too.

    Any dict keeps its order, so that there is rarely a need for it.
    """

    def __init__(
        self, data: Mapping[_Key, _Value] | Iterable[tuple[_Key, _Value]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__()
        self.update(data)
        self.update(kwargs)

    def __repr__(self) -> str:
        return f"SON([{', '.join(repr(pair) for pair in self.items())}])"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SON):
            return len(self) == len(other) and list(self.items()) == list(other.items())
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def update(self, other: Any | None = None, **kwargs: _Value) -> None:
        """Takes over what ``other`` and the keyword arguments hold."""
        if other is not None:
            super().update(other)
        super().update(kwargs)  # type: ignore[arg-type]

    def copy(self) -> SON[_Key, _Value]:
        """A shallow copy."""
        return SON(self)

    def values(self) -> list[_Value]:  # type: ignore[override]
        """The values, as a list."""
        return list(super().values())

    def iterkeys(self) -> Iterator[_Key]:
        """An iterator over the keys."""
        return iter(self)

    def itervalues(self) -> Iterator[_Value]:
        """An iterator over the values."""
        return iter(super().values())

    def has_key(self, key: _Key) -> bool:
        """Whether the key is there; ``in`` says the same."""
        return key in self

    def popitem(self) -> tuple[_Key, _Value]:
        """Removes the first item and returns it; raises ``KeyError`` where there is none."""
        for key in self:
            return key, self.pop(key)
        raise KeyError("container is empty")

    def to_dict(self) -> dict[_Key, _Value]:
        """A plain dict, in which every ``SON`` inside, in lists too, is a plain dict."""
        return {key: _plain(value) for key, value in self.items()}

    def __deepcopy__(self, memo: dict[int, Any]) -> SON[_Key, _Value]:
        out: SON[_Key, _Value] = SON()
        # Known before its values are copied, for one of them may lead back here.
        memo[id(self)] = out
        for key, value in self.items():
            out[key] = copy.deepcopy(value, memo)
        return out


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value
