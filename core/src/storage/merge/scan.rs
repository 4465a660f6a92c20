//! Memtables over a base.

use std::cmp::Ordering;
use std::mem;
use std::sync::Arc;

use super::layers::{Layers, comes_before};
use crate::error::{Error, Result};
use crate::storage::memtable::Held;
use crate::storage::page::{ExtentPtr, PageReader};
use crate::storage::{Batch, Direction, Scan, Slice};

/// How many entries are handed out, and read from the base, at a time.
const BATCH_MAX: usize = 512;
/// A batch ends early once so many bytes of large values were read for it.
const BATCH_COPIED_MAX: usize = 4 << 20;

/// The newest of the memtables' and the base's entries.
pub(super) struct Merge {
    layers: Layers,
    /// Nothing when there is none or it came to its end.
    base: Option<Box<dyn Scan>>,
    /// Entries of the base; those before `at` have been dealt with.
    read: Batch,
    at: usize,
    /// Reads what a memtable only refers to.
    reader: Option<Arc<dyn PageReader>>,
    direction: Direction,
}

impl Merge {
    pub(super) fn new(
        layers: Layers,
        base: Option<Box<dyn Scan>>,
        reader: Option<Arc<dyn PageReader>>,
        direction: Direction,
    ) -> Self {
        Self { layers, base, read: Batch::new(), at: 0, reader, direction }
    }
}

impl Scan for Merge {
    fn next_batch(&mut self, batch: &mut Batch, limit: usize) -> Result<()> {
        batch.clear();
        let mut ask = limit.clamp(1, BATCH_MAX);
        let limit = ask;
        let mut copied = 0;
        loop {
            if self.layers.is_done() && self.at == self.read.len() && batch.is_empty() {
                return self.base.as_mut().map_or(Ok(()), |base| base.next_batch(batch, limit));
            }
            if batch.len() == limit
                || copied >= BATCH_COPIED_MAX
                || (self.layers.is_done() && self.at == self.read.len())
            {
                return Ok(());
            }
            self.refill(ask)?;
            // Whoever asks for little reads little, but not for each of many deleted entries.
            ask = BATCH_MAX.min(ask * 2);
            if batch.is_empty() && self.base_passes_whole(limit) {
                mem::swap(batch, &mut self.read);
                return Ok(());
            }
            self.pass_base(batch, limit);
            if self.at < self.read.len() || self.base.is_none() {
                self.pass_layers(batch, limit, &mut copied)?;
            }
        }
    }
}

impl Merge {
    /// Reads on in the base when all that was read has been dealt with.
    fn refill(&mut self, ask: usize) -> Result<()> {
        if self.at < self.read.len() {
            return Ok(());
        }
        if let Some(base) = &mut self.base {
            self.at = 0;
            self.read.clear();
            base.next_batch(&mut self.read, ask)?;
            if self.read.is_empty() {
                self.base = None;
            }
        }
        Ok(())
    }

    /// Whether the base's batch, none of it dealt with, can become the reader's as it is.
    fn base_passes_whole(&self, limit: usize) -> bool {
        let len = self.read.len();
        self.at == 0 && len > 0 && len <= limit && self.base_before_layers() == len
    }

    /// Hands out what the base has before the next key of the memtables.
    fn pass_base(&mut self, batch: &mut Batch, limit: usize) {
        let until = self.base_before_layers().min(self.at + limit - batch.len());
        for at in self.at..until {
            batch.push_of(&self.read, at);
        }
        self.at = until;
    }

    /// Where what was read of the base reaches the next key of the memtables.
    fn base_before_layers(&self) -> usize {
        let end = self.read.len();
        let Some((key, _)) = self.layers.peek() else { return end };
        let before = |at: usize| comes_before(self.read.key(at), key, self.direction);
        if self.at == end || !before(self.at) {
            return self.at;
        }
        if before(end - 1) {
            return end;
        }
        let (mut low, mut high) = (self.at + 1, end - 1);
        while low < high {
            let middle = (low + high) / 2;
            if before(middle) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Hands out what the memtables have up to the next key of the base, hiding that one when it is the same.
    ///
    /// `copied` counts the bytes of values that had to be read from the main file.
    fn pass_layers(&mut self, batch: &mut Batch, limit: usize, copied: &mut usize) -> Result<()> {
        while batch.len() < limit
            && *copied < BATCH_COPIED_MAX
            && let Some((key, entry)) = self.layers.peek()
        {
            if self.at < self.read.len() {
                match in_order(key, self.read.key(self.at), self.direction) {
                    Ordering::Less => {}
                    Ordering::Equal => self.at += 1,
                    Ordering::Greater => return Ok(()),
                }
            } else if self.base.is_some() {
                return Ok(());
            }
            match entry.held() {
                Held::Value(value) => batch.push(key, value.clone()),
                Held::Nothing => {}
                Held::Reference(bytes) => {
                    let value = read(self.reader.as_deref(), &ExtentPtr::decode(bytes))?;
                    *copied += value.len();
                    batch.push(key, value);
                }
            }
            self.layers.advance();
        }
        Ok(())
    }
}

fn read(reader: Option<&dyn PageReader>, extent: &ExtentPtr) -> Result<Slice> {
    match reader {
        Some(reader) => reader.read_extent(extent),
        None => Err(Error::internal("memory refers to a main file, and there is none")),
    }
}

fn in_order(key: &[u8], other: &[u8], direction: Direction) -> Ordering {
    match direction {
        Direction::Forward => key.cmp(other),
        Direction::Backward => other.cmp(key),
    }
}
