//! One file: what readers see, what is durable, and the changes in between.

use std::ops::Range;
use std::sync::Arc;

use super::ranges::RangeSet;
use crate::vfs::content::Content;

#[derive(Debug, Clone, Default)]
pub(super) struct Inode {
    pub(super) visible: Content,
    /// The settled bytes. Those at and after `durable_len` count only if a longer length gets through.
    pub(super) durable: Content,
    pub(super) durable_len: u64,
    /// Where `durable` holds settled bytes at and after `durable_len`.
    pub(super) written: RangeSet,
    pub(super) pending: Vec<Pending>,
    /// The lengths the file had since `durable_len`, oldest first.
    pub(super) lengths: Vec<PendingLength>,
}

/// A change that no sync has settled.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) change: Change,
    /// Where it still matters: later changes that were settled have taken the rest.
    pub(super) live: RangeSet,
    pub(super) doubtful: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Change {
    Write {
        offset: u64,
        data: Arc<[u8]>,
    },
    /// The bytes a shorter length cut away.
    Discard,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct PendingLength {
    pub(super) len: u64,
    pub(super) doubtful: bool,
}

impl Inode {
    /// A file of which everything is durable.
    pub(super) fn settled(content: Content) -> Self {
        Self { durable: content.clone(), durable_len: content.len(), visible: content, ..Self::default() }
    }

    pub(super) fn is_settled(&self) -> bool {
        self.pending.is_empty() && self.lengths.is_empty()
    }

    pub(super) fn write(&mut self, offset: u64, data: &Arc<[u8]>) {
        let end = offset + data.len() as u64;
        let grows = end > self.visible.len();
        self.visible.write_at(data, offset);
        let change = Change::Write { offset, data: Arc::clone(data) };
        self.pending.push(Pending { change, live: RangeSet::of(offset..end), doubtful: false });
        if grows {
            self.lengths.push(PendingLength { len: end, doubtful: false });
        }
    }

    pub(super) fn set_len(&mut self, len: u64) {
        let old = self.visible.len();
        self.visible.set_len(len);
        if len < old {
            let live = RangeSet::of(len..old);
            self.pending.push(Pending { change: Change::Discard, live, doubtful: false });
        }
        if len != old {
            self.lengths.push(PendingLength { len, doubtful: false });
        }
    }

    /// Settles the writes, and with `length` also what `set_len` and growth did.
    pub(super) fn sync(&mut self, length: bool) {
        let mut left: Vec<Pending> = Vec::new();
        for settled in std::mem::take(&mut self.pending) {
            if settled.doubtful || (!length && matches!(settled.change, Change::Discard)) {
                left.push(settled);
                continue;
            }
            self.settle(&settled);
            for range in settled.live.iter() {
                left.iter_mut().for_each(|earlier| earlier.live.remove(&range));
            }
        }
        self.pending = left;
        if length {
            self.settle_length();
        }
        self.pending.retain(|change| !change.live.is_empty());
    }

    /// A sync failed: nothing that is pending now will ever be certain.
    pub(super) fn doubt(&mut self) {
        self.pending.iter_mut().for_each(|change| change.doubtful = true);
        self.lengths.iter_mut().for_each(|length| length.doubtful = true);
    }

    fn settle(&mut self, settled: &Pending) {
        for range in settled.live.iter() {
            match &settled.change {
                Change::Write { offset, data } => {
                    self.durable.write_at(part_of(data, *offset, &range), range.start);
                    self.written.insert(range.start.max(self.durable_len)..range.end);
                }
                // The shorter length is settled right after, and forgets what was written behind it.
                Change::Discard => self.durable.erase(range.start, range.end),
            }
        }
    }

    /// The newest length becomes the durable one, unless it is in doubt.
    fn settle_length(&mut self) {
        let Some(PendingLength { len, doubtful: false }) = self.lengths.last().copied() else {
            return;
        };
        self.lengths.clear();
        self.durable_len = len;
        self.durable.set_len(len);
        self.written.clear();
        self.pending.iter_mut().for_each(|change| change.live.remove(&(len..u64::MAX)));
    }
}

/// The bytes of a write at `offset` that belong at `range`.
pub(super) fn part_of<'a>(data: &'a [u8], offset: u64, range: &Range<u64>) -> &'a [u8] {
    &data[(range.start - offset) as usize..(range.end - offset) as usize]
}
