//! Reading an index leaf where it lies.

use std::cmp::Ordering;
use std::fmt;

use crate::error::Result;
use crate::storage::page::{ExtentPtr, HEAD_LEN, PageReader};

use super::key::{Probe, head_u32, order_rests};
use super::layout::{
    self, END_LEN, ENTRY_EXTENT, ENTRY_HEAD_LEN, ENTRY_KEY_GOES_ON, ENTRY_SUFFIX_MASK, EXTENT_LEN,
    FLAG_UNIFORM, KEY_HEAD_LEN, LEAF_HEAD_LEN, nonsense,
};
use super::leaf::Stored;
use super::search::{Place, count_below, try_count_below};

/// How many slots off a guess may be.
const GUESS_REACH: usize = 24;

/// A leaf whose keys are any bytes.
#[derive(Clone, Copy)]
pub(super) struct IndexLeaf<'p> {
    page: &'p [u8],
    prefix: &'p [u8],
    heads: &'p [[u8; KEY_HEAD_LEN]],
    /// Where in the page the entries begin.
    entries_at: usize,
    shape: Shape<'p>,
}

#[derive(Clone, Copy)]
enum Shape<'p> {
    Uniform { suffix_len: usize, value_len: usize },
    Slotted { ends: &'p [[u8; END_LEN]] },
}

/// An entry, parted.
#[derive(Clone, Copy)]
pub(super) struct IndexEntry<'p> {
    suffix_len: usize,
    /// The suffix beyond its head.
    tail: &'p [u8],
    /// Where in the page the reference to the rest of the key lies.
    rest_at: Option<usize>,
    pub(super) value: Stored,
}

impl<'p> IndexLeaf<'p> {
    #[inline]
    pub(super) fn parse(page: &'p [u8]) -> Result<Self> {
        let body = layout::body(page)?;
        let Some((head, rest)) = body.split_first_chunk::<LEAF_HEAD_LEN>() else {
            return Err(nonsense("an index leaf is too short for its head"));
        };
        let field = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let count = usize::from(field(layout::AT_COUNT));
        let prefix_len = usize::from(field(layout::AT_PREFIX_LEN));
        let heads_end = prefix_len + count * KEY_HEAD_LEN;
        let uniform = field(layout::AT_FLAGS) & FLAG_UNIFORM != 0;
        let entries = if uniform { heads_end } else { heads_end + count * END_LEN };
        if entries > rest.len() || count == 0 {
            return Err(nonsense(format_args!("an index leaf has no room for its {count} entries")));
        }
        let shape = match uniform {
            true => Shape::Uniform {
                suffix_len: usize::from(field(layout::AT_SUFFIX_LEN)),
                value_len: usize::from(field(layout::AT_VALUE_LEN)),
            },
            false => Shape::Slotted { ends: rest[heads_end..entries].as_chunks().0 },
        };
        Ok(Self {
            page,
            prefix: &rest[..prefix_len],
            heads: rest[prefix_len..heads_end].as_chunks().0,
            entries_at: HEAD_LEN + LEAF_HEAD_LEN + entries,
            shape,
        })
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.heads.len()
    }

    #[inline]
    fn head(&self, slot: usize) -> u32 {
        u32::from_le_bytes(self.heads[slot])
    }

