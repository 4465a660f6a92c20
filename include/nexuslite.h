/**
 * @file nexuslite.h
 * NexusLite: an embedded document database. MongoDB's documents and queries, one file, no server.
 *
 * Written by `cargo xtask header` from the sources in `ffi/src`; not to be changed by hand.
 *
 * The rules, which hold for every function:
 *
 * - Handles (`nx_db *` and the others that have no members) are looked up, never followed. One that is NULL, was freed,
 *   is of another kind or never was one is answered with `NX_ERR_HANDLE`, whatever the program does with it.
 *   They can be freed in any order, and from any thread.
 * - Any other pointer is NULL, where the function says what that means, or good for the whole call: as many bytes can be
 *   read as its length says, or what it points to can be written. Nothing of the caller's is kept after the call but
 *   the function of nx_log_set().
 * - Texts and documents are a pointer and a length; the length `NX_ZTERM` says that the text ends with a zero.
 *   Texts are UTF-8. Documents are Extended JSON, or BSON where the call's `format` is `NX_BSON`.
 * - Options are a document; NULL is none. An option that a function does not have is an error that names it.
 * - A function answers `NX_OK`, a positive number for an answer that is no error, or a negative number for an error.
 *   With an error `*err` is set to an error that the caller frees, otherwise to NULL. `err` may be NULL.
 * - Answers are empty (NULL, 0) unless the function succeeded. A place for a document may be NULL: none is made then.
 * - What is lent says so, and until when. Everything else that is given is freed with the function of its type.
 * - After a fork the child cannot use what its parent opened (`NX_ERR_FORKED`); it opens the database for itself.
 * - No function of the caller's is called while the library holds a lock. It must not throw, nor leave by longjmp().
 */

#ifndef NEXUSLITE_H
#define NEXUSLITE_H

#include <stddef.h>
#include <stdint.h>

/** The version of this header. */
#define NX_VERSION "0.1.0"
#define NX_VERSION_MAJOR 0
#define NX_VERSION_MINOR 1
#define NX_VERSION_PATCH 0

/** Before each function: define NX_STATIC when the program is linked with the static library on Windows. */
#if defined(_WIN32) && !defined(NX_STATIC)
#define NX_API __declspec(dllimport)
#else
#define NX_API
#endif

/** The length of a text that ends with a zero. */
#define NX_ZTERM ((size_t)-1)

/** What an nx_call begins as: all defaults. */
#define NX_CALL_INIT { (uint32_t)sizeof(nx_call), NX_JSON, NULL, NULL, NULL, NULL, NULL, 0 }

/** What an nx_buf begins as: nothing. */
#define NX_BUF_INIT { NULL, 0, NULL }

/**
 * The number of this interface; a program must be built for the number that the library answers.
 */
#define NX_ABI 0

/**
 * A wish to stop, told from another thread. From any thread, at any time.
 */
typedef struct nx_cancel nx_cancel;

/**
 * A folder of databases. From any thread, at any time.
 */
typedef struct nx_client nx_client;

/**
 * A collection of a database, whether or not it exists. From any thread, at any time.
 */
typedef struct nx_coll nx_coll;

/**
 * Documents handed out one by one. By one thread at a time: a document is lent until the next call.
 */
typedef struct nx_cursor nx_cursor;

/**
 * An open database: one file, or one in memory. From any thread, at any time.
 */
typedef struct nx_db nx_db;

/**
 * What went wrong. From any thread; its texts are lent until it is freed.
 */
typedef struct nx_error nx_error;

/**
 * A transaction in progress. From any thread; its statements happen one after the other.
 */
typedef struct nx_txn nx_txn;

/**
 * Bytes that the library gave: free them with nx_buf_free(), never with free(). Bytes that lie in the room of an
 * `nx_call` have no owner, and nx_buf_free() leaves them to whoever has the room.
 *
 * JSON text has a zero after its last byte, which `len` does not count.
 */
typedef struct nx_buf {
    /**
     * The first byte.
     */
    uint8_t *data;
    /**
     * How many bytes there are.
     */
    size_t len;
    /**
     * The library's.
     */
    void *owner;
} nx_buf;

/**
 * How a call ended: `NX_OK`, another answer that is no error (positive), or an error (negative).
 */
typedef int32_t nx_status;

/**
 * How documents are written: `NX_JSON`, `NX_BSON`, `NX_JSON_CANONICAL` or `NX_JSON_SAFE`.
 */
typedef uint32_t nx_format;

/**
 * Is told how far an operation is, on the thread that asked for it: `done` of about `total`.
 *
 * Whatever it answers but 0 stops the operation, which then ends with `NX_ERR_CANCELLED`.
 * It must not throw, and must not use the handles that the operation was given.
 */
