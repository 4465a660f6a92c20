//! How the keys of an index are spread, in stretches that hold about the same number of entries each.
//!
//! It is told in two ways: exactly, by whoever walks the whole index anyway, and by a sample, which parts the keys in
//! halves and asks the tree how many lie in each, until the parts are small. A sample reads a few hundred pages at most,
//! however large the index is. Neither is kept in the file.

use std::ops::Bound;

use crate::error::Result;
use crate::index::key::prefix_end;
use crate::storage::{Batch, Direction, KeyRange, TreeId};
use crate::transaction::Transaction;

/// An exact histogram has so many stretches at most, and at least half as many when there are as many entries.
const STRETCHES_MAX: usize = 64;
/// A sample takes about so many stretches, and goes on for so many steps at most.
const STRETCHES: u64 = 48;
const STEPS_MAX: usize = 400;
/// So many neighbours tell how often keys repeat.
const NEIGHBOURS: usize = 16;
/// A longer key is not kept.
const KEY_BYTES_MAX: usize = 512;
/// How many bytes of two keys are compared to find one between them.
const WINDOW: usize = 8;

/// The spread of the keys of an index.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Histogram {
    pub(crate) entries: u64,
    /// Ascending.
    pub(crate) stretches: Vec<Stretch>,
}

/// Keys that are neighbours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stretch {
    /// One of its keys, without the record's id; the last where every key was seen. Nothing when it is very long.
    pub(crate) key: Option<Box<[u8]>>,
    pub(crate) entries: u64,
    /// How many of its keys differ from those before, about; in a sample a part of one where it is in a longer run.
    pub(crate) distinct: f64,
}

impl Histogram {
    /// How many keys differ, about.
    pub(crate) fn distinct(&self) -> f64 {
        self.stretches.iter().map(|stretch| stretch.distinct).sum()
    }

    /// Whether it still says something of an index with so many entries.
    pub(crate) fn fits(&self, entries: u64) -> bool {
        entries / 2 <= self.entries && self.entries / 2 <= entries
    }

    /// A sample of a tree behind whose keys so many bytes stand that are not part of the values.
    pub(crate) fn sampled(txn: &Transaction, tree: TreeId, behind: usize) -> Result<Self> {
        let entries = txn.estimate(tree, &KeyRange::all())?;
        let depth = (entries / STRETCHES).max(1);
        let mut sample = Sample { txn, tree, behind, depth, steps: 0, stretches: Vec::new() };
        sample.part(KeyRange::all(), entries)?;
        Ok(Self { entries, stretches: sample.stretches })
    }
}

/// A histogram of keys that come one by one, in order.
#[derive(Debug, Default)]
pub(super) struct Counted {
    all: Histogram,
    /// How many entries a stretch has; twice as many whenever there are too many stretches.
    depth: u64,
}

impl Counted {
    /// Adds the next key; `is_new`: it is another one than the last.
    pub(super) fn add(&mut self, key: &[u8], is_new: bool) {
        let depth = self.depth.max(1);
        self.all.entries += 1;
        let distinct = f64::from(u8::from(is_new));
        match self.all.stretches.last_mut() {
            Some(last) if last.entries < depth => {
                (last.key, last.entries) = (kept(key), last.entries + 1);
                last.distinct += distinct;
            }
            _ => {
                if self.all.stretches.len() == STRETCHES_MAX {
                    self.join_pairs();
                    self.depth = depth * 2;
                }
                self.all.stretches.push(Stretch { key: kept(key), entries: 1, distinct });
            }
        }
    }

    fn join_pairs(&mut self) {
        let pairs = self.all.stretches.chunks(2).map(|pair| Stretch {
            key: pair.last().and_then(|last| last.key.clone()),
            entries: pair.iter().map(|stretch| stretch.entries).sum(),
            distinct: pair.iter().map(|stretch| stretch.distinct).sum(),
        });
        self.all.stretches = pairs.collect();
    }

