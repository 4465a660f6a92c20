"""For each verb and constructor, for each option, what becomes of it."""

from __future__ import annotations

from typing import Final

from nexuslite._options import rules as take
from nexuslite._options.constructors import CLIENT, DECODING, OPENING
from nexuslite._options.rules import Rule, honoured, mapped, refused
from nexuslite._options.shared import (
    BYPASS,
    CALL,
    CODEC_OPTIONS,
    COLLATION,
    CONCERNS,
    COUNT,
    ENCRYPTED_FIELDS,
    FLAG,
    HINT,
    LET,
    READ_PREFERENCE,
    SESSION,
    TIME,
    TOLD_CALL,
    UNTOLD,
    WRITE_CONCERN,
)
from nexuslite._options.verbs import (
    ARRAY_FILTERS,
    CREATE_COLLECTION,
    FIND,
    FIND_ONE_AND,
    FIND_ONE_AND_CHANGE,
    ONE_WRITE,
    TRANSACTION,
    UPDATE,
    UPDATE_SORT,
)

# Our own verbs.
OWN_BULK: Final = {**TOLD_CALL, "ordered": FLAG, "bypass_document_validation": BYPASS, "max_time_ms": TIME}
OF_DELETED: Final = {**TOLD_CALL, "collation": COLLATION, "let": LET, "max_time_ms": TIME}

#: For each verb and constructor, for each option, what becomes of it.
TABLE: Final[dict[str, dict[str, Rule]]] = {
    # Constructors, and the clones that change options.
    "Client": CLIENT,
    "Database": {**OPENING, **DECODING, **CONCERNS},
    "get_database": CONCERNS,
    "get_collection": CONCERNS,
    "with_options": CONCERNS,
    # The client.
    "list_databases": {
        **CALL,
        "filter": honoured(take.mapping, ({"name": "shop"},), (5,)),
        "nameOnly": FLAG,
        "authorizedDatabases": mapped(
            take.boolean, "whoever may read a file may read all of it", (True, False), (1,)
        ),
    },
    "list_database_names": CALL,
    "drop_database": CALL,
    "server_info": {"session": SESSION},
    "Client.bulk_write": {
        **TOLD_CALL,
        "ordered": FLAG,
        "verbose_results": FLAG,
        "bypass_document_validation": BYPASS,
        "let": LET,
        "write_concern": WRITE_CONCERN,
    },
    # The database.
    "create_collection": CREATE_COLLECTION,
    "drop_collection": {**CALL, "encrypted_fields": ENCRYPTED_FIELDS},
    "list_collections": {
        **CALL,
        "filter": honoured(take.mapping, ({"name": "orders"},), (5,)),
        "nameOnly": FLAG,
        "authorizedCollections": mapped(
            take.boolean, "whoever may read a file may read all of it", (True, False), (1,)
        ),
    },
    "list_collection_names": {
        **CALL,
        "filter": honoured(take.mapping, ({"name": "orders"},), (5,)),
        "authorizedCollections": mapped(
            take.boolean, "whoever may read a file may read all of it", (True, False), (1,)
        ),
    },
    "validate_collection": {
        **CALL,
        "scandata": mapped(take.boolean, "everything is looked at", (True, False), (1,)),
        "full": mapped(take.boolean, "everything is looked at", (True, False), (1,)),
        "background": refused("the collection is looked at while the caller waits", (True,), (False,)),
    },
    "command": {
        **CALL,
        "check": FLAG,
        "allowable_errors": honoured(take.anything, (["ns not found", 26],)),
        "read_preference": READ_PREFERENCE,
        "codec_options": CODEC_OPTIONS,
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
    "insert_one": {**CALL, "bypass_document_validation": BYPASS},
    "insert_many": {**CALL, "ordered": FLAG, "bypass_document_validation": BYPASS},
    "update_one": {**UPDATE, "array_filters": ARRAY_FILTERS, "sort": UPDATE_SORT},
    "update_many": {**UPDATE, "array_filters": ARRAY_FILTERS},
    "replace_one": {**UPDATE, "sort": UPDATE_SORT},
    "delete_one": ONE_WRITE,
    "delete_many": ONE_WRITE,
    "bulk_write": {
        **TOLD_CALL,
        "ordered": FLAG,
        "bypass_document_validation": BYPASS,
        "let": LET,
    },
    "find": FIND,
    "find_one": FIND,
    "find_one_and_delete": FIND_ONE_AND,
    "find_one_and_replace": FIND_ONE_AND_CHANGE,
    "find_one_and_update": {
        **FIND_ONE_AND_CHANGE,
        "array_filters": ARRAY_FILTERS,
        "arrayFilters": ARRAY_FILTERS,
    },
    "count_documents": {
        **TOLD_CALL,
        "skip": COUNT,
        "limit": COUNT,
        "maxTimeMS": TIME,
        "collation": COLLATION,
        "hint": HINT,
        "let": LET,
    },
    "estimated_document_count": {
        "comment": UNTOLD,
        "maxTimeMS": mapped(take.natural, "the number is at hand", (0, 1000), (-1, "soon")),
    },
    "distinct": {**TOLD_CALL, "hint": HINT, "maxTimeMS": TIME, "collation": COLLATION},
    "get_many": {**TOLD_CALL, "max_time_ms": TIME},
    "upsert_many": OWN_BULK,
    "merge_many": OWN_BULK,
    "restore": OF_DELETED,
    "purge": OF_DELETED,
    "count_deleted": OF_DELETED,
    "drop": {**CALL, "encrypted_fields": ENCRYPTED_FIELDS},
    "rename": {**CALL, "dropTarget": FLAG},
    "options": CALL,
    "create_index": {**CALL, "maxTimeMS": TIME},
    "create_indexes": {**CALL, "maxTimeMS": TIME},
    "list_indexes": CALL,
    "index_information": CALL,
    "drop_index": CALL,
    "drop_indexes": CALL,
    # One request of bulk_write, by the fields of MongoDB's bulkWrite.
    "request": {
        "upsert": FLAG,
        "collation": COLLATION,
        "hint": HINT,
        "arrayFilters": ARRAY_FILTERS,
        "sort": UPDATE_SORT,
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
    "start_transaction": TRANSACTION,
    "with_transaction": TRANSACTION,
}