typedef int32_t (*nx_progress_fn)(void *data, uint64_t done, uint64_t total);

/**
 * How a call is made. NULL stands for all defaults, which are all zeros: JSON in and out, outside a transaction.
 *
 * Begin with `nx_call call = NX_CALL_INIT;`.
 */
typedef struct nx_call {
    /**
     * `sizeof(nx_call)`, so that fields can be added.
     */
    uint32_t size;
    /**
     * How documents are written that go in, and that come out.
     */
    nx_format format;
    /**
     * The transaction in which it happens; NULL for none.
     */
    struct nx_txn *txn;
    /**
     * What may stop it; NULL for nothing.
     */
    struct nx_cancel *cancel;
    /**
     * Who is told how far it is, by operations that say so; NULL for nobody.
     */
    nx_progress_fn progress;
    /**
     * Handed to `progress`.
     */
    void *progress_data;
    /**
     * Memory of the caller's for the answer; NULL for none.
     *
     * An answer that fits, with a zero behind it, is put there: the `data` of the `nx_buf` is this pointer, and there
     * is nothing to free. A longer one is given as ever. So one piece of memory can serve many calls.
     */
    void *room;
    /**
     * How many bytes of room there are.
     */
    size_t room_len;
} nx_call;

/**
 * Is told a message of the log: `level` is 1 (error) to 5 (trace); both texts end with a zero.
 *
 * It is called on a thread that is inside a call of this library, just before that call returns.
 * It must not throw.
 */
typedef void (*nx_log_fn)(void *data, int32_t level, const char *target, const char *message);

/**
 * It is done.
 */
#define NX_OK 0

/**
 * The cursor is at its end.
 */
#define NX_DONE 1

/**
 * There is nothing that was asked for: no document, no collection.
 */
#define NX_NONE 2

/**
 * The call is wrong: an argument, a document, a filter, an option.
 */
#define NX_ERR_INVALID -1

/**
 * What was named does not exist.
 */
#define NX_ERR_NOT_FOUND -2

/**
 * What was to be created exists already, with other options.
 */
#define NX_ERR_EXISTS -3

/**
 * A unique key is already taken.
 */
#define NX_ERR_DUPLICATE_KEY -4

/**
 * Another transaction changed the same data first: retry the whole transaction.
 */
#define NX_ERR_CONFLICT -5

/**
 * The database is occupied with something that excludes this call.
 */
#define NX_ERR_BUSY -6

/**
 * The file is open in another process.
 */
#define NX_ERR_LOCKED -7

/**
 * The database was opened without the right to do this.
 */
#define NX_ERR_DENIED -8

/**
 * A stated bound was reached.
 */
#define NX_ERR_LIMIT -9

/**
 * The call's time ran out.
 */
#define NX_ERR_TIMEOUT -10

/**
 * The caller cancelled.
 */
#define NX_ERR_CANCELLED -11

/**
 * The file's bytes are not what was written.
 */
#define NX_ERR_CORRUPT -12

/**
 * No room is left on the device; nothing was lost.
 */
#define NX_ERR_DISK_FULL -13

/**
 * The operating system refused.
 */
#define NX_ERR_IO -14

/**
 * Whether the commit is durable cannot be known.
 */
#define NX_ERR_COMMIT_INDETERMINATE -15

/**
 * An earlier failure made the database unsafe to use: close it and open it again.
 */
#define NX_ERR_POISONED -16

/**
 * The database was closed, or the transaction has ended.
 */
#define NX_ERR_CLOSED -17

/**
 * The file is of a newer format, or the feature does not exist here.
 */
#define NX_ERR_UNSUPPORTED -18

/**
 * A mistake in the database itself.
 */
#define NX_ERR_INTERNAL -19

/**
 * A handle is NULL, was freed, is of another kind, or never was one.
 */
#define NX_ERR_HANDLE -101

/**
 * A handle belongs to the process that this one was forked from: open the database again.
 */
#define NX_ERR_FORKED -102

/**
 * The library panicked, which is a mistake in it; the database is poisoned.
 */
#define NX_ERR_PANIC -103

/**
 * Extended JSON; output is relaxed: plain numbers, dates as text.
 */
#define NX_JSON 0

/**
 * BSON.
 */
#define NX_BSON 1

/**
 * Extended JSON; output is canonical: every type can be told from the text.
 */
#define NX_JSON_CANONICAL 2

/**
 * Extended JSON; output is relaxed, but an integer that a double cannot hold keeps its type.
 */
#define NX_JSON_SAFE 3

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Frees the bytes and makes the buffer empty.
 *
 * NULL, an empty buffer, one in the caller's room, and a copy of one that was freed are left alone.
 */
