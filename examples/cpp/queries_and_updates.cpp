// Filters that look into lists, and updates that change what they found.
#include <nexuslite.hpp>

#include <iostream>

static void print(nexus::cursor documents) {
    for (const auto &document : documents) {
        std::cout << document.to_json() << "\n";
    }
}

int main() {
    auto db = nexus::database::open(":memory:");
    auto books = db.collection("books");
    books.insert_many(R"([
        {"_id": 1, "title": "Emma", "year": 1815, "copies": [{"shelf": "A", "n": 2}, {"shelf": "B", "n": 0}]},
        {"_id": 2, "title": "Persuasion", "year": 1817, "copies": [{"shelf": "A", "n": 0}]},
        {"_id": 3, "title": "Middlemarch", "year": 1871, "copies": []}])");

    const auto titles = R"({"projection": {"title": 1}, "sort": {"_id": 1}})";
    std::cout << "from 1817 on, or called E…\n";
    print(books.find(R"({"$or": [{"year": {"$gte": 1817}}, {"title": {"$regex": "^E"}}]})", titles));
    std::cout << "a copy on shelf A\n";
    print(books.find(R"({"copies": {"$elemMatch": {"shelf": "A", "n": {"$gt": 0}}}})", titles));
    std::cout << "no copies\n";
    print(books.find(R"({"copies": {"$size": 0}})", titles));

    // Every empty shelf gets a copy.
    books.update_many("{}", R"({"$set": {"copies.$[empty].n": 1}})", R"({"arrayFilters": [{"empty.n": 0}]})");
    books.update_one(R"({"_id": 3})", R"({"$push": {"copies": {"shelf": "C", "n": 4}}})");
    // A document is made where none is found.
    books.update_one(R"({"_id": 4})", R"({"$set": {"title": "Ulysses", "year": 1922}, "$setOnInsert": {"copies": []}})",
                     R"({"upsert": true})");
    // A list of stages computes from what is there.
    books.update_many("{}", R"([{"$set": {"stock": {"$sum": "$copies.n"}}}])");
    std::cout << "after the updates\n";
    print(books.find("{}", R"({"projection": {"year": 0}, "sort": {"_id": 1}})"));

    const auto lent = books.find_one_and_update(
        R"({"stock": {"$gt": 0}})", R"({"$inc": {"stock": -1}})",
        R"({"sort": {"year": -1}, "projection": {"stock": 1}, "returnDocument": "after"})");
    std::cout << lent->to_json() << "\n";
}
