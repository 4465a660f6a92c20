//! A node that says how long it took.

use std::time::Duration;

use crate::error::Result;
use crate::query::counts::Counts;

use super::{Context, Operator, Rows};

pub(super) struct Timed {
    pub(super) node: Box<dyn Operator>,
    pub(super) took: Duration,
}

impl Operator for Timed {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        let began = ctx.watch.moment();
        let outcome = self.node.next(ctx, want, rows);
        self.took += ctx.watch.moment().saturating_sub(began);
        outcome
    }

    fn report(&self, into: &mut Vec<Counts>) {
        let own = into.len();
        self.node.report(into);
        if let Some(counts) = into.get_mut(own) {
            counts.took = self.took;
        }
    }
}