NX_API void nx_buf_free(struct nx_buf *buf);

/**
 * Does many writes to the collection, in order: `insertedCount`, `matchedCount`, `modifiedCount`, `deletedCount`,
 * `upsertedCount`, and `insertedIds` and `upsertedIds` by the place of each write in the call.
 *
 * `writes` is a list, or documents one after the other: `{"insertOne": {"document": {…}}}`, `updateOne` and
 * `updateMany` (with `filter`, `update`, `upsert`, `arrayFilters`, and for one `sort`), `replaceOne` (with `filter`,
 * `replacement`, `upsert`, `sort`), `deleteOne` and `deleteMany` (with `filter`); all but inserts with `hint`
 * and `collation`.
 * Options: `ordered` (whether the first write that fails ends the call; true by default), `let`, `comment`,
 * `bypassDocumentValidation`, `maxTimeMS`.
 * When some fail the error's details say which (`writeErrors`) and what the others did.
 */
NX_API
nx_status nx_bulk_write(struct nx_coll *coll,
                        const struct nx_call *call,
                        const void *writes,
                        size_t writes_len,
                        const void *options,
                        size_t options_len,
                        struct nx_buf *out,
                        struct nx_error **err);

/**
 * Does many writes, each to the collection that it names: `{"insertOne": {"collection": "log", "document": {…}}}`.
 * As nx_bulk_write() otherwise; inside a transaction there are no options.
 */
NX_API
nx_status nx_db_bulk_write(struct nx_db *db,
                           const struct nx_call *call,
                           const void *writes,
                           size_t writes_len,
                           const void *options,
                           size_t options_len,
                           struct nx_buf *out,
                           struct nx_error **err);

/**
 * Makes a token. Put it into the `nx_call` of whatever it should be able to stop.
 */
NX_API nx_status nx_cancel_new(struct nx_cancel **out, struct nx_error **err);

/**
 * Stops every call that was given the token, after its present batch, with `NX_ERR_CANCELLED`; calls that are given
 * it later do not begin. From any thread.
 */
NX_API
nx_status nx_cancel_fire(struct nx_cancel *cancel);

/**
 * Frees the token; calls that were given it go on, and can no longer be stopped by it. NULL is left alone.
 */
NX_API void nx_cancel_free(struct nx_cancel *cancel);

/**
 * What the database holds: `{"path": "shop.db", "collections": [{"name": "orders", "count": 2}]}`; `path` is null in
 * memory.
 */
NX_API
nx_status nx_db_info(struct nx_db *db,
                     const struct nx_call *call,
                     struct nx_buf *out,
                     struct nx_error **err);

/**
 * Sizes and counts of the storage, in bytes where the name says so: `engine`, `page_bytes`, `file_bytes`,
 * `wal_bytes`, `memtable_bytes`, `cache_bytes`, `cache_hits`, `cache_misses`, `commits`, `wal_syncs`, `checkpoints`.
 */
NX_API
nx_status nx_db_stats(struct nx_db *db,
                      const struct nx_call *call,
                      struct nx_buf *out,
                      struct nx_error **err);

/**
 * Walks everything and says what is wrong, changing nothing: `{"valid": true, "faults": [], …}` and how many `trees`,
 * `entries`, `pages`, `free_bytes` and `wal_commits` there are. A fault is no error of the call.
 */
NX_API
nx_status nx_db_check(struct nx_db *db,
                      const struct nx_call *call,
                      struct nx_buf *out,
                      struct nx_error **err);

/**
 * Brings everything committed so far into the main file.
 */
NX_API nx_status nx_db_checkpoint(struct nx_db *db, struct nx_error **err);

/**
 * Copies the state of this moment into the new file `path`, which is there when this returns, whole and durable.
 *
 * Others may write meanwhile. `NX_ERR_EXISTS` when there is a file of this name.
 */
NX_API
nx_status nx_db_backup(struct nx_db *db,
                       const char *path,
                       size_t path_len,
                       struct nx_error **err);

/**
 * Removes up to `limit` documents whose time has passed, which were invisible before; `count` is how many.
 */
NX_API nx_status nx_db_sweep(struct nx_db *db, size_t limit, size_t *count, struct nx_error **err);

/**
 * Does one piece of background work; `NX_NONE` when none is due. Only needed where the option `background` is off.
 */
NX_API
nx_status nx_db_step(struct nx_db *db,
                     struct nx_error **err);

/**
 * Changes the first document that satisfies `filter`: `{"matchedCount": 1, "modifiedCount": 1}`, and `upsertedId` when
 * a document was made.
 *
 * `update` is a document of operators, `{"$set": …}`, or a list of stages, `[{"$set": …}]`.
 * Options: `upsert`, `sort` (which document is changed; only by this function), `arrayFilters`, `hint`, `collation`,
 * `let`, `comment`, `bypassDocumentValidation`, `maxTimeMS`.
 */
