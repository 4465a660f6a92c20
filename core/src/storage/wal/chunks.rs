//! Which chunks the file has, and reading them.

use std::collections::BTreeMap;
use std::io;

use uuid::Uuid;

use super::layout::{ChunkHead, FlushHead};
use super::{WalPlace, stop};
use crate::error::{Error, Result};

/// The valid chunk headers of the file, and the slots that have none.
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) by_seq: BTreeMap<u64, (u64, ChunkHead)>,
    pub(super) heads: Vec<Option<ChunkHead>>,
}

/// Reads every header. Those before `first_live` were let go of, and are only counted.
pub(super) fn find_chunks(place: &WalPlace, first_live: u64) -> Result<Chunks> {
    let len = place.file.len().map_err(|e| Error::io("measure", &place.path, e))?;
    let mut chunks = Chunks { by_seq: BTreeMap::new(), heads: Vec::new() };
    let mut foreign = Vec::new();
    for slot in 0..len.div_ceil(u64::from(place.chunk_bytes)) {
        let mut block = [0; 256];
        let start = slot * u64::from(place.chunk_bytes);
        let read = read_up_to(place, &mut block, start)?;
        let head = ChunkHead::decode(&block[..read]);
        foreign.extend(head.filter(|head| head.db != place.db).map(|head| (start, head)));
        let head = head.filter(|head| head.db == place.db && head.chunk_bytes == place.chunk_bytes);
        chunks.heads.push(head);
        if let Some(head) = head {
            chunks.add(place, slot, head, first_live)?;
        }
    }
    if chunks.by_seq.is_empty() {
        refuse_foreign(place, &foreign)?;
    }
    Ok(chunks)
}

/// A log in which nothing is this database's, but commits are another's, was put beside the wrong main file. To
/// take its chunks for free ones would destroy it.
///
/// Beside chunks of this database, or without a commit, a foreign header is what a disk brought back when the
/// file had grown.
fn refuse_foreign(place: &WalPlace, foreign: &[(u64, ChunkHead)]) -> Result<()> {
    for (start, head) in foreign {
        if stop::holds_flush(place, head, *start)? {
            let what = format!(
                "the log belongs to another database, {}, not to {}, which is {}: put each beside its own",
                Uuid::from_bytes(head.db),
                place.db_path.display(),
                Uuid::from_bytes(place.db)
            );
            return Err(Error::corrupt(&place.path, *start, what));
        }
    }
    Ok(())
}

impl Chunks {
    /// Of two headers of one number, the one that counts has flushes behind it. The other is what a disk
    /// brought back when the file had grown and the new part never got there.
    ///
    /// It may bring back flushes too. They are then copies, and never lie further on without a gap than where they
    /// were copied from.
    fn add(&mut self, place: &WalPlace, slot: u64, head: ChunkHead, first_live: u64) -> Result<()> {
        let Some((other, twin)) = self.by_seq.insert(head.chunk_seq, (slot, head)) else {
            return Ok(());
        };
        if head.chunk_seq < first_live {
            return Ok(());
        }
        let (start, other_start) = (place.start_of(slot), place.start_of(other));
        let counts = if twin.salt == head.salt {
            stop::flushes_in_a_row(place, &head, start)? > stop::flushes_in_a_row(place, &twin, other_start)?
        } else {
            let counts = stop::holds_flush(place, &head, start)?;
            if counts && stop::holds_flush(place, &twin, other_start)? {
                let twice = format!("chunk {} is there twice", head.chunk_seq);
                return Err(Error::corrupt(&place.path, start, twice));
            }
            counts
        };
        if !counts {
            self.by_seq.insert(head.chunk_seq, (other, twin));
        }
        Ok(())
    }

    /// Whether the chunk of this flush is whole elsewhere: then what stands in `slot` is what a disk brought
    /// back when the file had grown.
    pub(super) fn is_stray(&self, slot: u64, flush: &FlushHead) -> bool {
        let home = self.by_seq.get(&flush.chunk_seq);
        home.is_some_and(|(home, head)| *home != slot && head.salt == flush.salt)
    }
}

/// Reads what is there, up to the end of the file.
fn read_up_to(place: &WalPlace, buf: &mut [u8], offset: u64) -> Result<usize> {
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

/// Fills `bytes` with the chunk of `chunk_bytes` at `start`, as much of it as the file holds.
pub(super) fn read_stretch(
    place: &WalPlace,
    start: u64,
    chunk_bytes: u32,
    bytes: &mut Vec<u8>,
) -> Result<()> {
    let len = place.file.len().map_err(|e| Error::io("measure", &place.path, e))?;
    bytes.resize(len.saturating_sub(start).min(u64::from(chunk_bytes)) as usize, 0);
    let read = read_up_to(place, bytes, start)?;
    bytes.truncate(read);
    Ok(())
}
