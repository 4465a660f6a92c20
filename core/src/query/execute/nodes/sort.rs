//! Puts the documents in order. Here memory grows, up to the bound of the watch.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::collection::RecordId;
use crate::error::{Error, ErrorKind, Result};
use crate::expression::sort::{SortKey, SortSpec};
use crate::query::counts::Counts;
use crate::query::execute::{Context, Operator, Rows};
use crate::storage::Slice;

/// How many rows are read at a time.
const ASK: usize = 1024;
/// How many rows of a group are read at a time, at least.
const ASK_GROUP: usize = 16;
/// What a gathered row costs besides its bytes and its key's values.
const ROW_BYTES: usize = size_of::<Gathered>() + 2 * size_of::<usize>();
/// What one value of a key costs besides its bytes.
const VALUE_BYTES: usize = 64;

pub(crate) struct Sort {
    sort: Arc<SortSpec>,
    /// So many fields, from the first on, are in order already.
    ordered: usize,
    /// How many rows are wanted of those to come.
    keep: Option<usize>,
    input: Option<Box<dyn Operator>>,
    sorted: std::vec::IntoIter<Gathered>,
    /// The rows read, and the first of them that was not gathered, which begins a group.
    rows: Rows,
    at: usize,
    arrival: u64,
    counts: Counts,
    /// What the nodes beneath did, who are gone once all is gathered.
    beneath: Vec<Counts>,
}

struct Gathered {
    key: SortKey,
    /// Rows with equal keys keep the order in which they came.
    arrival: u64,
    id: RecordId,
    record: Slice,
    body: usize,
}

impl Sort {
    pub(crate) fn start(
        sort: &Arc<SortSpec>,
        ordered: usize,
        keep: Option<u64>,
        input: Box<dyn Operator>,
    ) -> Self {
        Self {
            sort: Arc::clone(sort),
            ordered,
            keep: keep.and_then(|keep| usize::try_from(keep).ok()),
            input: Some(input),
            sorted: Vec::new().into_iter(),
            rows: Rows::new(),
            at: 0,
            arrival: 0,
            counts: Counts::default(),
            beneath: Vec::new(),
        }
    }

    /// The rows of the next group, which are equal in the fields that are in order already; all rows when none is.
    ///
    /// None are left once as many were handed out as are wanted: groups that follow come behind them.
    fn gather(&mut self, ctx: &Context<'_>, input: &mut dyn Operator, want: usize) -> Result<Vec<Gathered>> {
        let bytes_max = ctx.watch.sort_bytes_max;
        let mut gathered: Vec<Gathered> = Vec::new();
        let mut bytes = 0;
        // Of whole groups no more is read ahead than is wanted.
        let ask = if self.ordered > 0 { want.max(ASK_GROUP) } else { ASK };
        loop {
            if self.at == self.rows.len() {
                self.at = 0;
                input.next(ctx, ask, &mut self.rows)?;
                if self.rows.is_empty() {
                    return Ok(gathered);
                }
            }
            while self.at < self.rows.len() {
                let key = self.sort.key(self.rows.doc(self.at))?;
                if let Some(first) = gathered.first()
                    && self.ordered > 0
                    && !self.sort.agree(&first.key, &key, self.ordered)
                {
                    return Ok(gathered);
                }
                let (id, record) = (self.rows.record_id(self.at)?, self.rows.record(self.at).clone());
                let row = Gathered { key, arrival: self.arrival, id, record, body: self.rows.body(self.at) };
                self.arrival += 1;
                self.at += 1;
                bytes += row.bytes();
                self.counts.bytes = self.counts.bytes.max(bytes as u64);
                gathered.push(row);
                if let Some(keep) = self.keep
                    && (bytes > bytes_max || gathered.len() >= keep.saturating_mul(2).saturating_add(ASK))
                {
                    bytes = self.cut(&mut gathered, keep);
                }
                within(bytes, bytes_max)?;
            }
        }
    }

    /// Keeps the rows that come first, in any order; says how many bytes they take.
    ///
    /// Done when as many again have gathered, so each row is moved a bounded number of times, or when the bound is
    /// reached: rows that do not count must not be what breaks it.
    fn cut(&self, gathered: &mut Vec<Gathered>, keep: usize) -> usize {
        if keep < gathered.len() {
            gathered.select_nth_unstable_by(keep, |a, b| self.compare(a, b));
            gathered.truncate(keep);
        }
        gathered.iter().map(Gathered::bytes).sum()
    }

    fn compare(&self, a: &Gathered, b: &Gathered) -> Ordering {
        self.sort.compare(&a.key, &b.key).then(a.arrival.cmp(&b.arrival))
    }
}

impl Gathered {
    fn bytes(&self) -> usize {
        let (values, bytes) = self.key.size();
        ROW_BYTES + self.record.len() + values * VALUE_BYTES + bytes
    }
}

impl Operator for Sort {
    fn next(&mut self, ctx: &Context<'_>, want: usize, rows: &mut Rows) -> Result<()> {
        rows.clear();
        while rows.is_empty() {
            for row in self.sorted.by_ref().take(want.max(1)) {
                rows.push(row.id, row.record, row.body);
            }
            if !rows.is_empty() {
                break;
            }
            let Some(mut input) = self.input.take().filter(|_| self.keep != Some(0)) else { break };
            let mut gathered = self.gather(ctx, &mut *input, want)?;
            if let Some(keep) = self.keep {
                self.cut(&mut gathered, keep);
            }
            gathered.sort_unstable_by(|a, b| self.compare(a, b));
            self.keep = self.keep.map(|keep| keep.saturating_sub(gathered.len()));
            if self.rows.is_empty() || self.keep == Some(0) {
                input.report(&mut self.beneath);
            } else {
                self.input = Some(input);
            }
            self.sorted = gathered.into_iter();
        }
        ctx.watch.check()?;
        self.counts.returned += rows.len() as u64;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(self.counts);
        match &self.input {
            Some(input) => input.report(into),
            None => into.extend_from_slice(&self.beneath),
        }
    }
}

/// Refuses to gather more than allowed.
pub(super) fn within(bytes: usize, bytes_max: usize) -> Result<()> {
    if bytes <= bytes_max {
        return Ok(());
    }
    let what =
        format!("a sort or a list of distinct values over {bytes} bytes is over sort_bytes_max, {bytes_max}");
    Err(Error::new(ErrorKind::Limit, what))
}
