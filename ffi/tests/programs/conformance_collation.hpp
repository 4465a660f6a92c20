// The cases of collations.
#ifndef CONFORMANCE_COLLATION_HPP
#define CONFORMANCE_COLLATION_HPP

#include "conformance_case.hpp"

inline std::vector<value> elements(document_view list) {
    std::vector<value> all;
    list.each([&](std::string_view, const value &one) { all.push_back(one); });
    return all;
}

// Looks whether texts stand in the order that the case gives, or are all alike.
inline void texts(const test_case &c, nexus::database &db) {
    const bool rises = c.has("rising");
    const auto all = elements(c.document(rises ? "rising" : "equal"));
    const auto alike = rises ? 1 : static_cast<std::int64_t>(all.size());
    for (const auto place : shuffled(c, all.size())) {
        c.insert(made().whole("_id", static_cast<std::uint32_t>(place)).put("t", all[place]).document());
    }
    for (const auto &text : all) {
        const auto count = made().text("count", "orders").put("query", made().put("t", text)).put("collation", *c.part_of("collation"));
        const auto told = db.try_command(count.document());
        if (c.failed(told)) {
            return;
        }
        if (told->find("n")->as_int64() != alike) {
            wrong("equal to " + std::string(*text.as_string()), told->to_json(), std::to_string(alike));
        }
    }
    if (rises) {
        const auto options = made().put("sort", made().whole("t", 1)).put("collation", *c.part_of("collation"));
        std::int64_t place = 0;
        for (const auto &found : c.orders().find({}, options.document())) {
            if (found.find("_id")->as_int64() != place++) {
                wrong("at place " + std::to_string(place - 1), found.to_json(), "");
            }
        }
    }
}

// Looks how an index's collation is listed.
inline void listed(const test_case &c) {
    const auto index = made().put("key", made().whole("t", 1)).text("name", "t").put("collation", *c.part_of("collation"));
    if (c.failed(c.orders().try_create_index(index.document()))) {
        return;
    }
    const auto indexes = c.orders().list_indexes();
    for (const auto &one : elements(*indexes.find("indexes")->as_document())) {
        const auto described = *one.as_document();
        if (described.find("name")->as_string() == "t") {
            made kept;
            described.find("collation")->as_document()->each([&](std::string_view name, const value &here) {
                if (name != "version") {
                    kept.put(name, here);
                }
            });
            c.same("listed", kept.document(), c.document("listed"));
        }
    }
}

inline bool collation(const test_case &c, nexus::database &db) {
    if (c.has("rising") || c.has("equal")) {
        texts(c, db);
        return true;
    }
    if (c.has("listed")) {
        listed(c);
        return true;
    }
    for (const auto &document : elements(c.document("documents"))) {
        c.insert(*document.as_document());
    }
    if (!c.has("documents")) {
        c.insert(document_view());
    }
    made options;
    options.put("collation", *c.part_of("collation"));
    for (const auto &[part, name] : {std::pair("sort", "sort"), std::pair("projection", "projection"), std::pair("array_filters", "arrayFilters")}) {
        if (c.has(part)) {
            options.put(name, *c.part_of(part));
        }
    }
    const auto said = options.document();
    std::vector<nexus::document> found;
    if (c.has("update")) {
        if (c.failed(c.orders().try_update_many(c.document("filter"), c.document("update"), said))) {
            return true;
        }
        found = c.orders().find({}, R"({"sort": {"_id": 1}})").to_vector();
    } else if (c.has("distinct")) {
        const auto told = c.orders().try_distinct(c.text("distinct"), c.document("filter"), said);
        if (!c.failed(told)) {
            c.same("values", *told->find("values")->as_document(), c.document("values"));
        }
        return true;
    } else {
        auto cursor = c.orders().try_find(c.document("filter"), said);
        if (!cursor) {
            c.failed(cursor);
            return true;
        }
        auto next = cursor->try_next();
        for (; next && *next; next = cursor->try_next()) {
            found.push_back(nexus::document(std::string((*next)->bytes())));
        }
        if (c.failed(next)) {
            return true;
        }
    }
    const char *part = c.has("update") ? "becomes" : c.has("handed") ? "handed" : "finds";
    const auto wanted = elements(c.document(part));
    if (c.has(part) && wanted.size() != found.size()) {
        wrong("how many", std::to_string(found.size()), std::to_string(wanted.size()));
        return true;
    }
    for (std::size_t place = 0; place < wanted.size(); place++) {
        if (part != std::string("finds")) {
            c.same(part, found[place], *wanted[place].as_document());
            continue;
        }
        const auto is = [&](const nexus::document &one) { return one.find("_id")->bytes() == wanted[place].bytes(); };
        const auto there = std::find_if(found.begin(), found.end(), is);
        if (there == found.end() || (c.has("sort") && there - found.begin() != static_cast<std::ptrdiff_t>(place))) {
            wrong("place " + std::to_string(place), there == found.end() ? "nowhere" : "elsewhere", "here");
        }
    }
    return true;
}

#endif
