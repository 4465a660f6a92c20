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
/// What a gathered row costs besides its bytes and its key's values.
const ROW_BYTES: usize = size_of::<Gathered>() + 2 * size_of::<usize>();
/// What one value of a key costs besides its bytes.
const VALUE_BYTES: usize = 64;

pub(crate) struct Sort {
    sort: Arc<SortSpec>,
    keep: Option<usize>,
    input: Option<Box<dyn Operator>>,
    sorted: std::vec::IntoIter<Gathered>,
    returned: u64,
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
    pub(crate) fn start(sort: &Arc<SortSpec>, keep: Option<u64>, input: Box<dyn Operator>) -> Self {
        let keep = keep.and_then(|keep| usize::try_from(keep).ok());
        let sorted = Vec::new().into_iter();
        Self { sort: Arc::clone(sort), keep, input: Some(input), sorted, returned: 0, beneath: Vec::new() }
    }

    fn gather(&self, ctx: &Context<'_>, input: &mut dyn Operator) -> Result<Vec<Gathered>> {
        let bytes_max = ctx.watch.sort_bytes_max;
        let mut rows = Rows::new();
        let mut gathered = Vec::new();
        let mut bytes = 0;
        let mut arrival = 0;
        loop {
            input.next(ctx, ASK, &mut rows)?;
            if rows.is_empty() {
                return Ok(gathered);
            }
            for at in 0..rows.len() {
                let key = self.sort.key(rows.doc(at))?;
                let (id, record, body) = (rows.record_id(at)?, rows.record(at).clone(), rows.body(at));
                let row = Gathered { key, arrival, id, record, body };
                arrival += 1;
                bytes += row.bytes();
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
        if let Some(mut input) = self.input.take() {
            let mut gathered = self.gather(ctx, &mut *input)?;
            input.report(&mut self.beneath);
            if let Some(keep) = self.keep {
                self.cut(&mut gathered, keep);
            }
            gathered.sort_unstable_by(|a, b| self.compare(a, b));
            self.sorted = gathered.into_iter();
        }
        ctx.watch.check()?;
        rows.clear();
        for row in self.sorted.by_ref().take(want.max(1)) {
            rows.push(row.id, row.record, row.body);
        }
        self.returned += rows.len() as u64;
        Ok(())
    }

    fn report(&self, into: &mut Vec<Counts>) {
        into.push(Counts { returned: self.returned, ..Counts::default() });
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
