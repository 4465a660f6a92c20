"""Every error, with pymongo's names and hierarchy.

All of them are a ``NexusError``, which is also called ``PyMongoError``.
Where pymongo is installed, each class is a subclass of pymongo's class of the same name too, so that
``except pymongo.errors.DuplicateKeyError`` keeps working in code that moves over. It does not hold the other way
round: ``except nexuslite.errors.DuplicateKeyError`` never catches what a server said.

``AutoReconnect``, ``NetworkTimeout``, ``NotPrimaryError``, ``ProtocolError``, ``ServerSelectionTimeoutError``,
``WaitQueueTimeoutError``, ``WriteConcernError`` and ``WTimeoutError`` need a server and are never raised here; they
exist so that handlers which name them keep working.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nexuslite import _pymongo
from nexuslite.bson.errors import (
    BSONError,
    InvalidBSON,
    InvalidDocument,
    InvalidId,
    InvalidStringData,
)

__all__ = [
    "AutoReconnect",
    "BSONError",
    "BulkWriteError",
    "ClientBulkWriteException",
    "CollectionInvalid",
    "ConfigurationError",
    "ConnectionFailure",
    "CorruptionError",
    "CursorNotFound",
    "DocumentTooLarge",
    "DuplicateKeyError",
    "ExecutionTimeout",
    "ForkedProcessError",
    "InvalidBSON",
    "InvalidDocument",
    "InvalidId",
    "InvalidName",
    "InvalidOperation",
    "InvalidStringData",
    "InvalidURI",
    "NetworkTimeout",
    "NexusError",
    "NotPrimaryError",
    "NotSupportedError",
    "OperationFailure",
    "ProtocolError",
    "PyMongoError",
    "ServerSelectionTimeoutError",
    "WTimeoutError",
    "WaitQueueTimeoutError",
    "WriteConcernError",
    "WriteError",
    "from_native",
]


class NexusError(_pymongo.PyMongoError):
    """Anything that went wrong here.

    ``str(error)`` is the message alone; pymongo appends the details to it.
    """

    # pymongo's initialisers keep their state in private names of their own, so nothing here calls them: every
    # attribute that pymongo's classes offer is offered by this class or by the subclass that needs it.
    def __init__(self, message: str = "", error_labels: Iterable[str] | None = None) -> None:
        Exception.__init__(self, message)
        self._message = message
        self._error_labels = set(error_labels or ())
        self._code: int | None = None
        self._details: Mapping[str, Any] | None = None
        self._kind: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)

    @property
    def kind(self) -> str | None:
        """What the caller can do about it, by the database's name for it (``"Conflict"``), or None."""
        return self._kind

    @property
    def code(self) -> int | None:
        """MongoDB's number for the error, or None."""
        return self._code

    @property
    def details(self) -> Mapping[str, Any] | None:
        """What is known besides the message: ``code``, ``codeName``, ``errmsg``, ``keyPattern`` and others, or None."""
        return self._details

    @property
    def timeout(self) -> bool:
        """Whether the time ran out."""
        return False

    def has_error_label(self, label: str) -> bool:
        """Whether the error carries ``label``, such as ``"TransientTransactionError"``."""
        return label in self._error_labels

    def _add_error_label(self, label: str) -> None:
        self._error_labels.add(label)

    def _remove_error_label(self, label: str) -> None:
        self._error_labels.discard(label)


#: pymongo's name for the root.
PyMongoError = NexusError


class ConnectionFailure(NexusError, _pymongo.ConnectionFailure):
    """The database could not be opened, or has to be opened again."""


class AutoReconnect(ConnectionFailure, _pymongo.AutoReconnect):
    """Never raised here."""

    def __init__(self, message: str = "", errors: Mapping[str, Any] | Iterable[Any] | None = None) -> None:
        labels = errors.get("errorLabels") if isinstance(errors, Mapping) else None
        super().__init__(message, labels)
        self.errors: Any = errors if errors is not None else []

    @property
    def details(self) -> Any:
        return self.errors


class NetworkTimeout(AutoReconnect, _pymongo.NetworkTimeout):
    """Never raised here."""

    @property
    def timeout(self) -> bool:
        return True


class NotPrimaryError(AutoReconnect, _pymongo.NotPrimaryError):
    """Never raised here."""


class ServerSelectionTimeoutError(AutoReconnect, _pymongo.ServerSelectionTimeoutError):
    """Never raised here."""

    @property
    def timeout(self) -> bool:
        return True


class WaitQueueTimeoutError(ConnectionFailure, _pymongo.WaitQueueTimeoutError):
    """Never raised here."""

    @property
    def timeout(self) -> bool:
        return True


