"""Every keyword option of every verb and constructor that is shared with pymongo, in one table.

An option is of one of three kinds: it is *honoured*; or it is *mapped*, which means that the values accepted ask for
what happens anyway; or it is *refused* by an error that names it. Nothing is ignored: a value that is neither
honoured nor the same as what happens anyway is refused.

``None`` means everywhere that the option was not given.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Final

from nexuslite import _rules as take
from nexuslite._rules import Kind, Refused, Rule, honoured, mapped, refused
from nexuslite.bson.binary import UuidRepresentation
from nexuslite.bson.codec_options import CodecOptions, DatetimeConversion, TypeRegistry
from nexuslite.bson.raw_bson import RawBSONDocument
from nexuslite.collation import Collation
from nexuslite.errors import ConfigurationError, NotSupportedError
from nexuslite.read_concern import ReadConcern
from nexuslite.read_preferences import Nearest, Primary
from nexuslite.write_concern import WriteConcern

__all__ = ["TABLE", "Kind", "Rule", "check"]


def check(verb: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of ``options`` that ``verb`` has to act upon, by name, with the values it has to use.

    ``verb`` is the name of a method (``"find"``) or of a constructor (``"Client"``, ``"Database"``). Options that are
    None are left out, and so are those that ask for what happens anyway. The options of constructors may be written
    in any case, as MongoDB's are (``retryWrites``).

    Raises:
        NotSupportedError: The option cannot be had; the message names the verb, the option and the value.
        ConfigurationError: The verb has no such option.
        TypeError, ValueError: The value means nothing.
    """
    rules = TABLE[verb]
    is_any_case = verb in _ANY_CASE
    taken: dict[str, Any] = {}
    for given, value in options.items():
        name = given.lower() if is_any_case else given
        rule = rules.get(name)
        if rule is None:
            raise ConfigurationError(_unknown(verb, given, rules))
        if value is None:
            continue
        try:
            accepted = rule.take(value)
        except Refused as refusal:
            shown = given if name in _SECRETS else f"{given}={value!r}"
            raise NotSupportedError(f"{verb}: option {shown} is not supported: {refusal}") from None
        except TypeError as error:
            raise TypeError(f"{verb}: option {given}: {error}") from None
        except ValueError as error:
            raise ValueError(f"{verb}: option {given}: {error}") from None
        if rule.kind is Kind.HONOURED:
            taken[rule.becomes or name] = accepted
    return taken


def _unknown(verb: str, given: str, rules: Mapping[str, Rule]) -> str:
    close = difflib.get_close_matches(given.lower(), rules, n=3)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"{verb}: unknown option {given!r}{hint}"


_FLAG: Final = honoured(take.boolean, (True, False), (1, "yes"))
_COUNT: Final = honoured(take.natural, (0, 7), (-1, "7", 1.5, True))
_TIME: Final = honoured(take.natural, (0, 1000), (-1, "1000", 1.5), "max_time_ms")
_SESSION: Final = honoured(take.anything, (object(),))
_SORT: Final = honoured(take.anything, ([("a", 1)], {"a": 1}, "a"))
_PROJECTION: Final = honoured(take.anything, ({"a": 1}, ["a"]))
_COLLATION: Final = honoured(
    take.collation,
    (Collation("simple"), Collation("en", strength=2), {"locale": "de"}),
    (5, "en"),
)
_INDEX: Final = honoured(take.index, ("a_1", {"a": 1}, [("a", 1), "b"], {"$natural": 1}), (5, 1.5))
_HINT: Final = mapped(
    take.hint,
    "only a find is told which index to use",
    ("_id_", {"_id": 1}, [("_id", 1)], {"$natural": 1}),
    ("a_1", [("a", 1)]),
)
_COMMENT: Final = mapped(
    take.anything, "a comment goes to a server's log and profiler, and there is none", ("why", {"a": 1})
)
_LET: Final = refused("expressions have no variables from outside", ({"a": 1},), ({},))
_NO_VALIDATION: Final = mapped(take.boolean, "no collection has a validator", (True, False), ("no",))

