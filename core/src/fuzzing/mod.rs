//! A door for those who throw bytes at the decoders: one function a decoder, none of which may panic.
//!
//! Each takes any bytes at all and checks what must hold of whatever came out. Those that read checksummed bytes
//! make the sums right when their input asks for it, since else nothing behind the sums would ever be reached.
//!
//! Compiled with the feature `simulation` only; no promise is made about it.

mod commands;
mod documents;
mod expressions;
mod files;
mod indexes;
mod nodes;
mod seal;

use std::path::Path;

use crate::document::builder::RawDocBuf;
use crate::document::json::JsonDocuments;
use crate::document::raw::RawDoc;

/// What a fuzzer calls with its input.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: &[(&str, Target)] = &[
    ("bson", bson),
    ("command", command),
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

pub use commands::command;
pub use documents::{bson, index_key, json, matcher, pattern, statement};
pub use expressions::expression;
pub use files::{commit_record, envelope, free_map, manifest, open, wal};
pub use indexes::index_spec;
pub use nodes::page;

/// The name that every file has here.
fn path() -> &'static Path {
    Path::new("/fuzz.db")
}

/// Up to so many documents: BSON, one after the other, when the input begins with some, and JSON otherwise.
fn documents_of(data: &[u8], most: usize) -> Vec<RawDocBuf> {
    let mut rest = data;
    let mut found = Vec::new();
    while let Some(len) = rest.first_chunk().map(|len| u32::from_le_bytes(*len) as usize)
        && found.len() < most
        && let Some((doc, behind)) = rest.split_at_checked(len)
        && let Ok(doc) = RawDoc::validate(doc)
    {
        found.push(doc.into());
        rest = behind;
    }
    if !found.is_empty() {
        return found;
    }
    JsonDocuments::new(data).take(most).map_while(Result::ok).map(|json| json.doc).collect()
}

/// Takes `len` bytes off the front; zeros stand in for what is missing.
fn take<const N: usize>(data: &mut &[u8]) -> [u8; N] {
    let (front, rest) = data.split_at(data.len().min(N));
    *data = rest;
    let mut bytes = [0; N];
    bytes[..front.len()].copy_from_slice(front);
    bytes
}
