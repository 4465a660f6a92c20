"""Which state of the data a read sees."""

from __future__ import annotations

__all__ = ["DEFAULT_READ_CONCERN", "ReadConcern"]


class ReadConcern:
    """Which state of the data a read sees, in MongoDB's words.

    Every read here sees what is committed at one moment, which is what ``local``, ``majority`` and ``snapshot`` ask
    for. Any other level can be built and is refused where it is used.
    """

    __slots__ = ("_level",)

    def __init__(self, level: str | None = None) -> None:
        if level is not None and not isinstance(level, str):
            raise TypeError(f"level must be a string or None, not {type(level)}")
        self._level = level

    @property
    def level(self) -> str | None:
        """The level, or None."""
        return self._level

    @property
    def ok_for_legacy(self) -> bool:
        """Whether it asks for nothing but the default."""
        return self._level is None or self._level == "local"

    @property
    def document(self) -> dict[str, str]:
        """The level, as MongoDB writes it."""
        return {} if self._level is None else {"level": self._level}

    def __repr__(self) -> str:
        return f"ReadConcern({self._level or ''})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ReadConcern):
            return self._level == other._level
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


#: No level set.
DEFAULT_READ_CONCERN = ReadConcern()
