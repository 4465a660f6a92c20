"""Values of every kind, in and out."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import nexuslite
from nexuslite import DuplicateKeyError
from nexuslite.bson import Decimal128, Int64, ObjectId, Regex


def main() -> None:
    with nexuslite.Database[dict[str, Any]](":memory:", tz_aware=True) as database:
        things = database["things"]
        made: uuid.UUID = things.insert_one({"name": "a thing without an _id"}).inserted_id
        print(f"a UUID of version {made.version}")
        things.insert_one(
            {
                "_id": ObjectId("0123456789abcdef01234567"),
                "price": Decimal128("9.90"),
                "count": Int64(3),
                "at": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
                "like": Regex("^a", "i"),
                "bytes": b"\x00\x01",
            }
        )
        thing = things.find_one({"price": Decimal128("9.90")}) or {}
        for name, value in thing.items():
            print(f"{name}: {value!r}")
        print(nexuslite.bson_to_json(thing, relaxed=False))
        try:
            things.insert_one({"_id": made})
        except DuplicateKeyError as error:
            print(error.code, (error.details or {})["keyPattern"])


if __name__ == "__main__":
    main()
