package capi

// #include "bridge.h"
// #cgo noescape nxgo_two
// #cgo nocallback nxgo_two
// #cgo noescape nxgo_find_one
// #cgo nocallback nxgo_find_one
// #cgo noescape nxgo_three
// #cgo nocallback nxgo_three
// #cgo noescape nxgo_find
// #cgo nocallback nxgo_find
// #cgo noescape nxgo_count
// #cgo nocallback nxgo_count
// #cgo nocallback nxgo_estimated_count
// #cgo noescape nxgo_distinct
// #cgo nocallback nxgo_distinct
//
// typedef nx_status (*nxgo_two_verb)(nx_coll *, const nx_call *, const void *, size_t, const void *, size_t, nx_buf *,
//                                    nx_error **);
// static const nxgo_two_verb NXGO_TWO[] = {
//     nx_insert_one, nx_insert_many, nx_delete_one, nx_delete_many, nx_find_one, nx_find_one_and_delete,
//     nx_bulk_write, nx_explain,
// };
//
// static nxgo_answer nxgo_two(int verb, uintptr_t coll, NXGO_CALL, NXGO_DOC(a), NXGO_DOC(options), NXGO_ROOM) {
//     nx_call call = nxgo_call_in(txn, cancel, room, room_len);
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = NXGO_TWO[verb]((nx_coll *)coll, &call, a, a_len, options, options_len, &out, &error);
//     return nxgo_told_in(status, &out, error);
// }
//
// /* As little as a get can answer: in the room, or with what is freed when it was copied, or an error. */
// typedef struct {
//     int32_t status;
//     size_t len;
//     const uint8_t *data;
//     uintptr_t given;
// } nxgo_found;
//
// static nxgo_found nxgo_find_one(uintptr_t coll, NXGO_CALL, NXGO_DOC(filter), NXGO_ROOM) {
//     nx_call call = nxgo_call_in(txn, cancel, room, room_len);
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = nx_find_one((nx_coll *)coll, &call, filter, filter_len, NULL, 0, &out, &error);
//     nxgo_found found = {status, out.len, NULL, status < 0 ? (uintptr_t)error : (uintptr_t)out.owner};
//     if (out.owner != NULL)
//         found.data = out.data;
//     return found;
// }
//
// typedef nx_status (*nxgo_three_verb)(nx_coll *, const nx_call *, const void *, size_t, const void *, size_t,
//                                      const void *, size_t, nx_buf *, nx_error **);
// static const nxgo_three_verb NXGO_THREE[] = {
//     nx_update_one, nx_update_many, nx_replace_one, nx_find_one_and_update, nx_find_one_and_replace,
// };
//
// static nxgo_answer nxgo_three(int verb, uintptr_t coll, NXGO_CALL, NXGO_DOC(a), NXGO_DOC(b), NXGO_DOC(options),
//                               NXGO_ROOM) {
//     nx_call call = nxgo_call_in(txn, cancel, room, room_len);
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status =
//         NXGO_THREE[verb]((nx_coll *)coll, &call, a, a_len, b, b_len, options, options_len, &out, &error);
//     return nxgo_told_in(status, &out, error);
// }
//
// static nxgo_answer nxgo_find(uintptr_t coll, NXGO_CALL, NXGO_DOC(filter), NXGO_DOC(options)) {
//     nx_call call = nxgo_call(txn, cancel);
//     nx_cursor *cursor = NULL;
//     nx_error *error = NULL;
//     nx_status status = nx_find((nx_coll *)coll, &call, filter, filter_len, options, options_len, &cursor, &error);
//     return nxgo_told(status, NULL, cursor, error);
// }
//
// static nxgo_answer nxgo_count(uintptr_t coll, NXGO_CALL, NXGO_DOC(filter), NXGO_DOC(options)) {
//     nx_call call = nxgo_call(txn, cancel);
//     uint64_t count = 0;
//     nx_error *error = NULL;
//     nx_status status = nx_count((nx_coll *)coll, &call, filter, filter_len, options, options_len, &count, &error);
//     nxgo_answer answer = nxgo_told(status, NULL, NULL, error);
//     answer.number = count;
//     return answer;
// }
//
// static nxgo_answer nxgo_estimated_count(uintptr_t coll, NXGO_CALL) {
//     nx_call call = nxgo_call(txn, cancel);
//     uint64_t count = 0;
//     nx_error *error = NULL;
//     nx_status status = nx_estimated_count((nx_coll *)coll, &call, &count, &error);
//     nxgo_answer answer = nxgo_told(status, NULL, NULL, error);
//     answer.number = count;
//     return answer;
// }
//
// static nxgo_answer nxgo_distinct(uintptr_t coll, NXGO_CALL, NXGO_TEXT(path), NXGO_DOC(filter), NXGO_DOC(options)) {
//     nx_call call = nxgo_call(txn, cancel);
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = nx_distinct((nx_coll *)coll, &call, path, path_len, filter, filter_len, options, options_len,
//                                    &out, &error);
//     return nxgo_told(status, &out, NULL, error);
// }
import "C"

// Two is a verb that is given a document and options.
type Two int

// The verbs that are given a document and options.
const (
	InsertOne Two = iota
	InsertMany
	DeleteOne
	DeleteMany
	FindOne
	FindOneAndDelete
	BulkWrite
	Explain
)

// Three is a verb that is given a filter, a change and options.
type Three int

// The verbs that are given a filter, a change and options.
const (
	UpdateOne Three = iota
	UpdateMany
	ReplaceOne
	FindOneAndUpdate
	FindOneAndReplace
)

// Do does a verb that is given a document and options.
func (verb Two) Do(coll uintptr, how Call, a, options []byte) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	d, dLen := doc(a)
	o, oLen := doc(options)
	var into room
	return into.take(C.nxgo_two(C.int(verb), C.uintptr_t(coll), txn, cancel, d, dLen, o, oLen, into.place(), roomBytes))
}

