/* The corpora that every language runs, by way of C. Its arguments are an empty folder and the corpora's files. */
#include "conformance_case.h"
#include "conformance_collation.h"

/* Each answers whether the case was run. */
static bool filter(void) {
    static const char *const OF_THE_WHOLE[] = {
        "enum of the whole document", "minProperties and maxProperties", "additionalProperties",
        "additionalProperties of an empty document", "patternProperties", "logic at the top",
    };
    for (size_t i = 0; i < sizeof OF_THE_WHOLE / sizeof *OF_THE_WHOLE; i++) {
        if (strcmp(text("name"), OF_THE_WHOLE[i]) == 0 && !has_id(document("document"))) {
            return false;
        }
    }
    uint64_t count = 0;
    if (has("document")) {
        insert(document("document"));
    }
    if (!failed(nx_count(orders, &bson, D(document("filter")), NONE, &count, &error))
        && (count == 1) != flag("matches", false)) {
        wrong("matches", count == 1 ? "it does" : "it does not", shown(document("filter")));
    }
    return true;
}

static bool update(void) {
    const value change = document("update");
    value first;
    const char *name = "";
    size_t at = 0;
    const bool replaces = !next_field(change, &at, &name, &first) || name[0] != '$';
    if (is_of_the_moment("update") || (replaces && has("arrayFilters"))) {
        return false;
    }
    const bool upserts = !has("document");
    if (!upserts) {
        insert(document("document"));
    }
    value options = with_flag(nothing_yet(), "upsert", upserts);
    if (has("arrayFilters")) {
        options = with_value(options, "arrayFilters", part("arrayFilters"));
    }
    nx_buf told = NX_BUF_INIT;
    const nx_status status = (replaces ? nx_replace_one : nx_update_one)(
        orders, &bson, D(document("filter")), D(change), D(options), &told, &error);
    if (failed(status)) {
        return true;
    }
    const value answer = taken(&told), now = stored();
    if (upserts) {
        const value wanted = document("result");
        same("upserted", has_id(wanted) ? now : without_id(now), wanted);
        if (find(answer, "upsertedId").type == 0) {
            wrong("upserted", shown(answer), "an upsertedId");
        }
        return true;
    }
    same("updated", now, document(has("result") ? "result" : "document"));
    if ((whole(find(answer, "modifiedCount")) == 1) != flag("modified", true)) {
        wrong("modified", shown(answer), flag("modified", true) ? "1" : "0");
    }
    return true;
}

static bool pipeline(void) {
    if (is_of_the_moment("pipeline")) {
        return false;
    }
    insert(document("document"));
    /* As bytes, a list without a stage is a document without an operator; as text it is a list. */
    const value stages = document("pipeline");
    const nx_status status = count_of(stages) == 0
        ? nx_update_one(orders, NULL, NONE, T("[]"), NONE, NULL, &error)
        : nx_update_one(orders, &bson, NONE, D(stages), NONE, NULL, &error);
    if (!failed(status)) {
        same("made", without_id(stored()), without_id(document("result")));
    }
    return true;
}

static bool projection(void) {
    if (has("metadata") || strcmp(text("name"), "without a filter") == 0) {
        return false;
    }
    insert(document("document"));
    const value options = with_value(nothing_yet(), "projection", part("projection"));
    nx_buf found = NX_BUF_INIT;
    const nx_status status = nx_find_one(orders, &bson, D(document("filter")), D(options), &found, &error);
    if (failed(status)) {
        return true;
    }
    if (status == NX_NONE) {
        wrong("found", "nothing", "a document");
        return true;
    }
    const value made = taken(&found);
    same("projected", has_id(document("document")) ? made : without_id(made), document("result"));
    return true;
}

static bool sort(void) {
    value documents[1000], found[1000], field;
    const char *name;
    size_t count = 0, many = 0;
    for (size_t at = 0; next_field(document("sorted"), &at, &name, &field) && count < 999;) {
        if (has_id(field)) {
            documents[count++] = field;
            continue;
        }
        value numbered = with_whole(nothing_yet(), "_id", (uint32_t)count);
        value inner;
        for (size_t inside = 0; next_field(field, &inside, &name, &inner);) {
            numbered = with_value(numbered, name, inner);
        }
        documents[count++] = numbered;
    }
    if (has("document")) {
        documents[count++] = document("document");
    }
    insert_shuffled(documents, count);
    value by = document("sort");
    if (!has("error") && !has_id(by)) {
        by = with_whole(by, "_id", 1); /* Equal ones in the order given. */
    }
    const value options = with_value(nothing_yet(), "sort", by);
    if (failed(found_by(nothing_yet(), options, found, 1000, &many))) {
        return true;
    }
    if (many != count) {
        wrong("how many", "others", "all");
    }
    for (size_t i = 0; i < many && i < count; i++) {
        same("in order", found[i], documents[i]);
    }
    return true;
}

