//! From record ids to rows, for the nodes that know these first.

use std::collections::VecDeque;

use crate::collection::{RecordId, dangling};
use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::expired::Expired;
use crate::query::execute::{Context, Rows};
use crate::query::plan::Yield;
use crate::storage::Slice;

use super::index_scan::nothing;
use super::ration::Ration;

pub(super) struct LookUp {
    reads: bool,
    ration: Ration,
    expired: Expired,
    nothing: Slice,
}

impl LookUp {
    pub(super) fn new(yields: &Yield) -> Self {
        Self {
            reads: matches!(yields, Yield::Documents),
            ration: Ration::new(),
            expired: Expired::default(),
            nothing: nothing(),
        }
    }

    /// How many records are wanted at once.
    pub(super) fn ration(&self, want: usize) -> usize {
        if self.reads { self.ration.of(want) } else { want.max(1) }
    }

    /// Takes the first of the records that are waiting, and puts those that live into `rows`, which is empty.
    pub(super) fn next(
        &mut self,
        ctx: &Context<'_>,
        want: usize,
        waiting: &mut VecDeque<RecordId>,
        rows: &mut Rows,
        counts: &mut Counts,
    ) -> Result<()> {
        let now = self.ration(want).min(waiting.len());
        counts.walked += now as u64;
        if !self.reads {
            for record in waiting.drain(..now) {
                if !self.expired.holds(ctx, record)? {
                    rows.push(record, self.nothing.clone(), 0);
                }
            }
            return Ok(());
        }
        counts.docs += read(ctx, waiting.drain(..now), rows)? as u64;
        self.ration.learn(rows);
        Ok(())
    }
}

/// Reads the records to which entries of an index lead; says how many.
pub(super) fn read(
    ctx: &Context<'_>,
    records: impl Iterator<Item = RecordId>,
    rows: &mut Rows,
) -> Result<usize> {
    let keys: Vec<[u8; 8]> = records.map(RecordId::key).collect();
    let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
    let found = ctx.txn.get_many(ctx.opened.entry.records, &keys)?;
    rows.fill(ctx.txn.now_ms(), |batch| {
        batch.reserve(keys.len(), size_of::<RecordId>());
        for (key, record) in keys.iter().zip(found) {
            batch.push(key, record.ok_or_else(|| dangling(ctx.opened, key))?);
        }
        Ok(())
    })
}
