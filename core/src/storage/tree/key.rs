//! Keys as they are looked for, and the order of those that go on in an extent.

use std::cmp::Ordering;
use std::ops::Bound;

use crate::error::Result;
use crate::storage::page::{ExtentPtr, PageReader};

use super::layout::ID_LEN;
use super::root::TreeKind;

/// A key, parted where a page would part it.
///
/// What a page shows of a stored key is cut at the same length, so first parts compare with first parts and only
/// a tie makes anyone read an extent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probe<'k> {
    pub(super) inline: &'k [u8],
    /// Empty when the key is all inline.
    pub(super) rest: &'k [u8],
}

impl<'k> Probe<'k> {
    #[inline]
    pub(super) fn new(key: &'k [u8], inline_max: usize) -> Self {
        let (inline, rest) = key.split_at(key.len().min(inline_max));
        Self { inline, rest }
    }
}

/// How a stored key compares with `probe` once their first parts are equal.
pub(super) fn order_rests(
    stored: Option<&ExtentPtr>,
    probe: &Probe<'_>,
    reader: &dyn PageReader,
) -> Result<Ordering> {
    Ok(match (stored, probe.rest.is_empty()) {
        (None, true) => Ordering::Equal,
        (None, false) => Ordering::Less,
        (Some(_), true) => Ordering::Greater,
        (Some(ptr), false) => (*reader.read_extent(ptr)?).cmp(probe.rest),
    })
}

/// A record id seen as a key; none when `key` cannot be one.
#[inline]
pub(super) fn record_id(key: &[u8]) -> Option<u64> {
    key.try_into().ok().map(u64::from_be_bytes)
}

/// The first eight bytes as a big-endian number, zeros standing in for what is missing.
#[inline]
pub(super) fn head_u64(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(head) => u64::from_be_bytes(*head),
        None => {
            let mut head = [0; 8];
            head[..bytes.len()].copy_from_slice(bytes);
            u64::from_be_bytes(head)
        }
    }
}

/// The first four bytes as a big-endian number, zeros standing in for what is missing.
#[inline]
pub(super) fn head_u32(bytes: &[u8]) -> u32 {
    match bytes.first_chunk::<4>() {
        Some(head) => u32::from_be_bytes(*head),
        None => (head_u64(bytes) >> 32) as u32,
    }
}

/// How many bytes `a` and `b` begin with in common.
pub(super) fn common_len(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// A place between keys: those before it, and those after it.
#[derive(Debug, Clone)]
pub(super) enum Cut {
    /// Before every key.
    Start,
    /// After every key.
    End,
    /// Before this record id.
    Id(u64),
    /// Before this key, or right after it.
    Key { key: Vec<u8>, after: bool },
}

impl Cut {
    /// Where the keys of a range with this start begin.
    pub(super) fn at_start(kind: TreeKind, bound: Bound<Vec<u8>>) -> Self {
        match bound {
            Bound::Unbounded => Self::Start,
            Bound::Included(key) => Self::at_key(kind, key, false),
            Bound::Excluded(key) => Self::at_key(kind, key, true),
        }
    }

    /// Where the keys of a range with this end stop.
    pub(super) fn at_end(kind: TreeKind, bound: Bound<Vec<u8>>) -> Self {
        match bound {
            Bound::Unbounded => Self::End,
            Bound::Included(key) => Self::at_key(kind, key, true),
            Bound::Excluded(key) => Self::at_key(kind, key, false),
        }
    }

    /// A bound on record ids may be any bytes. A shorter one sorts right before its own extension with zeros, a
    /// longer one right after its first eight bytes.
    fn at_key(kind: TreeKind, key: Vec<u8>, after: bool) -> Self {
        if kind == TreeKind::Index {
            return Self::Key { key, after };
        }
        let id = head_u64(&key);
        let beyond = match key.len() {
            ..ID_LEN => false,
            ID_LEN => after,
            _ => true,
        };
        id.checked_add(u64::from(beyond)).map_or(Self::End, Self::Id)
    }
}
