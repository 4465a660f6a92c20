// The C++ interface: owners, views, and both ways to be told of errors. Its argument is an empty folder.
#include <nexuslite.hpp>

#include <cstdio>
#include <cstdlib>
#include <thread>

#define CHECK(condition)                                                               \
    do {                                                                               \
        if (!(condition)) {                                                            \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);       \
            std::exit(1);                                                              \
        }                                                                              \
    } while (0)

// Whether `deed` throws an Error, of this kind.
template <class Error, class Deed>
static bool throws(nx_status kind, Deed &&deed) {
    try {
        deed();
    } catch (const Error &error) {
        return error.kind() == kind && error.what()[0] != 0;
    }
    return false;
}

static void verbs(nexus::database &db) {
    auto c = db.collection("c");
    CHECK(c.insert_one(R"({"_id": 1, "name": "Ada", "born": 1815})").find("insertedId")->as_int64() == 1);
    CHECK(c.insert_many(R"([{"_id": 2, "name": "Grace", "born": 1906}, {"_id": 3, "name": "Alan", "born": 1912}])")
              .to_json() == R"({"insertedCount":2,"insertedIds":[2,3]})");
    CHECK(c.count() == 3 && c.count(R"({"born": {"$gt": 1900}})") == 2);
    int sum = 0;
    for (const auto &person : c.find(R"({"born": {"$gt": 1900}})", R"({"sort": {"born": -1}})")) {
        sum = sum * 10 + static_cast<int>(*person.find("_id")->as_int64());
    }
    CHECK(sum == 32);
    const auto all = c.find({}, R"({"projection": {"name": 1, "_id": 0}})").to_vector();
    CHECK(all.size() == 3 && all[0].to_json() == R"({"name":"Ada"})");
    const auto ada = c.find_one(R"({"_id": 1})");
    CHECK(ada && ada->find("name")->as_string() == "Ada" && !ada->find("nobody"));
    CHECK(!c.find_one(nexus::document::from_json(R"({"_id": 99})")));
    CHECK(c.update_one(R"({"_id": 1})", R"({"$set": {"tags": ["a", {"b": true}], "pi": 3.5}})").find("modifiedCount")->as_int64() == 1);
    const auto now = *c.find_one(*ada);
    (void)now;
    const auto changed = *c.find_one(R"({"_id": 1})");
    CHECK(changed.find("tags.0")->as_string() == "a" && changed.find("tags.1.b")->as_bool() == true);
    CHECK(changed.find("pi")->as_double() == 3.5 && !changed.find("pi")->as_int64() && !changed.find("tags.2"));
    CHECK(changed.find("born")->as_double() == 1815.0);
    CHECK(c.update_many({}, R"([{"$set": {"next": {"$add": ["$born", 1]}}}])").find("matchedCount")->as_int64() == 3);
    CHECK(c.replace_one(R"({"_id": 3})", R"({"name": "Edsger"})").find("matchedCount")->as_int64() == 1);
    CHECK(c.find_one_and_update(R"({"_id": 3})", R"({"$set": {"n": 1}})", R"({"returnDocument": "after"})")->find("n")->as_int64() == 1);
    CHECK(c.find_one_and_replace(R"({"_id": 3})", R"({"m": 1})")->find("n")->as_int64() == 1);
    CHECK(c.find_one_and_delete(R"({"_id": 3})")->find("m")->as_int64() == 1);
    CHECK(!c.find_one_and_delete(R"({"_id": 3})"));
    CHECK(c.distinct("name").to_json() == R"({"values":["Ada","Grace"]})");
    CHECK(c.bulk_write(R"([{"insertOne": {"document": {"_id": 4}}}, {"deleteOne": {"filter": {"_id": 4}}}])").find("deletedCount")->as_int64() == 1);
    CHECK(c.create_index(R"([{"key": {"name": 1}, "unique": true}, {"key": {"born": -1}}])") == (std::vector<std::string>{"name_1", "born_-1"}));
    CHECK(c.create_index(R"({"key": {"next": 1}})").front() == "next_1");
    CHECK(db.command(R"({"count": "c"})").to_json() == R"({"n":2,"ok":1.0})");
    CHECK(db.try_command(R"({"dream": 1})").error().code() == 59);
    CHECK(c.explain(R"({"find": {"filter": {"name": "Ada"}}})").to_json().find("IXSCAN") != std::string::npos);
    c.drop_index("born_-1");
    CHECK(c.list_indexes().find("indexes.2.name")->as_string() == "next_1");
    CHECK(c.delete_many("{}").find("deletedCount")->as_int64() == 2);
    CHECK(c.delete_one("{}").find("deletedCount")->as_int64() == 0);
}

