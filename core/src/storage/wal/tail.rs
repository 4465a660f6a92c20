//! The end of the log: the chunk that is being written, and the flushes that go into it.

use std::sync::Arc;

use super::layout::{self, BLOCK, ChunkHead, FLUSH_HEAD, FlushHead};
use super::writer::Wal;
use crate::error::{Error, Result};
use crate::storage::{Buffer, LogPosition};

/// Where the log ends.
#[derive(Debug)]
pub(super) struct Tail {
    pub(super) next: LogPosition,
    pub(super) chunk: Option<Chunk>,
    /// Where the next chunk may follow from; see [`ChunkHead`].
    pub(super) covers: Option<(u64, u64)>,
    /// The length of the file may not be on the device yet.
    pub(super) len_in_doubt: bool,
    pub(super) buffer: Vec<u8>,
}

/// The chunk that is being written.
#[derive(Debug)]
pub(super) struct Chunk {
    salt: [u8; 16],
    /// Where in the file the next flush begins.
    at: u64,
    /// Where the chunk ends.
    end: u64,
    pub(super) is_empty: bool,
}

impl Tail {
    /// The next flush begins the next chunk.
    pub(super) fn leave_chunk(&mut self) {
        self.chunk = None;
        self.next.chunk_seq += 1;
    }
}

impl Wal {
    pub(super) fn append_group(
        &self,
        tail: &mut Tail,
        records: &[Arc<Buffer>],
        durable_lsn: u64,
        manifest_version: u64,
    ) -> Result<()> {
        let total: u64 = records.iter().map(|record| record.len() as u64).sum();
        let parts = self.count_parts(tail, total);
        let (mut left, mut from) = (total, Cursor::new(records));
        for part in 1..=parts {
            let Some(chunk) = self.chunk(tail)? else {
                return Err(no_room());
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
    pub(super) fn chunk<'t>(&self, tail: &'t mut Tail) -> Result<Option<&'t mut Chunk>> {
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
        self.ring.lock().written(head.stride(), chunk.end - chunk.at);
        Ok(())
    }
}

pub(super) fn no_room() -> Error {
    Error::internal("the log was promised more room than it has")
}

/// The bytes of several records, taken off from the front.
struct Cursor<'a> {
    records: &'a [Arc<Buffer>],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(records: &'a [Arc<Buffer>]) -> Self {
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
