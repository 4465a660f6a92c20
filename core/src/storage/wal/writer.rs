//! Writing the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use super::WalPlace;
use super::reader::Replayed;
use super::ring::Ring;
use super::tail::{Tail, no_room};
use crate::base::Entropy;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::{Buffer, LogPosition};

/// The log of one database.
///
/// One leader at a time appends; reserving and syncing may go on beside it.
#[derive(Debug)]
pub(crate) struct Wal {
    pub(super) place: WalPlace,
    pub(super) entropy: Arc<dyn Entropy>,
    /// Locked before `ring` where both are.
    pub(super) tail: Mutex<Tail>,
    pub(super) ring: Mutex<Ring>,
    /// Held by whoever changes the length of the file; locked before `ring`.
    pub(super) growing: Mutex<()>,
    pub(super) broken: AtomicBool,
    /// Whether the last commit that was promised room was large.
    pub(super) large: AtomicBool,
    /// How many flushes there were, for those who need no more of the position.
    last_lsn: AtomicU64,
}

impl Wal {
    /// Goes on where `replayed` found the end, in a new chunk. Writes nothing.
    pub(crate) fn open(place: WalPlace, entropy: Arc<dyn Entropy>, replayed: &Replayed) -> Result<Self> {
        place.expect_usable_chunks()?;
        let len = place.file.len().map_err(|e| Error::io("measure", &place.path, e))?;
        // A chunk that was cut short counts as long as something in it does.
        let behind_live = replayed.live.iter().map(|(_, slot)| slot + 1).max().unwrap_or(0);
        let slots = (len / u64::from(place.chunk_bytes)).max(behind_live);
        let ring = Ring::new(place.chunk_bytes, slots, replayed.live.iter().copied());
        let tail = Tail {
            next: replayed.end,
            chunk: None,
            covers: Some(replayed.attested),
            len_in_doubt: len > 0,
            buffer: Vec::new(),
        };
        Ok(Self {
            place,
            entropy,
            last_lsn: AtomicU64::new(tail.next.lsn.saturating_sub(1)),
            tail: Mutex::new(tail),
            ring: Mutex::new(ring),
            growing: Mutex::new(()),
            broken: AtomicBool::new(false),
            large: AtomicBool::new(false),
        })
    }

    /// Writes again what was read but may never have reached the device (W5).
    pub(crate) fn repeat(&self, replayed: &Replayed) -> Result<()> {
        if replayed.tail.is_empty() {
            return Ok(());
        }
        for record in &replayed.tail {
            self.reserve(record.len())?;
        }
        self.append(&replayed.tail, replayed.attested.0, replayed.manifest_version)?;
        self.sync()
    }

    /// Lets the next flush begin a new chunk, as promised, and says which flush that will be.
    pub(crate) fn switch(&self) -> LogPosition {
        let mut tail = self.tail.lock();
        let mut ring = self.ring.lock();
        ring.reserved = ring.reserved.saturating_sub(ring.capacity());
        if tail.chunk.as_ref().is_some_and(|chunk| !chunk.is_empty) {
            tail.leave_chunk();
            ring.room = 0;
        }
        tail.next
    }

    /// Begins the chunk that the next flush goes to, in room that was promised, unless it has begun: from then on
    /// the device holds a chunk's header.
    pub(crate) fn begin(&self) -> Result<()> {
        self.refuse_if_broken()?;
        let begun = match self.chunk(&mut self.tail.lock()) {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(no_room()),
            Err(error) => Err(error),
        };
        begun.inspect_err(|_| self.broken.store(true, Ordering::Release))
    }

    /// Writes the records of a group, in order, into room that was promised for each. Not synced.
    ///
    /// `durable_lsn` is the last flush and `manifest_version` the newest manifest known to be on the device.
    pub(crate) fn append(
        &self,
        records: &[Arc<Buffer>],
        durable_lsn: u64,
        manifest_version: u64,
    ) -> Result<()> {
        self.refuse_if_broken()?;
        if records.is_empty() {
            return Ok(());
        }
        let mut tail = self.tail.lock();
        let written = self.append_group(&mut tail, records, durable_lsn, manifest_version);
        self.last_lsn.store(tail.next.lsn - 1, Ordering::Release);
        written.inspect_err(|_| self.broken.store(true, Ordering::Release))
    }

    /// Makes what was appended durable.
    pub(crate) fn sync(&self) -> Result<()> {
        self.refuse_if_broken()?;
        self.place
            .file
            .sync_data()
            .map_err(|e| Error::io("sync", &self.place.path, e))
            .inspect_err(|_| self.broken.store(true, Ordering::Release))
    }

    /// The number of the last flush.
    pub(crate) fn last_lsn(&self) -> u64 {
        self.last_lsn.load(Ordering::Acquire)
    }

    /// The chunks before `first_live` may be written over: a durable manifest made them superfluous (W3).
    pub(crate) fn recycle(&self, first_live: LogPosition) {
        let coarse = self.ring.lock().free_before(first_live.chunk_seq);
        coarse.into_iter().for_each(|slot| self.forget_cached(slot));
    }

    pub(super) fn refuse_if_broken(&self) -> Result<()> {
        match self.broken.load(Ordering::Acquire) {
            false => Ok(()),
            true => Err(Error::new(
                ErrorKind::Poisoned,
                format!("{} takes no more: an earlier write to it failed", self.place.path.display()),
            )),
        }
    }
}