NX_API
nx_status nx_update_one(struct nx_coll *coll,
                        const struct nx_call *call,
                        const void *filter,
                        size_t filter_len,
                        const void *update,
                        size_t update_len,
                        const void *options,
                        size_t options_len,
                        struct nx_buf *out,
                        struct nx_error **err);

/**
 * Changes every document that satisfies `filter`. As nx_update_one().
 *
 * Outside a transaction the changes are committed in runs of some megabytes.
 */
NX_API
nx_status nx_update_many(struct nx_coll *coll,
                         const struct nx_call *call,
                         const void *filter,
                         size_t filter_len,
                         const void *update,
                         size_t update_len,
                         const void *options,
                         size_t options_len,
                         struct nx_buf *out,
                         struct nx_error **err);

/**
 * Puts a document in the place of the first that satisfies `filter`; the `_id` stays. It answers what nx_update_one()
 * answers.
 *
 * Options: `upsert`, `sort`, `hint`, `collation`, `let`, `comment`, `bypassDocumentValidation`, `maxTimeMS`.
 */
NX_API
nx_status nx_replace_one(struct nx_coll *coll,
                         const struct nx_call *call,
                         const void *filter,
                         size_t filter_len,
                         const void *replacement,
                         size_t replacement_len,
                         const void *options,
                         size_t options_len,
                         struct nx_buf *out,
                         struct nx_error **err);

/**
 * Deletes the first document that satisfies `filter`: `{"deletedCount": 1}`. NULL is the filter that all satisfy.
 *
 * Options: `hint`, `collation`, `let`, `comment`, `maxTimeMS`.
 */
NX_API
nx_status nx_delete_one(struct nx_coll *coll,
                        const struct nx_call *call,
                        const void *filter,
                        size_t filter_len,
                        const void *options,
                        size_t options_len,
                        struct nx_buf *out,
                        struct nx_error **err);

/**
 * Deletes every document that satisfies `filter`. As nx_delete_one().
 *
 * Outside a transaction the changes are committed in runs of some megabytes.
 */
NX_API
nx_status nx_delete_many(struct nx_coll *coll,
                         const struct nx_call *call,
                         const void *filter,
                         size_t filter_len,
                         const void *options,
                         size_t options_len,
                         struct nx_buf *out,
                         struct nx_error **err);

/**
 * Opens a folder of databases, which is created when there is none: each is the file `name.db` in it. `":memory:"` is a
 * client of databases in memory.
 *
 * The options are those of nx_db_open(), for every database of the folder.
 */
NX_API
nx_status nx_client_open(const struct nx_call *call,
                         const char *folder,
                         size_t folder_len,
                         const void *options,
                         size_t options_len,
                         struct nx_client **out,
                         struct nx_error **err);

/**
 * Opens the database of this name, and creates it when there is none. Free it with nx_db_free(); the client holds the
 * database open until it is freed itself, or the database dropped.
 */
NX_API
nx_status nx_client_database(struct nx_client *client,
                             const char *name,
                             size_t name_len,
                             struct nx_db **out,
                             struct nx_error **err);

/**
 * The names of the folder's databases, in byte order: `{"databases": ["shop"]}`. Of the files that end in `.db` those count that
 * begin as a database does; in memory, the databases with a collection.
 */
NX_API
nx_status nx_client_database_names(struct nx_client *client,
                                   const struct nx_call *call,
                                   struct nx_buf *out,
                                   struct nx_error **err);

/**
 * Removes a database with everything in it; `NX_NONE` when there is none.
 *
 * `NX_ERR_BUSY` when a handle on it is still there in this process, `NX_ERR_LOCKED` when another process has it open.
 */
NX_API
nx_status nx_client_drop_database(struct nx_client *client,
                                  const char *name,
                                  size_t name_len,
                                  struct nx_error **err);

/**
 * Frees the handle; databases that were opened with it stay open. NULL is left alone.
 */
NX_API void nx_client_free(struct nx_client *client);

/**
 * A handle on a collection, whether or not it exists: the first insert creates it.
 */
NX_API
nx_status nx_db_collection(struct nx_db *db,
                           const char *name,
                           size_t name_len,
                           struct nx_coll **out,
                           struct nx_error **err);

/**
 * Frees the handle; the collection stays. NULL is left alone.
 */
NX_API void nx_coll_free(struct nx_coll *coll);

