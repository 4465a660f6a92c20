package capi

// #include "bridge.h"
//
// static nxgo_answer nxgo_index_create(uintptr_t coll, NXGO_CALL, NXGO_DOC(indexes)) {
//     nx_call call = nxgo_call(txn, cancel);
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = nx_index_create((nx_coll *)coll, &call, indexes, indexes_len, &out, &error);
//     return nxgo_told(status, &out, NULL, error);
// }
//
// static nxgo_answer nxgo_index_list(uintptr_t coll, NXGO_CALL) {
//     nx_call call = nxgo_call(txn, cancel);
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = nx_index_list((nx_coll *)coll, &call, &out, &error);
//     return nxgo_told(status, &out, NULL, error);
// }
//
// static nxgo_answer nxgo_index_drop(uintptr_t coll, NXGO_CALL, NXGO_TEXT(name)) {
//     nx_call call = nxgo_call(txn, cancel);
//     nx_error *error = NULL;
//     nx_status status = nx_index_drop((nx_coll *)coll, &call, name, name_len, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
import "C"

// CreateIndexes creates indexes from descriptions, one after the other: {names: [name]}.
func CreateIndexes(coll uintptr, how Call, indexes []byte) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	i, iLen := doc(indexes)
	return take(C.nxgo_index_create(C.uintptr_t(coll), txn, cancel, i, iLen))
}

// ListIndexes tells the indexes: {indexes: [description]}.
func ListIndexes(coll uintptr, how Call) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	return take(C.nxgo_index_list(C.uintptr_t(coll), txn, cancel))
}

// DropIndex drops an index; "*" stands for all but the one on _id.
func DropIndex(coll uintptr, how Call, name string) *Error {
	beforeCall()
	txn, cancel := call(how)
	n, nLen := text(name)
	_, err := take(C.nxgo_index_drop(C.uintptr_t(coll), txn, cancel, n, nLen))
	return err
}
