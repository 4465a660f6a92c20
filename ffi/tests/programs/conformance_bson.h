/* BSON, looked into and made, in as much C as the corpora need. What is made lasts until forget_all(). */
#ifndef CONFORMANCE_BSON_H
#define CONFORMANCE_BSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { STRING = 2, DOCUMENT = 3, ARRAY = 4, BOOLEAN = 8, NOTHING_AT_ALL = 10, INT32 = 16, INT64 = 18 };

/* A value where it lies; of type 0 where there is none. A document's and a list's bytes begin with their length. */
typedef struct {
    int type;
    const uint8_t *bytes;
    size_t len;
} value;

/* Memory that lasts until forget_all(). */
static void **kept;
static size_t kept_count, kept_room;

static void *keep(size_t len) {
    if (kept_count == kept_room) {
        kept_room = kept_room * 2 + 64;
        kept = realloc(kept, kept_room * sizeof *kept);
    }
    void *made = malloc(len);
    if (made == NULL || kept == NULL) {
        abort();
    }
    return kept[kept_count++] = made;
}

static void forget_all(void) {
    while (kept_count > 0) {
        free(kept[--kept_count]);
    }
}

static uint32_t number_at(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static value document_of(const void *bytes) {
    value whole = {DOCUMENT, bytes, number_at(bytes)};
    return whole;
}

static const uint8_t EMPTY[] = {5, 0, 0, 0, 0};

static size_t value_len(int type, const uint8_t *at) {
    switch (type) {
    case 0x08: return 1;
    case 0x10: return 4;
    case 0x01: case 0x09: case 0x11: case 0x12: return 8;
    case 0x07: return 12;
    case 0x13: return 16;
    case 0x02: case 0x0D: case 0x0E: return number_at(at) + 4;
    case 0x03: case 0x04: case 0x0F: return number_at(at);
    case 0x05: return number_at(at) + 5;
    case 0x0C: return number_at(at) + 16;
    case 0x0B: {
        size_t first = strlen((const char *)at) + 1;
        return first + strlen((const char *)at + first) + 1;
    }
    default: return 0;
    }
}

/* Steps to the next field; false at the end. `at` begins as 0. */
static bool next_field(value document, size_t *at, const char **name, value *field) {
    *at = *at == 0 ? 4 : *at;
    field->type = document.bytes[*at];
    if (*at + 1 >= document.len) {
        return false;
    }
    *name = (const char *)document.bytes + *at + 1;
    field->bytes = document.bytes + *at + 1 + strlen(*name) + 1;
    field->len = value_len(field->type, field->bytes);
    *at = (size_t)(field->bytes - document.bytes) + field->len;
    return true;
}

static value find(value document, const char *wanted) {
    value field, none = {0, NULL, 0};
    const char *name;
    for (size_t at = 0; next_field(document, &at, &name, &field);) {
        if (strcmp(name, wanted) == 0) {
            return field;
        }
    }
    return none;
}

static size_t count_of(value document) {
    value field;
    const char *name;
    size_t count = 0;
    for (size_t at = 0; next_field(document, &at, &name, &field);) {
        count++;
    }
    return count;
}

static int64_t whole(value of) {
    switch (of.type) {
    case INT32: return (int32_t)number_at(of.bytes);
    case INT64: return (int64_t)(number_at(of.bytes) | (uint64_t)number_at(of.bytes + 4) << 32);
    case 1: {
        uint64_t bits = number_at(of.bytes) | (uint64_t)number_at(of.bytes + 4) << 32;
        double real;
        memcpy(&real, &bits, sizeof real);
        return (int64_t)real;
    }
    default: return -1;
    }
}

static const char *text_of(value of) { return of.type == STRING ? (const char *)of.bytes + 4 : ""; }

static bool are_same(value a, value b) { return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0; }

/* A document with a field behind those that it has. */
static value with(value document, int type, const char *name, const void *bytes, size_t len) {
    const size_t name_len = strlen(name) + 1, total = document.len + 1 + name_len + len;
    uint8_t *made = keep(total);
    memcpy(made, document.bytes, document.len - 1);
    uint8_t *at = made + document.len - 1;
    *at++ = (uint8_t)type;
    memcpy(at, name, name_len);
    if (len > 0) {
        memcpy(at + name_len, bytes, len);
    }
    made[total - 1] = 0;
    for (int i = 0; i < 4; i++) {
        made[i] = (uint8_t)(total >> (8 * i));
    }
    return document_of(made);
}

static value with_value(value document, const char *name, value given) {
    return with(document, given.type, name, given.bytes, given.len);
}

static value with_whole(value document, const char *name, uint32_t number) {
    const uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24)};
    return with(document, INT32, name, bytes, sizeof bytes);
}

static value with_flag(value document, const char *name, bool is) {
    const uint8_t byte = is;
    return with(document, BOOLEAN, name, &byte, 1);
}

static value with_text(value document, const char *name, const char *text) {
    const size_t len = strlen(text) + 1;
    uint8_t *bytes = keep(len + 4);
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(len >> (8 * i));
    }
    memcpy(bytes + 4, text, len);
    return with(document, STRING, name, bytes, len + 4);
}

/* A list of one or of several, as they stand in a document. */
static value list_of(value document) {
    value list = {ARRAY, document.bytes, document.len};
    return list;
}

static value nothing_yet(void) { return document_of(EMPTY); }

static bool has_id(value document) { return find(document, "_id").type != 0; }

static value without_id(value document) {
    value rest = nothing_yet(), field;
    const char *name;
    for (size_t at = 0; next_field(document, &at, &name, &field);) {
        if (strcmp(name, "_id") != 0) {
            rest = with_value(rest, name, field);
        }
    }
    return rest;
}

#endif
