//! Entries on their way from a tree to whoever reads them.

use std::ops::Range;
use std::sync::Arc;

use super::Slice;

/// Entries of one tree, in scan order.
///
/// The buffers of the values are counted once for each run of entries that share one: a scan hands out thousands from
/// each page, and counting each by itself took longer than looking at it.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    keys: Vec<u8>,
    owners: Vec<Arc<Vec<u8>>>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    key_start: u32,
    key_len: u32,
    owner: u32,
    start: u32,
    len: u32,
}

impl Batch {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.owners.clear();
        self.entries.clear();
    }

    /// Makes room for `count` entries more whose keys have `key_bytes` each.
    pub(crate) fn reserve(&mut self, count: usize, key_bytes: usize) {
        self.keys.reserve(count * key_bytes);
        self.owners.reserve(count);
        self.entries.reserve(count);
    }

    pub(crate) fn push(&mut self, key: &[u8], value: Slice) {
        self.push_with(value, |keys| keys.extend_from_slice(key));
    }

    /// The same for a key that `append` puts together in place; it must only append.
    #[inline]
    pub(crate) fn push_with(&mut self, value: Slice, append: impl FnOnce(&mut Vec<u8>)) {
        let (owner, range) = value.into_parts();
        if self.owners.last().is_none_or(|last| !Arc::ptr_eq(last, &owner)) {
            self.owners.push(owner);
        }
        self.push_entry(range, append);
    }

    /// The same for a value that is the bytes `range` of `owner`, inside it and below 4 GiB.
    #[inline]
    pub(crate) fn push_piece(
        &mut self,
        owner: &Arc<Vec<u8>>,
        range: Range<usize>,
        append: impl FnOnce(&mut Vec<u8>),
    ) {
        assert!(range.start <= range.end && range.end <= owner.len() && range.end <= u32::MAX as usize);
        if self.owners.last().is_none_or(|last| !Arc::ptr_eq(last, owner)) {
            self.owners.push(Arc::clone(owner));
        }
        self.push_entry(range.start as u32..range.end as u32, append);
    }

    /// An entry whose value lies in the last of the owners.
    #[inline]
    fn push_entry(&mut self, value: Range<u32>, append: impl FnOnce(&mut Vec<u8>)) {
        let start = self.keys.len();
        append(&mut self.keys);
        self.entries.push(Entry {
            key_start: start as u32,
            key_len: (self.keys.len() - start) as u32,
            owner: self.owners.len() as u32 - 1,
            start: value.start,
            len: value.end - value.start,
        });
    }

    /// Appends the entry at `index` of another batch.
    pub(crate) fn push_of(&mut self, other: &Self, index: usize) {
        let entry = other.entries[index];
        let range = entry.start as usize..(entry.start + entry.len) as usize;
        let key = other.key(index);
        self.push_piece(&other.owners[entry.owner as usize], range, |keys| keys.extend_from_slice(key));
    }

    /// The buffer in which all values lie, where it is one, and all keys one after the other.
    pub(crate) fn one_owner(&self) -> Option<(&Arc<Vec<u8>>, &[u8])> {
        match &self.owners[..] {
            [owner] => Some((owner, &self.keys)),
            _ => None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[inline]
    pub(crate) fn key(&self, index: usize) -> &[u8] {
        let entry = &self.entries[index];
        &self.keys[entry.key_start as usize..(entry.key_start + entry.key_len) as usize]
    }

    #[inline]
    pub(crate) fn value(&self, index: usize) -> &[u8] {
        let entry = &self.entries[index];
        &self.owners[entry.owner as usize][entry.start as usize..(entry.start + entry.len) as usize]
    }

    /// The value from its byte `from` on, to be kept longer than the batch.
    pub(crate) fn slice(&self, index: usize, from: usize) -> Slice {
        let entry = &self.entries[index];
        let range = entry.start as usize + from..(entry.start + entry.len) as usize;
        Slice::new(Arc::clone(&self.owners[entry.owner as usize]), range)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&[u8], &[u8])> {
        (0..self.len()).map(|i| (self.key(i), self.value(i)))
    }
}
