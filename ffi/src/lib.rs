//! NexusLite for C and for every language that can call C: `libnexuslite` and `nexuslite.h`.
//!
//! The functions here check what they are given, call the database, and tell how it ended; nothing is decided here.
//! The header is generated from these sources, and is their documentation.
//!
//! Invariants
//!   F1  Whatever number is given as a handle is looked up, never followed ([`handle`]).
//!   F2  Nothing crosses the boundary but numbers, pointers, and two structures behind pointers ([`types`]).
//!   F3  Each unsafe block says who guarantees what; what it makes can be used without another.
//!
//! Read next: `guard` (the way in and out), `take`, `given` and `out` (arguments), `handle` (the table), then any verb.
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
#![allow(unreachable_pub, reason = "what the header shows is public, whatever room it stands in")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the rules for pointers are the same for all, at the header's head"
)]
#![allow(
    clippy::too_many_arguments,
    reason = "C has no other way to give a document than a pointer and a length"
)]

mod buffer;
mod bulk;
mod by_id;
mod call;
mod cancel;
mod care;
mod change;
mod client;
mod collection;
mod command;
mod convert;
mod cursor;
mod database;
mod error;
mod explain;
mod fault;
mod find;
mod find_one_and;
mod format;
mod given;
mod guard;
mod handle;
mod index;
mod insert;
mod library;
mod log;
mod options;
mod out;
mod process;
mod room;
mod statement;
mod status;
mod take;
#[cfg(test)]
mod tests;
mod transaction;
mod types;

use std::sync::Arc;

use fault::{Fault, Result};
use handle::{Object, to_pointer};
use out::Out;
use process::Process;

/// An error unless the caller has a place for what it asked for.
fn wanted<T>(out: &Out<'_, T>) -> Result<()> {
    if out.is_wanted() { Ok(()) } else { Err(Fault::argument("the place for the answer is NULL")) }
}

/// Gives the caller a handle on `object`.
fn give_handle<P>(out: &mut Out<'_, *mut P>, object: Arc<impl Object>) -> Result<()> {
    out.set(to_pointer(Process::current().table.add(object)?));
    Ok(())
}
