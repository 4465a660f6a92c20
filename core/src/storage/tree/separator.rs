//! Separators that are bytes: one by one while a node is made, packed while it is searched.

use std::cmp::Ordering;

use crate::error::Result;
use crate::storage::page::{ExtentPtr, PageReader};

use super::key::{Probe, common_len, head_u64, order_rests};
use super::layout::{self, EXTENT_LEN, SEPARATOR_GOES_ON, SEPARATOR_HEAD_LEN, nonsense, put, put_u16};
use super::search::{count_below, try_count_below};

/// A lower bound of the keys beneath a child. The empty one is below every key.
#[derive(Debug, Clone, Default)]
pub(super) struct Separator {
    pub(super) inline: Box<[u8]>,
    pub(super) rest: Option<Box<ExtentPtr>>,
}

impl Separator {
    /// How it compares with `probe`.
    pub(super) fn order(&self, probe: &Probe<'_>, reader: &dyn PageReader) -> Result<Ordering> {
        match (*self.inline).cmp(probe.inline) {
            Ordering::Equal => order_rests(self.rest.as_deref(), probe, reader),
            order => Ok(order),
        }
    }

    /// All its bytes.
    pub(super) fn whole(&self, reader: &dyn PageReader) -> Result<Vec<u8>> {
        let mut bytes = self.inline.to_vec();
        if let Some(rest) = &self.rest {
            bytes.extend_from_slice(&reader.read_extent(rest)?);
        }
        Ok(bytes)
    }
}

/// The separators of a node, common prefix taken off.
#[derive(Debug, Clone, Default)]
pub(super) struct PackedSeparators {
    prefix: Box<[u8]>,
    /// The first eight bytes beyond the prefix of each.
    heads: Box<[u64]>,
    /// Where each ends in `suffixes`.
    ends: Box<[u32]>,
    suffixes: Box<[u8]>,
    /// Those that go on, by number.
    rests: Vec<(usize, ExtentPtr)>,
}

impl PackedSeparators {
    pub(super) fn new(separators: &[Separator]) -> Self {
        let (Some(first), Some(last)) = (separators.first(), separators.last()) else {
            return Self::default();
        };
        let prefix_len = common_len(&first.inline, &last.inline);
        let mut packed = Packing::default();
        for separator in separators {
            packed.push(&separator.inline[prefix_len..], separator.rest.as_deref());
        }
        packed.finish(&first.inline[..prefix_len])
    }

    pub(super) fn len(&self) -> usize {
        self.heads.len()
    }

    fn suffix(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.suffixes[start as usize..self.ends[index] as usize]
    }

    fn rest(&self, index: usize) -> Option<&ExtentPtr> {
        let at = self.rests.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        Some(&self.rests[at].1)
    }

    pub(super) fn rests(&self) -> impl Iterator<Item = &ExtentPtr> {
        self.rests.iter().map(|(_, rest)| rest)
    }

    pub(super) fn get(&self, index: usize) -> Separator {
        Separator {
            inline: [&self.prefix, self.suffix(index)].concat().into(),
            rest: self.rest(index).copied().map(Box::new),
        }
    }

    /// How many are at most `probe`.
    #[inline]
    pub(super) fn count_up_to(&self, probe: &Probe<'_>, reader: &dyn PageReader) -> Result<usize> {
        let Some(suffix) = probe.inline.strip_prefix(&*self.prefix) else {
            return Ok(if probe.inline < &*self.prefix { 0 } else { self.len() });
        };
        let head = head_u64(suffix);
        let low = count_below(self.len(), |index| self.heads[index] < head);
        if low == self.len() || self.heads[low] != head {
            return Ok(low);
        }
        let run = count_below(self.len() - low, |index| self.heads[low + index] <= head);
        let up_to = try_count_below(run, |index| {
            let order = match self.suffix(low + index).cmp(suffix) {
                Ordering::Equal => order_rests(self.rest(low + index), probe, reader)?,
                order => order,
            };
            Ok(order != Ordering::Greater)
        })?;
        Ok(low + up_to)
    }

