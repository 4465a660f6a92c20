//! The entries that one leaf, or several neighbours together, shall hold: known, not yet laid down.

use std::ops::Range;
use std::sync::Arc;

use crate::error::Result;
use crate::storage::Buffer;
use crate::storage::page::{ExtentPtr, PageReader};

use super::super::given::{Given, NewValue};
use super::super::key::Probe;
use super::super::layout::{
    END_LEN, ENTRY_HEAD_LEN, EXTENT_LEN, KEY_HEAD_LEN, LEAF_HEAD_LEN, Limits, nonsense,
};
use super::super::leaf::Leaf;
use super::super::separator::Separator;
use super::pack::Fill;

/// Inserts next to each other from which on they count as an ascending load.
const RUN_MIN: u32 = 4;

/// Entries in ascending order, and how they came together.
#[derive(Debug)]
pub(super) struct Plan<V> {
    limits: Limits,
    /// The lower bound of them all.
    pub(super) low: Separator,
    keys: Vec<u8>,
    entries: Vec<Planned<V>>,
    /// The pages that kept values lie in.
    pages: Vec<Arc<Buffer>>,
    /// What the entries take in a page, if not less.
    pub(super) bytes: usize,
    /// Whether entries were deleted, so that what is left may be too little for a page.
    pub(super) shrunk: bool,
    /// How many separate runs of inserts there are, how many inserts, and whether the last entry is one.
    runs: u32,
    inserts: u32,
    ends_in_insert: bool,
}

#[derive(Debug)]
struct Planned<V> {
    key_end: usize,
    /// Where a kept key goes on. Of such a key only what the page shows may be known.
    rest: Option<Box<ExtentPtr>>,
    value: Planning<V>,
}

/// A value that shall be in the new page.
#[derive(Debug)]
enum Planning<V> {
    Kept { page: u32, at: u16, len: u16, extent: bool },
    New(V),
}

