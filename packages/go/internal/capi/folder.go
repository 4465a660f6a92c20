package capi

// #include "bridge.h"
//
// static nxgo_answer nxgo_client_open(NXGO_TEXT(folder), NXGO_DOC(options)) {
//     nx_call call = nxgo_call(0, 0);
//     nx_client *client = NULL;
//     nx_error *error = NULL;
//     nx_status status = nx_client_open(&call, folder, folder_len, options, options_len, &client, &error);
//     return nxgo_told(status, NULL, client, error);
// }
//
// static nxgo_answer nxgo_client_database(uintptr_t client, NXGO_TEXT(name)) {
//     nx_db *db = NULL;
//     nx_error *error = NULL;
//     nx_status status = nx_client_database((nx_client *)client, name, name_len, &db, &error);
//     return nxgo_told(status, NULL, db, error);
// }
//
// static nxgo_answer nxgo_client_database_names(uintptr_t client) {
//     nx_call call = nxgo_call(0, 0);
//     nx_buf out = NX_BUF_INIT;
//     nx_error *error = NULL;
//     nx_status status = nx_client_database_names((nx_client *)client, &call, &out, &error);
//     return nxgo_told(status, &out, NULL, error);
// }
//
// static nxgo_answer nxgo_client_drop_database(uintptr_t client, NXGO_TEXT(name)) {
//     nx_error *error = NULL;
//     nx_status status = nx_client_drop_database((nx_client *)client, name, name_len, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
//
// static void nxgo_client_free(uintptr_t client) { nx_client_free((nx_client *)client); }
import "C"

// OpenFolder opens a folder of databases.
func OpenFolder(folder string, options []byte) (Answer, *Error) {
	beforeCall()
	f, fLen := text(folder)
	o, oLen := doc(options)
	return take(C.nxgo_client_open(f, fLen, o, oLen))
}

// FolderDatabase opens the folder's database of this name.
func FolderDatabase(folder uintptr, name string) (Answer, *Error) {
	beforeCall()
	n, nLen := text(name)
	return take(C.nxgo_client_database(C.uintptr_t(folder), n, nLen))
}

// FolderNames tells the names of the folder's databases: {databases: [name]}.
func FolderNames(folder uintptr) (Answer, *Error) {
	beforeCall()
	return take(C.nxgo_client_database_names(C.uintptr_t(folder)))
}

// DropDatabase removes a database; the status is None when there is none.
func DropDatabase(folder uintptr, name string) (Answer, *Error) {
	beforeCall()
	n, nLen := text(name)
	return take(C.nxgo_client_drop_database(C.uintptr_t(folder), n, nLen))
}

// FreeFolder lets go of a folder.
func FreeFolder(folder uintptr) { C.nxgo_client_free(C.uintptr_t(folder)) }
