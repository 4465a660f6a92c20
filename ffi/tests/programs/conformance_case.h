/* One case of the corpora, and what it is compared with. */
#ifndef CONFORMANCE_CASE_H
#define CONFORMANCE_CASE_H

#include "check.h"
#include "conformance_bson.h"

static nx_db *db;
static nx_coll *orders;
static nx_call bson;
static nx_error *error;

/* The case that is being run: its fields, and where it stands. */
static value fields;
static char place[1000];
static int failures;

/* A document as the two arguments that it takes. */
#define D(document) (document).bytes, (document).len
/* A text as the two arguments that it takes, whatever it holds. */
#define S(string) (const char *)(string).bytes + 4, (string).len - 5

static void wrong(const char *what, const char *got, const char *wanted) {
    fprintf(stderr, "%s: %s\n  wanted %s\n  got    %s\n", place, what, wanted, got);
    failures++;
}

/* A document as text, for people. */
static const char *shown(value document) {
    nx_buf text = NX_BUF_INIT;
    if (nx_bson_to_json(D(document), NX_JSON_CANONICAL, &text, NULL) != NX_OK) {
        return "no document";
    }
    char *copy = keep(text.len + 1);
    memcpy(copy, text.data, text.len + 1);
    nx_buf_free(&text);
    return copy;
}

static value part(const char *name) { return find(fields, name); }
static bool has(const char *name) { return part(name).type != 0; }
static const char *text(const char *name) { return text_of(part(name)); }
static bool flag(const char *name, bool otherwise) {
    const value found = part(name);
    return found.type == BOOLEAN ? found.bytes[0] != 0 : otherwise;
}
static value document(const char *name) {
    const value found = part(name);
    return found.type == DOCUMENT || found.type == ARRAY ? found : nothing_yet();
}

/* Whether the part says a word. */
static bool mentions(const char *name, const char *word) {
    const value in = part(name);
    const size_t len = strlen(word);
    for (size_t i = 0; i + len <= in.len; i++) {
        if (memcmp(in.bytes + i, word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether the part speaks of the moment, which is not 1970 here. */
static bool is_of_the_moment(const char *name) {
    return mentions(name, "$$NOW") || mentions(name, "$currentDate") || mentions(name, "$$CLUSTER_TIME");
}

/* Whether the case was to fail; what failed is compared with it. Lets go of the error. */
static bool failed(nx_status status) {
    const value wanted = part("error");
    if (status >= 0) {
        if (wanted.type != 0) {
            wrong("no error", "success", shown(wanted));
        }
        return wanted.type != 0;
    }
    const char *message = nx_error_message(error);
    if (wanted.type == 0) {
        wrong("an error", message, "none");
    } else {
        const value code = find(wanted, "code"), says = find(wanted, "says");
        if (strcmp(text_of(find(wanted, "kind")), nx_status_name(status)) != 0
            || (code.type != 0 && whole(code) != nx_error_code(error))
            || (says.type != 0 && strstr(message, text_of(says)) == NULL)) {
            wrong("another error", message, shown(wanted));
        }
    }
    nx_error_free(error);
    error = NULL;
    return true;
}

static void same(const char *what, value got, value wanted) {
    if (!are_same(got, wanted)) {
        wrong(what, shown(got), shown(wanted));
    }
}

static void insert(value given) { OK(nx_insert_one(orders, &bson, D(given), NONE, NULL, &error)); }

/* What the library gave, as long as the case lasts. */
static value taken(nx_buf *given) {
    uint8_t *copy = keep(given->len);
    memcpy(copy, given->data, given->len);
    nx_buf_free(given);
    return document_of(copy);
}

/* The only document there is. */
static value stored(void) {
    nx_buf found = NX_BUF_INIT;
    OK(nx_find_one(orders, &bson, NONE, NONE, &found, &error));
    return taken(&found);
}

/* What a find hands out, in order; how it ended. */
static nx_status found_by(value filter, value options, value *documents, size_t room, size_t *count) {
    nx_cursor *cursor = NULL;
    const void *bytes = NULL;
    size_t len = 0;
    *count = 0;
    nx_status status = nx_find(orders, &bson, D(filter), D(options), &cursor, &error);
    while (status == NX_OK && (status = nx_cursor_next(cursor, &bytes, &len, &error)) == NX_OK) {
        CHECK(*count < room);
        void *copy = keep(len);
        memcpy(copy, bytes, len);
        documents[(*count)++] = document_of(copy);
    }
    nx_cursor_free(cursor);
    return status;
}

/* Inserts documents in an order that is always the same for a case, and is not theirs. */
static void insert_shuffled(const value *documents, size_t count) {
    uint32_t state = (uint32_t)strlen(text("name")) + 1;
    size_t order[1000];
    CHECK(count <= 1000);
    for (size_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (size_t i = count; i > 1; i--) {
        state = state * 1664525u + 1013904223u;
        const size_t other = (state >> 8) % i, moved = order[i - 1];
        order[i - 1] = order[other];
        order[other] = moved;
    }
    for (size_t i = 0; i < count; i++) {
        insert(documents[order[i]]);
    }
}

#endif
