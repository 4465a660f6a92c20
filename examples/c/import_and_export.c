/* Documents read from JSON, handed out in batches, and written as JSON that keeps every type. */
#include "example.h"

static const char LINES[] = "{\"_id\": {\"$oid\": \"0123456789abcdef01234567\"}, \"at\": {\"$date\": \"2026-01-01T00:00:00Z\"}}\n"
                            "{\"_id\": 2, \"price\": {\"$numberDecimal\": \"9.90\"}, \"stock\": 3000000000}\n"
                            "{\"_id\": 3, \"ratio\": 0.5, \"tags\": [\"new\", null, true]}\n";

int main(void) {
    nx_db *db = NULL;
    nx_coll *things = NULL, *copies = NULL;
    nx_cursor *cursor = NULL;
    nx_buf batch = NX_BUF_INIT;
    nx_call canonical = NX_CALL_INIT;
    nx_status status;
    uint64_t count = 0;

    must(nx_db_open(NULL, TEXT(":memory:"), NOTHING, &db, &error));
    must(nx_db_collection(db, TEXT("things"), &things, &error));
    must(nx_db_collection(db, TEXT("copies"), &copies, &error));
    must(nx_insert_many(things, NULL, TEXT(LINES), NOTHING, NULL, &error));

    /* To be read: numbers are numbers. */
    must(nx_find(things, NULL, NOTHING, NOTHING, &cursor, &error));
    print_all(cursor);

    /* To be kept: every type can be told from the text. */
    FILE *file = fopen("things.ndjson", "w+b");
    canonical.format = NX_JSON_CANONICAL;
    must(nx_find(things, &canonical, NOTHING, NOTHING, &cursor, &error));
    while ((status = must(nx_cursor_next_batch(cursor, 2, 0, &batch, NULL, &error))) == NX_OK) {
        fputs((const char *)batch.data, stdout);
        fwrite(batch.data, 1, batch.len, file);
        nx_buf_free(&batch);
    }
    nx_cursor_free(cursor);

    /* And read again. */
    static char text[10000];
    rewind(file);
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    must(nx_insert_many(copies, NULL, text, len, NOTHING, NULL, &error));
    must(nx_count(copies, NULL, TEXT("{\"$or\": [{\"stock\": {\"$type\": \"long\"}}, {\"at\": {\"$type\": \"date\"}}]}"), NOTHING,
                  &count, &error));
    printf("%d of the copies have a long or a date\n", (int)count);

    nx_coll_free(things);
    nx_coll_free(copies);
    nx_db_free(db);
    return 0;
}
