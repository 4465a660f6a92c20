//! The types of the header.
#![allow(non_camel_case_types, reason = "they bear the names that C knows them by")]

use std::ffi::{c_char, c_void};

/// How a call ended: `NX_OK`, another answer that is no error (positive), or an error (negative).
pub type nx_status = i32;

/// How documents are written: `NX_JSON`, `NX_BSON`, `NX_JSON_CANONICAL` or `NX_JSON_SAFE`.
pub type nx_format = u32;

/// An open database: one file, or one in memory. From any thread, at any time.
pub struct nx_db {
    _opaque: (),
}

/// A folder of databases. From any thread, at any time.
pub struct nx_client {
    _opaque: (),
}

/// A collection of a database, whether or not it exists. From any thread, at any time.
pub struct nx_coll {
    _opaque: (),
}

/// Documents handed out one by one. By one thread at a time: a document is lent until the next call.
pub struct nx_cursor {
    _opaque: (),
}

/// A transaction in progress. From any thread; its statements happen one after the other.
pub struct nx_txn {
    _opaque: (),
}

/// A wish to stop, told from another thread. From any thread, at any time.
pub struct nx_cancel {
    _opaque: (),
}

/// What went wrong. From any thread; its texts are lent until it is freed.
pub struct nx_error {
    _opaque: (),
}

/// Bytes that the library gave: free them with nx_buf_free(), never with free(). Bytes that lie in the room of an
/// `nx_call` have no owner, and nx_buf_free() leaves them to whoever has the room.
///
/// JSON text has a zero after its last byte, which `len` does not count.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct nx_buf {
    /// The first byte.
    pub data: *mut u8,
    /// How many bytes there are.
    pub len: usize,
    /// The library's.
    pub owner: *mut c_void,
}

/// Is told how far an operation is, on the thread that asked for it: `done` of about `total`.
///
/// Whatever it answers but 0 stops the operation, which then ends with `NX_ERR_CANCELLED`.
/// It must not throw, and must not use the handles that the operation was given.
pub type nx_progress_fn = Option<unsafe extern "C" fn(data: *mut c_void, done: u64, total: u64) -> i32>;

/// Is told a message of the log: `level` is 1 (error) to 5 (trace); both texts end with a zero.
///
/// It is called on a thread that is inside a call of this library, just before that call returns.
/// It must not throw.
pub type nx_log_fn = Option<
    unsafe extern "C" fn(data: *mut c_void, level: i32, target: *const c_char, message: *const c_char),
>;

/// How a call is made. NULL stands for all defaults, which are all zeros: JSON in and out, outside a transaction.
///
/// Begin with `nx_call call = NX_CALL_INIT;`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct nx_call {
    /// `sizeof(nx_call)`, so that fields can be added.
    pub size: u32,
    /// How documents are written that go in, and that come out.
    pub format: nx_format,
    /// The transaction in which it happens; NULL for none.
    pub txn: *mut nx_txn,
    /// What may stop it; NULL for nothing.
    pub cancel: *mut nx_cancel,
    /// Who is told how far it is, by operations that say so; NULL for nobody.
    pub progress: nx_progress_fn,
    /// Handed to `progress`.
    pub progress_data: *mut c_void,
    /// Memory of the caller's for the answer; NULL for none.
    ///
    /// An answer that fits, with a zero behind it, is put there: the `data` of the `nx_buf` is this pointer, and there
    /// is nothing to free. A longer one is given as ever. So one piece of memory can serve many calls.
    pub room: *mut c_void,
    /// How many bytes of room there are.
    pub room_len: usize,
}
