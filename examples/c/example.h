/* What the examples share: an error ends the program. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <nexuslite.h>

#include <stdio.h>
#include <stdlib.h>

/* A text as the two arguments that it takes, and none. */
#define TEXT(text) (text), NX_ZTERM
#define NOTHING NULL, 0

/* What went wrong last. */
static nx_error *error;

static inline nx_status must(nx_status status) {
    if (status < 0) {
        fprintf(stderr, "%s: %s\n", nx_status_name(status), nx_error_message(error));
        exit(1);
    }
    return status;
}

/* Prints what the library gave, and gives it back. */
static inline void print(nx_buf *json) {
    printf("%s\n", (const char *)json->data);
    nx_buf_free(json);
}

/* Prints the documents that a find hands out, and ends it. */
static inline void print_all(nx_cursor *cursor) {
    const void *document = NULL;
    while (must(nx_cursor_next(cursor, &document, NULL, &error)) == NX_OK)
        printf("%s\n", (const char *)document);
    nx_cursor_free(cursor);
}

#endif
