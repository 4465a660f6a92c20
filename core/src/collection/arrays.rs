//! Which fields of an index have ever met an array.
//!
//! The planner may bound a search from both sides by one field only where no document holds an array there.
//! What memory says is set before a commit that brings an array, so it is never less than what a snapshot shows;
//! it may be more, after a commit that failed, and then costs a search its tighter bound and nothing else.
//! The marks in the file say the same to whoever opens it later.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Result;
use crate::storage::TreeId;
use crate::transaction::Transaction;

use super::entry::IndexEntry;
use super::layout::{COUNTERS, array_key};

#[derive(Debug)]
pub(super) struct Arrays {
    tree: TreeId,
    seen: AtomicU64,
    /// Fields whose mark was seen in a snapshot, and so comes before every commit that is submitted from now on.
    marked: AtomicU64,
}

impl Arrays {
    pub(super) fn load(txn: &Transaction, index: &IndexEntry) -> Result<Self> {
        let mut seen = 0;
        for field in 0..index.spec.fields.len() {
            if txn.mark(COUNTERS, &array_key(index.tree, field))? > 0 {
                seen |= 1 << field;
            }
        }
        Ok(Self { tree: index.tree, seen: AtomicU64::new(seen), marked: AtomicU64::new(0) })
    }

    pub(super) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Acquire)
    }

    /// `txn` will commit entries of arrays in these `fields`.
    #[inline]
    pub(super) fn meet(&self, fields: u64, txn: &mut Transaction) -> Result<()> {
        if fields & !self.marked.load(Ordering::Acquire) == 0 {
            return Ok(());
        }
        self.seen.fetch_or(fields, Ordering::AcqRel);
        for field in (0..u64::BITS as usize).filter(|field| fields >> field & 1 == 1) {
            let key = array_key(self.tree, field);
            match (txn.mark(COUNTERS, &key)?, txn.is_read_only()) {
                (0, _) => txn.raise(COUNTERS, &key, 1)?,
                (_, true) => {
                    self.marked.fetch_or(1 << field, Ordering::AcqRel);
                }
                (_, false) => {}
            }
        }
        Ok(())
    }
}
