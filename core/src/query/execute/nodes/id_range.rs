//! Source: the records whose `_id` lies in a range, in the order of their `_id`s.

use std::ops::Bound;

use super::ration::Ration;
use crate::collection::dangling;
use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::storage::{Batch, Direction, KeyRange, Scan};

pub(crate) struct IdRange {
    scan: Box<dyn Scan>,
    entries: Batch,
    ration: Ration,
    counts: Counts,
}

impl IdRange {
    /// Begins behind the `_id` whose key is `after`.
    pub(crate) fn start(
        ctx: &Context<'_>,
        mut range: KeyRange,
        direction: Direction,
        after: Option<&[u8]>,
    ) -> Result<Self> {
        match (direction, after) {
            (_, None) => {}
            (Direction::Forward, Some(after)) => range.start = Bound::Excluded(after.to_vec()),
            (Direction::Backward, Some(after)) => range.end = Bound::Excluded(after.to_vec()),
        }
        let scan = ctx.txn.scan(ctx.opened.entry.ids, range, direction)?;
        Ok(Self { scan, entries: Batch::new(), ration: Ration::new(), counts: Counts::default() })
    }
}

impl Operator for IdRange {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        loop {
            ctx.watch.check()?;
            self.scan.next_batch(&mut self.entries, self.ration.of(want))?;
            let keys: Vec<&[u8]> = self.entries.iter().map(|(_, record)| &**record).collect();
            let records = ctx.txn.get_many(ctx.opened.entry.records, &keys)?;
            self.counts.keys += self.entries.len() as u64;
            let met = rows.fill(ctx.txn.now_ms(), |batch| {
                for (key, record) in keys.iter().zip(records) {
                    batch.push(key, record.ok_or_else(|| dangling(ctx.opened, key))?);
                }
                Ok(())
            })?;
            self.counts.docs += met as u64;
            self.counts.returned += rows.len() as u64;
            self.ration.learn(rows);
            if self.entries.is_empty() || !rows.is_empty() {
                return Ok(());
            }
        }
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}
