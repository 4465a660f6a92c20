//! Puts new documents.

use crate::collection::{Envelope, Metadata, Opened, Store};
use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result};
use crate::transaction::Transaction;

/// New documents of one statement, checked, each with its `_id` first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Insert<'a> {
    pub(crate) docs: &'a [RawDoc<'a>],
    pub(crate) metadata: &'a Metadata,
    /// Whether the first document that cannot be inserted ends the statement.
    pub(crate) ordered: bool,
}

/// How far a chunk of an insert came.
#[derive(Debug, Default)]
pub(crate) struct InsertedChunk {
    /// The place of the first document that was not tried.
    pub(crate) next: usize,
    /// The documents that could not be inserted, by place, each with the reason.
    pub(crate) faults: Vec<(usize, Error)>,
}

/// Inserts the documents from place `from` on, until `txn` holds `chunk_bytes` of changes.
///
/// A document whose `_id` is taken leaves nothing behind and is reported; other errors fail the whole chunk.
pub(crate) fn insert_chunk(
    txn: &mut Transaction,
    opened: &Opened,
    insert: Insert<'_>,
    from: usize,
    chunk_bytes: usize,
) -> Result<InsertedChunk> {
    let envelope = Envelope::new(opened.entry.options, insert.metadata, txn.now_ms());
    let mut store = Store::new(txn, opened);
    let mut chunk = InsertedChunk { next: from, faults: Vec::new() };
    while let Some(doc) = insert.docs.get(chunk.next) {
        let before = store.mark();
        match store.insert(*doc, &envelope) {
            Ok(_) => chunk.next += 1,
            Err(error) if error.kind() == ErrorKind::DuplicateKey => {
                store.roll_back_to(before);
                chunk.faults.push((chunk.next, error));
                chunk.next += 1;
                if insert.ordered {
                    break;
                }
            }
            Err(error) => return Err(error),
        }
        if store.txn().bytes() >= chunk_bytes {
            break;
        }
    }
    store.finish()?;
    Ok(chunk)
}
