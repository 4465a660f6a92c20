package capi

// #include "bridge.h"
// #cgo nocallback nxgo_next_batch
// #cgo nocallback nxgo_cursor_free
//
// static nxgo_answer nxgo_next_batch(uintptr_t cursor, uint32_t documents_max, size_t bytes_max) {
//     nx_buf out = NX_BUF_INIT;
//     uint32_t count = 0;
//     nx_error *error = NULL;
//     nx_status status = nx_cursor_next_batch((nx_cursor *)cursor, documents_max, bytes_max, &out, &count, &error);
//     nxgo_answer answer = nxgo_told(status, &out, NULL, error);
//     answer.count = count;
//     return answer;
// }
//
// static void nxgo_cursor_free(uintptr_t cursor) { nx_cursor_free((nx_cursor *)cursor); }
import "C"

// NextBatch hands out the next documents, one after the other; the status is Done when there are none.
func NextBatch(cursor uintptr, documentsMax uint32, bytesMax uint) (Answer, *Error) {
	beforeCall()
	return take(C.nxgo_next_batch(C.uintptr_t(cursor), C.uint32_t(documentsMax), C.size_t(bytesMax)))
}

// FreeCursor lets go of a cursor.
func FreeCursor(cursor uintptr) { C.nxgo_cursor_free(C.uintptr_t(cursor)) }
