/* Every verb, in JSON. */
#include "check.h"

static void inserts(nx_coll *c) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    OK(nx_insert_one(c, NULL, T("{\"_id\": 1, \"n\": 10, \"tags\": [\"a\"]}"), NONE, &out, &error));
    HOLDS(&out, "{\"insertedId\":1}");
    OK(nx_insert_many(c, NULL, T("[{\"_id\": 2, \"n\": 20}, {\"_id\": 3, \"n\": 30}]"), NONE, &out, &error));
    HOLDS(&out, "{\"insertedCount\":2,\"insertedIds\":[2,3]}");
    OK(nx_insert_many(c, NULL, T("{\"_id\": 4, \"n\": 40}\n{\"_id\": 5, \"n\": 50}\n"), NONE, NULL, &error));
    OK(nx_insert_one(c, NULL, T("{\"n\": 60}"), T("{\"tags\": [\"x\"], \"ttl_ms\": 3600000}"), &out, &error));
    CHECK(strstr((const char *)out.data, "{\"insertedId\":{\"$") == (const char *)out.data);
    nx_buf_free(&out);
    OK(nx_delete_one(c, NULL, T("{\"n\": 60}"), NONE, NULL, &error));

    ENDS(NX_ERR_DUPLICATE_KEY, nx_insert_one(c, NULL, T("{\"_id\": 1}"), NONE, &out, &error));
    CHECK(out.data == NULL && out.len == 0);
    CHECK(nx_insert_many(c, NULL, T("[{\"_id\": 6}, {\"_id\": 1}, {\"_id\": 7}]"), T("{\"ordered\": false}"), NULL, &error)
          == NX_ERR_DUPLICATE_KEY);
    CHECK(nx_error_code(error) == 11000 && strcmp(nx_error_code_name(error), "DuplicateKey") == 0);
    CHECK(nx_error_details(error, NX_JSON, &out) == NX_OK);
    CHECK(strstr((const char *)out.data, "\"nInserted\":2") && strstr((const char *)out.data, "\"index\":1"));
    nx_buf_free(&out);
    nx_error_free(error);
    error = NULL;
    OK(nx_delete_many(c, NULL, T("{\"_id\": {\"$gte\": 6}}"), NONE, &out, &error));
    HOLDS(&out, "{\"deletedCount\":2}");
}

static void reads(nx_coll *c) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    nx_cursor *cursor = NULL;
    const void *document = NULL;
    size_t len = 0;
    uint32_t count = 0;
    uint64_t n = 0;

    OK(nx_find(c, NULL, T("{\"n\": {\"$gte\": 20}}"), T("{\"sort\": {\"n\": -1}, \"projection\": {\"n\": 1}, \"skip\": 1, \"limit\": -2, \"maxTimeMS\": 0}"), &cursor, &error));
    OK(nx_cursor_next(cursor, &document, &len, &error));
    CHECK(strcmp((const char *)document, "{\"_id\":4,\"n\":40}") == 0 && len == strlen((const char *)document));
    OK(nx_cursor_next(cursor, &document, &len, &error));
    CHECK(strcmp((const char *)document, "{\"_id\":3,\"n\":30}") == 0);
    ENDS(NX_DONE, nx_cursor_next(cursor, &document, &len, &error));
    CHECK(document == NULL && len == 0);
    ENDS(NX_DONE, nx_cursor_next(cursor, &document, &len, &error));
    nx_cursor_free(cursor);

    OK(nx_find(c, NULL, NONE, T("{\"projection\": {\"_id\": 1}, \"batchSize\": 2, \"hint\": {\"$natural\": 1}, \"maxTimeMS\": 60000}"), &cursor, &error));
    OK(nx_cursor_next_batch(cursor, 3, 0, &out, &count, &error));
    CHECK(count == 3);
    HOLDS(&out, "{\"_id\":1}\n{\"_id\":2}\n{\"_id\":3}\n");
    OK(nx_cursor_next_batch(cursor, 0, 1, &out, &count, &error));
    CHECK(count == 1);
    HOLDS(&out, "{\"_id\":4}\n");
    OK(nx_cursor_next_batch(cursor, 0, 0, &out, &count, &error));
    HOLDS(&out, "{\"_id\":5}\n");
    ENDS(NX_DONE, nx_cursor_next_batch(cursor, 0, 0, &out, &count, &error));
    CHECK(count == 0 && out.data == NULL);
    nx_cursor_free(cursor);

    OK(nx_find_one(c, NULL, T("{\"_id\": 2}"), NONE, &out, &error));
    HOLDS(&out, "{\"_id\":2,\"n\":20}");
    ENDS(NX_NONE, nx_find_one(c, NULL, T("{\"_id\": 99}"), NONE, &out, &error));
    OK(nx_count(c, NULL, T("{\"n\": {\"$lt\": 40}}"), T("{\"skip\": 1}"), &n, &error));
    CHECK(n == 2);
    OK(nx_count(c, NULL, NONE, NONE, &n, &error));
    CHECK(n == 5);
    OK(nx_estimated_count(c, NULL, &n, &error));
    CHECK(n == 5);
    OK(nx_distinct(c, NULL, T("n"), T("{\"_id\": {\"$gt\": 3}}"), NONE, &out, &error));
    HOLDS(&out, "{\"values\":[40,50]}");
    ENDS(NX_ERR_INVALID, nx_find(c, NULL, T("{\"n\": {\"$nonsense\": 1}}"), NONE, &cursor, &error));
    CHECK(cursor == NULL);
}

