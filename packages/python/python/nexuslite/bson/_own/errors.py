"""What can be wrong with BSON."""

from __future__ import annotations

from typing import Any


class BSONError(Exception):
    """Anything that is wrong with BSON."""


class InvalidBSON(BSONError):
    """The bytes are not BSON."""


class InvalidStringData(BSONError):
    """Text that is not UTF-8, or a name that holds a NUL."""


class InvalidDocument(BSONError):
    """The document cannot be encoded."""

    def __init__(self, message: str, document: Any | None = None) -> None:
        super().__init__(message)
        self._document = document

    @property
    def document(self) -> Any | None:
        """The document that could not be encoded, where it is known."""
        return self._document


class InvalidId(BSONError):
    """The value is no ObjectId."""
