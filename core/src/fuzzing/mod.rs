//! A door for those who throw bytes at the decoders: one function a decoder, none of which may panic.
//!
//! Each takes any bytes at all and checks what must hold of whatever came out. Those that read checksummed bytes
//! make the sums right when their input asks for it, since else nothing behind the sums would ever be reached.
//!
//! Compiled with the feature `simulation` only; no promise is made about it.

mod documents;
mod expressions;
mod files;
mod indexes;
mod nodes;
mod seal;

use std::path::Path;

/// What a fuzzer calls with its input.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: &[(&str, Target)] = &[
    ("bson", bson),
    ("commit_record", commit_record),
    ("envelope", envelope),
    ("expression", expression),
    ("free_map", free_map),
    ("index_key", index_key),
    ("index_spec", index_spec),
    ("json", json),
    ("manifest", manifest),
    ("open", open),
    ("page", page),
    ("pattern", pattern),
    ("statement", statement),
    ("wal", wal),
];

pub use documents::{bson, index_key, json, matcher, pattern, statement};
pub use expressions::expression;
pub use files::{commit_record, envelope, free_map, manifest, open, wal};
pub use indexes::index_spec;
pub use nodes::page;

/// The name that every file has here.
fn path() -> &'static Path {
    Path::new("/fuzz.db")
}

/// Takes `len` bytes off the front; zeros stand in for what is missing.
fn take<const N: usize>(data: &mut &[u8]) -> [u8; N] {
    let (front, rest) = data.split_at(data.len().min(N));
    *data = rest;
    let mut bytes = [0; N];
    bytes[..front.len()].copy_from_slice(front);
    bytes
}