static void changes(nx_coll *c) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    OK(nx_update_one(c, NULL, T("{\"_id\": 1}"), T("{\"$inc\": {\"n\": 1}}"), NONE, &out, &error));
    HOLDS(&out, "{\"matchedCount\":1,\"modifiedCount\":1}");
    OK(nx_update_many(c, NULL, T("{\"n\": {\"$gte\": 40}}"), T("[{\"$set\": {\"n\": {\"$add\": [\"$n\", 5]}}}]"), NONE, &out, &error));
    HOLDS(&out, "{\"matchedCount\":2,\"modifiedCount\":2}");
    OK(nx_update_one(c, NULL, T("{\"_id\": 8}"), T("{\"$set\": {\"n\": 80}}"), T("{\"upsert\": true}"), &out, &error));
    HOLDS(&out, "{\"matchedCount\":0,\"modifiedCount\":0,\"upsertedId\":8}");
    OK(nx_replace_one(c, NULL, T("{\"_id\": 8}"), T("{\"m\": 1}"), NONE, &out, &error));
    HOLDS(&out, "{\"matchedCount\":1,\"modifiedCount\":1}");
    OK(nx_find_one_and_update(c, NULL, T("{\"_id\": 8}"), T("{\"$set\": {\"m\": 2}}"), T("{\"returnDocument\": \"after\"}"), &out, &error));
    HOLDS(&out, "{\"_id\":8,\"m\":2}");
    OK(nx_find_one_and_replace(c, NULL, T("{\"_id\": 8}"), T("{\"k\": 1}"), T("{\"projection\": {\"_id\": 0}}"), &out, &error));
    HOLDS(&out, "{\"m\":2}");
    OK(nx_find_one_and_delete(c, NULL, T("{\"_id\": {\"$gt\": 4}}"), T("{\"sort\": {\"_id\": -1}}"), &out, &error));
    HOLDS(&out, "{\"_id\":8,\"k\":1}");
    ENDS(NX_NONE, nx_find_one_and_delete(c, NULL, T("{\"_id\": 8}"), NONE, &out, &error));
    CHECK(out.data == NULL);

    CHECK(nx_update_one(c, NULL, T("{}"), T("{\"$set\": {\"n\": 1}}"), T("{\"uspert\": true}"), NULL, &error) == NX_ERR_INVALID);
    CHECK(strstr(nx_error_message(error), "uspert") && strstr(nx_error_message(error), "update_one"));
    nx_error_free(error);
    error = NULL;
    ENDS(NX_ERR_INVALID, nx_update_one(c, NULL, T("{}"), T("{\"$set\": {\"n\": 1}}"), T("{\"upsert\": 1}"), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_find_one_and_delete(c, NULL, T("{}"), T("{\"upsert\": true}"), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_update_one(c, NULL, T("{}"), T("{\"n\": 1}"), NONE, NULL, &error));
}

static void explained(nx_coll *c) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    OK(nx_explain(c, NULL, T("{\"find\": {\"filter\": {\"_id\": 1}}}"), NONE, &out, &error));
    CHECK(strstr((const char *)out.data, "\"IDHACK\"") && !strstr((const char *)out.data, "executionStats"));
    nx_buf_free(&out);
    OK(nx_explain(c, NULL, T("{\"deleteMany\": {\"filter\": {\"n\": {\"$gt\": 0}}}}"), T("{\"verbosity\": \"executionStats\"}"), &out, &error));
    CHECK(strstr((const char *)out.data, "\"executionStats\"") != NULL);
    nx_buf_free(&out);
    OK(nx_explain(c, NULL, T("{\"updateMany\": {\"update\": {\"$set\": {\"n\": 1}}, \"upsert\": true}}"), NONE, NULL, &error));
    OK(nx_explain(c, NULL, T("{\"count\": {\"filter\": {\"n\": 1}, \"limit\": 3}}"), NONE, NULL, &error));
    OK(nx_explain(c, NULL, T("{\"distinct\": {\"path\": \"n\", \"hint\": {\"$natural\": -1}}}"), T("{\"verbosity\": \"allPlansExecution\"}"), &out, &error));
    CHECK(strstr((const char *)out.data, "\"backward\"") && strstr((const char *)out.data, "\"allPlansExecution\""));
    nx_buf_free(&out);
    OK(nx_explain(c, NULL, T("{\"findOneAndUpdate\": {\"filter\": {\"_id\": 1}, \"update\": {\"$set\": {\"n\": 9}}, \"returnDocument\": \"after\"}}"), NONE, &out, &error));
    CHECK(strstr((const char *)out.data, "\"UPDATE\"") != NULL);
    nx_buf_free(&out);
    OK(nx_explain(c, NULL, T("{\"replaceOne\": {\"filter\": {\"_id\": 1}, \"replacement\": {\"n\": 9}, \"sort\": {\"n\": 1}}}"), NONE, NULL, &error));
    OK(nx_explain(c, NULL, T("{\"findOneAndReplace\": {\"replacement\": {\"n\": 9}, \"upsert\": true}}"), NONE, NULL, &error));
    OK(nx_explain(c, NULL, T("{\"findOneAndDelete\": {\"sort\": {\"n\": 1}}}"), NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_explain(c, NULL, T("{\"distinct\": {}}"), NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_explain(c, NULL, T("{\"distinct\": {\"path\": 1}}"), NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_explain(c, NULL, T("{\"replaceOne\": {}}"), NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_explain(c, NULL, T("{\"findOneAndDelete\": {\"upsert\": true}}"), NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_explain(c, NULL, T("{\"find\": {\"fitler\": {}}}"), NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_explain(c, NULL, T("{\"dream\": {}}"), NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_explain(c, NULL, T("{\"find\": 1}"), NONE, NULL, &error));
}

static void indexed(nx_coll *c) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    OK(nx_index_create(c, NULL, T("[{\"key\": {\"n\": 1}}, {\"key\": {\"tags\": 1}, \"name\": \"by_tag\", \"sparse\": true}]"), &out, &error));
    HOLDS(&out, "{\"names\":[\"n_1\",\"by_tag\"]}");
    OK(nx_index_list(c, NULL, &out, &error));
    CHECK(strstr((const char *)out.data, "\"_id_\"") && strstr((const char *)out.data, "\"by_tag\""));
    nx_buf_free(&out);
    OK(nx_index_hide(c, NULL, T("n_1"), 1, &error));
    OK(nx_index_hide(c, NULL, T("n_1"), 0, &error));
    OK(nx_index_drop(c, NULL, T("by_tag"), &error));
    ENDS(NX_ERR_NOT_FOUND, nx_index_drop(c, NULL, T("by_tag"), &error));
    OK(nx_index_drop(c, NULL, T("*"), &error));
    ENDS(NX_ERR_INVALID, nx_index_create(c, NULL, T("{\"key\": {\"n\": 1}, \"uniqe\": true}"), NULL, &error));
}

static void collections(nx_db *db) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    OK(nx_db_create_collection(db, NULL, T("log"), T("{\"metadata\": true}"), &error));
    ENDS(NX_ERR_EXISTS, nx_db_create_collection(db, NULL, T("log"), NONE, &error));
    OK(nx_db_collection_names(db, NULL, &out, &error));
    HOLDS(&out, "{\"collections\":[\"c\",\"log\"]}");
    OK(nx_db_rename_collection(db, NULL, T("log"), T("journal"), NONE, &error));
    ENDS(NX_ERR_EXISTS, nx_db_rename_collection(db, NULL, T("journal"), T("c"), T("{\"dropTarget\": false}"), &error));
    OK(nx_db_drop_collection(db, NULL, T("journal"), &error));
    ENDS(NX_NONE, nx_db_drop_collection(db, NULL, T("journal"), &error));
    OK(nx_db_info(db, NULL, &out, &error));
    HOLDS(&out, "{\"path\":null,\"collections\":[{\"name\":\"c\",\"count\":5}]}");
    OK(nx_db_stats(db, NULL, &out, &error));
    CHECK(strstr((const char *)out.data, "\"engine\":\"memory\"") != NULL);
    nx_buf_free(&out);
    OK(nx_db_check(db, NULL, &out, &error));
    CHECK(strstr((const char *)out.data, "{\"valid\":true,\"faults\":[]") == (const char *)out.data);
    nx_buf_free(&out);
}

static void bulk(nx_db *db, nx_coll *c) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    OK(nx_bulk_write(c, NULL,
                     T("[{\"insertOne\": {\"document\": {\"_id\": 20, \"a\": [1, 5]}}},"
                       " {\"updateOne\": {\"filter\": {\"_id\": 20}, \"update\": {\"$set\": {\"a.$[x]\": 0}}, \"arrayFilters\": [{\"x\": {\"$gt\": 3}}]}},"
                       " {\"replaceOne\": {\"filter\": {\"_id\": 21}, \"replacement\": {\"b\": 1}, \"upsert\": true}},"
                       " {\"deleteOne\": {\"filter\": {\"_id\": 21}}}]"),
                     NONE, &out, &error));
    HOLDS(&out, "{\"insertedCount\":1,\"matchedCount\":1,\"modifiedCount\":1,\"deletedCount\":1,\"upsertedCount\":1,"
                "\"insertedIds\":{\"0\":20},\"upsertedIds\":{\"2\":21}}");
    OK(nx_find_one_and_update(c, NULL, T("{\"_id\": 20}"), T("{\"$inc\": {\"a.$[y]\": 1}}"), T("{\"arrayFilters\": [{\"y\": 1}]}"), &out, &error));
    HOLDS(&out, "{\"_id\":20,\"a\":[1,0]}");
    CHECK(nx_bulk_write(c, NULL, T("[{\"insertOne\": {\"document\": {\"_id\": 22}}}, {\"insertOne\": {\"document\": {\"_id\": 20}}}, {\"deleteMany\": {\"filter\": {\"_id\": {\"$gte\": 20}}}}]"),
                        T("{\"ordered\": false}"), NULL, &error) == NX_ERR_DUPLICATE_KEY);
    CHECK(nx_error_details(error, NX_JSON, &out) == NX_OK);
    CHECK(strstr((const char *)out.data, "\"nRemoved\":2") && strstr((const char *)out.data, "\"index\":1"));
    nx_buf_free(&out);
    nx_error_free(error);
    error = NULL;
    CHECK(nx_bulk_write(c, NULL, T("[{\"deleteOne\": {}}, {\"deleteOne\": {\"flter\": {}}}]"), NONE, NULL, &error) == NX_ERR_INVALID);
    CHECK(strstr(nx_error_message(error), "place 1") && strstr(nx_error_message(error), "flter"));
    nx_error_free(error);
    error = NULL;
    ENDS(NX_ERR_INVALID, nx_bulk_write(c, NULL, T("[{\"insertOne\": {\"collection\": \"d\", \"document\": {}}}]"), NONE, NULL, &error));
    OK(nx_db_bulk_write(db, NULL, T("{\"insertOne\": {\"collection\": \"d\", \"document\": {\"_id\": 1}}} {\"deleteOne\": {\"collection\": \"d\", \"filter\": {\"_id\": 1}}}"), NONE, &out, &error));
    CHECK(strstr((const char *)out.data, "\"deletedCount\":1") != NULL);
    nx_buf_free(&out);
    OK(nx_db_drop_collection(db, NULL, T("d"), &error));
}

/* Texts in the order of a language: every verb has the option. */
static void collated(nx_db *db) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    nx_coll *c = collection(db, "texts");
    nx_cursor *cursor = NULL;
    uint64_t n = 0;
    const char *loose = "{\"collation\": {\"locale\": \"en\", \"strength\": 2}}";
    OK(nx_insert_many(c, NULL, T("[{\"_id\": 1, \"t\": \"Ink\"}, {\"_id\": 2, \"t\": \"ink\"}]"), NONE, NULL, &error));
    OK(nx_count(c, NULL, T("{\"t\": \"INK\"}"), T(loose), &n, &error));
    CHECK(n == 2);
    OK(nx_distinct(c, NULL, T("t"), NONE, T(loose), &out, &error));
    HOLDS(&out, "{\"values\":[\"Ink\"]}");
    OK(nx_find(c, NULL, T("{\"t\": \"iNK\"}"), T(loose), &cursor, &error));
    uint32_t found = 0;
    OK(nx_cursor_next_batch(cursor, 0, 0, &out, &found, &error));
    CHECK(found == 2);
    nx_buf_free(&out);
    nx_cursor_free(cursor);
    OK(nx_update_many(c, NULL, T("{\"t\": \"INK\"}"), T("{\"$set\": {\"a\": 1}}"), T(loose), &out, &error));
    HOLDS(&out, "{\"matchedCount\":2,\"modifiedCount\":2}");
    OK(nx_replace_one(c, NULL, T("{\"t\": \"INK\"}"), T("{\"t\": \"ink\"}"), T(loose), NULL, &error));
    OK(nx_find_one_and_update(c, NULL, T("{\"t\": \"INK\"}"), T("{\"$set\": {\"b\": 1}}"), T(loose), &out, &error));
    nx_buf_free(&out);
    OK(nx_bulk_write(c, NULL, T("{\"deleteOne\": {\"filter\": {\"t\": \"INK\"}, \"collation\": {\"locale\": \"en\", \"strength\": 2}}}"), NONE, NULL, &error));
    OK(nx_delete_one(c, NULL, T("{\"t\": \"INK\"}"), T(loose), &out, &error));
    HOLDS(&out, "{\"deletedCount\":1}");
    OK(nx_index_create(c, NULL, T("{\"key\": {\"t\": 1}, \"collation\": {\"locale\": \"de\"}}"), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_count(c, NULL, NONE, T("{\"collation\": {\"locale\": \"nowhere\"}}"), &n, &error));
    nx_coll_free(c);
    OK(nx_db_drop_collection(db, NULL, T("texts"), &error));
}

/* What may be said beside a statement; each verb has what it can mean, and refuses the rest by name. */
static void asides(nx_db *db) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    nx_cursor *cursor = NULL;
    uint64_t n = 0;
    const char *filter = "{\"$expr\": {\"$gt\": [\"$n\", \"$$limit\"]}}";
    const char *with = "{\"let\": {\"limit\": 1}, \"comment\": {\"why\": [1, null]}}";
    OK(nx_db_create_collection(db, NULL, T("asides"), T("{\"validator\": {\"n\": {\"$type\": \"number\"}}}"), &error));
    nx_coll *c = collection(db, "asides");
    OK(nx_insert_many(c, NULL, T("[{\"_id\": 1, \"n\": 1}, {\"_id\": 2, \"n\": 2}, {\"_id\": 3, \"n\": 3}]"), NONE, NULL, &error));
    OK(nx_count(c, NULL, T(filter), T(with), &n, &error));
    CHECK(n == 2);
    OK(nx_find(c, NULL, T(filter), T("{\"let\": {\"limit\": 2}, \"comment\": \"why\", \"allowDiskUse\": false, \"hint\": \"_id_\"}"), &cursor, &error));
    OK(nx_cursor_next_batch(cursor, 0, 0, &out, NULL, &error));
    HOLDS(&out, "{\"_id\":3,\"n\":3}\n");
    nx_cursor_free(cursor);
    OK(nx_find_one(c, NULL, T(filter), T(with), &out, &error));
    HOLDS(&out, "{\"_id\":2,\"n\":2}");
    OK(nx_distinct(c, NULL, T("n"), NONE, T("{\"comment\": 1}"), &out, &error));
    HOLDS(&out, "{\"values\":[1,2,3]}");
    OK(nx_update_many(c, NULL, T(filter), T("[{\"$set\": {\"m\": \"$$limit\"}}]"), T(with), &out, &error));
    HOLDS(&out, "{\"matchedCount\":2,\"modifiedCount\":2}");
    OK(nx_find_one_and_update(c, NULL, T(filter), T("{\"$unset\": {\"m\": 1}}"), T(with), &out, &error));
    HOLDS(&out, "{\"_id\":2,\"n\":2,\"m\":1}");
    OK(nx_explain(c, NULL, T("{\"deleteOne\": {\"filter\": {\"_id\": 1}, \"comment\": \"tidy\"}}"), NONE, &out, &error));
    CHECK(strstr((const char *)out.data, "\"comment\":\"tidy\"") != NULL);
    nx_buf_free(&out);
    OK(nx_delete_one(c, NULL, T(filter), T(with), &out, &error));
    HOLDS(&out, "{\"deletedCount\":1}");
    OK(nx_bulk_write(c, NULL, T("{\"deleteMany\": {\"filter\": {\"$expr\": {\"$gt\": [\"$n\", \"$$limit\"]}}}}"), T(with), NULL, &error));
    OK(nx_estimated_count(c, NULL, &n, &error));
    CHECK(n == 1);

    const char *bypass = "{\"bypassDocumentValidation\": true}";
    ENDS(NX_ERR_INVALID, nx_insert_one(c, NULL, T("{\"_id\": 5}"), T("{\"bypassDocumentValidation\": false}"), NULL, &error));
    OK(nx_insert_one(c, NULL, T("{\"_id\": 5}"), T(bypass), &out, &error));
    HOLDS(&out, "{\"insertedId\":5}");
    OK(nx_insert_many(c, NULL, T("{\"_id\": 6}{\"_id\": 7}"), T(bypass), NULL, &error));
    OK(nx_replace_one(c, NULL, T("{\"_id\": 1}"), T("{\"n\": \"x\"}"), T(bypass), NULL, &error));
    OK(nx_update_one(c, NULL, T("{\"_id\": 1}"), T("{\"$set\": {\"n\": \"y\"}}"), T(bypass), NULL, &error));
    OK(nx_find_one_and_replace(c, NULL, T("{\"_id\": 1}"), T("{\"n\": \"z\"}"), T(bypass), NULL, &error));
    OK(nx_bulk_write(c, NULL, T("{\"insertOne\": {\"document\": {\"_id\": 8}}}"), T(bypass), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_insert_one(c, NULL, T("{\"_id\": 9}"), T("{\"bypassDocumentValidation\": true, \"tags\": [\"a\"]}"), NULL, &error));

    CHECK(nx_find_one_and_delete(c, NULL, NONE, T(bypass), NULL, &error) == NX_ERR_INVALID);
    CHECK(strstr(nx_error_message(error), "find_one_and_delete has no option \"bypassDocumentValidation\""));
    nx_error_free(error);
    error = NULL;
    ENDS(NX_ERR_INVALID, nx_distinct(c, NULL, T("n"), NONE, T(with), NULL, &error));
    OK(nx_insert_many(c, NULL, T("[]"), T("{\"comment\": 1, \"maxTimeMS\": 0}"), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_insert_many(c, NULL, T("[]"), T("{\"sort\": 1}"), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_count(c, NULL, NONE, T("{\"let\": 1}"), &n, &error));
    nx_coll_free(c);
    OK(nx_db_drop_collection(db, NULL, T("asides"), &error));
}

/* The index to go by, named or by its key, in every verb that finds documents. */
static void hints(nx_db *db) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    nx_cursor *cursor = NULL;
    uint64_t n = 0;
    nx_coll *c = collection(db, "hints");
    const char *by_name = "{\"hint\": \"down_1\"}";
    const char *by_key = "{\"hint\": {\"down\": 1}}";
    const char *lacking = "{\"hint\": \"few_1\"}";
    OK(nx_insert_many(c, NULL, T("[{\"_id\": 1, \"down\": -1}, {\"_id\": 2, \"down\": -2}, {\"_id\": 3, \"down\": -3}, {\"_id\": 4, \"down\": -4}]"), NONE, NULL, &error));
    OK(nx_command(db, NULL, T("{\"createIndexes\": \"hints\", \"indexes\": [{\"key\": {\"down\": 1}, \"name\": \"down_1\"}, {\"key\": {\"few\": 1}, \"name\": \"few_1\", \"sparse\": true}]}"), NULL, &error));
    OK(nx_find(c, NULL, NONE, T("{\"hint\": \"down_1\", \"min\": {\"down\": -3}, \"max\": {\"down\": -1}, \"projection\": {\"_id\": 1}}"), &cursor, &error));
    OK(nx_cursor_next_batch(cursor, 0, 0, &out, NULL, &error));
    HOLDS(&out, "{\"_id\":3}\n{\"_id\":2}\n");
    nx_cursor_free(cursor);
    ENDS(NX_ERR_INVALID, nx_find_one(c, NULL, NONE, T("{\"min\": {\"down\": -3}}"), NULL, &error));
    OK(nx_count(c, NULL, NONE, T(by_key), &n, &error));
    CHECK(n == 4);
    OK(nx_explain(c, NULL, T("{\"count\": {\"filter\": {\"_id\": {\"$gt\": 0}, \"down\": {\"$lt\": 0}}, \"hint\": \"down_1\"}}"), NONE, &out, &error));
    CHECK(strstr((const char *)out.data, "\"indexName\":\"down_1\"") != NULL);
    nx_buf_free(&out);
    OK(nx_distinct(c, NULL, T("_id"), NONE, T(by_key), &out, &error));
    HOLDS(&out, "{\"values\":[1,2,3,4]}");

    OK(nx_update_one(c, NULL, NONE, T("{\"$set\": {\"x\": 1}}"), T(by_name), NULL, &error));
    OK(nx_find_one_and_update(c, NULL, NONE, T("{\"$set\": {\"y\": 1}}"), T(by_name), &out, &error));
    HOLDS(&out, "{\"_id\":4,\"down\":-4,\"x\":1}");
    OK(nx_replace_one(c, NULL, NONE, T("{\"down\": 4}"), T(by_key), NULL, &error));
    OK(nx_find_one_and_replace(c, NULL, NONE, T("{\"down\": 3}"), T(by_key), &out, &error));
    HOLDS(&out, "{\"_id\":3,\"down\":-3}");
    OK(nx_find_one_and_delete(c, NULL, NONE, T(by_name), &out, &error));
    HOLDS(&out, "{\"_id\":2,\"down\":-2}");
    OK(nx_delete_one(c, NULL, NONE, T(by_name), NULL, &error));
    OK(nx_bulk_write(c, NULL, T("{\"deleteOne\": {\"filter\": {}, \"hint\": \"down_1\"}}"), NONE, NULL, &error));
    OK(nx_find_one(c, NULL, NONE, NONE, &out, &error));
    HOLDS(&out, "{\"_id\":4,\"down\":4}");

    ENDS(NX_ERR_INVALID, nx_count(c, NULL, NONE, T(lacking), &n, &error));
    ENDS(NX_ERR_INVALID, nx_count(c, NULL, NONE, T("{\"hint\": 1}"), &n, &error));
    ENDS(NX_ERR_INVALID, nx_distinct(c, NULL, T("_id"), NONE, T(lacking), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_update_many(c, NULL, NONE, T("{\"$set\": {\"x\": 1}}"), T(lacking), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_replace_one(c, NULL, NONE, T("{}"), T(lacking), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_delete_many(c, NULL, NONE, T(lacking), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_find_one_and_delete(c, NULL, NONE, T(lacking), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_bulk_write(c, NULL, T("{\"deleteOne\": {\"filter\": {}, \"hint\": \"few_1\"}}"), NONE, NULL, &error));
    nx_coll_free(c);
    OK(nx_db_drop_collection(db, NULL, T("hints"), &error));
}

/* Whatever a document can say, inside a transaction and outside. */
static void commands(nx_db *db) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    nx_call call = NX_CALL_INIT;
    OK(nx_command(db, NULL, T("{\"ping\": 1}"), &out, &error));
    HOLDS(&out, "{\"ok\":1.0}");
    OK(nx_command(db, NULL, T("{\"insert\": \"told\", \"documents\": [{\"_id\": 1}, {\"_id\": 1}]}"), &out, &error));
    CHECK(strstr((const char *)out.data, "\"code\":11000") && strstr((const char *)out.data, "\"n\":1"));
    nx_buf_free(&out);
    OK(nx_txn_begin(db, NULL, NONE, &call.txn, &error));
    OK(nx_command(db, &call, T("{\"delete\": \"told\", \"deletes\": [{\"q\": {}, \"limit\": 0}]}"), &out, &error));
    HOLDS(&out, "{\"n\":1,\"ok\":1.0}");
    OK(nx_command(db, &call, T("{\"count\": \"told\"}"), &out, &error));
    HOLDS(&out, "{\"n\":0,\"ok\":1.0}");
    OK(nx_command(db, NULL, T("{\"count\": \"told\"}"), &out, &error));
    HOLDS(&out, "{\"n\":1,\"ok\":1.0}");
    nx_txn_free(call.txn);
    call.txn = NULL;
    OK(nx_cancel_new(&call.cancel, &error));
    CHECK(nx_cancel_fire(call.cancel) == NX_OK);
    ENDS(NX_ERR_CANCELLED, nx_command(db, &call, T("{\"ping\": 1}"), &out, &error));
    nx_cancel_free(call.cancel);
    CHECK(nx_command(db, NULL, T("{\"count\": \"told\", \"qurey\": {}}"), &out, &error) == NX_ERR_INVALID);
    CHECK(nx_error_code(error) == 40415 && strstr(nx_error_message(error), "qurey"));
    nx_error_free(error);
    error = NULL;
    CHECK(nx_command(db, NULL, T("{\"dream\": 1}"), &out, &error) == NX_ERR_INVALID && nx_error_code(error) == 59);
    nx_error_free(error);
    error = NULL;
    ENDS(NX_ERR_UNSUPPORTED, nx_command(db, NULL, T("{\"mapReduce\": \"told\"}"), &out, &error));
    ENDS(NX_ERR_INVALID, nx_command(db, NULL, NONE, &out, &error));
    CHECK(out.data == NULL);
    OK(nx_command(db, NULL, T("{\"drop\": \"told\"}"), NULL, &error));
}

int main(void) {
    nx_db *db = in_memory();
    nx_coll *c = collection(db, "c");
    nx_error *error = NULL;
    inserts(c);
    reads(c);
    changes(c);
    explained(c);
    indexed(c);
    bulk(db, c);
    collated(db);
    asides(db);
    hints(db);
    commands(db);
    collections(db);
    OK(nx_check_abi(NX_ABI, sizeof(nx_call), &error));
    ENDS(NX_ERR_UNSUPPORTED, nx_check_abi(NX_ABI + 1, sizeof(nx_call), &error));
    ENDS(NX_ERR_UNSUPPORTED, nx_check_abi(NX_ABI, sizeof(nx_call) - 1, &error));
    CHECK(strcmp(nx_version(), NX_VERSION) == 0);
    nx_coll_free(c);
    OK(nx_db_close(db, &error));
    OK(nx_db_close(db, &error));
    nx_db_free(db);
    return done();
}
