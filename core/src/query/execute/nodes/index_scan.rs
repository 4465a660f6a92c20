//! Source: the records that an index leads to, in the order of the index.

use std::collections::HashSet;

use super::ration::Ration;
use crate::collection::{RecordId, dangling};
use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::query::plan::IndexScan as Plan;
use crate::storage::{Batch, Direction, Scan};

pub(crate) struct IndexScan {
    plan: Plan,
    /// How many of the ranges were begun.
    begun: usize,
    scan: Option<Box<dyn Scan>>,
    entries: Batch,
    /// The records that were met, where one may be met again.
    met: HashSet<u64>,
    ration: Ration,
    counts: Counts,
}

impl IndexScan {
    pub(crate) fn start(plan: &Plan) -> Self {
        Self {
            plan: plan.clone(),
            begun: 0,
            scan: None,
            entries: Batch::new(),
            met: HashSet::new(),
            ration: Ration::new(),
            counts: Counts::default(),
        }
    }

    /// Reads the next entries; says whether there were any.
    fn read(&mut self, ctx: &Context<'_>, want: usize) -> Result<bool> {
        loop {
            ctx.watch.check()?;
            if self.scan.is_none() {
                let Some(at) = self.next_range() else { return Ok(false) };
                let range = self.plan.ranges[at].clone();
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

    /// The records of the entries that were read, those left out that were met before.
    fn records(&mut self, ctx: &Context<'_>) -> Result<Vec<[u8; 8]>> {
        let mut records = Vec::with_capacity(self.entries.len());
        for (key, value) in self.entries.iter() {
            let place = if self.plan.index.spec.unique { &value[..] } else { key };
            let record = RecordId::from_end(place).ok_or_else(|| dangling(ctx.opened, key))?;
            if !self.plan.repeats || self.met.insert(record.0) {
                records.push(record.key());
            }
        }
        Ok(records)
    }
}

impl Operator for IndexScan {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        while rows.is_empty() && self.read(ctx, self.ration.of(want))? {
            let records = self.records(ctx)?;
            let keys: Vec<&[u8]> = records.iter().map(|record| &record[..]).collect();
            let found = ctx.txn.get_many(ctx.opened.entry.records, &keys)?;
            self.counts.keys += self.entries.len() as u64;
            let met = rows.fill(ctx.txn.now_ms(), |batch| {
                for (key, record) in keys.iter().zip(found) {
                    batch.push(key, record.ok_or_else(|| dangling(ctx.opened, key))?);
                }
                Ok(())
            })?;
            self.counts.docs += met as u64;
            self.counts.returned += rows.len() as u64;
            self.ration.learn(rows);
        }
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}
