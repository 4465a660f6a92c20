//! Reading the log back.

use std::collections::VecDeque;
use std::sync::Arc;

use super::WalPlace;
use super::chunks::{Chunks, find_chunks, read_stretch};
use super::layout::{BLOCK, ChunkHead, FLUSH_HEAD, FlushHead, is_number};
use super::stop;
use crate::error::{Error, Result};
use crate::storage::record::decode::claimed_len;
use crate::storage::record::{Record, layout::HEAD_LEN};
use crate::storage::{Buffer, LogPosition, Seq};

/// Where reading begins, from the manifest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening {
    /// The first flush that the manifest does not contain.
    pub(crate) from: LogPosition,
    /// The last commit that it contains.
    pub(crate) seq: Seq,
    /// Its version.
    pub(crate) manifest_version: u64,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Replayed {
    /// How many commits were handed out.
    pub(crate) commits: u64,
    /// Where the log goes on: the next number in the next chunk.
    pub(crate) end: LogPosition,
    /// The last flush that is attested to be on the device, with its checksum, at the end of a group.
    pub(crate) attested: (u64, u64),
    /// The records behind it.
    pub(crate) tail: Vec<Arc<Buffer>>,
    /// The chunks that count, and where they are.
    pub(crate) live: Vec<(u64, u64)>,
    pub(crate) manifest_version: u64,
}

/// Hands out the commits behind `opening`, in order, and says where and how the log ends. Writes nothing.
///
/// # Errors
/// `Corrupt` when something is missing that was acknowledged, or the log is another database's; whatever
/// `on_record` answers.
pub(crate) fn replay(
    place: &WalPlace,
    opening: &Opening,
    on_record: &mut dyn FnMut(&Arc<Buffer>) -> Result<()>,
) -> Result<Replayed> {
    place.expect_usable_chunks()?;
    let LogPosition { chunk_seq, lsn, .. } = opening.from;
    if !is_number(chunk_seq) || !is_number(lsn) {
        let what = format!("the log is said to begin with flush {lsn} in chunk {chunk_seq}");
        return Err(Error::corrupt(&place.db_path, 0, what));
    }
    let chunks = find_chunks(place, chunk_seq)?;
    let mut walk = Walk::new(place, opening, on_record);
    walk.follow(&chunks)?;
    let newest = chunks.by_seq.last_key_value().map_or(0, |(seq, _)| *seq);
    stop::expect_end(place, opening, &chunks, walk.next)?;
    let mut end = walk.next;
    end.chunk_seq = match walk.live.is_empty() && newest < opening.from.chunk_seq {
        true => opening.from.chunk_seq,
        false => newest.max(opening.from.chunk_seq) + 1,
    };
    let attested = walk.attested_boundary();
    Ok(Replayed {
        commits: walk.commits,
        end,
        attested,
        tail: walk.tail_behind(attested.0),
        live: walk.live,
        manifest_version: opening.manifest_version,
    })
}

/// A group in the making.
#[derive(Default)]
struct Group {
    payload: Vec<u8>,
    part: u32,
    parts: u32,
}

/// A commit that is not attested yet.
struct Recent {
    lsn: u64,
    seq: Seq,
    record: Arc<Buffer>,
}

struct Walk<'a> {
    place: &'a WalPlace,
    on_record: &'a mut dyn FnMut(&Arc<Buffer>) -> Result<()>,
    next: LogPosition,
    /// The last commit handed out, or contained in the manifest.
    seq: Seq,
    commits: u64,
    /// Number and checksum of every flush that ends a group, the one before the first included.
    boundaries: Vec<(u64, u64)>,
    /// Number and checksum of every flush.
    chains: Vec<(u64, u64)>,
    durable_lsn: u64,
    /// The records that may have to be repeated, each once, in order, with the number of the flush that ends the
    /// newest group it is in.
    recent: VecDeque<Recent>,
    group: Group,
    live: Vec<(u64, u64)>,
    /// A chunk's bytes; kept for its memory.
    buffer: Vec<u8>,
}

impl<'a> Walk<'a> {
    fn new(
        place: &'a WalPlace,
        opening: &Opening,
        on_record: &'a mut dyn FnMut(&Arc<Buffer>) -> Result<()>,
    ) -> Self {
        let before = (opening.from.lsn - 1, opening.from.chain);
        Self {
            place,
            on_record,
            next: opening.from,
            seq: opening.seq,
            commits: 0,
            boundaries: vec![before],
            chains: vec![before],
            durable_lsn: before.0,
            recent: VecDeque::new(),
            group: Group::default(),
            live: Vec::new(),
            buffer: Vec::new(),
        }
    }

    fn follow(&mut self, chunks: &Chunks) -> Result<()> {
        for (seq, (slot, head)) in chunks.by_seq.range(self.next.chunk_seq..) {
            if self.follows(head, *slot)? {
                self.next = LogPosition { chunk_seq: *seq, lsn: head.first_lsn, chain: head.chain };
                self.live.push((*seq, *slot));
                self.read_chunk(head, *slot)?;
            }
        }
        Ok(())
    }

