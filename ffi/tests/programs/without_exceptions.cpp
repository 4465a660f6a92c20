// The C++ interface where there are no exceptions.
#include <nexuslite.hpp>

#include <cstdio>

static int failed(const nexus::failure &failure) {
    std::fprintf(stderr, "%s: %s\n", failure.kind_name(), failure.message().c_str());
    return 1;
}

static int run() {
    auto db = nexus::database::try_open(":memory:");
    if (!db) {
        return failed(db.error());
    }
    auto c = db->try_collection("c");
    if (!c) {
        return failed(c.error());
    }
    auto inserted = c->try_insert_many(R"([{"_id": 1}, {"_id": 2}])");
    if (!inserted) {
        return failed(inserted.error());
    }
    auto again = c->try_insert_one(R"({"_id": 1})");
    if (again || again.error().kind() != NX_ERR_DUPLICATE_KEY) {
        return 2;
    }
    auto txn = db->try_begin();
    if (!txn || !c->try_delete_many("{}", {}, *txn) || !txn->try_commit()) {
        return 3;
    }
    auto cursor = c->try_find();
    if (!cursor) {
        return failed(cursor.error());
    }
    auto next = cursor->try_next();
    if (!next || next->has_value()) {
        return 4;
    }
    auto closed = db->try_close();
    return closed ? 0 : failed(closed.error());
}

int main() {
    const int status = run();
    return status != 0 ? status : nx_live_handles() != 0;
}
