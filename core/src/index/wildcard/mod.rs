//! Wildcard indexes: every value of a document, or of a part of it, under the path at which it stands.
//!
//! An entry's key is the path and the value there. A path names no positions: the elements of an array stand under the
//! array's own path. An array inside an array is a value; so is a document without fields, while any other one is the
//! values of its fields. What is missing has no entry.
//!
//! For a search such an index is many: at one path it is a sparse index over that path, whose keys have the path before
//! the value (`at_path`).
//!
//! Read next: `cover` (which paths), `path_key` (a path as a key), `leaves` (from a document to its entries).

mod cover;
mod leaves;
mod path_key;

pub(crate) use cover::Wildcard;
pub(crate) use path_key::{PATH_FIELD, PathKey, written};
