//! Documents written as raw BSON, field by field, without a tree in between.
//!
//! A writer appends to bytes that its caller owns, so a document can be built right inside a larger buffer.
//! Dropping a writer closes its document: the final zero is added and the length put in its place.
//!
//! Read next: `owned` (what is built), `writer` (documents and arrays), `bytes` (what a writer is made of).

mod bytes;
mod owned;
mod writer;

pub(crate) use bytes::{begin, end, end_string, put_name, put_position, put_value, tag_of};
pub use owned::{RawDocBuf, RawValueBuf};
pub use writer::{ArrayWriter, DocWriter};
