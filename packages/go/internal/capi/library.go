package capi

// #include "bridge.h"
//
// static nxgo_answer nxgo_check_abi(void) {
//     nx_error *error = NULL;
//     nx_status status = nx_check_abi(NX_ABI, sizeof(nx_call), &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
//
// static nxgo_answer nxgo_from_json(NXGO_TEXT(json)) {
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = nx_json_to_bson(json, json_len, 0, &out, &error);
//     return nxgo_told(status, &out, NULL, error);
// }
//
// static nxgo_answer nxgo_to_json(NXGO_DOC(bson), uint32_t format) {
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = nx_bson_to_json(bson, bson_len, format, &out, &error);
//     return nxgo_told(status, &out, NULL, error);
// }
import "C"

// Notations of JSON.
const (
	Relaxed   = uint32(C.NX_JSON)
	Canonical = uint32(C.NX_JSON_CANONICAL)
)

// CheckABI is an error unless the library is the one that this package was built for.
func CheckABI() *Error {
	_, err := take(C.nxgo_check_abi())
	return err
}

// Version is the library's version.
func Version() string { return C.GoString(C.nx_version()) }

// LiveHandles is how many handles, errors and buffers were given out and not freed.
func LiveHandles() int { return int(C.nx_live_handles()) }

// StatusName is the name of a kind of error.
func StatusName(status int32) string { return C.GoString(C.nx_status_name(C.nx_status(status))) }

// FromJSON reads a document of Extended JSON.
func FromJSON(json string) ([]byte, *Error) {
	j, jLen := text(json)
	answer, err := take(C.nxgo_from_json(j, jLen))
	return answer.Bytes, err
}

// ToJSON writes a document as Extended JSON.
func ToJSON(bson []byte, format uint32) (string, *Error) {
	b, bLen := doc(bson)
	answer, err := take(C.nxgo_to_json(b, bLen, C.uint32_t(format)))
	return string(answer.Bytes), err
}
