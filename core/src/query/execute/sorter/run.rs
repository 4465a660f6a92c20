//! Runs of rows in a scratch file, each in order.

use std::ops::Range;
use std::sync::Arc;

use super::row::Row;
use crate::error::Result;
use crate::expression::sort::SortSpec;
use crate::query::execute::Watch;
use crate::storage::{Buffer, ScratchFile};

/// The runs of one file.
pub(super) struct Runs {
    file: ScratchFile,
    runs: Vec<Range<u64>>,
    /// How many bytes of rows make a block.
    block: usize,
    /// The largest block there is.
    pub(super) widest: usize,
    buffer: Vec<u8>,
}

impl Runs {
    pub(super) fn new(file: ScratchFile, block: usize) -> Self {
        Self { file, runs: Vec::new(), block, widest: 0, buffer: Vec::new() }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.runs.len()
    }

    /// Writes rows that are in order as a run.
    pub(super) fn write<'r>(&mut self, rows: impl IntoIterator<Item = &'r Row>) -> Result<()> {
        let start = self.begin();
        rows.into_iter().try_for_each(|row| self.put(row))?;
        self.end(start)
    }

    /// Begins a run; says where.
    pub(super) fn begin(&mut self) -> u64 {
        self.buffer.clear();
        self.file.len()
    }

    pub(super) fn put(&mut self, row: &Row) -> Result<()> {
        row.write(&mut self.buffer);
        if self.buffer.len() >= self.block { self.flush() } else { Ok(()) }
    }

    /// Ends the run that began at `start`.
    pub(super) fn end(&mut self, start: u64) -> Result<()> {
        if !self.buffer.is_empty() {
            self.flush()?;
        }
        self.runs.push(start..self.file.len());
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.widest = self.widest.max(self.buffer.len());
        self.file.append(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// The file with its runs, to be read.
    pub(super) fn finish(self) -> (Arc<ScratchFile>, Vec<Range<u64>>) {
        (Arc::new(self.file), self.runs)
    }
}

/// Reads one run, a block at a time.
pub(super) struct Reader {
    file: Arc<ScratchFile>,
    /// The blocks that were not read yet.
    rest: Range<u64>,
    block: Arc<Buffer>,
    at: usize,
}

impl Reader {
    pub(super) fn new(file: &Arc<ScratchFile>, run: &Range<u64>) -> Self {
        Self { file: Arc::clone(file), rest: run.clone(), block: Arc::default(), at: 0 }
    }

    pub(super) fn next(&mut self, spec: &SortSpec, watch: &Watch) -> Result<Option<Row>> {
        if self.at == self.block.len() {
            if self.rest.is_empty() {
                return Ok(None);
            }
            watch.check()?;
            let (block, next) = self.file.read(self.rest.start)?;
            (self.block, self.rest.start, self.at) = (Arc::new(block.into()), next, 0);
        }
        let (row, next) = Row::read(&self.block, self.at, spec)?;
        self.at = next;
        Ok(Some(row))
    }
}
