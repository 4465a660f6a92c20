"""The requests of ``bulk_write``, and the description of an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Union

from nexuslite.collation import CollationIn, validate_collation_or_none

__all__ = [
    "DeleteMany",
    "DeleteOne",
    "IndexModel",
    "InsertOne",
    "ReplaceOne",
    "UpdateMany",
    "UpdateOne",
    "request_document",
]

#: What an update is: a document of operators, or a pipeline.
Update = Union[Mapping[str, Any], Sequence[Mapping[str, Any]]]
#: What names an index: its name, or its keys.
IndexHint = Union[
    str, Sequence[Union[str, tuple[str, Union[int, str, Mapping[str, Any]]]]], Mapping[str, Any]
]


class _Request:
    """What the requests share: two of one class are equal when all that they hold is, and none has a hash."""

    __slots__ = ("_namespace",)
    # The attributes that the text of a request always shows, in this order.
    _SHOWN: tuple[str, ...] = ()

    def __init__(self, namespace: str | None) -> None:
        self._namespace = namespace

    def _state(self) -> tuple[Any, ...]:
        return (*(getattr(self, name) for name in self._SHOWN), self._namespace)

    def _optional(self) -> tuple[Any, ...]:
        return () if self._namespace is None else (self._namespace,)

    def __eq__(self, other: object) -> bool:
        if type(other) is type(self):
            return self._state() == other._state()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = [getattr(self, name) for name in self._SHOWN]
        return f"{type(self).__name__}({', '.join(repr(value) for value in (*shown, *self._optional()))})"


class InsertOne(_Request):
    """Inserts ``document``."""

    __slots__ = ("_doc",)
    _SHOWN = ("_doc",)

    def __init__(self, document: Mapping[str, Any], namespace: str | None = None) -> None:
        super().__init__(namespace)
        self._doc = document


class _Delete(_Request):
    __slots__ = ("_collation", "_filter", "_hint")
    _SHOWN = ("_filter", "_collation", "_hint")

    def __init__(
        self,
        filter: Mapping[str, Any],
        collation: CollationIn | None = None,
        hint: IndexHint | None = None,
        namespace: str | None = None,
    ) -> None:
        super().__init__(namespace)
        self._filter = _checked_filter(filter)
        self._collation = collation
        self._hint = _checked_hint(hint)


class DeleteOne(_Delete):
    """Deletes the first document that satisfies ``filter``."""

    __slots__ = ()


class DeleteMany(_Delete):
    """Deletes every document that satisfies ``filter``."""

    __slots__ = ()


class ReplaceOne(_Request):
    """Puts ``replacement`` in the place of the first document that satisfies ``filter``."""

    __slots__ = ("_collation", "_doc", "_filter", "_hint", "_sort", "_upsert")
    _SHOWN = ("_filter", "_doc", "_upsert", "_collation", "_hint")

    def __init__(
        self,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        upsert: bool | None = None,
        collation: CollationIn | None = None,
        hint: IndexHint | None = None,
        namespace: str | None = None,
        sort: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(namespace)
        self._filter = _checked_filter(filter)
        self._doc = replacement
        self._upsert = _checked_upsert(upsert)
        self._collation = collation
        self._hint = _checked_hint(hint)
        self._sort = sort

    def _state(self) -> tuple[Any, ...]:
        return (*super()._state(), self._sort)

    def _optional(self) -> tuple[Any, ...]:
        return (self._sort,) if self._namespace is None else (self._namespace, self._sort)


class _Update(_Request):
    __slots__ = ("_array_filters", "_collation", "_doc", "_filter", "_hint", "_sort", "_upsert")
    _SHOWN = ("_filter", "_doc", "_upsert", "_collation", "_array_filters", "_hint")

    def __init__(
        self,
        filter: Mapping[str, Any],
        update: Update,
        upsert: bool | None,
        collation: CollationIn | None,
        array_filters: Sequence[Mapping[str, Any]] | None,
        hint: IndexHint | None,
        namespace: str | None,
        sort: Mapping[str, Any] | None,
    ) -> None:
        super().__init__(namespace)
        self._filter = _checked_filter(filter)
        self._doc = update
        self._upsert = _checked_upsert(upsert)
        self._collation = collation
        if array_filters is not None and not isinstance(array_filters, list):
            raise TypeError(f"array_filters must be a list, not {type(array_filters)}")
        self._array_filters = array_filters
        self._hint = _checked_hint(hint)
        self._sort = sort

    def _state(self) -> tuple[Any, ...]:
        return (*super()._state(), self._sort)

    def _optional(self) -> tuple[Any, ...]:
        return (self._sort,) if self._namespace is None else (self._namespace, self._sort)


class UpdateOne(_Update):
    """Changes the first document that satisfies ``filter``."""

    __slots__ = ()

    def __init__(
        self,
        filter: Mapping[str, Any],
        update: Update,
        upsert: bool | None = None,
        collation: CollationIn | None = None,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: IndexHint | None = None,
        namespace: str | None = None,
        sort: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(filter, update, upsert, collation, array_filters, hint, namespace, sort)


class UpdateMany(_Update):
    """Changes every document that satisfies ``filter``."""

    __slots__ = ()

    def __init__(
        self,
        filter: Mapping[str, Any],
        update: Update,
        upsert: bool | None = None,
        collation: CollationIn | None = None,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: IndexHint | None = None,
        namespace: str | None = None,
    ) -> None:
        super().__init__(filter, update, upsert, collation, array_filters, hint, namespace, None)


class IndexModel:
    """The description of an index: its keys, and whatever options MongoDB gives an index.

    ``keys`` is a name, a list of names and ``(name, direction)`` pairs, or a mapping of names to directions.
    A name for the index is made of them where none is given.

    Raises ``TypeError`` or ``ValueError`` for keys of the wrong shape.
    """

    __slots__ = ("_document",)

    def __init__(self, keys: IndexHint, **kwargs: Any) -> None:
        key = _key_document(_key_pairs(keys))
        collation = validate_collation_or_none(kwargs.pop("collation", None))
        if kwargs.get("name") is None:
            kwargs["name"] = "_".join(f"{name}_{direction}" for name, direction in key.items())
        self._document: dict[str, Any] = {**kwargs, "key": key}
        if collation is not None:
            self._document["collation"] = collation

    @property
    def document(self) -> dict[str, Any]:
        """The description, as MongoDB's ``createIndexes`` takes it."""
        return self._document

    def __repr__(self) -> str:
        options = [f"{name}={value!r}" for name, value in self._document.items() if name != "key"]
        return f"IndexModel({', '.join([repr(self._document['key']), *options])})"


