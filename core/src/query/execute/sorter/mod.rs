//! Rows put in order in bounded memory: what does not fit goes to a scratch file, in runs that are merged.
//!
//! Invariants
//!   T1  Rows with equal keys keep the order in which they came, however many runs they went through.
//!   T2  What is held in memory stays within the watch's bound and what the budget grants, one row more at most; what is
//!       read back of each run is one block.
//!   T3  A row that cannot be among those wanted is neither kept nor written.
//!
//! Read next: `row` (a row, in memory and in a file), `run`, `merge`.

mod merge;
mod row;
mod run;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Rows, Watch};
use crate::base::Claim;
use crate::collection::RecordId;
use crate::error::{Error, ErrorKind, Result, code};
use crate::expression::sort::{SortKey, SortSpec};
use crate::storage::Slice;

use merge::{Merge, Plan};
use row::Row;
use run::Runs;

/// So many rows more than twice those wanted gather before the others are let go.
const CUT_ROWS: usize = 1024;

/// Gathers rows.
pub(crate) struct Sorter {
    spec: Arc<SortSpec>,
    /// How many rows are wanted.
    keep: Option<usize>,
    rows: Vec<Row>,
    bytes: usize,
    /// The most bytes there ever were.
    bytes_held: usize,
    /// How many rows came.
    arrivals: u64,
    /// A key that at least as many rows as are wanted come before, or stand at.
    bound: Option<SortKey>,
    runs: Option<Runs>,
    /// What the rows have of the budget.
    claim: Claim,
}

/// Rows in order.
pub(crate) enum Sorted {
    Memory(std::vec::IntoIter<Row>, #[expect(dead_code, reason = "dropping it gives the memory back")] Claim),
    Merged(
        Box<Merge>,
        Option<usize>,
        #[expect(dead_code, reason = "dropping it gives the memory back")] Claim,
    ),
}

impl Sorter {
    /// Puts rows in the order of `spec`, and hands out the first `keep` of them, or all.
    pub(crate) fn new(spec: &Arc<SortSpec>, keep: Option<usize>, claim: Claim) -> Self {
        Self {
            spec: Arc::clone(spec),
            keep,
            rows: Vec::new(),
            bytes: 0,
            bytes_held: 0,
            arrivals: 0,
            bound: None,
            runs: None,
            claim,
        }
    }

    /// Adds a row: its key, and the record with the place of its document.
    ///
    /// # Errors
    /// `Limit` when there is more than fits and the disk may not be used; `DiskFull`, `Io`.
    pub(crate) fn push(
        &mut self,
        watch: &Watch,
        key: SortKey,
        id: RecordId,
        record: &[u8],
        body: usize,
    ) -> Result<()> {
        let arrival = self.arrivals;
        self.arrivals += 1;
        if self.bound.as_ref().is_some_and(|bound| self.spec.compare(&key, bound).is_ge()) {
            return Ok(());
        }
        // A page or a commit lends the record, and must not stay in memory for its sake.
        let row = Row { key, arrival, id, record: Slice::from(record.to_vec()), body };
        self.bytes += row.bytes();
        self.bytes_held = self.bytes_held.max(self.bytes);
        self.rows.push(row);
        if let Some(keep) = self.keep
            && (!self.fits(watch) || self.rows.len() >= keep.saturating_mul(2).saturating_add(CUT_ROWS))
        {
            self.cut(keep);
        }
        if !self.fits(watch) {
            self.spill(watch)?;
        }
        Ok(())
    }

    /// Whether there is room for what is held.
    fn fits(&mut self, watch: &Watch) -> bool {
        self.bytes <= bytes_max(watch, &self.claim) && self.claim.cover(self.bytes)
    }

    /// How many bytes were held at once, at most.
    pub(crate) fn bytes_held(&self) -> usize {
        self.bytes_held
    }