/**
 * Creates a collection; one that has equal options already is as good as new.
 *
 * Options: those of MongoDB's command `create`, and `metadata`, `primaryKey` and `softDelete`; the guide to
 * collections tells of each.
 * `NX_ERR_EXISTS` when there is one with other options.
 */
NX_API
nx_status nx_db_create_collection(struct nx_db *db,
                                  const struct nx_call *call,
                                  const char *name,
                                  size_t name_len,
                                  const void *options,
                                  size_t options_len,
                                  struct nx_error **err);

/**
 * Drops a collection with everything in it; `NX_NONE` when there is none.
 */
NX_API
nx_status nx_db_drop_collection(struct nx_db *db,
                                const struct nx_call *call,
                                const char *name,
                                size_t name_len,
                                struct nx_error **err);

/**
 * Gives a collection another name.
 *
 * Options: `dropTarget` (drop what has the new name; off by default).
 * `NX_ERR_NOT_FOUND` when there is no such collection, `NX_ERR_EXISTS` when the new name is taken.
 */
NX_API
nx_status nx_db_rename_collection(struct nx_db *db,
                                  const struct nx_call *call,
                                  const char *from,
                                  size_t from_len,
                                  const char *to,
                                  size_t to_len,
                                  const void *options,
                                  size_t options_len,
                                  struct nx_error **err);

/**
 * The names of all collections, in byte order: `{"collections": ["log", "orders"]}`.
 */
NX_API
nx_status nx_db_collection_names(struct nx_db *db,
                                 const struct nx_call *call,
                                 struct nx_buf *out,
                                 struct nx_error **err);

/**
 * Does what a command says, and answers in MongoDB's shape: `{"count": "orders", "query": {"total": 42}}` answers
 * `{"n": 1, "ok": 1}`.
 *
 * The commands are `ping hello buildInfo`, `create drop collMod renameCollection listCollections dropDatabase`,
 * `find count distinct explain`, `insert update delete findAndModify`, `createIndexes dropIndexes listIndexes`,
 * `collStats dbStats validate`; each is the document's first field, and a field that it has not is an error.
 * The answer of a command that reads has all documents at once (`cursor.firstBatch`), and that of writes of which some
 * fail has `writeErrors`. The call's `cancel` can keep a command from beginning; to stop one, give it `maxTimeMS`.
 */
NX_API
nx_status nx_command(struct nx_db *db,
                     const struct nx_call *call,
                     const void *command,
                     size_t command_len,
                     struct nx_buf *out,
                     struct nx_error **err);

/**
 * An Extended JSON document as BSON.
 *
 * An integer beyond 64 bits becomes a double, unless `strict` is other than 0: then it is an error.
 */
NX_API
nx_status nx_json_to_bson(const char *json,
                          size_t json_len,
                          int32_t strict,
                          struct nx_buf *out,
                          struct nx_error **err);

/**
 * A BSON document as Extended JSON: `format` is `NX_JSON`, `NX_JSON_CANONICAL` or `NX_JSON_SAFE`.
 */
NX_API
nx_status nx_bson_to_json(const void *bson,
                          size_t bson_len,
                          nx_format format,
                          struct nx_buf *out,
                          struct nx_error **err);

/**
 * An error unless the bytes are one BSON document that can be stored: lengths, types, UTF-8, nesting, size.
 */
NX_API nx_status nx_bson_validate(const void *bson, size_t bson_len, struct nx_error **err);

/**
 * The next document; `NX_DONE` when there is none. After an error there is none.
 *
 * It is lent until the next call with this cursor: copy what is to be kept. JSON text ends with a zero.
 */
NX_API
nx_status nx_cursor_next(struct nx_cursor *cursor,
                         const void **document,
                         size_t *document_len,
                         struct nx_error **err);

/**
 * The next documents, one after the other, in JSON one on each line; `NX_DONE` when there are none.
 *
 * At most `documents_max`, and no more once there are `bytes_max` bytes; 0 leaves either to the library.
 * `count` is how many there are. An error loses no document: those before it are handed out first.
 */
NX_API
nx_status nx_cursor_next_batch(struct nx_cursor *cursor,
                               uint32_t documents_max,
                               size_t bytes_max,
                               struct nx_buf *out,
                               uint32_t *count,
                               struct nx_error **err);

/**
 * Fills memory of the caller's with the next documents, as nx_cursor_next_batch() lays them; `NX_DONE` when there are
 * none.
 *
 * `len` is how many bytes were filled, `count` how many documents they are: at most `documents_max`, where that is not
 * 0, and as many as fit. When not even one fits, `count` is 0 and `len` how many bytes it takes: ask again with as many.
 * An error loses no document: those before it are handed out first.
 */
