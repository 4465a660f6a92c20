//! Leaves out the first rows, and ends after so many.

use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};

pub(crate) struct Window {
    skip: u64,
    left: u64,
    input: Box<dyn Operator>,
    returned: u64,
}

impl Window {
    pub(crate) fn start(skip: u64, limit: Option<u64>, input: Box<dyn Operator>) -> Self {
        Self { skip, left: limit.unwrap_or(u64::MAX), input, returned: 0 }
    }
}

impl Operator for Window {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        while self.left > 0 {
            // What is to be skipped is asked for in runs of a plain batch, not one by one.
            let most = self.left.saturating_add(self.skip);
            let ask = if self.skip > 0 { want.max(256) } else { want };
            self.input.next(ctx, usize::try_from(most).map_or(ask, |most| most.min(ask)), rows)?;
            if rows.is_empty() {
                return Ok(());
            }
            let skipped = usize::try_from(self.skip).map_or(rows.len(), |skip| skip.min(rows.len()));
            rows.skip(skipped);
            self.skip -= skipped as u64;
            rows.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.left -= rows.len() as u64;
            self.returned += rows.len() as u64;
            if !rows.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(Counts { returned: self.returned, ..Counts::default() });
        self.input.report(into);
    }
}