class ProtocolError(NexusError, _pymongo.ProtocolError):
    """Never raised here."""


class ConfigurationError(NexusError, _pymongo.ConfigurationError):
    """An option that does not exist, or a value that it cannot have."""


class InvalidURI(ConfigurationError, _pymongo.InvalidURI):
    """The address is no path of a database: there is no server to connect to."""


class InvalidName(NexusError, _pymongo.InvalidName):
    """A name that a database or a collection cannot have."""


class CollectionInvalid(NexusError, _pymongo.CollectionInvalid):
    """The collection exists already, or is not valid."""


class InvalidOperation(NexusError, _pymongo.InvalidOperation):
    """The call makes no sense now, such as one on what was closed."""


class ForkedProcessError(InvalidOperation):
    """The database was opened in the parent process; the child has to open it by itself."""


class CorruptionError(NexusError):
    """The file's bytes are not what was written."""


class DocumentTooLarge(NexusError, _pymongo.DocumentTooLarge, InvalidDocument):
    """The document is larger than 16 MiB."""

    def __init__(self, message: str = "", document: Any | None = None) -> None:
        super().__init__(message)
        self._document = document

    @property
    def document(self) -> Any | None:
        """The document, where it is known."""
        return self._document


class OperationFailure(NexusError, _pymongo.OperationFailure):
    """The database refused the operation."""

    def __init__(
        self,
        error: str,
        code: int | None = None,
        details: Mapping[str, Any] | None = None,
        max_wire_version: int | None = None,
    ) -> None:
        super().__init__(error, None if details is None else details.get("errorLabels"))
        self._code = code
        self._details = details
        self._wire_version = max_wire_version

    @property
    def _max_wire_version(self) -> int | None:
        return self._wire_version

    @property
    def _base_backoff_ms(self) -> int | None:
        return None