static void failures(nexus::database &db) {
    auto c = db.collection("failures");
    c.insert_one(R"({"_id": 1})");
    try {
        c.insert_one(R"({"_id": 1})");
        CHECK(false);
    } catch (const nexus::duplicate_key &error) {
        CHECK(error.code() == 11000 && error.failure().code_name() == "DuplicateKey");
        CHECK(error.failure().details().find("keyValue._id")->as_int64() == 1);
    }
    CHECK(throws<nexus::invalid>(NX_ERR_INVALID, [&] { c.find(R"({"a": {"$nonsense": 1}})"); }));
    CHECK(throws<nexus::invalid>(NX_ERR_INVALID, [&] { c.find("{"); }));
    CHECK(throws<nexus::invalid>(NX_ERR_INVALID, [&] { c.insert_many("[1]"); }));
    CHECK(throws<nexus::invalid>(NX_ERR_INVALID, [&] { nexus::document::from_bson("nonsense"); }));
    CHECK(throws<nexus::not_found>(NX_ERR_NOT_FOUND, [&] { c.drop_index("nothing"); }));
    CHECK(throws<nexus::exists>(NX_ERR_EXISTS, [&] { db.create_collection("failures", R"({"metadata": true})"); }));
    auto refused = c.try_insert_one(R"({"_id": 1})");
    CHECK(!refused && refused.error().kind() == NX_ERR_DUPLICATE_KEY && refused.error().kind_name() == std::string("DuplicateKey"));
    auto taken = c.try_count();
    CHECK(taken && *taken == 1);

    auto token = nexus::cancel_token::make();
    auto cursor = c.find({}, R"({"batchSize": 1})", token);
    std::thread([&] { token.fire(); }).join();
    CHECK(throws<nexus::cancelled>(NX_ERR_CANCELLED, [&] { cursor.next(); }));

    // A function that throws stops what it was told of, and its exception goes no further.
    nexus::within watched;
    int told = 0;
    watched.progress = [&](std::uint64_t, std::uint64_t) -> bool { told++; throw 1; };
    auto made = c.try_create_index(R"({"key": {"a": 1}})", watched);
    CHECK(told == 1 && (made || made.error().kind() == NX_ERR_CANCELLED));
}

static void transactions(nexus::database &db) {
    auto c = db.collection("accounts");
    c.insert_many(R"([{"_id": "a", "n": 5}, {"_id": "b", "n": 5}])");
    db.transact([&](nexus::transaction &txn) {
        c.update_one(R"({"_id": "a"})", R"({"$inc": {"n": -2}})", {}, txn);
        c.update_one(R"({"_id": "b"})", R"({"$inc": {"n": 2}})", {}, txn);
    });
    CHECK(c.find_one(R"({"_id": "b"})")->find("n")->as_int64() == 7);
    // The first attempt loses to another, the second does not.
    int attempts = 0;
    db.transact([&](nexus::transaction &txn) {
        attempts++;
        c.update_one(R"({"_id": "a"})", R"({"$inc": {"n": 1}})", {}, txn);
        if (attempts == 1) {
            c.update_one(R"({"_id": "a"})", R"({"$inc": {"n": 10}})");
        }
    });
    CHECK(attempts == 2 && c.find_one(R"({"_id": "a"})")->find("n")->as_int64() == 14);
    {
        auto txn = db.begin();
        c.insert_one(R"({"_id": "c"})", {}, txn);
        const auto here = txn.savepoint();
        c.insert_one(R"({"_id": "d"})", {}, txn);
        txn.rollback_to(here);
        CHECK(c.count({}, {}, txn) == 3 && c.count() == 2);
    }
    CHECK(c.count() == 2);
    auto txn = db.begin();
    txn.abort();
    CHECK(throws<nexus::closed>(NX_ERR_CLOSED, [&] { txn.commit(); }));
}

static void owners(const std::string &folder) {
    auto client = nexus::client::open(folder + "/all", R"({"durability": "none"})");
    auto db = client.database("shop");
    auto c = db.collection("c");
    c.insert_one("{}");
    auto moved = std::move(c);
    CHECK(moved.count() == 1);
    CHECK(throws<nexus::error>(NX_ERR_HANDLE, [&] { c.count(); }));
    c = std::move(moved);
    CHECK(c.count() == 1);
    auto cursor = c.find();
    db.checkpoint();
    db.backup(folder + "/copy");
    CHECK(db.check().find("valid")->as_bool() == true && db.stats().find("engine")->as_string() == "wasp");
    CHECK(db.info().find("collections.0.count")->as_int64() == 1);
    db.rename_collection("c", "d");
    CHECK(db.collection_names() == std::vector<std::string>{"d"});
    CHECK(db.bulk_write(R"([{"insertOne": {"collection": "e", "document": {}}}])").find("insertedCount")->as_int64() == 1);
    CHECK(db.drop_collection("e") && !db.drop_collection("e"));
    CHECK(client.database_names() == std::vector<std::string>{"shop"});
    db.close();
    CHECK(throws<nexus::closed>(NX_ERR_CLOSED, [&] { cursor.next(); }));
    CHECK(client.drop_database("shop") && !client.drop_database("shop"));
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    {
        auto db = nexus::database::open(":memory:");
        verbs(db);
        failures(db);
        transactions(db);
        owners(arguments[1]);
    }
    CHECK(nx_live_handles() == 0);
}
