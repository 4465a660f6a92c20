//! The entries of an index that a plan asks for, in the order of the index.

use std::collections::HashSet;
use std::ops::Bound;

use crate::collection::{RecordId, dangling};
use crate::error::Result;
use crate::query::execute::Context;
use crate::query::plan::{Expected, IndexScan as Plan, KeyCheck, Verdict};
use crate::storage::{Batch, Direction, KeyRange, Scan};

/// So many entries are read at first where only some of them count, and where a gap was passed.
const ASK_CHECKED: usize = 16;

pub(super) struct KeyWalk {
    plan: Plan,
    /// How many of the ranges were begun.
    begun: usize,
    scan: Option<Box<dyn Scan>>,
    /// The range that is walked, where its keys are checked.
    range: Option<KeyRange>,
    entries: Batch,
    /// The records that were met, where one may be met again.
    met: HashSet<u64>,
    ask: usize,
    /// So many keys are looked at before somebody is told that they are too many.
    bearable: u64,
    /// How many keys were looked at.
    pub(super) keys: u64,
}

/// Takes an entry: its record, its key and its value.
pub(super) type Take<'t> = &'t mut dyn FnMut(RecordId, &[u8], &[u8]) -> Result<()>;

impl KeyWalk {
    pub(super) fn start(plan: &Plan) -> Self {
        Self {
            plan: plan.clone(),
            begun: 0,
            scan: None,
            range: None,
            entries: Batch::new(),
            met: HashSet::new(),
            ask: ASK_CHECKED,
            bearable: plan.expected.as_ref().map_or(u64::MAX, Expected::bearable),
            keys: 0,
        }
    }

    /// Hands the next entries to `take`, about `want` of them, those left out whose record was met before; says whether
    /// there may be more.
    pub(super) fn next(&mut self, ctx: &Context<'_>, want: usize, take: Take<'_>) -> Result<bool> {
        if self.begun == 0 {
            self.plan.uses.begin(ctx.txn.now_ms());
        }
        let (before, mut hits) = (self.keys, 0);
        let mut take = |record: RecordId, key: &[u8], value: &[u8]| {
            hits += 1;
            take(record, key, value)
        };
        let more = match self.plan.check.clone() {
            None => self.next_unchecked(ctx, want, &mut take)?,
            Some(check) => self.next_checked(ctx, want, &check, &mut take)?,
        };
        self.plan.uses.look(self.keys - before, hits);
        if self.keys > self.bearable
            && let Some(expected) = &self.plan.expected
        {
            expected.disappoint(self.keys);
            self.bearable = self.keys.saturating_mul(2);
        }
        Ok(more)
    }

    fn next_unchecked(&mut self, ctx: &Context<'_>, want: usize, take: Take<'_>) -> Result<bool> {
        if !self.read(ctx, want.max(1))? {
            return Ok(false);
        }
        self.keys += self.entries.len() as u64;
        for (key, value) in self.entries.iter() {
            if let Some(record) = fresh(&self.plan, &mut self.met, ctx, key, value)? {
                take(record, key, value)?;
            }
        }
        Ok(true)
    }

    /// Passes over the keys that do not count: those at hand by bisection, further ones by going to where the next one
    /// can be.
    fn next_checked(
        &mut self,
        ctx: &Context<'_>,
        want: usize,
        check: &KeyCheck,
        take: Take<'_>,
    ) -> Result<bool> {
        if !self.read(ctx, self.ask.min(want.max(ASK_CHECKED)))? {
            return Ok(false);
        }
        self.ask = (self.ask * 2).min(1024);
        let direction = self.plan.direction;
        let mut at = 0;
        while at < self.entries.len() {
            let (key, value) = (self.entries.key(at), self.entries.value(at));
            self.keys += 1;
            match check.verdict(key, direction) {
                Verdict::Counts => {
                    if let Some(record) = fresh(&self.plan, &mut self.met, ctx, key, value)? {
                        take(record, key, value)?;
                    }
                    at += 1;
                }
                Verdict::GoTo(place) => match first_from(&self.entries, at + 1, &place, direction) {
                    Some(next) => at = next,
                    None => return self.go_to(ctx, place).map(|()| true),
                },
                Verdict::End => {
                    self.scan = None;
                    self.range = None;
                    return Ok(true);
                }
                Verdict::Nonsense => return Err(dangling(ctx.opened, key)),
            }
        }
        Ok(true)
    }

    /// Goes on with the walk of the range from `place` on.
    fn go_to(&mut self, ctx: &Context<'_>, place: Vec<u8>) -> Result<()> {
        self.ask = ASK_CHECKED;
        if let Some(range) = &mut self.range {
            match self.plan.direction {
                Direction::Forward => range.start = Bound::Included(place),
                Direction::Backward => range.end = Bound::Excluded(place),
            }
            self.scan = Some(ctx.txn.scan(self.plan.index.tree, range.clone(), self.plan.direction)?);
        }
        Ok(())
    }

    /// Reads the next entries; says whether there were any.
    fn read(&mut self, ctx: &Context<'_>, want: usize) -> Result<bool> {
        loop {
            ctx.watch.check()?;
            if self.scan.is_none() {
                let Some(at) = self.next_range() else { return Ok(false) };
                let range = self.plan.ranges[at].clone();
                self.range = self.plan.check.is_some().then(|| range.clone());
                self.scan = Some(ctx.txn.scan(self.plan.index.tree, range, self.plan.direction)?);
            }
            if let Some(scan) = &mut self.scan {
                scan.next_batch(&mut self.entries, want)?;
            }
            if !self.entries.is_empty() {
                return Ok(true);
            }
            self.scan = None;
        }
    }

    fn next_range(&mut self) -> Option<usize> {
        let ranges = self.plan.ranges.len();
        if self.begun == ranges {
            return None;
        }
        self.begun += 1;
        Some(match self.plan.direction {
            Direction::Forward => self.begun - 1,
            Direction::Backward => ranges - self.begun,
        })
    }
}

/// The record to which an entry leads, unless it was met before.
fn fresh(
    plan: &Plan,
    met: &mut HashSet<u64>,
    ctx: &Context<'_>,
    key: &[u8],
    value: &[u8],
) -> Result<Option<RecordId>> {
    let record = plan.index.record_of(key, value).ok_or_else(|| dangling(ctx.opened, key))?;
    Ok((!plan.repeats || met.insert(record.0)).then_some(record))
}

/// The first entry behind `from` that a walk meets at `place` or later.
fn first_from(entries: &Batch, from: usize, place: &[u8], direction: Direction) -> Option<usize> {
    let comes_before = |at: usize| match direction {
        Direction::Forward => entries.key(at) < place,
        Direction::Backward => entries.key(at) >= place,
    };
    let (mut low, mut high) = (from, entries.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if comes_before(middle) { low = middle + 1 } else { high = middle }
    }
    (low < entries.len()).then_some(low)
}
