package capi

// #include "bridge.h"
//
// extern int32_t nxgoProgress(uintptr_t handle, uint64_t done, uint64_t total);
//
// static int32_t nxgo_progress(void *data, uint64_t done, uint64_t total) {
//     return nxgoProgress((uintptr_t)data, done, total);
// }
//
// static nxgo_answer nxgo_index_create(uintptr_t coll, NXGO_CALL, NXGO_DOC(indexes), uintptr_t progress) {
//     nx_call call = nxgo_call(txn, cancel);
//     if (progress != 0) {
//         call.progress = nxgo_progress;
//         call.progress_data = (void *)progress;
//     }
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

import "runtime/cgo"

// CreateIndexes creates indexes from descriptions, one after the other: {names: [name]}. Somebody is told how far that
// is, unless tell is nil, and stops it by answering false.
func CreateIndexes(coll uintptr, how Call, indexes []byte, tell func(done, total uint64) bool) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	i, iLen := doc(indexes)
	if tell == nil {
		return take(C.nxgo_index_create(C.uintptr_t(coll), txn, cancel, i, iLen, 0))
	}
	told := &progress{tell: tell}
	handle := cgo.NewHandle(told)
	defer handle.Delete()
	answer, err := take(C.nxgo_index_create(C.uintptr_t(coll), txn, cancel, i, iLen, C.uintptr_t(handle)))
	if told.panicked != nil {
		panic(told.panicked)
	}
	return answer, err
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