_CODEC_OPTIONS: Final = honoured(
    take.codec_options,
    (
        CodecOptions(),
        CodecOptions(tz_aware=True),
        CodecOptions(uuid_representation=UuidRepresentation.STANDARD),
    ),
    (
        CodecOptions(uuid_representation=UuidRepresentation.JAVA_LEGACY),
        CodecOptions(unicode_decode_error_handler="ignore"),
        5,
    ),
)
# w and wtimeout ask for what happens anyway, as the only copy acknowledges every write; j is acted upon.
_WRITE_CONCERN: Final = honoured(
    take.write_concern,
    (WriteConcern(), WriteConcern(1), WriteConcern("majority", wtimeout=5, j=True), WriteConcern(j=False)),
    (WriteConcern(0), WriteConcern(2), WriteConcern("tag"), WriteConcern(fsync=True), 1),
)
_READ_CONCERN: Final = mapped(
    take.read_concern,
    "a read sees what is committed at one moment",
    (ReadConcern(), ReadConcern("local"), ReadConcern("majority"), ReadConcern("snapshot")),
    (ReadConcern("linearizable"), ReadConcern("available"), "local"),
)
_READ_PREFERENCE: Final = mapped(
    take.read_preference, "the only copy is the primary", (Primary(),), (Nearest(), "primary")
)
_CONCERNS: Final = {
    "codec_options": _CODEC_OPTIONS,
    "read_preference": _READ_PREFERENCE,
    "write_concern": _WRITE_CONCERN,
    "read_concern": _READ_CONCERN,
}
_CALL: Final = {"session": _SESSION, "comment": _COMMENT}
_ENCRYPTED_FIELDS: Final = refused("fields are not encrypted by the client", ({"fields": []},))

_ONE_WRITE: Final = {**_CALL, "let": _LET, "collation": _COLLATION, "hint": _HINT}
_UPDATE: Final = {
    **_ONE_WRITE,
    "upsert": _FLAG,
    "bypass_document_validation": _NO_VALIDATION,
}
_ARRAY_FILTERS: Final = honoured(
    take.array_filters, ([], [{"x": 1}], [{"x.a": {"$gt": 1}}, {"y": 2}]), ({"x": 1}, [5], 5), "array_filters"
)
_UPDATE_SORT: Final = honoured(take.mapping, ({"a": 1}, {"a.b": -1, "c": 1}), ([("a", 1)], "a"))
_FIND_ONE_AND: Final = {
    **_ONE_WRITE,
    "projection": _PROJECTION,
    "sort": _SORT,
    "max_time_ms": _TIME,
    "maxTimeMS": _TIME,
    "write_concern": _WRITE_CONCERN,
}
_FIND_ONE_AND_CHANGE: Final = {
    **_FIND_ONE_AND,
    "upsert": _FLAG,
    "return_document": _FLAG,
    "bypassDocumentValidation": _NO_VALIDATION,
}

_NO_SERVER: Final = "there is no server and no connection"
_NO_SECRETS: Final = "there is nobody to authenticate to"
_NO_TIMEOUT: Final = "there is no connection whose time could run out; give max_time_ms to the operation"

# What a file is opened with, whichever constructor opens it.
_OPENING: Final = {
    "engine": honoured(take.one_of("wasp", "log", "memory"), ("wasp", "log", "memory"), ("lsm", 5)),
    "create": _FLAG,
    "read_only": _FLAG,
    "durability": honoured(take.one_of("full", "group", "none"), ("full", "group", "none"), ("some", True)),
    "group_interval": honoured(take.seconds, (0.01, 1), (-1, "1", True)),
    "cache_bytes": _COUNT,
    "cache_entries": _COUNT,
    "page_bytes": _COUNT,
    "wal_chunk_bytes": _COUNT,
    "wal_bytes": _COUNT,
    "memtable_bytes": _COUNT,
    "transaction_bytes_max": _COUNT,
    "transaction_attempts_max": _COUNT,
    "sort_bytes_max": _COUNT,
    "background": _FLAG,
    "sweep_interval": honoured(take.seconds, (60, 0.5), (-1, "1")),
    "generate_id": honoured(
        take.one_of("uuid4", "uuid7", "objectid"), ("uuid4", "uuid7", "objectid"), ("uuid1", 4)
    ),
}

