package capi

// #include "bridge.h"
// #cgo noescape nxgo_read
// #cgo nocallback nxgo_read
// #cgo nocallback nxgo_cursor_free
//
// static nxgo_answer nxgo_read(uintptr_t cursor, uint32_t documents_max, NXGO_ROOM) {
//     size_t len = 0;
//     uint32_t count = 0;
//     nx_error *error = NULL;
//     nx_status status = nx_cursor_read((nx_cursor *)cursor, documents_max, room, room_len, &len, &count, &error);
//     nxgo_answer answer = nxgo_told(status, NULL, NULL, error);
//     answer.len = len;
//     answer.count = count;
//     return answer;
// }
//
// static void nxgo_cursor_free(uintptr_t cursor) { nx_cursor_free((nx_cursor *)cursor); }
import "C"

// Read puts the next documents into the room, one after the other; the status is Done when there are none.
//
// The answer's bytes are those in the room. When not even one document fits, the count is 0, there are no bytes, and
// the number is how many it takes.
func Read(cursor uintptr, documentsMax uint32, room []byte) (Answer, *Error) {
	beforeCall()
	r, rLen := doc(room)
	told := C.nxgo_read(C.uintptr_t(cursor), C.uint32_t(documentsMax), r, rLen)
	answer, err := take(told)
	answer.Number = uint64(told.len)
	if err == nil && answer.Count != 0 {
		answer.Bytes = room[:told.len]
	}
	return answer, err
}

// FreeCursor lets go of a cursor.
func FreeCursor(cursor uintptr) { C.nxgo_cursor_free(C.uintptr_t(cursor)) }
