//! The objects that stand for a BSON type: `{"$oid": "…"}` and its like.
//!
//! Read next: `keys` (when an object is one), `value` and `pair` (each type), `legacy` (version 1).

mod keys;
mod legacy;
mod pair;
mod put;
mod spelling;
mod value;

pub(super) use keys::{read, refuse_among_others};
pub(super) use legacy::read_legacy;
pub(super) use put::sorted;
