//! Source: the records that an index leads to, in the order of the index.

use crate::collection::dangling;
use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::query::plan::IndexScan as Plan;

use super::key_walk::KeyWalk;

pub(crate) struct IndexScan {
    walk: KeyWalk,
    counts: Counts,
}

impl IndexScan {
    pub(crate) fn start(plan: &Plan) -> Self {
        Self { walk: KeyWalk::start(plan), counts: Counts::default() }
    }
}

impl Operator for IndexScan {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        let mut records = Vec::new();
        while rows.is_empty() {
            records.clear();
            let more = self.walk.next(ctx, want, &mut |record, _, _| {
                records.push(record.key());
                Ok(())
            })?;
            if !more {
                break;
            }
            let keys: Vec<&[u8]> = records.iter().map(|record| &record[..]).collect();
            let found = ctx.txn.get_many(ctx.opened.entry.records, &keys)?;
            let met = rows.fill(ctx.txn.now_ms(), |batch| {
                for (key, record) in keys.iter().zip(found) {
                    batch.push(key, record.ok_or_else(|| dangling(ctx.opened, key))?);
                }
                Ok(())
            })?;
            self.counts.docs += met as u64;
            self.counts.returned += rows.len() as u64;
        }
        self.counts.keys = self.walk.keys;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}