#: The requests that ``bulk_write`` takes.
Request = Union[InsertOne, UpdateOne, UpdateMany, ReplaceOne, DeleteOne, DeleteMany]

# Each request by the name of its class, which pymongo's has too, with the field that it has in MongoDB's bulkWrite
# and the attributes that are read from it.
_FIELDS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "InsertOne": ("insertOne", (("document", "_doc"),)),
    "UpdateOne": (
        "updateOne",
        (
            ("filter", "_filter"),
            ("update", "_doc"),
            ("upsert", "_upsert"),
            ("collation", "_collation"),
            ("arrayFilters", "_array_filters"),
            ("hint", "_hint"),
            ("sort", "_sort"),
        ),
    ),
    "UpdateMany": (
        "updateMany",
        (
            ("filter", "_filter"),
            ("update", "_doc"),
            ("upsert", "_upsert"),
            ("collation", "_collation"),
            ("arrayFilters", "_array_filters"),
            ("hint", "_hint"),
        ),
    ),
    "ReplaceOne": (
        "replaceOne",
        (
            ("filter", "_filter"),
            ("replacement", "_doc"),
            ("upsert", "_upsert"),
            ("collation", "_collation"),
            ("hint", "_hint"),
            ("sort", "_sort"),
        ),
    ),
    "DeleteOne": ("deleteOne", (("filter", "_filter"), ("collation", "_collation"), ("hint", "_hint"))),
    "DeleteMany": ("deleteMany", (("filter", "_filter"), ("collation", "_collation"), ("hint", "_hint"))),
}


def request_document(request: Any) -> tuple[str, dict[str, Any]]:
    """A request of ``bulk_write`` as its name in MongoDB (``"updateOne"``) and its fields, those not set left out.

    A request that was made by pymongo's class of the same name is as good as ours. A request for another namespace
    is returned with the field ``namespace``.

    Raises ``TypeError`` for anything else.
    """
    known = _FIELDS.get(type(request).__name__)
    if known is None or not hasattr(request, "_namespace"):
        raise TypeError(f"{request!r} is not a valid request")
    name, fields = known
    document: dict[str, Any] = {}
    for field, attribute in (*fields, ("namespace", "_namespace")):
        value = getattr(request, attribute, None)
        if value is not None:
            document[field] = validate_collation_or_none(value) if field == "collation" else value
    return name, document


def _checked_filter(filter: Mapping[str, Any]) -> Mapping[str, Any]:
    # None stands for the empty filter, as in pymongo.
    if filter is not None and not isinstance(filter, Mapping):
        raise TypeError(f"filter must be a mapping, not {type(filter)}")
    return filter


def _checked_upsert(upsert: bool | None) -> bool | None:
    if upsert is not None and not isinstance(upsert, bool):
        raise TypeError(f"upsert must be True or False, was: upsert={upsert}")
    return upsert


def _checked_hint(hint: IndexHint | None) -> str | dict[str, Any] | None:
    if hint is None or isinstance(hint, str):
        return hint
    return _key_document(_key_pairs(hint))


def _key_pairs(keys: IndexHint) -> Sequence[tuple[str, Any]]:
    if isinstance(keys, str):
        return [(keys, 1)]
    if isinstance(keys, Mapping):
        return list(keys.items())
    if not isinstance(keys, (list, tuple)):
        raise TypeError(
            f"keys must be a name, a mapping, or a list of names and (name, direction) pairs, not {keys!r}"
        )
    return [(key, 1) if isinstance(key, str) else key for key in keys]


def _key_document(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if not pairs:
        raise ValueError("keys must not be empty")
    key: dict[str, Any] = {}
    for name, direction in pairs:
        if not isinstance(name, str):
            raise TypeError(f"the name in a (name, direction) pair must be a str, not {type(name)}")
        if not isinstance(direction, (str, int, Mapping)):
            raise TypeError(
                f"the direction of {name!r} must be 1, -1 or the name of a kind of index, not {direction!r}"
            )
        key[name] = direction
    return key
