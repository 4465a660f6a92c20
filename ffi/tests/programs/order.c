/* Handles closed, used and freed in every order. Its second argument, if any, is the seed. */
#include "check.h"

static uint64_t state;

static uint32_t roll(uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

/* What any use of a handle may answer, whatever became of it and of those it came from. */
static void may(nx_status status, nx_error **error) {
    CHECK(status >= 0 || status == NX_ERR_HANDLE || status == NX_ERR_CLOSED || status == NX_ERR_INVALID || status == NX_ERR_CONFLICT
          || status == NX_ERR_CANCELLED || status == NX_ERR_DUPLICATE_KEY);
    CHECK((status < 0) == (*error != NULL));
    nx_error_free(*error);
    *error = NULL;
}

static void game(const char *path) {
    nx_error *error = NULL;
    nx_db *db = NULL;
    nx_coll *c = NULL;
    nx_txn *txn = NULL;
    nx_cursor *cursor = NULL, *inside = NULL;
    nx_cancel *cancel = NULL;
    nx_call call = NX_CALL_INIT;
    nx_buf out = NX_BUF_INIT;
    const void *document = NULL;
    size_t len = 0;
    uint64_t number = 0;
    uint32_t count = 0;
    OK(nx_db_open(NULL, T(path), T("{\"durability\": \"none\"}"), &db, &error));
    c = collection(db, "c");
    OK(nx_insert_many(c, NULL, T("[{\"a\": 1}, {\"a\": 2}, {\"a\": 3}]"), NONE, NULL, &error));
    OK(nx_txn_begin(db, NULL, NONE, &txn, &error));
    OK(nx_cancel_new(&cancel, &error));
    call.txn = txn;
    call.cancel = cancel;
    OK(nx_find(c, NULL, NONE, T("{\"batchSize\": 1}"), &cursor, &error));
    OK(nx_find(c, &call, NONE, T("{\"batchSize\": 1}"), &inside, &error));
    for (int step = 0; step < 40; step++) {
        switch (roll(18)) {
        case 0: nx_db_free(db); break;
        case 1: nx_coll_free(c); break;
        case 2: nx_txn_free(txn); break;
        case 3: nx_cursor_free(cursor); break;
        case 4: nx_cursor_free(inside); break;
        case 5: nx_cancel_free(cancel); break;
        case 6: if (roll(4) == 0) may(nx_db_close(db, &error), &error); break;
        case 7: may(nx_cursor_next(cursor, &document, &len, &error), &error); break;
        case 8: may(nx_cursor_next_batch(inside, 1, 0, &out, &count, &error), &error); nx_buf_free(&out); break;
        case 9: may(nx_insert_one(c, &call, T("{\"_id\": 1}"), NONE, &out, &error), &error); nx_buf_free(&out); break;
        case 10: may(nx_update_many(c, NULL, NONE, T("{\"$inc\": {\"a\": 1}}"), NONE, NULL, &error), &error); break;
        case 11: if (roll(4) == 0) may(nx_txn_commit(txn, &error), &error); break;
        case 12: if (roll(4) == 0) may(nx_txn_abort(txn, &error), &error); break;
        case 13: may(nx_txn_savepoint(txn, &number, &error), &error); break;
        case 14: may(nx_txn_rollback_to(txn, roll(3), &error), &error); break;
        case 15: if (roll(4) == 0) nx_cancel_fire(cancel); break;
        case 16: may(nx_db_collection_names(db, &call, &out, &error), &error); nx_buf_free(&out); break;
        default: may(nx_count(c, &call, NONE, NONE, &number, &error), &error); break;
        }
    }
    nx_cursor_free(inside);
    nx_txn_free(txn);
    nx_coll_free(c);
    nx_db_free(db);
    nx_cancel_free(cancel);
    nx_cursor_free(cursor);
    CHECK(nx_live_handles() == 0);
}

int main(int count, char **arguments) {
    CHECK(count >= 2);
    char path[4096];
    snprintf(path, sizeof path, "%s/order", arguments[1]);
    uint64_t seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 20261121;
    int games = count > 3 ? atoi(arguments[3]) : 60;
    for (int i = 0; i < games; i++) {
        printf("game %d: order FOLDER %llu 1\n", i, (unsigned long long)(seed + (uint64_t)i));
        fflush(stdout);
        state = seed + (uint64_t)i;
        game(roll(2) ? path : ":memory:");
    }
    return done();
}
