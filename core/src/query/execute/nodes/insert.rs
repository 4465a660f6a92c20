//! Puts new documents.

use crate::collection::{Envelope, Metadata, NewKeys, Opened, Store, is_of_document};
use crate::document::raw::RawDoc;
use crate::error::{Error, Result};
use crate::query::execute::Watch;
use crate::transaction::Transaction;

/// New documents of one statement, checked, each with its `_id` first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Insert<'a> {
    pub(crate) docs: &'a [RawDoc<'a>],
    pub(crate) metadata: &'a Metadata,
    /// Whether the first document that cannot be inserted ends the statement.
    pub(crate) ordered: bool,
    /// Whether the collection's validator is left out.
    pub(crate) bypass_validation: bool,
    /// When to stop before the end, where somebody says so.
    pub(crate) watch: Option<&'a Watch>,
}

/// How far a chunk of an insert came.
#[derive(Debug, Default)]
pub(crate) struct InsertedChunk {
    /// The place of the first document that was not tried.
    pub(crate) next: usize,
    /// The documents that could not be inserted, by place, each with the reason.
    pub(crate) faults: Vec<(usize, Error)>,
}

/// So many documents are looked up together.
const LOOK_AHEAD: usize = 1024;

/// Inserts the documents from place `from` on, until `txn` holds `chunk_bytes` of changes.
///
/// A document that cannot be stored leaves nothing behind and is reported; other errors fail the whole chunk.
pub(crate) fn insert_chunk(
    txn: &mut Transaction,
    opened: &Opened,
    insert: Insert<'_>,
    from: usize,
    chunk_bytes: usize,
) -> Result<InsertedChunk> {
    let envelope = Envelope::new(&opened.entry.settings, insert.metadata, txn.now_ms());
    let mut store = Store::new(txn, opened).bypass_validation(insert.bypass_validation);
    let mut chunk = InsertedChunk { next: from, faults: Vec::new() };
    let mut is_over = false;
    while chunk.next < insert.docs.len() && !is_over {
        insert.watch.map_or(Ok(()), Watch::check)?;
        let ahead = &insert.docs[chunk.next..insert.docs.len().min(chunk.next + LOOK_AHEAD)];
        let keys = NewKeys::look_up(ahead, &store)?;
        for (place, doc) in ahead.iter().enumerate() {
            let fault = insert_one(&mut store, *doc, keys.get(place), &envelope)?;
            let failed = fault.is_some();
            chunk.faults.extend(fault.map(|fault| (chunk.next, fault)));
            chunk.next += 1;
            is_over = failed && insert.ordered || store.txn().bytes() >= chunk_bytes;
            if is_over {
                break;
            }
        }
    }
    store.finish()?;
    Ok(chunk)
}

/// Inserts one document, whose `_id`'s key is known when nobody can have it; answers why it cannot be inserted.
fn insert_one(
    store: &mut Store<'_>,
    doc: RawDoc<'_>,
    new_key: Option<&[u8]>,
    envelope: &Envelope<'_>,
) -> Result<Option<Error>> {
    let before = store.mark();
    let put = match new_key {
        Some(key) if !store.has_unique_indexes() => store.insert_new(doc, key, envelope),
        _ => store.insert(doc, envelope),
    };
    match put {
        Ok(_) => Ok(None),
        Err(error) if is_of_document(&error) => {
            store.roll_back_to(before);
            Ok(Some(error))
        }
        Err(error) => Err(error),
    }
}
