//! Source: the records that an index leads to, in the order of the index; or what the index itself tells of them.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::look_up;
use super::ration::Ration;
use crate::collection::{RecordId, dangling};
use crate::document::builder::RawDocBuf;
use crate::error::Result;
use crate::index::decode::EntryValues;
use crate::query::counts::Counts;
use crate::query::execute::expired::Expired;
use crate::query::execute::{Context, Operator, Rows};
use crate::query::plan::{IndexScan as Plan, Shape, Yield};
use crate::storage::{Buffer, Slice};

use super::key_walk::KeyWalk;

pub(crate) struct IndexScan {
    walk: KeyWalk,
    plan: Plan,
    values: EntryValues,
    expired: Expired,
    nothing: Slice,
    /// The records that were met and not looked up yet.
    met: VecDeque<RecordId>,
    ration: Ration,
    counts: Counts,
}

/// What an entry leads to.
struct Met {
    record: [u8; 8],
    /// Where its document was put together; nothing when the index does not tell it.
    told: Option<Range<usize>>,
}

impl IndexScan {
    pub(crate) fn start(plan: &Plan) -> Self {
        Self {
            walk: KeyWalk::start(plan),
            plan: plan.clone(),
            values: EntryValues::default(),
            expired: Expired::default(),
            nothing: nothing(),
            met: VecDeque::new(),
            ration: Ration::new(),
            counts: Counts::default(),
        }
    }

    fn documents(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<bool> {
        let want = self.ration.of(want);
        let mut more = true;
        if self.met.is_empty() {
            let met = &mut self.met;
            more = self.walk.next(ctx, want, &mut |record, _, _| {
                met.push_back(record);
                Ok(())
            })?;
        }
        let now = want.min(self.met.len());
        let met = look_up::read(ctx, self.met.drain(..now), rows)?;
        self.counts.walked += met as u64;
        self.counts.docs += met as u64;
        self.ration.learn(rows);
        Ok(more)
    }

    fn presence(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<bool> {
        let (expired, counts, nothing) = (&mut self.expired, &mut self.counts, &self.nothing);
        self.walk.next(ctx, want, &mut |record, _, _| {
            counts.walked += 1;
            if !expired.holds(ctx, record)? {
                rows.push(record, nothing.clone(), 0);
            }
            Ok(())
        })
    }

    fn told(&mut self, ctx: &Context<'_>, want: usize, shape: &Shape, rows: &mut Rows) -> Result<bool> {
        let (expired, counts, values) = (&mut self.expired, &mut self.counts, &mut self.values);
        let index = &self.plan.index;
        let (mut written, mut met) = (Vec::new(), Vec::new());
        // What the index does not tell is looked up.
        let more = self.walk.next(ctx, self.ration.of(want), &mut |record, key, value| {
            counts.walked += 1;
            if expired.holds(ctx, record)? {
                return Ok(());
            }
            if !values.read(&index.spec, key, index.kinds_of(value)) {
                return Err(dangling(ctx.opened, key));
            }
            let start = written.len();
            let told = shape.write(values, &mut written).then_some(start..written.len());
            met.push(Met { record: record.key(), told });
            Ok(())
        })?;
        let unknown = met.iter().filter(|met| met.told.is_none()).map(|met| &met.record[..]);
        let unknown: Vec<&[u8]> = unknown.collect();
        counts.docs += unknown.len() as u64;
        let mut fetched = ctx.txn.get_many(ctx.opened.entry.records, &unknown)?.into_iter();
        let written = Arc::new(Buffer::from(written));
        for Met { record, told } in &met {
            let id = RecordId(u64::from_be_bytes(*record));
            match told {
                Some(place) => rows.push(id, Slice::new(Arc::clone(&written), place.clone()), 0),
                None => {
                    let bytes = fetched.next().flatten().ok_or_else(|| dangling(ctx.opened, record))?;
                    rows.push_living(record, bytes, ctx.txn.now_ms())?;
                }
            }
        }
        self.ration.learn(rows);
        Ok(more)
    }
}

impl Operator for IndexScan {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        let yields = self.plan.yields.clone();
        loop {
            let more = match &yields {
                Yield::Documents => self.documents(ctx, want, rows)?,
                Yield::Presence => self.presence(ctx, want, rows)?,
                Yield::Told(shape) => self.told(ctx, want, shape, rows)?,
            };
            if !rows.is_empty() || !more {
                break;
            }
        }
        self.counts.returned += rows.len() as u64;
        self.counts.keys = self.walk.keys;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
    }
}

/// The document that stands for one of which nothing is asked but that it is there.
pub(super) fn nothing() -> Slice {
    Slice::from(RawDocBuf::default().as_bytes().to_vec())
}
