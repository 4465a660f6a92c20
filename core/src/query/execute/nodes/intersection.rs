//! Source: the records to which all of several walks lead, each once, in the order of insertion.
//!
//! The first walk, which leads to the fewest, is gathered into a set; each of the others leaves in it what it leads to
//! as well. Where the set does not fit into memory, the records are taken stretch by stretch of their ids, and every
//! walk is made again for each.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::Claim;
use crate::collection::RecordId;
use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::query::plan::{Expected, Intersection as Plan, Node};

use super::branch::Branch;
use super::look_up::LookUp;
use super::record_set::RecordSet;

/// How many entries are walked between two looks at the clock.
const ASK: usize = 1024;

pub(crate) struct Intersection {
    sides: Arc<[Node]>,
    expected: Option<Expected>,
    /// Where the next stretch of ids begins; nothing when there is none.
    from: Option<RecordId>,
    stretches: u64,
    /// The records that were found and not looked up yet.
    waiting: VecDeque<RecordId>,
    found: u64,
    looks: LookUp,
    counts: Counts,
    /// What each side did.
    of_sides: Vec<Counts>,
}

impl Intersection {
    pub(crate) fn start(plan: &Plan) -> Self {
        Self {
            sides: Arc::clone(&plan.sides),
            expected: plan.expected.clone(),
            from: Some(RecordId(0)),
            stretches: 0,
            waiting: VecDeque::new(),
            found: 0,
            looks: LookUp::new(&plan.yields),
            counts: Counts::default(),
            of_sides: vec![Counts::default(); plan.sides.len()],
        }
    }

    /// Finds the records of the next stretch, which begins at `from`.
    fn find(&mut self, ctx: &Context<'_>, from: RecordId) -> Result<()> {
        let mut set = RecordSet::new(from, ctx.watch.sort_bytes_max, Claim::on(ctx.txn.budget()));
        for (at, side) in self.sides.iter().enumerate() {
            let mut take = |record| if at == 0 { set.gather(record) } else { set.meet(record) };
            walk(ctx, side, &mut self.of_sides[at], &mut take)?;
            if at == 0 {
                set.close();
            } else {
                set.keep_met();
            }
            if set.is_empty() {
                break;
            }
        }
        self.counts.bytes = self.counts.bytes.max(set.bytes_held() as u64);
        self.from = set.end();
        self.waiting = set.into_records();
        self.found += self.waiting.len() as u64;
        self.stretches += 1;
        self.tell();
        Ok(())
    }

    /// Says so where this is dearer than it was thought to be.
    fn tell(&mut self) {
        let Some(expected) = &self.expected else { return };
        if self.stretches > 1 {
            expected.disappoint_by(self.stretches as f64);
        } else if self.found > expected.bearable() {
            expected.disappoint(self.found);
        }
    }
}

/// Hands every record that a side leads to to `take`, some more than once.
fn walk(ctx: &Context<'_>, side: &Node, did: &mut Counts, take: &mut dyn FnMut(RecordId)) -> Result<()> {
    let (mut branch, mut now) = (Branch::start(side, ctx)?, Counts::default());
    loop {
        ctx.watch.check()?;
        if !branch.next(ctx, ASK, &mut now, take)? {
            break;
        }
    }
    did.keys += now.keys;
    did.walked += now.walked;
    Ok(())
}

impl Operator for Intersection {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        while rows.is_empty() {
            ctx.watch.check()?;
            if self.waiting.is_empty() {
                let Some(from) = self.from.take() else { break };
                self.find(ctx, from)?;
                continue;
            }
            self.looks.next(ctx, want, &mut self.waiting, rows, &mut self.counts)?;
        }
        self.counts.returned += rows.len() as u64;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
        into.extend_from_slice(&self.of_sides);
    }
}
