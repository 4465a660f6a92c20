"""A time for everything in a block."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from nexuslite._nexuslite import Timeout

__all__ = ["timeout"]


def timeout(seconds: float | None) -> AbstractContextManager[None, Any]:
    """``with timeout(5):`` has what this thread begins in the block end with ``ExecutionTimeout`` once five seconds have
    passed since the block was entered. A block inside another cannot have more time than that has left; None and 0
    bound nothing.

    Raises ``TypeError`` for what is no number, ``ValueError`` for a negative one.
    """
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, (int, float))):
        raise TypeError(f"timeout must be None, an int, or a float, not {seconds!r}")
    if seconds is not None and seconds < 0:
        raise ValueError(f"timeout cannot be negative, but it is {seconds!r}")
    return Timeout(seconds)
