//! Writing the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use super::WalPlace;
use super::layout::{self, BLOCK, ChunkHead, FLUSH_HEAD, FlushHead};
use super::reader::Replayed;
use super::ring::Ring;
use crate::base::Entropy;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::LogPosition;

/// Free chunks kept at the end of the file, so that the next commits need not grow it again.
const SPARE_CHUNKS: u64 = 2;
/// From which part of a chunk on a commit counts as large.
const LARGE_PART: u64 = 16;

/// The log of one database.
///
/// One leader at a time appends; reserving and syncing may go on beside it.
#[derive(Debug)]
pub(crate) struct Wal {
    place: WalPlace,
    entropy: Arc<dyn Entropy>,
    /// Locked before `ring` where both are.
    pub(super) tail: Mutex<Tail>,
    pub(super) ring: Mutex<Ring>,
    /// Held by whoever changes the length of the file; locked before `ring`.
    growing: Mutex<()>,
    broken: AtomicBool,
    /// Whether the last commit that was promised room was large.
    large: AtomicBool,
    /// How many flushes there were, for those who need no more of the position.
    last_lsn: AtomicU64,
}

/// Where the log ends.
#[derive(Debug)]
pub(super) struct Tail {
    pub(super) next: LogPosition,
    chunk: Option<Chunk>,
    /// Where the next chunk may follow from; see [`ChunkHead`].
    covers: Option<(u64, u64)>,
    /// The length of the file may not be on the device yet.
    len_in_doubt: bool,
    buffer: Vec<u8>,
}

/// The chunk that is being written.
#[derive(Debug)]
struct Chunk {
    salt: [u8; 16],
    /// Where in the file the next flush begins.
    at: u64,
    /// Where the chunk ends.
    end: u64,
    is_empty: bool,
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

    /// Writes the records of a group, in order, into room that was promised for each. Not synced.
    ///
    /// `durable_lsn` is the last flush and `manifest_version` the newest manifest known to be on the device.
    pub(crate) fn append(
        &self,
        records: &[Arc<Vec<u8>>],
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
        self.ring.lock().free_before(first_live.chunk_seq);
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

    fn refuse_if_broken(&self) -> Result<()> {
        match self.broken.load(Ordering::Acquire) {
            false => Ok(()),
            true => Err(Error::new(
                ErrorKind::Poisoned,
                format!("{} takes no more: an earlier write to it failed", self.place.path.display()),
            )),
        }
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

    fn append_group(
        &self,
        tail: &mut Tail,
        records: &[Arc<Vec<u8>>],
        durable_lsn: u64,
        manifest_version: u64,
    ) -> Result<()> {
        let total: u64 = records.iter().map(|record| record.len() as u64).sum();
        let parts = self.count_parts(tail, total);
        let (mut left, mut from) = (total, Cursor::new(records));
        for part in 1..=parts {
            let Some(chunk) = self.chunk(tail)? else {
                return Err(Error::internal("the log was promised more room than it has"));
            };
            let (room, salt) = (chunk.end - chunk.at, chunk.salt);
            let payload_len = left.min(layout::payload_room(room));
            let head = FlushHead {
                db: self.place.db,
                chunk_seq: tail.next.chunk_seq,
                salt,
                lsn: tail.next.lsn,
                chain: tail.next.chain,
                payload_len: payload_len as u32,
                part,
                parts,
                durable_lsn,
                manifest_version,
                checksum: 0,
            };
            self.write_flush(tail, &head, &mut from)?;
            left -= payload_len;
        }
        let mut ring = self.ring.lock();
        let costs: u64 = records.iter().map(|record| ring.cost(record.len())).sum();
        ring.reserved = ring.reserved.saturating_sub(costs);
        Ok(())
    }

    /// Into how many flushes a group of so many bytes parts.
    fn count_parts(&self, tail: &Tail, total: u64) -> u32 {
        let whole = layout::payload_room(u64::from(self.place.chunk_bytes) - BLOCK);
        let here = tail.chunk.as_ref().map_or(0, |chunk| layout::payload_room(chunk.end - chunk.at));
        let rest = total.saturating_sub(here).div_ceil(whole) as u32;
        match here {
            0 => rest.max(1),
            _ => 1 + rest,
        }
    }

    /// The chunk to write to: the present one, or a new one when it is full or was left.
    fn chunk<'t>(&self, tail: &'t mut Tail) -> Result<Option<&'t mut Chunk>> {
        if tail.chunk.as_ref().is_some_and(|chunk| chunk.at == chunk.end) {
            tail.leave_chunk();
        }
        if tail.chunk.is_none() {
            let Some(slot) = self.ring.lock().take(tail.next.chunk_seq) else { return Ok(None) };
            tail.chunk = Some(self.begin_chunk(tail, slot)?);
        }
        Ok(tail.chunk.as_mut())
    }

