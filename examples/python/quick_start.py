"""A collection, from the first document to the last."""

from __future__ import annotations

from typing import Any

import nexuslite
from nexuslite import bson_to_json


def main() -> None:
    with nexuslite.Database[dict[str, Any]]("shop.db") as db:  # created when it is missing
        orders = db["orders"]
        orders.insert_many(
            [
                {"_id": 1, "customer": "Ada", "items": ["ink", "paper"], "total": 42.5},
                {"_id": 2, "customer": "Grace", "items": ["ink"], "total": 12.5},
                {"_id": 3, "customer": "Mary", "items": ["pens"], "total": 7.25},
            ]
        )

        orders.update_many({"items": "ink"}, {"$inc": {"total": 1}})
        for order in orders.find({"total": {"$gte": 10}}).sort("total", -1):
            print(bson_to_json(order))
        mary = orders.find_one({"customer": "Mary"})
        if mary is not None:
            print(bson_to_json(mary))
        orders.delete_one({"_id": 3})
        print(orders.count_documents({}), "orders are left")


if __name__ == "__main__":
    main()
