//! The bytes of a tree's pages. All numbers are little-endian.
//!
//! A page's *body* is what lies between the page room's head and trailer; offsets are counted from its start.
//!
//! Leaf, 12 bytes and what follows them:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 2 | number of entries, n, at least 1 |
//! | 2 | 2 | flags: bit 0 set = the entries are uniform (index leaf only) |
//! | 4 | 2 | length of the prefix, p, that all keys begin with (index leaf only, else 0) |
//! | 6 | 2 | when uniform: length of each key beyond the prefix, else 0 |
//! | 8 | 2 | when uniform: length of each value, else 0 |
//! | 10 | 2 | zero |
//!
//! Record leaf, after the head:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 12 | 8 n | record ids, ascending |
//! | 12 + 8 n | 2 n | bits 0–14: where the value ends, counted from the start of the values; bit 15: an extent holds it |
//! | 12 + 10 n | | values, in the order of the ids, without gaps |
//!
//! Index leaf, after the head. The *suffix* of a key is what follows the prefix; its *head* is the first four
//! bytes of the suffix read as a big-endian number, zeros standing in for what a short suffix lacks.
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 12 | p | prefix |
//! | 12 + p | 4 n | heads, ascending |
//! | 12 + p + 4 n | 2 n | only when not uniform: where the entry ends, counted from the start of the entries |
//! | | | entries, in the order of the keys, without gaps |
//!
//! An entry of a uniform leaf is the suffix beyond its first four bytes, then the value.
//! An entry of any other:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 2 | bits 0–13: length of the suffix; bit 14: the key goes on in an extent; bit 15: an extent holds the value |
//! | 2 | | the suffix beyond its first four bytes |
//! | | 44 or 0 | when the key goes on: extent reference |
//! | | | value, or extent reference |
//!
//! A key of an index tree that is longer than an eighth of a page keeps that many bytes in the page and the rest in
//! an extent. A value goes to an extent when it is longer than a quarter of a page, in a record tree when two of its
//! size would not fit into a leaf.
//!
//! Inner node, 8 bytes and what follows them:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 2 | number of children, n, at least 1 |
//! | 2 | 1 | level: 1 when the children are leaves |
//! | 3 | 1 | shape of the keys: 1 record ids, 2 bytes |
//! | 4 | 2 | length of the prefix, p, that all separators begin with (0 for record ids) |
//! | 6 | 2 | zero |
//! | 8 | 40 n | children |
//! | 8 + 40 n | 8 (n − 1) | record ids: the separators, ascending; nothing follows |
//! | 8 + 40 n | p | bytes: prefix |
//! | 8 + 40 n + p | | bytes: n − 1 separators, ascending |
//!
//! A separator that is bytes: two bytes (bits 0–14 length beyond the prefix, bit 15 goes on in an extent), the
//! bytes beyond the prefix, and when it goes on an extent reference.
//!
//! Child, 40 bytes:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 8 | page |
//! | 8 | 8 | birth |
//! | 16 | 16 | XXH3-128 |
//! | 32 | 8 | bits 0–62: entries beneath; bit 63: extents are referred to beneath |
//!
//! An extent reference is laid out as the pages' head says.
//!
//! Reference to a whole tree, 48 bytes, which whoever keeps the tree writes down:
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | 1 | shape of the keys: 1 record ids, 2 bytes |
//! | 1 | 1 | 0 empty: the rest is zero; 1 there is a root |
//! | 2 | 1 | height: levels above the leaves |
//! | 3 | 5 | zero |
//! | 8 | 40 | the root, as a child stands in an inner node |

use crate::error::{Error, ErrorKind, Result};
use crate::storage::page::{EXTENT_PTR_LEN, ExtentPtr, HEAD_LEN, PagePtr, TRAILER_LEN};

use super::root::TreeKind;

pub(super) const LEAF_HEAD_LEN: usize = 12;
pub(super) const AT_COUNT: usize = 0;
pub(super) const AT_FLAGS: usize = 2;
pub(super) const AT_PREFIX_LEN: usize = 4;
pub(super) const AT_SUFFIX_LEN: usize = 6;
pub(super) const AT_VALUE_LEN: usize = 8;
pub(super) const FLAG_UNIFORM: u16 = 1;

pub(super) const ID_LEN: usize = 8;
pub(super) const END_LEN: usize = 2;
/// Bit 15 of a record leaf's end: an extent holds the value.
pub(super) const END_EXTENT: u16 = 1 << 15;

/// How many bytes of the suffix stand in the heads of an index leaf.
pub(super) const KEY_HEAD_LEN: usize = 4;
pub(super) const ENTRY_HEAD_LEN: usize = 2;
pub(super) const ENTRY_SUFFIX_MASK: u16 = (1 << 14) - 1;
pub(super) const ENTRY_KEY_GOES_ON: u16 = 1 << 14;
pub(super) const ENTRY_EXTENT: u16 = 1 << 15;

pub(super) const INNER_HEAD_LEN: usize = 8;
pub(super) const AT_LEVEL: usize = 2;
pub(super) const AT_SHAPE: usize = 3;
pub(super) const CHILD_LEN: usize = 40;
pub(super) const SEPARATOR_HEAD_LEN: usize = 2;
pub(super) const SEPARATOR_GOES_ON: u16 = 1 << 15;
const CHILD_HAS_EXTENTS: u64 = 1 << 63;

