"""JavaScript, which is kept and never run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

__all__ = ["Code"]


class Code(str):
    """JavaScript with, perhaps, the variables it sees. It is kept as it is and never run.

    Keyword arguments are added to ``scope``, and win over it.

    Raises ``TypeError`` where ``code`` is no text or ``scope`` no mapping.
    """

    _type_marker: ClassVar[int] = 13
    __scope: Mapping[str, Any] | None

    def __new__(cls, code: str | Code, scope: Mapping[str, Any] | None = None, **kwargs: Any) -> Code:
        if not isinstance(code, str):
            raise TypeError(f"code must be an instance of str, not {type(code)}")
        if scope is not None and not isinstance(scope, Mapping):
            raise TypeError(f"scope must be an instance of dict, not {type(scope)}")
        before = code.scope if isinstance(code, Code) else None
        self = str.__new__(cls, code)
        parts = [part for part in (before, scope, kwargs or None) if part is not None]
        self.__scope = {name: value for part in parts for name, value in part.items()} if parts else None
        return self

    @property
    def scope(self) -> Mapping[str, Any] | None:
        """The variables, or None."""
        return self.__scope

    def __repr__(self) -> str:
        return f"Code({str.__repr__(self)}, {self.__scope!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Code):
            return str.__eq__(self, other) and self.__scope == other.__scope
        return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]
