//! Deciding where one page ends and the next begins.

use super::super::child::Bounded;
use super::super::given::NewValue;
use super::super::key::common_len;
use super::super::layout::{
    CHILD_LEN, END_LEN, ENTRY_HEAD_LEN, EXTENT_LEN, ID_LEN, INNER_HEAD_LEN, KEY_HEAD_LEN, LEAF_HEAD_LEN,
    SEPARATOR_HEAD_LEN,
};
use super::super::root::TreeKind;
use super::plan::Plan;

/// How things are spread over pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    /// Each page full, the last one with what is left.
    Full,
    /// About equally full, with room to grow: as few pages as it takes to leave a tenth of each.
    Even,
}

/// Works out how large a body gets while things are added to it one by one.
pub(super) trait Measure {
    /// Starts over, with an empty page.
    fn clear(&mut self);

    /// The size once `index`, which follows what was added before, is in too.
    fn add(&mut self, index: usize) -> usize;
}

/// Where each page ends, for `count` things.
pub(super) fn pack(measure: &mut impl Measure, count: usize, capacity: usize, fill: Fill) -> Vec<usize> {
    let (ends, total) = pack_up_to(measure, count, capacity, capacity);
    if fill == Fill::Full || ends.len() < 2 {
        return ends;
    }
    let pages = ends.len().max(total.div_ceil(capacity - capacity / 10));
    pack_up_to(measure, count, capacity, total.div_ceil(pages)).0
}

/// Closes a page once it has reached `enough`, and before it would get over `capacity`.
fn pack_up_to(
    measure: &mut impl Measure,
    count: usize,
    capacity: usize,
    enough: usize,
) -> (Vec<usize>, usize) {
    let (mut ends, mut total, mut start, mut size) = (Vec::new(), 0, 0, 0);
    measure.clear();
    for index in 0..count {
        let mut with = measure.add(index);
        if index > start && (with > capacity || size >= enough) {
            ends.push(index);
            total += size;
            start = index;
            measure.clear();
            with = measure.add(index);
        }
        size = with;
    }
    ends.push(count);
    (ends, total + size)
}

/// Measures a record leaf.
pub(super) struct RecordMeasure<'p, V> {
    plan: &'p Plan<V>,
    size: usize,
}

impl<'p, V> RecordMeasure<'p, V> {
    pub(super) fn new(plan: &'p Plan<V>) -> Self {
        Self { plan, size: LEAF_HEAD_LEN }
    }
}

impl<V: NewValue> Measure for RecordMeasure<'_, V> {
    fn clear(&mut self) {
        self.size = LEAF_HEAD_LEN;
    }

    #[inline]
    fn add(&mut self, index: usize) -> usize {
        self.size += ID_LEN + END_LEN + self.plan.stored(index).0;
        self.size
    }
}

/// Measures an index leaf, whose prefix shrinks as keys are added.
pub(super) struct IndexMeasure<'p, V> {
    plan: &'p Plan<V>,
    first: usize,
    count: usize,
    prefix_len: usize,
    /// What the entries take when they are not uniform.
    entries: usize,
    /// Length of key and value, as long as all have the same.
    uniform: Option<(usize, usize)>,
}

impl<'p, V: NewValue> IndexMeasure<'p, V> {
    pub(super) fn new(plan: &'p Plan<V>) -> Self {
        Self { plan, first: 0, count: 0, prefix_len: 0, entries: 0, uniform: None }
    }

    #[inline]
    fn inline_key(&self, index: usize) -> &'p [u8] {
        self.plan.page_key(index).0.inline
    }

    #[inline]
    fn entry_len(&self, index: usize) -> usize {
        let (key, rest) = self.plan.page_key(index);
        let tail = key.inline.len().saturating_sub(self.prefix_len + KEY_HEAD_LEN);
        let goes_on = rest.is_some() || !key.rest.is_empty();
        let key_len = if goes_on { tail + EXTENT_LEN } else { tail };
        ENTRY_HEAD_LEN + key_len + self.plan.stored(index).0
    }

    fn size(&self) -> usize {
        let keys = LEAF_HEAD_LEN + self.prefix_len + self.count * KEY_HEAD_LEN;
        match self.uniform {
            Some((key_len, value_len)) => {
                let tail = key_len.saturating_sub(self.prefix_len + KEY_HEAD_LEN);
                keys + self.count * (tail + value_len)
            }
            None => keys + self.count * END_LEN + self.entries,
        }
    }
}

impl<V: NewValue> Measure for IndexMeasure<'_, V> {
    fn clear(&mut self) {
        self.count = 0;
    }

    #[inline]
    fn add(&mut self, index: usize) -> usize {
        let key = self.inline_key(index);
        if self.count == 0 {
            (self.first, self.count, self.prefix_len) = (index, 1, key.len());
            self.uniform = self.plan.plain_lens(index);
            self.entries = self.entry_len(index);
            return self.size();
        }
        self.count += 1;
        if self.uniform.is_some() && self.uniform != self.plan.plain_lens(index) {
            self.uniform = None;
        }
        let prefix = &self.inline_key(self.first)[..self.prefix_len];
        if key.starts_with(prefix) {
            self.entries += self.entry_len(index);
        } else {
            self.prefix_len = common_len(prefix, key);
            self.entries = (self.first..=index).map(|index| self.entry_len(index)).sum();
        }
        self.size()
    }
}

/// Measures an inner node, whose first lower bound is not stored.
pub(super) struct InnerMeasure<'p> {
    parts: &'p [Bounded],
    kind: TreeKind,
    first: usize,
    count: usize,
    prefix_len: usize,
    separators: usize,
}

impl<'p> InnerMeasure<'p> {
    pub(super) fn new(parts: &'p [Bounded], kind: TreeKind) -> Self {
        Self { parts, kind, first: 0, count: 0, prefix_len: 0, separators: 0 }
    }

    fn separator_len(&self, index: usize) -> usize {
        let low = &self.parts[index].low;
        let rest = if low.rest.is_some() { EXTENT_LEN } else { 0 };
        SEPARATOR_HEAD_LEN + low.inline.len() - self.prefix_len + rest
    }
}

impl Measure for InnerMeasure<'_> {
    fn clear(&mut self) {
        (self.count, self.prefix_len, self.separators) = (0, 0, 0);
    }

    fn add(&mut self, index: usize) -> usize {
        self.count += 1;
        let children = INNER_HEAD_LEN + self.count * CHILD_LEN;
        if self.kind == TreeKind::Record {
            return children + (self.count - 1) * ID_LEN;
        }
        let key = &self.parts[index].low.inline;
        match self.count {
            1 => self.first = index + 1,
            2 => {
                self.prefix_len = key.len();
                self.separators = self.separator_len(index);
            }
            _ => {
                let prefix = &self.parts[self.first].low.inline[..self.prefix_len];
                if key.starts_with(prefix) {
                    self.separators += self.separator_len(index);
                } else {
                    self.prefix_len = common_len(prefix, key);
                    self.separators = (self.first..=index).map(|index| self.separator_len(index)).sum();
                }
            }
        }
        children + self.prefix_len + self.separators
    }
}
