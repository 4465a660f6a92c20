/* What is freed is given back: memory does not grow with the number of calls. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <unistd.h>

static long resident_pages(void) {
    long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &all, &resident) == 2);
    fclose(file);
    return resident;
}

int main(int count, char **arguments) {
    nx_error *error = NULL;
    nx_db *db = in_memory();
    nx_coll *c = collection(db, "c");
    long rounds = count > 2 ? atol(arguments[2]) : 4000, before = 0;
    OK(nx_insert_many(c, NULL, T("[{\"a\": 1}, {\"a\": 2}]"), NONE, NULL, &error));
    for (long i = 0; i < rounds; i++) {
        nx_cursor *cursor = NULL;
        nx_txn *txn = NULL;
        nx_buf out = NX_BUF_INIT;
        const void *document = NULL;
        size_t len = 0;
        if (i == rounds / 4) {
            before = resident_pages();
        }
        OK(nx_find(c, NULL, NONE, NONE, &cursor, &error));
        OK(nx_cursor_next(cursor, &document, &len, &error));
        nx_cursor_free(cursor);
        OK(nx_find_one(c, NULL, T("{\"a\": 2}"), NONE, &out, &error));
        nx_buf_free(&out);
        OK(nx_txn_begin(db, NULL, NONE, &txn, &error));
        nx_txn_free(txn);
        ENDS(NX_ERR_INVALID, nx_find(c, NULL, T("{"), NONE, &cursor, &error));
    }
    long grown = (resident_pages() - before) * sysconf(_SC_PAGESIZE);
    if (grown > 4 << 20) {
        fprintf(stderr, "%ld bytes more after %ld rounds\n", grown, rounds);
        return 1;
    }
    nx_coll_free(c);
    nx_db_free(db);
    return done();
}