    /// Lets go of the rows that do not come first.
    ///
    /// Done when as many again have gathered, so each row is moved a bounded number of times, or when memory is full.
    fn cut(&mut self, keep: usize) {
        if keep >= self.rows.len() {
            return;
        }
        let spec = &self.spec;
        self.rows.select_nth_unstable_by(keep, |a, b| compare(spec, a, b));
        self.rows.truncate(keep);
        let last = self.rows.iter().max_by(|a, b| compare(spec, a, b));
        self.bound = last.map(|row| row.key.clone());
        self.bytes = self.rows.iter().map(Row::bytes).sum();
    }

    /// Puts what is in memory in order.
    fn sort(&mut self) {
        if let Some(keep) = self.keep {
            self.cut(keep);
        }
        let spec = &self.spec;
        self.rows.sort_unstable_by(|a, b| compare(spec, a, b));
    }

    /// Writes what is in memory as one run.
    fn spill(&mut self, watch: &Watch) -> Result<()> {
        let Some(scratch) = watch.scratch() else {
            return Err(over(self.bytes, watch, &self.claim));
        };
        self.sort();
        let runs = match &mut self.runs {
            Some(runs) => runs,
            None => {
                let plan = Plan::new(bytes_max(watch, &self.claim));
                self.runs.insert(Runs::new(scratch.file()?, plan.block))
            }
        };
        runs.write(&self.rows)?;
        self.rows.clear();
        self.bytes = 0;
        self.claim.release();
        Ok(())
    }

    /// The rows in order.
    ///
    /// # Errors
    /// As [`push`](Self::push), and whatever the watch says.
    pub(crate) fn finish(mut self, watch: &Watch) -> Result<Sorted> {
        if self.runs.is_some() && !self.rows.is_empty() {
            self.spill(watch)?;
        }
        let Some(runs) = self.runs.take() else {
            self.sort();
            return Ok(Sorted::Memory(self.rows.into_iter(), self.claim));
        };
        drop(std::mem::take(&mut self.rows));
        let merge = merge::narrowed(&self.spec, runs, self.keep, watch, &mut self.claim)?;
        Ok(Sorted::Merged(Box::new(merge), self.keep, self.claim))
    }
}

impl Sorted {
    /// Appends the next rows, `want` at most, to `rows`.
    ///
    /// # Errors
    /// `Io`, and whatever the watch says.
    pub(crate) fn next_into(&mut self, watch: &Watch, want: usize, rows: &mut Rows) -> Result<()> {
        match self {
            Sorted::Memory(sorted, _) => {
                sorted.by_ref().take(want).for_each(|row| rows.push(row.id, row.record, row.body));
            }
            Sorted::Merged(merge, left, _) => {
                let want = left.map_or(want, |left| left.min(want));
                for _ in 0..want {
                    let Some(row) = merge.next(watch)? else { break };
                    *left = left.map(|left| left - 1);
                    rows.push(row.id, row.record, row.body);
                }
            }
        }
        Ok(())
    }
}

fn compare(spec: &SortSpec, a: &Row, b: &Row) -> Ordering {
    spec.compare(&a.key, &b.key).then(a.arrival.cmp(&b.arrival))
}

/// How much a sort may hold: a share of the budget only, where it can go on in a file.
fn bytes_max(watch: &Watch, claim: &Claim) -> usize {
    match watch.scratch() {
        Some(_) => watch.sort_bytes_max.min(claim.budget().share()),
        None => watch.sort_bytes_max,
    }
}

/// The error of a sort that has no more room and may not use the disk.
fn over(bytes: usize, watch: &Watch, claim: &Claim) -> Error {
    let why = watch.why_no_scratch();
    let what = match watch.sort_bytes_max {
        most if bytes > most => {
            format!("a sort over {bytes} bytes is over sort_bytes_max, {most}, and {why}")
        }
        _ => format!("a sort over {bytes} bytes is over {}, and {why}", claim.left()),
    };
    Error::new(ErrorKind::Limit, what).with_code(code::QUERY_EXCEEDED_MEMORY_LIMIT)
}
