"""The hierarchy of the errors, and which error what the native module says becomes."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import inspect
import pickle
from typing import Any

import pytest

from nexuslite import _pymongo, errors
from nexuslite.errors import (
    AutoReconnect,
    BulkWriteError,
    ClientBulkWriteException,
    ConfigurationError,
    ConnectionFailure,
    CorruptionError,
    DocumentTooLarge,
    DuplicateKeyError,
    ExecutionTimeout,
    ForkedProcessError,
    InvalidDocument,
    InvalidOperation,
    NetworkTimeout,
    NexusError,
    NotSupportedError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteError,
    WTimeoutError,
    from_native,
)

HAS_PYMONGO = importlib.util.find_spec("pymongo") is not None
CLASSES = [cls for name in errors.__all__ if inspect.isclass(cls := getattr(errors, name))]
OURS = [cls for cls in CLASSES if cls.__module__ == "nexuslite.errors"]

# Every name of pymongo.errors that is not here, and why.
LEFT_OUT = {
    "EncryptedCollectionError": "fields are not encrypted by the client",
    "EncryptionError": "fields are not encrypted by the client",
    "BSONError": "it is here, and private in pymongo.errors",
}


def test_the_root_has_two_names_and_is_the_base_of_all() -> None:
    assert PyMongoError is NexusError
    for cls in OURS:
        assert issubclass(cls, NexusError), cls


def test_pymongos_errors_are_found_exactly_when_it_is_installed() -> None:
    assert (_pymongo.ERRORS is not None) == HAS_PYMONGO


@pytest.mark.parametrize("cls", OURS, ids=lambda cls: cls.__name__)
def test_each_class_is_a_subclass_of_pymongos_and_never_the_other_way(cls: type) -> None:
    if not HAS_PYMONGO:
        assert all(
            base.__module__ in ("nexuslite.errors", "nexuslite.bson.errors", "builtins")
            for base in cls.__mro__
        )
        return
    pymongos = importlib.import_module("pymongo.errors")
    theirs = getattr(pymongos, cls.__name__, pymongos.PyMongoError)
    assert issubclass(cls, theirs) and not issubclass(theirs, NexusError)
    # Whatever pymongo's class is, ours is by its own names.
    for base in theirs.__mro__:
        if hasattr(errors, base.__name__):
            assert issubclass(cls, getattr(errors, base.__name__)), base


def test_every_name_of_pymongos_errors_is_here() -> None:
    pymongos = pytest.importorskip("pymongo.errors", reason="compares with pymongo")
    names = {
        name
        for name, value in vars(pymongos).items()
        if inspect.isclass(value) and issubclass(value, Exception) and not name.startswith("_")
    }
    assert names - set(errors.__all__) == set(LEFT_OUT) - {"BSONError"}


def test_handlers_written_for_pymongo_catch_what_is_raised_here() -> None:
    pymongos = pytest.importorskip("pymongo.errors", reason="needs pymongo")
    error = from_native("DuplicateKey", 11000, "DuplicateKey", "E11000", (), {"keyValue": {"a": 1}})
    for name in ("DuplicateKeyError", "WriteError", "OperationFailure", "PyMongoError"):
        with pytest.raises(getattr(pymongos, name)) as caught:
            raise error
        assert (caught.value.code, caught.value.details["keyValue"]) == (11000, {"a": 1})
    with pytest.raises(pymongos.DuplicateKeyError):
        try:
            raise pymongos.DuplicateKeyError("a server's")
        except NexusError:
            pytest.fail("a server's error is not ours")


def of_nothing(cls: type) -> tuple[Any, ...]:
    """What an error that tells nothing is made of."""
    return {BulkWriteError: ({},), ClientBulkWriteException: ({}, False)}.get(cls, ("text",))


@pytest.mark.parametrize("cls", OURS, ids=lambda cls: cls.__name__)
def test_each_error_has_every_attribute_of_pymongos(cls: type) -> None:
    pymongos = pytest.importorskip("pymongo.errors", reason="compares with pymongo")
    theirs = getattr(pymongos, cls.__name__, None)
    if theirs is None:
        return
    made = cls(*of_nothing(cls))
    for attribute in dir(theirs):
        if not attribute.startswith("__"):
            getattr(made, attribute)
    their_made = theirs(*of_nothing(cls))
    timeout = getattr(their_made, "timeout", False)
    assert made.timeout == timeout
    mine, others = inspect.signature(cls).parameters, inspect.signature(theirs).parameters
    if cls is not DocumentTooLarge:
        assert list(mine) == list(others), cls


# What the native module says.


@pytest.mark.parametrize(
    ("kind", "code", "verb", "cls", "expected_code"),
    [
        ("Invalid", 2, None, OperationFailure, 2),
        ("Invalid", 2, "find", OperationFailure, 2),
        ("Invalid", 2, "update_one", WriteError, 2),
        ("Invalid", 66, None, WriteError, 66),
        ("Invalid", 66, "find_one_and_update", OperationFailure, 66),
        ("Invalid", None, "open", ConfigurationError, None),
        ("Invalid", 10334, "insert_one", DocumentTooLarge, 10334),
        ("Limit", 10334, None, DocumentTooLarge, 10334),
        ("Limit", None, "find", OperationFailure, None),
        ("NotFound", 26, "rename", OperationFailure, 26),
        ("NotFound", None, "open", ConnectionFailure, None),
        ("Exists", 48, "create_collection", OperationFailure, 48),
        ("DuplicateKey", 11000, "insert_one", DuplicateKeyError, 11000),
        ("DuplicateKey", None, None, DuplicateKeyError, 11000),
        ("Conflict", None, None, OperationFailure, 112),
        ("Busy", None, None, OperationFailure, None),
        ("Locked", None, "open", ConnectionFailure, None),
        ("Denied", None, "open", ConnectionFailure, None),
        ("Denied", None, "insert_one", OperationFailure, None),
        ("Timeout", None, None, ExecutionTimeout, 50),
        ("Cancelled", None, None, OperationFailure, 11601),
        ("Corrupt", None, "open", CorruptionError, None),
        ("Corrupt", None, "find", CorruptionError, None),
        ("DiskFull", None, "insert_one", OperationFailure, None),
        ("Io", None, None, ConnectionFailure, None),
        ("CommitIndeterminate", None, None, OperationFailure, None),
        ("Poisoned", None, None, ConnectionFailure, None),
        ("Closed", 11600, "find", InvalidOperation, 11600),
        ("Unsupported", None, "find", NotSupportedError, None),
        ("Unsupported", None, "open", NotSupportedError, None),
        ("Internal", None, None, OperationFailure, None),
        ("SomethingNew", None, None, OperationFailure, None),
    ],
)
def test_each_kind_becomes_its_class(
    kind: str, code: int | None, verb: str | None, cls: type, expected_code: int | None
) -> None:
    error = from_native(kind, code, None, "what happened", (), None, verb=verb)
    assert type(error) is cls
    assert (error.kind, error.code, str(error)) == (kind, expected_code, "what happened")
    assert error.details is not None and error.details["errmsg"] == "what happened"


def test_an_error_carries_its_code_its_details_and_its_labels() -> None:
    error = from_native(
        "Conflict", 112, "WriteConflict", "try again", ["TransientTransactionError"], {"attempts": 3}
    )
    assert error.details == {
        "attempts": 3,
        "errmsg": "try again",
        "code": 112,
        "codeName": "WriteConflict",
        "errorLabels": ["TransientTransactionError"],
    }
    assert error.has_error_label("TransientTransactionError")
    assert not error.has_error_label("UnknownTransactionCommitResult")
    error._remove_error_label("TransientTransactionError")
    error._add_error_label("Mine")
    assert error.has_error_label("Mine") and not error.has_error_label("TransientTransactionError")


def test_details_that_say_more_are_kept_as_they_are() -> None:
    error = from_native(
        "DuplicateKey", 11000, "DuplicateKey", "long text", (), {"index": 2, "errmsg": "E11000"}
    )
    assert error.details == {"index": 2, "errmsg": "E11000", "code": 11000, "codeName": "DuplicateKey"}


def test_write_errors_become_one_error_of_many_writes() -> None:
    write_error = {"index": 1, "code": 11000, "errmsg": "E11000", "op": {"_id": 1}}
    error = from_native(
        "DuplicateKey", 11000, "DuplicateKey", "m", (), {"writeErrors": [write_error], "nInserted": 1}
    )
    assert type(error) is BulkWriteError
    assert (error.code, str(error), error.timeout) == (65, "batch op errors occurred", False)
    assert error.details == {
        "writeErrors": [write_error],
        "writeConcernErrors": [],
        "nInserted": 1,
        "nUpserted": 0,
        "nMatched": 0,
        "nModified": 0,
        "nRemoved": 0,
        "upserted": [],
    }
    assert BulkWriteError({"writeErrors": [{"code": 50}]}).timeout


def test_what_ran_out_of_time_says_so() -> None:
    for error in (
        ExecutionTimeout("t", 50),
        NetworkTimeout("t"),
        ServerSelectionTimeoutError("t"),
        WTimeoutError("t"),
    ):
        assert error.timeout, error
    for other in (OperationFailure("t"), NexusError("t"), AutoReconnect("t"), ConnectionFailure("t")):
        assert not other.timeout, other


def test_labels_are_read_from_where_pymongo_reads_them() -> None:
    assert NexusError("m", ["L"]).has_error_label("L")
    assert OperationFailure("m", 1, {"errorLabels": ["L"]}).has_error_label("L")
    assert AutoReconnect("m", {"errorLabels": ["L"]}).has_error_label("L")
    assert AutoReconnect("m", {"a": 1}).errors == AutoReconnect("m", {"a": 1}).details == {"a": 1}


class Peculiar(OperationFailure):
    """A subclass with an initialiser of its own, as applications have them."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first}/{second}", 7, {"second": second})


