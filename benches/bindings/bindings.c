/* What the way to C costs: prints the nanoseconds of each document scanned and of each document got by its `_id`. */
#include <nexuslite.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DOCUMENTS 50000
#define GETS 100000
#define BATCH 100
#define STRIDE 7919

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void must(nx_status status, nx_error *error) {
    if (status < 0) {
        fprintf(stderr, "%s\n", nx_error_message(error));
        exit(1);
    }
}

static double scan(nx_coll *all, const nx_call *call) {
    nx_error *error = NULL;
    nx_cursor *cursor = NULL;
    nx_buf batch = NX_BUF_INIT;
    uint32_t count = 0;
    unsigned long documents = 0, bytes = 0;
    const double begun = now();
    must(nx_find(all, call, NULL, 0, NULL, 0, &cursor, &error), error);
    for (;;) {
        const nx_status status = nx_cursor_next_batch(cursor, BATCH, 0, &batch, &count, &error);
        must(status, error);
        if (status == NX_DONE)
            break;
        documents += count;
        bytes += batch.len;
        nx_buf_free(&batch);
    }
    nx_cursor_free(cursor);
    const double taken = now() - begun;
    if (documents != DOCUMENTS || bytes == 0)
        exit(2);
    return taken / DOCUMENTS;
}

static double get(nx_coll *all, const nx_call *how) {
    static unsigned char room[4096];
    nx_call call = *how;
    nx_error *error = NULL;
    nx_buf found = NX_BUF_INIT;
    unsigned char filter[18] = {18, 0, 0, 0, 0x12, '_', 'i', 'd', 0};
    call.room = room;
    call.room_len = sizeof room;
    const double begun = now();
    for (long turn = 0; turn < GETS; turn++) {
        const long id = turn * STRIDE % DOCUMENTS;
        for (int i = 0; i < 8; i++)
            filter[9 + i] = (unsigned char)(id >> (8 * i));
        const nx_status status = nx_find_one(all, &call, filter, sizeof filter, NULL, 0, &found, &error);
        must(status, error);
        if (status != NX_OK)
            exit(3);
        nx_buf_free(&found);
    }
    return (now() - begun) / GETS;
}

int main(int count, char **arguments) {
    if (count < 2)
        return 2;
    nx_error *error = NULL;
    nx_db *db = NULL;
    nx_coll *all = NULL;
    nx_call call = NX_CALL_INIT;
    must(nx_db_open(NULL, arguments[1], NX_ZTERM, "{\"read_only\": true}", NX_ZTERM, &db, &error), error);
    must(nx_db_collection(db, "all", NX_ZTERM, &all, &error), error);
    call.format = NX_BSON;
    scan(all, &call); /* Once for the caches. */
    const double scanned = scan(all, &call);
    printf("%.1f %.1f\n", scanned, get(all, &call));
    nx_coll_free(all);
    nx_db_free(db);
    return 0;
}
