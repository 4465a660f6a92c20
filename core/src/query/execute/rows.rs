//! A batch of documents on their way.

use crate::collection::{RecordId, live_body};
use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::{Batch, Slice};

/// Entries of the record tree, and which of them are still meant: a filter narrows the choice and moves nothing.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    batch: Batch,
    picked: Vec<Picked>,
}

/// An entry of the batch, and where in its value the document begins.
#[derive(Debug, Clone, Copy)]
struct Picked {
    at: u32,
    body: u32,
}

impl Rows {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn len(&self) -> usize {
        self.picked.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.picked.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.batch.clear();
        self.picked.clear();
    }

    /// The document's bytes.
    #[inline]
    pub(crate) fn bytes(&self, index: usize) -> &[u8] {
        let Picked { at, body } = self.picked[index];
        &self.batch.value(at as usize)[body as usize..]
    }

    pub(crate) fn doc(&self, index: usize) -> RawDoc<'_> {
        RawDoc::new(self.bytes(index))
    }

    /// The document's bytes, to be kept.
    pub(crate) fn slice(&self, index: usize) -> Slice {
        let Picked { at, body } = self.picked[index];
        let record = self.batch.value(at as usize);
        record.slice(body as usize..record.len())
    }

    /// The whole record, envelope included.
    pub(crate) fn record(&self, index: usize) -> &Slice {
        self.batch.value(self.picked[index].at as usize)
    }

    pub(crate) fn body(&self, index: usize) -> usize {
        self.picked[index].body as usize
    }

    pub(crate) fn record_id(&self, index: usize) -> Result<RecordId> {
        let key = self.batch.key(self.picked[index].at as usize);
        RecordId::from_key(key)
            .ok_or_else(|| Error::new(ErrorKind::Corrupt, format!("{key:02x?} is no key of a record")))
    }

    /// Has `fill` put entries of the record tree into the batch, and chooses those that live.
    ///
    /// Says how many entries there were, living or not.
    pub(crate) fn fill(&mut self, now_ms: i64, fill: impl FnOnce(&mut Batch) -> Result<()>) -> Result<usize> {
        self.clear();
        fill(&mut self.batch)?;
        for (at, (_, record)) in self.batch.iter().enumerate() {
            if let Some(body) = live_body(record, now_ms)? {
                self.picked.push(Picked { at: at as u32, body: body as u32 });
            }
        }
        Ok(self.batch.len())
    }

    /// Appends a record whose document begins at `body`.
    pub(crate) fn push(&mut self, id: RecordId, record: Slice, body: usize) {
        self.picked.push(Picked { at: self.batch.len() as u32, body: body as u32 });
        self.batch.push(&id.key(), record);
    }

    /// Appends the record under `key`, if it lives; says whether it does.
    pub(crate) fn push_living(&mut self, key: &[u8], record: Slice, now_ms: i64) -> Result<bool> {
        let body = live_body(&record, now_ms)?;
        if let Some(body) = body {
            self.picked.push(Picked { at: self.batch.len() as u32, body: body as u32 });
            self.batch.push(key, record);
        }
        Ok(body.is_some())
    }

    /// Keeps the documents that `keep` says yes to.
    #[inline]
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(RawDoc<'_>) -> bool) {
        let batch = &self.batch;
        self.picked.retain(|row| keep(RawDoc::new(&batch.value(row.at as usize)[row.body as usize..])));
    }

    /// Leaves out the first `count`.
    pub(crate) fn skip(&mut self, count: usize) {
        self.picked.drain(..count.min(self.picked.len()));
    }

    /// Keeps the first `count`.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.picked.truncate(count);
    }
}
