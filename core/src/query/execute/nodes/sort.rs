//! Puts the documents in order. What does not fit into memory goes to the disk, where it may.

use std::sync::Arc;

use crate::base::Claim;
use crate::error::Result;
use crate::expression::sort::{SortKey, SortSpec};
use crate::query::counts::Counts;
use crate::query::execute::sorter::{Sorted, Sorter};
use crate::query::execute::{Context, Operator, Rows};

/// How many rows are read at a time.
const ASK: usize = 1024;
/// How many rows of a group are read at a time, at least.
const ASK_GROUP: usize = 16;

pub(crate) struct Sort {
    sort: Arc<SortSpec>,
    /// So many fields, from the first on, are in order already.
    ordered: usize,
    /// How many rows are wanted of those to come.
    keep: Option<usize>,
    input: Option<Box<dyn Operator>>,
    sorted: Option<Sorted>,
    /// The rows read, and the first of them that was not gathered, which begins a group.
    rows: Rows,
    at: usize,
    counts: Counts,
    /// What the nodes beneath did, who are gone once all is gathered.
    beneath: Vec<Counts>,
}

impl Sort {
    pub(crate) fn start(
        sort: &Arc<SortSpec>,
        ordered: usize,
        keep: Option<u64>,
        input: Box<dyn Operator>,
    ) -> Self {
        Self {
            sort: Arc::clone(sort),
            ordered,
            keep: keep.and_then(|keep| usize::try_from(keep).ok()),
            input: Some(input),
            sorted: None,
            rows: Rows::new(),
            at: 0,
            counts: Counts::default(),
            beneath: Vec::new(),
        }
    }

    /// The rows of the next group, which are equal in the fields that are in order already; all rows when none is.
    ///
    /// None are left once as many were handed out as are wanted: groups that follow come behind them.
    fn gather(&mut self, ctx: &Context<'_>, input: &mut dyn Operator, want: usize) -> Result<Sorted> {
        let mut sorter = Sorter::new(&self.sort, self.keep, Claim::on(ctx.txn.budget()));
        let mut first: Option<SortKey> = None;
        let mut gathered = 0;
        // Of whole groups no more is read ahead than is wanted.
        let ask = if self.ordered > 0 { want.max(ASK_GROUP) } else { ASK };
        'group: loop {
            if self.at == self.rows.len() {
                self.at = 0;
                input.next(ctx, ask, &mut self.rows)?;
                if self.rows.is_empty() {
                    break;
                }
            }
            while self.at < self.rows.len() {
                let key = self.sort.key(self.rows.doc(self.at))?;
                if self.ordered > 0 {
                    match &first {
                        Some(first) if !self.sort.agree(first, &key, self.ordered) => break 'group,
                        Some(_) => {}
                        None => first = Some(key.clone()),
                    }
                }
                let (id, record) = (self.rows.record_id(self.at)?, self.rows.record(self.at));
                sorter.push(ctx.watch, key, id, record, self.rows.body(self.at))?;
                gathered += 1;
                self.at += 1;
            }
        }
        self.counts.bytes = self.counts.bytes.max(sorter.bytes_held() as u64);
        self.keep = self.keep.map(|keep| keep.saturating_sub(gathered));
        sorter.finish(ctx.watch)
    }
}

impl Operator for Sort {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        loop {
            if let Some(sorted) = &mut self.sorted {
                sorted.next_into(ctx.watch, want.max(1), rows)?;
            }
            if !rows.is_empty() {
                break;
            }
            // What a group held is given back before the next one is gathered.
            self.sorted = None;
            let Some(mut input) = self.input.take() else { break };
            if self.keep == Some(0) {
                input.report(&mut self.beneath);
                break;
            }
            self.sorted = Some(self.gather(ctx, &mut *input, want)?);
            if self.rows.is_empty() || self.keep == Some(0) {
                input.report(&mut self.beneath);
            } else {
                self.input = Some(input);
            }
        }
        ctx.watch.check()?;
        self.counts.returned += rows.len() as u64;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
        match &self.input {
            Some(input) => input.report(into),
            None => into.extend_from_slice(&self.beneath),
        }
    }
}
