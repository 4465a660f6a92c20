//! Source: every record of the collection, in insertion order or backwards.

use std::ops::Bound;

use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows, Sought};
use crate::storage::{Batch, Direction, KeyRange, Scan};

pub(crate) struct Records {
    scan: Box<dyn Scan>,
    counts: Counts,
}

impl Records {
    /// Begins behind the record whose key is `after`, as the direction goes.
    pub(crate) fn start(ctx: &Context<'_>, direction: Direction, after: Option<&[u8]>) -> Result<Self> {
        let behind = after.map_or(Bound::Unbounded, |key| Bound::Excluded(key.to_vec()));
        let range = match direction {
            Direction::Forward => KeyRange { start: behind, end: Bound::Unbounded },
            Direction::Backward => KeyRange { start: Bound::Unbounded, end: behind },
        };
        let scan = ctx.txn.scan(ctx.opened.entry.records, range, direction)?;
        Ok(Self { scan, counts: Counts::default() })
    }

    /// The next batch in which anything lives; says how many do.
    fn fill(
        &mut self,
        ctx: &Context<'_>,
        want: usize,
        rows: &mut Rows,
        sought: Option<&Sought<'_>>,
    ) -> Result<usize> {
        loop {
            ctx.watch.check()?;
            let next = |batch: &mut Batch| self.scan.next_batch(batch, want);
            let filled = rows.fill_sought(ctx.txn.now_ms(), next, sought)?;
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
        self.fill(ctx, want, rows, None).map(drop)
    }

    fn next_where(
        &mut self,
        ctx: &Context<'_>,
        want: usize,
        rows: &mut Rows,
        sought: &Sought<'_>,
    ) -> Result<usize> {
        self.fill(ctx, want, rows, Some(sought))
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}
