//! Source: the records with given `_id`s.

use std::sync::Arc;

use super::ration::Ration;
use crate::collection::{fetch_many, live_body};
use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::storage::Direction;

pub(crate) struct Ids {
    keys: Arc<[Vec<u8>]>,
    direction: Direction,
    /// The keys not yet looked up.
    from: usize,
    to: usize,
    begun: bool,
    ration: Ration,
    counts: Counts,
}

impl Ids {
    /// Looks the keys up, which ascend, from the end that `direction` says, behind the key `after`.
    pub(crate) fn start(keys: &Arc<[Vec<u8>]>, direction: Direction, after: Option<&[u8]>) -> Self {
        let (mut from, mut to) = (0, keys.len());
        match (direction, after) {
            (_, None) => {}
            (Direction::Forward, Some(after)) => from = keys.partition_point(|key| key.as_slice() <= after),
            (Direction::Backward, Some(after)) => to = keys.partition_point(|key| key.as_slice() < after),
        }
        let (ration, counts) = (Ration::new(), Counts::default());
        Self { keys: Arc::clone(keys), direction, from, to, begun: after.is_some(), ration, counts }
    }

    /// The next keys, `count` at most, in the order of the walk.
    fn next_keys(&mut self, count: usize) -> Vec<usize> {
        let count = count.min(self.to - self.from);
        match self.direction {
            Direction::Forward => {
                self.from += count;
                (self.from - count..self.from).collect()
            }
            Direction::Backward => {
                self.to -= count;
                (self.to..self.to + count).rev().collect()
            }
        }
    }
}

impl Operator for Ids {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        ctx.watch.check()?;
        let before = self.counts.keys;
        if !self.begun {
            self.begun = true;
            ctx.opened.id_uses.begin(ctx.txn.now_ms());
        }
        while rows.len() < self.ration.of(want) {
            let next = self.next_keys(self.ration.of(want) - rows.len());
            if next.is_empty() {
                break;
            }
            let keys: Vec<&[u8]> = next.into_iter().map(|at| self.keys[at].as_slice()).collect();
            for (id, record) in fetch_many(ctx.txn, ctx.opened, &keys)?.into_iter().flatten() {
                self.counts.keys += 1;
                self.counts.walked += 1;
                self.counts.docs += 1;
                if let Some(body) = live_body(&record, ctx.txn.now_ms())? {
                    rows.push(id, record, body);
                }
            }
        }
        ctx.opened.id_uses.look(self.counts.keys - before, self.counts.keys - before);
        self.counts.returned += rows.len() as u64;
        self.ration.learn(rows);
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}