    #[inline]
    pub(super) fn entry(&self, slot: usize) -> Result<IndexEntry<'p>> {
        match self.shape {
            Shape::Uniform { suffix_len, value_len } => {
                let tail_len = suffix_len.saturating_sub(KEY_HEAD_LEN);
                let at = self.entries_at + slot * (tail_len + value_len);
                self.part(at, tail_len, value_len).map(|(tail, value)| IndexEntry {
                    suffix_len,
                    tail,
                    rest_at: None,
                    value,
                })
            }
            Shape::Slotted { ends } => self.slotted_entry(ends, slot),
        }
        .ok_or_else(|| nonsense(format_args!("entry {slot} of an index leaf does not lie inside it")))
    }

    #[inline]
    fn slotted_entry(&self, ends: &[[u8; END_LEN]], slot: usize) -> Option<IndexEntry<'p>> {
        let (start, end) = layout::span(ends, slot, u16::MAX)?;
        let len = end.checked_sub(start + ENTRY_HEAD_LEN)?;
        let at = self.entries_at + start;
        let head = u16::from_le_bytes(*self.page.get(at..)?.first_chunk()?);
        let suffix_len = usize::from(head & ENTRY_SUFFIX_MASK);
        let tail_len = suffix_len.saturating_sub(KEY_HEAD_LEN);
        let goes_on = head & ENTRY_KEY_GOES_ON != 0;
        let key_len = if goes_on { tail_len + EXTENT_LEN } else { tail_len };
        let (key, mut value) = self.part(at + ENTRY_HEAD_LEN, key_len, len.checked_sub(key_len)?)?;
        value.extent = head & ENTRY_EXTENT != 0;
        let rest_at = goes_on.then_some(at + ENTRY_HEAD_LEN + tail_len);
        Some(IndexEntry { suffix_len, tail: &key[..tail_len], rest_at, value })
    }

    /// The `key_len` bytes at `at`, and where the value after them lies.
    #[inline]
    fn part(&self, at: usize, key_len: usize, value_len: usize) -> Option<(&'p [u8], Stored)> {
        let bytes = self.page.get(at..at + key_len + value_len)?;
        Some((&bytes[..key_len], Stored { at: at + key_len, len: value_len, extent: false }))
    }

    /// The reference to the rest of the entry's key.
    pub(super) fn rest(&self, entry: &IndexEntry<'_>) -> Result<Option<ExtentPtr>> {
        entry.rest_at.map(|at| layout::decode_extent(self.page, at)).transpose()
    }

    pub(super) fn rest_at(entry: &IndexEntry<'_>) -> Option<usize> {
        entry.rest_at
    }

    /// Appends what the page shows of the key of `slot`.
    #[inline]
    pub(super) fn append_key(&self, slot: usize, entry: &IndexEntry<'_>, key: &mut Vec<u8>) {
        let head = self.head(slot).to_be_bytes();
        key.reserve(self.prefix.len() + KEY_HEAD_LEN + entry.tail.len());
        key.extend_from_slice(self.prefix);
        match entry.suffix_len {
            KEY_HEAD_LEN.. => key.extend_from_slice(&head),
            short => key.extend_from_slice(&head[..short]),
        }
        key.extend_from_slice(entry.tail);
    }

    #[inline]
    pub(super) fn find(&self, probe: &Probe<'_>, reader: &dyn PageReader) -> Result<Place> {
        let missing = |slot| Ok(Place { slot, found: false });
        let Some(suffix) = probe.inline.strip_prefix(self.prefix) else {
            return missing(if probe.inline < self.prefix { 0 } else { self.len() });
        };
        let head = head_u32(suffix);
        let low = self.count_heads_below(head);
        if low == self.len() || self.head(low) != head {
            return missing(low);
        }
        match self.order(low, suffix, probe, reader)? {
            Ordering::Equal => Ok(Place { slot: low, found: true }),
            Ordering::Greater => missing(low),
            Ordering::Less => self.find_among_equal_heads(low + 1, head, suffix, probe, reader),
        }
    }

    /// Heads of random keys are spread evenly, so a straight line from the first to the last says about where a
    /// head stands, and a few neighbours tell; when they do not, all of them are searched.
    #[inline]
    fn count_heads_below(&self, head: u32) -> usize {
        let last = self.len() - 1;
        let (lowest, highest) = (self.head(0), self.head(last));
        if head <= lowest {
            return 0;
        }
        if last > 4 * GUESS_REACH && head <= highest {
            let share = u64::from(head - lowest) * last as u64 / u64::from(highest - lowest);
            let guess = share as usize;
            let (from, to) = (guess.saturating_sub(GUESS_REACH), (guess + GUESS_REACH).min(last));
            if self.head(from) < head && head <= self.head(to) {
                return from + count_below(to - from, |slot| self.head(from + slot) < head);
            }
        }
        count_below(self.len(), |slot| self.head(slot) < head)
    }

    fn find_among_equal_heads(
        &self,
        low: usize,
        head: u32,
        suffix: &[u8],
        probe: &Probe<'_>,
        reader: &dyn PageReader,
    ) -> Result<Place> {
        let run = count_below(self.len() - low, |slot| self.head(low + slot) <= head);
        let below =
            try_count_below(
                run,
                |slot| Ok(self.order(low + slot, suffix, probe, reader)? == Ordering::Less),
            )?;
        let slot = low + below;
        let found = below < run && self.order(slot, suffix, probe, reader)? == Ordering::Equal;
        Ok(Place { slot, found })
    }

    /// How the key of `slot` compares with the probe, whose suffix has the same head.
    ///
    /// Equal heads of different length differ only by zeros at the end, so the shorter comes first.
    #[inline]
    fn order(
        &self,
        slot: usize,
        suffix: &[u8],
        probe: &Probe<'_>,
        reader: &dyn PageReader,
    ) -> Result<Ordering> {
        let entry = self.entry(slot)?;
        let tail = suffix.get(KEY_HEAD_LEN..).unwrap_or_default();
        let heads = entry.suffix_len.min(KEY_HEAD_LEN).cmp(&suffix.len().min(KEY_HEAD_LEN));
        match heads.then_with(|| entry.tail.cmp(tail)) {
            Ordering::Equal if entry.rest_at.is_none() && probe.rest.is_empty() => Ok(Ordering::Equal),
            Ordering::Equal => order_rests(self.rest(&entry)?.as_ref(), probe, reader),
            order => Ok(order),
        }
    }
}

impl fmt::Debug for IndexLeaf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IndexLeaf({} entries)", self.len())
    }
}
