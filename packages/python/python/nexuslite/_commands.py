"""What ``Database.command`` runs: the engine's own commands, and two that are of a folder of databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nexuslite._options import check as check_options
from nexuslite._settings import is_journaled
from nexuslite._store import MEMORY
from nexuslite.client_session import within
from nexuslite.errors import ConfigurationError, OperationFailure

if TYPE_CHECKING:
    from nexuslite.client_session import ClientSession
    from nexuslite.database import Database

__all__ = ["run"]

# Fields that any command may have. They are looked at here, as the options of verbs are.
_CONCERNS = ("readConcern", "writeConcern")
# With these a file is created where there is none.
_CREATES = frozenset({"create", "createIndexes", "findAndModify", "findandmodify", "insert", "update"})
# With these a write concern is looked at.
_WRITES = _CREATES | {"collMod", "delete", "drop", "dropIndexes", "renameCollection"}


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
    command = {name: value for name, value in document.items() if name not in _CONCERNS}
    if not command:
        raise ConfigurationError("a command must not be empty")
    if "codec_options" in honoured:
        database = database.with_options(codec_options=honoured["codec_options"])
    journal = is_journaled(honoured.get("write_concern", database.write_concern))
    try:
        deed = _OF_A_FOLDER.get(next(iter(command)))
        if deed is not None:
            return {**deed(database, command, session), "ok": 1.0}
        return _run(database, command, session, journal)
    except OperationFailure as error:
        if check and error.code not in allowable_errors and str(error) not in allowable_errors:
            raise
        failure = {"errmsg": str(error), "code": error.code, **(error.details or {})}
        return {**failure, "ok": 0.0}


def _run(
    database: Database[Any], command: dict[str, Any], session: ClientSession | None, journal: bool
) -> dict[str, Any]:
    store, transaction = database._store, within(session, database.client, database._store)
    name = next(iter(command))
    native = store.database() if name in _CREATES else store.to_read()
    # Where there is no file, the engine knows the database by another name.
    if store.path == MEMORY or not store.exists():
        command = _with_names_in_memory(database.name, command)
    answer = native.run_command(database._settings.codec, command, database.name, transaction)
    if transaction is None and journal and name in _WRITES and store.exists():
        store.database().sync()
    return answer


def _with_names_in_memory(name: str, command: dict[str, Any]) -> dict[str, Any]:
    if command.get("$db") == name:
        command = {**command, "$db": MEMORY}
    if next(iter(command)) != "renameCollection":
        return command
    prefix = f"{name}."

    def inside(value: Any) -> Any:
        is_ours = isinstance(value, str) and value.startswith(prefix)
        return f"{MEMORY}.{value[len(prefix) :]}" if is_ours else value

    return {field: inside(value) if field in ("renameCollection", "to") else value for field, value in command.items()}


# The commands of a folder, which the engine cannot know of: it has one file.

_Deed = Callable[["Database[Any]", Mapping[str, Any], "ClientSession | None"], "dict[str, Any]"]


def _list_databases(
    database: Database[Any], command: Mapping[str, Any], session: ClientSession | None
) -> dict[str, Any]:
    _expect_fields(database, command, ("filter", "nameOnly", "authorizedDatabases"))
    options = {name: command[name] for name in ("filter", "nameOnly", "authorizedDatabases") if name in command}
    return {"databases": database.client.list_databases(session, **options).to_list()}


def _drop_database(
    database: Database[Any], command: Mapping[str, Any], session: ClientSession | None
) -> dict[str, Any]:
    _expect_fields(database, command, ())
    database.client.drop_database(database, session)
    return {"dropped": database.name}


def _expect_fields(database: Database[Any], command: Mapping[str, Any], known: tuple[str, ...]) -> None:
    name = next(iter(command))
    for field in list(command)[1:]:
        if field == "$db" and command[field] == database.name:
            continue
        if field not in (*known, "comment"):
            message = f"BSON field '{name}.{field}' is an unknown field."
            details = {"ok": 0.0, "errmsg": message, "code": 40415, "codeName": "IDLUnknownField"}
            raise OperationFailure(message, 40415, details)


_OF_A_FOLDER: dict[str, _Deed] = {"dropDatabase": _drop_database, "listDatabases": _list_databases}
