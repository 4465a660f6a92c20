//! A walk that leads to records by their ids: one of several that are taken together.

use std::sync::Arc;

use crate::collection::{RecordId, dangling};
use crate::error::{Error, Result};
use crate::query::counts::Counts;
use crate::query::execute::Context;
use crate::query::plan::Node;
use crate::storage::{Batch, Direction, Scan};

use super::key_walk::KeyWalk;

/// A branch at work.
pub(super) enum Branch {
    Index(Box<KeyWalk>),
    Ids { keys: Arc<[Vec<u8>]>, next: usize },
    IdRange(Box<dyn Scan>, Batch),
}

impl Branch {
    pub(super) fn start(branch: &Node, ctx: &Context<'_>) -> Result<Self> {
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
            other => Err(Error::internal(format!("a branch that is no walk: {other:?}"))),
        }
    }

    /// Hands the next records to `take`; says whether there may be more.
    pub(super) fn next(
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
