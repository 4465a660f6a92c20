"""Rows that many verbs have."""

from __future__ import annotations

from typing import Final

from nexuslite._options import rules as take
from nexuslite._options.rules import honoured, mapped, refused
from nexuslite.bson.binary import UuidRepresentation
from nexuslite.bson.codec_options import CodecOptions
from nexuslite.collation import Collation
from nexuslite.read_concern import ReadConcern
from nexuslite.read_preferences import Nearest, Primary
from nexuslite.write_concern import WriteConcern

FLAG: Final = honoured(take.boolean, (True, False), (1, "yes"))
COUNT: Final = honoured(take.natural, (0, 7), (-1, "7", 1.5, True))
TIME: Final = honoured(take.natural, (0, 1000), (-1, "1000", 1.5), "max_time_ms")
SESSION: Final = honoured(take.anything, (object(),))
SORT: Final = honoured(take.anything, ([("a", 1)], {"a": 1}, "a"))
PROJECTION: Final = honoured(take.anything, ({"a": 1}, ["a"]))
COLLATION: Final = honoured(
    take.collation,
    (Collation("simple"), Collation("en", strength=2), {"locale": "de"}),
    (5, "en"),
)
HINT: Final = honoured(take.index, ("a_1", {"a": 1}, [("a", 1), "b"], {"$natural": 1}), (5, 1.5))
COMMENT: Final = honoured(take.anything, ("why", {"a": 1}))
UNTOLD: Final = mapped(
    take.anything,
    "there is no server whose log or profiler it could go to, and nothing explains the verb",
    ("why", {"a": 1}),
)
LET: Final = honoured(take.mapping, ({"a": 1}, {}, {"a": {"$literal": "$b"}}), (5, [("a", 1)]))
BYPASS: Final = honoured(take.boolean, (True, False), ("no", 1))
BYPASS_AS_MONGODB: Final = honoured(take.boolean, (True, False), ("no",), "bypass_document_validation")

CODEC_OPTIONS: Final = honoured(
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
WRITE_CONCERN: Final = honoured(
    take.write_concern,
    (WriteConcern(), WriteConcern(1), WriteConcern("majority", wtimeout=5, j=True), WriteConcern(j=False)),
    (WriteConcern(0), WriteConcern(2), WriteConcern("tag"), WriteConcern(fsync=True), 1),
)
READ_CONCERN: Final = mapped(
    take.read_concern,
    "a read sees what is committed at one moment",
    (ReadConcern(), ReadConcern("local"), ReadConcern("majority"), ReadConcern("snapshot")),
    (ReadConcern("linearizable"), ReadConcern("available"), "local"),
)
READ_PREFERENCE: Final = mapped(
    take.read_preference, "the only copy is the primary", (Primary(),), (Nearest(), "primary")
)
CONCERNS: Final = {
    "codec_options": CODEC_OPTIONS,
    "read_preference": READ_PREFERENCE,
    "write_concern": WRITE_CONCERN,
    "read_concern": READ_CONCERN,
}
CALL: Final = {"session": SESSION, "comment": UNTOLD}
TOLD_CALL: Final = {"session": SESSION, "comment": COMMENT}
ENCRYPTED_FIELDS: Final = refused("fields are not encrypted by the client", ({"fields": []},))
