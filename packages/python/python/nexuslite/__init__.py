"""NexusLite: an embedded document database, MongoDB's documents and queries in one file, without a server.

    >>> import nexuslite
    >>> orders = nexuslite.Database(":memory:")["orders"]
    >>> _ = orders.insert_one({"_id": 1, "customer": "Ada", "total": 42})
    >>> orders.find_one({"total": {"$gte": 40}})
    {'_id': 1, 'customer': 'Ada', 'total': 42}

``Database`` opens a file, ``Client`` a folder of them. Names, parameters, results and errors are pymongo's.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from nexuslite import bson, errors
from nexuslite._constants import ASCENDING, DESCENDING, HASHED, ReturnDocument
from nexuslite._nexuslite import CancelToken, __version__
from nexuslite._timeout import timeout
from nexuslite.bson.raw_bson import RawBSONDocument
from nexuslite.client import Client, MongoClient
from nexuslite.client_session import ClientSession
from nexuslite.collation import Collation
from nexuslite.collection import Collection
from nexuslite.command_cursor import CommandCursor
from nexuslite.cursor import Cursor, CursorType
from nexuslite.database import Database
from nexuslite.errors import (
    AutoReconnect,
    BSONError,
    BulkWriteError,
    ClientBulkWriteException,
    CollectionInvalid,
    ConfigurationError,
    ConnectionFailure,
    CorruptionError,
    CursorNotFound,
    DocumentTooLarge,
    DuplicateKeyError,
    ExecutionTimeout,
    ForkedProcessError,
    InvalidBSON,
    InvalidDocument,
    InvalidId,
    InvalidName,
    InvalidOperation,
    InvalidStringData,
    InvalidURI,
    NetworkTimeout,
    NexusError,
    NotPrimaryError,
    NotSupportedError,
    OperationFailure,
    ProtocolError,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
    WriteError,
)
from nexuslite.operations import DeleteMany, DeleteOne, IndexModel, InsertOne, ReplaceOne, UpdateMany, UpdateOne
from nexuslite.read_concern import ReadConcern
from nexuslite.read_preferences import ReadPreference
from nexuslite.write_concern import WriteConcern

__all__ = [
    "ASCENDING",
    "AutoReconnect",
    "BSONError",
    "BulkWriteError",
    "CancelToken",
    "Client",
    "ClientBulkWriteException",
    "ClientSession",
    "Collation",
    "Collection",
    "CollectionInvalid",
    "CommandCursor",
    "ConfigurationError",
    "ConnectionFailure",
    "CorruptionError",
    "Cursor",
    "CursorNotFound",
    "CursorType",
    "DESCENDING",
    "Database",
    "DeleteMany",
    "DeleteOne",
    "DocumentTooLarge",
    "DuplicateKeyError",
    "ExecutionTimeout",
    "ForkedProcessError",
    "HASHED",
    "IndexModel",
    "InsertOne",
    "InvalidBSON",
    "InvalidDocument",
    "InvalidId",
    "InvalidName",
    "InvalidOperation",
    "InvalidStringData",
    "InvalidURI",
    "MongoClient",
    "NetworkTimeout",
    "NexusError",
    "NotPrimaryError",
    "NotSupportedError",
    "OperationFailure",
    "ProtocolError",
    "PyMongoError",
    "RawDocument",
    "ReadConcern",
    "ReadPreference",
    "ReplaceOne",
    "ReturnDocument",
    "ServerSelectionTimeoutError",
    "UpdateMany",
    "UpdateOne",
    "WTimeoutError",
    "WaitQueueTimeoutError",
    "WriteConcern",
    "WriteConcernError",
    "WriteError",
    "__version__",
    "bson",
    "bson_from_json",
    "bson_to_json",
    "build_info",
    "errors",
]

# Whoever listens adds a handler; without one nothing is printed.
logging.getLogger(__name__).addHandler(logging.NullHandler())

#: A document's bytes, which are decoded field by field only when they are looked at; as ``document_class`` it makes
#: finds hand out bytes.
RawDocument = RawBSONDocument


def bson_to_json(data: bytes | Mapping[str, Any], relaxed: bool = True) -> str:
    """A document, or its BSON bytes, as MongoDB's Extended JSON: relaxed, or canonical, which keeps every type.

    Raises:
        InvalidBSON: The bytes are no document.
        InvalidDocument: A value has no type in BSON.
    """
    from nexuslite import _nexuslite

    if not isinstance(data, (bytes, bytearray, memoryview)):
        data = _nexuslite.encode_document(data)
    return _nexuslite.bson_to_json(bytes(data), relaxed)


def bson_from_json(text: str) -> bytes:
    """The BSON bytes of the document that Extended JSON spells; ``nexuslite.bson.decode`` makes a dict of them.

    Raises:
        InvalidBSON: The text is not JSON, or no document; the message names line and column.
    """
    from nexuslite import _nexuslite

    return _nexuslite.bson_from_json(text)


def build_info() -> dict[str, Any]:
    """What this is: ``version``, and whose BSON classes are in use, ``bson`` (``"pymongo"`` or ``"nexuslite"``)."""
    return {"version": __version__, "bson": bson.IMPLEMENTATION}
