//! Nodes that walk the road of a plan: batches in, batches out.
//!
//! Invariants
//!   X1  No node answers a document whose expiry has passed.
//!   X2  A node that hands out an empty batch has come to its end.
//!   X3  Memory grows in `sort`, `distinct`, `union` and `intersection` alone, and there up to a stated bound; beyond it
//!       a sort uses the disk, and an intersection walks its indexes again.
//!   X4  Between two batches the clock and the caller's wish to stop are looked at.
//!
//! Read next: `rows` (a batch), `watch` (when to stop), `sorter`, then `nodes`, one file
//! for each.

mod expired;
pub(crate) mod nodes;
mod rows;
mod sorter;
mod sought;
#[cfg(test)]
mod tests;
mod timed;
mod watch;

use std::time::Duration;

use crate::collection::Opened;
use crate::error::Result;
use crate::transaction::Transaction;

use super::counts::Counts;
use super::plan::Node;
pub(crate) use rows::Rows;
pub(crate) use sought::{Sieve, Sought};
pub use watch::CancelToken;
pub(crate) use watch::Watch;

/// Where a plan is walked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) txn: &'a Transaction,
    pub(crate) opened: &'a Opened,
    pub(crate) watch: &'a Watch,
}

/// A node at work.
pub(crate) trait Operator: Send {
    /// Replaces what `rows` holds by the next batch, of about `want` rows; an empty one is the end.
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()>;

    /// The same, but only those rows that are sought; says among how many, and none is the end.
    fn next_where(
        &mut self,
        ctx: &Context<'_>,
        want: usize,
        rows: &mut Rows,
        sought: &Sought<'_>,
    ) -> Result<usize> {
        self.next(ctx, want, rows)?;
        let met = rows.len();
        rows.retain(|doc| sought.takes(doc))?;
        Ok(met)
    }

    /// Appends what this node did so far, and then what those beneath it did.
    fn report(&self, into: &mut Vec<Counts>);
}

/// Begins to walk the plan.
pub(crate) fn start(node: &Node, ctx: &Context<'_>) -> Result<Box<dyn Operator>> {
    start_after(node, ctx, None)
}

/// Begins to walk the plan behind the row whose place this is.
pub(crate) fn start_after(node: &Node, ctx: &Context<'_>, after: Option<&[u8]>) -> Result<Box<dyn Operator>> {
    let node: Box<dyn Operator> = match node {
        Node::Records { direction } => Box::new(nodes::Records::start(ctx, *direction, after)?),
        Node::Ids { keys, direction } => Box::new(nodes::Ids::start(keys, *direction, after)),
        Node::IdRange { range, direction, yields } => {
            Box::new(nodes::IdRange::start(ctx, range.clone(), *direction, yields, after)?)
        }
        Node::Index(scan) => Box::new(nodes::IndexScan::start(scan)),
        Node::Union { branches, yields } => Box::new(nodes::Union::start(branches, yields)),
        Node::Intersection(plan) => Box::new(nodes::Intersection::start(plan)),
        Node::Listed { list } => Box::new(nodes::Listed::start(&list.records, after)),
        Node::Filter { filter, input } => {
            // Only a walk over all records comes again and again by the same ones.
            let sieve = matches!(**input, Node::Records { .. }).then(|| Sieve::before(filter, ctx)).flatten();
            Box::new(nodes::Filter::start(filter, sieve, start_after(input, ctx, after)?))
        }
        Node::Sort { sort, ordered, keep, input } => {
            Box::new(nodes::Sort::start(sort, *ordered, *keep, start_after(input, ctx, after)?))
        }
        Node::Window { skip, limit, input } => {
            Box::new(nodes::Window::start(*skip, *limit, start_after(input, ctx, after)?))
        }
        Node::Project { projection, input } => {
            Box::new(nodes::Project::start(projection, start_after(input, ctx, after)?))
        }
    };
    let took = Duration::ZERO;
    Ok(if ctx.watch.timed { Box::new(timed::Timed { node, took }) } else { node })
}
