// The corpora that every language runs, by way of C++. Its arguments are an empty folder and the folder of the corpora.
#include "conformance_case.hpp"
#include "conformance_collation.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

// Each answers whether the case was run.
static bool filter(const test_case &c, nexus::database &) {
    static const std::set<std::string> of_the_whole = {
        "enum of the whole document", "minProperties and maxProperties", "additionalProperties",
        "additionalProperties of an empty document", "patternProperties", "logic at the top",
    };
    if (of_the_whole.count(c.text("name")) != 0 && !has_id(c.document("document"))) {
        return false;
    }
    if (c.has("document")) {
        c.insert(c.document("document"));
    }
    const auto count = c.orders().try_count(c.document("filter"));
    if (!c.failed(count) && (*count == 1) != c.is("matches", false)) {
        wrong("matches", std::to_string(*count), c.is("matches", false) ? "1" : "0");
    }
    return true;
}

static bool update(const test_case &c, nexus::database &) {
    const auto change = c.document("update");
    const bool replaces = first_name(change).rfind('$', 0) != 0;
    if (c.is_of_the_moment("update") || (replaces && c.has("arrayFilters"))) {
        return false;
    }
    const bool upserts = !c.has("document");
    if (!upserts) {
        c.insert(c.document("document"));
    }
    made options;
    options.flag("upsert", upserts);
    if (c.has("arrayFilters")) {
        options.put("arrayFilters", *c.part_of("arrayFilters"));
    }
    const auto said = options.document();
    const auto done = replaces ? c.orders().try_replace_one(c.document("filter"), change, said)
                               : c.orders().try_update_one(c.document("filter"), change, said);
    if (c.failed(done)) {
        return true;
    }
    const auto stored = c.stored();
    if (upserts) {
        const auto wanted = c.document("result");
        c.same("upserted", has_id(wanted) ? stored : without_id(stored), wanted);
        if (!done->find("upsertedId")) {
            wrong("upserted", done->to_json(), "an upsertedId");
        }
        return true;
    }
    c.same("updated", stored, c.document(c.has("result") ? "result" : "document"));
    if ((done->find("modifiedCount")->as_int64() == 1) != c.is("modified", true)) {
        wrong("modified", done->to_json(), c.is("modified", true) ? "1" : "0");
    }
    return true;
}

static bool pipeline(const test_case &c, nexus::database &) {
    if (c.is_of_the_moment("pipeline")) {
        return false;
    }
    c.insert(c.document("document"));
    // As bytes, a list without a stage is a document without an operator; as text it is a list.
    const auto stages = c.document("pipeline");
    if (!c.failed(c.orders().try_update_one("{}", stages.empty() ? nexus::input("[]") : nexus::input(stages)))) {
        c.same("made", without_id(c.stored()), without_id(c.document("result")));
    }
    return true;
}

static bool projection(const test_case &c, nexus::database &) {
    if (c.has("metadata") || c.text("name") == "without a filter") {
        return false;
    }
    c.insert(c.document("document"));
    const auto options = made().put("projection", *c.part_of("projection")).document();
    const auto found = c.orders().try_find_one(c.document("filter"), options);
    if (c.failed(found)) {
        return true;
    }
    if (!*found) {
        wrong("found", "nothing", "a document");
        return true;
    }
    c.same("projected", has_id(c.document("document")) ? **found : without_id(**found), c.document("result"));
    return true;
}

static bool sort(const test_case &c, nexus::database &) {
    std::vector<nexus::document> documents;
    c.document("sorted").each([&](std::string_view, const value &one) {
        const auto given = *one.as_document();
        made whole;
        if (!has_id(given)) {
            whole.whole("_id", static_cast<std::uint32_t>(documents.size()));
        }
        given.each([&](std::string_view name, const value &here) { whole.put(name, here); });
        documents.push_back(whole.document());
    });
    if (c.has("document")) {
        documents.push_back(nexus::document(std::string(c.document("document").bytes())));
    }
    for (const auto place : shuffled(c, documents.size())) {
        c.insert(documents[place]);
    }
    made by;
    c.document("sort").each([&](std::string_view name, const value &here) { by.put(name, here); });
    if (!c.has("error") && !has_id(c.document("sort"))) {
        by.whole("_id", 1); // Equal ones in the order given.
    }
    auto cursor = c.orders().try_find({}, made().put("sort", by).document());
    if (!cursor) {
        c.failed(cursor);
        return true;
    }
    std::size_t place = 0;
    auto next = cursor->try_next();
    for (; next && *next; next = cursor->try_next(), place++) {
        c.same("at place " + std::to_string(place), **next, documents[place]);
    }
    if (!c.failed(next) && place != documents.size()) {
        wrong("how many", std::to_string(place), std::to_string(documents.size()));
    }
    return true;
}

