/* Indexes: made, used, explained, kept unique. */
#include "example.h"

#include <string.h>

static nx_coll *users;

/* Says by which road the find goes. */
static void explain(const char *who, const char *find) {
    nx_buf plan = NX_BUF_INIT;
    must(nx_explain(users, NULL, TEXT(find), NOTHING, &plan, &error));
    printf("%s: %s\n", who, strstr((const char *)plan.data, "IXSCAN") ? "by an index" : "through the whole collection");
    nx_buf_free(&plan);
}

int main(void) {
    nx_db *db = NULL;
    nx_cursor *cursor = NULL;
    nx_buf details = NX_BUF_INIT;
    const char *adults = "{\"find\": {\"filter\": {\"age\": {\"$gte\": 18}}}}";

    must(nx_db_open(NULL, TEXT(":memory:"), NOTHING, &db, &error));
    must(nx_db_collection(db, TEXT("users"), &users, &error));
    must(nx_insert_many(users, NULL,
                        TEXT("[{\"_id\": 1, \"email\": \"ada@example.com\", \"age\": 36, \"city\": \"London\"},"
                             " {\"_id\": 2, \"email\": \"bo@example.com\", \"age\": 17, \"city\": \"Oslo\"},"
                             " {\"_id\": 3, \"email\": \"cy@example.com\", \"age\": 52, \"city\": \"Oslo\"}]"),
                        NOTHING, NULL, &error));

    explain("adults", adults);
    must(nx_index_create(users, NULL,
                         TEXT("[{\"key\": {\"email\": 1}, \"unique\": true},"
                              " {\"key\": {\"city\": 1, \"age\": -1}, \"name\": \"by_city\"},"
                              " {\"key\": {\"age\": 1}, \"partialFilterExpression\": {\"age\": {\"$gte\": 18}}}]"),
                         NULL, &error));
    explain("adults", adults);
    explain("minors", "{\"find\": {\"filter\": {\"age\": {\"$lt\": 18}}}}");

    must(nx_find(users, NULL, TEXT("{\"city\": \"Oslo\"}"),
                 TEXT("{\"sort\": {\"age\": -1}, \"projection\": {\"email\": 1}, \"hint\": \"by_city\"}"), &cursor, &error));
    print_all(cursor);

    if (nx_insert_one(users, NULL, TEXT("{\"email\": \"bo@example.com\"}"), NOTHING, NULL, &error) == NX_ERR_DUPLICATE_KEY) {
        printf("%d %s\n", nx_error_code(error), nx_error_code_name(error));
        must(nx_error_details(error, NX_JSON, &details));
        print(&details);
        nx_error_free(error);
    }
    must(nx_index_drop(users, NULL, TEXT("email_1"), &error));
    printf("dropped again: %s\n", nx_status_name(nx_index_drop(users, NULL, TEXT("email_1"), &error)));
    nx_error_free(error);

    nx_coll_free(users);
    nx_db_free(db);
    return 0;
}
