//! The bytes of a page. All numbers are little-endian.
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 1 | kind: 1 record leaf, 2 index leaf, 3 inner node, 4 first page of an extent |
//! | 1 | 1 | flags, 0 |
//! | 2 | 6 | reserved, 0 |
//! | 8 | 8 | page number |
//! | 16 | 8 | birth: the manifest version that wrote it |
//! | 24 | 16 | database |
//! | 40 | 8 | reserved, 0 |
//! | 48 | page size − 88 | body, which belongs to the tree |
//! | page size − 40 | 40 | place for an authentication tag and a nonce, 0 |
//!
//! A page is valid iff the XXH3-128 of all its bytes is the one its pointer holds, and kind, number, birth and
//! database are those asked for.
//!
//! An extent is one large value in consecutive pages. Only the first of them has a head, and none has a trailer:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 48 | head of a page, kind 4 |
//! | 48 | 8 | length of the value, L |
//! | 56 | 4 | number of pages |
//! | 60 | 2 | bytes of an entry of the table: 8 |
//! | 62 | 2 | reserved, 0 |
//! | 64 | 40 | place for an authentication tag and a nonce, 0 |
//! | 104 | 8 × ⌈L / 64 KiB⌉ | table: XXH3-64 of each piece of 64 KiB, the last one shorter |
//! | behind | L | the value, then zeros to the end of the last page |
//!
//! An extent is valid iff the XXH3-128 of everything before the value is the one its pointer holds, the head
//! names itself as asked and repeats the pointer's numbers, and every piece has the sum in the table.
//!
//! Extent reference, 44 bytes, as it stands in trees and in commit records:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 8 | first page |
//! | 8 | 4 | number of pages |
//! | 12 | 8 | birth |
//! | 20 | 8 | length of the value |
//! | 28 | 16 | XXH3-128 of what stands before the value |

use std::fmt;

use super::field::{get, get_u32, get_u64, put};
use super::{ExtentPtr, HEAD_LEN, PageKind, TRAILER_LEN};

/// Bytes in a page of a new database.
pub(crate) const PAGE_SIZE_DEFAULT: usize = 16384;
/// Every page size that a database may have.
pub(crate) const PAGE_SIZES: [usize; 2] = [8192, PAGE_SIZE_DEFAULT];

const AT_KIND: usize = 0;
const AT_FLAGS: usize = 1;
const AT_NUMBER: usize = 8;
const AT_BIRTH: usize = 16;
const AT_DB: usize = 24;
const DB_LEN: usize = 16;
const _: () = assert!(AT_DB + DB_LEN <= HEAD_LEN);

/// Length of an extent reference.
pub(crate) const EXTENT_PTR_LEN: usize = 44;
const AT_PTR_PAGES: usize = 8;
const AT_PTR_BIRTH: usize = 12;
const AT_PTR_LEN: usize = 20;
const AT_PTR_HASH: usize = 28;

/// What a page says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) kind: PageKind,
    pub(crate) number: u64,
    pub(crate) birth: u64,
    pub(crate) db: [u8; DB_LEN],
}

impl PageKind {
    /// The kind of this number, where it is known.
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        [Self::RecordLeaf, Self::IndexLeaf, Self::Inner, Self::Extent]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }

    /// Whether pages of this kind go through the cache.
    pub(crate) fn is_leaf(self) -> bool {
        matches!(self, Self::RecordLeaf | Self::IndexLeaf)
    }
}

impl ExtentPtr {
    /// The reference to write down.
    pub(crate) fn encode(&self) -> [u8; EXTENT_PTR_LEN] {
        let mut bytes = [0; EXTENT_PTR_LEN];
        put(&mut bytes, 0, &self.page.to_le_bytes());
        put(&mut bytes, AT_PTR_PAGES, &self.pages.to_le_bytes());
        put(&mut bytes, AT_PTR_BIRTH, &self.birth.to_le_bytes());
        put(&mut bytes, AT_PTR_LEN, &self.len.to_le_bytes());
        put(&mut bytes, AT_PTR_HASH, &self.hash.to_le_bytes());
        bytes
    }

    /// The reference that `bytes` are.
    pub(crate) fn decode(bytes: &[u8; EXTENT_PTR_LEN]) -> Self {
        Self {
            page: get_u64(bytes, 0),
            pages: get_u32(bytes, AT_PTR_PAGES),
            birth: get_u64(bytes, AT_PTR_BIRTH),
            len: get_u64(bytes, AT_PTR_LEN),
            hash: u128::from_le_bytes(get(bytes, AT_PTR_HASH)),
        }
    }
}

impl fmt::Display for PageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RecordLeaf => "a record leaf",
            Self::IndexLeaf => "an index leaf",
            Self::Inner => "an inner page",
            Self::Extent => "the head of an extent",
        })
    }
}

/// Writes the head of a page.
pub(super) fn write_head(page: &mut [u8], identity: &Identity) {
    page[..HEAD_LEN].fill(0);
    page[AT_KIND] = identity.kind as u8;
    put(page, AT_NUMBER, &identity.number.to_le_bytes());
    put(page, AT_BIRTH, &identity.birth.to_le_bytes());
    put(page, AT_DB, &identity.db);
}

/// Clears the trailer of a page.
pub(super) fn clear_trailer(page: &mut [u8]) {
    let start = page.len() - TRAILER_LEN;
    page[start..].fill(0);
}

/// What is wrong with a page whose bytes hash to `found` where its pointer says `hash`; nothing when all is well.
pub(super) fn fault(page: &[u8], identity: &Identity, hash: u128, found: u128) -> Option<String> {
    let wrong_head = head_fault(page, identity);
    if hash == found {
        return wrong_head;
    }
    let differs = format!("checksum differs: the pointer says {hash:032x}, the bytes give {found:032x}");
    // A stale or misplaced page is whole in itself; what it says about itself tells where it came from.
    Some(match wrong_head {
        Some(wrong) => format!("{differs}; {wrong}"),
        None => differs,
    })
}

fn head_fault(page: &[u8], identity: &Identity) -> Option<String> {
    let (number, birth) = (get_u64(page, AT_NUMBER), get_u64(page, AT_BIRTH));
    let Some(kind) = PageKind::from_byte(page[AT_KIND]) else {
        return Some(format!("page is of the unknown kind {}, not {}", page[AT_KIND], identity.kind));
    };
    if get::<DB_LEN>(page, AT_DB) != identity.db {
        return Some("page is of another database".to_owned());
    }
    if number != identity.number {
        return Some(format!("page says it is number {number}, not {}", identity.number));
    }
    if birth != identity.birth {
        return Some(format!("page says version {birth} wrote it, not {}", identity.birth));
    }
    if kind != identity.kind {
        return Some(format!("page is {kind}, not {}", identity.kind));
    }
    (page[AT_FLAGS] != 0).then(|| format!("page has unknown flags {:#04x}", page[AT_FLAGS]))
}
