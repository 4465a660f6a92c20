"""A reference to a document."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, ClassVar

from nexuslite.bson._own._slots import get_state, set_state
from nexuslite.bson._own.son import SON

__all__ = ["DBRef"]


class DBRef:
    """A reference to the document ``id`` of ``collection``; further fields are keyword arguments.

    Raises ``TypeError`` where a name is no text.
    """

    __slots__ = ("__collection", "__database", "__id", "__kwargs")
    _type_marker: ClassVar[int] = 100

    def __init__(
        self,
        collection: str,
        id: Any,
        database: str | None = None,
        _extra: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(collection, str):
            raise TypeError(f"collection must be an instance of str, not {type(collection)}")
        if database is not None and not isinstance(database, str):
            raise TypeError(f"database must be an instance of str, not {type(database)}")
        self.__collection = collection
        self.__id = id
        self.__database = database
        self.__kwargs: dict[str, Any] = {**kwargs, **(_extra or {})}

    @property
    def collection(self) -> str:
        """The name of the collection."""
        return self.__collection

    @property
    def id(self) -> Any:
        """The ``_id`` of the document."""
        return self.__id

    @property
    def database(self) -> str | None:
        """The name of the database, or None."""
        return self.__database

    def __getattr__(self, key: Any) -> Any:
        # Before the slots are set, as while a pickle is read, there is nothing to look in.
        fields: dict[str, Any] = {} if key.startswith("_DBRef__") else self.__kwargs
        try:
            return fields[key]
        except KeyError:
            raise AttributeError(key) from None

    def as_doc(self) -> SON[str, Any]:
        """The reference as a document: ``$ref``, ``$id``, perhaps ``$db``, and the further fields."""
        doc: SON[str, Any] = SON([("$ref", self.__collection), ("$id", self.__id)])
        if self.__database is not None:
            doc["$db"] = self.__database
        doc.update(self.__kwargs)
        return doc

    def __getstate__(self) -> dict[str, Any]:
        return get_state(self)

    def __setstate__(self, state: Any) -> None:
        set_state(self, state)

    def __repr__(self) -> str:
        parts = [repr(self.__collection), repr(self.__id)]
        if self.__database is not None:
            parts.append(repr(self.__database))
        parts += [f"{name}={value!r}" for name, value in self.__kwargs.items()]
        return f"DBRef({', '.join(parts)})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DBRef):
            return self._parts() == other._parts()
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.__collection, self.__id, self.__database, tuple(sorted(self.__kwargs.items()))))

    def __deepcopy__(self, memo: Any) -> DBRef:
        return DBRef(
            copy.deepcopy(self.__collection, memo),
            copy.deepcopy(self.__id, memo),
            copy.deepcopy(self.__database, memo),
            copy.deepcopy(self.__kwargs, memo),
        )

    def _parts(self) -> tuple[Any, ...]:
        return self.__collection, self.__database, self.__id, self.__kwargs
