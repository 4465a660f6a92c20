//! Runs merged into one.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::Arc;

use super::row::Row;
use super::run::{Reader, Runs};
use super::{SortSpec, bytes_max, compare};
use crate::base::Claim;
use crate::error::{Error, Result};
use crate::query::execute::Watch;
use crate::storage::ScratchFile;

/// So many bytes of a run are read at once, at least and at most.
const BLOCK_BYTES: Range<usize> = 4 << 10..256 << 10;
/// So many runs are merged at once, at least and at most.
const FAN: (usize, usize) = (2, 64);

/// How much is read at once of how many runs, so that a merge stays within the bytes that it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) block: usize,
}

impl Plan {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { block: (bytes_max / 32).clamp(BLOCK_BYTES.start, BLOCK_BYTES.end) }
    }

    /// How many runs may be merged at once, the largest block of which has so many bytes.
    fn fan(bytes_max: usize, widest: usize) -> usize {
        (bytes_max / 2 / widest.max(1)).clamp(FAN.0, FAN.1)
    }
}

/// Merges runs until so few are left that they can be merged on the way out.
pub(super) fn narrowed(
    spec: &Arc<SortSpec>,
    runs: Runs,
    keep: Option<usize>,
    watch: &Watch,
    claim: &mut Claim,
) -> Result<Merge> {
    let bytes_max = bytes_max(watch, claim);
    let mut fan = Plan::fan(bytes_max, runs.widest).min(runs.count().max(FAN.0));
    while fan > FAN.0 && !claim.cover(fan * runs.widest) {
        fan = (fan / 2).max(FAN.0);
    }
    claim.insist(fan * runs.widest);
    let block = Plan::new(bytes_max).block;
    let (mut file, mut runs) = runs.finish();
    while runs.len() > fan {
        let scratch = watch.scratch().ok_or_else(|| Error::internal("runs without a scratch file"))?;
        let mut fewer = Runs::new(scratch.file()?, block);
        for group in runs.chunks(fan) {
            let mut merge = Merge::new(spec, &file, group, watch)?;
            let start = fewer.begin();
            let mut left = keep.unwrap_or(usize::MAX);
            while left > 0
                && let Some(row) = merge.next(watch)?
            {
                fewer.put(&row)?;
                left -= 1;
            }
            fewer.end(start)?;
        }
        (file, runs) = fewer.finish();
    }
    Merge::new(spec, &file, &runs, watch)
}

/// The rows of several runs in order.
pub(crate) struct Merge {
    heads: BinaryHeap<Head>,
}

/// The next row of a run.
struct Head {
    row: Row,
    rest: Reader,
    spec: Arc<SortSpec>,
}

impl Merge {
    fn new(
        spec: &Arc<SortSpec>,
        file: &Arc<ScratchFile>,
        runs: &[Range<u64>],
        watch: &Watch,
    ) -> Result<Self> {
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for run in runs {
            let mut rest = Reader::new(file, run);
            if let Some(row) = rest.next(spec, watch)? {
                heads.push(Head { row, rest, spec: Arc::clone(spec) });
            }
        }
        Ok(Self { heads })
    }

    pub(super) fn next(&mut self, watch: &Watch) -> Result<Option<Row>> {
        let Some(mut head) = self.heads.pop() else { return Ok(None) };
        let Some(next) = head.rest.next(&head.spec, watch)? else { return Ok(Some(head.row)) };
        let row = std::mem::replace(&mut head.row, next);
        self.heads.push(head);
        Ok(Some(row))
    }
}

/// The greatest of a heap is the one that comes first.
impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.spec, &other.row, &self.row)
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}