_DECODING: Final = {
    "document_class": honoured(take.document_class, (dict, RawBSONDocument), (5, list)),
    "tz_aware": _FLAG,
    "tzinfo": honoured(take.tzinfo, (), ("UTC",)),
    "datetime_conversion": honoured(
        take.datetime_conversion, (DatetimeConversion.DATETIME_AUTO, "DATETIME_MS", 2), ("later", 9)
    ),
    "uuidrepresentation": mapped(
        take.uuid_representation,
        "a UUID is stored as MongoDB's standard says",
        ("standard", UuidRepresentation.STANDARD),
        ("pythonLegacy", "unspecified", 3),
    ),
    "unicode_decode_error_handler": mapped(
        take.unicode_error_handler,
        "text that is not UTF-8 cannot be stored",
        ("strict",),
        ("replace", "ignore"),
    ),
    "type_registry": mapped(
        take.type_registry,
        "an empty registry changes nothing",
        (TypeRegistry(),),
        (5, TypeRegistry(fallback_encoder=str)),
    ),
}

_RETRY: Final = mapped(
    take.boolean_or_text,
    "no write and no read is lost on the way to a server",
    (True, False, "true"),
    ("perhaps",),
)

# The keyword arguments of pymongo's MongoClient, in lower case.
_CLIENT: Final = {
    **_OPENING,
    **_DECODING,
    "connect": mapped(
        take.boolean_or_text, "a database is opened when it is first used", (True, False), ("never",)
    ),
    "retrywrites": _RETRY,
    "retryreads": _RETRY,
    "w": honoured(take.w, (1, "majority"), (0, 2, "tag")),
    "wtimeoutms": honoured(take.natural, (0, 1000), (-1, "soon"), "wtimeout"),
    "wtimeout": honoured(take.natural, (0, 1000), (-1, "soon")),
    "journal": honoured(take.boolean_or_text, (True, False), ("maybe",), "j"),
    "j": honoured(take.boolean_or_text, (True, False), ("maybe",)),
    "fsync": refused("use durability", (True,), (False,)),
    "readconcernlevel": honoured(
        take.read_concern_level,
        ("local", "majority", "snapshot"),
        ("linearizable", "available"),
        "read_concern_level",
    ),
    "readpreference": mapped(
        take.read_preference_mode, "the only copy is the primary", ("primary",), ("nearest",)
    ),
    "read_preference": _READ_PREFERENCE,
    "readpreferencetags": refused(_NO_SERVER, ("dc:ny",)),
    "maxstalenessseconds": refused(_NO_SERVER, (90,), (-1,)),
    "timeoutms": refused(_NO_TIMEOUT, (1000,)),
    "connecttimeoutms": refused(_NO_TIMEOUT, (1000,)),
    "sockettimeoutms": refused(_NO_TIMEOUT, (1000,)),
    "serverselectiontimeoutms": refused(_NO_TIMEOUT, (1000,)),
    "waitqueuetimeoutms": refused(_NO_TIMEOUT, (1000,)),
    **{
        name: refused(_NO_SERVER, (value,))
        for name, value in {
            "port": 27017,
            "appname": "shop",
            "compressors": "zlib",
            "directconnection": True,
            "driver": object(),
            "enable_overload_retargeting": True,
            "enableoverloadretargeting": True,
            "event_listeners": [object()],
            "heartbeatfrequencyms": 1000,
            "loadbalanced": True,
            "localthresholdms": 15,
            "max_adaptive_retries": 2,
            "maxadaptiveretries": 2,
            "maxconnecting": 2,
            "maxidletimems": 1000,
            "maxpoolsize": 100,
            "minpoolsize": 1,
            "replicaset": "rs0",
            "server_api": object(),
            "server_selector": len,
            "servermonitoringmode": "auto",
            "srv_host_validator": len,
            "srvallowedhostssuffix": "example.org",
            "srvmaxhosts": 1,
            "srvservicename": "mongodb",
            "ssl": True,
            "tls": True,
            "tlsallowinvalidcertificates": True,
            "tlsallowinvalidhostnames": True,
            "tlscafile": "ca.pem",
            "tlscertificatekeyfile": "key.pem",
            "tlscertificatekeyfilepassword": "secret",
            "tlscrlfile": "crl.pem",
            "tlsdisableocspendpointcheck": True,
            "tlsinsecure": True,
            "waitqueuemultiple": 2,
            "zlibcompressionlevel": 6,
        }.items()
    },
    **{
        name: refused(_NO_SECRETS, (value,))
        for name, value in {
            "authmechanism": "SCRAM-SHA-256",
            "authmechanismproperties": "SERVICE_NAME:x",
            "authoidcallowedhosts": ["*"],
            "authsource": "admin",
            "password": "secret",
            "username": "me",
        }.items()
    },
    "auto_encryption_opts": refused("fields are not encrypted by the client", (object(),)),
}