    /// Whether the chunk continues what was read. One that does not was begun in vain and is empty, or it is rot.
    fn follows(&self, head: &ChunkHead, slot: u64) -> Result<bool> {
        if self.place.switches.skip_chain_check {
            return Ok(true);
        }
        let last = self.next.lsn - 1;
        let covered = self.chains.iter().rev().find(|(lsn, _)| *lsn == head.covers_lsn);
        // The manifest may begin at this very chunk, and then what the chunk covers lies before the manifest.
        let follows_closely = head.first_lsn == self.next.lsn && head.chain == self.next.chain;
        let repeats = covered.is_some_and(|(_, chain)| *chain == head.covers_chain);
        let continues = follows_closely || (repeats && head.first_lsn > self.next.lsn);
        if continues {
            return Ok(true);
        }
        let start = self.place.start_of(slot);
        match stop::holds_flush(self.place, head, start)? {
            false => Ok(false),
            true => Err(Error::corrupt(
                &self.place.path,
                start,
                format!(
                    "chunk {} follows flush {}, but the flush before it that can be read is {last}",
                    head.chunk_seq, head.covers_lsn
                ),
            )),
        }
    }

    fn read_chunk(&mut self, head: &ChunkHead, slot: u64) -> Result<()> {
        let start = self.place.start_of(slot);
        let mut bytes = std::mem::take(&mut self.buffer);
        read_stretch(self.place, start, self.place.chunk_bytes, &mut bytes)?;
        if bytes.len() < self.place.chunk_bytes as usize {
            // A chunk is on the device to its end before its header is.
            let cut = format!("the file ends within chunk {}, {} bytes into it", head.chunk_seq, bytes.len());
            return Err(Error::corrupt(&self.place.path, start + bytes.len() as u64, cut));
        }
        let (mut at, mut is_first) = (BLOCK as usize, true);
        while at < bytes.len() {
            let rest = &bytes[at..];
            let Some(flush) = FlushHead::decode(rest) else { break };
            if !self.expects(&flush, head) || !flush.is_whole(rest) {
                break;
            }
            let payload = &rest[FLUSH_HEAD..][..flush.payload_len as usize];
            self.take(&flush, payload, is_first, start + at as u64)?;
            is_first = false;
            at += flush.stride() as usize;
        }
        self.buffer = bytes;
        Ok(())
    }

    /// W1, but for the checksum.
    fn expects(&self, flush: &FlushHead, head: &ChunkHead) -> bool {
        let switches = &self.place.switches;
        flush.db == self.place.db
            && flush.chunk_seq == head.chunk_seq
            && flush.lsn == self.next.lsn
            && (flush.salt == head.salt || switches.skip_salt_check)
            && (flush.chain == self.next.chain || switches.skip_chain_check)
    }

    fn take(&mut self, flush: &FlushHead, payload: &[u8], is_first: bool, offset: u64) -> Result<()> {
        self.next.lsn += 1;
        self.next.chain = flush.checksum;
        self.chains.push((flush.lsn, flush.checksum));
        self.durable_lsn = self.durable_lsn.max(flush.durable_lsn);
        while self.recent.front().is_some_and(|recent| recent.lsn <= self.durable_lsn) {
            self.recent.pop_front();
        }
        let begins = flush.part == 1 && (self.group.part == self.group.parts || is_first);
        let continues =
            flush.part > 1 && flush.part == self.group.part + 1 && flush.parts == self.group.parts;
        if !(begins || continues) || flush.part > flush.parts {
            let found = format!(
                "flush {} is part {} of {}, after part {} of {}",
                flush.lsn, flush.part, flush.parts, self.group.part, self.group.parts
            );
            return Err(Error::corrupt(&self.place.path, offset, found));
        }
        if begins {
            self.group.payload.clear();
        }
        self.group.payload.extend_from_slice(payload);
        (self.group.part, self.group.parts) = (flush.part, flush.parts);
        if flush.part == flush.parts {
            self.hand_out(flush, offset)?;
        }
        Ok(())
    }

    fn hand_out(&mut self, flush: &FlushHead, offset: u64) -> Result<()> {
        let group = std::mem::take(&mut self.group.payload);
        let mut rest = group.as_slice();
        while !rest.is_empty() {
            let len = claimed_len(rest).filter(|len| (HEAD_LEN..=rest.len()).contains(len));
            let Some(len) = len else {
                let wrong = format!("flush {} does not hold whole commit records", flush.lsn);
                return Err(Error::corrupt(&self.place.path, offset, wrong));
            };
            let (record, behind) = rest.split_at(len);
            self.record(record, flush.lsn, offset)?;
            rest = behind;
        }
        self.boundaries.push((flush.lsn, flush.checksum));
        Ok(())
    }

    fn record(&mut self, bytes: &[u8], lsn: u64, offset: u64) -> Result<()> {
        let seq = Record::parse(bytes).map_err(|e| Error::corrupt(&self.place.path, offset, e))?.seq;
        let record = Arc::new(bytes.to_vec().into());
        if seq > self.seq {
            if seq != self.seq + 1 {
                let gap = format!("commit {seq} follows commit {}", self.seq);
                return Err(Error::corrupt(&self.place.path, offset, gap));
            }
            (self.on_record)(&record)?;
            self.seq = seq;
            self.commits += 1;
        }
        // A recovery wrote again what it could not be sure of: what it wrote takes the place of what it read.
        while self.recent.back().is_some_and(|recent| recent.seq >= seq) {
            self.recent.pop_back();
        }
        self.recent.push_back(Recent { lsn, seq, record });
        Ok(())
    }

    /// The last flush that ends a group and is attested.
    fn attested_boundary(&self) -> (u64, u64) {
        let attested = self.boundaries.iter().rev().find(|(lsn, _)| *lsn <= self.durable_lsn);
        attested.copied().unwrap_or(self.boundaries[0])
    }

    fn tail_behind(&self, attested: u64) -> Vec<Arc<Buffer>> {
        let behind = self.recent.iter().filter(|recent| recent.lsn > attested);
        behind.map(|recent| Arc::clone(&recent.record)).collect()
    }
}
