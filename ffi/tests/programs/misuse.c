/* Everything that can be wrong with arguments is an error, and nothing else happens. */
#include "check.h"

/* Every function with a handle that is none. */
static void every_function_with(void *handle) {
    nx_db *db = handle;
    nx_coll *c = handle;
    nx_txn *txn = handle;
    nx_cursor *cursor = handle;
    nx_client *client = handle;
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    nx_coll *coll_out = NULL;
    nx_db *db_out = NULL;
    nx_txn *txn_out = NULL;
    nx_cursor *cursor_out = NULL;
    const void *document = NULL;
    size_t len = 0;
    uint64_t n = 0;
    uint32_t count = 0;
    char room[16];
    const nx_status none = NX_ERR_HANDLE;
    ENDS(none, nx_db_close(db, &error));
    ENDS(none, nx_db_collection(db, T("c"), &coll_out, &error));
    ENDS(none, nx_db_create_collection(db, NULL, T("c"), NONE, &error));
    ENDS(none, nx_db_drop_collection(db, NULL, T("c"), &error));
    ENDS(none, nx_db_rename_collection(db, NULL, T("c"), T("d"), NONE, &error));
    ENDS(none, nx_db_collection_names(db, NULL, &out, &error));
    ENDS(none, nx_db_info(db, NULL, &out, &error));
    ENDS(none, nx_db_stats(db, NULL, &out, &error));
    ENDS(none, nx_db_check(db, NULL, &out, &error));
    ENDS(none, nx_db_checkpoint(db, &error));
    ENDS(none, nx_db_backup(db, T("copy"), &error));
    ENDS(none, nx_db_sweep(db, 1, &len, &error));
    ENDS(none, nx_db_step(db, &error));
    ENDS(none, nx_txn_begin(db, NULL, NONE, &txn_out, &error));
    ENDS(none, nx_txn_commit(txn, &error));
    ENDS(none, nx_txn_abort(txn, &error));
    ENDS(none, nx_txn_savepoint(txn, &n, &error));
    ENDS(none, nx_txn_rollback_to(txn, 1, &error));
    ENDS(none, nx_insert_one(c, NULL, T("{}"), NONE, &out, &error));
    ENDS(none, nx_insert_many(c, NULL, T("[]"), NONE, &out, &error));
    ENDS(none, nx_update_one(c, NULL, NONE, T("{}"), NONE, &out, &error));
    ENDS(none, nx_update_many(c, NULL, NONE, T("{}"), NONE, &out, &error));
    ENDS(none, nx_replace_one(c, NULL, NONE, T("{}"), NONE, &out, &error));
    ENDS(none, nx_delete_one(c, NULL, NONE, NONE, &out, &error));
    ENDS(none, nx_delete_many(c, NULL, NONE, NONE, &out, &error));
    ENDS(none, nx_find_one_and_update(c, NULL, NONE, T("{}"), NONE, &out, &error));
    ENDS(none, nx_find_one_and_replace(c, NULL, NONE, T("{}"), NONE, &out, &error));
    ENDS(none, nx_find_one_and_delete(c, NULL, NONE, NONE, &out, &error));
    ENDS(none, nx_find(c, NULL, NONE, NONE, &cursor_out, &error));
    ENDS(none, nx_find_one(c, NULL, NONE, NONE, &out, &error));
    ENDS(none, nx_count(c, NULL, NONE, NONE, &n, &error));
    ENDS(none, nx_estimated_count(c, NULL, &n, &error));
    ENDS(none, nx_distinct(c, NULL, T("a"), NONE, NONE, &out, &error));
    ENDS(none, nx_bulk_write(c, NULL, T("[]"), NONE, &out, &error));
    ENDS(none, nx_db_bulk_write(db, NULL, T("[]"), NONE, &out, &error));
    ENDS(none, nx_explain(c, NULL, T("{}"), NONE, &out, &error));
    ENDS(none, nx_index_create(c, NULL, T("{}"), &out, &error));
    ENDS(none, nx_index_list(c, NULL, &out, &error));
    ENDS(none, nx_index_drop(c, NULL, T("a"), &error));
    ENDS(none, nx_index_hide(c, NULL, T("a"), 1, &error));
    ENDS(none, nx_cursor_next(cursor, &document, &len, &error));
    ENDS(none, nx_cursor_next_batch(cursor, 0, 0, &out, &count, &error));
    ENDS(none, nx_cursor_read(cursor, 0, room, sizeof room, &len, &count, &error));
    ENDS(none, nx_client_database(client, T("a"), &db_out, &error));
    ENDS(none, nx_client_database_names(client, NULL, &out, &error));
    ENDS(none, nx_client_drop_database(client, T("a"), &error));
    CHECK(nx_cancel_fire(handle) == none);
    CHECK(nx_error_kind(handle) == none && nx_error_code(handle) == 0);
    CHECK(nx_error_message(handle)[0] != 0 && nx_error_code_name(handle)[0] == 0);
    CHECK(nx_error_label(handle, 0) == NULL && nx_error_has_label(handle, "a") == 0);
    CHECK(nx_error_details(handle, NX_JSON, &out) == none);
    CHECK(out.data == NULL && coll_out == NULL && db_out == NULL && txn_out == NULL && cursor_out == NULL);
    /* Freeing what is no handle leaves everything as it is. */
    nx_db_free(db);
    nx_coll_free(c);
    nx_txn_free(txn);
    nx_cursor_free(cursor);
    nx_client_free(client);
    nx_cancel_free(handle);
    nx_error_free(handle);
    nx_buf forged = {handle, 4, handle};
    nx_buf_free(&forged);
    CHECK(forged.data == NULL && forged.len == 0 && forged.owner == NULL);
}

