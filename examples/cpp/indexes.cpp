// Indexes: made, used, explained, kept unique.
#include <nexuslite.hpp>

#include <iostream>

// Says by which road the find goes.
static void explain(nexus::collection &users, const char *who, const char *find) {
    const auto plan = users.explain(find).to_json();
    const bool by_an_index = plan.find("IXSCAN") != plan.npos;
    std::cout << who << (by_an_index ? ": by an index\n" : ": through the whole collection\n");
}

int main() {
    auto db = nexus::database::open(":memory:");
    auto users = db.collection("users");
    users.insert_many(R"([{"_id": 1, "email": "ada@example.com", "age": 36, "city": "London"},
                          {"_id": 2, "email": "bo@example.com", "age": 17, "city": "Oslo"},
                          {"_id": 3, "email": "cy@example.com", "age": 52, "city": "Oslo"}])");

    const auto adults = R"({"find": {"filter": {"age": {"$gte": 18}}}})";
    explain(users, "adults", adults);
    users.create_index(R"([{"key": {"email": 1}, "unique": true},
                           {"key": {"city": 1, "age": -1}, "name": "by_city"},
                           {"key": {"age": 1}, "partialFilterExpression": {"age": {"$gte": 18}}}])");
    explain(users, "adults", adults);
    explain(users, "minors", R"({"find": {"filter": {"age": {"$lt": 18}}}})");

    const auto options = R"({"sort": {"age": -1}, "projection": {"email": 1}, "hint": "by_city"})";
    for (const auto &user : users.find(R"({"city": "Oslo"})", options)) {
        std::cout << user.to_json() << "\n";
    }
    try {
        users.insert_one(R"({"email": "bo@example.com"})");
    } catch (const nexus::duplicate_key &error) {
        std::cout << error.code() << " " << error.failure().code_name() << "\n";
        std::cout << error.failure().details().to_json() << "\n";
    }
    users.drop_index("email_1");
    try {
        users.drop_index("email_1");
    } catch (const nexus::not_found &error) {
        std::cout << "dropped again: " << error.failure().kind_name() << "\n";
    }
}
