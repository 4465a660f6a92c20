//! The keys of one node, in order, laid out for searching.
//!
//! A search compares integers: of each key the eight bytes behind the node's common prefix lie in one array as
//! a big-endian number. The key's own bytes are needed only where those are equal, and not even there when a
//! key ends within them.

use std::cmp::Ordering;

/// How many keys a node holds at most.
pub(super) const CAPACITY: usize = 32;
/// Nodes with more key bytes than this are split early, so that copying one stays cheap when keys are long.
const BYTES_MAX: usize = 16 * 1024;
/// A shorter common prefix is not worth comparing: the heads are still telling without stripping it.
const PREFIX_MIN: usize = 4;
/// Room for a key or two that a copy of a node gets, because nodes are copied to be inserted into.
const ROOM: usize = 48;

/// Up to [`CAPACITY`] keys in ascending order.
pub(super) struct Keys {
    len: u32,
    prefix: u32,
    heads: [u64; CAPACITY],
    starts: [u32; CAPACITY],
    lens: [u32; CAPACITY],
    bytes: Vec<u8>,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self {
            len: 0,
            prefix: 0,
            heads: [0; CAPACITY],
            starts: [0; CAPACITY],
            lens: [0; CAPACITY],
            bytes: Vec::new(),
        }
    }

    fn of<'a>(keys: impl ExactSizeIterator<Item = &'a [u8]>) -> Self {
        let mut all = Self::new();
        for (at, key) in keys.enumerate() {
            all.insert(at, key);
        }
        all.tighten();
        all
    }

    /// One key, expected to share this node's prefix with those that will follow it.
    pub(super) fn beside(&self, key: &[u8]) -> Self {
        let mut one = Self::new();
        one.insert(0, key);
        if self.prefix > 0 {
            one.set_prefix(common_prefix(self.shared(), key));
        }
        one
    }

    pub(super) fn len(&self) -> usize {
        self.len as usize
    }

    pub(super) fn key(&self, at: usize) -> &[u8] {
        debug_assert!(at < self.len());
        let start = self.starts[at] as usize;
        &self.bytes[start..start + self.lens[at] as usize]
    }

    /// Whether `key` must go to another node.
    pub(super) fn is_full(&self, key: &[u8]) -> bool {
        self.len() == CAPACITY || (self.len() >= 2 && self.bytes.len() + key.len() > BYTES_MAX)
    }

    /// Where `key` is, or where it would have to be inserted.
    pub(super) fn search(&self, key: &[u8]) -> Result<usize, usize> {
        let rest = match self.strip(key) {
            Ok(rest) => rest,
            Err(Ordering::Less) => return Err(0),
            Err(_) => return Err(self.len()),
        };
        let probe = head(rest);
        let heads = &self.heads[..self.len()];
        let mut low = heads.partition_point(|head| *head < probe);
        let mut high = low;
        while high < heads.len() && heads[high] == probe {
            high += 1;
        }
        while low < high {
            let middle = (low + high) / 2;
            match self.compare_behind_head(middle, rest) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Ok(middle),
                Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    /// How many keys are not greater than `key`.
    pub(super) fn count_up_to(&self, key: &[u8]) -> usize {
        self.search(key).map_or_else(|at| at, |at| at + 1)
    }

    /// Puts `key` before the `at`-th, where the order wants it; there must be room.
    pub(super) fn insert(&mut self, at: usize, key: &[u8]) {
        let len = self.len();
        assert!(at <= len && len < CAPACITY && self.bytes.len() + key.len() <= u32::MAX as usize);
        if self.prefix > 0 && self.strip(key).is_err() {
            self.set_prefix(common_prefix(self.shared(), key));
        }
        self.heads.copy_within(at..len, at + 1);
        self.starts.copy_within(at..len, at + 1);
        self.lens.copy_within(at..len, at + 1);
        self.heads[at] = head(&key[self.prefix as usize..]);
        self.starts[at] = self.bytes.len() as u32;
        self.lens[at] = key.len() as u32;
        self.bytes.extend_from_slice(key);
        self.len += 1;
    }

    /// Moves the keys from the `keep_left`-th on away, without the `skip` first of them.
    pub(super) fn split(&mut self, keep_left: usize, skip: usize) -> Self {
        let right = Self::of((keep_left + skip..self.len()).map(|at| self.key(at)));
        *self = Self::of((0..keep_left).map(|at| self.key(at)));
        right
    }

    /// Strips as much as the keys have in common.
    pub(super) fn tighten(&mut self) {
        if self.len < 2 {
            return;
        }
        let (first, last) = (self.key(0), self.key(self.len() - 1));
        let fits_the_head = first.len() <= 8 && last.len() <= 8;
        self.set_prefix(if fits_the_head { 0 } else { common_prefix(first, last) });
    }

    /// The common prefix; only the first key's bytes say what it is.
    fn shared(&self) -> &[u8] {
        let start = self.starts[0] as usize;
        &self.bytes[start..start + self.prefix as usize]
    }

    /// `key` without the prefix, or on which side of all keys it lies.
    fn strip<'k>(&self, key: &'k [u8]) -> Result<&'k [u8], Ordering> {
        if self.prefix == 0 {
            return Ok(key);
        }
        let (own, rest) = key.split_at(key.len().min(self.prefix as usize));
        match own.cmp(self.shared()) {
            Ordering::Equal => Ok(rest),
            side => Err(side),
        }
    }

    /// How the `at`-th key compares with prefix + `rest` when their heads are equal.
    ///
    /// A key that ends within its head is padded with zeros there: equal heads mean that it is a prefix of the
    /// other but for zeros, so the shorter one comes first.
    fn compare_behind_head(&self, at: usize, rest: &[u8]) -> Ordering {
        let len = (self.lens[at] - self.prefix) as usize;
        if len <= 8 || rest.len() <= 8 {
            return len.cmp(&rest.len());
        }
        self.key(at)[self.prefix as usize + 8..].cmp(&rest[8..])
    }

    fn set_prefix(&mut self, len: usize) {
        let prefix = if len < PREFIX_MIN { 0 } else { len as u32 };
        if prefix == self.prefix {
            return;
        }
        self.prefix = prefix;
        for at in 0..self.len() {
            self.heads[at] = head(&self.key(at)[prefix as usize..]);
        }
    }
}

impl Clone for Keys {
    fn clone(&self) -> Self {
        let mut bytes = Vec::with_capacity(self.bytes.len() + ROOM);
        bytes.extend_from_slice(&self.bytes);
        Self { bytes, ..*self }
    }
}

/// The shortest key that parts `left` from the greater `right`.
pub(super) fn separator(left: &[u8], right: &[u8]) -> Vec<u8> {
    debug_assert!(left < right);
    right[..common_prefix(left, right) + 1].to_vec()
}

fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// The first eight bytes as a number in the order of the bytes; what is missing counts as zeros.
fn head(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(eight) => u64::from_be_bytes(*eight),
        None => bytes.iter().rev().fold(0, |head, byte| head >> 8 | u64::from(*byte) << 56),
    }
}