// FindOneIn is FindOne, and its answer lies in Go's memory behind room, if it fits there with the zero behind it; nil
// when there is none.
func FindOneIn(coll uintptr, how Call, filter, room []byte) ([]byte, *Error) {
	beforeCall()
	txn, cancel := call(how)
	f, fLen := doc(filter)
	r, rLen := doc(room)
	told := C.nxgo_find_one(C.uintptr_t(coll), txn, cancel, f, fLen, r, rLen)
	if told.status == C.NX_OK && told.given == 0 {
		deliver()
		return room[:told.len], nil
	}
	all := C.nxgo_answer{status: told.status, len: told.len, data: told.data}
	if told.status < 0 {
		all.error = told.given
	} else {
		all.owner = told.given
	}
	answer, err := take(all)
	return answer.Bytes, err
}

// Do does a verb that is given a filter, a change and options.
func (verb Three) Do(coll uintptr, how Call, filter, change, options []byte) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	f, fLen := doc(filter)
	c, cLen := doc(change)
	o, oLen := doc(options)
	var into room
	return into.take(C.nxgo_three(C.int(verb), C.uintptr_t(coll), txn, cancel, f, fLen, c, cLen, o, oLen, into.place(), roomBytes))
}

// Find begins a cursor.
func Find(coll uintptr, how Call, filter, options []byte) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	f, fLen := doc(filter)
	o, oLen := doc(options)
	return take(C.nxgo_find(C.uintptr_t(coll), txn, cancel, f, fLen, o, oLen))
}

// Count counts documents.
func Count(coll uintptr, how Call, filter, options []byte) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	f, fLen := doc(filter)
	o, oLen := doc(options)
	return take(C.nxgo_count(C.uintptr_t(coll), txn, cancel, f, fLen, o, oLen))
}

// EstimatedCount tells how many documents the collection keeps.
func EstimatedCount(coll uintptr, how Call) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	return take(C.nxgo_estimated_count(C.uintptr_t(coll), txn, cancel))
}

// Distinct tells the different values at a path: {values: [value]}.
func Distinct(coll uintptr, how Call, path string, filter, options []byte) (Answer, *Error) {
	beforeCall()
	txn, cancel := call(how)
	p, pLen := text(path)
	f, fLen := doc(filter)
	o, oLen := doc(options)
	return take(C.nxgo_distinct(C.uintptr_t(coll), txn, cancel, p, pLen, f, fLen, o, oLen))
}
