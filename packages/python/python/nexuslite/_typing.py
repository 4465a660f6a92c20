"""The type variable that the handles share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    #: What documents are read as; dicts unless said.
    DocumentType = TypeVar("DocumentType", bound=Mapping[str, Any], default=dict[str, Any])
else:
    # A type variable has a default since Python 3.13 only, and only type checkers look at it.
    from typing import TypeVar

    DocumentType = TypeVar("DocumentType")

__all__ = ["DocumentType"]
