package capi

// #include "bridge.h"
// #cgo nocallback nxgo_txn_begin
// #cgo nocallback nxgo_txn_commit
// #cgo nocallback nxgo_txn_free
// #cgo nocallback nxgo_txn_savepoint
// #cgo nocallback nxgo_txn_rollback_to
// #cgo nocallback nxgo_cancel_new
// #cgo nocallback nxgo_cancel_fire
// #cgo nocallback nxgo_cancel_free
//
// static nxgo_answer nxgo_txn_begin(uintptr_t db) {
//     nx_call call = nxgo_call(0, 0);
//     nx_txn *txn = NULL;
//     nx_error *error = NULL;
//     nx_status status = nx_txn_begin((nx_db *)db, &call, NULL, 0, &txn, &error);
//     return nxgo_told(status, NULL, txn, error);
// }
//
// static nxgo_answer nxgo_txn_commit(uintptr_t txn) {
//     nx_error *error = NULL;
//     nx_status status = nx_txn_commit((nx_txn *)txn, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
//
// static void nxgo_txn_free(uintptr_t txn) { nx_txn_free((nx_txn *)txn); }
//
// static nxgo_answer nxgo_txn_savepoint(uintptr_t txn) {
//     uint64_t number = 0;
//     nx_error *error = NULL;
//     nx_status status = nx_txn_savepoint((nx_txn *)txn, &number, &error);
//     nxgo_answer answer = nxgo_told(status, NULL, NULL, error);
//     answer.number = number;
//     return answer;
// }
//
// static nxgo_answer nxgo_txn_rollback_to(uintptr_t txn, uint64_t number) {
//     nx_error *error = NULL;
//     nx_status status = nx_txn_rollback_to((nx_txn *)txn, number, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
//
// static nxgo_answer nxgo_cancel_new(void) {
//     nx_cancel *cancel = NULL;
//     nx_error *error = NULL;
//     nx_status status = nx_cancel_new(&cancel, &error);
//     return nxgo_told(status, NULL, cancel, error);
// }
//
// static void nxgo_cancel_fire(uintptr_t cancel) { (void)nx_cancel_fire((nx_cancel *)cancel); }
// static void nxgo_cancel_free(uintptr_t cancel) { nx_cancel_free((nx_cancel *)cancel); }
import "C"

// Begin begins a transaction.
func Begin(db uintptr) (Answer, *Error) {
	beforeCall()
	return take(C.nxgo_txn_begin(C.uintptr_t(db)))
}

// Commit makes everything that was done in the transaction happen, and ends it.
func Commit(txn uintptr) *Error {
	beforeCall()
	_, err := take(C.nxgo_txn_commit(C.uintptr_t(txn)))
	return err
}

// FreeTxn lets go of a transaction, and of what was done in it unless it was committed.
func FreeTxn(txn uintptr) { C.nxgo_txn_free(C.uintptr_t(txn)) }

// Savepoint marks a moment in the transaction.
func Savepoint(txn uintptr) (Answer, *Error) {
	beforeCall()
	return take(C.nxgo_txn_savepoint(C.uintptr_t(txn)))
}

// RollbackTo forgets what was done since the savepoint.
func RollbackTo(txn uintptr, number uint64) *Error {
	beforeCall()
	_, err := take(C.nxgo_txn_rollback_to(C.uintptr_t(txn), C.uint64_t(number)))
	return err
}

// NewCancel makes a token that stops the calls it is given to.
func NewCancel() (Answer, *Error) {
	return take(C.nxgo_cancel_new())
}

// FireCancel stops them. From any goroutine; nothing happens when the token was freed.
func FireCancel(cancel uintptr) { C.nxgo_cancel_fire(C.uintptr_t(cancel)) }

// FreeCancel lets go of the token.
func FreeCancel(cancel uintptr) { C.nxgo_cancel_free(C.uintptr_t(cancel)) }
