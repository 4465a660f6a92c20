//! What a road costs: about how much it reads, and what that takes.
//!
//! The unit is the time in which a walk over all records reads one of them and asks a plain filter.

use crate::collection::{Opened, stored_count};
use crate::error::Result;
use crate::storage::{KeyRange, TreeId};
use crate::transaction::Transaction;

/// An entry of an index, read in a walk.
const KEY: f64 = 0.35;
/// An entry of one of several walks that are taken together: gathered into a set, or asked about.
///
/// Measured beside a record that an entry leads to, which it shall spare; beside a walk over all records it is less.
const GATHERED: f64 = 0.7;
/// An entry that is read back into values.
const TOLD: f64 = 1.2;
/// A record that an entry leads to.
const FETCH: f64 = 5.0;
/// The way down a tree.
const SEEK: f64 = 6.0;
/// A row that is sorted, besides its comparisons.
const SORT_ROW: f64 = 2.0;
const SORT_COMPARE: f64 = 0.8;
/// Which share of the documents a filter lets through of which no index says more.
const SHARE_UNKNOWN: f64 = 0.1;
/// So many ranges of one index are looked up; of more, a sample.
const RANGES_SAMPLED: usize = 24;

/// How large everything is, as the trees tell without being walked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes<'a> {
    pub(super) txn: &'a Transaction,
    pub(super) opened: &'a Opened,
}

impl Sizes<'_> {
    /// How many records there are; about as many where the count of a damaged file cannot be read.
    pub(super) fn records(&self) -> Result<f64> {
        let about = |_| self.txn.estimate(self.opened.entry.records, &KeyRange::all());
        Ok(stored_count(self.txn, self.opened).or_else(about)? as f64)
    }

    /// About how many entries of a tree lie in the ranges.
    pub(super) fn entries(&self, tree: TreeId, ranges: &[KeyRange]) -> Result<f64> {
        let step = ranges.len().div_ceil(RANGES_SAMPLED).max(1);
        let (mut sum, mut sampled) = (0, 0_usize);
        for range in ranges.iter().step_by(step) {
            sum += self.txn.estimate(tree, range)?;
            sampled += 1;
        }
        Ok(sum as f64 * ranges.len() as f64 / sampled.max(1) as f64)
    }
}

/// What is known of a road before it is walked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    /// How many records, or entries, lie on it.
    pub(super) entries: f64,
    pub(super) seeks: f64,
    pub(super) reads: Reads,
    /// Which share of the entries is left when the keys are looked at.
    pub(super) share: f64,
    /// How many entries stand together that the order on the way leaves equal, where that is known.
    pub(super) group: Option<f64>,
    /// Whether the entries are those of several walks, all of which have to be gathered before a record is known.
    pub(super) whole: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self { entries: 0.0, seeks: 0.0, reads: Reads::Records, share: 1.0, group: None, whole: false }
    }
}

/// What is read of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    /// The record itself, in its order.
    Records,
    /// The entry, and the record it leads to.
    Fetched,
    /// The entry alone.
    Keys,
    /// The entry alone, and its values.
    Values,
}

/// What has to be done with what is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Task {
    /// How many documents will satisfy the filter.
    pub(super) matching: f64,
    /// How many of them are wanted.
    pub(super) keep: Option<f64>,
    /// How many fields the sort has, and of how many the road gives the order.
    pub(super) sort: usize,
    pub(super) ordered: usize,
}

/// How many documents satisfy a filter, when the roads lead to so many, and so many there are.
pub(super) fn matching(roads: impl Iterator<Item = f64>, records: f64, filtered: bool) -> f64 {
    let narrowest = roads.fold(records, f64::min);
    match filtered && narrowest >= records {
        true => records * SHARE_UNKNOWN,
        false => narrowest,
    }
}

/// What the road costs.
pub(super) fn cost(reading: &Reading, task: &Task) -> f64 {
    let Walked { entries, records, share } = walked(reading, task);
    let key = if reading.whole { GATHERED } else { KEY };
    let each = match reading.reads {
        Reads::Records => records,
        Reads::Fetched => entries * key + records * FETCH,
        Reads::Keys => entries * key,
        Reads::Values => entries * TOLD,
    };
    let group = group(reading, task);
    reading.seeks * SEEK + each + sorting(records * share, task, group)
}

/// How far a road is walked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Walked {
    pub(super) entries: f64,
    records: f64,
    /// Which share of the records satisfies the filter.
    share: f64,
}

/// How far a road has to be walked until the task is done.
pub(super) fn walked(reading: &Reading, task: &Task) -> Walked {
    let entries = reading.entries.max(0.0);
    let left = entries * reading.share;
    let share = (task.matching.min(left) / left.max(1.0)).clamp(1e-6, 1.0);
    let records = match task.keep {
        Some(keep) if task.sort == 0 || task.ordered > 0 => left.min(keep / share + group(reading, task)),
        _ => left,
    };
    let entries = if left > 0.0 && !reading.whole { records / left * entries } else { entries };
    Walked { entries, records, share }
}

/// How many records that entries lead to are read at this cost.
pub(super) fn fetched_for(cost: f64) -> f64 {
    cost / FETCH
}

/// A group of equal keys has to be read whole before any of it can be handed out.
fn group(reading: &Reading, task: &Task) -> f64 {
    let left = reading.entries.max(0.0) * reading.share;
    match reading.group {
        _ if task.ordered >= task.sort => 0.0,
        Some(known) => (known * reading.share).min(left),
        None => left.sqrt(),
    }
}

fn sorting(rows: f64, task: &Task, group: f64) -> f64 {
    if task.sort == 0 || task.ordered == task.sort {
        return 0.0;
    }
    let together = if task.ordered > 0 { group.max(2.0) } else { rows.max(2.0) };
    // Of all rows no more than are wanted are put in order.
    let ordered = task.keep.map_or(rows, |keep| rows.min(keep));
    rows * SORT_ROW + ordered * SORT_COMPARE * together.log2()
}
