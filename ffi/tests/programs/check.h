/* What every program here checks with. */
#ifndef CHECK_H
#define CHECK_H

#include <nexuslite.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text as the two arguments that it takes. */
#define T(text) (text), NX_ZTERM
/* No document. */
#define NONE NULL, 0

#define CHECK(condition)                                                         \
    do {                                                                         \
        if (!(condition)) {                                                      \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);      \
            exit(1);                                                             \
        }                                                                        \
    } while (0)

/* The call succeeds. `error` is the variable that it was given. */
#define OK(call) expect((call), NX_OK, &error, __FILE__, __LINE__, #call)
/* The call ends as said, and has an error exactly if that is negative. */
#define ENDS(status, call) expect((call), (status), &error, __FILE__, __LINE__, #call)
/* The buffer holds this text, and is freed. */
#define HOLDS(buf, text) holds((buf), (text), __FILE__, __LINE__)

static void expect(nx_status got, nx_status wanted, nx_error **error, const char *file, int line, const char *call) {
    if (got != wanted || (wanted < 0) != (*error != NULL) || nx_error_kind(*error) != (wanted < 0 ? wanted : NX_ERR_HANDLE)) {
        fprintf(stderr, "%s:%d: %s\n  wanted %s, got %s: %s\n", file, line, call, nx_status_name(wanted),
                nx_status_name(got), *error ? nx_error_message(*error) : "");
        exit(1);
    }
    nx_error_free(*error);
    *error = NULL;
}

static inline void holds(nx_buf *buf, const char *text, const char *file, int line) {
    if (buf->data == NULL || buf->len != strlen(text) || memcmp(buf->data, text, buf->len) != 0 || buf->data[buf->len] != 0) {
        fprintf(stderr, "%s:%d:\n  wanted %s\n  got    %s\n", file, line, text, buf->data ? (const char *)buf->data : "nothing");
        exit(1);
    }
    nx_buf_free(buf);
}

/* The program ends as it began: nothing is left of what it was given. */
static inline int done(void) {
    if (nx_live_handles() != 0) {
        fprintf(stderr, "%zu handles were not freed\n", nx_live_handles());
        return 1;
    }
    return 0;
}

static inline nx_db *in_memory(void) {
    nx_db *db = NULL;
    nx_error *error = NULL;
    OK(nx_db_open(NULL, T(":memory:"), NONE, &db, &error));
    return db;
}

static inline nx_coll *collection(nx_db *db, const char *name) {
    nx_coll *coll = NULL;
    nx_error *error = NULL;
    OK(nx_db_collection(db, T(name), &coll, &error));
    return coll;
}

#endif
