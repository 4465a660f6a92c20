"""Documents read from JSON, handed out one by one, and written as JSON that keeps every type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import nexuslite
from nexuslite import Collection, RawDocument, bson_from_json, bson_to_json

LINES = """\
{"_id": {"$oid": "0123456789abcdef01234567"}, "at": {"$date": "2026-01-01T00:00:00Z"}}
{"_id": 2, "price": {"$numberDecimal": "9.90"}, "stock": 3000000000}
{"_id": 3, "ratio": 0.5, "tags": ["new", null, true]}
"""


def read(lines: Iterable[str], into: Collection[Any]) -> None:
    into.insert_many(RawDocument(bson_from_json(line)) for line in lines)


def main() -> None:
    with nexuslite.Database[Any](":memory:", document_class=RawDocument) as db:
        things, copies = db["things"], db["copies"]
        read(LINES.splitlines(), things)

        # To be read: numbers are numbers.
        for thing in things.find():
            print(bson_to_json(thing.raw))
        # To be kept: every type can be told from the text.
        file = [bson_to_json(thing.raw, relaxed=False) for thing in things.find().batch_size(2)]
        print(*file, sep="\n")
        # And read again.
        read(file, copies)
        typed = {"$or": [{"stock": {"$type": "long"}}, {"at": {"$type": "date"}}]}
        print(copies.count_documents(typed), "of the copies have a long or a date")


if __name__ == "__main__":
    main()