/// A value, ready to be copied: itself, or the reference to it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    InPage(&'a [u8]),
    Reference(&'a [u8]),
    New(&'a [u8]),
}

impl<V: NewValue> Plan<V> {
    pub(super) fn new(limits: Limits, low: Separator) -> Self {
        Self {
            limits,
            low,
            keys: Vec::new(),
            entries: Vec::new(),
            pages: Vec::new(),
            bytes: 0,
            shrunk: false,
            runs: 0,
            inserts: 0,
            ends_in_insert: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Makes room for the entries of a page that values are kept from.
    pub(super) fn add_page(&mut self, page: Arc<Buffer>, entries: usize) {
        self.keys.reserve(page.len());
        self.entries.reserve(entries + entries / 8);
        self.pages.push(page);
    }

    /// Keeps entries of the page added last.
    pub(super) fn keep(&mut self, leaf: &Leaf<'_>, slots: Range<usize>) -> Result<()> {
        let page = self.pages.len() as u32 - 1;
        for slot in slots {
            let key_start = self.keys.len();
            let (rest, stored) = leaf.append_key(slot, &mut self.keys)?;
            if !self.ascends_to(key_start, rest.is_some()) {
                return Err(nonsense(format_args!("the key of entry {slot} is not above the one before it")));
            }
            let (at, len) = (stored.at as u16, stored.len as u16);
            let value = Planning::Kept { page, at, len, extent: stored.extent };
            self.push(rest.map(Box::new), value, stored.len);
            self.ends_in_insert = false;
        }
        Ok(())
    }

    /// Inserts an entry, or replaces the one whose key went on in `rest`.
    pub(super) fn insert(&mut self, key: &[u8], value: V) {
        if !self.ends_in_insert {
            self.runs += 1;
        }
        self.inserts += 1;
        self.put(key, None, value);
        self.ends_in_insert = true;
    }

    pub(super) fn replace(&mut self, key: &[u8], rest: Option<ExtentPtr>, value: V) {
        self.put(key, rest, value);
        self.ends_in_insert = false;
    }

    fn put(&mut self, key: &[u8], rest: Option<ExtentPtr>, value: V) {
        self.keys.extend_from_slice(key);
        let (len, _) = given_len(self.limits, &value);
        self.push(rest.map(Box::new), Planning::New(value), len);
    }

    fn push(&mut self, rest: Option<Box<ExtentPtr>>, value: Planning<V>, value_len: usize) {
        let key_end = self.keys.len();
        let key_len = key_end - self.key_start(self.entries.len());
        self.bytes += bytes_of(self.limits, key_len, rest.is_some(), value_len);
        self.entries.push(Planned { key_end, rest, value });
    }

    /// Two keys that show the same bytes may follow each other when the second goes on.
    fn ascends_to(&self, key_start: usize, goes_on: bool) -> bool {
        let Some(last) = self.entries.len().checked_sub(1) else { return true };
        let (last, key) = (&self.keys[self.key_start(last)..key_start], &self.keys[key_start..]);
        last < key || (goes_on && last.starts_with(key))
    }

    /// Puts the entries of `right`, all of them above these, behind these; answers the bound between.
    pub(super) fn append(&mut self, right: Self) -> Separator {
        let (keys, pages) = (self.keys.len(), self.pages.len() as u32);
        self.keys.extend_from_slice(&right.keys);
        self.pages.extend(right.pages);
        self.entries.extend(right.entries.into_iter().map(|mut entry| {
            entry.key_end += keys;
            if let Planning::Kept { page, .. } = &mut entry.value {
                *page += pages;
            }
            entry
        }));
        self.bytes += right.bytes;
        self.shrunk |= right.shrunk;
        self.runs += right.runs;
        self.inserts += right.inserts;
        self.ends_in_insert = right.ends_in_insert;
        right.low
    }

    /// Forgets the first `count` entries.
    pub(super) fn drop_front(&mut self, count: usize) {
        let keys = self.key_start(count);
        self.keys.drain(..keys);
        self.entries.drain(..count);
        self.bytes = 0;
        let mut start = 0;
        for entry in &mut self.entries {
            entry.key_end -= keys;
            let value_len = match &entry.value {
                Planning::Kept { len, .. } => usize::from(*len),
                Planning::New(value) => given_len(self.limits, value).0,
            };
            let key_len = entry.key_end - start;
            self.bytes += bytes_of(self.limits, key_len, entry.rest.is_some(), value_len);
            start = entry.key_end;
        }
    }

    pub(super) fn has_grown(&self) -> bool {
        self.inserts > 0
    }

    /// Whether one page takes all for sure, without measuring.
    pub(super) fn fits_one_page(&self) -> bool {
        self.bytes + LEAF_HEAD_LEN <= self.limits.capacity
    }

    /// How the entries should be spread over pages. What was loaded in ascending order will hardly be inserted
    /// into again, so its pages are filled; any other page gets room to grow.
    pub(super) fn fill(&self, at_right_edge: bool) -> Fill {
        let ascending = self.runs == 1 && (self.inserts >= RUN_MIN || (at_right_edge && self.ends_in_insert));
        if ascending { Fill::Full } else { Fill::Even }
    }

    #[inline]
    fn key_start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.entries[index - 1].key_end }
    }

    /// What is known of the key: all of it, or of a kept key what its page showed.
    #[inline]
    pub(super) fn known_key(&self, index: usize) -> &[u8] {
        &self.keys[self.key_start(index)..self.entries[index].key_end]
    }

    /// What a page will show of the key, whether it goes on, and where it already does.
    #[inline]
    pub(super) fn page_key(&self, index: usize) -> (Probe<'_>, Option<&ExtentPtr>) {
        (Probe::new(self.known_key(index), self.limits.key_inline_max), self.entries[index].rest.as_deref())
    }

    /// The whole key.
    pub(super) fn whole_key(&self, index: usize, reader: &dyn PageReader) -> Result<Vec<u8>> {
        let mut key = self.known_key(index).to_vec();
        let rest = self.entries[index].rest.as_deref();
        if let Some(rest) = rest.filter(|_| key.len() <= self.limits.key_inline_max) {
            key.extend_from_slice(&reader.read_extent(rest)?);
        }
        Ok(key)
    }

    #[inline]
    pub(super) fn source(&self, index: usize) -> Source<'_> {
        match &self.entries[index].value {
            Planning::New(value) => match value.given() {
                Given::Value(bytes) => Source::New(bytes),
                Given::Reference(bytes) => Source::Reference(bytes),
            },
            Planning::Kept { page, at, len, extent } => {
                let at = usize::from(*at);
                let bytes = &self.pages[*page as usize][at..at + usize::from(*len)];
                if *extent { Source::Reference(bytes) } else { Source::InPage(bytes) }
            }
        }
    }

    /// The lengths of key and value, unless either is elsewhere.
    #[inline]
    pub(super) fn plain_lens(&self, index: usize) -> Option<(usize, usize)> {
        let (key, rest) = self.page_key(index);
        let (value_len, extent) = self.stored(index);
        (rest.is_none() && key.rest.is_empty() && !extent).then_some((key.inline.len(), value_len))
    }

    /// How many bytes the value takes in a page, and whether they are a reference.
    #[inline]
    pub(super) fn stored(&self, index: usize) -> (usize, bool) {
        match &self.entries[index].value {
            Planning::Kept { len, extent, .. } => (usize::from(*len), *extent),
            Planning::New(value) => given_len(self.limits, value),
        }
    }
}

/// How many bytes a new value takes in a page, and whether they are a reference.
#[inline]
fn given_len(limits: Limits, value: &impl NewValue) -> (usize, bool) {
    match value.given() {
        Given::Value(bytes) => (limits.stored_len(bytes.len()), bytes.len() > limits.value_inline_max),
        Given::Reference(bytes) => (bytes.len(), true),
    }
}

/// The most that an entry takes, head included.
#[inline]
fn bytes_of(limits: Limits, key_len: usize, goes_on: bool, value_len: usize) -> usize {
    let rest = if goes_on || key_len > limits.key_inline_max { EXTENT_LEN } else { 0 };
    key_len + rest + value_len + KEY_HEAD_LEN + END_LEN + ENTRY_HEAD_LEN
}
