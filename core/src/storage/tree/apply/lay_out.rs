//! Laying out leaves.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::storage::Buffer;
use crate::storage::page::HEAD_LEN;

use super::super::given::NewValue;
use super::super::key::{common_len, head_u32};
use super::super::layout::{
    self, END_EXTENT, END_LEN, ENTRY_EXTENT, ENTRY_HEAD_LEN, ENTRY_KEY_GOES_ON, EXTENT_LEN, FLAG_UNIFORM,
    ID_LEN, KEY_HEAD_LEN, LEAF_HEAD_LEN, put, put_u16,
};
use super::Merge;
use super::plan::{Plan, Source};

impl<K, V, I> Merge<'_, K, V, I>
where
    K: AsRef<[u8]>,
    V: NewValue,
    I: Iterator<Item = Result<(K, Option<V>)>>,
{
    /// A record leaf, and whether it refers to extents.
    pub(super) fn lay_out_records(
        &mut self,
        plan: &Plan<V>,
        entries: Range<usize>,
    ) -> Result<(Buffer, bool)> {
        let mut page = self.writer.blank_page();
        let body = &mut page[HEAD_LEN..];
        put_u16(body, layout::AT_COUNT, entries.len());
        let ends_at = LEAF_HEAD_LEN + entries.len() * ID_LEN;
        let values_at = ends_at + entries.len() * END_LEN;
        let (mut at, mut has_extents) = (values_at, false);
        for (slot, index) in entries.enumerate() {
            let mut id = [0; ID_LEN];
            id.copy_from_slice(plan.known_key(index));
            id.reverse();
            put(body, LEAF_HEAD_LEN + slot * ID_LEN, &id);
            let (next, extent) = self.put_value(body, at, plan.source(index))?;
            let flag = if extent { usize::from(END_EXTENT) } else { 0 };
            put_u16(body, ends_at + slot * END_LEN, (next - values_at) | flag);
            at = next;
            has_extents |= extent;
        }
        self.insist_that_it_fits(at)?;
        Ok((page, has_extents))
    }

    /// An index leaf, and whether it refers to extents.
    pub(super) fn lay_out_keys(&mut self, plan: &Plan<V>, entries: Range<usize>) -> Result<(Buffer, bool)> {
        let (prefix_len, uniform) = shape_of(plan, &entries);
        let mut page = self.writer.blank_page();
        let body = &mut page[HEAD_LEN..];
        put_u16(body, layout::AT_COUNT, entries.len());
        put_u16(body, layout::AT_PREFIX_LEN, prefix_len);
        let (prefix, _) = plan.page_key(entries.start);
        put(body, LEAF_HEAD_LEN, &prefix.inline[..prefix_len]);
        let heads_at = LEAF_HEAD_LEN + prefix_len;
        for (slot, index) in entries.clone().enumerate() {
            let (key, _) = plan.page_key(index);
            let head = head_u32(&key.inline[prefix_len..]);
            put(body, heads_at + slot * KEY_HEAD_LEN, &head.to_le_bytes());
        }
        let at = heads_at + entries.len() * KEY_HEAD_LEN;
        let (end, has_extents) = match uniform {
            Some(lens) => (put_uniform(body, at, plan, entries, prefix_len, lens), false),
            None => self.put_slotted(body, at, plan, entries, prefix_len)?,
        };
        self.insist_that_it_fits(end)?;
        Ok((page, has_extents))
    }

    fn put_slotted(
        &mut self,
        body: &mut [u8],
        ends_at: usize,
        plan: &Plan<V>,
        entries: Range<usize>,
        prefix_len: usize,
    ) -> Result<(usize, bool)> {
        let entries_at = ends_at + entries.len() * END_LEN;
        let (mut at, mut has_extents) = (entries_at, false);
        for (slot, index) in entries.enumerate() {
            let (key, rest) = plan.page_key(index);
            let suffix = &key.inline[prefix_len..];
            let tail = suffix.get(KEY_HEAD_LEN..).unwrap_or_default();
            let head_at = at;
            put(body, at + ENTRY_HEAD_LEN, tail);
            at += ENTRY_HEAD_LEN + tail.len();
            let rest = match rest {
                Some(rest) => Some(*rest),
                None => self.write_rest(&key)?,
            };
            if let Some(rest) = &rest {
                put(body, at, &rest.encode());
                at += EXTENT_LEN;
            }
            let (next, extent) = self.put_value(body, at, plan.source(index))?;
            let flags = [(rest.is_some(), ENTRY_KEY_GOES_ON), (extent, ENTRY_EXTENT)];
            let flags: usize = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| usize::from(*flag)).sum();
            put_u16(body, head_at, suffix.len() | flags);
            put_u16(body, ends_at + slot * END_LEN, next - entries_at);
            at = next;
            has_extents |= extent || rest.is_some();
        }
        Ok((at, has_extents))
    }

    /// Puts a value, or the reference to it, at `at`; answers where it ends and whether it is a reference.
    #[inline]
    fn put_value(&mut self, body: &mut [u8], at: usize, source: Source<'_>) -> Result<(usize, bool)> {
        let reference;
        let (bytes, extent) = match source {
            Source::InPage(bytes) => (bytes, false),
            Source::Reference(bytes) => (bytes, true),
            Source::New(bytes) if bytes.len() > self.limits.value_inline_max => {
                reference = self.writer.write_extent(bytes)?.encode();
                (&reference[..], true)
            }
            Source::New(bytes) => (bytes, false),
        };
        put(body, at, bytes);
        Ok((at + bytes.len(), extent))
    }

    /// A page that was measured wrongly must not reach the file.
    fn insist_that_it_fits(&self, size: usize) -> Result<()> {
        if size <= self.limits.capacity {
            return Ok(());
        }
        Err(Error::internal(format!("a leaf of {size} bytes was laid out in {}", self.limits.capacity)))
    }
}

fn put_uniform<V: NewValue>(
    body: &mut [u8],
    at: usize,
    plan: &Plan<V>,
    entries: Range<usize>,
    prefix_len: usize,
    (key_len, value_len): (usize, usize),
) -> usize {
    put_u16(body, layout::AT_FLAGS, usize::from(FLAG_UNIFORM));
    put_u16(body, layout::AT_SUFFIX_LEN, key_len - prefix_len);
    put_u16(body, layout::AT_VALUE_LEN, value_len);
    let mut at = at;
    for index in entries {
        let tail = plan.known_key(index).get(prefix_len + KEY_HEAD_LEN..).unwrap_or_default();
        put(body, at, tail);
        at += tail.len();
        if let Source::InPage(value) | Source::New(value) = plan.source(index) {
            put(body, at, value);
            at += value.len();
        }
    }
    at
}

/// The length of the common prefix, and the lengths of key and value when all entries have the same.
fn shape_of<V: NewValue>(plan: &Plan<V>, entries: &Range<usize>) -> (usize, Option<(usize, usize)>) {
    let (first, last) = (plan.page_key(entries.start).0, plan.page_key(entries.end - 1).0);
    let lens = plan.plain_lens(entries.start);
    let uniform = lens.filter(|_| entries.clone().all(|index| plan.plain_lens(index) == lens));
    (common_len(first.inline, last.inline), uniform)
}
