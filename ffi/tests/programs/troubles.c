/* What a program is told when the device is full, the file is broken, or another process has it. Its first argument is
 * an empty folder; with a second one it is that other process. */
#define _GNU_SOURCE
#include "check.h"
#include "full_device.h"

#include <sys/wait.h>
#include <unistd.h>

static void full(const char *path) {
    nx_error *error = NULL;
    nx_db *db = NULL;
    uint64_t before = 0, after = 0;
    char *large = malloc(1000100);
    CHECK(large != NULL);
    large[0] = 0;
    memset(large + sprintf(large, "{\"text\": \""), 'x', 1000000);
    strcpy(large + 1000000, "\"}");
    OK(nx_db_open(NULL, T(path), NONE, &db, &error));
    nx_coll *c = collection(db, "c");
    OK(nx_insert_one(c, NULL, T("{\"_id\": 1}"), NONE, NULL, &error));
    CHECK(fill_device());
    nx_status status = NX_OK;
    for (int i = 0; i < 500 && status == NX_OK; i++) {
        OK(nx_count(c, NULL, NONE, NONE, &before, &error));
        status = nx_insert_one(c, NULL, T(large), NONE, NULL, &error);
    }
    CHECK(status == NX_ERR_DISK_FULL && strstr(nx_error_message(error), path) != NULL);
    nx_error_free(error);
    error = NULL;
    free(large);
    /* Nothing was lost, and what is there can be read. */
    OK(nx_count(c, NULL, NONE, NONE, &after, &error));
    CHECK(after == before);
    nx_coll_free(c);
    nx_db_free(db);
}

/* Changes what the documents say, where they lie in the file; says how often. */
static int damage(const char *path) {
    static const char WORD[] = "a word that is nowhere else";
    char file[4096];
    snprintf(file, sizeof file, "%s.db", path);
    FILE *opened = fopen(file, "r+b");
    CHECK(opened != NULL && fseek(opened, 0, SEEK_END) == 0);
    const long size = ftell(opened);
    char *bytes = malloc((size_t)size);
    rewind(opened);
    CHECK(bytes != NULL && fread(bytes, 1, (size_t)size, opened) == (size_t)size);
    int changed = 0;
    for (long i = 0; i + (long)sizeof WORD < size; i++) {
        if (memcmp(bytes + i, WORD, sizeof WORD - 1) == 0) {
            bytes[i] = 'A';
            changed++;
        }
    }
    rewind(opened);
    CHECK(fwrite(bytes, 1, (size_t)size, opened) == (size_t)size && fclose(opened) == 0);
    free(bytes);
    return changed;
}

static void broken(const char *path) {
    nx_error *error = NULL;
    nx_db *db = NULL;
    nx_buf report = NX_BUF_INIT;
    uint64_t n = 0;
    OK(nx_db_open(NULL, T(path), NONE, &db, &error));
    nx_coll *c = collection(db, "c");
    for (int i = 0; i < 300; i++) {
        OK(nx_insert_one(c, NULL, T("{\"text\": \"a word that is nowhere else\"}"), NONE, NULL, &error));
    }
    OK(nx_db_close(db, &error));
    nx_coll_free(c);
    nx_db_free(db);
    CHECK(damage(path) > 0);
    OK(nx_db_open(NULL, T(path), NONE, &db, &error));
    c = collection(db, "c");
    ENDS(NX_ERR_CORRUPT, nx_count(c, NULL, T("{\"text\": \"x\"}"), NONE, &n, &error));
    OK(nx_db_check(db, NULL, &report, &error));
    CHECK(strstr((const char *)report.data, "\"valid\":false") != NULL);
    nx_buf_free(&report);
    nx_coll_free(c);
    nx_db_free(db);
}

/* The program runs itself as the other process. */
static void shared(const char *path, char **arguments) {
    nx_error *error = NULL;
    nx_db *db = NULL;
    int status = 0;
    char other[] = "other", *again[] = {arguments[0], arguments[1], other, NULL};
    OK(nx_db_open(NULL, T(path), NONE, &db, &error));
    const pid_t made = fork();
    CHECK(made >= 0);
    if (made == 0) {
        execv(again[0], again);
        _exit(1);
    }
    CHECK(waitpid(made, &status, 0) == made && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    nx_db_free(db);
}

int main(int count, char **arguments) {
    nx_error *error = NULL;
    nx_db *db = NULL;
    char path[4096];
    CHECK(count >= 2);
    snprintf(path, sizeof path, "%s/troubles", arguments[1]);
    if (count > 2) {
        ENDS(NX_ERR_LOCKED, nx_db_open(NULL, T(path), NONE, &db, &error));
        return done();
    }
    shared(path, arguments);
    snprintf(path, sizeof path, "%s/broken", arguments[1]);
    broken(path);
    snprintf(path, sizeof path, "%s/full", arguments[1]);
    full(path);
    return done();
}
