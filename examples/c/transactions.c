/* Money that is moved as a whole or not at all. */
#include "example.h"

static nx_db *bank;
static nx_coll *accounts;

/* Changes the account's balance; NX_NONE when it has less than is taken. */
static nx_status pay(nx_txn *txn, const char *account, int amount) {
    nx_call in = NX_CALL_INIT;
    nx_buf changed = NX_BUF_INIT;
    char filter[100], change[100];
    in.txn = txn;
    snprintf(filter, sizeof filter, "{\"_id\": \"%s\", \"balance\": {\"$gte\": %d}}", account, -amount);
    snprintf(change, sizeof change, "{\"$inc\": {\"balance\": %d}}", amount);
    nx_status status = nx_find_one_and_update(accounts, &in, TEXT(filter), TEXT(change), NOTHING, &changed, &error);
    nx_buf_free(&changed);
    return status;
}

/* Moves money from Ada to Bo, again from the beginning when somebody else came first. */
static void move(int amount) {
    nx_status status;
    do {
        nx_txn *txn = NULL;
        must(nx_txn_begin(bank, NULL, NOTHING, &txn, &error));
        status = pay(txn, "ada", -amount);
        if (status == NX_OK)
            status = pay(txn, "bo", amount);
        if (status == NX_OK)
            status = nx_txn_commit(txn, &error);
        if (status == NX_ERR_CONFLICT)
            nx_error_free(error);
        nx_txn_free(txn); /* Forgets everything that was not committed. */
    } while (status == NX_ERR_CONFLICT);
    printf(must(status) == NX_OK ? "%d moved\n" : "there are no %d to be moved\n", amount);
}

static void print_accounts(void) {
    nx_cursor *cursor = NULL;
    must(nx_find(accounts, NULL, NOTHING, TEXT("{\"sort\": {\"_id\": 1}}"), &cursor, &error));
    print_all(cursor);
}

int main(void) {
    nx_txn *first = NULL, *second = NULL;
    must(nx_db_open(NULL, TEXT(":memory:"), NOTHING, &bank, &error));
    must(nx_db_collection(bank, TEXT("accounts"), &accounts, &error));
    must(nx_insert_many(accounts, NULL, TEXT("[{\"_id\": \"ada\", \"balance\": 50}, {\"_id\": \"bo\", \"balance\": 0}]"),
                        NOTHING, NULL, &error));

    move(20);
    move(1000);
    print_accounts();

    /* Of two that change the same document the first to commit wins. */
    must(nx_txn_begin(bank, NULL, NOTHING, &first, &error));
    must(nx_txn_begin(bank, NULL, NOTHING, &second, &error));
    must(pay(first, "bo", 1));
    must(pay(second, "bo", 2));
    must(nx_txn_commit(first, &error));
    printf("the second is told: %s\n", nx_status_name(nx_txn_commit(second, &error)));
    nx_error_free(error);
    nx_txn_free(first);
    nx_txn_free(second);
    print_accounts();

    nx_coll_free(accounts);
    nx_db_free(bank);
    return 0;
}