    /// Writes a chunk's header and makes it durable (W2).
    fn begin_chunk(&self, tail: &mut Tail, slot: u64) -> Result<Chunk> {
        let salt = self.entropy.sixteen();
        let before = (tail.next.lsn - 1, tail.next.chain);
        let (covers_lsn, covers_chain) = tail.covers.take().unwrap_or(before);
        let head = ChunkHead {
            chunk_bytes: self.place.chunk_bytes,
            db: self.place.db,
            chunk_seq: tail.next.chunk_seq,
            first_lsn: tail.next.lsn,
            salt,
            chain: tail.next.chain,
            covers_lsn,
            covers_chain,
        };
        let start = self.place.start_of(slot);
        let (file, path) = (&self.place.file, &self.place.path);
        file.write_all_at(&head.encode(), start).map_err(|e| Error::io("write", path, e))?;
        let synced = match std::mem::take(&mut tail.len_in_doubt) {
            true => file.sync_all(),
            false => file.sync_data(),
        };
        synced.map_err(|e| Error::io("sync", path, e))?;
        let end = start + u64::from(self.place.chunk_bytes);
        Ok(Chunk { salt, at: start + BLOCK, end, is_empty: true })
    }

    fn write_flush(&self, tail: &mut Tail, head: &FlushHead, from: &mut Cursor<'_>) -> Result<()> {
        let Tail { buffer, chunk: Some(chunk), next, .. } = tail else {
            return Err(Error::internal("a flush has no chunk"));
        };
        buffer.clear();
        buffer.resize(FLUSH_HEAD, 0);
        from.take(head.payload_len as usize, buffer);
        let checksum = head.write(buffer);
        buffer.resize(head.stride() as usize, 0);
        self.place
            .file
            .write_all_at(buffer, chunk.at)
            .map_err(|e| Error::io("write", &self.place.path, e))?;
        chunk.at += head.stride();
        chunk.is_empty = false;
        next.lsn += 1;
        next.chain = checksum;
        let mut ring = self.ring.lock();
        ring.room = chunk.end - chunk.at;
        Ok(())
    }
}

impl Tail {
    /// The next flush begins the next chunk.
    fn leave_chunk(&mut self) {
        self.chunk = None;
        self.next.chunk_seq += 1;
    }
}

/// The bytes of several records, taken off from the front.
struct Cursor<'a> {
    records: &'a [Arc<Vec<u8>>],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(records: &'a [Arc<Vec<u8>>]) -> Self {
        Self { records, at: 0 }
    }

    fn take(&mut self, mut bytes: usize, into: &mut Vec<u8>) {
        while let (true, Some((first, rest))) = (bytes > 0, self.records.split_first()) {
            let part = bytes.min(first.len() - self.at);
            into.extend_from_slice(&first[self.at..self.at + part]);
            bytes -= part;
            self.at += part;
            if self.at == first.len() {
                (self.records, self.at) = (rest, 0);
            }
        }
    }
}
