"""What users may write in several ways, in the one way that the engine reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Union, cast

from nexuslite.errors import InvalidName

#: A field's name and a direction, several of them, or a name alone.
Sort = Union[str, Sequence[Union[str, tuple[str, Union[int, str, Mapping[str, Any]]]]], Mapping[str, Any]]
#: The values of a key of an index, by its fields.
Key = Union[Sequence[tuple[str, Any]], Mapping[str, Any]]
#: The fields that are wanted, or what is to become of each.
Projection = Union[Mapping[str, Any], Iterable[str]]


def filter_document(filter: Any) -> Mapping[str, Any]:
    """A filter; the empty one for None.

    Raises ``TypeError`` for anything else that is no mapping.
    """
    if filter is None:
        return {}
    if not isinstance(filter, Mapping) and not hasattr(filter, "raw"):
        raise TypeError(f"filter must be an instance of dict or another mapping, not {type(filter)}: {filter!r}")
    return cast("Mapping[str, Any]", filter)


def sort_document(keys: Any, direction: Any = None) -> Mapping[str, Any]:
    """A sort as a document.

    Raises ``TypeError`` or ``ValueError`` for keys of the wrong shape.
    """
    if direction is not None:
        if not isinstance(keys, str):
            raise TypeError(f"Expected a string and a direction, not {keys!r}")
        return {keys: direction}
    if isinstance(keys, str):
        return {keys: 1}
    if isinstance(keys, Mapping):
        return keys
    if not isinstance(keys, (list, tuple)):
        raise TypeError(f"a sort must be a name, a mapping, or a list of (name, direction) pairs, not {keys!r}")
    if not keys:
        raise ValueError("a sort must not be an empty list")
    document: dict[str, Any] = {}
    for key in keys:
        name, order = (key, 1) if isinstance(key, str) else key
        if not isinstance(name, str):
            raise TypeError(f"the first item of each (name, direction) pair must be a str, not {name!r}")
        document[name] = order
    return document


def sort_or_none(keys: Any) -> Mapping[str, Any] | None:
    """The same of what may be left out, or be empty."""
    if keys is None or (not isinstance(keys, str) and len(keys) == 0):
        return None
    return sort_document(keys)


#: The options of which the engine is told where they are given.
MORE = (
    "allow_disk_use",
    "array_filters",
    "bypass_document_validation",
    "collation",
    "comment",
    "hint",
    "let",
    "max",
    "min",
    "sort",
)


def more_options(honoured: Mapping[str, Any], sort: Any = None) -> dict[str, Any] | None:
    """What a verb is told beside its filter, its change and its numbers; None where it is told nothing."""
    told = {name: honoured[name] for name in MORE if name in honoured}
    order = sort_or_none(sort)
    if order is not None:
        told["sort"] = order
    return told or None


def projection_document(fields: Any) -> Mapping[str, Any] | None:
    """A projection as a document, None where everything is wanted. An empty list asks for the ``_id`` alone.

    Raises ``TypeError`` for anything that names no fields.
    """
    if fields is None:
        return None
    if isinstance(fields, Mapping):
        return fields
    if isinstance(fields, (str, bytes)) or not isinstance(fields, Iterable):
        raise TypeError(f"projection must be a list of field names, or a mapping, not {fields!r}")
    names = list(fields)
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"projection must be a list of key names, each an instance of str, not {names!r}")
    return dict.fromkeys(names, 1) if names else {"_id": 1}


def update_document(update: Any) -> Mapping[str, Any] | list[Mapping[str, Any]]:
    """An update: a document of operators, or the list of a pipeline's stages.

    Raises ``TypeError`` for what is neither, ``ValueError`` for what is empty or no operator.
    """
    if isinstance(update, list):
        if not update:
            raise ValueError("update cannot be empty")
        for stage in update:
            if not isinstance(stage, Mapping):
                raise TypeError(f"each stage of an update must be a mapping, not {stage!r}")
        return update
    if not isinstance(update, Mapping):
        raise TypeError(f"update must be a mapping of operators, or a list of stages, not {update!r}")
    if not update:
        raise ValueError("update cannot be empty")
    if not str(next(iter(update))).startswith("$"):
        raise ValueError(f"update only works with $ operators, not {next(iter(update))!r}")
    return update


def replacement_document(replacement: Any) -> Mapping[str, Any]:
    """A whole document to take the place of another.

    Raises ``TypeError`` for what is no mapping, ``ValueError`` for operators.
    """
    if not isinstance(replacement, Mapping) and not hasattr(replacement, "raw"):
        raise TypeError(f"replacement must be a mapping, not {replacement!r}")
    if replacement and not hasattr(replacement, "raw") and str(next(iter(replacement))).startswith("$"):
        raise ValueError(f"replacement can not include $ operators, it begins with {next(iter(replacement))!r}")
    return cast("Mapping[str, Any]", replacement)


def checked_document(document: Any) -> Any:
    """A document to be stored, which can be given an ``_id``.

    Raises ``TypeError`` for anything else.
    """
    is_document = isinstance(document, dict) or hasattr(document, "raw") or (
        isinstance(document, Mapping) and hasattr(document, "__setitem__")
    )
    if not is_document:
        raise TypeError(
            f"document must be a dict, a RawBSONDocument or another mutable mapping, not {type(document)}: {document!r}"
        )
    return document


def collection_name(name: Any) -> str:
    """A name that a collection can have.

    Raises ``TypeError`` for what is no text, ``InvalidName`` for any other name.
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be an instance of str, not {type(name)}")
    if not name or ".." in name:
        raise InvalidName("collection names cannot be empty")
    if "$" in name:
        raise InvalidName(f"collection names must not contain '$': {name!r}")
    if name[0] == "." or name[-1] == ".":
        raise InvalidName(f"collection names must not start or end with '.': {name!r}")
    if "\x00" in name:
        raise InvalidName("collection names must not contain the null character")
    return name


_REFUSED_IN_DATABASE = re.compile(r'[ ./\\"$*<>:|?\x00]')
_DATABASE_BYTES_MAX = 63


def database_name(name: Any) -> str:
    """A name that a database can have, which is the name of its file without the ending.

    Raises ``TypeError`` for what is no text, ``InvalidName`` for any other name.
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be an instance of str, not {type(name)}")
    if not name:
        raise InvalidName("database name cannot be the empty string")
    refused = _REFUSED_IN_DATABASE.search(name)
    if refused:
        raise InvalidName(f"database names cannot contain the character {refused.group()!r}: {name!r}")
    size = len(name.encode())
    if size > _DATABASE_BYTES_MAX:
        raise InvalidName(f"database names cannot be longer than {_DATABASE_BYTES_MAX} bytes, {name!r} has {size}")
    return name