pub(super) const EXTENT_LEN: usize = EXTENT_PTR_LEN;

/// Levels above the leaves that any real tree stays far below.
pub(super) const HEIGHT_MAX: u8 = 32;

/// What fits into a page of a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) page_size: usize,
    /// Bytes in a page's body.
    pub(super) capacity: usize,
    /// A longer key goes on in an extent.
    pub(super) key_inline_max: usize,
    /// A longer value lies in an extent.
    pub(super) value_inline_max: usize,
}

impl Limits {
    /// Two of the largest entries fit into one page, whatever its size.
    ///
    /// A record may fill half a page: an extent takes whole pages, so sending a smaller value there would cost
    /// more room than the gap it leaves in a leaf.
    pub(super) fn new(kind: TreeKind, page_size: usize) -> Result<Self> {
        if !(1024..=32 * 1024).contains(&page_size) {
            return Err(Error::internal(format!(
                "a page of {page_size} bytes is not between 1 KiB and 32 KiB"
            )));
        }
        let capacity = page_size - HEAD_LEN - TRAILER_LEN;
        let (key_inline_max, value_inline_max) = match kind {
            TreeKind::Record => (ID_LEN, (capacity - LEAF_HEAD_LEN) / 2 - ID_LEN - END_LEN),
            TreeKind::Index => (page_size / 8, page_size / 4),
        };
        Ok(Self { page_size, capacity, key_inline_max, value_inline_max })
    }

    /// How many bytes a value of `len` takes in a page.
    pub(super) fn stored_len(&self, len: usize) -> usize {
        if len > self.value_inline_max { EXTENT_LEN } else { len }
    }
}

/// An error for bytes that only a bug could have written.
#[cold]
pub(super) fn nonsense(what: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Corrupt, what.to_string())
}

/// Says on which page something went wrong.
pub(super) trait OnPage {
    fn on_page(self, ptr: &PagePtr) -> Self;
}

impl<T> OnPage for Result<T> {
    #[inline]
    fn on_page(self, ptr: &PagePtr) -> Self {
        self.map_err(|error| error.context(format!("page {}", ptr.page)))
    }
}

/// The bytes of a page that belong to the tree.
#[inline]
pub(super) fn body(page: &[u8]) -> Result<&[u8]> {
    page.len()
        .checked_sub(TRAILER_LEN)
        .and_then(|end| page.get(HEAD_LEN..end))
        .ok_or_else(|| nonsense(format_args!("a page of {} bytes has no body", page.len())))
}

/// The `N` bytes at `at`.
#[inline]
pub(super) fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    bytes
        .get(at..)
        .and_then(|tail| tail.first_chunk::<N>())
        .copied()
        .ok_or_else(|| nonsense(format_args!("{N} bytes at {at} lie outside {} bytes", bytes.len())))
}

#[inline]
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Result<u16> {
    Ok(u16::from_le_bytes(bytes_at(bytes, at)?))
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64> {
    Ok(u64::from_le_bytes(bytes_at(bytes, at)?))
}

/// Copies `bytes` to `at`; whoever lays out a page has measured it.
#[inline]
pub(super) fn put(page: &mut [u8], at: usize, bytes: &[u8]) {
    page[at..at + bytes.len()].copy_from_slice(bytes);
}

#[inline]
pub(super) fn put_u16(page: &mut [u8], at: usize, number: usize) {
    put(page, at, &(number as u16).to_le_bytes());
}

/// Where entry `slot` of a list of ends lies; `mask` takes off what is not part of the end.
#[inline]
pub(super) fn span(ends: &[[u8; END_LEN]], slot: usize, mask: u16) -> Option<(usize, usize)> {
    let end = |slot: usize| ends.get(slot).map(|end| usize::from(u16::from_le_bytes(*end) & mask));
    let start = if slot == 0 { 0 } else { end(slot - 1)? };
    Some((start, end(slot)?))
}

pub(super) fn decode_extent(bytes: &[u8], at: usize) -> Result<ExtentPtr> {
    Ok(ExtentPtr::decode(&bytes_at(bytes, at)?))
}

/// Page, number of entries and whether extents are beneath, as [`CHILD_LEN`] bytes.
pub(super) fn encode_child(ptr: &PagePtr, entries: u64, has_extents: bool) -> [u8; CHILD_LEN] {
    let mut bytes = [0; CHILD_LEN];
    put(&mut bytes, 0, &ptr.page.to_le_bytes());
    put(&mut bytes, 8, &ptr.birth.to_le_bytes());
    put(&mut bytes, 16, &ptr.hash.to_le_bytes());
    let flag = if has_extents { CHILD_HAS_EXTENTS } else { 0 };
    put(&mut bytes, 32, &(entries | flag).to_le_bytes());
    bytes
}

pub(super) fn decode_child(bytes: &[u8], at: usize) -> Result<(PagePtr, u64, bool)> {
    let ptr = PagePtr {
        page: u64_at(bytes, at)?,
        birth: u64_at(bytes, at + 8)?,
        hash: u128::from_le_bytes(bytes_at(bytes, at + 16)?),
    };
    let entries = u64_at(bytes, at + 32)?;
    Ok((ptr, entries & !CHILD_HAS_EXTENTS, entries & CHILD_HAS_EXTENTS != 0))
}
