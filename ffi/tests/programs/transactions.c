/* Transactions, conflicts, savepoints. */
#include "check.h"

static uint64_t count(nx_coll *c, nx_txn *txn) {
    nx_error *error = NULL;
    nx_call call = NX_CALL_INIT;
    uint64_t n = 0;
    call.txn = txn;
    OK(nx_count(c, &call, NONE, NONE, &n, &error));
    return n;
}

int main(void) {
    nx_error *error = NULL;
    nx_db *db = in_memory(), *other = in_memory();
    nx_coll *c = collection(db, "c"), *foreign = collection(other, "c");
    nx_txn *txn = NULL, *rival = NULL;
    nx_call in = NX_CALL_INIT, in_rival = NX_CALL_INIT;
    uint64_t first = 0, second = 0;

    OK(nx_insert_one(c, NULL, T("{\"_id\": 0}"), NONE, NULL, &error));
    OK(nx_txn_begin(db, NULL, NONE, &txn, &error));
    in.txn = txn;
    OK(nx_insert_one(c, &in, T("{\"_id\": 1}"), NONE, NULL, &error));
    CHECK(count(c, txn) == 2 && count(c, NULL) == 1);
    OK(nx_txn_savepoint(txn, &first, &error));
    OK(nx_insert_one(c, &in, T("{\"_id\": 2}"), NONE, NULL, &error));
    OK(nx_txn_savepoint(txn, &second, &error));
    OK(nx_insert_one(c, &in, T("{\"_id\": 3}"), NONE, NULL, &error));
    OK(nx_txn_rollback_to(txn, second, &error));
    CHECK(count(c, txn) == 3);
    OK(nx_txn_rollback_to(txn, first, &error));
    CHECK(count(c, txn) == 2);
    ENDS(NX_ERR_INVALID, nx_txn_rollback_to(txn, second, &error));
    OK(nx_txn_rollback_to(txn, first, &error));
    ENDS(NX_ERR_INVALID, nx_count(foreign, &in, NONE, NONE, &first, &error));
    ENDS(NX_ERR_INVALID, nx_index_create(c, &in, T("{\"key\": {\"a\": 1}}"), NULL, &error));
    ENDS(NX_ERR_INVALID, nx_txn_begin(db, NULL, T("{\"a\": 1}"), &rival, &error));
    OK(nx_txn_commit(txn, &error));
    CHECK(count(c, NULL) == 2);
    ENDS(NX_ERR_CLOSED, nx_txn_commit(txn, &error));
    ENDS(NX_ERR_CLOSED, nx_txn_abort(txn, &error));
    ENDS(NX_ERR_CLOSED, nx_txn_savepoint(txn, &first, &error));
    ENDS(NX_ERR_CLOSED, nx_insert_one(c, &in, T("{}"), NONE, NULL, &error));
    nx_txn_free(txn);

    /* Of two that change the same document the first to commit wins. */
    OK(nx_txn_begin(db, NULL, NONE, &txn, &error));
    OK(nx_txn_begin(db, NULL, NONE, &rival, &error));
    in.txn = txn;
    in_rival.txn = rival;
    OK(nx_update_one(c, &in, T("{\"_id\": 0}"), T("{\"$set\": {\"by\": \"txn\"}}"), NONE, NULL, &error));
    OK(nx_update_one(c, &in_rival, T("{\"_id\": 0}"), T("{\"$set\": {\"by\": \"rival\"}}"), NONE, NULL, &error));
    OK(nx_txn_commit(txn, &error));
    CHECK(nx_txn_commit(rival, &error) == NX_ERR_CONFLICT);
    CHECK(nx_error_has_label(error, "TransientTransactionError") == 1 && nx_error_has_label(error, "Other") == 0);
    CHECK(strcmp(nx_error_label(error, 0), "TransientTransactionError") == 0 && nx_error_label(error, 1) == NULL);
    nx_error_free(error);
    error = NULL;
    nx_txn_free(rival);
    nx_txn_free(txn);

    /* Freed, it is forgotten; a cursor inside it ends with it. */
    nx_cursor *cursor = NULL;
    const void *document = NULL;
    size_t len = 0;
    OK(nx_txn_begin(db, NULL, NONE, &txn, &error));
    in.txn = txn;
    OK(nx_insert_one(c, &in, T("{\"_id\": 9}"), NONE, NULL, &error));
    OK(nx_find(c, &in, NONE, T("{\"batchSize\": 1}"), &cursor, &error));
    OK(nx_cursor_next(cursor, &document, &len, &error));
    nx_txn_free(txn);
    CHECK(nx_cursor_next(cursor, &document, &len, &error) < 0);
    nx_error_free(error);
    error = NULL;
    nx_cursor_free(cursor);
    CHECK(count(c, NULL) == 2);
    ENDS(NX_ERR_HANDLE, nx_insert_one(c, &in, T("{}"), NONE, NULL, &error));

    /* Its database closed, nothing of it happens. */
    OK(nx_txn_begin(db, NULL, NONE, &txn, &error));
    OK(nx_db_close(db, &error));
    ENDS(NX_ERR_CLOSED, nx_txn_commit(txn, &error));
    nx_txn_free(txn);
    nx_coll_free(foreign);
    nx_coll_free(c);
    nx_db_free(other);
    nx_db_free(db);
    return done();
}
