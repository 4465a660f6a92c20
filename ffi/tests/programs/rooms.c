/* Answers in memory of the caller's. */
#include "check.h"

static nx_coll *numbers(nx_db *db) {
    nx_error *error = NULL;
    nx_coll *c = collection(db, "numbers");
    OK(nx_insert_many(c, NULL, T("[{\"_id\": 1}, {\"_id\": 2}, {\"_id\": 3, \"text\": \"longer\"}, {\"_id\": 4}]"), NONE,
                      NULL, &error));
    return c;
}

/* Whoever has enough room has nothing to free; whoever has too little frees. */
static void one(nx_coll *c) {
    nx_error *error = NULL;
    nx_call call = NX_CALL_INIT;
    nx_buf out = NX_BUF_INIT;
    char room[64];
    const char *json = "{\"_id\":1}";
    const size_t len = strlen(json);
    call.room = room;
    for (size_t room_len = 0; room_len < sizeof room; room_len++) {
        memset(room, '!', sizeof room);
        call.room_len = room_len;
        OK(nx_find_one(c, &call, T("{\"_id\": 1}"), NONE, &out, &error));
        CHECK(out.len == len && strcmp((const char *)out.data, json) == 0);
        CHECK((out.data == (uint8_t *)room) == (room_len > len));
        CHECK((out.owner == NULL) == (room_len > len));
        /* What does not fit leaves the room as it is, and what fits leaves the rest of it. */
        for (size_t at = room_len > len ? len + 1 : 0; at < sizeof room; at++)
            CHECK(room[at] == '!');
        nx_buf_free(&out);
        CHECK(out.data == NULL);
    }
    call.format = NX_BSON;
    const uint8_t id[] = {14, 0, 0, 0, 0x10, '_', 'i', 'd', 0, 2, 0, 0, 0, 0};
    for (size_t room_len = sizeof id; room_len <= sizeof id + 1; room_len++) {
        call.room_len = room_len;
        OK(nx_find_one(c, &call, id, sizeof id, NONE, &out, &error));
        CHECK(out.len == sizeof id && memcmp(out.data, id, sizeof id) == 0);
        CHECK((out.owner == NULL) == (room_len > sizeof id));
        nx_buf_free(&out);
    }
    /* Nothing found, nothing told. */
    const uint8_t none[] = {14, 0, 0, 0, 0x10, '_', 'i', 'd', 0, 9, 0, 0, 0, 0};
    ENDS(NX_NONE, nx_find_one(c, &call, none, sizeof none, NONE, &out, &error));
    CHECK(out.data == NULL && out.owner == NULL);
    call.format = NX_JSON;
    call.room_len = sizeof room;
    OK(nx_insert_one(c, &call, T("{\"_id\": 5}"), NONE, &out, &error));
    CHECK(strcmp(room, "{\"insertedId\":5}") == 0 && out.owner == NULL);
    OK(nx_delete_one(c, &call, T("{\"_id\": 5}"), NONE, NULL, &error));
    call.room = NULL;
    ENDS(NX_ERR_INVALID, nx_find_one(c, &call, NONE, NONE, &out, &error));
}

/* Cursors fill it with whole documents. */
static void many(nx_coll *c) {
    nx_error *error = NULL;
    nx_cursor *cursor = NULL;
    nx_buf out = NX_BUF_INIT;
    size_t len = 0;
    uint32_t count = 0;
    char room[256];
    const char *all = "{\"_id\":1}\n{\"_id\":2}\n{\"_id\":3,\"text\":\"longer\"}\n{\"_id\":4}\n";
    for (size_t room_len = 0; room_len < sizeof room; room_len++) {
        char read[sizeof room];
        size_t documents = 0, bytes = 0;
        OK(nx_find(c, NULL, NONE, NONE, &cursor, &error));
        nx_status status;
        while ((status = nx_cursor_read(cursor, 0, room, room_len, &len, &count, &error)) == NX_OK) {
            if (count == 0) {
                /* Too small for even one: it says what is needed, and loses nothing. */
                CHECK(len > room_len && len <= sizeof room);
                OK(nx_cursor_read(cursor, 1, room, len, &len, &count, &error));
                CHECK(count == 1);
            } else {
                CHECK(len <= room_len);
            }
            memcpy(read + bytes, room, len);
            bytes += len;
            documents += count;
        }
        CHECK(status == NX_DONE && len == 0 && count == 0);
        CHECK(documents == 4 && bytes == strlen(all) && memcmp(read, all, bytes) == 0);
        ENDS(NX_DONE, nx_cursor_read(cursor, 0, room, sizeof room, &len, &count, &error));
        nx_cursor_free(cursor);
    }
    /* As many as are asked for, and among the other ways to walk. */
    OK(nx_find(c, NULL, NONE, NONE, &cursor, &error));
    OK(nx_cursor_read(cursor, 2, room, sizeof room, &len, &count, &error));
    CHECK(count == 2 && len == strlen("{\"_id\":1}\n") * 2);
    OK(nx_cursor_read(cursor, 1, room, 10, &len, &count, &error));
    CHECK(count == 0);
    const void *document = NULL;
    OK(nx_cursor_next(cursor, &document, &len, &error));
    CHECK(strcmp(document, "{\"_id\":3,\"text\":\"longer\"}") == 0);
    OK(nx_cursor_next_batch(cursor, 0, 0, &out, &count, &error));
    HOLDS(&out, "{\"_id\":4}\n");
    ENDS(NX_ERR_INVALID, nx_cursor_read(cursor, 0, NULL, 5, &len, &count, &error));
    ENDS(NX_ERR_INVALID, nx_cursor_read(cursor, 0, room, sizeof room, NULL, &count, &error));
    ENDS(NX_ERR_INVALID, nx_cursor_read(cursor, 0, room, sizeof room, &len, NULL, &error));
    nx_cursor_free(cursor);
    ENDS(NX_ERR_HANDLE, nx_cursor_read(cursor, 0, room, sizeof room, &len, &count, &error));
}

int main(void) {
    nx_db *db = in_memory();
    nx_coll *c = numbers(db);
    one(c);
    many(c);
    nx_coll_free(c);
    nx_db_free(db);
    return done();
}
