/* One database, used and freed from many threads at the same time. */
#include "check.h"

#include <pthread.h>

enum { WORKERS = 6, ROUNDS = 60 };

static nx_db *db;
static nx_coll *shared;

static void *work(void *number) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    nx_cursor *cursor = NULL;
    const void *document = NULL;
    size_t len = 0;
    char json[128];
    for (int round = 0; round < ROUNDS; round++) {
        nx_coll *own = collection(db, "c");
        snprintf(json, sizeof json, "{\"by\": %d, \"round\": %d}", *(int *)number, round);
        OK(nx_insert_one(own, NULL, T(json), NONE, &out, &error));
        nx_buf_free(&out);
        OK(nx_update_one(shared, NULL, T("{\"_id\": \"counter\"}"), T("{\"$inc\": {\"n\": 1}}"), T("{\"upsert\": true}"), NULL, &error));
        OK(nx_find(shared, NULL, T(json), NONE, &cursor, &error));
        OK(nx_cursor_next(cursor, &document, &len, &error));
        CHECK(strstr((const char *)document, "\"by\"") != NULL);
        nx_cursor_free(cursor);
        nx_coll_free(own);
    }
    return NULL;
}

/* Takes from one cursor together with the others. */
static void *take(void *cursor) {
    nx_error *error = NULL;
    nx_buf out = NX_BUF_INIT;
    uint32_t count = 0, all = 0;
    nx_status status;
    while ((status = nx_cursor_next_batch(cursor, 7, 0, &out, &count, &error)) == NX_OK) {
        all += count;
        nx_buf_free(&out);
    }
    CHECK(status == NX_DONE);
    return (void *)(uintptr_t)all;
}

/* Uses what another thread closes and frees meanwhile. */
static void *use(void *coll) {
    nx_error *error = NULL;
    uint64_t n = 0;
    for (;;) {
        nx_status status = nx_count(coll, NULL, T("{\"by\": 1}"), NONE, &n, &error);
        nx_error_free(error);
        error = NULL;
        if (status != NX_OK) {
            CHECK(status == NX_ERR_CLOSED || status == NX_ERR_HANDLE);
            return NULL;
        }
    }
}

/* Stops a call that would go on for ever. */
static void *stop(void *cancel) {
    CHECK(nx_cancel_fire(cancel) == NX_OK);
    return NULL;
}

int main(void) {
    nx_error *error = NULL;
    pthread_t threads[WORKERS];
    int numbers[WORKERS];
    nx_buf out = NX_BUF_INIT;
    uint64_t n = 0;
    db = in_memory();
    shared = collection(db, "c");
    for (int i = 0; i < WORKERS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, work, &numbers[i]) == 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    OK(nx_find_one(shared, NULL, T("{\"_id\": \"counter\"}"), NONE, &out, &error));
    char counted[64];
    snprintf(counted, sizeof counted, "{\"_id\":\"counter\",\"n\":%d}", WORKERS * ROUNDS);
    HOLDS(&out, counted);
    OK(nx_count(shared, NULL, NONE, NONE, &n, &error));
    CHECK(n == WORKERS * ROUNDS + 1);

    nx_cursor *cursor = NULL;
    uint64_t all = 0;
    OK(nx_find(shared, NULL, NONE, NONE, &cursor, &error));
    for (int i = 0; i < WORKERS; i++) {
        CHECK(pthread_create(&threads[i], NULL, take, cursor) == 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        void *taken = NULL;
        CHECK(pthread_join(threads[i], &taken) == 0);
        all += (uintptr_t)taken;
    }
    CHECK(all == n);
    nx_cursor_free(cursor);

    nx_cancel *cancel = NULL;
    nx_call call = NX_CALL_INIT;
    OK(nx_cancel_new(&cancel, &error));
    call.cancel = cancel;
    OK(nx_find(shared, &call, NONE, T("{\"batchSize\": 1}"), &cursor, &error));
    CHECK(pthread_create(&threads[0], NULL, stop, cancel) == 0);
    CHECK(pthread_join(threads[0], NULL) == 0);
    const void *document = NULL;
    size_t len = 0;
    ENDS(NX_ERR_CANCELLED, nx_cursor_next(cursor, &document, &len, &error));
    ENDS(NX_ERR_CANCELLED, nx_count(shared, &call, NONE, NONE, &n, &error));
    nx_cursor_free(cursor);
    nx_cancel_free(cancel);

    nx_coll *freed = collection(db, "c");
    for (int i = 0; i < WORKERS; i++) {
        CHECK(pthread_create(&threads[i], NULL, use, i % 2 ? shared : freed) == 0);
    }
    nx_coll_free(freed);
    nx_db_free(db);
    for (int i = 0; i < WORKERS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    nx_coll_free(shared);
    return done();
}
