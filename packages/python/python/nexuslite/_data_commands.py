"""The commands that find and change documents: each is the verb of a collection, with its fields as MongoDB names
them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nexuslite.errors import BulkWriteError, ConfigurationError
from nexuslite.operations import DeleteMany, DeleteOne, InsertOne, ReplaceOne, UpdateMany, UpdateOne

if TYPE_CHECKING:
    from nexuslite._commands import Command
    from nexuslite.client_session import ClientSession
    from nexuslite.database import Database

__all__ = ["DATA_COMMANDS"]

# The options of the verbs, by the fields of the commands.
_FIND = {
    "filter": "filter",
    "projection": "projection",
    "sort": "sort",
    "skip": "skip",
    "limit": "limit",
    "batchSize": "batch_size",
    "hint": "hint",
    "collation": "collation",
    "let": "let",
    "maxTimeMS": "max_time_ms",
    "allowDiskUse": "allow_disk_use",
}
_UPDATE = {
    "upsert": "upsert",
    "arrayFilters": "array_filters",
    "collation": "collation",
    "hint": "hint",
    "sort": "sort",
}
_DELETE = {"collation": "collation", "hint": "hint"}
_FIND_AND_MODIFY = {
    "sort": "sort",
    "fields": "projection",
    "hint": "hint",
    "collation": "collation",
    "let": "let",
    "maxTimeMS": "maxTimeMS",
}
_FIND_AND_UPDATE = {**_FIND_AND_MODIFY, "upsert": "upsert", "new": "return_document"}


def _find(database: Database[Any], value: Any, fields: Mapping[str, Any], session: ClientSession | None) -> dict[str, Any]:
    # There are no cursors by number, so that the first batch is all of them.
    found = database[value].find(**_renamed(_FIND, fields), session=session).to_list()
    return {"cursor": {"id": 0, "ns": f"{database.name}.{value}", "firstBatch": found}}


def _explain(database: Database[Any], value: Any, fields: Mapping[str, Any], session: ClientSession | None) -> dict[str, Any]:
    if not isinstance(value, Mapping) or next(iter(value), None) != "find":
        raise ConfigurationError(f"only a find is explained by a command, not {value!r}")
    _expect_fields("find", value, ("find", *_FIND))
    return database[value["find"]].find(**_renamed(_FIND, value)).explain()


def _insert(database: Database[Any], value: Any, fields: Mapping[str, Any], session: ClientSession | None) -> dict[str, Any]:
    return _written(database, value, [InsertOne(document) for document in fields["documents"]], fields, session)


def _update(database: Database[Any], value: Any, fields: Mapping[str, Any], session: ClientSession | None) -> dict[str, Any]:
    return _written(database, value, [_update_request(each) for each in fields["updates"]], fields, session)


def _delete(database: Database[Any], value: Any, fields: Mapping[str, Any], session: ClientSession | None) -> dict[str, Any]:
    return _written(database, value, [_delete_request(each) for each in fields["deletes"]], fields, session)


def _update_request(update: Mapping[str, Any]) -> Any:
    _expect_fields("update", update, ("q", "u", "multi", *_UPDATE))
    options = _renamed(_UPDATE, update)
    change = update["u"]
    if isinstance(change, Mapping) and not str(next(iter(change), "")).startswith("$"):
        if update.get("multi"):
            raise ConfigurationError(f"a replacement is of one document, multi cannot be True: {update!r}")
        return ReplaceOne(update["q"], change, **options)
    return (UpdateMany if update.get("multi") else UpdateOne)(update["q"], change, **options)


def _delete_request(delete: Mapping[str, Any]) -> Any:
    _expect_fields("delete", delete, ("q", "limit", *_DELETE))
    if delete.get("limit") not in (0, 1):
        raise ConfigurationError(f"the limit of a delete must be 0, for all, or 1: {delete!r}")
    return (DeleteOne if delete["limit"] else DeleteMany)(delete["q"], **_renamed(_DELETE, delete))


def _written(
    database: Database[Any],
    name: Any,
    requests: list[Any],
    fields: Mapping[str, Any],
    session: ClientSession | None,
) -> dict[str, Any]:
    options = {"ordered": fields.get("ordered", True), "let": fields.get("let")}
    account: Mapping[str, Any]
    try:
        account = database[name].bulk_write(requests, session=session, **options).bulk_api_result
    except BulkWriteError as error:
        account = error.details
    done = {"n": sum(account[count] for count in ("nInserted", "nMatched", "nUpserted", "nRemoved"))}
    if "updates" in fields:
        done["nModified"] = account["nModified"]
    shown = {name: account[name] for name in ("upserted", "writeErrors") if account.get(name)}
    for fault in shown.get("writeErrors", ()):
        fault.pop("op", None)
    return {**done, **shown}


def _find_and_modify(
    database: Database[Any], value: Any, fields: Mapping[str, Any], session: ClientSession | None
) -> dict[str, Any]:
    collection, query = database[value], fields.get("query", {})
    change, is_removal = fields.get("update"), fields.get("remove", False)
    if bool(is_removal) == (change is not None):
        raise ConfigurationError(f"a findAndModify has an update, or remove: {dict(fields)!r}")
    if change is None:
        wrong = [name for name in ("upsert", "new", "arrayFilters") if fields.get(name)]
        if wrong:
            raise ConfigurationError(f"a findAndModify that removes has no {wrong[0]}")
        options = _renamed(_FIND_AND_MODIFY, fields)
        return {"value": collection.find_one_and_delete(query, **options, session=session)}
    options = _renamed(_FIND_AND_UPDATE, fields)
    if isinstance(change, Mapping) and not str(next(iter(change), "")).startswith("$"):
        if "arrayFilters" in fields:
            raise ConfigurationError("a findAndModify that replaces has no arrayFilters")
        return {"value": collection.find_one_and_replace(query, change, **options, session=session)}
    if "arrayFilters" in fields:
        options["array_filters"] = fields["arrayFilters"]
    return {"value": collection.find_one_and_update(query, change, **options, session=session)}


def _renamed(names: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, Any]:
    return {option: fields[field] for field, option in names.items() if field in fields}


def _expect_fields(name: str, document: Any, known: tuple[str, ...]) -> None:
    if not isinstance(document, Mapping):
        raise TypeError(f"what is asked of the command {name} must be a mapping, not {document!r}")
    for field in document:
        if field not in known:
            raise ConfigurationError(f"the command {name} has no field {field!r}; it has {', '.join(known)}")


#: By their names in lower case: the fields that each has, those without which it means nothing, and the deed.
DATA_COMMANDS: dict[str, Command] = {
    "delete": (("deletes", "ordered", "let"), ("deletes",), _delete),
    "explain": (("verbosity",), (), _explain),
    "find": (tuple(_FIND), (), _find),
    "findandmodify": (
        ("query", "update", "remove", "arrayFilters", *_FIND_AND_UPDATE),
        (),
        _find_and_modify,
    ),
    "insert": (("documents", "ordered"), ("documents",), _insert),
    "update": (("updates", "ordered", "let"), ("updates",), _update),
}
