/* A child of a process that has a database open. Its first argument is an empty folder; with a second one nobody works
 * in the background. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

static nx_db *db;
static nx_coll *c;
static nx_txn *txn;
static nx_cursor *cursor;
static nx_error *kept;
static nx_buf lent;
static const char *options;

static void child(const char *path) {
    nx_error *error = NULL;
    nx_db *own = NULL;
    nx_call call = NX_CALL_INIT;
    nx_buf out = NX_BUF_INIT;
    const void *document = NULL;
    size_t len = 0;
    uint64_t n = 0;
    CHECK(nx_live_handles() == 0);
    ENDS(NX_ERR_FORKED, nx_insert_one(c, NULL, T("{}"), NONE, NULL, &error));
    ENDS(NX_ERR_FORKED, nx_count(c, NULL, NONE, NONE, &n, &error));
    ENDS(NX_ERR_FORKED, nx_cursor_next(cursor, &document, &len, &error));
    ENDS(NX_ERR_FORKED, nx_txn_commit(txn, &error));
    ENDS(NX_ERR_FORKED, nx_db_checkpoint(db, &error));
    ENDS(NX_ERR_FORKED, nx_db_close(db, &error));
    CHECK(nx_error_kind(kept) == NX_ERR_HANDLE);
    /* The parent has it open still, which its child is told as anybody would be. */
    ENDS(NX_ERR_LOCKED, nx_db_open(NULL, T(path), NONE, &own, &error));
    /* One of its own it can have, and the two do not mistake each other. */
    OK(nx_db_open(NULL, T(":memory:"), T(options), &own, &error));
    nx_coll *mine = collection(own, "c");
    OK(nx_insert_one(mine, NULL, T("{\"_id\": 1}"), NONE, &out, &error));
    HOLDS(&out, "{\"insertedId\":1}");
    call.txn = txn;
    ENDS(NX_ERR_FORKED, nx_count(mine, &call, NONE, NONE, &n, &error));
    /* To free what is the parent's changes nothing. */
    nx_cursor_free(cursor);
    nx_txn_free(txn);
    nx_coll_free(c);
    nx_db_free(db);
    nx_error_free(kept);
    nx_buf_free(&lent);
    OK(nx_count(mine, NULL, NONE, NONE, &n, &error));
    nx_coll_free(mine);
    nx_db_free(own);
    /* What the parent's threads had is lost to a child of it, so nobody looks for leaks here. */
    fflush(NULL);
    _exit(done());
}

static void in_child(const char *path) {
    int status = 0;
    pid_t made = fork();
    CHECK(made >= 0);
    if (made == 0) {
        /* Should it wait for ever, it is a failure and not a test without end. */
        alarm(300);
        child(path);
    }
    CHECK(waitpid(made, &status, 0) == made && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(int count, char **arguments) {
    nx_error *error = NULL;
    const void *document = NULL;
    size_t len = 0;
    uint64_t n = 0;
    char path[4096];
    CHECK(count >= 2);
    options = count > 2 ? "{\"background\": false}" : "{}";
    snprintf(path, sizeof path, "%s/forks", arguments[1]);
    OK(nx_db_open(NULL, T(path), T(options), &db, &error));
    c = collection(db, "c");
    OK(nx_insert_many(c, NULL, T("[{}, {}]"), NONE, &lent, &error));
    OK(nx_txn_begin(db, NULL, NONE, &txn, &error));
    OK(nx_find(c, NULL, NONE, NONE, &cursor, &error));
    CHECK(nx_db_close(NULL, &kept) == NX_ERR_HANDLE);
    in_child(path);
    in_child(path);
    /* The parent has lost nothing. */
    OK(nx_cursor_next(cursor, &document, &len, &error));
    OK(nx_insert_one(c, NULL, T("{}"), NONE, NULL, &error));
    OK(nx_count(c, NULL, NONE, NONE, &n, &error));
    CHECK(n == 3);
    CHECK(nx_error_kind(kept) == NX_ERR_HANDLE);
    nx_error_free(kept);
    OK(nx_txn_commit(txn, &error));
    nx_cursor_free(cursor);
    nx_txn_free(txn);
    nx_buf_free(&lent);
    OK(nx_db_close(db, &error));
    nx_db_free(db);
    nx_coll_free(c);
    return done();
}