    pub(super) fn finish(self) -> Histogram {
        self.all
    }
}

fn kept(key: &[u8]) -> Option<Box<[u8]>> {
    (key.len() <= KEY_BYTES_MAX).then(|| key.into())
}

struct Sample<'t> {
    txn: &'t Transaction,
    tree: TreeId,
    behind: usize,
    depth: u64,
    steps: usize,
    stretches: Vec<Stretch>,
}

impl Sample<'_> {
    /// Adds what lies in the range, about so many entries. The recursion is as deep as there are steps at most.
    fn part(&mut self, range: KeyRange, entries: u64) -> Result<()> {
        self.steps += 1;
        let (first, last) = (self.end(&range, Direction::Forward)?, self.end(&range, Direction::Backward)?);
        let (Some(first), Some(last)) = (first, last) else { return Ok(()) };
        let middle = between(&first, &last).filter(|_| entries > self.depth && self.steps < STEPS_MAX);
        let Some(middle) = middle else { return self.stretch(&range, entries) };
        let lower = KeyRange { start: Bound::Included(first), end: Bound::Excluded(middle.clone()) };
        let upper = KeyRange { start: Bound::Included(middle), end: range.end };
        let below = self.txn.estimate(self.tree, &lower)?.clamp(1, entries.max(2) - 1);
        self.part(lower, below)?;
        self.part(upper, entries - below)
    }

    /// The first key of the range, or the last.
    fn end(&self, range: &KeyRange, direction: Direction) -> Result<Option<Vec<u8>>> {
        let mut batch = Batch::new();
        self.txn.scan(self.tree, range.clone(), direction)?.next_batch(&mut batch, 1)?;
        Ok((!batch.is_empty()).then(|| batch.key(0).to_vec()))
    }

    fn stretch(&mut self, range: &KeyRange, entries: u64) -> Result<()> {
        let mut batch = Batch::new();
        self.txn.scan(self.tree, range.clone(), Direction::Forward)?.next_batch(&mut batch, NEIGHBOURS)?;
        let values: Vec<&[u8]> =
            batch.iter().map(|(key, _)| &key[..key.len() - self.behind.min(key.len())]).collect();
        let (Some(first), Some(last)) = (values.first(), values.last()) else { return Ok(()) };
        // Keys at both ends may go on beyond what was read; how far, the tree tells.
        let (mut keys, mut among) = (1, self.run(first)?);
        if first != last {
            let between = values.iter().filter(|key| key != &first && key != &last).count() as u64;
            keys = values.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64 + 1;
            among += between + self.run(last)?;
        }
        let distinct = entries as f64 * keys as f64 / among as f64;
        let stretch = Stretch { key: kept(first), entries, distinct };
        self.stretches.push(stretch);
        Ok(())
    }

    /// How many entries have this key, about.
    fn run(&self, key: &[u8]) -> Result<u64> {
        let end = prefix_end(key).map_or(Bound::Unbounded, Bound::Excluded);
        let run = KeyRange { start: Bound::Included(key.to_vec()), end };
        Ok(self.txn.estimate(self.tree, &run)?.max(1))
    }
}

/// A key behind `first` and not behind `last`; nothing when they are the same.
fn between(first: &[u8], last: &[u8]) -> Option<Vec<u8>> {
    let common = first.iter().zip(last).take_while(|(a, b)| a == b).count();
    let window = |key: &[u8]| {
        let mut bytes = [0; WINDOW];
        let rest = &key[common..key.len().min(common + WINDOW)];
        bytes[..rest.len()].copy_from_slice(rest);
        u64::from_be_bytes(bytes)
    };
    let (low, high) = (window(first), window(last));
    let middle = low + high.checked_sub(low)?.div_ceil(2);
    (first != last && middle > low).then(|| [&first[..common], &middle.to_be_bytes()].concat())
}
