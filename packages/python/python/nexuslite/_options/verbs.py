"""The options of the verbs that have the most of them."""

from __future__ import annotations

from typing import Final

from nexuslite._options import rules as take
from nexuslite._options.rules import honoured, mapped, refused
from nexuslite._options.shared import (
    BYPASS,
    BYPASS_AS_MONGODB,
    CALL,
    COLLATION,
    CONCERNS,
    COUNT,
    ENCRYPTED_FIELDS,
    FLAG,
    HINT,
    LET,
    PROJECTION,
    READ_CONCERN,
    READ_PREFERENCE,
    SORT,
    TIME,
    TOLD_CALL,
    WRITE_CONCERN,
)

ONE_WRITE: Final = {**TOLD_CALL, "let": LET, "collation": COLLATION, "hint": HINT}
UPDATE: Final = {
    **ONE_WRITE,
    "upsert": FLAG,
    "bypass_document_validation": BYPASS,
}
ARRAY_FILTERS: Final = honoured(
    take.array_filters, ([], [{"x": 1}], [{"x.a": {"$gt": 1}}, {"y": 2}]), ({"x": 1}, [5], 5), "array_filters"
)
UPDATE_SORT: Final = honoured(take.mapping, ({"a": 1}, {"a.b": -1, "c": 1}), ([("a", 1)], "a"))
FIND_ONE_AND: Final = {
    **ONE_WRITE,
    "projection": PROJECTION,
    "sort": SORT,
    "max_time_ms": TIME,
    "maxTimeMS": TIME,
    "write_concern": WRITE_CONCERN,
}
FIND_ONE_AND_CHANGE: Final = {
    **FIND_ONE_AND,
    "upsert": FLAG,
    "return_document": FLAG,
    "bypassDocumentValidation": BYPASS_AS_MONGODB,
}

FIND: Final = {
    **TOLD_CALL,
    "projection": PROJECTION,
    "skip": COUNT,
    # A negative limit is a single batch of so many, which is the same to whoever walks the cursor.
    "limit": honoured(take.whole, (0, 7, -7), ("7", 1.5)),
    "no_cursor_timeout": mapped(
        take.boolean, "a cursor lives until it is closed or collected", (True, False), (1,)
    ),
    "cursor_type": refused("a cursor ends where its snapshot ends", (2, 34, 64), (0,)),
    "sort": SORT,
    "allow_partial_results": mapped(
        take.boolean, "there is one file, so that no part can be missing", (True, False), (1,)
    ),
    "oplog_replay": refused("there is no oplog", (True,), (False,)),
    "batch_size": COUNT,
    "collation": COLLATION,
    "hint": HINT,
    "max_time_ms": TIME,
    "max_scan": refused("use limit or max_time_ms", (5,)),
    "max": honoured(take.key, ([("a", 1)], {"a": 1}), (5, "a", ["a"])),
    "min": honoured(take.key, ([("a", 1)], {"a": 1}), (5, "a", ["a"])),
    "return_key": refused("documents are returned, not the keys of an index", (True,), (False,)),
    "show_record_id": refused("a document's place in the file is not shown", (True,), (False,)),
    "snapshot": refused("every cursor sees one state already", (True,), (False,)),
    "allow_disk_use": honoured(take.boolean, (True, False), (1, "yes")),
    "let": LET,
}

TRANSACTION: Final = {
    "read_concern": READ_CONCERN,
    "write_concern": WRITE_CONCERN,
    "read_preference": READ_PREFERENCE,
    "max_commit_time_ms": refused("a commit that has begun is not given up", (1000,)),
}

CREATE_COLLECTION: Final = {
    **CALL,
    **CONCERNS,
    "check_exists": FLAG,
    # What these say is checked by the engine, as the server checks it for pymongo.
    "capped": honoured(take.anything, (True, False)),
    "size": honoured(take.anything, (4096, 4096.0)),
    "max": honoured(take.anything, (5,)),
    "validator": honoured(take.anything, ({"a": 1}, {"$jsonSchema": {"required": ["a"]}}, {})),
    "validationLevel": honoured(take.anything, ("strict", "moderate", "off")),
    "validationAction": honoured(take.anything, ("error", "warn")),
    "viewOn": honoured(take.anything, ("orders",)),
    "pipeline": honoured(take.anything, ([{"$match": {}}], [])),
    "collation": COLLATION,
    "expireAfterSeconds": honoured(take.anything, (60,)),
    "clusteredIndex": honoured(take.anything, ({"key": {"_id": 1}, "unique": True},)),
    # Ours.
    "metadata": honoured(take.anything, (True, False)),
    "primaryKey": honoured(take.anything, ("number", "a.b")),
    "softDelete": honoured(take.anything, (True, False)),
    "autoIndexId": refused("there is always an index of _id", (False,), (True,)),
    "storageEngine": refused("the engine is chosen when the file is created", ({"wiredTiger": {}},)),
    "indexOptionDefaults": refused("every index has its own options", ({"a": 1},)),
    "timeseries": refused("there are no time series", ({"timeField": "t"},)),
    "changeStreamPreAndPostImages": refused("there are no change streams", ({"enabled": True},)),
    "encryptedFields": ENCRYPTED_FIELDS,
}