static void handles(void) {
    int local = 0;
    void *heap = malloc(64);
    every_function_with(NULL);
    every_function_with(&local);
    every_function_with(heap);
    free(heap);
    every_function_with((void *)(uintptr_t)1);
    every_function_with((void *)(uintptr_t)0x10003);
    every_function_with((void *)UINTPTR_MAX);
}

/* Handles of the right look: of another kind, freed, freed twice. */
static void mixed(void) {
    nx_error *error = NULL;
    nx_db *db = in_memory();
    nx_coll *c = collection(db, "c");
    nx_cancel *cancel = NULL;
    nx_call call = NX_CALL_INIT;
    uint64_t n = 0;
    OK(nx_cancel_new(&cancel, &error));
    ENDS(NX_ERR_HANDLE, nx_count((nx_coll *)db, NULL, NONE, NONE, &n, &error));
    ENDS(NX_ERR_HANDLE, nx_db_close((nx_db *)c, &error));
    call.txn = (nx_txn *)cancel;
    ENDS(NX_ERR_HANDLE, nx_count(c, &call, NONE, NONE, &n, &error));
    call.txn = NULL;
    call.cancel = (nx_cancel *)db;
    ENDS(NX_ERR_HANDLE, nx_count(c, &call, NONE, NONE, &n, &error));
    /* Freed as what they are not, they stay. */
    nx_coll_free((nx_coll *)db);
    nx_db_free((nx_db *)c);
    nx_error_free((nx_error *)cancel);
    OK(nx_count(c, NULL, NONE, NONE, &n, &error));
    nx_coll_free(c);
    nx_coll_free(c);
    ENDS(NX_ERR_HANDLE, nx_count(c, NULL, NONE, NONE, &n, &error));
    nx_cancel_free(cancel);
    nx_cancel_free(cancel);
    call.cancel = cancel;
    c = collection(db, "c");
    ENDS(NX_ERR_HANDLE, nx_count(c, &call, NONE, NONE, &n, &error));
    nx_db_free(db);
    nx_db_free(db);
    ENDS(NX_ERR_CLOSED, nx_count(c, NULL, NONE, NONE, &n, &error));
    CHECK(nx_count(c, NULL, NONE, NONE, &n, NULL) == NX_ERR_CLOSED);
    ENDS(NX_ERR_HANDLE, nx_db_close(db, &error));
    nx_coll_free(c);

    nx_error *kept = NULL;
    CHECK(nx_db_close(db, &kept) == NX_ERR_HANDLE);
    nx_error_free(kept);
    every_function_with(kept);

    nx_buf buf = NX_BUF_INIT, copy;
    OK(nx_json_to_bson(T("{}"), 0, &buf, &error));
    copy = buf;
    nx_buf_free(&buf);
    nx_buf_free(&buf);
    nx_buf_free(&copy);
    nx_buf_free(NULL);
}