static bool expression(void) {
    if (is_of_the_moment("expression")) {
        return false;
    }
    insert(document("document"));
    /* As an operand, so that a number is a number, and not the wish to see the field. */
    value operands = with_value(with_flag(nothing_yet(), "0", true), "1", part("expression"));
    operands = with(operands, NOTHING_AT_ALL, "2", NULL, 0);
    const value written = with_value(nothing_yet(), "$cond", list_of(operands));
    nx_buf answer = NX_BUF_INIT;
    nx_status status;
    value found;
    if (mentions("expression", "$$ROOT") || mentions("expression", "$$CURRENT")) {
        /* Of the document as the case has it, and not as it is stored. */
        value stages = with_value(nothing_yet(), "0", with_text(nothing_yet(), "$unset", "_id"));
        const value replaced = with_value(nothing_yet(), "$replaceWith", with_value(nothing_yet(), "v", written));
        stages = with_value(stages, "1", replaced);
        status = nx_update_one(orders, &bson, NONE, D(stages), NONE, NULL, &error);
        found = status == NX_OK ? without_id(stored()) : nothing_yet();
    } else {
        const value fields_wanted = with_value(with_whole(nothing_yet(), "_id", 0), "v", written);
        const value options = with_value(nothing_yet(), "projection", fields_wanted);
        status = nx_find_one(orders, &bson, NONE, D(options), &answer, &error);
        found = status == NX_OK ? taken(&answer) : nothing_yet();
    }
    if (!failed(status)) {
        same("computed", found, has("missing") ? nothing_yet() : with_value(nothing_yet(), "v", part("result")));
    }
    return true;
}

/* The bytes that hexadecimal digits spell. */
static uint8_t *from_hex(const char *hex, size_t *len) {
    *len = strlen(hex) / 2;
    uint8_t *bytes = keep(*len + 1);
    for (size_t i = 0; i < *len; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return bytes;
}

static void reads_as(value json, value wanted) {
    nx_buf read = NX_BUF_INIT;
    OK(nx_json_to_bson(S(json), 0, &read, &error));
    same("read", taken(&read), wanted);
}

static bool extended_json(void) {
    if (has("options")) {
        return false;
    }
    static const struct { const char *part; nx_format format; } FORMS[] = {
        {"canonical", NX_JSON_CANONICAL}, {"relaxed", NX_JSON},
    };
    size_t len = 0;
    const uint8_t *bytes = from_hex(text("bson"), &len);
    nx_buf out = NX_BUF_INIT;
    if (has("error")) {
        const nx_status status =
            has("input") ? nx_json_to_bson(S(part("input")), 0, &out, &error) : nx_bson_validate(bytes, len, &error);
        if (status != NX_ERR_INVALID || strstr(nx_error_message(error), text("error_contains")) == NULL) {
            wrong("an error", status < 0 ? nx_error_message(error) : "success", text("error_contains"));
        }
        nx_buf_free(&out);
        nx_error_free(error);
        error = NULL;
        return true;
    }
    const value wanted = document_of(bytes);
    if (has("input")) {
        reads_as(part("input"), wanted);
    }
    for (size_t i = 0; i < 2; i++) {
        OK(nx_bson_to_json(D(wanted), FORMS[i].format, &out, &error));
        if (strcmp((const char *)out.data, text(FORMS[i].part)) != 0) {
            wrong(FORMS[i].part, (const char *)out.data, text(FORMS[i].part));
        }
        nx_buf_free(&out);
    }
    if (!flag("one_way", false)) {
        reads_as(part("canonical"), wanted);
    }
    return true;
}

/* What files are about, by how their names begin, and how many cases there are at least. */
static struct kind {
    const char *begins, *name;
    bool (*run)(void);
    unsigned least, done, left_out;
} kinds[] = {
    {"collation", "collation", collation, 150, 0, 0},
    {"expressions", "expressions", expression, 1400, 0, 0},
    {"extjson", "extjson", extended_json, 600, 0, 0},
    {"filters", "filters", filter, 2000, 0, 0},
    {"pipeline_updates", "pipelines", pipeline, 45, 0, 0},
    {"projections", "projections", projection, 180, 0, 0},
    {"sorts", "sorts", sort, 40, 0, 0},
    {"updates", "updates", update, 900, 0, 0},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static struct kind *kind_of(const char *path) {
    const char *below = strstr(path, "/conformance/");
    for (size_t i = 0; below != NULL && i < KINDS; i++) {
        if (strncmp(below + strlen("/conformance/"), kinds[i].begins, strlen(kinds[i].begins)) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

static void run_file(const char *path) {
    struct kind *kind = kind_of(path);
    FILE *file = fopen(path, "rb");
    CHECK(kind != NULL && file != NULL);
    CHECK(fseek(file, 0, SEEK_END) == 0);
    const long size = ftell(file);
    char *json = malloc((size_t)size);
    rewind(file);
    CHECK(json != NULL && fread(json, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    nx_buf corpus = NX_BUF_INIT;
    OK(nx_json_to_bson(json, (size_t)size, 0, &corpus, &error));
    free(json);
    const char *number;
    for (size_t at = 0; next_field(find(document_of(corpus.data), "cases"), &at, &number, &fields);) {
        snprintf(place, sizeof place, "%s:%s:%s", path, number, text("name"));
        nx_db_drop_collection(db, NULL, T("orders"), NULL);
        *(kind->run() ? &kind->done : &kind->left_out) += 1;
        forget_all();
    }
    nx_buf_free(&corpus);
}

int main(int count, char **arguments) {
    const nx_call call = NX_CALL_INIT;
    bson = call;
    bson.format = NX_BSON;
    db = in_memory();
    orders = collection(db, "orders");
    for (int i = 2; i < count; i++) {
        run_file(arguments[i]);
    }
    nx_coll_free(orders);
    nx_db_free(db);
    free(kept);
    for (size_t i = 0; i < KINDS; i++) {
        printf("%s: %u cases run, %u left out\n", kinds[i].name, kinds[i].done, kinds[i].left_out);
        if (kinds[i].done + kinds[i].left_out < kinds[i].least) {
            wrong(kinds[i].name, "few cases", "more");
        }
    }
    return failures != 0 || done() != 0;
}
