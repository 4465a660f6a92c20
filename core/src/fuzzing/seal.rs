//! Makes checksums right: what only a mistake of ours, or a forger, could have written.
//!
//! Written from the documentation of the formats, so that a decoder and its forger do not share a mistake.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed, xxh3_128};

const BLOCK: usize = 4096;

/// Both copies of the header and the four manifest blocks of a main file.
pub(super) fn main_file(file: &mut [u8]) {
    for at in [0, 4096, 8192] {
        header(file.get_mut(at..at + 256));
    }
    for page_size in [8192, 16384] {
        for page in 1..=4 {
            manifest(file.get_mut(page * page_size..page * page_size + BLOCK));
        }
    }
}

fn header(copy: Option<&mut [u8]>) {
    if let Some(copy) = copy.filter(|copy| copy.starts_with(b"NXL\r\n\x1A\n\0")) {
        let sum = xxh3_128(&copy[..240]);
        copy[240..].copy_from_slice(&sum.to_le_bytes());
    }
}

fn manifest(block: Option<&mut [u8]>) {
    if let Some(block) = block.filter(|block| block.starts_with(b"NXLMANIF")) {
        let sum = xxh3_128(&block[..BLOCK - 16]);
        block[BLOCK - 16..].copy_from_slice(&sum.to_le_bytes());
    }
}

/// The longest chunk that a copy of the header tells of, where there is a header.
pub(super) fn chunk_bytes(file: &[u8]) -> Option<u32> {
    let copies = [0, 4096, 8192].into_iter().filter_map(|at| file.get(at..at + 256));
    copies.filter(|copy| copy.starts_with(b"NXL\r\n\x1A\n\0")).map(|copy| word(copy, 16)).max()
}

/// Every chunk header and every flush of a log, wherever they stand, each naming the one before it, and the commit
/// records in the flushes.
pub(super) fn log(file: &mut [u8]) {
    let mut salt = [0; 16];
    let mut before = None;
    for start in (0..file.len()).step_by(BLOCK) {
        let rest = &mut file[start..];
        if rest.starts_with(b"NXLWCHNK") && rest.len() >= BLOCK {
            chunk(rest, before);
            salt.copy_from_slice(&rest[48..64]);
        } else if rest.starts_with(b"NXLWFLSH") && rest.len() >= BLOCK {
            before = flush(rest, &salt, before).or(before);
        }
    }
}

/// `before` is number and checksum of the flush before.
fn chunk(head: &mut [u8], before: Option<(u64, u64)>) {
    if let Some((lsn, sum)) = before {
        for (at, follows) in [(64, long(head, 40)), (80, long(head, 72).wrapping_add(1))] {
            if follows == lsn.wrapping_add(1) {
                head[at..at + 8].copy_from_slice(&sum.to_le_bytes());
            }
        }
    }
    let sum = xxh3_64(&head[..128]);
    head[128..136].copy_from_slice(&sum.to_le_bytes());
}

fn flush(flush: &mut [u8], salt: &[u8; 16], before: Option<(u64, u64)>) -> Option<(u64, u64)> {
    let end = 144_usize.saturating_add(word(flush, 64) as usize);
    record(flush.get_mut(144..end)?);
    if let Some((_, sum)) = before {
        flush[56..64].copy_from_slice(&sum.to_le_bytes());
    }
    let seed = long(salt, 0) ^ long(salt, 8).rotate_left(32);
    let sum = xxh3_64_with_seed(&flush[144..end], xxh3_64_with_seed(&flush[..136], seed));
    flush[136..144].copy_from_slice(&sum.to_le_bytes());
    Some((long(flush, 48), sum))
}

/// The first commit record in `bytes`.
pub(super) fn record(bytes: &mut [u8]) {
    if bytes.len() < 40 {
        return;
    }
    let len = (word(bytes, 0) as usize).clamp(40, bytes.len());
    let sum = xxh3_64(&bytes[40..len]);
    bytes[32..40].copy_from_slice(&sum.to_le_bytes());
}

pub(super) fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|field| field.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|field| field.try_into().ok()).map_or(0, u64::from_le_bytes)
}