static void documents(void) {
    nx_error *error = NULL;
    nx_db *db = in_memory();
    nx_coll *c = collection(db, "c");
    nx_call bson = NX_CALL_INIT, odd = NX_CALL_INIT;
    uint64_t n = 0;
    const char *broken[] = {"", "{", "}", "nonsense", "{\"a\"}", "{\"a\": 1,}", "{\"a\": 1, \"a\": 2}", "[]", "{} {}",
                            "{\"a\": \"\xff\"}", "\xc3\x28", "{\"a\": {\"$oid\": \"1\"}}", "{\"a\": NaN}"};
    bson.format = NX_BSON;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        ENDS(NX_ERR_INVALID, nx_insert_one(c, NULL, T(broken[i]), NONE, NULL, &error));
        ENDS(NX_ERR_INVALID, nx_count(c, NULL, T(broken[i]), NONE, &n, &error));
        ENDS(NX_ERR_INVALID, nx_count(c, NULL, NONE, T(broken[i]), &n, &error));
        ENDS(NX_ERR_INVALID, nx_insert_one(c, &bson, broken[i], strlen(broken[i]), NONE, NULL, &error));
    }
    /* BSON with a wrong length, type, text, nesting. */
    const uint8_t documents[][20] = {{4, 0, 0, 0, 0}, {6, 0, 0, 0, 0}, {5, 0, 0, 0, 1}, {0xff, 0xff, 0xff, 0xff, 0},
                                     {0xff, 0xff, 0xff, 0x7f, 0}, {12, 0, 0, 0, 0x10, 'a', 0, 1, 0, 0, 0, 1},
                                     {8, 0, 0, 0, 0x30, 'a', 0, 0}, {8, 0, 0, 0, 0x0a, 0xff, 0, 0}};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        for (size_t len = 0; len <= sizeof *documents; len++) {
            ENDS(NX_ERR_INVALID, nx_bson_validate(documents[i], len, &error));
            ENDS(NX_ERR_INVALID, nx_insert_one(c, &bson, documents[i], len, NONE, NULL, &error));
            ENDS(NX_ERR_INVALID, nx_count(c, &bson, documents[i], len, NONE, &n, &error));
        }
    }
    /* Pointers and lengths that do not go together. */
    ENDS(NX_ERR_INVALID, nx_insert_one(c, NULL, NULL, 0, NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_insert_one(c, NULL, NULL, 5, NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_insert_one(c, NULL, "{}", SIZE_MAX - 1, NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_insert_one(c, &bson, T("\x05"), NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_update_one(c, NULL, NONE, NONE, NONE, NULL, &error));
    nx_coll *nothing = c;
    ENDS(NX_ERR_INVALID, nx_db_collection(db, NULL, 0, &nothing, &error));
    CHECK(nothing == NULL);
    ENDS(NX_ERR_INVALID, nx_db_collection(db, T("c"), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_find(c, NULL, NONE, NONE, NULL, &error));
    ENDS(NX_ERR_INVALID, nx_db_open(NULL, T(":memory:"), NONE, NULL, &error));
    nx_db *none = db;
    ENDS(NX_ERR_INVALID, nx_db_open(NULL, NULL, 0, NONE, &none, &error));
    CHECK(none == NULL);
    /* A structure of another size. */
    odd.size = 0;
    ENDS(NX_ERR_INVALID, nx_count(c, &odd, NONE, NONE, &n, &error));
    odd.size = (uint32_t)sizeof odd + 8;
    ENDS(NX_ERR_INVALID, nx_count(c, &odd, NONE, NONE, &n, &error));
    /* Names that cannot be. */
    nx_coll *bad = collection(db, "a$b");
    ENDS(NX_ERR_INVALID, nx_insert_one(bad, NULL, T("{}"), NONE, NULL, &error));
    nx_coll_free(bad);
    ENDS(NX_ERR_INVALID, nx_db_create_collection(db, NULL, T("\xff"), NONE, &error));
    ENDS(NX_ERR_INVALID, nx_db_create_collection(db, NULL, "a\0b", 3, NONE, &error));
    nx_coll_free(c);
    nx_db_free(db);
}

int main(void) {
    handles();
    mixed();
    documents();
    return done();
}
