//! Source: every record of the collection, in insertion order or backwards.

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
