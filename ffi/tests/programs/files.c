/* Databases in files: opened, shared, backed up, brought in order, dropped. Its argument is an empty folder. */
#include "check.h"

static char path[4096];
static const char *folder;

static const char *in_folder(const char *name) {
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void one_file(void) {
    nx_error *error = NULL;
    nx_db *db = NULL, *again = NULL;
    nx_buf out = NX_BUF_INIT;
    uint64_t n = 0;
    ENDS(NX_ERR_NOT_FOUND, nx_db_open(NULL, T(in_folder("shop")), T("{\"create\": false}"), &db, &error));
    OK(nx_db_open(NULL, T(in_folder("shop")), T("{\"durability\": \"full\", \"cache_bytes\": 1048576, \"id_kind\": \"objectid\"}"), &db, &error));
    ENDS(NX_ERR_BUSY, nx_db_open(NULL, T(in_folder("shop")), T("{\"read_only\": true}"), &again, &error));
    OK(nx_db_open(NULL, T(in_folder("shop.db")), T("{\"id_kind\": \"objectid\"}"), &again, &error));
    nx_coll *c = collection(db, "c"), *same = collection(again, "c");
    OK(nx_insert_many(c, NULL, T("[{}, {}, {\"_id\": 3}]"), NONE, &out, &error));
    CHECK(strstr((const char *)out.data, "{\"insertedCount\":3,\"insertedIds\":[{\"$oid\":") == (const char *)out.data);
    nx_buf_free(&out);
    OK(nx_count(same, NULL, NONE, NONE, &n, &error));
    CHECK(n == 3);
    OK(nx_db_close(db, &error));
    ENDS(NX_ERR_CLOSED, nx_count(c, NULL, NONE, NONE, &n, &error));
    OK(nx_count(same, NULL, NONE, NONE, &n, &error));
    OK(nx_db_checkpoint(again, &error));
    OK(nx_db_stats(again, NULL, &out, &error));
    CHECK(strstr((const char *)out.data, "\"engine\":\"wasp\"") && strstr((const char *)out.data, "\"checkpoints\":"));
    nx_buf_free(&out);
    OK(nx_db_backup(again, T(in_folder("copy")), &error));
    ENDS(NX_ERR_EXISTS, nx_db_backup(again, T(in_folder("copy")), &error));
    nx_coll_free(same);
    nx_db_free(again);
    nx_db_free(db);
    nx_coll_free(c);

    OK(nx_db_open(NULL, T(in_folder("copy")), T("{\"read_only\": true}"), &db, &error));
    c = collection(db, "c");
    OK(nx_count(c, NULL, NONE, NONE, &n, &error));
    CHECK(n == 3);
    ENDS(NX_ERR_DENIED, nx_insert_one(c, NULL, T("{}"), NONE, NULL, &error));
    ENDS(NX_ERR_DENIED, nx_db_checkpoint(db, &error));
    nx_coll_free(c);
    nx_db_free(db);
}

static void wrong_files(void) {
    nx_error *error = NULL;
    nx_db *db = NULL;
    FILE *file = fopen(in_folder("nonsense.db"), "wb");
    CHECK(file != NULL && fputs("this is no database", file) >= 0 && fclose(file) == 0);
    CHECK(nx_db_open(NULL, T(in_folder("nonsense")), NONE, &db, &error) < 0 && db == NULL);
    CHECK(strstr(nx_error_message(error), "nonsense") != NULL);
    nx_error_free(error);
    error = NULL;
    CHECK(remove(in_folder("nonsense.db")) == 0);
    CHECK(nx_db_open(NULL, T("no/such/folder/shop"), NONE, &db, &error) < 0);
    nx_error_free(error);
    error = NULL;
    ENDS(NX_ERR_INVALID, nx_db_open(NULL, T(""), NONE, &db, &error));
    ENDS(NX_ERR_INVALID, nx_db_open(NULL, T("a\xff"), NONE, &db, &error));
    ENDS(NX_ERR_INVALID, nx_db_open(NULL, "a\0b", 3, NONE, &db, &error));
    ENDS(NX_ERR_INVALID, nx_db_open(NULL, T(":memory:"), T("{\"cash_bytes\": 1}"), &db, &error));
    ENDS(NX_ERR_INVALID, nx_db_open(NULL, T(":memory:"), T("{\"cache_bytes\": -1}"), &db, &error));
    ENDS(NX_ERR_INVALID, nx_db_open(NULL, T(":memory:"), T("{\"durability\": \"much\"}"), &db, &error));
    ENDS(NX_ERR_INVALID, nx_db_open(NULL, T(":memory:"), T("{\"page_bytes\": 5000000000}"), &db, &error));
}

static void without_a_thread(void) {
    nx_error *error = NULL;
    nx_db *db = NULL;
    size_t swept = 0;
    int steps = 0;
    OK(nx_db_open(NULL, T(":memory:"), T("{\"background\": false, \"sweep_interval_ms\": 60000}"), &db, &error));
    nx_coll *c = collection(db, "c");
    OK(nx_insert_one(c, NULL, T("{\"_id\": 1}"), T("{\"ttl_ms\": 0}"), NULL, &error));
    OK(nx_db_sweep(db, 10, &swept, &error));
    CHECK(swept == 1);
    while (nx_db_step(db, &error) == NX_OK && steps < 100) {
        steps++;
    }
    CHECK(steps < 100 && error == NULL);
    nx_coll_free(c);
    nx_db_free(db);
}

static void many_files(void) {
    nx_error *error = NULL;
    nx_client *client = NULL;
    nx_db *db = NULL;
    nx_buf out = NX_BUF_INIT;
    ENDS(NX_ERR_INVALID, nx_client_open(NULL, T(in_folder("all")), T("{\"nonsense\": 1}"), &client, &error));
    OK(nx_client_open(NULL, T(in_folder("all")), T("{\"durability\": \"group\"}"), &client, &error));
    OK(nx_client_database_names(client, NULL, &out, &error));
    HOLDS(&out, "{\"databases\":[]}");
    OK(nx_client_database(client, T("b"), &db, &error));
    ENDS(NX_ERR_BUSY, nx_client_drop_database(client, T("b"), &error));
    nx_db_free(db);
    OK(nx_client_database(client, T("a"), &db, &error));
    nx_client_free(client);
    OK(nx_client_open(NULL, T(in_folder("all")), NONE, &client, &error));
    OK(nx_db_create_collection(db, NULL, T("still_open"), NONE, &error));
    nx_db_free(db);
    OK(nx_client_database_names(client, NULL, &out, &error));
    HOLDS(&out, "{\"databases\":[\"a\",\"b\"]}");
    OK(nx_client_drop_database(client, T("b"), &error));
    ENDS(NX_NONE, nx_client_drop_database(client, T("b"), &error));
    OK(nx_client_database_names(client, NULL, &out, &error));
    HOLDS(&out, "{\"databases\":[\"a\"]}");
    ENDS(NX_ERR_INVALID, nx_client_database(client, T("../a"), &db, &error));
    ENDS(NX_ERR_INVALID, nx_client_database(client, T(""), &db, &error));
    ENDS(NX_ERR_INVALID, nx_client_drop_database(client, T("a.b"), &error));
    FILE *file = fopen(in_folder("all/nonsense.db"), "wb");
    CHECK(file != NULL && fputs("this is no database", file) >= 0 && fclose(file) == 0);
    OK(nx_client_database_names(client, NULL, &out, &error));
    HOLDS(&out, "{\"databases\":[\"a\"]}");
    nx_client_free(client);
}

/* The client holds a database open between two handles on it, in memory too; closing one handle leaves the others. */
static void handles_of_a_client(void) {
    nx_error *error = NULL;
    nx_client *client = NULL;
    nx_db *db = NULL, *again = NULL;
    nx_buf out = NX_BUF_INIT;
    uint64_t n = 0;
    OK(nx_client_open(NULL, T(":memory:"), NONE, &client, &error));
    OK(nx_client_database(client, T("m"), &db, &error));
    OK(nx_client_database(client, T("m"), &again, &error));
    nx_coll *c = collection(db, "c"), *same = collection(again, "c");
    OK(nx_insert_one(c, NULL, T("{\"_id\": 1}"), NONE, NULL, &error));
    nx_coll_free(c);
    nx_db_free(db);
    OK(nx_count(same, NULL, NONE, NONE, &n, &error));
    CHECK(n == 1);
    OK(nx_client_database_names(client, NULL, &out, &error));
    HOLDS(&out, "{\"databases\":[\"m\"]}");
    ENDS(NX_ERR_BUSY, nx_client_drop_database(client, T("m"), &error));
    nx_coll_free(same);
    nx_db_free(again);
    OK(nx_client_drop_database(client, T("m"), &error));
    OK(nx_client_database_names(client, NULL, &out, &error));
    HOLDS(&out, "{\"databases\":[]}");
    nx_client_free(client);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    folder = arguments[1];
    one_file();
    wrong_files();
    without_a_thread();
    many_files();
    handles_of_a_client();
    return done();
}
