// Package capi is the only place where Go meets the C library.
//
// Every function takes handles as numbers and documents as BSON, and answers an [Answer] or an [Error]; nothing is
// decided here. Handles are looked up by the library, never followed, so a wrong one is an error and not a crash.
package capi

// #include "bridge.h"
// #cgo noescape nxgo_read_error
// #cgo nocallback nxgo_read_error
// #cgo nocallback nxgo_error_free
// #cgo nocallback nxgo_buf_free
//
// static nxgo_error nxgo_read_error(uintptr_t from) {
//     const nx_error *error = (const nx_error *)from;
//     nx_buf details = NX_BUF_INIT;
//     nxgo_error read = {0};
//     read.kind = nx_error_kind(error);
//     read.code = nx_error_code(error);
//     read.code_name = nx_error_code_name(error);
//     read.message = nx_error_message(error);
//     for (size_t i = 0; i < sizeof read.labels / sizeof read.labels[0]; i++)
//         read.labels[i] = nx_error_label(error, i);
//     if (nx_error_details(error, NX_BSON, &details) == NX_OK) {
//         read.details = details.data;
//         read.details_len = details.len;
//         read.details_owner = (uintptr_t)details.owner;
//     }
//     return read;
// }
//
// static void nxgo_error_free(uintptr_t error) { nx_error_free((nx_error *)error); }
//
// static void nxgo_buf_free(uintptr_t owner) {
//     nx_buf buf = NX_BUF_INIT;
//     buf.owner = (void *)owner;
//     nx_buf_free(&buf);
// }
import "C"

import (
	"bytes"
	"unsafe"
)

// How a call ended, when it was no error.
const (
	OK   = int32(C.NX_OK)
	Done = int32(C.NX_DONE)
	None = int32(C.NX_NONE)
)

// Call is how a call is made: inside which transaction, and what may stop it; zero for neither.
type Call struct {
	Txn    uintptr
	Cancel uintptr
}

// Answer is everything that a function answered.
type Answer struct {
	Status int32
	// Count is how many documents a batch has.
	Count uint32
	// Number is a count, or a savepoint.
	Number uint64
	// Handle is what was opened or begun; zero otherwise.
	Handle uintptr
	// Bytes is BSON, Go's own; nil where there is none.
	Bytes []byte
}

// Error is what went wrong, in the words of the library.
type Error struct {
	// Kind is the status: a number below zero.
	Kind     int32
	Code     int32
	CodeName string
	Message  string
	Labels   []string
	Details  []byte
}

// take makes the answer Go's own, and lets go of what the library lent.
func take(a C.nxgo_answer) (Answer, *Error) {
	deliver()
	if a.status < 0 {
		return Answer{Status: int32(a.status)}, takeError(int32(a.status), a.error)
	}
	answer := Answer{Status: int32(a.status), Count: uint32(a.count), Number: uint64(a.number), Handle: uintptr(a.handle)}
	if a.owner != 0 {
		answer.Bytes = clone(a.data, a.len)
		C.nxgo_buf_free(a.owner)
	}
	return answer, nil
}

// roomBytes is how long an answer may be that crosses at once.
const roomBytes = 1024

// room is where the library puts its answer, if it fits: on Go's stack, which lies in the processor's cache when new
// memory of the heap does not.
type room [roomBytes]byte

func (r *room) place() *C.uint8_t { return (*C.uint8_t)(&r[0]) }

// take makes the answer Go's own, wherever it was put.
func (r *room) take(a C.nxgo_answer) (Answer, *Error) {
	if a.status < 0 || a.owner != 0 {
		return take(a)
	}
	deliver()
	answer := Answer{Status: int32(a.status)}
	if a.len != 0 {
		answer.Bytes = bytes.Clone(r[:a.len])
	}
	return answer, nil
}

func takeError(status int32, handle C.uintptr_t) *Error {
	if handle == 0 {
		return &Error{Kind: status, Message: "the library has no memory left to say what went wrong"}
	}
	read := C.nxgo_read_error(handle)
	taken := &Error{
		Kind:     status,
		Code:     int32(read.code),
		CodeName: C.GoString(read.code_name),
		Message:  C.GoString(read.message),
	}
	for _, label := range read.labels {
		if label != nil {
			taken.Labels = append(taken.Labels, C.GoString(label))
		}
	}
	if read.details_owner != 0 {
		taken.Details = clone(read.details, read.details_len)
		C.nxgo_buf_free(read.details_owner)
	}
	C.nxgo_error_free(handle)
	return taken
}

func clone(data *C.uint8_t, length C.size_t) []byte {
	return bytes.Clone(unsafe.Slice((*byte)(unsafe.Pointer(data)), int(length)))
}

// doc is a document as the two arguments that it takes; nil is none.
func doc(of []byte) (*C.uint8_t, C.size_t) {
	return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(of))), C.size_t(len(of))
}

// empty is what an empty text points to, because NULL is no text.
var empty = [1]byte{}

// text is a text as the two arguments that it takes.
func text(of string) (*C.char, C.size_t) {
	if of == "" {
		return (*C.char)(unsafe.Pointer(&empty[0])), 0
	}
	return (*C.char)(unsafe.Pointer(unsafe.StringData(of))), C.size_t(len(of))
}

func call(of Call) (C.uintptr_t, C.uintptr_t) {
	return C.uintptr_t(of.Txn), C.uintptr_t(of.Cancel)
}
