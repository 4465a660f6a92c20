//! How much an index holds.

use crate::error::Result;
use crate::storage::TreeId;
use crate::transaction::Transaction;

use super::catalog::OpenedIndex;
use super::check::walk;

/// What a walk over a whole index finds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct IndexSize {
    pub(crate) entries: u64,
    /// Of keys and values, as they are written one by one; a page shares what neighbours have in common.
    pub(crate) bytes: u64,
    /// How many keys differ, whatever documents they lead to.
    pub(crate) distinct: u64,
}

/// The size of the index of `_id`s, which is unique.
pub(crate) fn size_of_ids(txn: &Transaction, ids: TreeId) -> Result<IndexSize> {
    measure(txn, ids, 0)
}

/// The size of an index.
pub(crate) fn index_size(txn: &Transaction, index: &OpenedIndex) -> Result<IndexSize> {
    // Behind a key that is not unique stands the record's id.
    measure(txn, index.entry.tree, if index.entry.spec.unique { 0 } else { size_of::<u64>() })
}

fn measure(txn: &Transaction, tree: TreeId, behind: usize) -> Result<IndexSize> {
    let mut size = IndexSize::default();
    let mut before: Vec<u8> = Vec::new();
    walk(txn, tree, |key, value| {
        let values = &key[..key.len().saturating_sub(behind)];
        if size.entries == 0 || before != values {
            size.distinct += 1;
            before.clear();
            before.extend_from_slice(values);
        }
        size.entries += 1;
        size.bytes += (key.len() + value.len()) as u64;
        Ok(())
    })?;
    Ok(size)
}
