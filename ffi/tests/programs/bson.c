/* BSON in and out, and from one notation into the other. */
#include "check.h"

static nx_buf bson(const char *json) {
    nx_buf out = NX_BUF_INIT;
    nx_error *error = NULL;
    OK(nx_json_to_bson(T(json), 1, &out, &error));
    return out;
}

static void is(nx_buf *document, const char *json) {
    nx_buf out = NX_BUF_INIT;
    nx_error *error = NULL;
    OK(nx_bson_to_json(document->data, document->len, NX_JSON, &out, &error));
    HOLDS(&out, json);
    nx_buf_free(document);
}

int main(void) {
    nx_error *error = NULL;
    nx_db *db = in_memory();
    nx_coll *c = collection(db, "c");
    nx_call call = NX_CALL_INIT;
    nx_buf out = NX_BUF_INIT;
    call.format = NX_BSON;

    nx_buf one = bson("{\"_id\": 1, \"n\": {\"$numberLong\": \"9007199254740993\"}}"), two = bson("{\"_id\": 2}");
    OK(nx_insert_one(c, &call, one.data, one.len, NONE, &out, &error));
    is(&out, "{\"insertedId\":1}");
    uint8_t several[256];
    nx_buf three = bson("{\"_id\": 3}");
    memcpy(several, two.data, two.len);
    memcpy(several + two.len, three.data, three.len);
    OK(nx_insert_many(c, &call, several, two.len + three.len, NONE, &out, &error));
    is(&out, "{\"insertedCount\":2,\"insertedIds\":[2,3]}");
    ENDS(NX_ERR_INVALID, nx_insert_many(c, &call, several, two.len + 3, NONE, &out, &error));
    ENDS(NX_ERR_INVALID, nx_insert_many(c, &call, several, two.len + three.len - 1, NONE, &out, &error));

    nx_cursor *cursor = NULL;
    const void *document = NULL;
    size_t len = 0;
    uint32_t count = 0;
    OK(nx_find(c, &call, NONE, NONE, &cursor, &error));
    OK(nx_cursor_next(cursor, &document, &len, &error));
    CHECK(len == one.len && memcmp(document, one.data, len) == 0);
    OK(nx_cursor_next_batch(cursor, 0, 0, &out, &count, &error));
    CHECK(count == 2 && out.len == two.len + three.len && memcmp(out.data, several, out.len) == 0);
    nx_buf_free(&out);
    nx_cursor_free(cursor);

    /* A list of stages is an update, too. */
    nx_buf wrapped = bson("{\"u\": [{\"$set\": {\"x\": 1}}]}");
    const uint8_t *stages = wrapped.data + 4 + 3;
    size_t stages_len = wrapped.len - 4 - 3 - 1;
    OK(nx_update_one(c, &call, two.data, two.len, stages, stages_len, NONE, &out, &error));
    is(&out, "{\"matchedCount\":1,\"modifiedCount\":1}");
    OK(nx_find_one(c, &call, two.data, two.len, NONE, &out, &error));
    is(&out, "{\"_id\":2,\"x\":1}");
    nx_buf_free(&wrapped);

    /* The same numbers in every notation. */
    call.format = NX_JSON_SAFE;
    OK(nx_find_one(c, &call, T("{\"_id\": 1}"), NONE, &out, &error));
    HOLDS(&out, "{\"_id\":1,\"n\":{\"$numberLong\":\"9007199254740993\"}}");
    call.format = NX_JSON_CANONICAL;
    OK(nx_find_one(c, &call, T("{\"_id\": 1}"), NONE, &out, &error));
    HOLDS(&out, "{\"_id\":{\"$numberInt\":\"1\"},\"n\":{\"$numberLong\":\"9007199254740993\"}}");
    call.format = 9;
    ENDS(NX_ERR_INVALID, nx_find_one(c, &call, NONE, NONE, &out, &error));

    ENDS(NX_ERR_INVALID, nx_json_to_bson(T("{\"n\": 123456789012345678901234567890}"), 1, &out, &error));
    OK(nx_json_to_bson(T("{\"n\": 123456789012345678901234567890}"), 0, &out, &error));
    nx_buf_free(&out);
    OK(nx_bson_validate(one.data, one.len, &error));
    ENDS(NX_ERR_INVALID, nx_bson_validate(one.data, one.len - 1, &error));
    ENDS(NX_ERR_INVALID, nx_bson_to_json(one.data, one.len, NX_BSON, &out, &error));

    nx_buf_free(&one);
    nx_buf_free(&two);
    nx_buf_free(&three);
    nx_coll_free(c);
    nx_db_free(db);
    return done();
}
