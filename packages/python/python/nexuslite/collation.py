"""How strings are compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Union

__all__ = [
    "Collation",
    "CollationAlternate",
    "CollationCaseFirst",
    "CollationMaxVariable",
    "CollationStrength",
    "validate_collation_or_none",
]


class CollationStrength:
    """Which differences between strings count."""

    PRIMARY: Final = 1
    SECONDARY: Final = 2
    TERTIARY: Final = 3
    QUATERNARY: Final = 4
    IDENTICAL: Final = 5


class CollationAlternate:
    """Whether spaces and punctuation count."""

    NON_IGNORABLE: Final = "non-ignorable"
    SHIFTED: Final = "shifted"


class CollationMaxVariable:
    """Which characters ``CollationAlternate.SHIFTED`` leaves out."""

    PUNCT: Final = "punct"
    SPACE: Final = "space"


class CollationCaseFirst:
    """Which case sorts first."""

    UPPER: Final = "upper"
    LOWER: Final = "lower"
    OFF: Final = "off"


class Collation:
    """How strings are compared, in MongoDB's words.

    Raises ``TypeError`` or ``ValueError`` for a value of the wrong type.
    """

    __slots__ = ("_document",)

    def __init__(
        self,
        locale: str,
        caseLevel: bool | None = None,
        caseFirst: str | None = None,
        strength: int | None = None,
        numericOrdering: bool | None = None,
        alternate: str | None = None,
        maxVariable: str | None = None,
        normalization: bool | None = None,
        backwards: bool | None = None,
        **kwargs: Any,
    ) -> None:
        self._document: dict[str, Any] = {"locale": _text("locale", locale)}
        if caseLevel is not None:
            self._document["caseLevel"] = _boolean("caseLevel", caseLevel)
        if caseFirst is not None:
            self._document["caseFirst"] = _text("caseFirst", caseFirst)
        if strength is not None:
            if not isinstance(strength, int):
                raise ValueError("The value of strength must be an integer")
            self._document["strength"] = strength
        if numericOrdering is not None:
            self._document["numericOrdering"] = _boolean("numericOrdering", numericOrdering)
        if alternate is not None:
            self._document["alternate"] = _text("alternate", alternate)
        if maxVariable is not None:
            self._document["maxVariable"] = _text("maxVariable", maxVariable)
        if normalization is not None:
            self._document["normalization"] = _boolean("normalization", normalization)
        if backwards is not None:
            self._document["backwards"] = _boolean("backwards", backwards)
        self._document.update(kwargs)

    @property
    def document(self) -> dict[str, Any]:
        """The options that were set, as MongoDB writes them."""
        return self._document.copy()

    def __repr__(self) -> str:
        return f"Collation({', '.join(f'{name}={value!r}' for name, value in self._document.items())})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Collation):
            return self._document == other._document
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


#: What the verbs take: a ``Collation``, or the document of one.
CollationIn = Union[Mapping[str, Any], Collation]


def validate_collation_or_none(value: CollationIn | None) -> dict[str, Any] | None:
    """The document of a collation, however it was given; pymongo's own ``Collation`` is one too.

    Raises ``TypeError`` for anything else.
    """
    if value is None:
        return None
    if isinstance(value, Mapping):
        return dict(value)
    document = getattr(value, "document", None)
    if isinstance(document, Mapping):
        return dict(document)
    raise TypeError(
        f"collation must be a dict, an instance of collation.Collation, or None, not {type(value)}"
    )


def _boolean(name: str, value: bool) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, was: {name}={value}")
    return value


def _text(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"Wrong type for {name}, value must be an instance of str, not {type(value)}")
    return value
