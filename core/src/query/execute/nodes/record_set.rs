//! Record ids that are gathered, and asked for again, in bounded memory.

use std::collections::VecDeque;

use crate::base::Claim;
use crate::collection::RecordId;

/// What an id costs: itself, a bit, and as much again while the list grows.
pub(super) const RECORD_BYTES: usize = 17;

/// The ids of a stretch: from one on as far as memory reaches.
pub(super) struct RecordSet {
    from: u64,
    /// Behind the last id of the stretch, where memory did not reach further.
    end: Option<u64>,
    /// In the order in which they came, until `close`; then ascending, each once.
    ids: Vec<u64>,
    /// So many at a time.
    most: usize,
    /// The most there ever were.
    held: usize,
    /// Which of them were met, a bit for each.
    met: Vec<u64>,
    /// Where the last one was that was asked for.
    at: usize,
    /// What the ids have of the budget.
    claim: Claim,
}

impl RecordSet {
    /// An empty set, of ids from `from` on.
    pub(super) fn new(from: RecordId, bytes_max: usize, claim: Claim) -> Self {
        // Half of them are let go when there are too many, and one has to be left.
        let most = (bytes_max / RECORD_BYTES).max(2);
        Self { from: from.0, end: None, ids: Vec::new(), most, held: 0, met: Vec::new(), at: 0, claim }
    }

    /// Adds an id, if it lies in the stretch.
    pub(super) fn gather(&mut self, record: RecordId) {
        if record.0 < self.from || self.end.is_some_and(|end| record.0 >= end) {
            return;
        }
        if !self.claim.cover(self.ids.len() * RECORD_BYTES) {
            self.most = self.ids.len();
        }
        if self.ids.len() >= self.most {
            self.cut();
        }
        if self.end.is_none_or(|end| record.0 < end) {
            self.ids.push(record.0);
        }
    }

    /// Leaves the lower half of what fits, and ends the stretch behind it.
    fn cut(&mut self) {
        self.put_in_order();
        let half = self.most / 2;
        if let Some(end) = self.ids.get(half) {
            self.end = Some(*end);
            self.ids.truncate(half);
        }
    }

    fn put_in_order(&mut self) {
        self.held = self.held.max(self.ids.len());
        self.ids.sort_unstable();
        self.ids.dedup();
    }

    /// All are gathered.
    pub(super) fn close(&mut self) {
        self.put_in_order();
        self.met = vec![0; self.ids.len().div_ceil(64)];
    }

    /// Another walk leads to the record too.
    pub(super) fn meet(&mut self, record: RecordId) {
        if let Some(at) = self.find(record.0) {
            self.met[at / 64] |= 1 << (at % 64);
        }
    }

    /// Where the id is. The records of one key ascend, so it is looked for from the last one on.
    fn find(&mut self, id: u64) -> Option<usize> {
        let from = if self.ids.get(self.at).is_some_and(|last| *last <= id) { self.at } else { 0 };
        let mut step = 1;
        while self.ids.get(from + step).is_some_and(|later| *later <= id) {
            step *= 2;
        }
        let (low, high) = (from + step / 2, self.ids.len().min(from + step));
        let behind = low + self.ids.get(low..high)?.partition_point(|known| *known <= id);
        self.at = behind.saturating_sub(1);
        (self.ids.get(self.at) == Some(&id)).then_some(self.at)
    }

    /// Lets go of those that were not met.
    pub(super) fn keep_met(&mut self) {
        let (met, mut at) = (&self.met, 0);
        self.ids.retain(|_| {
            at += 1;
            met[(at - 1) / 64] >> ((at - 1) % 64) & 1 == 1
        });
        self.met.clear();
        self.met.resize(self.ids.len().div_ceil(64), 0);
        self.at = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Where the next stretch begins; nothing when this one reached the end.
    pub(super) fn end(&self) -> Option<RecordId> {
        self.end.map(RecordId)
    }

    /// How many bytes were held at once, at most.
    pub(super) fn bytes_held(&self) -> usize {
        self.held * RECORD_BYTES
    }

    /// The ids, ascending.
    pub(super) fn into_records(self) -> VecDeque<RecordId> {
        self.ids.into_iter().map(RecordId).collect()
    }
}
