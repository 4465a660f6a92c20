//! Deleted documents that wait to be restored.
//!
//! A deleted record is moved, as it is, into a tree of its own: there no read, no index and no count meets it, and its
//! `_id` is free.

use std::ops::Bound;

use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};
use crate::storage::{Batch, Direction, KeyRange, Slice, TreeId};
use crate::transaction::Transaction;

use super::catalog::Opened;
use super::record;
use super::record_ids::RecordId;
use super::store::{Store, dangling};

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

/// The deleted documents behind `after` that `is_meant`, until they have `bytes_max` bytes, each with its record's
/// number; and where the next begin, when there are more.
pub(crate) fn buried(
    txn: &Transaction,
    opened: &Opened,
    after: Option<&[u8]>,
    bytes_max: usize,
    mut is_meant: impl FnMut(RawDoc<'_>) -> Result<bool>,
) -> Result<(Vec<(RecordId, Slice)>, Option<Vec<u8>>)> {
    let start = after.map_or(Bound::Unbounded, |key| Bound::Excluded(key.to_vec()));
    let range = KeyRange { start, end: Bound::Unbounded };
    let mut scan = txn.scan(graves(opened)?, range, Direction::Forward)?;
    let (mut batch, mut found, mut bytes_found) = (Batch::new(), Vec::new(), 0);
    loop {
        scan.next_batch(&mut batch, BATCH)?;
        if batch.is_empty() {
            return Ok((found, None));
        }
        for (key, bytes) in batch.iter() {
            // A document whose own time has passed is gone, deleted or not.
            let Some(body) = record::live_body(bytes, txn.now_ms())? else { continue };
            if is_meant(RawDoc::new(&bytes[body..]))? {
                let record = RecordId::from_key(key).ok_or_else(|| dangling(opened, key))?;
                found.push((record, bytes.clone()));
                bytes_found += bytes.len();
                if bytes_found >= bytes_max {
                    return Ok((found, Some(key.to_vec())));
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
