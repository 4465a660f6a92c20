//! Indexes: values as bytes that sort as the values do, and which of them an index holds of a document.
//!
//! Not here: where an index's tree is and when it changes (`collection`), when it is used (`query/plan`).
//!
//! Read next: `key`, `spec` (with `key_fields` and `option`), `entries`, `kinds` and `field_order`; `parts` and `decode` (a key read again); `hash`; `wildcard`.

pub(crate) mod decode;
mod entries;
mod field_order;
pub(crate) mod hash;
pub(crate) mod key;
mod key_fields;
mod kinds;
mod layout;
mod option;
pub(crate) mod parts;
pub(crate) mod spec;
pub(crate) mod wildcard;

pub(crate) use entries::{Entries, Entry};
pub(crate) use field_order::FieldOrder;
pub(crate) use layout::INDEX_FORMAT;
pub(crate) use spec::IndexSpec;

#[cfg(test)]
mod tests;
