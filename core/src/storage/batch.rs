//! Entries on their way from a tree to whoever reads them.

use std::ops::Range;
use std::sync::Arc;

use super::Slice;
use crate::storage::Buffer;

/// Entries of one tree, in scan order.
///
/// The buffers of the values are counted once for each run of entries that share one: a scan hands out thousands from
/// each page, and counting each by itself took longer than looking at it.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    keys: Vec<u8>,
    owners: Vec<Arc<Buffer>>,
    /// The values that came without a buffer, and whether there are any: they may be empty.
    loose: Vec<u8>,
    has_loose: bool,
    entries: Vec<Entry>,
}

/// Instead of the number of an owner: the value is a loose one.
const LOOSE: u32 = u32::MAX;

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
        self.loose.clear();
        self.has_loose = false;
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
        match value.into_parts() {
            Ok((owner, range)) => {
                if self.owners.last().is_none_or(|last| !Arc::ptr_eq(last, &owner)) {
                    self.owners.push(owner);
                }
                self.push_entry(self.owners.len() as u32 - 1, range, append);
            }
            Err(loose) => {
                self.has_loose = true;
                let start = self.loose.len() as u32;
                self.loose.extend_from_slice(&loose);
                self.push_entry(LOOSE, start..self.loose.len() as u32, append);
            }
        }
    }

    /// The same for a value that is the bytes `range` of `owner`, inside it and below 4 GiB.
    #[inline]
    pub(crate) fn push_piece(
        &mut self,
        owner: &Arc<Buffer>,
        range: Range<usize>,
        append: impl FnOnce(&mut Vec<u8>),
    ) {
        assert!(range.start <= range.end && range.end <= owner.len() && range.end <= u32::MAX as usize);
        if self.owners.last().is_none_or(|last| !Arc::ptr_eq(last, owner)) {
            self.owners.push(Arc::clone(owner));
        }
        self.push_entry(self.owners.len() as u32 - 1, range.start as u32..range.end as u32, append);
    }

    #[inline]
    fn push_entry(&mut self, owner: u32, value: Range<u32>, append: impl FnOnce(&mut Vec<u8>)) {
        let start = self.keys.len();
        append(&mut self.keys);
        self.entries.push(Entry {
            key_start: start as u32,
            key_len: (self.keys.len() - start) as u32,
            owner,
            start: value.start,
            len: value.end - value.start,
        });
    }

    /// Appends the entry at `index` of another batch.
    pub(crate) fn push_of(&mut self, other: &Self, index: usize) {
        let entry = other.entries[index];
        let key = other.key(index);
        if entry.owner == LOOSE {
            self.push(key, Slice::copied(other.value(index)));
            return;
        }
        let range = entry.start as usize..(entry.start + entry.len) as usize;
        self.push_piece(&other.owners[entry.owner as usize], range, |keys| keys.extend_from_slice(key));
    }

    /// The buffer in which all values lie, where it is one, and all keys one after the other.
    pub(crate) fn one_owner(&self) -> Option<(&Arc<Buffer>, &[u8])> {
        match &self.owners[..] {
            [owner] if !self.has_loose => Some((owner, &self.keys)),
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
        let bytes = match entry.owner {
            LOOSE => &self.loose,
            owner => &**self.owners[owner as usize],
        };
        &bytes[entry.start as usize..(entry.start + entry.len) as usize]
    }

    /// The value from its byte `from` on, to be kept longer than the batch.
    pub(crate) fn slice(&self, index: usize, from: usize) -> Slice {
        let entry = &self.entries[index];
        if entry.owner == LOOSE {
            return Slice::copied(&self.value(index)[from..]);
        }
        let range = entry.start as usize + from..(entry.start + entry.len) as usize;
        Slice::new(Arc::clone(&self.owners[entry.owner as usize]), range)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&[u8], &[u8])> {
        (0..self.len()).map(|i| (self.key(i), self.value(i)))
    }
}