_FIND: Final = {
    **_CALL,
    "projection": _PROJECTION,
    "skip": _COUNT,
    # A negative limit is a single batch of so many, which is the same to whoever walks the cursor.
    "limit": honoured(take.whole, (0, 7, -7), ("7", 1.5)),
    "no_cursor_timeout": mapped(
        take.boolean, "a cursor lives until it is closed or collected", (True, False), (1,)
    ),
    "cursor_type": refused("a cursor ends where its snapshot ends", (2, 34, 64), (0,)),
    "sort": _SORT,
    "allow_partial_results": mapped(
        take.boolean, "there is one file, so that no part can be missing", (True, False), (1,)
    ),
    "oplog_replay": refused("there is no oplog", (True,), (False,)),
    "batch_size": _COUNT,
    "collation": _COLLATION,
    "hint": _INDEX,
    "max_time_ms": _TIME,
    "max_scan": refused("use limit or max_time_ms", (5,)),
    "max": refused("use the filter", ([("a", 1)],)),
    "min": refused("use the filter", ([("a", 1)],)),
    "return_key": refused("documents are returned, not the keys of an index", (True,), (False,)),
    "show_record_id": refused("a document's place in the file is not shown", (True,), (False,)),
    "snapshot": refused("every cursor sees one state already", (True,), (False,)),
    "allow_disk_use": refused("a sort stays in memory; raise sort_bytes_max", (True,), (False,)),
    "let": _LET,
}

_TRANSACTION: Final = {
    "read_concern": _READ_CONCERN,
    "write_concern": _WRITE_CONCERN,
    "read_preference": _READ_PREFERENCE,
    "max_commit_time_ms": refused("a commit that has begun is not given up", (1000,)),
}

_CREATE_COLLECTION: Final = {
    **_CALL,
    **_CONCERNS,
    "check_exists": _FLAG,
    "capped": refused("a collection has no bound", (True,), (False,)),
    "size": refused("a collection has no bound", (4096,)),
    "max": refused("a collection has no bound", (5,)),
    "autoIndexId": refused("there is always an index of _id", (False,), (True,)),
    "storageEngine": refused("the engine is chosen when the file is created", ({"wiredTiger": {}},)),
    "validator": refused("documents are not validated", ({"a": 1},), ({},)),
    "validationLevel": refused("documents are not validated", ("strict",), ("off",)),
    "validationAction": refused("documents are not validated", ("error",)),
    "indexOptionDefaults": refused("every index has its own options", ({"a": 1},)),
    "viewOn": refused("there are no views", ("orders",)),
    "pipeline": refused("there are no views", ([{"$match": {}}],), ([],)),
    "collation": mapped(
        take.simple_collation,
        "a collection has no collation of its own but 'simple'",
        (Collation("simple"),),
        (Collation("en"), 5),
    ),
    "timeseries": refused("there are no time series", ({"timeField": "t"},)),
    "expireAfterSeconds": refused(
        "only collections of time series and clustered ones have it in MongoDB", (60,)
    ),
    "clusteredIndex": refused("every collection is ordered by its own key", ({"key": {"_id": 1}},)),
    "changeStreamPreAndPostImages": refused("there are no change streams", ({"enabled": True},)),
    "encryptedFields": _ENCRYPTED_FIELDS,
}

