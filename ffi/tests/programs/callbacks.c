/* Functions of the caller's: the log, and progress. */
#include "check.h"

static int heard, told;
static nx_db *db;
static nx_coll *c;

static void hear(void *data, int32_t level, const char *target, const char *message) {
    CHECK(data == &heard && level >= 1 && level <= 5 && target[0] != 0 && message[0] != 0);
    heard++;
    /* The library can be used from here, and says nothing of what it says to itself. */
    nx_db *inner = in_memory();
    nx_db_free(inner);
}

static int32_t tell(void *data, uint64_t done, uint64_t total) {
    int limit = *(int *)data;
    CHECK(done <= total);
    told++;
    /* Another handle can be used meanwhile: no lock is held. */
    nx_error *error = NULL;
    uint64_t n = 0;
    OK(nx_count(c, NULL, NONE, NONE, &n, &error));
    OK(nx_insert_one(c, NULL, T("{\"more\": 1}"), NONE, NULL, &error));
    return told >= limit;
}

static void progress(void) {
    nx_error *error = NULL;
    nx_call call = NX_CALL_INIT;
    nx_buf out = NX_BUF_INIT;
    int limit = 1 << 30;
    nx_cancel *cancel = NULL;
    db = in_memory();
    c = collection(db, "c");
    char *json = malloc(4u << 20), *end = json;
    CHECK(json != NULL);
    for (int i = 0; i < 30000; i++) {
        end += sprintf(end, "{\"_id\": %d, \"n\": %d}\n", i, i % 100);
    }
    OK(nx_insert_many(c, NULL, json, (size_t)(end - json), NONE, NULL, &error));
    free(json);
    call.progress = tell;
    call.progress_data = &limit;
    OK(nx_cancel_new(&cancel, &error));
    call.cancel = cancel;
    OK(nx_index_create(c, &call, T("{\"key\": {\"n\": 1}}"), &out, &error));
    HOLDS(&out, "{\"names\":[\"n_1\"]}");
    CHECK(told > 0);
    /* It says no: nothing of the index stays, and the token is as it was. */
    told = 0;
    limit = 1;
    nx_status status = nx_index_create(c, &call, T("{\"key\": {\"m\": 1}}"), &out, &error);
    if (status == NX_OK) {
        /* It was done before it could be stopped. */
        CHECK(told == 1);
        nx_buf_free(&out);
    } else {
        CHECK(status == NX_ERR_CANCELLED && told == 1);
        nx_error_free(error);
        error = NULL;
        ENDS(NX_ERR_NOT_FOUND, nx_index_drop(c, NULL, T("m_1"), &error));
    }
    call.progress = NULL;
    OK(nx_index_create(c, &call, T("{\"key\": {\"m\": 1}}"), NULL, &error));
    nx_cancel_free(cancel);
    nx_coll_free(c);
    nx_db_free(db);
}

static void logged(void) {
    nx_error *error = NULL;
    ENDS(NX_ERR_INVALID, nx_log_set(hear, &heard, 0, &error));
    ENDS(NX_ERR_INVALID, nx_log_set(hear, &heard, 6, &error));
    OK(nx_log_set(hear, &heard, 5, &error));
    nx_db_free(in_memory());
    OK(nx_log_set(NULL, NULL, 0, &error));
    OK(nx_log_set(hear, &heard, 5, &error));
    OK(nx_log_set(NULL, NULL, 0, &error));
}

int main(void) {
    progress();
    logged();
    return done();
}
