//! Record ids: given in ascending order, never twice.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Result;
use crate::transaction::Transaction;

use super::layout::{self, COUNTERS};

/// How many ids are claimed in the log at once. What a run does not use is lost, and there are plenty.
const CLAIM: u64 = 1 << 14;

/// The number of a record in its collection; insertion order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RecordId(pub(crate) u64);

impl RecordId {
    /// The record's key in its tree.
    pub(crate) fn key(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    /// The id whose key ends these bytes.
    pub(crate) fn from_end(bytes: &[u8]) -> Option<Self> {
        bytes.last_chunk().map(|key| Self(u64::from_be_bytes(*key)))
    }

    /// The id whose key begins these bytes.
    pub(crate) fn from_start(bytes: &[u8]) -> Option<Self> {
        bytes.first_chunk().map(|key| Self(u64::from_be_bytes(*key)))
    }

    /// The id whose key this is.
    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        key.try_into().ok().map(|bytes| Self(u64::from_be_bytes(bytes)))
    }
}

/// Gives out the ids of one collection.
///
/// Ids come from memory, so that writers never wait for each other.
/// A commit that uses an id also raises the mark in the log over it, unless a commit that comes before has done
/// so: after a crash the mark lies over every id that a surviving record has.
#[derive(Debug)]
pub(super) struct RecordIds {
    collection: u32,
    next: AtomicU64,
    /// A mark that was seen in a snapshot, and so comes before every commit that is submitted from now on.
    covered: AtomicU64,
}

impl RecordIds {
    /// Goes on where the committed `mark` stands.
    pub(super) fn from_mark(collection: u32, mark: u64) -> Self {
        Self { collection, next: AtomicU64::new(mark.max(1)), covered: AtomicU64::new(mark) }
    }

    /// The next id, for a record that `txn` will put.
    pub(super) fn allocate(&self, txn: &mut Transaction) -> Result<RecordId> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        if id >= self.covered.load(Ordering::Acquire) {
            self.cover(txn, id)?;
        }
        Ok(RecordId(id))
    }

    fn cover(&self, txn: &mut Transaction, id: u64) -> Result<()> {
        let key = layout::counter_key(layout::COUNT_RECORD_IDS, self.collection);
        let mark = txn.mark(COUNTERS, &key)?;
        if txn.is_read_only() {
            self.covered.fetch_max(mark, Ordering::AcqRel);
        }
        if id >= mark {
            txn.raise(COUNTERS, &key, id.saturating_add(CLAIM))?;
        }
        Ok(())
    }
}
