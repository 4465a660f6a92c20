"""Filters that look into lists, and updates that change what they found."""

from __future__ import annotations

from typing import Any

import nexuslite
from nexuslite import Cursor, ReturnDocument, bson_to_json


def show(about: str, found: Cursor[dict[str, Any]]) -> None:
    print(about)
    for book in found.sort("_id"):
        print(bson_to_json(book))


def main() -> None:
    with nexuslite.Database[dict[str, Any]](":memory:") as db:
        books = db["books"]
        books.insert_many(
            [
                {"_id": 1, "title": "Emma", "year": 1815, "copies": [{"shelf": "A", "n": 2}, {"shelf": "B", "n": 0}]},
                {"_id": 2, "title": "Persuasion", "year": 1817, "copies": [{"shelf": "A", "n": 0}]},
                {"_id": 3, "title": "Middlemarch", "year": 1871, "copies": []},
            ]
        )

        titles = {"title": 1}
        late = {"$or": [{"year": {"$gte": 1817}}, {"title": {"$regex": "^E"}}]}
        show("from 1817 on, or called E…", books.find(late, titles))
        show("a copy on shelf A", books.find({"copies": {"$elemMatch": {"shelf": "A", "n": {"$gt": 0}}}}, titles))
        show("no copies", books.find({"copies": {"$size": 0}}, titles))

        # Every empty shelf gets a copy.
        books.update_many({}, {"$set": {"copies.$[empty].n": 1}}, array_filters=[{"empty.n": 0}])
        books.update_one({"_id": 3}, {"$push": {"copies": {"shelf": "C", "n": 4}}})
        # A document is made where none is found.
        made = {"$set": {"title": "Ulysses", "year": 1922}, "$setOnInsert": {"copies": []}}
        books.update_one({"_id": 4}, made, upsert=True)
        # A list of stages computes from what is there.
        books.update_many({}, [{"$set": {"stock": {"$sum": "$copies.n"}}}])
        show("after the updates", books.find({}, {"year": 0}))

        lent = books.find_one_and_update(
            {"stock": {"$gt": 0}},
            {"$inc": {"stock": -1}},
            projection={"stock": 1},
            sort=[("year", -1)],
            return_document=ReturnDocument.AFTER,
        )
        print(bson_to_json(lent or {}))


if __name__ == "__main__":
    main()
