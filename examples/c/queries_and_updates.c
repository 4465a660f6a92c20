/* Filters that look into lists, and updates that change what they found. */
#include "example.h"

static nx_coll *books;

static void titles(const char *filter) {
    nx_cursor *cursor = NULL;
    must(nx_find(books, NULL, TEXT(filter), TEXT("{\"projection\": {\"title\": 1}, \"sort\": {\"_id\": 1}}"), &cursor, &error));
    print_all(cursor);
}

static void update(const char *filter, const char *change, const char *options) {
    must(nx_update_one(books, NULL, TEXT(filter), TEXT(change), options, options ? NX_ZTERM : 0, NULL, &error));
}

int main(void) {
    nx_db *db = NULL;
    nx_cursor *cursor = NULL;
    nx_buf changed = NX_BUF_INIT;

    must(nx_db_open(NULL, TEXT(":memory:"), NOTHING, &db, &error));
    must(nx_db_collection(db, TEXT("books"), &books, &error));
    must(nx_insert_many(
        books, NULL,
        TEXT("[{\"_id\": 1, \"title\": \"Emma\", \"year\": 1815, \"copies\": [{\"shelf\": \"A\", \"n\": 2}, {\"shelf\": \"B\", \"n\": 0}]},"
             " {\"_id\": 2, \"title\": \"Persuasion\", \"year\": 1817, \"copies\": [{\"shelf\": \"A\", \"n\": 0}]},"
             " {\"_id\": 3, \"title\": \"Middlemarch\", \"year\": 1871, \"copies\": []}]"),
        NOTHING, NULL, &error));

    puts("from 1817 on, or called E…");
    titles("{\"$or\": [{\"year\": {\"$gte\": 1817}}, {\"title\": {\"$regex\": \"^E\"}}]}");
    puts("a copy on shelf A");
    titles("{\"copies\": {\"$elemMatch\": {\"shelf\": \"A\", \"n\": {\"$gt\": 0}}}}");
    puts("no copies");
    titles("{\"copies\": {\"$size\": 0}}");

    /* Every empty shelf gets a copy. */
    must(nx_update_many(books, NULL, NOTHING, TEXT("{\"$set\": {\"copies.$[empty].n\": 1}}"),
                        TEXT("{\"arrayFilters\": [{\"empty.n\": 0}]}"), NULL, &error));
    update("{\"_id\": 3}", "{\"$push\": {\"copies\": {\"shelf\": \"C\", \"n\": 4}}}", NULL);
    /* A document is made where none is found. */
    update("{\"_id\": 4}", "{\"$set\": {\"title\": \"Ulysses\", \"year\": 1922}, \"$setOnInsert\": {\"copies\": []}}",
           "{\"upsert\": true}");
    /* A list of stages computes from what is there. */
    must(nx_update_many(books, NULL, NOTHING, TEXT("[{\"$set\": {\"stock\": {\"$sum\": \"$copies.n\"}}}]"), NOTHING, NULL,
                        &error));
    puts("after the updates");
    must(nx_find(books, NULL, NOTHING, TEXT("{\"projection\": {\"year\": 0}, \"sort\": {\"_id\": 1}}"), &cursor, &error));
    print_all(cursor);

    must(nx_find_one_and_update(books, NULL, TEXT("{\"stock\": {\"$gt\": 0}}"), TEXT("{\"$inc\": {\"stock\": -1}}"),
                                TEXT("{\"sort\": {\"year\": -1}, \"projection\": {\"stock\": 1}, \"returnDocument\": \"after\"}"),
                                &changed, &error));
    print(&changed);

    nx_coll_free(books);
    nx_db_free(db);
    return 0;
}
