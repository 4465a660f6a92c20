//! Source: every record of the collection, in insertion order.

use std::ops::Bound;

use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::storage::{Direction, KeyRange, Scan};

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
}

impl Operator for Records {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        loop {
            ctx.watch.check()?;
            let met = rows.fill(ctx.txn.now_ms(), |batch| self.scan.next_batch(batch, want))?;
            self.counts.docs += met as u64;
            self.counts.returned += rows.len() as u64;
            if met == 0 || !rows.is_empty() {
                return Ok(());
            }
        }
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}
