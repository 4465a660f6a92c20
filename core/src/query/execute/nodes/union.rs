//! Source: the records to which any of several walks leads, each once, in the order in which they are met.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use crate::collection::{RecordId, dangling};
use crate::error::{Error, ErrorKind, Result, code};
use crate::query::counts::Counts;
use crate::query::execute::expired::Expired;
use crate::query::execute::{Context, Operator, Rows};
use crate::query::plan::{Node, Yield};
use crate::storage::{Batch, Direction, Scan, Slice};

use super::index_scan::nothing;
use super::key_walk::KeyWalk;
use super::ration::Ration;

/// What a record costs that is known to have been met.
const MET_BYTES: usize = 16;

pub(crate) struct Union {
    branches: Arc<[Node]>,
    reads: bool,
    /// The branch that is walked.
    at: usize,
    walk: Option<Walk>,
    met: HashSet<u64>,
    /// Those of them that were not looked up yet.
    waiting: VecDeque<RecordId>,
    ration: Ration,
    expired: Expired,
    nothing: Slice,
    counts: Counts,
    /// What each branch did.
    of_branches: Vec<Counts>,
}

/// A branch at work.
enum Walk {
    Index(Box<KeyWalk>),
    Ids { keys: Arc<[Vec<u8>]>, next: usize },
    IdRange(Box<dyn Scan>, Batch),
}

impl Union {
    pub(crate) fn start(branches: &Arc<[Node]>, yields: &Yield) -> Self {
        Self {
            branches: Arc::clone(branches),
            reads: matches!(yields, Yield::Documents),
            at: 0,
            walk: None,
            met: HashSet::new(),
            waiting: VecDeque::new(),
            ration: Ration::new(),
            expired: Expired::default(),
            nothing: nothing(),
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
                none => none.insert(Walk::start(&self.branches[self.at], ctx)?),
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
            within(bytes, ctx.watch.sort_bytes_max)?;
        }
        Ok(fresh)
    }
}

impl Walk {
    fn start(branch: &Node, ctx: &Context<'_>) -> Result<Self> {
        if matches!(branch, Node::Ids { .. } | Node::IdRange { .. }) {
            ctx.opened.id_uses.begin(ctx.txn.now_ms());
        }
        match branch {
            Node::Index(scan) => Ok(Self::Index(Box::new(KeyWalk::start(scan)))),
            Node::Ids { keys, .. } => Ok(Self::Ids { keys: Arc::clone(keys), next: 0 }),
            Node::IdRange { range, .. } => {
                let scan = ctx.txn.scan(ctx.opened.entry.ids, range.clone(), Direction::Forward)?;
                Ok(Self::IdRange(scan, Batch::new()))
            }
            other => Err(Error::internal(format!("an alternative that is no walk: {other:?}"))),
        }
    }

    /// Hands the next records to `take`; says whether there may be more.
    fn next(
        &mut self,
        ctx: &Context<'_>,
        want: usize,
        did: &mut Counts,
        take: &mut dyn FnMut(RecordId),
    ) -> Result<bool> {
        let before = did.keys;
        match self {
            Self::Index(walk) => {
                let more = walk.next(ctx, want, &mut |record, _, _| {
                    did.walked += 1;
                    take(record);
                    Ok(())
                })?;
                did.keys = walk.keys;
                Ok(more)
            }
            Self::Ids { keys, next } => {
                let end = keys.len().min(*next + want.max(1));
                let asked: Vec<&[u8]> = keys[*next..end].iter().map(Vec::as_slice).collect();
                for record in ctx.txn.get_many(ctx.opened.entry.ids, &asked)?.into_iter().flatten() {
                    did.keys += 1;
                    did.walked += 1;
                    take(RecordId::from_key(&record).ok_or_else(|| dangling(ctx.opened, &record))?);
                }
                ctx.opened.id_uses.look(did.keys - before, did.keys - before);
                *next = end;
                Ok(end < keys.len())
            }
            Self::IdRange(scan, entries) => {
                scan.next_batch(entries, want.max(1))?;
                for (_, record) in entries.iter() {
                    did.keys += 1;
                    did.walked += 1;
                    take(RecordId::from_key(record).ok_or_else(|| dangling(ctx.opened, record))?);
                }
                ctx.opened.id_uses.look(did.keys - before, did.keys - before);
                Ok(!entries.is_empty())
            }
        }
    }
}

impl Operator for Union {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        while rows.is_empty() {
            let want = if self.reads { self.ration.of(want) } else { want.max(1) };
            if self.waiting.is_empty() {
                self.waiting = self.records(ctx, want)?.into();
            }
            if self.waiting.is_empty() {
                break;
            }
            let now = want.min(self.waiting.len());
            let fresh: Vec<RecordId> = self.waiting.drain(..now).collect();
            self.counts.walked += fresh.len() as u64;
            if !self.reads {
                for record in fresh {
                    if !self.expired.holds(ctx, record)? {
                        rows.push(record, self.nothing.clone(), 0);
                    }
                }
                continue;
            }
            let keys: Vec<[u8; 8]> = fresh.iter().map(|record| record.key()).collect();
            let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
            let found = ctx.txn.get_many(ctx.opened.entry.records, &keys)?;
            let met = rows.fill(ctx.txn.now_ms(), |batch| {
                for (key, record) in keys.iter().zip(found) {
                    batch.push(key, record.ok_or_else(|| dangling(ctx.opened, key))?);
                }
                Ok(())
            })?;
            self.counts.docs += met as u64;
            self.ration.learn(rows);
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
fn within(bytes: usize, bytes_max: usize) -> Result<()> {
    if bytes <= bytes_max {
        return Ok(());
    }
    let what = format!(
        "the records that alternatives lead to, over {bytes} bytes, are over sort_bytes_max, {bytes_max}"
    );
    Err(Error::new(ErrorKind::Limit, what).with_code(code::QUERY_EXCEEDED_MEMORY_LIMIT))
}
