/* The cases of collations. */
#ifndef CONFORMANCE_COLLATION_H
#define CONFORMANCE_COLLATION_H

#include "conformance_case.h"

/* The values of a list, which are fewer than a hundred. */
static size_t elements(value list, value *into) {
    value field;
    const char *name;
    size_t count = 0;
    for (size_t at = 0; next_field(list, &at, &name, &field);) {
        CHECK(count < 100);
        into[count++] = field;
    }
    return count;
}

/* Looks whether texts stand in the order that the case gives, or are all alike. */
static void texts(void) {
    const bool rises = has("rising");
    value all[100], documents[100];
    const size_t count = elements(document(rises ? "rising" : "equal"), all);
    for (size_t i = 0; i < count; i++) {
        documents[i] = with_value(with_whole(nothing_yet(), "_id", (uint32_t)i), "t", all[i]);
    }
    insert_shuffled(documents, count);
    for (size_t i = 0; i < count; i++) {
        value command = with_text(nothing_yet(), "count", "orders");
        command = with_value(command, "query", with_value(nothing_yet(), "t", all[i]));
        command = with_value(command, "collation", part("collation"));
        nx_buf told = NX_BUF_INIT;
        if (failed(nx_command(db, &bson, D(command), &told, &error))) {
            return;
        }
        const value answer = taken(&told);
        if (whole(find(answer, "n")) != (int64_t)(rises ? 1 : count)) {
            wrong("equal", shown(answer), text_of(all[i]));
        }
    }
    if (rises) {
        value options = with_value(nothing_yet(), "sort", with_whole(nothing_yet(), "t", 1));
        options = with_value(options, "collation", part("collation"));
        value found[100];
        size_t many = 0;
        failed(found_by(nothing_yet(), options, found, 100, &many));
        for (size_t i = 0; i < many; i++) {
            same("in order", found[i], documents[i]);
        }
    }
}

/* Looks how an index's collation is listed. */
static void listed(void) {
    value index = with_value(nothing_yet(), "key", with_whole(nothing_yet(), "t", 1));
    index = with_value(with_text(index, "name", "t"), "collation", part("collation"));
    nx_buf told = NX_BUF_INIT;
    if (failed(nx_index_create(orders, &bson, D(index), NULL, &error))) {
        return;
    }
    OK(nx_index_list(orders, &bson, &told, &error));
    value indexes[100], field;
    const char *name;
    const size_t count = elements(find(taken(&told), "indexes"), indexes);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text_of(find(indexes[i], "name")), "t") == 0) {
            value kept_part = nothing_yet();
            for (size_t at = 0; next_field(find(indexes[i], "collation"), &at, &name, &field);) {
                if (strcmp(name, "version") != 0) {
                    kept_part = with_value(kept_part, name, field);
                }
            }
            same("listed", kept_part, document("listed"));
        }
    }
}

static void compared(const char *name, const value *found, size_t count) {
    value wanted[100];
    const size_t wanted_count = elements(document(name), wanted);
    if (has(name) && wanted_count != count) {
        wrong("how many", count == 0 ? "none" : shown(found[0]), shown(document(name)));
        return;
    }
    for (size_t i = 0; i < wanted_count; i++) {
        if (strcmp(name, "finds") != 0) {
            same(name, found[i], wanted[i]);
            continue;
        }
        size_t there = 0;
        while (there < count && !are_same(find(found[there], "_id"), wanted[i])) {
            there++;
        }
        if (there == count || (has("sort") && there != i)) {
            wrong("place", there == count ? "nowhere" : "elsewhere", "here");
        }
    }
}

static bool collation(void) {
    static const char *const PARTS[][2] = {
        {"sort", "sort"}, {"projection", "projection"}, {"array_filters", "arrayFilters"},
    };
    if (has("rising") || has("equal")) {
        texts();
        return true;
    }
    if (has("listed")) {
        listed();
        return true;
    }
    value documents[100], found[100];
    size_t count = elements(document("documents"), documents);
    for (size_t i = 0; i < count; i++) {
        insert(documents[i]);
    }
    if (!has("documents")) {
        insert(nothing_yet());
    }
    value options = with_value(nothing_yet(), "collation", part("collation"));
    for (size_t i = 0; i < 3; i++) {
        if (has(PARTS[i][0])) {
            options = with_value(options, PARTS[i][1], part(PARTS[i][0]));
        }
    }
    nx_buf told = NX_BUF_INIT;
    if (has("update")) {
        const value by_id = with_value(nothing_yet(), "sort", with_whole(nothing_yet(), "_id", 1));
        if (!failed(nx_update_many(orders, &bson, D(document("filter")), D(document("update")), D(options), NULL, &error))) {
            OK(found_by(nothing_yet(), by_id, found, 100, &count) == NX_DONE ? NX_OK : NX_DONE);
            compared("becomes", found, count);
        }
    } else if (has("distinct")) {
        if (!failed(nx_distinct(orders, &bson, T(text("distinct")), D(document("filter")), D(options), &told, &error))) {
            same("values", find(taken(&told), "values"), document("values"));
        }
    } else if (!failed(found_by(document("filter"), options, found, 100, &count))) {
        compared(has("handed") ? "handed" : "finds", found, count);
    }
    return true;
}

#endif
