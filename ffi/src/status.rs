//! The numbers that a call can answer.
//!
//! An error's number is that of the database's kind of error with a minus; three are C's alone.

use std::ffi::CStr;

use nexuslite::ErrorKind;

use crate::types::{nx_format, nx_status};

/// It is done.
pub const NX_OK: nx_status = 0;
/// The cursor is at its end.
pub const NX_DONE: nx_status = 1;
/// There is nothing that was asked for: no document, no collection.
pub const NX_NONE: nx_status = 2;
/// The call is wrong: an argument, a document, a filter, an option.
pub const NX_ERR_INVALID: nx_status = -1;
/// What was named does not exist.
pub const NX_ERR_NOT_FOUND: nx_status = -2;
/// What was to be created exists already, with other options.
pub const NX_ERR_EXISTS: nx_status = -3;
/// A unique key is already taken.
pub const NX_ERR_DUPLICATE_KEY: nx_status = -4;
/// Another transaction changed the same data first: retry the whole transaction.
pub const NX_ERR_CONFLICT: nx_status = -5;
/// The database is occupied with something that excludes this call.
pub const NX_ERR_BUSY: nx_status = -6;
/// The file is open in another process.
pub const NX_ERR_LOCKED: nx_status = -7;
/// The database was opened without the right to do this.
pub const NX_ERR_DENIED: nx_status = -8;
/// A stated bound was reached.
pub const NX_ERR_LIMIT: nx_status = -9;
/// The call's time ran out.
pub const NX_ERR_TIMEOUT: nx_status = -10;
/// The caller cancelled.
pub const NX_ERR_CANCELLED: nx_status = -11;
/// The file's bytes are not what was written.
pub const NX_ERR_CORRUPT: nx_status = -12;
/// No room is left on the device; nothing was lost.
pub const NX_ERR_DISK_FULL: nx_status = -13;
/// The operating system refused.
pub const NX_ERR_IO: nx_status = -14;
/// Whether the commit is durable cannot be known.
pub const NX_ERR_COMMIT_INDETERMINATE: nx_status = -15;
/// An earlier failure made the database unsafe to use: close it and open it again.
pub const NX_ERR_POISONED: nx_status = -16;
/// The database was closed, or the transaction has ended.
pub const NX_ERR_CLOSED: nx_status = -17;
/// The file is of a newer format, or the feature does not exist here.
pub const NX_ERR_UNSUPPORTED: nx_status = -18;
/// A mistake in the database itself.
pub const NX_ERR_INTERNAL: nx_status = -19;
/// A handle is NULL, was freed, is of another kind, or never was one.
pub const NX_ERR_HANDLE: nx_status = -101;
/// A handle belongs to the process that this one was forked from: open the database again.
pub const NX_ERR_FORKED: nx_status = -102;
/// The library panicked, which is a mistake in it; the database is poisoned.
pub const NX_ERR_PANIC: nx_status = -103;

/// Extended JSON; output is relaxed: plain numbers, dates as text.
pub const NX_JSON: nx_format = 0;
/// BSON.
pub const NX_BSON: nx_format = 1;
/// Extended JSON; output is canonical: every type can be told from the text.
pub const NX_JSON_CANONICAL: nx_format = 2;
/// Extended JSON; output is relaxed, but an integer that a double cannot hold keeps its type.
pub const NX_JSON_SAFE: nx_format = 3;

/// The number of this interface; a program must be built for the number that the library answers.
pub const NX_ABI: u32 = 0;

/// Every status, with its name.
pub(crate) const STATUSES: &[(nx_status, &CStr)] = &[
    (NX_OK, c"Ok"),
    (NX_DONE, c"Done"),
    (NX_NONE, c"None"),
    (NX_ERR_INVALID, c"Invalid"),
    (NX_ERR_NOT_FOUND, c"NotFound"),
    (NX_ERR_EXISTS, c"Exists"),
    (NX_ERR_DUPLICATE_KEY, c"DuplicateKey"),
    (NX_ERR_CONFLICT, c"Conflict"),
    (NX_ERR_BUSY, c"Busy"),
    (NX_ERR_LOCKED, c"Locked"),
    (NX_ERR_DENIED, c"Denied"),
    (NX_ERR_LIMIT, c"Limit"),
    (NX_ERR_TIMEOUT, c"Timeout"),
    (NX_ERR_CANCELLED, c"Cancelled"),
    (NX_ERR_CORRUPT, c"Corrupt"),
    (NX_ERR_DISK_FULL, c"DiskFull"),
    (NX_ERR_IO, c"Io"),
    (NX_ERR_COMMIT_INDETERMINATE, c"CommitIndeterminate"),
    (NX_ERR_POISONED, c"Poisoned"),
    (NX_ERR_CLOSED, c"Closed"),
    (NX_ERR_UNSUPPORTED, c"Unsupported"),
    (NX_ERR_INTERNAL, c"Internal"),
    (NX_ERR_HANDLE, c"Handle"),
    (NX_ERR_FORKED, c"Forked"),
    (NX_ERR_PANIC, c"Panic"),
];

/// The status of a kind of error.
pub(crate) fn of_kind(kind: ErrorKind) -> nx_status {
    -kind.number()
}

/// The name of a status.
pub(crate) fn name(status: nx_status) -> Option<&'static CStr> {
    STATUSES.iter().find(|(known, _)| *known == status).map(|(_, name)| *name)
}
