//! Which chunk is where in the file, which are free, and how much of them is promised.

use std::collections::{BTreeSet, VecDeque};

use super::layout::{BLOCK, FLUSH_HEAD};

/// A write of so many bytes counts as large.
const COARSE_BYTES: u64 = 64 << 10;

/// The chunks of the file.
#[derive(Debug)]
pub(super) struct Ring {
    chunk_bytes: u64,
    /// Whole chunks in the file.
    pub(super) slots: u64,
    free: BTreeSet<u64>,
    /// The live ones that were written or read in large pieces.
    coarse: BTreeSet<u64>,
    /// Chunk number and place, oldest first.
    live: VecDeque<(u64, u64)>,
    /// The most chunks that were live at once since the file could last become shorter, and in the time before.
    most_live: [u64; 2],
    /// Bytes left in the newest chunk.
    pub(super) room: u64,
    /// Bytes promised to commits that are not appended yet.
    pub(super) reserved: u64,
}

impl Ring {
    /// Of `slots` chunks those in `live` count, none of which is written to any more.
    pub(super) fn new(chunk_bytes: u32, slots: u64, live: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let live: VecDeque<_> = live.into_iter().collect();
        let free = (0..slots).filter(|slot| live.iter().all(|(_, used)| used != slot)).collect();
        let coarse = live.iter().map(|(_, slot)| *slot).collect();
        let most_live = [live.len() as u64, 0];
        Self {
            chunk_bytes: u64::from(chunk_bytes),
            slots,
            free,
            coarse,
            live,
            most_live,
            room: 0,
            reserved: 0,
        }
    }

    /// What can be written into a chunk behind its header.
    pub(super) fn capacity(&self) -> u64 {
        self.chunk_bytes - BLOCK
    }

    /// The most that a commit of so many bytes can take, wherever it falls and whoever it is grouped with.
    ///
    /// A group fills every chunk it leaves to the last block, so all that is added to its bytes is a head for each
    /// part, and the rest of the last block. One part more than its bytes need pays for the chunk it may begin in.
    pub(super) fn cost(&self, bytes: usize) -> u64 {
        let bytes = bytes as u64;
        let parts = bytes / (self.capacity() - FLUSH_HEAD as u64) + 2;
        (bytes + parts * FLUSH_HEAD as u64).next_multiple_of(BLOCK)
    }

    /// How many chunks are missing for `more` bytes beside those already promised.
    pub(super) fn missing(&self, more: u64) -> u64 {
        let wanted = self.reserved + more;
        wanted.saturating_sub(self.available()).div_ceil(self.capacity())
    }

    /// The file has `chunks` more chunks now, all free.
    pub(super) fn grow(&mut self, chunks: u64) {
        self.free.extend(self.slots..self.slots + chunks);
        self.slots += chunks;
    }

    /// Takes a free chunk into use under the number `chunk_seq`.
    pub(super) fn take(&mut self, chunk_seq: u64) -> Option<u64> {
        let slot = self.free.pop_first()?;
        self.live.push_back((chunk_seq, slot));
        self.most_live[0] = self.most_live[0].max(self.live.len() as u64);
        self.room = self.capacity();
        Some(slot)
    }

    /// So many bytes were written to the newest chunk at once, which has so much room left.
    pub(super) fn written(&mut self, bytes: u64, room: u64) {
        self.room = room;
        if bytes >= COARSE_BYTES {
            self.coarse.extend(self.live.back().map(|(_, slot)| slot));
        }
    }

    /// Frees the chunks before `chunk_seq`; says which of them were written in large pieces.
    pub(super) fn free_before(&mut self, chunk_seq: u64) -> Vec<u64> {
        let mut coarse = Vec::new();
        while let Some((_, slot)) = self.live.front().copied().filter(|(live, _)| *live < chunk_seq) {
            self.live.pop_front();
            self.free.insert(slot);
            coarse.extend(self.coarse.take(&slot));
        }
        if self.live.is_empty() {
            self.room = 0;
        }
        coarse
    }

    /// Gives up free chunks at the end of the file, all but `spare` of those that nothing is promised from, and as
    /// many as were live at once lately: what was needed between two checkpoints will be needed up to the next, and
    /// a log that is cut to be grown again has its commits wait for both. Says whether there were any.
    pub(super) fn shrink(&mut self, spare: u64) -> bool {
        let before = self.slots;
        let live = self.live.len() as u64;
        let spare = spare.max(self.most_live[0].max(self.most_live[1]).saturating_sub(live));
        self.most_live = [live, self.most_live[0]];
        while self.slots > 0 && self.free.contains(&(self.slots - 1)) {
            let needed = self.reserved.saturating_sub(self.room).div_ceil(self.capacity()) + spare;
            if self.free.len() as u64 <= needed {
                break;
            }
            self.slots -= 1;
            self.free.remove(&self.slots);
        }
        self.slots < before
    }

    /// Gives up all free chunks at the end of the file, as long as `least` remain.
    pub(super) fn drop_free_tail(&mut self, least: u64) {
        while self.slots > least && self.free.remove(&(self.slots - 1)) {
            self.slots -= 1;
        }
    }

    /// Bytes of the chunks that count, as far as they are written.
    pub(super) fn live_bytes(&self) -> u64 {
        (self.live.len() as u64 * self.chunk_bytes).saturating_sub(self.room)
    }

    fn available(&self) -> u64 {
        self.room + self.free.len() as u64 * self.capacity()
    }
}
