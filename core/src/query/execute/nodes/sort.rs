//! Puts the documents in order. What does not fit into memory goes to the disk, where it may.

use std::sync::Arc;

use crate::error::Result;
use crate::expression::sort::SortSpec;
use crate::query::counts::Counts;
use crate::query::execute::sorter::{Sorted, Sorter};
use crate::query::execute::{Context, Operator, Rows};

/// How many rows are read at a time.
const ASK: usize = 1024;

pub(crate) struct Sort {
    sort: Arc<SortSpec>,
    keep: Option<usize>,
    input: Option<Box<dyn Operator>>,
    sorted: Option<Sorted>,
    returned: u64,
    /// What the nodes beneath did, who are gone once all is gathered.
    beneath: Vec<Counts>,
}

impl Sort {
    pub(crate) fn start(sort: &Arc<SortSpec>, keep: Option<u64>, input: Box<dyn Operator>) -> Self {
        let keep = keep.and_then(|keep| usize::try_from(keep).ok());
        let sort = Arc::clone(sort);
        Self { sort, keep, input: Some(input), sorted: None, returned: 0, beneath: Vec::new() }
    }

    fn gather(&self, ctx: &Context<'_>, input: &mut dyn Operator) -> Result<Sorted> {
        let mut sorter = Sorter::new(&self.sort, self.keep);
        let mut rows = Rows::new();
        loop {
            input.next(ctx, ASK, &mut rows)?;
            if rows.is_empty() {
                return sorter.finish(ctx.watch);
            }
            for at in 0..rows.len() {
                let key = self.sort.key(rows.doc(at))?;
                sorter.push(ctx.watch, key, rows.record_id(at)?, rows.record(at), rows.body(at))?;
            }
        }
    }
}

impl Operator for Sort {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        if let Some(mut input) = self.input.take() {
            self.sorted = Some(self.gather(ctx, &mut *input)?);
            input.report(&mut self.beneath);
        }
        ctx.watch.check()?;
        rows.clear();
        if let Some(sorted) = &mut self.sorted {
            sorted.next_into(ctx.watch, want.max(1), rows)?;
        }
        self.returned += rows.len() as u64;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(Counts { returned: self.returned, ..Counts::default() });
        match &self.input {
            Some(input) => input.report(into),
            None => into.extend_from_slice(&self.beneath),
        }
    }
}