    /// Reads `count` separators that begin at `at`, and insists that they ascend as far as the page shows them.
    pub(super) fn decode(body: &[u8], at: usize, prefix_len: usize, count: usize) -> Result<Self> {
        let bytes = |at: usize, len: usize| {
            body.get(at..at + len).ok_or_else(|| nonsense(format_args!("a separator lies outside, at {at}")))
        };
        let prefix = bytes(at, prefix_len)?;
        let mut at = at + prefix_len;
        let mut packed = Packing::default();
        for index in 0..count {
            let head = layout::u16_at(body, at)?;
            let len = usize::from(head & !SEPARATOR_GOES_ON);
            let suffix = bytes(at + SEPARATOR_HEAD_LEN, len)?;
            at += SEPARATOR_HEAD_LEN + len;
            let rest = match head & SEPARATOR_GOES_ON {
                0 => None,
                _ => Some(layout::decode_extent(body, at)?),
            };
            at += rest.map_or(0, |_| EXTENT_LEN);
            if !packed.may_follow(suffix, rest.is_some()) {
                return Err(nonsense(format_args!("separator {index} does not ascend")));
            }
            packed.push(suffix, rest.as_ref());
        }
        Ok(packed.finish(prefix))
    }

    pub(super) fn encode(&self, page: &mut [u8], at: usize) {
        put(page, at, &self.prefix);
        let mut at = at + self.prefix.len();
        for index in 0..self.len() {
            let (suffix, rest) = (self.suffix(index), self.rest(index));
            let goes_on = if rest.is_some() { usize::from(SEPARATOR_GOES_ON) } else { 0 };
            put_u16(page, at, suffix.len() | goes_on);
            put(page, at + SEPARATOR_HEAD_LEN, suffix);
            at += SEPARATOR_HEAD_LEN + suffix.len();
            if let Some(rest) = rest {
                put(page, at, &rest.encode());
                at += EXTENT_LEN;
            }
        }
    }

    /// The same with some references replaced.
    pub(super) fn with_rests(&self, replace: impl Fn(&ExtentPtr) -> ExtentPtr) -> Self {
        let rests = self.rests.iter().map(|(index, rest)| (*index, replace(rest))).collect();
        Self { rests, ..self.clone() }
    }

    pub(super) fn encoded_len(&self) -> usize {
        let each = SEPARATOR_HEAD_LEN * self.len() + EXTENT_LEN * self.rests.len();
        self.prefix.len() + self.suffixes.len() + each
    }

    pub(super) fn prefix_len(&self) -> usize {
        self.prefix.len()
    }
}

/// Separators on their way to be packed.
#[derive(Debug, Default)]
struct Packing {
    heads: Vec<u64>,
    ends: Vec<u32>,
    suffixes: Vec<u8>,
    rests: Vec<(usize, ExtentPtr)>,
}

impl Packing {
    fn last(&self) -> Option<&[u8]> {
        let start = self.ends.iter().nth_back(1).map_or(0, |end| *end as usize);
        self.ends.last().map(|end| &self.suffixes[start..*end as usize])
    }

    /// Two separators that show the same bytes may follow each other when the second goes on.
    fn may_follow(&self, suffix: &[u8], goes_on: bool) -> bool {
        self.last().is_none_or(|last| last < suffix || (goes_on && last == suffix))
    }

    fn push(&mut self, suffix: &[u8], rest: Option<&ExtentPtr>) {
        if let Some(rest) = rest {
            self.rests.push((self.heads.len(), *rest));
        }
        self.heads.push(head_u64(suffix));
        self.suffixes.extend_from_slice(suffix);
        self.ends.push(self.suffixes.len() as u32);
    }

    fn finish(self, prefix: &[u8]) -> PackedSeparators {
        PackedSeparators {
            prefix: prefix.into(),
            heads: self.heads.into(),
            ends: self.ends.into(),
            suffixes: self.suffixes.into(),
            rests: self.rests,
        }
    }
}