NX_API
nx_status nx_cursor_read(struct nx_cursor *cursor,
                         uint32_t documents_max,
                         void *room,
                         size_t room_len,
                         size_t *len,
                         uint32_t *count,
                         struct nx_error **err);

/**
 * Frees the cursor, and with it the document that it lent. NULL is left alone.
 */
NX_API void nx_cursor_free(struct nx_cursor *cursor);

/**
 * Opens a database, and creates it when there is none.
 *
 * `path` names the file, with `.db` added when it has no extension; `":memory:"` is a database without one.
 * The options are those of the library, by name: `{"read_only": true, "durability": "group"}`.
 * The same file can be opened several times in one process; each handle is closed on its own.
 * `NX_ERR_LOCKED` when another process has it open.
 */
NX_API
nx_status nx_db_open(const struct nx_call *call,
                     const char *path,
                     size_t path_len,
                     const void *options,
                     size_t options_len,
                     struct nx_db **out,
                     struct nx_error **err);

/**
 * Closes the database: what was committed is brought into the file, and everything that came from the handle
 * answers `NX_ERR_CLOSED` from now on. Closing again changes nothing. The handle stays until nx_db_free().
 */
NX_API nx_status nx_db_close(struct nx_db *db, struct nx_error **err);

/**
 * Frees the handle, and closes the database if it is not closed; to hear of errors, close it before.
 *
 * Collections, cursors and transactions that came from it can be freed before or after. NULL is left alone.
 */
NX_API void nx_db_free(struct nx_db *db);

/**
 * What the caller can do about it: the status of the call that failed.
 *
 * `NX_ERR_HANDLE` for what is no error.
 */
NX_API nx_status nx_error_kind(const struct nx_error *error);

/**
 * MongoDB's number for it; 0 where MongoDB has none.
 */
NX_API int32_t nx_error_code(const struct nx_error *error);

/**
 * MongoDB's name for it, `DuplicateKey` for instance; empty where MongoDB has none. Lent until the error is freed.
 */
NX_API
const char *nx_error_code_name(const struct nx_error *error);

/**
 * What went wrong, where, and the value seen; never NULL. Lent until the error is freed.
 */
NX_API const char *nx_error_message(const struct nx_error *error);

/**
 * The error's label at this place, counted from 0; NULL where there is none. Lent until the error is freed.
 *
 * `TransientTransactionError` says that the whole transaction may be tried again,
 * `UnknownTransactionCommitResult` that nobody knows whether the commit happened.
 */
NX_API const char *nx_error_label(const struct nx_error *error, size_t place);

/**
 * Whether the error has this label: 1 or 0. `label` ends with a zero.
 */
NX_API int32_t nx_error_has_label(const struct nx_error *error, const char *label);

/**
 * The details as a document: `keyPattern` and `keyValue` of a key that is taken, `writeErrors` of several writes.
 *
 * `NX_NONE` where there are none.
 */
NX_API
nx_status nx_error_details(const struct nx_error *error,
                           nx_format format,
                           struct nx_buf *out);

/**
 * Frees the error, and with it the texts that it lent. NULL and what is no error are left alone.
 */
NX_API void nx_error_free(struct nx_error *error);

/**
 * The name of a status: `Ok`, `DuplicateKey`, `Handle`; `Unknown` for any other number. For ever.
 */
NX_API const char *nx_status_name(nx_status status);

/**
 * By which road a statement would find its documents, in MongoDB's shape; nothing is changed.
 *
 * `statement` names the verb and what it is given: `{"find": {"filter": {"age": 3}, "sort": {"age": 1}}}`, further
 * `count`, `distinct` (with `path`), `updateOne`, `updateMany` and `findOneAndUpdate` (with `update`), `replaceOne` and
 * `findOneAndReplace` (with `replacement`), `deleteOne`, `deleteMany` and `findOneAndDelete`; beside `filter` stand the
 * verb's options.
 * Options: `verbosity` (`"queryPlanner"`, the default; `"executionStats"`: the statement is run to its end;
 * `"allPlansExecution"`: a read is also run by each plan that was rejected).
 */
NX_API
nx_status nx_explain(struct nx_coll *coll,
                     const struct nx_call *call,
                     const void *statement,
                     size_t statement_len,
                     const void *options,
                     size_t options_len,
                     struct nx_buf *out,
                     struct nx_error **err);

/**
 * Asks for the documents that satisfy `filter`; NULL is all of them. Walk over them with nx_cursor_next().
 *
 * Options: `projection`, `sort`, `skip`, `limit`, `batchSize`, `hint` (an index's name or key), `min` and `max`
 * (keys of the index that the hint names: from which one on, and before which one), `collation`, `let` (variables of
 * expressions), `comment`, `allowDiskUse` (whether a large sort may use a file; true by default), `maxTimeMS`.
 * The cursor sees the state of this moment, and hands documents out in the format of this call.
 */
