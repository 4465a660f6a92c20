//! A collection that holds so much and no more: the oldest documents make room for the newest.
//!
//! How many bytes it holds is put with every change of it, so that of two writers the second fails and begins again:
//! a bound that two could overstep together would be none.

use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result, code};
use crate::storage::{Batch, Direction, KeyRange, Slice};
use crate::transaction::Transaction;

use super::fetch::dangling;
use super::layout::{self, COUNTERS};
use super::opened::Opened;
use super::record;
use super::record_ids::RecordId;
use super::store::{Store, stored_count};

/// What a capped collection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fill {
    pub(super) bytes: u64,
    documents: u64,
}

impl Store<'_> {
    /// Accepts a document that fits into the collection, others gone.
    pub(super) fn check_room(&self, doc: RawDoc<'_>) -> Result<()> {
        match self.opened().entry.settings.capped {
            Some(capped) if doc.as_bytes().len() as u64 > capped.bytes => {
                let what = format!(
                    "object to insert exceeds cappedMaxSize: it has {} bytes, the collection's size is {}",
                    doc.as_bytes().len(),
                    capped.bytes
                );
                Err(Error::invalid(code::BAD_VALUE, what))
            }
            _ => Ok(()),
        }
    }

    /// Counts what was put and taken away, in bytes of documents.
    pub(super) fn count_bytes(&mut self, put: usize, taken: usize, documents: i64) -> Result<()> {
        if self.opened().entry.settings.capped.is_none() {
            return Ok(());
        }
        let fill = match self.fill() {
            Some(fill) => fill,
            None => self.load_fill()?,
        };
        let bytes = (fill.bytes + put as u64).saturating_sub(taken as u64);
        self.set_fill(Fill { bytes, documents: fill.documents.saturating_add_signed(documents) });
        Ok(())
    }

    /// Removes the oldest documents until the collection holds no more than it may.
    pub(super) fn make_room(&mut self) -> Result<()> {
        let (Some(capped), Some(_)) = (self.opened().entry.settings.capped, self.fill()) else {
            return Ok(());
        };
        while self.fill().is_some_and(|fill| {
            fill.bytes > capped.bytes || capped.documents.is_some_and(|most| fill.documents > most)
        }) {
            let Some((record, bytes)) = self.oldest()? else { return Ok(()) };
            self.remove(record, &bytes)?;
        }
        Ok(())
    }

    /// Writes how many bytes the collection holds, when that was changed.
    pub(super) fn finish_fill(&mut self) -> Result<()> {
        let Some(fill) = self.fill() else { return Ok(()) };
        let key = layout::counter_key(layout::COUNT_BYTES, self.opened().entry.id);
        self.txn_mut().put(COUNTERS, &key, &[&fill.bytes.to_le_bytes()])
    }

    fn load_fill(&self) -> Result<Fill> {
        let counted = stored_count(self.txn(), self.opened())?;
        let documents = counted.saturating_add_signed(self.added());
        Ok(Fill { bytes: held_bytes(self.txn(), self.opened())?, documents })
    }

    fn oldest(&self) -> Result<Option<(RecordId, Slice)>> {
        let mut scan = self.txn().scan(self.opened().entry.records, KeyRange::all(), Direction::Forward)?;
        let mut batch = Batch::new();
        scan.next_batch(&mut batch, 1)?;
        let Some((key, _)) = batch.iter().next() else { return Ok(None) };
        let record = RecordId::from_key(key).ok_or_else(|| dangling(self.opened(), key))?;
        Ok(Some((record, batch.slice(0, 0))))
    }
}

/// How many bytes of documents a capped collection is said to hold.
pub(super) fn held_bytes(txn: &Transaction, opened: &Opened) -> Result<u64> {
    let key = layout::counter_key(layout::COUNT_BYTES, opened.entry.id);
    let Some(bytes) = txn.get(COUNTERS, &key)? else { return Ok(0) };
    bytes[..].try_into().map(u64::from_le_bytes).map_err(|_| {
        let what =
            format!("the collection {:?} counts its bytes in {} bytes, not 8", opened.name, bytes.len());
        Error::new(ErrorKind::Corrupt, what)
    })
}

/// How many bytes the document of a record has.
pub(super) fn body_bytes(bytes: &[u8]) -> Result<usize> {
    Ok(bytes.len() - record::body(bytes)?)
}
