/*
 * What stands between Go and nexuslite.h.
 *
 * Handles cross as numbers, because Go's collector looks at everything that looks like a pointer, and everything that
 * a function answers crosses at once, because each crossing has its price. Documents are BSON.
 */
#ifndef NEXUSLITE_GO_BRIDGE_H
#define NEXUSLITE_GO_BRIDGE_H

#include <nexuslite.h>
#include <string.h>

/* Everything that a function can answer; what it does not is zero. */
typedef struct {
    int32_t status;
    uint32_t count;
    uint64_t number;
    uintptr_t handle;
    const uint8_t *data;
    size_t len;
    /* What is freed when the bytes have been copied; zero when they lie in Go's own memory. */
    uintptr_t owner;
    uintptr_t error;
} nxgo_answer;

/* An error's parts, lent until it is freed. */
typedef struct {
    int32_t kind;
    int32_t code;
    const char *code_name;
    const char *message;
    const char *labels[4];
    const uint8_t *details;
    size_t details_len;
    uintptr_t details_owner;
} nxgo_error;

/* A document or a text that is given. */
#define NXGO_DOC(name) const uint8_t *name, size_t name##_len
#define NXGO_TEXT(name) const char *name, size_t name##_len
#define NXGO_CALL uintptr_t txn, uintptr_t cancel
/* Go's memory for an answer: what fits is put there, and needs no second crossing to be freed. */
#define NXGO_ROOM uint8_t *room, size_t room_len

static inline nx_call nxgo_call(uintptr_t txn, uintptr_t cancel) {
    nx_call call = NX_CALL_INIT;
    call.format = NX_BSON;
    call.txn = (nx_txn *)txn;
    call.cancel = (nx_cancel *)cancel;
    return call;
}

static inline nxgo_answer nxgo_told(nx_status status, const nx_buf *buf, const void *handle, nx_error *error) {
    nxgo_answer answer = {0};
    answer.status = status;
    if (buf != NULL) {
        answer.data = buf->data;
        answer.len = buf->len;
        answer.owner = (uintptr_t)buf->owner;
    }
    answer.handle = (uintptr_t)handle;
    answer.error = (uintptr_t)error;
    return answer;
}

static inline nx_call nxgo_call_in(uintptr_t txn, uintptr_t cancel, NXGO_ROOM) {
    nx_call call = nxgo_call(txn, cancel);
    call.room = room;
    call.room_len = room_len;
    return call;
}

/* What was answered in a room: Go knows where that is, and its pointers stay with it. */
static inline nxgo_answer nxgo_told_in(nx_status status, nx_buf *buf, nx_error *error) {
    if (buf->owner == NULL)
        buf->data = NULL;
    return nxgo_told(status, buf, NULL, error);
}

#endif
