package capi

// #include "bridge.h"
//
// static nxgo_answer nxgo_db_open(NXGO_TEXT(path), NXGO_DOC(options)) {
//     nx_call call = nxgo_call(0, 0);
//     nx_db *db = NULL;
//     nx_error *error = NULL;
//     nx_status status = nx_db_open(&call, path, path_len, options, options_len, &db, &error);
//     return nxgo_told(status, NULL, db, error);
// }
//
// static nxgo_answer nxgo_db_close(uintptr_t db) {
//     nx_error *error = NULL;
//     nx_status status = nx_db_close((nx_db *)db, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
//
// static void nxgo_db_free(uintptr_t db) { nx_db_free((nx_db *)db); }
//
// static nxgo_answer nxgo_db_collection(uintptr_t db, NXGO_TEXT(name)) {
//     nx_coll *coll = NULL;
//     nx_error *error = NULL;
//     nx_status status = nx_db_collection((nx_db *)db, name, name_len, &coll, &error);
//     return nxgo_told(status, NULL, coll, error);
// }
//
// static void nxgo_coll_free(uintptr_t coll) { nx_coll_free((nx_coll *)coll); }
//
// typedef nx_status (*nxgo_report)(nx_db *, const nx_call *, nx_buf *, nx_error **);
// static const nxgo_report NXGO_REPORTS[] = {nx_db_info, nx_db_stats, nx_db_check, nx_db_collection_names};
//
// static nxgo_answer nxgo_db_report(int which, uintptr_t db, NXGO_CALL) {
//     nx_call call = nxgo_call(txn, cancel);
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = NXGO_REPORTS[which]((nx_db *)db, &call, &out, &error);
//     return nxgo_told(status, &out, NULL, error);
// }
//
// static nxgo_answer nxgo_db_create_collection(uintptr_t db, NXGO_CALL, NXGO_TEXT(name), NXGO_DOC(options)) {
//     nx_call call = nxgo_call(txn, cancel);
//     nx_error *error = NULL;
//     nx_status status = nx_db_create_collection((nx_db *)db, &call, name, name_len, options, options_len, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
//
// static nxgo_answer nxgo_db_drop_collection(uintptr_t db, NXGO_CALL, NXGO_TEXT(name)) {
//     nx_call call = nxgo_call(txn, cancel);
//     nx_error *error = NULL;
//     nx_status status = nx_db_drop_collection((nx_db *)db, &call, name, name_len, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
//
// static nxgo_answer nxgo_command(uintptr_t db, NXGO_CALL, NXGO_DOC(command)) {
//     nx_call call = nxgo_call(txn, cancel);
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = nx_command((nx_db *)db, &call, command, command_len, &out, &error);
//     return nxgo_told(status, &out, NULL, error);
// }
//
// static nxgo_answer nxgo_db_checkpoint(uintptr_t db) {
//     nx_error *error = NULL;
//     nx_status status = nx_db_checkpoint((nx_db *)db, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
//
// static nxgo_answer nxgo_db_backup(uintptr_t db, NXGO_TEXT(path)) {
//     nx_error *error = NULL;
//     nx_status status = nx_db_backup((nx_db *)db, path, path_len, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
import "C"

// Report is a function that tells of a whole database.
type Report int

// The reports.
const (
	Info Report = iota
	Stats
	Check
	CollectionNames
)

// Open opens the file path, or a database in memory.
func Open(path string, options []byte) (Answer, *Error) {
	beforeCall()
	p, pLen := text(path)
	o, oLen := doc(options)
	return take(C.nxgo_db_open(p, pLen, o, oLen))
}

// CloseDB closes a database: what came from it answers that it is closed.
func CloseDB(db uintptr) *Error {
	beforeCall()
	_, err := take(C.nxgo_db_close(C.uintptr_t(db)))
	return err
}

// FreeDB lets go of a database.
func FreeDB(db uintptr) { C.nxgo_db_free(C.uintptr_t(db)) }

// Collection is a handle on a collection, whether or not it exists.
func Collection(db uintptr, name string) (Answer, *Error) {
	beforeCall()
	n, nLen := text(name)
	return take(C.nxgo_db_collection(C.uintptr_t(db), n, nLen))
}

// FreeCollection lets go of a collection's handle.
func FreeCollection(coll uintptr) { C.nxgo_coll_free(C.uintptr_t(coll)) }

// Tell makes a report.
func Tell(which Report, db uintptr, how Call) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	return take(C.nxgo_db_report(C.int(which), C.uintptr_t(db), txn, cancel))
}

// CreateCollection creates a collection.
func CreateCollection(db uintptr, how Call, name string, options []byte) *Error {
	beforeCall()
	txn, cancel := call(how)
	n, nLen := text(name)
	o, oLen := doc(options)
	_, err := take(C.nxgo_db_create_collection(C.uintptr_t(db), txn, cancel, n, nLen, o, oLen))
	return err
}

// DropCollection drops a collection; the status is None when there is none.
func DropCollection(db uintptr, how Call, name string) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	n, nLen := text(name)
	return take(C.nxgo_db_drop_collection(C.uintptr_t(db), txn, cancel, n, nLen))
}

// Command does what a document says.
func Command(db uintptr, how Call, command []byte) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	c, cLen := doc(command)
	return take(C.nxgo_command(C.uintptr_t(db), txn, cancel, c, cLen))
}

// Checkpoint brings everything committed into the main file.
func Checkpoint(db uintptr) *Error {
	beforeCall()
	_, err := take(C.nxgo_db_checkpoint(C.uintptr_t(db)))
	return err
}

// Backup copies the state of this moment into a new file.
func Backup(db uintptr, path string) *Error {
	beforeCall()
	p, pLen := text(path)
	_, err := take(C.nxgo_db_backup(C.uintptr_t(db), p, pLen))
	return err
}
