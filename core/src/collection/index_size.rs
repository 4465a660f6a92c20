//! How much an index holds.

use std::sync::Arc;

use crate::error::Result;
use crate::storage::TreeId;
use crate::transaction::Transaction;

use super::check::walk;
use super::histogram::{Counted, Histogram};
use super::opened::OpenedIndex;

/// What a walk over a whole index finds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct IndexSize {
    pub(crate) entries: u64,
    /// Of keys and values, as they are written one by one; a page shares what neighbours have in common.
    pub(crate) bytes: u64,
    /// How many keys differ, whatever documents they lead to.
    pub(crate) distinct: u64,
    /// How its keys are spread.
    pub(crate) histogram: Arc<Histogram>,
}

/// The size of the index of `_id`s, which is unique.
pub(crate) fn size_of_ids(txn: &Transaction, ids: TreeId) -> Result<IndexSize> {
    measure(txn, ids, 0)
}

/// The size of an index.
pub(crate) fn index_size(txn: &Transaction, index: &OpenedIndex) -> Result<IndexSize> {
    let size = measure(txn, index.entry.tree, index.entry.bytes_behind())?;
    index.uses.keep(&size.histogram);
    Ok(size)
}

fn measure(txn: &Transaction, tree: TreeId, behind: usize) -> Result<IndexSize> {
    let mut size = IndexSize::default();
    let (mut before, mut counted): (Vec<u8>, _) = (Vec::new(), Counted::default());
    walk(txn, tree, |key, value| {
        let values = &key[..key.len().saturating_sub(behind)];
        let is_new = size.entries == 0 || before != values;
        if is_new {
            size.distinct += 1;
            before.clear();
            before.extend_from_slice(values);
        }
        counted.add(values, is_new);
        size.entries += 1;
        size.bytes += (key.len() + value.len()) as u64;
        Ok(())
    })?;
    size.histogram = Arc::new(counted.finish());
    Ok(size)
}
