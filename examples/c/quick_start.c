/* A collection, from the first document to the last. */
#include "example.h"

int main(void) {
    nx_db *db = NULL;
    nx_coll *orders = NULL;
    nx_cursor *cursor = NULL;
    nx_buf found = NX_BUF_INIT;
    uint64_t count = 0;

    /* shop.db, created when it is missing. */
    must(nx_db_open(NULL, TEXT("shop"), NOTHING, &db, &error));
    must(nx_db_collection(db, TEXT("orders"), &orders, &error));
    must(nx_insert_many(orders, NULL,
                        TEXT("[{\"_id\": 1, \"customer\": \"Ada\", \"items\": [\"ink\", \"paper\"], \"total\": 42.5},"
                             " {\"_id\": 2, \"customer\": \"Grace\", \"items\": [\"ink\"], \"total\": 12.5},"
                             " {\"_id\": 3, \"customer\": \"Mary\", \"items\": [\"pens\"], \"total\": 7.25}]"),
                        NOTHING, NULL, &error));

    must(nx_update_many(orders, NULL, TEXT("{\"items\": \"ink\"}"), TEXT("{\"$inc\": {\"total\": 1}}"), NOTHING, NULL,
                        &error));
    must(nx_find(orders, NULL, TEXT("{\"total\": {\"$gte\": 10}}"), TEXT("{\"sort\": {\"total\": -1}}"), &cursor, &error));
    print_all(cursor);

    must(nx_find_one(orders, NULL, TEXT("{\"customer\": \"Mary\"}"), NOTHING, &found, &error));
    print(&found);
    must(nx_delete_one(orders, NULL, TEXT("{\"_id\": 3}"), NOTHING, NULL, &error));
    must(nx_count(orders, NULL, NOTHING, NOTHING, &count, &error));
    printf("%d orders are left\n", (int)count);

    nx_coll_free(orders);
    must(nx_db_close(db, &error));
    nx_db_free(db);
    return 0;
}
