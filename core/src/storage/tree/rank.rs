//! How many entries lie in a range, without walking it.

use std::ops::Bound;
use std::sync::Arc;

use crate::error::Result;
use crate::storage::KeyRange;
use crate::storage::page::{PagePtr, PageReader};

use super::inner::Inner;
use super::key::Cut;
use super::layout::OnPage;
use super::leaf::Leaf;
use super::root::Tree;

/// The leaf in which a cut falls.
struct Fall {
    leaf: PagePtr,
    /// How many entries lie in the leaves before it, and in itself.
    before: u64,
    within: u64,
}

impl Tree {
    /// About how many entries lie in `range`.
    ///
    /// Inner nodes know how many lie beneath them. Only a range that begins and ends in one leaf, or in two neighbours,
    /// makes anyone read those, and then the answer is exact; of leaves further apart each counts half.
    pub(crate) fn estimate(&self, reader: &dyn PageReader, range: &KeyRange) -> Result<u64> {
        if range.is_empty() || self.root.is_none() {
            return Ok(0);
        }
        if matches!((&range.start, &range.end), (Bound::Unbounded, Bound::Unbounded)) {
            return Ok(self.len());
        }
        let inline_max = self.limits(reader.page_size())?.key_inline_max;
        let start = Cut::at_start(self.kind, range.start.clone());
        let end = Cut::at_end(self.kind, range.end.clone());
        let first = self.fall(&start, inline_max, reader)?;
        let last = self.fall(&end, inline_max, reader)?;
        let (Some(first), Some(last)) = (first, last) else { return Ok(0) };
        if first.leaf == last.leaf {
            return self.within_leaf(&first.leaf, [&start, &end], inline_max, reader);
        }
        if last.before <= first.before + first.within {
            let first = self.within_leaf(&first.leaf, [&start, &Cut::End], inline_max, reader)?;
            return Ok(first + self.within_leaf(&last.leaf, [&Cut::Start, &end], inline_max, reader)?);
        }
        let before_first = match start {
            Cut::Start => first.before,
            _ => first.before + first.within / 2,
        };
        let before_last = match end {
            Cut::End => last.before + last.within,
            _ => last.before + last.within / 2,
        };
        Ok(before_last.saturating_sub(before_first).max(1))
    }

    fn fall(&self, cut: &Cut, inline_max: usize, reader: &dyn PageReader) -> Result<Option<Fall>> {
        let Some(root) = &self.root else { return Ok(None) };
        let mut fall = Fall { leaf: root.ptr, before: 0, within: root.entries };
        if self.height == 0 {
            return Ok(Some(fall));
        }
        let mut node: Arc<Inner> = Arc::clone(root.node(reader, self.kind, self.height)?);
        loop {
            let at = node.find_cut(cut, inline_max, reader)?;
            fall.before =
                node.children[..at].iter().fold(fall.before, |sum, child| sum.saturating_add(child.entries));
            let child = &node.children[at];
            fall.within = child.entries;
            fall.leaf = child.ptr;
            if node.level == 1 {
                return Ok(Some(fall));
            }
            let below = Arc::clone(child.node(reader, self.kind, node.level - 1)?);
            node = below;
        }
    }

    fn within_leaf(
        &self,
        ptr: &PagePtr,
        cuts: [&Cut; 2],
        inline_max: usize,
        reader: &dyn PageReader,
    ) -> Result<u64> {
        let page = reader.read_cached(ptr, self.kind.leaf_page())?;
        let leaf = Leaf::parse(&page, self.kind).on_page(ptr)?;
        let [start, end] = cuts.map(|cut| leaf.count_before(cut, inline_max, reader));
        Ok(end.on_page(ptr)?.saturating_sub(start.on_page(ptr)?) as u64)
    }
}