class NotSupportedError(OperationFailure, ConfigurationError):
    """What was asked for exists in MongoDB and not here."""

    def __init__(self, error: str, code: int | None = 115, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(error, code, details)


class CursorNotFound(OperationFailure, _pymongo.CursorNotFound):
    """The cursor is gone."""


class ExecutionTimeout(OperationFailure, _pymongo.ExecutionTimeout):
    """The operation's ``max_time_ms`` ran out."""

    @property
    def timeout(self) -> bool:
        return True


class WriteConcernError(OperationFailure, _pymongo.WriteConcernError):
    """Never raised here."""


class WTimeoutError(WriteConcernError, _pymongo.WTimeoutError):
    """Never raised here."""

    @property
    def timeout(self) -> bool:
        return True


class WriteError(OperationFailure, _pymongo.WriteError):
    """A write was refused."""


class DuplicateKeyError(WriteError, _pymongo.DuplicateKeyError):
    """A unique key is already taken; ``details`` has ``keyPattern`` and ``keyValue``."""


class BulkWriteError(OperationFailure, _pymongo.BulkWriteError):
    """Some writes of many were refused; ``details`` has ``writeErrors`` and the counters of what was done."""

    def __init__(self, results: Mapping[str, Any]) -> None:
        super().__init__("batch op errors occurred", 65, results)

    @property
    def details(self) -> Mapping[str, Any]:
        """``writeErrors``, each with ``index``, ``code``, ``errmsg`` and ``op``, and the counters ``nInserted`` and on."""
        return self._details or {}

    @property
    def timeout(self) -> bool:
        return any(error.get("code") == 50 for error in (self._details or {}).get("writeErrors", ()))


class ClientBulkWriteException(OperationFailure, _pymongo.ClientBulkWriteException):
    """Some writes of a client's bulk were refused, or something ended it."""

    def __init__(self, results: Mapping[str, Any], verbose: bool) -> None:
        super().__init__("batch op errors occurred", 65, results)
        self.verbose = verbose
        error = results.get("error")
        if isinstance(error, NexusError):
            self._kind = error.kind
            self._error_labels = set(error._error_labels)

    @property
    def details(self) -> Mapping[str, Any]:
        """``error``, ``writeErrors``, the counters, and what each write did."""
        return self._details or {}

    @property
    def error(self) -> Any | None:
        """What ended the call, where that was not a write that failed, or None."""
        return self.details.get("error")

    @property
    def write_errors(self) -> list[Mapping[str, Any]]:
        """What each write failed with: ``index``, ``code``, ``errmsg`` and ``op``."""
        return list(self.details.get("writeErrors", ()))

    @property
    def write_concern_errors(self) -> list[Any]:
        """None: there is no server."""
        return list(self.details.get("writeConcernErrors", ()))

    @property
    def partial_result(self) -> Any | None:
        """The ``ClientBulkWriteResult`` of the other writes; None when none did anything."""
        from nexuslite.results import ClientBulkWriteResult

        if not self.details.get("anySuccessful"):
            return None
        return ClientBulkWriteResult(dict(self.details), True, self.verbose)

    @property
    def timeout(self) -> bool:
        return bool(getattr(self.error, "timeout", False))


def from_native(
    kind: str,
    code: int | None,
    code_name: str | None,
    message: str,
    labels: Iterable[str] = (),
    details: Mapping[str, Any] | None = None,
    *,
    verb: str | None = None,
) -> NexusError:
    """The exception for an error of the native module.

    ``kind`` is the database's name for what the caller can do; ``code`` and ``code_name`` are MongoDB's. ``verb`` is
    the method that failed, where it is known: ``"open"`` turns what the file system refuses into a
    ``ConnectionFailure``, and a method that writes turns what is wrong with a document into a ``WriteError``.
    """
    labels = tuple(labels)
    facts = dict(details or {})
    error: NexusError
    if "writeErrors" in facts:
        error = _bulk_write_error(facts)
    else:
        cls, default_code = _class_of(kind, code, verb)
        code = default_code if code is None else code
        facts.setdefault("errmsg", message)
        if code is not None:
            facts.setdefault("code", code)
        if code_name is not None:
            facts.setdefault("codeName", code_name)
        if labels:
            facts.setdefault("errorLabels", list(labels))
        error = cls(message)
        error._code = code
        error._details = facts
    error._kind = kind
    error._error_labels = set(labels)
    return error


# The class and the number of an error of this kind, where nothing else says more.
_KINDS: dict[str, tuple[type[NexusError], int | None]] = {
    "Invalid": (OperationFailure, None),
    "NotFound": (OperationFailure, None),
    "Exists": (OperationFailure, None),
    "DuplicateKey": (DuplicateKeyError, 11000),
    "Conflict": (OperationFailure, 112),
    "Busy": (OperationFailure, None),
    "Locked": (ConnectionFailure, None),
    "Denied": (OperationFailure, None),
    "Limit": (OperationFailure, None),
    "Timeout": (ExecutionTimeout, 50),
    "Cancelled": (OperationFailure, 11601),
    "Corrupt": (CorruptionError, None),
    "DiskFull": (OperationFailure, None),
    "Io": (ConnectionFailure, None),
    "CommitIndeterminate": (OperationFailure, None),
    "Poisoned": (ConnectionFailure, None),
    "Closed": (InvalidOperation, None),
    "Unsupported": (NotSupportedError, None),
    "Internal": (OperationFailure, None),
}

# What an error of this kind is when it stopped a database from being opened.
_AT_OPEN: dict[str, type[NexusError]] = {
    "Invalid": ConfigurationError,
    "NotFound": ConnectionFailure,
    "Exists": ConnectionFailure,
    "Busy": ConnectionFailure,
    "Denied": ConnectionFailure,
    "Limit": ConnectionFailure,
    "DiskFull": ConnectionFailure,
}

_WRITES = frozenset(
    {
        "insert_one",
        "insert_many",
        "update_one",
        "update_many",
        "replace_one",
        "delete_one",
        "delete_many",
        "bulk_write",
    }
)

# MongoDB's numbers for what is wrong with a document or an update: PathNotViable, ConflictingUpdateOperators,
# DollarPrefixedFieldName, InvalidIdField, NotSingleValueField, EmptyFieldName, DottedFieldName, ImmutableField,
# DocumentValidationFailure.
_OF_A_WRITE = frozenset({28, 40, 52, 53, 54, 56, 57, 66, 121})


def _class_of(kind: str, code: int | None, verb: str | None) -> tuple[type[NexusError], int | None]:
    cls, default_code = _KINDS.get(kind, (OperationFailure, None))
    if verb == "open":
        return _AT_OPEN.get(kind, cls), default_code
    if code == 10334:
        return DocumentTooLarge, None
    if code == 11000:
        return DuplicateKeyError, None
    if kind == "Invalid" and (verb in _WRITES or (verb is None and code in _OF_A_WRITE)):
        return WriteError, default_code
    return cls, default_code


def _bulk_write_error(facts: dict[str, Any]) -> BulkWriteError:
    for counter in ("nInserted", "nUpserted", "nMatched", "nModified", "nRemoved"):
        facts.setdefault(counter, 0)
    facts.setdefault("upserted", [])
    facts.setdefault("writeConcernErrors", [])
    return BulkWriteError(facts)


def _rebuild(cls: type[NexusError], args: tuple[Any, ...], state: dict[str, Any]) -> NexusError:
    # By way of __new__, so that a class with an initialiser of its own is rebuilt as well.
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error
