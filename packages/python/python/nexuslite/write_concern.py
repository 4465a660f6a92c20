"""How much a write waits for."""

from __future__ import annotations

from typing import Any

from nexuslite.errors import ConfigurationError

__all__ = ["DEFAULT_WRITE_CONCERN", "WriteConcern"]


class WriteConcern:
    """How much a write waits for, in MongoDB's words.

    There is one file and no other member to wait for, so that ``w`` 1, ``"majority"`` and any ``wtimeout`` ask for
    what happens anyway. With ``j=True`` a write has reached the device when it is acknowledged, also in a database
    that was opened with the durability ``"group"`` or ``"none"``; without it a write is as durable as the database
    was opened to be.
    Anything else, such as ``w=0``, can be built and is refused where it is used.

    Raises ``TypeError``, ``ValueError`` or ``ConfigurationError`` for values that MongoDB has no meaning for.
    """

    __slots__ = ("_document",)

    def __init__(
        self,
        w: int | str | None = None,
        wtimeout: int | None = None,
        j: bool | None = None,
        fsync: bool | None = None,
    ) -> None:
        self._document: dict[str, Any] = {}
        if wtimeout is not None:
            if not isinstance(wtimeout, int):
                raise TypeError(f"wtimeout must be an integer, not {type(wtimeout)}")
            if wtimeout < 0:
                raise ValueError("wtimeout cannot be less than 0")
            self._document["wtimeout"] = wtimeout
        if j is not None:
            self._document["j"] = _boolean("j", j)
        if fsync is not None:
            if _boolean("fsync", fsync) and j:
                raise ConfigurationError("Can't set both j and fsync at the same time")
            self._document["fsync"] = fsync
        if w == 0 and j:
            raise ConfigurationError("Cannot set w to 0 and j to True")
        if w is not None:
            if not isinstance(w, (int, str)):
                raise TypeError(f"w must be an integer or string, not {type(w)}")
            if isinstance(w, int) and w < 0:
                raise ValueError("w cannot be less than 0")
            self._document["w"] = w

    @property
    def document(self) -> dict[str, Any]:
        """The options that were set, as MongoDB writes them."""
        return self._document.copy()

    @property
    def acknowledged(self) -> bool:
        """Whether writes are waited for."""
        return self._document.get("w") != 0

    @property
    def is_server_default(self) -> bool:
        """Whether nothing was set."""
        return not self._document

    def __repr__(self) -> str:
        return f"WriteConcern({', '.join(f'{name}={value!r}' for name, value in self._document.items())})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, WriteConcern):
            return self._document == other._document
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


#: Nothing set.
DEFAULT_WRITE_CONCERN = WriteConcern()


def _boolean(name: str, value: bool) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, was: {name}={value}")
    return value
