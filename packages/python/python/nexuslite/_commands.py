"""What ``Database.command`` runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nexuslite._data_commands import DATA_COMMANDS
from nexuslite._options import check as check_options
from nexuslite.errors import ConfigurationError, OperationFailure

if TYPE_CHECKING:
    from nexuslite.client_session import ClientSession
    from nexuslite.database import Database

__all__ = ["Command", "run"]

# Fields that any command may have, which ask for what happens anyway or are those of a driver.
_CONCERNS = ("readConcern", "writeConcern")
_ANY = frozenset({"$db", "lsid", "comment", *_CONCERNS})


def run(
    database: Database[Any],
    document: Mapping[str, Any],
    session: ClientSession | None,
    check: bool,
    allowable_errors: list[Any],
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """Runs the command that ``document`` is."""
    concerns = {name: document[name] for name in _CONCERNS if name in document}
    honoured = check_options("command", {"check": check, **given, **concerns})
    if not document:
        raise ConfigurationError("a command must not be empty")
    settings = {name: honoured[name] for name in ("codec_options", "write_concern") if name in honoured}
    if settings:
        database = database.with_options(**settings)
    name = next(iter(document))
    known = _COMMANDS.get(name.lower())
    if known is None:
        raise OperationFailure(f"no such command: {name!r}", 59, _failure(f"no such command: {name!r}", 59, "CommandNotFound"))
    fields, needed, deed = known
    for field in document:
        if field != name and field not in fields and field not in _ANY:
            raise ConfigurationError(f"the command {name} has no field {field!r}; it has {', '.join(fields) or 'none'}")
    for field in needed:
        if field not in document:
            raise ConfigurationError(f"the command {name} needs the field {field!r}")
    try:
        return {**deed(database, document[name], document, session), "ok": 1.0}
    except OperationFailure as error:
        if check and error.code not in allowable_errors and str(error) not in allowable_errors:
            raise
        return dict(error.details or _failure(str(error), error.code, None)) | {"ok": 0.0}


def _failure(message: str, code: int | None, code_name: str | None) -> dict[str, Any]:
    return {"ok": 0.0, "errmsg": message, "code": code, "codeName": code_name}


# The commands. Each gets the database, the command's own value, all its fields, and the session.

_Deed = Callable[["Database[Any]", Any, Mapping[str, Any], "ClientSession | None"], "dict[str, Any]"]


def _ping(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    return {}


def _build_info(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    from nexuslite import build_info

    return build_info()


def _count(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    options = {name: fields[name] for name in ("skip", "limit", "hint", "collation", "maxTimeMS") if name in fields}
    return {"n": database[value].count_documents(fields.get("query", {}), session, **options)}


def _distinct(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    options = {name: fields[name] for name in ("hint", "collation", "maxTimeMS") if name in fields}
    return {"values": database[value].distinct(fields["key"], fields.get("query"), session, **options)}


def _create(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    database.create_collection(value, session=session, check_exists=False)
    return {}


def _drop(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    if value not in database.list_collection_names(session):
        raise OperationFailure("ns not found", 26, _failure("ns not found", 26, "NamespaceNotFound"))
    database.drop_collection(value, session)
    return {"ns": f"{database.name}.{value}"}


def _drop_database(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    database.client.drop_database(database, session)
    return {"dropped": database.name}


def _list_collections(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    options = {name: fields[name] for name in ("nameOnly", "authorizedCollections") if name in fields}
    listed = database.list_collections(session, fields.get("filter"), **options).to_list()
    return {"cursor": {"id": 0, "ns": f"{database.name}.$cmd.listCollections", "firstBatch": listed}}


def _database_stats(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    native = database._store.to_read()
    collections = native.collections()
    stats = native.stats()
    return {
        "db": database.name,
        "collections": len(collections),
        "objects": sum(count for _, count in collections),
        "storageSize": stats["file_bytes"] + stats["wal_bytes"],
        "storage": stats,
    }


def _collection_stats(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    return {"ns": f"{database.name}.{value}", "count": database[value].estimated_document_count()}


def _create_indexes(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    from nexuslite.client_session import within

    transaction = within(session, database.client, database._store)
    names = database[value]._native(write=True).create_indexes(list(fields["indexes"]), transaction)
    return {"names": names}


def _list_indexes(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    listed = database[value].list_indexes(session).to_list()
    return {"cursor": {"id": 0, "ns": f"{database.name}.{value}", "firstBatch": listed}}


def _drop_indexes(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    if fields["index"] == "*":
        database[value].drop_indexes(session)
    else:
        database[value].drop_index(fields["index"], session)
    return {}


def _change_collection(
    database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any
) -> dict[str, Any]:
    from nexuslite.client_session import within

    index = dict(fields["index"])
    name, hidden = index.pop("name", None), index.pop("hidden", None)
    if not isinstance(name, str) or not isinstance(hidden, bool):
        raise ConfigurationError(f"collMod needs an index's name and hidden, not {fields['index']!r}")
    if index:
        raise ConfigurationError(f"of an index collMod changes only hidden, not {', '.join(index)}")
    transaction = within(session, database.client, database._store)
    database[value]._native(write=True).hide_index(name, hidden, transaction)
    return {"hidden_new": hidden}


def _validate(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    return database.validate_collection(value, session=session)


def _rename(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    prefix = f"{database.name}."
    source, to = value, fields["to"]
    if not all(isinstance(name, str) and name.startswith(prefix) for name in (source, to)):
        raise ConfigurationError(f"a collection is renamed inside its database, {prefix}…, not {source!r} to {to!r}")
    options = {"dropTarget": fields["dropTarget"]} if "dropTarget" in fields else {}
    database[source[len(prefix) :]].rename(to[len(prefix) :], session, **options)
    return {}


def _list_databases(database: Database[Any], value: Any, fields: Mapping[str, Any], session: Any) -> dict[str, Any]:
    options = {name: fields[name] for name in ("filter", "nameOnly", "authorizedDatabases") if name in fields}
    return {"databases": database.client.list_databases(session, **options).to_list()}


#: The fields that a command has, those of them without which it means nothing, and the deed.
Command = tuple[tuple[str, ...], tuple[str, ...], _Deed]

# By their names in lower case, which is how MongoDB's older spellings differ.
_COMMANDS: dict[str, Command] = {
    "buildinfo": ((), (), _build_info),
    "collmod": (("index",), ("index",), _change_collection),
    "collstats": ((), (), _collection_stats),
    "count": (("query", "skip", "limit", "hint", "collation", "maxTimeMS"), (), _count),
    "create": ((), (), _create),
    "createindexes": (("indexes",), ("indexes",), _create_indexes),
    "dbstats": ((), (), _database_stats),
    "distinct": (("key", "query", "hint", "collation", "maxTimeMS"), ("key",), _distinct),
    "drop": ((), (), _drop),
    "dropdatabase": ((), (), _drop_database),
    "dropindexes": (("index",), ("index",), _drop_indexes),
    "listindexes": ((), (), _list_indexes),
    "listcollections": (("filter", "nameOnly", "authorizedCollections"), (), _list_collections),
    "listdatabases": (("filter", "nameOnly", "authorizedDatabases"), (), _list_databases),
    "ping": ((), (), _ping),
    "renamecollection": (("to", "dropTarget"), ("to",), _rename),
    "validate": (("full",), (), _validate),
    **DATA_COMMANDS,
}