#: For each verb and constructor, for each option, what becomes of it.
TABLE: Final[dict[str, dict[str, Rule]]] = {
    # Constructors, and the clones that change options.
    "Client": _CLIENT,
    "Database": {**_OPENING, **_DECODING, **_CONCERNS},
    "get_database": _CONCERNS,
    "get_collection": _CONCERNS,
    "with_options": _CONCERNS,
    # The client.
    "list_databases": {
        **_CALL,
        "filter": honoured(take.mapping, ({"name": "shop"},), (5,)),
        "nameOnly": _FLAG,
        "authorizedDatabases": mapped(
            take.boolean, "whoever may read a file may read all of it", (True, False), (1,)
        ),
    },
    "list_database_names": _CALL,
    "drop_database": _CALL,
    "server_info": {"session": _SESSION},
    # The database.
    "create_collection": _CREATE_COLLECTION,
    "drop_collection": {**_CALL, "encrypted_fields": _ENCRYPTED_FIELDS},
    "list_collections": {
        **_CALL,
        "filter": honoured(take.mapping, ({"name": "orders"},), (5,)),
        "nameOnly": _FLAG,
        "authorizedCollections": mapped(
            take.boolean, "whoever may read a file may read all of it", (True, False), (1,)
        ),
    },
    "list_collection_names": {
        **_CALL,
        "filter": honoured(take.mapping, ({"name": "orders"},), (5,)),
        "authorizedCollections": mapped(
            take.boolean, "whoever may read a file may read all of it", (True, False), (1,)
        ),
    },
    "command": {
        **_CALL,
        "check": _FLAG,
        "allowable_errors": honoured(take.anything, (["ns not found", 26],)),
        "read_preference": _READ_PREFERENCE,
        "codec_options": _CODEC_OPTIONS,
        "readConcern": mapped(
            take.read_concern_document,
            "a read sees what is committed at one moment",
            ({}, {"level": "majority"}),
            ({"level": "linearizable"}, {"afterClusterTime": 1}, 5),
        ),
        "writeConcern": honoured(
            take.write_concern_document,
            ({}, {"w": 1}, {"w": "majority", "j": True, "wtimeout": 5}),
            ({"w": 0}, {"x": 1}, 5),
            "write_concern",
        ),
    },
    # The collection.
    "insert_one": {**_CALL, "bypass_document_validation": _NO_VALIDATION},
    "insert_many": {**_CALL, "ordered": _FLAG, "bypass_document_validation": _NO_VALIDATION},
    "update_one": {**_UPDATE, "array_filters": _ARRAY_FILTERS, "sort": _UPDATE_SORT},
    "update_many": {**_UPDATE, "array_filters": _ARRAY_FILTERS},
    "replace_one": {**_UPDATE, "sort": _UPDATE_SORT},
    "delete_one": _ONE_WRITE,
    "delete_many": _ONE_WRITE,
    "bulk_write": {
        **_CALL,
        "ordered": _FLAG,
        "bypass_document_validation": _NO_VALIDATION,
        "let": _LET,
    },
    "find": _FIND,
    "find_one": _FIND,
    "find_one_and_delete": _FIND_ONE_AND,
    "find_one_and_replace": _FIND_ONE_AND_CHANGE,
    "find_one_and_update": {
        **_FIND_ONE_AND_CHANGE,
        "array_filters": _ARRAY_FILTERS,
        "arrayFilters": _ARRAY_FILTERS,
    },
    "count_documents": {
        **_CALL,
        "skip": _COUNT,
        "limit": _COUNT,
        "maxTimeMS": _TIME,
        "collation": _COLLATION,
        "hint": _HINT,
    },
    "estimated_document_count": {
        "comment": _COMMENT,
        "maxTimeMS": mapped(take.natural, "the number is at hand", (0, 1000), (-1, "soon")),
    },
    "distinct": {**_CALL, "hint": _HINT, "maxTimeMS": _TIME, "collation": _COLLATION},
    "drop": {**_CALL, "encrypted_fields": _ENCRYPTED_FIELDS},
    "rename": {**_CALL, "dropTarget": _FLAG},
    "options": _CALL,
    "create_index": _CALL,
    "create_indexes": _CALL,
    "list_indexes": _CALL,
    "index_information": _CALL,
    "drop_index": _CALL,
    "drop_indexes": _CALL,
    # One request of bulk_write, by the fields of MongoDB's bulkWrite.
    "request": {
        "upsert": _FLAG,
        "collation": _COLLATION,
        "hint": _HINT,
        "arrayFilters": _ARRAY_FILTERS,
        "sort": _UPDATE_SORT,
        "namespace": refused("every request is for the collection that it was given to", ("shop.orders",)),
    },
    # Sessions.
    "start_session": {
        "causal_consistency": mapped(
            take.boolean, "a read sees every commit that came before it", (True, False), (1,)
        ),
        "default_transaction_options": honoured(take.default_transaction_options, (object(),)),
        "snapshot": refused("use a transaction, which sees one state", (True,), (False,)),
    },
    "start_transaction": _TRANSACTION,
    "with_transaction": _TRANSACTION,
}

_ANY_CASE: Final = frozenset({"Client", "Database"})

# Options whose values must not be found in a log.
_SECRETS: Final = frozenset({"authmechanismproperties", "password", "tlscertificatekeyfilepassword"})
