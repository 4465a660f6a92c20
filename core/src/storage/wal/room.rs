//! The room of the log: promised before it is needed, made when it is missing, given back when it is not.

use std::sync::atomic::Ordering;

use super::ring::Ring;
use super::writer::Wal;
use crate::error::{Error, Result};

/// Free chunks kept at the end of the file, so that the next commits need not grow it again.
const SPARE_CHUNKS: u64 = 2;
/// From which part of a chunk on a commit counts as large.
const LARGE_PART: u64 = 16;

impl Wal {
    /// Makes the length of the file certain: cuts the free chunks at its end, which a sync that failed may have
    /// left there for readers only, and fills up a chunk that was cut short. `least` chunks remain.
    pub(crate) fn settle_len(&self, least: u64) -> Result<()> {
        let _growing = self.growing.lock();
        let slots = {
            let mut ring = self.ring.lock();
            ring.drop_free_tail(least);
            ring.slots
        };
        let (file, path) = (&self.place.file, &self.place.path);
        let len = file.len().map_err(|e| Error::io("measure", path, e))?;
        let wanted = self.place.start_of(slots.max(least));
        if len < wanted {
            self.lengthen(len, wanted)?;
        }
        self.set_len(slots.max(least))?;
        self.ring.lock().grow(least.saturating_sub(slots));
        Ok(())
    }

    /// Promises room for a commit of `bytes`. The file grows when it must; on the way to a full disk it keeps what
    /// it had.
    pub(crate) fn reserve(&self, bytes: usize) -> Result<()> {
        self.large.store(bytes as u64 >= u64::from(self.place.chunk_bytes) / LARGE_PART, Ordering::Relaxed);
        self.promise(|ring| ring.cost(bytes))
    }

    /// Whether few chunks are left that need not be made first.
    pub(crate) fn is_short(&self) -> bool {
        let ring = self.ring.lock();
        ring.slots > 0 && ring.missing(SPARE_CHUNKS * ring.capacity()) > 0
    }

    /// Makes a chunk ready before somebody has to wait for it; says whether one was missing.
    pub(crate) fn prepare(&self) -> Result<bool> {
        self.refuse_if_broken()?;
        let Some(_growing) = self.growing.try_lock() else { return Ok(false) };
        let is_short = self.is_short();
        if is_short {
            let slots = self.ring.lock().slots;
            self.grow(slots, 1)?;
        }
        Ok(is_short)
    }

    /// Takes the promise for `bytes` back.
    pub(crate) fn release(&self, bytes: usize) {
        let mut ring = self.ring.lock();
        ring.reserved = ring.reserved.saturating_sub(ring.cost(bytes));
    }

    /// Promises that the next flush can go to a new chunk, whatever is promised besides.
    pub(crate) fn reserve_switch(&self) -> Result<()> {
        self.promise(Ring::capacity)
    }

    /// Gives free chunks at the end of the file back, but for a few.
    pub(crate) fn trim(&self) -> Result<()> {
        self.refuse_if_broken()?;
        let _growing = self.growing.lock();
        let mut ring = self.ring.lock();
        match ring.shrink(SPARE_CHUNKS) {
            true => self.set_len(ring.slots),
            false => Ok(()),
        }
    }

    /// Nothing in the log counts any more and nothing will be written to it.
    pub(crate) fn truncate_all(&self) -> Result<()> {
        self.broken.store(true, Ordering::Release);
        *self.ring.lock() = Ring::new(self.place.chunk_bytes, 0, []);
        self.set_len(0)
    }

    /// Bytes of the log that count.
    pub(crate) fn live_bytes(&self) -> u64 {
        self.ring.lock().live_bytes()
    }

    /// Bytes of the file.
    pub(crate) fn file_bytes(&self) -> u64 {
        self.ring.lock().slots * u64::from(self.place.chunk_bytes)
    }

    fn promise(&self, cost_of: impl Fn(&Ring) -> u64) -> Result<()> {
        self.refuse_if_broken()?;
        if self.take_promise(&cost_of) {
            return Ok(());
        }
        let _growing = self.growing.lock();
        while !self.take_promise(&cost_of) {
            let (slots, missing) = {
                let ring = self.ring.lock();
                (ring.slots, ring.missing(cost_of(&ring)))
            };
            self.grow(slots, missing)?;
        }
        Ok(())
    }

    /// Promises what is there; says whether it was enough.
    fn take_promise(&self, cost_of: &impl Fn(&Ring) -> u64) -> bool {
        let mut ring = self.ring.lock();
        let cost = cost_of(&ring);
        let is_there = ring.missing(cost) == 0;
        if is_there {
            ring.reserved += cost;
        }
        is_there
    }

    /// Space that is sure, on the device with the file's length, before anything refers to the new chunks. Whoever
    /// calls this is the only one who grows or cuts the file; commits go on in the chunks there are.
    fn grow(&self, slots: u64, chunks: u64) -> Result<()> {
        self.lengthen(self.place.start_of(slots), self.place.start_of(slots + chunks))?;
        if !self.place.switches.skip_growth_sync {
            self.place
                .file
                .sync_all()
                .map_err(|e| Error::io("sync", &self.place.path, e))
                .inspect_err(|_| self.broken.store(true, Ordering::Release))?;
        }
        self.ring.lock().grow(chunks);
        Ok(())
    }

    /// Nobody reads a free chunk, and the next who write to it may be small commits.
    ///
    /// Linux keeps what came in one large write in one large piece, and walks through all blocks of such a piece
    /// whenever one of them is written again, which costs a small commit more than its own block does. Pieces of its
    /// own size are worth keeping: to drop those as well would have every commit make its piece anew.
    pub(super) fn forget_cached(&self, slot: u64) {
        self.place.file.forget_cached(self.place.start_of(slot), self.place.start_of(slot + 1));
    }

    /// Makes the file longer, or leaves it as long as it was.
    ///
    /// Small commits want space that has been written to, since a sync then has no metadata to follow it with.
    /// Large ones would wait for the zeros as long as for their own bytes, and pay that metadata once for many.
    fn lengthen(&self, start: u64, end: u64) -> Result<()> {
        let (file, path) = (&self.place.file, &self.place.path);
        let grown = match self.large.load(Ordering::Relaxed) {
            true => file.allocate(start, end),
            false => file.write_zeros(start, end),
        };
        grown.map_err(|error| {
            // What was taken in vain is given back. That this may fail as well loses nothing but space.
            let _ = file.set_len(start);
            Error::io("grow", path, error)
        })
    }

    fn set_len(&self, slots: u64) -> Result<()> {
        let (file, path) = (&self.place.file, &self.place.path);
        file.set_len(self.place.start_of(slots)).map_err(|e| Error::io("shrink", path, e))?;
        file.sync_all()
            .map_err(|e| Error::io("sync", path, e))
            .inspect_err(|_| self.broken.store(true, Ordering::Release))
    }
}
