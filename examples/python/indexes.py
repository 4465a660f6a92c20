"""Indexes: made, used, explained, kept unique."""

from __future__ import annotations

from typing import Any

import nexuslite
from nexuslite import Collection, DuplicateKeyError, IndexModel, OperationFailure, bson_to_json


def explain(users: Collection[dict[str, Any]], who: str, filter: dict[str, Any]) -> None:
    """Says by which road the find goes."""
    plan = users.find(filter).explain()
    print(f"{who}:", "by an index" if "IXSCAN" in str(plan) else "through the whole collection")


def main() -> None:
    with nexuslite.Database[dict[str, Any]](":memory:") as db:
        users = db["users"]
        users.insert_many(
            [
                {"_id": 1, "email": "ada@example.com", "age": 36, "city": "London"},
                {"_id": 2, "email": "bo@example.com", "age": 17, "city": "Oslo"},
                {"_id": 3, "email": "cy@example.com", "age": 52, "city": "Oslo"},
            ]
        )

        adults = {"age": {"$gte": 18}}
        explain(users, "adults", adults)
        users.create_indexes(
            [
                IndexModel("email", unique=True),
                IndexModel([("city", 1), ("age", -1)], name="by_city"),
                IndexModel("age", partialFilterExpression=adults),
            ]
        )
        explain(users, "adults", adults)
        explain(users, "minors", {"age": {"$lt": 18}})

        for user in users.find({"city": "Oslo"}, {"email": 1}).sort("age", -1).hint("by_city"):
            print(bson_to_json(user))
        try:
            users.insert_one({"email": "bo@example.com"})
        except DuplicateKeyError as error:
            details = error.details or {}
            print(error.code, "DuplicateKey")
            print(bson_to_json({key: details[key] for key in ("keyPattern", "keyValue")}))
        users.drop_index("email_1")
        try:
            users.drop_index("email_1")
        except OperationFailure as error:
            print("dropped again:", error.kind)


if __name__ == "__main__":
    main()
