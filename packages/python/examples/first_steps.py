"""A collection from the first document to the last."""

from __future__ import annotations

from typing import Any

import nexuslite


def main() -> None:
    with nexuslite.Database[dict[str, Any]](":memory:") as database:
        orders = database["orders"]
        orders.insert_many(
            [
                {"_id": 1, "customer": "Ada", "items": ["ink", "paper"], "total": 42},
                {"_id": 2, "customer": "Grace", "items": ["ink"], "total": 12.5},
            ]
        )
        updated = orders.update_many({"items": "ink"}, {"$inc": {"total": 1}})
        print(f"{updated.modified_count} orders changed")
        for order in orders.find({"total": {"$gte": 10}}).sort("total", -1):
            print(order["customer"], order["total"])
        found = orders.find_one({"customer": "Ada"}, {"items": 1, "_id": 0})
        print(found)
        print(orders.distinct("items"), orders.count_documents({}))
        print(f"{orders.delete_one({'_id': 2}).deleted_count} order deleted")


if __name__ == "__main__":
    main()
