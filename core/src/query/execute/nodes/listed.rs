//! Source: the records with given ids, as far as they are still there.

use std::sync::Arc;

use super::ration::Ration;
use crate::collection::RecordId;
use crate::error::Result;
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};

pub(crate) struct Listed {
    records: Arc<[RecordId]>,
    next: usize,
    ration: Ration,
    counts: Counts,
}

impl Listed {
    /// Begins behind the record whose key is `after`.
    pub(crate) fn start(records: &Arc<[RecordId]>, after: Option<&[u8]>) -> Self {
        let next = after.map_or(0, |after| records.partition_point(|record| record.key()[..] <= *after));
        Self { records: Arc::clone(records), next, ration: Ration::new(), counts: Counts::default() }
    }
}

impl Operator for Listed {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        while rows.is_empty() && self.next < self.records.len() {
            ctx.watch.check()?;
            let end = self.records.len().min(self.next + self.ration.of(want));
            let keys: Vec<[u8; 8]> = self.records[self.next..end].iter().map(|record| record.key()).collect();
            let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
            let found = ctx.txn.get_many(ctx.opened.entry.records, &keys)?;
            let met = rows.fill(ctx.txn.now_ms(), |batch| {
                for (key, record) in keys.iter().zip(found) {
                    if let Some(record) = record {
                        batch.push(key, record);
                    }
                }
                Ok(())
            })?;
            self.next = end;
            self.counts.docs += met as u64;
            self.counts.returned += rows.len() as u64;
            self.ration.learn(rows);
        }
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}
