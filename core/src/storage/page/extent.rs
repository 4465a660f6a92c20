//! An extent: one large value in consecutive pages, laid out as the head of `layout` says.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::field::{get_u16, get_u32, get_u64, put};
use super::layout::{self, Identity};
use super::{ExtentPtr, HEAD_LEN, PageKind, TRAILER_LEN};

/// Bytes that one sum vouches for.
pub(crate) const PIECE_LEN: usize = 64 * 1024;

const AT_LEN: usize = HEAD_LEN;
const AT_PAGES: usize = AT_LEN + 8;
const AT_ENTRY_LEN: usize = AT_PAGES + 4;
const AT_SEAL: usize = AT_ENTRY_LEN + 4;
const AT_TABLE: usize = AT_SEAL + TRAILER_LEN;
const ENTRY_LEN: usize = 8;

/// Bytes before a value of `len` bytes.
pub(super) fn head_len(len: u64) -> u64 {
    AT_TABLE as u64 + len.div_ceil(PIECE_LEN as u64) * ENTRY_LEN as u64
}

/// Pages that a value of `len` bytes takes.
pub(crate) fn pages_for(len: u64, page_size: usize) -> u64 {
    (head_len(len) + len).div_ceil(page_size as u64)
}

/// What stands before `value` in an extent of `pages` pages.
pub(super) fn head(value: &[u8], pages: u32, identity: &Identity) -> Vec<u8> {
    let mut head = vec![0; AT_TABLE];
    layout::write_head(&mut head, identity);
    put(&mut head, AT_LEN, &(value.len() as u64).to_le_bytes());
    put(&mut head, AT_PAGES, &pages.to_le_bytes());
    put(&mut head, AT_ENTRY_LEN, &(ENTRY_LEN as u16).to_le_bytes());
    for piece in value.chunks(PIECE_LEN) {
        head.extend_from_slice(&xxh3_64(piece).to_le_bytes());
    }
    head
}

/// What is wrong with the head and the value in `bytes`, and how many bytes into the extent; nothing when all is
/// well. `bytes` must be as long as the pointer says.
pub(super) fn fault(bytes: &[u8], ptr: &ExtentPtr, db: [u8; 16]) -> Option<(usize, String)> {
    let (head, value) = bytes.split_at(head_len(ptr.len) as usize);
    let identity = Identity { kind: PageKind::Extent, number: ptr.page, birth: ptr.birth, db };
    if let Some(wrong) = layout::fault(head, &identity, ptr.hash, xxh3_128(head)) {
        return Some((0, wrong));
    }
    let (len, pages, entry_len) =
        (get_u64(head, AT_LEN), get_u32(head, AT_PAGES), get_u16(head, AT_ENTRY_LEN));
    if len != ptr.len || pages != ptr.pages {
        let (want_len, want_pages) = (ptr.len, ptr.pages);
        return Some((
            AT_LEN,
            format!("extent says {len} bytes in {pages} pages, not {want_len} in {want_pages}"),
        ));
    }
    if usize::from(entry_len) != ENTRY_LEN {
        return Some((
            AT_ENTRY_LEN,
            format!("extent has table entries of {entry_len} bytes, not {ENTRY_LEN}"),
        ));
    }
    let sums = head[AT_TABLE..].chunks_exact(ENTRY_LEN);
    let broken =
        value.chunks(PIECE_LEN).zip(sums).position(|(piece, sum)| xxh3_64(piece) != get_u64(sum, 0))?;
    let at = head.len() + broken * PIECE_LEN;
    Some((at, format!("checksum differs in piece {broken} of the extent at page {}", ptr.page)))
}
