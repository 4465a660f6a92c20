// A collection, from the first document to the last.
#include <nexuslite.hpp>

#include <iostream>

int main() {
    auto db = nexus::database::open("shop"); // shop.db, created when it is missing
    auto orders = db.collection("orders");
    orders.insert_many(R"([{"_id": 1, "customer": "Ada", "items": ["ink", "paper"], "total": 42.5},
                           {"_id": 2, "customer": "Grace", "items": ["ink"], "total": 12.5},
                           {"_id": 3, "customer": "Mary", "items": ["pens"], "total": 7.25}])");

    orders.update_many(R"({"items": "ink"})", R"({"$inc": {"total": 1}})");
    for (const auto &order : orders.find(R"({"total": {"$gte": 10}})", R"({"sort": {"total": -1}})")) {
        std::cout << order.to_json() << "\n";
    }
    if (const auto order = orders.find_one(R"({"customer": "Mary"})")) {
        std::cout << order->to_json() << "\n";
    }
    orders.delete_one(R"({"_id": 3})");
    std::cout << orders.count() << " orders are left\n";
    db.close();
}
