//! Telling the end of the log from rot (W4).

use super::WalPlace;
use super::chunks::{Chunks, read_stretch};
use super::layout::{BLOCK, ChunkHead, FlushHead};
use super::reader::Opening;
use crate::error::{Error, Result};
use crate::storage::LogPosition;

/// Fails when a file that commits may have been written to has lost what was written: its first chunk begins with
/// zeros, or something is behind where that chunk's header is, but nothing that this database wrote.
///
/// The first chunk is begun before a manifest counts on the log, and stays. Writing its header anew may be cut
/// short, but leaves the bytes that all headers have in common.
pub(crate) fn expect_written(place: &WalPlace) -> Result<()> {
    place.expect_usable_chunks()?;
    let mut bytes = Vec::new();
    read_stretch(place, 0, place.chunk_bytes, &mut bytes)?;
    let nonzero = |bytes: &[u8]| bytes.iter().position(|byte| *byte != 0);
    if bytes.len() >= BLOCK as usize && nonzero(&bytes[..BLOCK as usize]).is_none() {
        let what = "the log was begun, but holds nothing but zeros where its first chunk begins";
        return Err(Error::corrupt(&place.path, 0, what));
    }
    let is_chunk = ChunkHead::decode(&bytes).is_some();
    let flush = |at: usize| FlushHead::decode(&bytes[at..]).is_some_and(|flush| flush.db == place.db);
    let is_log = is_chunk || (BLOCK as usize..bytes.len()).step_by(BLOCK as usize).any(flush);
    match nonzero(bytes.get(BLOCK as usize..).unwrap_or_default()).filter(|_| !is_log) {
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
    let mut bytes = Vec::new();
    for (slot, head) in chunks.heads.iter().enumerate() {
        let start = slot as u64 * u64::from(place.chunk_bytes);
        read_stretch(place, start, place.chunk_bytes, &mut bytes)?;
        for (flush, at) in flushes_in(&bytes, &place.db) {
            if flush.chunk_seq < opening.from.chunk_seq {
                continue;
            }
            let why = match chunks.is_stray(slot as u64, &flush) {
                true => attests(place, missing, &flush),
                false => judge(place, opening, head.as_ref(), missing, &flush),
            };
            if let Some(why) = why {
                return Err(Error::corrupt(&place.path, start + at, why));
            }
        }
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
    attests(place, missing, flush)
}

/// What this flush says of those before it, wherever it stands, when they are not all there.
fn attests(place: &WalPlace, missing: LogPosition, flush: &FlushHead) -> Option<String> {
    let attests = flush.durable_lsn >= missing.lsn && !place.switches.skip_durable_lsn_check;
    attests.then(|| {
        format!(
            "flush {} is damaged or missing, though flush {} says that everything up to {} was durable",
            missing.lsn, flush.lsn, flush.durable_lsn
        )
    })
}

/// How many flushes follow one another from the beginning of the chunk of this header, which begins at `start`.
pub(super) fn flushes_in_a_row(place: &WalPlace, head: &ChunkHead, start: u64) -> Result<u64> {
    let mut bytes = Vec::new();
    read_stretch(place, start, head.chunk_bytes, &mut bytes)?;
    let (mut next, mut count) = (BLOCK, 0);
    for (flush, at) in flushes_in(&bytes, &head.db) {
        let continues = at == next && flush.lsn == head.first_lsn + count;
        if !continues || flush.chunk_seq != head.chunk_seq || flush.salt != head.salt {
            break;
        }
        next += flush.stride();
        count += 1;
    }
    Ok(count)
}

/// Whether any whole flush stands in the chunk of this header, which begins at `start`.
pub(super) fn holds_flush(place: &WalPlace, head: &ChunkHead, start: u64) -> Result<bool> {
    let mut bytes = Vec::new();
    read_stretch(place, start, head.chunk_bytes, &mut bytes)?;
    let mut flushes = flushes_in(&bytes, &head.db);
    Ok(flushes.any(|(flush, _)| flush.chunk_seq == head.chunk_seq && flush.salt == head.salt))
}

/// Every whole flush of the database in a chunk, wherever it stands, and where that is. What lies inside one is
/// its payload, never a flush.
fn flushes_in<'a>(chunk: &'a [u8], db: &'a [u8; 16]) -> impl Iterator<Item = (FlushHead, u64)> + use<'a> {
    let mut next = BLOCK as usize;
    std::iter::from_fn(move || {
        while next < chunk.len() {
            let (at, bytes) = (next, &chunk[next..]);
            let flush = FlushHead::decode(bytes).filter(|flush| flush.db == *db && flush.is_whole(bytes));
            next += flush.map_or(BLOCK, |flush| flush.stride()) as usize;
            if let Some(flush) = flush {
                return Some((flush, at as u64));
            }
        }
        None
    })
}
