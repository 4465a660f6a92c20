//! A batch of documents on their way.

use super::sought::{Sieve, Sought, Verdict};
use crate::collection::{Cell, RecordId, live_body};
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

/// Where the document begins in a record with nothing before it but a byte that says so.
const PLAIN_BODY: u32 = 1;

/// How many entries were put into a batch, and how many of their documents live.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filled {
    pub(crate) met: usize,
    pub(crate) living: usize,
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
        self.batch.slice(at as usize, body as usize)
    }

    /// The whole record, envelope included.
    pub(crate) fn record(&self, index: usize) -> &[u8] {
        self.batch.value(self.picked[index].at as usize)
    }

    /// The whole record, to be kept.
    pub(crate) fn record_slice(&self, index: usize) -> Slice {
        self.batch.slice(self.picked[index].at as usize, 0)
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
        Ok(self.fill_sought(now_ms, fill, None)?.met)
    }

    /// The same, and of the living chooses those that are sought: in one pass, so that a document comes into the
    /// processor's cache once, or never.
    pub(crate) fn fill_sought(
        &mut self,
        now_ms: i64,
        fill: impl FnOnce(&mut Batch) -> Result<()>,
        sought: Option<&Sought<'_>>,
    ) -> Result<Filled> {
        self.clear();
        fill(&mut self.batch)?;
        let Some(sought) = sought else { return self.choose(now_ms, |_| Ok(true)) };
        let takes = |doc: RawDoc<'_>| sought.takes(doc);
        let Some(sieve) = sought.sieve else { return self.choose(now_ms, takes) };
        if let Some(column) = sieve.column(&self.batch) {
            return self.choose_by(now_ms, column.cells(), sieve, sought);
        }
        if let Some(mut cells) = sieve.cells(&self.batch) {
            for (_, record) in self.batch.iter() {
                // Of a record that may expire the moment of looking at it decides.
                let is_plain = record.first() == Some(&0);
                let doc = || RawDoc::new(&record[PLAIN_BODY as usize..]);
                cells.push(if is_plain { sieve.cell(doc()) } else { Cell::unknown() });
            }
            sieve.keep(&self.batch, &cells);
            return self.choose_by(now_ms, &cells, sieve, sought);
        }
        self.choose(now_ms, takes)
    }

    /// Chooses among all entries of the batch the living to which `keep` says yes.
    #[inline]
    fn choose(&mut self, now_ms: i64, mut keep: impl FnMut(RawDoc<'_>) -> Result<bool>) -> Result<Filled> {
        let mut dead = 0;
        self.picked.reserve(self.batch.len());
        for at in 0..self.batch.len() {
            dead += self.look(at, now_ms, &mut keep)?;
        }
        Ok(Filled { met: self.batch.len(), living: self.batch.len() - dead })
    }

    /// The same by what a column knows of each; those that it leaves are not looked at, and live as far as is known.
    fn choose_by(
        &mut self,
        now_ms: i64,
        cells: &[Cell],
        sieve: &Sieve,
        sought: &Sought<'_>,
    ) -> Result<Filled> {
        let mut dead = 0;
        for (at, cell) in cells.iter().enumerate() {
            match sieve.verdict(cell, sought.filter) {
                Verdict::Left => {}
                Verdict::Taken => self.picked.push(Picked { at: at as u32, body: PLAIN_BODY }),
                Verdict::Open => dead += self.look(at, now_ms, &mut |doc| sought.takes(doc))?,
            }
        }
        Ok(Filled { met: self.batch.len(), living: self.batch.len() - dead })
    }

    /// Chooses an entry that lives and to which `keep` says yes; says how many of it are dead.
    #[inline]
    fn look(
        &mut self,
        at: usize,
        now_ms: i64,
        keep: &mut impl FnMut(RawDoc<'_>) -> Result<bool>,
    ) -> Result<usize> {
        let record = self.batch.value(at);
        let Some(body) = live_body(record, now_ms)? else { return Ok(1) };
        if keep(RawDoc::new(&record[body..]))? {
            self.picked.push(Picked { at: at as u32, body: body as u32 });
        }
        Ok(0)
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

    /// Keeps the documents to which `keep` says yes.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(RawDoc<'_>) -> Result<bool>) -> Result<()> {
        let (batch, mut fault) = (&self.batch, Ok(()));
        self.picked.retain(|row| {
            let doc = RawDoc::new(&batch.value(row.at as usize)[row.body as usize..]);
            fault.is_ok()
                && keep(doc).unwrap_or_else(|error| {
                    fault = Err(error);
                    false
                })
        });
        fault
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
