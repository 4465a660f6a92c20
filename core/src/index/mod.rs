//! Indexes: values as bytes that sort as the values do, and which of them an index holds of a document.
//!
//! Not here: where an index's tree is and when it changes (`collection`), when it is used (`query/plan`).
//!
//! Read next: `key`, `spec`, `entries` and `kinds`; `parts` and `decode` (a key read again).

pub(crate) mod decode;
mod entries;
pub(crate) mod key;
mod kinds;
mod layout;
pub(crate) mod parts;
pub(crate) mod spec;

pub(crate) use entries::{Entries, Entry, put as put_field};
pub(crate) use layout::INDEX_FORMAT;
pub(crate) use spec::IndexSpec;

#[cfg(test)]
mod tests;
