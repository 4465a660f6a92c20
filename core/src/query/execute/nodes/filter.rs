//! Lets through the documents that satisfy a filter. They are looked at where they lie.

use std::sync::Arc;

use crate::error::Result;
use crate::expression::filter::Filter as Predicate;
use crate::expression::value::Moment;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows, Sieve, Sought};

/// How many rows are asked for at first: a search for one document shall not read a thousand.
const ASK_FIRST: usize = 32;
const ASK_MAX: usize = 1024;
/// How many are asked for at least: one by one would be slow.
const ASK_LEAST: usize = 8;

pub(crate) struct Filter {
    filter: Arc<Predicate>,
    sieve: Option<Sieve>,
    input: Box<dyn Operator>,
    /// How many rows are asked for as long as none of them passed.
    ask: usize,
    seen: u64,
    returned: u64,
}

impl Filter {
    pub(crate) fn start(filter: &Arc<Predicate>, sieve: Option<Sieve>, input: Box<dyn Operator>) -> Self {
        Self { filter: Arc::clone(filter), sieve, input, ask: ASK_FIRST, seen: 0, returned: 0 }
    }

    /// How many rows to ask for, so that about as many pass as are wanted.
    fn ask(&mut self, want: usize) -> usize {
        if self.returned == 0 {
            let ask = self.ask.max(want);
            self.ask = (self.ask * 2).min(ASK_MAX);
            return ask;
        }
        let ask = (want as u64).saturating_mul(self.seen).div_ceil(self.returned);
        usize::try_from(ask).map_or(ASK_MAX, |ask| ask.clamp(ASK_LEAST, ASK_MAX.max(want)))
    }
}

impl Operator for Filter {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        let leave = || ctx.watch.check();
        let moment = Moment { now_ms: ctx.txn.now_ms(), leave: &leave };
        loop {
            let ask = self.ask(want);
            let sought = Sought { filter: &self.filter, moment: &moment, sieve: self.sieve.as_ref() };
            let met = self.input.next_where(ctx, ask, rows, &sought)?;
            self.seen += met as u64;
            if met == 0 {
                return Ok(());
            }
            if !rows.is_empty() {
                self.returned += rows.len() as u64;
                return Ok(());
            }
        }
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(Counts { returned: self.returned, ..Counts::default() });
        self.input.report(into);
    }
}
