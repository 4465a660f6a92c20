// Documents read from JSON, handed out one by one, and written as JSON that keeps every type.
#include <nexuslite.hpp>

#include <iostream>
#include <sstream>
#include <string>

static const char lines[] = R"({"_id": {"$oid": "0123456789abcdef01234567"}, "at": {"$date": "2026-01-01T00:00:00Z"}}
{"_id": 2, "price": {"$numberDecimal": "9.90"}, "stock": 3000000000}
{"_id": 3, "ratio": 0.5, "tags": ["new", null, true]}
)";

static void read(std::istream &from, nexus::collection &into) {
    for (std::string line; std::getline(from, line);) {
        into.insert_one(line);
    }
}

int main() {
    auto db = nexus::database::open(":memory:");
    auto things = db.collection("things"), copies = db.collection("copies");
    std::istringstream given(lines);
    read(given, things);

    // To be read: numbers are numbers.
    for (const auto &thing : things.find()) {
        std::cout << thing.to_json() << "\n";
    }
    // To be kept: every type can be told from the text.
    std::stringstream file;
    for (const auto &thing : things.find("{}", R"({"batchSize": 2})")) {
        file << thing.to_json(nexus::json::canonical) << "\n";
    }
    std::cout << file.str();
    // And read again.
    read(file, copies);
    std::cout << copies.count(R"({"$or": [{"stock": {"$type": "long"}}, {"at": {"$type": "date"}}]})")
              << " of the copies have a long or a date\n";
}