NX_API
nx_status nx_find(struct nx_coll *coll,
                  const struct nx_call *call,
                  const void *filter,
                  size_t filter_len,
                  const void *options,
                  size_t options_len,
                  struct nx_cursor **out,
                  struct nx_error **err);

/**
 * The first document that satisfies `filter`; `NX_NONE` when none does. Options as those of nx_find().
 */
NX_API
nx_status nx_find_one(struct nx_coll *coll,
                      const struct nx_call *call,
                      const void *filter,
                      size_t filter_len,
                      const void *options,
                      size_t options_len,
                      struct nx_buf *out,
                      struct nx_error **err);

/**
 * How many documents satisfy `filter`; NULL is all of them.
 *
 * Options: `skip`, `limit`, `hint`, `collation`, `let`, `comment`, `maxTimeMS`.
 */
NX_API
nx_status nx_count(struct nx_coll *coll,
                   const struct nx_call *call,
                   const void *filter,
                   size_t filter_len,
                   const void *options,
                   size_t options_len,
                   uint64_t *count,
                   struct nx_error **err);

/**
 * How many documents the collection holds, those included that have expired and are not swept yet.
 */
NX_API
nx_status nx_estimated_count(struct nx_coll *coll,
                             const struct nx_call *call,
                             uint64_t *count,
                             struct nx_error **err);

/**
 * The different values at a dotted path in the documents that satisfy `filter`: `{"values": [1, 2]}`.
 *
 * Options: `hint`, `collation`, `comment`, `maxTimeMS`.
 */
NX_API
nx_status nx_distinct(struct nx_coll *coll,
                      const struct nx_call *call,
                      const char *path,
                      size_t path_len,
                      const void *filter,
                      size_t filter_len,
                      const void *options,
                      size_t options_len,
                      struct nx_buf *out,
                      struct nx_error **err);

/**
 * Changes the first document that satisfies `filter` and hands it out; `NX_NONE` when none does.
 *
 * Options: `sort`, `projection`, `upsert`, `returnDocument` (`"before"`, the default, or `"after"`), `arrayFilters`,
 * `hint`, `collation`, `let`, `comment`, `bypassDocumentValidation`, `maxTimeMS`.
 */
NX_API
nx_status nx_find_one_and_update(struct nx_coll *coll,
                                 const struct nx_call *call,
                                 const void *filter,
                                 size_t filter_len,
                                 const void *update,
                                 size_t update_len,
                                 const void *options,
                                 size_t options_len,
                                 struct nx_buf *out,
                                 struct nx_error **err);

/**
 * Replaces the first document that satisfies `filter` and hands it out; `NX_NONE` when none does. Options as those of
 * nx_find_one_and_update(), but for `arrayFilters`.
 */
NX_API
nx_status nx_find_one_and_replace(struct nx_coll *coll,
                                  const struct nx_call *call,
                                  const void *filter,
                                  size_t filter_len,
                                  const void *replacement,
                                  size_t replacement_len,
                                  const void *options,
                                  size_t options_len,
                                  struct nx_buf *out,
                                  struct nx_error **err);

/**
 * Deletes the first document that satisfies `filter` and hands it out; `NX_NONE` when none does.
 *
 * Options: `sort`, `projection`, `hint`, `collation`, `let`, `comment`, `maxTimeMS`.
 */
NX_API
nx_status nx_find_one_and_delete(struct nx_coll *coll,
                                 const struct nx_call *call,
                                 const void *filter,
                                 size_t filter_len,
                                 const void *options,
                                 size_t options_len,
                                 struct nx_buf *out,
                                 struct nx_error **err);

/**
 * Creates indexes in one walk over the documents: `{"names": ["age_-1"]}`.
 *
 * `indexes` is one description or several, each as MongoDB writes it: `{"key": {"age": -1}, "name": "by_age",
 * "unique": true}`; further `sparse`, `hidden`, `expireAfterSeconds`, `partialFilterExpression`, `collation`.
 * One that exists with the same key and options is left as it is. Writers go on meanwhile.
 * The call's `progress` is told how many documents were gone through.
 */
NX_API
nx_status nx_index_create(struct nx_coll *coll,
                          const struct nx_call *call,
                          const void *indexes,
                          size_t indexes_len,
                          struct nx_buf *out,
                          struct nx_error **err);

/**
 * The indexes, as MongoDB lists them: `{"indexes": [{"v": 2, "key": {"_id": 1}, "name": "_id_"}]}`.
 */
NX_API
nx_status nx_index_list(struct nx_coll *coll,
                        const struct nx_call *call,
                        struct nx_buf *out,
                        struct nx_error **err);

