//! The commit record: the changes of one commit, as they stand in the log and in memory.
//!
//! A write set is built directly in the record's bytes, so a document is copied once between the caller and
//! the log, and the memtable's values are slices of the same buffer.
//!
//! Read next: `layout` (bytes), `write_set` (building one), `newest` (reading back what was written), `sealed` (finishing it), `marks` (telling its keys from others), `decode` (reading one back).

pub(crate) mod decode;
pub(crate) mod layout;
mod marks;
mod newest;
mod op;
mod sealed;
#[cfg(test)]
mod tests;
mod write_set;

pub(crate) use decode::{Record, RecordOp};
pub(crate) use layout::OpKind;
pub(crate) use marks::Marks;
pub(crate) use sealed::Sealed;
pub(crate) use write_set::{Savepoint, Staged, WriteSet, read_i64, read_u64};
