//! Source: the records whose `_id` lies in a range, in the order of their `_id`s.

use std::ops::Bound;

use super::ration::Ration;
use crate::collection::{RecordId, dangling};
use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::expired::Expired;
use crate::query::execute::{Context, Operator, Rows};
use crate::query::plan::Yield;
use crate::storage::{Batch, Direction, KeyRange, Scan, Slice};

use super::index_scan::nothing;

pub(crate) struct IdRange {
    scan: Box<dyn Scan>,
    reads: bool,
    entries: Batch,
    expired: Expired,
    nothing: Slice,
    ration: Ration,
    counts: Counts,
}

impl IdRange {
    /// Begins behind the `_id` whose key is `after`.
    pub(crate) fn start(
        ctx: &Context<'_>,
        mut range: KeyRange,
        direction: Direction,
        yields: &Yield,
        after: Option<&[u8]>,
    ) -> Result<Self> {
        match (direction, after) {
            (_, None) => ctx.opened.id_uses.begin(ctx.txn.now_ms()),
            (Direction::Forward, Some(after)) => range.start = Bound::Excluded(after.to_vec()),
            (Direction::Backward, Some(after)) => range.end = Bound::Excluded(after.to_vec()),
        }
        Ok(Self {
            scan: ctx.txn.scan(ctx.opened.entry.ids, range, direction)?,
            reads: matches!(yields, Yield::Documents),
            entries: Batch::new(),
            expired: Expired::default(),
            nothing: nothing(),
            ration: Ration::new(),
            counts: Counts::default(),
        })
    }

    fn documents(&mut self, ctx: &Context<'_>, rows: &mut Rows) -> Result<()> {
        let keys: Vec<&[u8]> = self.entries.iter().map(|(_, record)| record).collect();
        let records = ctx.txn.get_many(ctx.opened.entry.records, &keys)?;
        let met = rows.fill(ctx.txn.now_ms(), |batch| {
            batch.reserve(keys.len(), size_of::<RecordId>());
            for (key, record) in keys.iter().zip(records) {
                batch.push(key, record.ok_or_else(|| dangling(ctx.opened, key))?);
            }
            Ok(())
        })?;
        self.counts.docs += met as u64;
        Ok(())
    }

    fn presence(&mut self, ctx: &Context<'_>, rows: &mut Rows) -> Result<()> {
        for (_, record) in self.entries.iter() {
            let record = RecordId::from_key(record).ok_or_else(|| dangling(ctx.opened, record))?;
            if !self.expired.holds(ctx, record)? {
                rows.push(record, self.nothing.clone(), 0);
            }
        }
        Ok(())
    }
}

impl Operator for IdRange {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        while rows.is_empty() {
            ctx.watch.check()?;
            let ask = if self.reads { self.ration.of(want) } else { want.max(1) };
            self.scan.next_batch(&mut self.entries, ask)?;
            if self.entries.is_empty() {
                break;
            }
            let met = self.entries.len() as u64;
            ctx.opened.id_uses.look(met, met);
            self.counts.keys += met;
            self.counts.walked += met;
            if self.reads {
                self.documents(ctx, rows)?;
                self.ration.learn(rows);
            } else {
                self.presence(ctx, rows)?;
            }
        }
        self.counts.returned += rows.len() as u64;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}
