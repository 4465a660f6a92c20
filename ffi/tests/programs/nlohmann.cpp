// Documents as values of nlohmann/json, and the other way round.
#include <nexuslite.hpp>
#include <nexuslite/nlohmann.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            std::exit(1);                                                      \
        }                                                                      \
    } while (0)

struct order {
    int id;
    std::string customer;
    std::vector<std::string> items;
    double total;
};

static void to_json(nlohmann::ordered_json &made, const order &given) {
    made = {{"_id", given.id}, {"customer", given.customer}, {"items", given.items}, {"total", given.total}};
}

static void from_json(const nlohmann::ordered_json &given, order &made) {
    given.at("_id").get_to(made.id);
    given.at("customer").get_to(made.customer);
    given.at("items").get_to(made.items);
    given.at("total").get_to(made.total);
}

static void values_of_a_program() {
    auto db = nexus::database::open(":memory:");
    auto orders = db.collection("orders");
    orders.insert_one(nexus::from_nlohmann(nlohmann::ordered_json(order{1, "Zoë", {"ink", "paper"}, 42.5})));
    const auto found = nexus::to_nlohmann(*orders.find_one(R"({"_id": 1})")).get<order>();
    CHECK(found.id == 1 && found.customer == "Zoë" && found.items.size() == 2 && found.total == 42.5);
    // By what the library itself looks for.
    nlohmann::json sorted = *orders.find_one();
    CHECK(sorted.dump() == R"({"_id":1,"customer":"Zoë","items":["ink","paper"],"total":42.5})");
    sorted["_id"] = 2;
    orders.insert_one(sorted.get<nexus::document>());
    CHECK(orders.count(R"({"total": {"$type": "double"}})") == 2);
    // A filter of a program's own, where no text has to be quoted.
    const nlohmann::ordered_json filter = {{"customer", "Zoë"}, {"_id", {{"$gt", 1}}}};
    CHECK(orders.count(nexus::from_nlohmann(filter)) == 1);
}

static void every_type() {
    const auto check = [](const char *text) {
        const auto given = nexus::document::from_json(text);
        const auto back = nexus::from_nlohmann(nexus::to_nlohmann(given));
        CHECK(back.view().bytes() == given.view().bytes());
    };
    check("{}");
    check(R"({"b": 1, "a": {"d": [], "c": [1, [2, {"x": null}], true, false]}, "": ""})");
    check(R"({"a": 2147483648, "b": -9223372036854775808, "c": 1.5, "d": 1.0, "e": -0.0, "f": 1e300})");
    check(R"({"a": {"$numberDouble": "NaN"}, "b": [{"$numberDouble": "-Infinity"}]})");
    check(R"({"a": {"$oid": "0123456789abcdef01234567"}, "b": {"$date": {"$numberLong": "-1"}}})");
    check(R"({"a": {"$numberDecimal": "9.90"}, "b": {"$binary": {"base64": "AAE=", "subType": "04"}}})");
    check(R"({"a": {"$timestamp": {"t": 1, "i": 2}}, "b": {"$regularExpression": {"pattern": "^a", "options": "i"}}})");
    check(R"({"a": {"$minKey": 1}, "b": {"$maxKey": 1}, "c": {"$undefined": true}, "d": "\u0000"})");
}

static void what_is_no_document() {
    const auto refused = [](const nlohmann::json &given) {
        const auto made = nexus::try_from_nlohmann(given);
        return !made && made.error().kind() == NX_ERR_INVALID;
    };
    CHECK(refused(nlohmann::json::array()));
    CHECK(refused(nlohmann::json(7)));
    CHECK(refused(nlohmann::json()));
    CHECK(refused({{"a", "\xff"}}));
    CHECK(refused({{"a", std::numeric_limits<std::uint64_t>::max()}}));
    CHECK(refused({{"a", {{"$oid", "no"}}}}));
}

int main() {
    values_of_a_program();
    every_type();
    what_is_no_document();
    return nx_live_handles() != 0;
}
