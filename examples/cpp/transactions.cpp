// Money that is moved as a whole or not at all.
#include <nexuslite.hpp>

#include <iostream>
#include <stdexcept>
#include <string>

// Changes the account's balance, which has to have what is taken.
static void pay(nexus::collection &accounts, const nexus::transaction &txn, const std::string &account, int amount) {
    const auto filter = R"({"_id": ")" + account + R"(", "balance": {"$gte": )" + std::to_string(-amount) + "}}";
    const auto change = R"({"$inc": {"balance": )" + std::to_string(amount) + "}}";
    if (!accounts.find_one_and_update(filter, change, {}, txn)) {
        throw std::runtime_error("there are no " + std::to_string(-amount) + " to be moved");
    }
}

static void print(nexus::collection &accounts) {
    for (const auto &account : accounts.find("{}", R"({"sort": {"_id": 1}})")) {
        std::cout << account.to_json() << "\n";
    }
}

int main() {
    auto bank = nexus::database::open(":memory:");
    auto accounts = bank.collection("accounts");
    accounts.insert_many(R"([{"_id": "ada", "balance": 50}, {"_id": "bo", "balance": 0}])");

    for (const int amount : {20, 1000}) {
        try {
            // Again from the beginning when somebody else came first.
            bank.transact([&](nexus::transaction &txn) {
                pay(accounts, txn, "ada", -amount);
                pay(accounts, txn, "bo", amount);
            });
            std::cout << amount << " moved\n";
        } catch (const std::runtime_error &error) {
            std::cout << error.what() << "\n";
        }
    }
    print(accounts);

    // Of two that change the same document the first to commit wins.
    auto first = bank.begin(), second = bank.begin();
    pay(accounts, first, "bo", 1);
    pay(accounts, second, "bo", 2);
    first.commit();
    try {
        second.commit();
    } catch (const nexus::conflict &error) {
        std::cout << "the second is told: " << error.failure().kind_name() << "\n";
    }
    print(accounts);
}
