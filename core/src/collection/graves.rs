//! Deleted documents that wait to be restored.
//!
//! A deleted record is moved, as it is, into a tree of its own: there no read, no index and no count meets it, and its
//! `_id` is free.

use std::ops::Bound;

use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};
use crate::storage::{Batch, Direction, KeyRange, Slice, TreeId};
use crate::transaction::Transaction;

use super::fetch::dangling;
use super::opened::Opened;
use super::record;
use super::record_ids::RecordId;
use super::store::Store;

/// How many records are read at a time.
const BATCH: usize = 256;

/// The tree of deleted documents.
///
/// # Errors
/// `Invalid`, `IllegalOperation` (20), where documents are deleted for good.
pub(crate) fn graves(opened: &Opened) -> Result<TreeId> {
    opened.entry.graves.ok_or_else(|| {
        let what = format!("the collection {:?} was created without softDelete", opened.name);
        Error::invalid(code::ILLEGAL_OPERATION, what)
    })
}

/// Which deleted documents are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Buried {
    /// Those that would live if they were taken back.
    Living,
    /// Those too whose own time has passed.
    All,
}

/// Deleted documents, each with its record's number.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) records: Vec<(RecordId, Slice)>,
    /// The key behind which the next ones lie, when there may be more.
    pub(crate) resume: Option<Vec<u8>>,
}

/// The deleted documents behind `after` that `is_meant`, until they have `bytes_max` bytes.
pub(crate) fn buried(
    txn: &Transaction,
    opened: &Opened,
    which: Buried,
    after: Option<&[u8]>,
    bytes_max: usize,
    mut is_meant: impl FnMut(RawDoc<'_>) -> Result<bool>,
) -> Result<Found> {
    let start = after.map_or(Bound::Unbounded, |key| Bound::Excluded(key.to_vec()));
    let range = KeyRange { start, end: Bound::Unbounded };
    let mut scan = txn.scan(graves(opened)?, range, Direction::Forward)?;
    let (mut batch, mut found, mut bytes_found) = (Batch::new(), Found::default(), 0);
    loop {
        scan.next_batch(&mut batch, BATCH)?;
        if batch.is_empty() {
            return Ok(found);
        }
        for (at, (key, bytes)) in batch.iter().enumerate() {
            if which == Buried::Living && record::live_body(bytes, txn.now_ms())?.is_none() {
                continue;
            }
            let body = record::body(bytes)?;
            if is_meant(RawDoc::new(&bytes[body..]))? {
                let record = RecordId::from_key(key).ok_or_else(|| dangling(opened, key))?;
                found.records.push((record, batch.slice(at, 0)));
                bytes_found += bytes.len();
                if bytes_found >= bytes_max {
                    found.resume = Some(key.to_vec());
                    return Ok(found);
                }
            }
        }
    }
}

impl Store<'_> {
    /// Deletes a record as its collection deletes: for good, or so that it can be restored.
    pub(crate) fn delete(&mut self, record: RecordId, before: &[u8]) -> Result<()> {
        if let Some(graves) = self.opened().entry.graves {
            self.txn_mut().put(graves, &record.key(), &[before])?;
        }
        self.remove(record, before)
    }

    /// Takes a deleted record back, byte for byte.
    ///
    /// # Errors
    /// `DuplicateKey` when its `_id`, or another key of it, was taken meanwhile.
    pub(crate) fn restore(&mut self, record: RecordId, bytes: &[u8]) -> Result<()> {
        self.put_back(record, bytes)?;
        self.purge(record)
    }

    /// Ends a deleted record.
    pub(crate) fn purge(&mut self, record: RecordId) -> Result<()> {
        let graves = graves(self.opened())?;
        self.txn_mut().delete(graves, &record.key())
    }
}
