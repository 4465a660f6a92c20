//! Extended JSON, version 2, read into raw BSON and written from it without a tree in between.
//!
//! Not here: relaxed shell syntax (`ObjectId("…")`, unquoted names), which is the command line's.
//!
//! Invariants
//!   J1  Fields keep their order; a name that stands twice in one object is an error.
//!   J2  An object with a type's key (`$oid`, `$date` …) is exactly that type or an error, except at the top of a
//!       document, where every key is a field. Any other `$` key is a field: filters pass through as they are.
//!   J3  Canonical text read back gives the same bytes, but for what BSON has two spellings of: regular expression
//!       options are sorted, array positions counted anew, NaN and decimals beyond 34 digits have one form.
//!   J4  No number changes silently, except an integer beyond 64 bits, which becomes a double as the specification
//!       says, is counted, and is refused on request. A fraction of a second finer than milliseconds is cut off.
//!   J5  Nesting is counted: a text deeper than documents may be is refused, whatever the stack.
//!
//! Read next: `lexer` (tokens), `parse` (documents), `wrapper` (types), `stream` (many documents), `write`.

mod base64;
mod date;
mod fault;
mod lexer;
mod parse;
mod stream;
mod wrapper;
mod write;

#[cfg(test)]
mod tests;

pub use date::{format_date, parse_date};
pub use parse::{ParseOptions, parse_document, parse_document_with, parse_value, parse_value_with};
pub use stream::{JsonDocument, JsonDocuments};
pub use write::{Mode, document_to_string, value_to_string, write_document, write_value};
