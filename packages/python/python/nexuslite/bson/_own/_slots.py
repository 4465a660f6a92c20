"""The state of an object that has slots, as pymongo's pickles hold it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def get_state(value: Any) -> dict[str, Any]:
    """The slots that are set, by the names that Python gives them."""
    names = [
        f"_{cls.__name__}{name}" if name.startswith("__") else name
        for cls in type(value).__mro__
        for name in cls.__dict__.get("__slots__", ())
    ]
    return {name: getattr(value, name) for name in names if hasattr(value, name)}


def set_state(value: Any, state: Mapping[str, Any]) -> None:
    """Sets the slots back."""
    for name, part in state.items():
        object.__setattr__(value, name, part)
