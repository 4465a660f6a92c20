//! Wrong calls and broken files: for each the kind of error, MongoDB's number where it has one, and what the
//! message must say. Nothing here may panic, and nothing that is refused may leave a trace.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

#[path = "bad_input/check.rs"]
mod check;

#[path = "bad_input/bytes.rs"]
mod bytes;
#[path = "bad_input/damage.rs"]
mod damage;
#[path = "bad_input/documents.rs"]
mod documents;
#[path = "bad_input/endings.rs"]
mod endings;
#[path = "bad_input/files.rs"]
mod files;
#[path = "bad_input/full_disk.rs"]
mod full_disk;
#[path = "bad_input/limits.rs"]
mod limits;
#[path = "bad_input/logs.rs"]
mod logs;
#[path = "bad_input/names.rs"]
mod names;
#[path = "bad_input/options.rs"]
mod options;
#[path = "bad_input/processes.rs"]
mod processes;
#[path = "bad_input/queries.rs"]
mod queries;
#[path = "bad_input/updates.rs"]
mod updates;