@pytest.mark.parametrize(
    "error",
    [
        from_native("Conflict", 112, "WriteConflict", "m", ["TransientTransactionError"], {"a": 1}),
        from_native("DuplicateKey", 11000, "DuplicateKey", "m", (), {"writeErrors": [{"code": 11000}]}),
        from_native("Corrupt", None, None, "m"),
        DocumentTooLarge("too large", {"a": 1}),
        NotSupportedError("no"),
        AutoReconnect("m", {"a": 1}),
        ForkedProcessError("m"),
        Peculiar(1, 2),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("how", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
def test_an_error_survives_pickles_and_copies(error: Any, how: Any) -> None:
    read = how(error)
    assert type(read) is type(error) and read.args == error.args and str(read) == str(error)
    for attribute in ("code", "details", "kind", "timeout"):
        assert getattr(read, attribute) == getattr(error, attribute), attribute
    for label in ("TransientTransactionError", "Other"):
        assert read.has_error_label(label) == error.has_error_label(label)
    if isinstance(error, DocumentTooLarge):
        assert read.document == error.document == {"a": 1}


def test_what_is_not_supported_is_caught_as_a_failure_and_as_a_configuration() -> None:
    error = NotSupportedError("find: option let")
    assert isinstance(error, OperationFailure) and isinstance(error, ConfigurationError) and error.code == 115
    assert isinstance(DocumentTooLarge("m"), InvalidDocument) and issubclass(
        ForkedProcessError, InvalidOperation
    )
