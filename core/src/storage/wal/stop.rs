//! Telling the end of the log from rot (W4).

use super::WalPlace;
use super::layout::{BLOCK, ChunkHead, FLUSH_HEAD, FlushHead};
use super::reader::{Chunks, Opening, read_up_to};
use crate::error::{Error, Result};
use crate::storage::LogPosition;

/// Fails when the file holds chunks of another database and none of this one: they are not ours to write over, and
/// what was ours is elsewhere.
pub(super) fn expect_ours(place: &WalPlace, chunks: &Chunks) -> Result<()> {
    match chunks.foreign.filter(|_| chunks.by_seq.is_empty()) {
        None => Ok(()),
        Some((offset, db)) => {
            let whose = format!("the log is of another database, {db:02x?}, not of {:02x?}", place.db);
            Err(Error::corrupt(&place.path, offset, whose))
        }
    }
}

/// Fails when nothing in a file that commits were written to is of this database: no chunk, no flush, but something
/// else behind where the first chunk's header is.
pub(crate) fn expect_written(place: &WalPlace) -> Result<()> {
    let mut bytes = vec![0; place.chunk_bytes as usize];
    let read = read_up_to(place, &mut bytes, 0)?;
    let is_chunk = ChunkHead::decode(&bytes[..read]).is_some();
    let flush = |at: usize| FlushHead::decode(&bytes[at..read]).is_some_and(|flush| flush.db == place.db);
    let is_log = is_chunk || (BLOCK as usize..read).step_by(BLOCK as usize).any(flush);
    let holds = |byte: &u8| *byte != 0;
    match bytes.iter().skip(BLOCK as usize).position(holds).filter(|_| !is_log) {
        None => Ok(()),
        Some(at) => {
            let what = "the log holds something, but nothing that this database wrote";
            Err(Error::corrupt(&place.path, BLOCK + at as u64, what))
        }
    }
}

/// Fails when anything in the file says that there must be more than what was read.
pub(super) fn expect_end(
    place: &WalPlace,
    opening: &Opening,
    chunks: &Chunks,
    missing: LogPosition,
) -> Result<()> {
    for (slot, head) in chunks.heads.iter().enumerate() {
        each_flush(place, slot as u64, &mut |flush, offset| {
            if flush.chunk_seq < opening.from.chunk_seq {
                return Ok(());
            }
            let is_stray = chunks.by_seq.get(&flush.chunk_seq).is_some_and(|(home, head)| {
                // The chunk is whole elsewhere: this is what a disk brought back when the file had grown.
                *home != slot as u64 && head.salt == flush.salt
            });
            if is_stray {
                return Ok(());
            }
            judge(place, opening, head.as_ref(), missing, flush)
                .map_or(Ok(()), |why| Err(Error::corrupt(&place.path, offset, why)))
        })?;
    }
    Ok(())
}

/// Why this flush cannot stand where it does if the log ends before `missing`.
fn judge(
    place: &WalPlace,
    opening: &Opening,
    head: Option<&ChunkHead>,
    missing: LogPosition,
    flush: &FlushHead,
) -> Option<String> {
    let belongs = head.is_some_and(|head| head.chunk_seq == flush.chunk_seq && head.salt == flush.salt);
    let is_left_over = head.is_some_and(|head| {
        head.chunk_seq > flush.chunk_seq || head.chunk_seq == flush.chunk_seq && head.salt != flush.salt
    });
    if is_left_over {
        return None;
    }
    if !belongs {
        return Some(format!(
            "flush {} of chunk {} is whole, but the chunk's header is damaged",
            flush.lsn, flush.chunk_seq
        ));
    }
    if flush.manifest_version > opening.manifest_version {
        return Some(format!(
            "flush {} knows manifest {}, but the newest that can be read is {}: the main file is damaged or older",
            flush.lsn, flush.manifest_version, opening.manifest_version
        ));
    }
    let attests = flush.durable_lsn >= missing.lsn && !place.switches.skip_durable_lsn_check;
    attests.then(|| {
        format!(
            "flush {} is damaged or missing, though flush {} says that everything up to {} was durable",
            missing.lsn, flush.lsn, flush.durable_lsn
        )
    })
}

/// Whether any whole flush stands in the chunk of this header.
pub(super) fn holds_flush(place: &WalPlace, head: &ChunkHead, slot: u64) -> Result<bool> {
    let mut holds = false;
    each_flush(place, slot, &mut |flush, _| {
        holds |= flush.chunk_seq == head.chunk_seq && flush.salt == head.salt;
        Ok(())
    })?;
    Ok(holds)
}

/// Visits every whole flush of this database in a slot, wherever it stands.
fn each_flush(
    place: &WalPlace,
    slot: u64,
    visit: &mut dyn FnMut(&FlushHead, u64) -> Result<()>,
) -> Result<()> {
    let (start, mut at) = (slot * u64::from(place.chunk_bytes), BLOCK);
    let mut head = [0; FLUSH_HEAD];
    while at < u64::from(place.chunk_bytes) {
        let offset = start + at;
        at += BLOCK;
        if read_up_to(place, &mut head, offset)? < FLUSH_HEAD {
            return Ok(());
        }
        let Some(flush) = FlushHead::decode(&head).filter(|flush| flush.db == place.db) else { continue };
        if flush.stride() > u64::from(place.chunk_bytes) {
            continue;
        }
        let mut bytes = vec![0; FLUSH_HEAD + flush.payload_len as usize];
        let read = read_up_to(place, &mut bytes, offset)?;
        if flush.is_whole(&bytes[..read]) {
            visit(&flush, offset)?;
            at = (at - BLOCK) + flush.stride();
        }
    }
    Ok(())
}
