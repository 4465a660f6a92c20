//! Where ephemeral documents live.
//!
//! They are records like all others, in a collection that no listing shows and that only its name reaches, so
//! they never mix with what was meant to stay. What is short-lived is also what is asked for at once: they are
//! read when the database is opened, so that the first question about one waits for no device.

use crate::error::Result;
use crate::storage::{Batch, Direction, KeyRange};
use crate::transaction::Transaction;

use super::catalog::{Catalog, Handle};

/// The hidden collection of ephemeral documents.
pub(crate) const EPHEMERAL_COLLECTION: &str = "_tempDocuments";

/// How many entries are read at a time: few, since each may be as large as a document can be.
const BATCH: usize = 16;

/// Reads the ephemeral documents and their `_id`s into the cache, until `bytes_max` were read; says how many bytes
/// that was.
///
/// The `_id`s come first: they are short, and every look-up needs them.
pub(crate) fn preload(txn: &Transaction, catalog: &Catalog, bytes_max: usize) -> Result<usize> {
    let Some(opened) = catalog.find(txn, &Handle::new(EPHEMERAL_COLLECTION))? else { return Ok(0) };
    let mut bytes = 0;
    for tree in [opened.entry.ids, opened.entry.records] {
        let mut scan = txn.scan(tree, KeyRange::all(), Direction::Forward)?;
        let mut batch = Batch::new();
        while bytes < bytes_max {
            scan.next_batch(&mut batch, BATCH)?;
            if batch.is_empty() {
                break;
            }
            bytes += batch.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        }
    }
    Ok(bytes)
}
