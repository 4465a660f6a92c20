//! Source: the records to which any of several walks leads, each once, in the order in which they are met.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use crate::base::Claim;
use crate::collection::RecordId;
use crate::error::{Error, ErrorKind, Result, code};
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::query::plan::{Node, Yield};

use super::branch::Branch;
use super::look_up::LookUp;

/// What a record costs that is known to have been met.
const MET_BYTES: usize = 16;

pub(crate) struct Union {
    branches: Arc<[Node]>,
    /// The branch that is walked.
    at: usize,
    walk: Option<Branch>,
    met: HashSet<u64>,
    /// What they have of the budget.
    claim: Option<Claim>,
    /// Those of them that were not looked up yet.
    waiting: VecDeque<RecordId>,
    looks: LookUp,
    counts: Counts,
    /// What each branch did.
    of_branches: Vec<Counts>,
}

impl Union {
    pub(crate) fn start(branches: &Arc<[Node]>, yields: &Yield) -> Self {
        Self {
            branches: Arc::clone(branches),
            at: 0,
            walk: None,
            met: HashSet::new(),
            claim: None,
            waiting: VecDeque::new(),
            looks: LookUp::new(yields),
            counts: Counts::default(),
            of_branches: vec![Counts::default(); branches.len()],
        }
    }

    /// The next records that were not met before; none at the end.
    fn records(&mut self, ctx: &Context<'_>, want: usize) -> Result<Vec<RecordId>> {
        let mut fresh = Vec::new();
        while fresh.is_empty() && self.at < self.branches.len() {
            ctx.watch.check()?;
            let walk = match &mut self.walk {
                Some(walk) => walk,
                none => none.insert(Branch::start(&self.branches[self.at], ctx)?),
            };
            let (met, did) = (&mut self.met, &mut self.of_branches[self.at]);
            let more = walk.next(ctx, want, did, &mut |record| {
                if met.insert(record.0) {
                    fresh.push(record);
                }
            })?;
            if !more {
                self.walk = None;
                self.at += 1;
            }
            let bytes = MET_BYTES * self.met.len();
            self.counts.bytes = self.counts.bytes.max(bytes as u64);
            let claim = self.claim.get_or_insert_with(|| Claim::on(ctx.txn.budget()));
            within(bytes, ctx.watch.sort_bytes_max, claim)?;
        }
        Ok(fresh)
    }
}

impl Operator for Union {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        while rows.is_empty() {
            if self.waiting.is_empty() {
                let want = self.looks.ration(want);
                self.waiting = self.records(ctx, want)?.into();
            }
            if self.waiting.is_empty() {
                break;
            }
            self.looks.next(ctx, want, &mut self.waiting, rows, &mut self.counts)?;
        }
        self.counts.returned += rows.len() as u64;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
        into.extend_from_slice(&self.of_branches);
    }
}

/// Refuses to remember more than allowed.
fn within(bytes: usize, bytes_max: usize, claim: &mut Claim) -> Result<()> {
    let over = match bytes <= bytes_max {
        true if claim.cover(bytes) => return Ok(()),
        true => claim.left(),
        false => format!("sort_bytes_max, {bytes_max}"),
    };
    let what = format!("the records that alternatives lead to, over {bytes} bytes, are over {over}");
    Err(Error::new(ErrorKind::Limit, what).with_code(code::QUERY_EXCEEDED_MEMORY_LIMIT))
}
