//! Source: every record of the collection, in insertion order.

use std::ops::Bound;

use crate::document::raw::RawDoc;
use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::storage::{Batch, Direction, KeyRange, Scan};

pub(crate) struct Records {
    scan: Box<dyn Scan>,
    counts: Counts,
}

impl Records {
    /// Begins behind the record whose key is `after`.
    pub(crate) fn start(ctx: &Context<'_>, after: Option<&[u8]>) -> Result<Self> {
        let start = after.map_or(Bound::Unbounded, |key| Bound::Excluded(key.to_vec()));
        let range = KeyRange { start, end: Bound::Unbounded };
        let scan = ctx.txn.scan(ctx.opened.entry.records, range, Direction::Forward)?;
        Ok(Self { scan, counts: Counts::default() })
    }

    /// The next batch in which anything lives; says how many do.
    fn fill(
        &mut self,
        ctx: &Context<'_>,
        want: usize,
        rows: &mut Rows,
        mut keep: impl FnMut(RawDoc<'_>) -> Result<bool>,
    ) -> Result<usize> {
        loop {
            ctx.watch.check()?;
            let next = |batch: &mut Batch| self.scan.next_batch(batch, want);
            let filled = rows.fill_where(ctx.txn.now_ms(), next, &mut keep)?;
            self.counts.docs += filled.met as u64;
            self.counts.returned += filled.living as u64;
            if filled.met == 0 || filled.living > 0 {
                return Ok(filled.living);
            }
        }
    }
}

impl Operator for Records {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        self.fill(ctx, want, rows, |_| Ok(true)).map(drop)
    }

    fn next_where(
        &mut self,
        ctx: &Context<'_>,
        want: usize,
        rows: &mut Rows,
        keep: &mut dyn FnMut(RawDoc<'_>) -> Result<bool>,
    ) -> Result<usize> {
        self.fill(ctx, want, rows, keep)
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}