/**
 * Drops the index of this name; `*` stands for all but the one on `_id`. `NX_ERR_NOT_FOUND` when there is none.
 */
NX_API
nx_status nx_index_drop(struct nx_coll *coll,
                        const struct nx_call *call,
                        const char *name,
                        size_t name_len,
                        struct nx_error **err);

/**
 * Hides the index of this name from all queries, while it is kept up all the same; with `hidden` 0 shows it again.
 */
NX_API
nx_status nx_index_hide(struct nx_coll *coll,
                        const struct nx_call *call,
                        const char *name,
                        size_t name_len,
                        int32_t hidden,
                        struct nx_error **err);

/**
 * Inserts a document: `{"insertedId": …}`; its `_id` is generated when it has none.
 *
 * Options: `ttl_ms` (how long it lives), `tags` (a list of texts), `ephemeral` (keep it with those that do not stay);
 * `bypassDocumentValidation`, which cannot stand beside those.
 * `NX_ERR_DUPLICATE_KEY` when its `_id`, or another unique key, is taken.
 */
NX_API
nx_status nx_insert_one(struct nx_coll *coll,
                        const struct nx_call *call,
                        const void *document,
                        size_t document_len,
                        const void *options,
                        size_t options_len,
                        struct nx_buf *out,
                        struct nx_error **err);

/**
 * Inserts documents, in order: `{"insertedCount": 2, "insertedIds": [1, 2]}`.
 *
 * `documents` is a JSON list, or documents one after the other, in JSON as in BSON.
 * Options: `ordered` (whether the first that cannot be inserted ends the call; true by default),
 * `bypassDocumentValidation`.
 * When some cannot be inserted the error's details say which (`writeErrors`) and how many are in (`nInserted`).
 */
NX_API
nx_status nx_insert_many(struct nx_coll *coll,
                         const struct nx_call *call,
                         const void *documents,
                         size_t documents_len,
                         const void *options,
                         size_t options_len,
                         struct nx_buf *out,
                         struct nx_error **err);

/**
 * The library's version, `1.2.3`. For ever.
 */
NX_API const char *nx_version(void);

/**
 * An error unless the program was built with a header that fits this library.
 *
 * `nx_check_abi(NX_ABI, sizeof(nx_call), &error)`: bindings that are not compiled with the header call it first.
 */
NX_API
nx_status nx_check_abi(uint32_t abi,
                       size_t call_size,
                       struct nx_error **err);

/**
 * How many handles, errors and buffers were given out and not freed: 0 at the end of a program that frees them all.
 */
NX_API
size_t nx_live_handles(void);

/**
 * Has the messages of the log brought to `log`: those of `level` and graver, 1 (errors) to 5 (everything).
 *
 * NULL ends it; when that returns, the function before is not called any more.
 * `data` is handed to each call, which may come from any thread that is inside this library.
 * `NX_ERR_EXISTS` when the program has another logger for Rust code.
 */
NX_API nx_status nx_log_set(nx_log_fn log, void *data, int32_t level, struct nx_error **err);

/**
 * Begins a transaction. It sees the database as it is now, and what is done in it.
 *
 * Statements happen in it when their `nx_call` names it. There are no options yet: give NULL.
 */
NX_API
nx_status nx_txn_begin(struct nx_db *db,
                       const struct nx_call *call,
                       const void *options,
                       size_t options_len,
                       struct nx_txn **out,
                       struct nx_error **err);

/**
 * Makes everything that was done in the transaction happen; afterwards it is over, whatever the answer.
 *
 * `NX_ERR_CONFLICT` when somebody else changed the same documents first: nothing has happened, begin again.
 * `NX_ERR_COMMIT_INDETERMINATE` when the device failed: look whether it happened.
 */
NX_API nx_status nx_txn_commit(struct nx_txn *txn, struct nx_error **err);

/**
 * Forgets everything that was done in the transaction; afterwards it is over.
 */
NX_API nx_status nx_txn_abort(struct nx_txn *txn, struct nx_error **err);

/**
 * Marks a moment in the transaction that it can be taken back to; `number` names it.
 */
NX_API nx_status nx_txn_savepoint(struct nx_txn *txn, uint64_t *number, struct nx_error **err);

/**
 * Forgets everything that was done since the savepoint, and the savepoints made since; the savepoint itself stays.
 */
NX_API
nx_status nx_txn_rollback_to(struct nx_txn *txn,
                             uint64_t number,
                             struct nx_error **err);

/**
 * Frees the handle, and forgets what was done in the transaction unless it was committed. NULL is left alone.
 */
NX_API void nx_txn_free(struct nx_txn *txn);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NEXUSLITE_H */
