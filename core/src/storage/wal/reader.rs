//! Reading the log back.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::WalPlace;
use super::layout::{BLOCK, ChunkHead, FLUSH_HEAD, FlushHead};
use super::stop;
use crate::error::{Error, Result};
use crate::storage::record::decode::claimed_len;
use crate::storage::record::{Record, layout::HEAD_LEN};
use crate::storage::{COUNT_MAX, LogPosition, Seq};

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
    pub(crate) tail: Vec<Arc<Vec<u8>>>,
    /// The chunks that count, and where they are.
    pub(crate) live: Vec<(u64, u64)>,
    pub(crate) manifest_version: u64,
}

/// The valid chunk headers of the file, and the slots that have none.
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) by_seq: BTreeMap<u64, (u64, ChunkHead)>,
    pub(super) heads: Vec<Option<ChunkHead>>,
    /// A chunk of another database: where, and of which.
    pub(super) foreign: Option<(u64, [u8; 16])>,
    /// Bytes of the file.
    len: u64,
}

/// Hands out the commits behind `opening`, in order, and says where and how the log ends. Writes nothing.
///
/// # Errors
/// `Corrupt` when something is missing that was acknowledged; whatever `on_record` answers.
pub(crate) fn replay(
    place: &WalPlace,
    opening: &Opening,
    on_record: &mut dyn FnMut(&Arc<Vec<u8>>) -> Result<()>,
) -> Result<Replayed> {
    let chunks = find_chunks(place)?;
    stop::expect_ours(place, &chunks)?;
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

fn find_chunks(place: &WalPlace) -> Result<Chunks> {
    let len = place.file.len().map_err(|e| Error::io("measure", &place.path, e))?;
    let mut chunks = Chunks { by_seq: BTreeMap::new(), heads: Vec::new(), foreign: None, len };
    for slot in 0..len.div_ceil(u64::from(place.chunk_bytes)) {
        let mut block = [0; 256];
        let start = slot * u64::from(place.chunk_bytes);
        let read = read_up_to(place, &mut block, start)?;
        let head = ChunkHead::decode(&block[..read]);
        if let Some(head) = head.filter(|head| head.db != place.db) {
            chunks.foreign.get_or_insert((start, head.db));
        }
        let head = head.filter(|head| {
            head.db == place.db
                && head.chunk_bytes == place.chunk_bytes
                && head.chunk_seq.max(head.first_lsn) <= COUNT_MAX
        });
        chunks.heads.push(head);
        if let Some(head) = head {
            chunks.add(place, slot, head)?;
        }
    }
    Ok(chunks)
}

impl Chunks {
    /// Of two headers of one number, the one that counts has flushes behind it. The other is what a disk
    /// brought back when the file had grown and the new part never got there.
    fn add(&mut self, place: &WalPlace, slot: u64, head: ChunkHead) -> Result<()> {
        let Some((other, twin)) = self.by_seq.insert(head.chunk_seq, (slot, head)) else {
            return Ok(());
        };
        match (stop::holds_flush(place, &twin, other)?, stop::holds_flush(place, &head, slot)?) {
            (_, false) => self.by_seq.insert(head.chunk_seq, (other, twin)),
            (false, true) => None,
            (true, true) => {
                let twice = format!("chunk {} is there twice", head.chunk_seq);
                return Err(Error::corrupt(&place.path, slot * u64::from(place.chunk_bytes), twice));
            }
        };
        Ok(())
    }
}

/// Reads what is there, up to the end of the file.
pub(super) fn read_up_to(place: &WalPlace, buf: &mut [u8], offset: u64) -> Result<usize> {
    let mut filled = 0;
    while filled < buf.len() {
        match place.file.read_at(&mut buf[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(Error::io("read", &place.path, e)),
        }
    }
    Ok(filled)
}

/// A group in the making.
#[derive(Default)]
struct Group {
    payload: Vec<u8>,
    part: u32,
    parts: u32,
}

struct Walk<'a> {
    place: &'a WalPlace,
    on_record: &'a mut dyn FnMut(&Arc<Vec<u8>>) -> Result<()>,
    next: LogPosition,
    /// The last commit handed out, or contained in the manifest.
    seq: Seq,
    commits: u64,
    /// Number and checksum of every flush that ends a group, the one before the first included.
    boundaries: Vec<(u64, u64)>,
    /// Number and checksum of every flush.
    chains: Vec<(u64, u64)>,
    durable_lsn: u64,
    /// The records of every group with the number of its last flush, as long as they may have to be repeated.
    recent: Vec<(u64, Arc<Vec<u8>>)>,
    group: Group,
    live: Vec<(u64, u64)>,
}

impl<'a> Walk<'a> {
    fn new(
        place: &'a WalPlace,
        opening: &Opening,
        on_record: &'a mut dyn FnMut(&Arc<Vec<u8>>) -> Result<()>,
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
            recent: Vec::new(),
            group: Group::default(),
            live: Vec::new(),
        }
    }

    fn follow(&mut self, chunks: &Chunks) -> Result<()> {
        for (seq, (slot, head)) in chunks.by_seq.range(self.next.chunk_seq..) {
            if self.follows(head, *slot)? {
                self.expect_whole(*slot, chunks.len)?;
                self.next = LogPosition { chunk_seq: *seq, lsn: head.first_lsn, chain: head.chain };
                self.live.push((*seq, *slot));
                self.read_chunk(head, *slot)?;
            }
        }
        Ok(())
    }

    /// A chunk's room is on the device before its header is, so one that is cut short was longer once.
    fn expect_whole(&self, slot: u64, len: u64) -> Result<()> {
        let chunk_bytes = u64::from(self.place.chunk_bytes);
        match slot * chunk_bytes + chunk_bytes <= len {
            true => Ok(()),
            false => {
                let cut = format!("the log ends inside of a chunk of {chunk_bytes} bytes, at {len}");
                Err(Error::corrupt(&self.place.path, slot * chunk_bytes, cut))
            }
        }
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
        let start = slot * u64::from(self.place.chunk_bytes);
        match stop::holds_flush(self.place, head, slot)? {
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
        let mut bytes = vec![0; self.place.chunk_bytes as usize];
        let start = slot * u64::from(self.place.chunk_bytes);
        let read = read_up_to(self.place, &mut bytes, start)?;
        if read < bytes.len() {
            // A chunk is on the device to its end before its header is.
            let cut = format!("the file ends within chunk {}, {read} bytes into it", head.chunk_seq);
            return Err(Error::corrupt(&self.place.path, start + read as u64, cut));
        }
        let (mut at, mut is_first) = (BLOCK as usize, true);
        while at + FLUSH_HEAD <= read {
            let Some(flush) = FlushHead::decode(&bytes[at..read]) else { break };
            if !self.expects(&flush, head) || !flush.is_whole(&bytes[at..read]) {
                break;
            }
            let payload = &bytes[at + FLUSH_HEAD..][..flush.payload_len as usize];
            self.take(&flush, payload, is_first, start + at as u64)?;
            is_first = false;
            at += flush.stride() as usize;
        }
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
        self.recent.retain(|(lsn, _)| *lsn > self.durable_lsn);
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
        let record = Arc::new(bytes.to_vec());
        if seq > self.seq {
            if seq != self.seq + 1 {
                let gap = format!("commit {seq} follows commit {}", self.seq);
                return Err(Error::corrupt(&self.place.path, offset, gap));
            }
            (self.on_record)(&record)?;
            self.seq = seq;
            self.commits += 1;
        }
        self.recent.push((lsn, record));
        Ok(())
    }

    /// The last flush that ends a group and is attested.
    fn attested_boundary(&self) -> (u64, u64) {
        let attested = self.boundaries.iter().rev().find(|(lsn, _)| *lsn <= self.durable_lsn);
        attested.copied().unwrap_or(self.boundaries[0])
    }

    fn tail_behind(&self, attested: u64) -> Vec<Arc<Vec<u8>>> {
        let behind = self.recent.iter().filter(|(lsn, _)| *lsn > attested);
        behind.map(|(_, record)| Arc::clone(record)).collect()
    }
}