static bool expression(const test_case &c, nexus::database &) {
    if (c.is_of_the_moment("expression")) {
        return false;
    }
    c.insert(c.document("document"));
    // As an operand, so that a number is a number, and not the wish to see the field.
    const auto written =
        made().list("$cond", made().flag("0", true).put("1", *c.part_of("expression")).put(nexus::type::null, "2", ""));
    nexus::result<nexus::document> found = nexus::document();
    if (c.mentions("expression", {"$$ROOT", "$$CURRENT"})) {
        // Of the document as the case has it, and not as it is stored.
        const auto stages = made()
                                .put("0", made().text("$unset", "_id"))
                                .put("1", made().put("$replaceWith", made().put("v", written)));
        auto done = c.orders().try_update_one("{}", stages.document());
        if (done) {
            found = without_id(c.stored());
        } else {
            found = std::move(done);
        }
    } else {
        const auto options = made().put("projection", made().whole("_id", 0).put("v", written)).document();
        auto one = c.orders().try_find_one({}, options);
        if (one) {
            found = std::move(**one);
        } else {
            found = nexus::detail::fail(std::move(one).error());
        }
    }
    if (!c.failed(found)) {
        c.same("computed", *found, c.has("missing") ? made().document() : made().put("v", *c.part_of("result")).document());
    }
    return true;
}

static std::string from_hex(const std::string &hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

static bool extended_json(const test_case &c, nexus::database &) {
    if (c.has("options")) {
        return false;
    }
    const auto bytes = from_hex(c.text("bson"));
    if (c.has("error")) {
        const auto read = c.has("input") ? nexus::document::try_from_json(c.text("input")) : nexus::document::try_from_bson(bytes);
        if (read || read.error().kind() != NX_ERR_INVALID
            || read.error().message().find(c.text("error_contains")) == std::string::npos) {
            wrong("an error", read ? read->to_json() : read.error().message(), c.text("error_contains"));
        }
        return true;
    }
    const document_view wanted(bytes);
    if (c.has("input")) {
        c.same("read", nexus::document::from_json(c.text("input")), wanted);
    }
    for (const auto &[part, mode] : {std::pair("canonical", nexus::json::canonical), std::pair("relaxed", nexus::json::relaxed)}) {
        if (wanted.to_json(mode) != c.text(part)) {
            wrong(part, wanted.to_json(mode), c.text(part));
        }
    }
    if (!c.is("one_way", false)) {
        c.same("read again", nexus::document::from_json(c.text("canonical")), wanted);
    }
    return true;
}

struct kind {
    const char *name;
    bool (*run)(const test_case &, nexus::database &);
    std::size_t least;
};

// What a file is about, by its name.
static const kind *about(const std::string &file) {
    static const std::vector<std::pair<std::string, kind>> kinds = {
        {"filters", {"filters", filter, 2000}},
        {"updates", {"updates", update, 900}},
        {"pipeline_updates", {"pipelines", pipeline, 45}},
        {"projections", {"projections", projection, 180}},
        {"sorts", {"sorts", sort, 40}},
        {"expressions", {"expressions", expression, 1400}},
        {"extjson", {"extjson", extended_json, 600}},
        {"collation", {"collation", collation, 150}},
    };
    for (const auto &[begin, what] : kinds) {
        if (file.rfind(begin, 0) == 0) {
            return &what;
        }
    }
    return nullptr;
}

int main(int count, char **arguments) {
    if (count < 3) {
        return 2;
    }
    std::map<std::string, std::size_t> run, left_out, least;
    {
        auto db = nexus::database::open(":memory:");
        auto orders = db.collection("orders");
        const std::filesystem::path corpora(arguments[2]);
        for (const auto &entry : std::filesystem::recursive_directory_iterator(corpora)) {
            const auto file = std::filesystem::relative(entry.path(), corpora).string();
            const auto *what = about(file);
            if (!entry.is_regular_file()) {
                continue;
            }
            if (what == nullptr) {
                wrong(file, "nothing", "a kind");
                continue;
            }
            std::ifstream stream(entry.path());
            const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
            const auto corpus = nexus::document::from_json(text);
            corpus.find("cases")->as_document()->each([&](std::string_view number, const value &one) {
                const test_case c(*one.as_document(), orders);
                at = file + ":" + std::string(number) + ":" + c.text("name");
                db.drop_collection("orders");
                (what->run(c, db) ? run : left_out)[what->name]++;
                least[what->name] = what->least;
            });
        }
    }
    for (const auto &[name, cases] : run) {
        std::printf("%s: %zu cases run, %zu left out\n", name.c_str(), cases, left_out[name]);
        if (cases < least[name]) {
            wrong(name, std::to_string(cases), "at least " + std::to_string(least[name]));
        }
    }
    if (run.size() != 8) {
        wrong("kinds", std::to_string(run.size()), "8");
    }
    return failures != 0 || nx_live_handles() != 0;
}
