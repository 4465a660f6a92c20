//! Walking a range of a tree, either way.

use std::ops::Range;
use std::sync::Arc;

use crate::error::Result;
use crate::storage::page::{PagePtr, PageReader};
use crate::storage::{Batch, Buffer, Direction, KeyRange, Scan};

use super::index_leaf::IndexLeaf;
use super::inner::Inner;
use super::key::Cut;
use super::layout::OnPage;
use super::leaf::{Leaf, Stored};
use super::root::Tree;

/// A batch stops here even when its leaf has more: long keys and extents are copied out of their pages.
const BATCH_COPIED_MAX: usize = 4 << 20;

impl Tree {
    /// The entries of `range`, in the order of `direction`, a leaf at a time.
    ///
    /// The walk owns what it needs: it sees this version however many follow, as long as its pages are kept.
    pub(crate) fn scan(
        &self,
        reader: Arc<dyn PageReader>,
        range: KeyRange,
        direction: Direction,
    ) -> Result<Box<dyn Scan>> {
        let inline_max = self.limits(reader.page_size())?.key_inline_max;
        let tree = if range.is_empty() { Self::empty(self.kind) } else { self.clone() };
        Ok(Box::new(TreeScan {
            tree,
            reader,
            inline_max,
            start: Cut::at_start(self.kind, range.start),
            end: Cut::at_end(self.kind, range.end),
            direction,
            path: Vec::new(),
            open: None,
            stage: Stage::Unopened,
        }))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unopened,
    Walking,
    /// The range ends in the open leaf.
    LastLeaf,
}

struct TreeScan {
    tree: Tree,
    reader: Arc<dyn PageReader>,
    inline_max: usize,
    start: Cut,
    end: Cut,
    direction: Direction,
    /// The node on each level down to the one above the leaves, with the child that the walk is in.
    path: Vec<(Arc<Inner>, usize)>,
    open: Option<OpenLeaf>,
    stage: Stage,
}

/// The leaf that the walk is in, and what it has not yet handed out.
struct OpenLeaf {
    ptr: PagePtr,
    page: Arc<Buffer>,
    slots: Range<usize>,
}

impl Scan for TreeScan {
    fn next_batch(&mut self, batch: &mut Batch, limit: usize) -> Result<()> {
        batch.clear();
        while self.open.as_ref().is_none_or(|open| open.slots.is_empty()) {
            if !self.step_to_leaf()? {
                self.open = None;
                return Ok(());
            }
            self.open_leaf()?;
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        let taken = take(&mut open.slots, limit.max(1), self.direction);
        let ptr = open.ptr;
        let unread = self.fill(batch, taken).on_page(&ptr)?;
        self.give_back(unread);
        Ok(())
    }
}

impl TreeScan {
    /// Moves the path to the leaf that comes next; says whether there is one.
    fn step_to_leaf(&mut self) -> Result<bool> {
        let Some(root) = &self.tree.root else { return Ok(false) };
        match self.stage {
            Stage::LastLeaf => return Ok(false),
            Stage::Unopened if self.tree.height == 0 => {
                self.stage = Stage::Walking;
                return Ok(true);
            }
            Stage::Unopened => {
                let node = Arc::clone(root.node(&*self.reader, self.tree.kind, self.tree.height)?);
                self.enter(node)?;
            }
            Stage::Walking => {
                while self.path.pop_if(|(node, index)| !step(node, index, self.direction)).is_some() {}
            }
        }
        loop {
            let Some((node, index)) = self.path.last() else { return Ok(false) };
            if node.level == 1 {
                self.stage = Stage::Walking;
                return Ok(true);
            }
            let child = &node.children[*index];
            let below = Arc::clone(child.node(&*self.reader, self.tree.kind, node.level - 1)?);
            self.enter(below)?;
        }
    }

    /// Adds a node to the path, at the child where the walk enters it.
    fn enter(&mut self, node: Arc<Inner>) -> Result<()> {
        let index = match (self.stage, self.direction) {
            (Stage::Unopened, Direction::Forward) => {
                node.find_cut(&self.start, self.inline_max, &*self.reader)?
            }
            (Stage::Unopened, Direction::Backward) => {
                node.find_cut(&self.end, self.inline_max, &*self.reader)?
            }
            (_, Direction::Forward) => 0,
            (_, Direction::Backward) => node.children.len() - 1,
        };
        self.path.push((node, index));
        Ok(())
    }

    /// Opens the leaf that the path leads to.
    fn open_leaf(&mut self) -> Result<()> {
        let child = match (self.path.last(), &self.tree.root) {
            (Some((node, index)), _) => &node.children[*index],
            (None, Some(root)) => root,
            (None, None) => return Ok(()),
        };
        let ptr = child.ptr;
        let page = child.leaf(&*self.reader, self.tree.kind)?;
        let (slots, ends_here) = self.slots_in(&page).on_page(&ptr)?;
        if ends_here {
            self.stage = Stage::LastLeaf;
        }
        self.open = Some(OpenLeaf { ptr, page, slots });
        Ok(())
    }

    /// The slots of a leaf that lie in the range, and whether the walk ends there.
    fn slots_in(&self, page: &[u8]) -> Result<(Range<usize>, bool)> {
        let leaf = Leaf::parse(page, self.tree.kind)?;
        let start = leaf.count_before(&self.start, self.inline_max, &*self.reader)?;
        let end = leaf.count_before(&self.end, self.inline_max, &*self.reader)?;
        let ends_here = match self.direction {
            Direction::Forward => end < leaf.len(),
            Direction::Backward => start > 0,
        };
        Ok((start..end.max(start), ends_here))
    }

    /// Pushes the entries of `slots`; answers those that found no room.
    fn fill(&self, batch: &mut Batch, slots: Range<usize>) -> Result<Range<usize>> {
        let Some(open) = &self.open else { return Ok(0..0) };
        let page = Arc::clone(&open.page);
        let leaf = Leaf::parse(&page, self.tree.kind)?;
        let mut left = slots;
        let mut copied = 0;
        batch.reserve(left.len(), 0);
        while copied < BATCH_COPIED_MAX {
            let slot = match self.direction {
                Direction::Forward => left.next(),
                Direction::Backward => left.next_back(),
            };
            let Some(slot) = slot else { break };
            copied += match &leaf {
                Leaf::Record(leaf) => {
                    let stored = leaf.value(slot)?;
                    let id = leaf.id(slot).to_be_bytes();
                    self.push(batch, &page, stored, |key| key.extend_from_slice(&id))?
                }
                Leaf::Index(leaf) => self.push_index(batch, leaf, slot, &page)?,
            };
        }
        Ok(left)
    }

    /// Pushes an entry; answers how many bytes that copied out of pages other than the leaf.
    #[inline]
    fn push(
        &self,
        batch: &mut Batch,
        page: &Arc<Buffer>,
        stored: Stored,
        append_key: impl FnOnce(&mut Vec<u8>),
    ) -> Result<usize> {
        if stored.extent {
            let value = stored.read(Arc::clone(page), &*self.reader)?;
            let copied = value.len();
            batch.push_with(value, append_key);
            return Ok(copied);
        }
        batch.push_piece(page, stored.at..stored.at + stored.len, append_key);
        Ok(0)
    }

    #[inline]
    fn push_index(
        &self,
        batch: &mut Batch,
        leaf: &IndexLeaf<'_>,
        slot: usize,
        page: &Arc<Buffer>,
    ) -> Result<usize> {
        let entry = leaf.entry(slot)?;
        let Some(rest) = leaf.rest(&entry)? else {
            return self.push(batch, page, entry.value, |key| leaf.append_key(slot, &entry, key));
        };
        let rest = self.reader.read_extent(&rest)?;
        let copied = self.push(batch, page, entry.value, |key| {
            leaf.append_key(slot, &entry, key);
            key.extend_from_slice(&rest);
        })?;
        Ok(copied + rest.len())
    }

    fn give_back(&mut self, unread: Range<usize>) {
        if let Some(open) = self.open.as_mut().filter(|_| !unread.is_empty()) {
            match self.direction {
                Direction::Forward => open.slots.start = unread.start,
                Direction::Backward => open.slots.end = unread.end,
            }
        }
    }
}

/// Parts `limit` slots from the near end.
fn take(slots: &mut Range<usize>, limit: usize, direction: Direction) -> Range<usize> {
    let count = slots.len().min(limit);
    match direction {
        Direction::Forward => {
            let start = slots.start;
            slots.start += count;
            start..slots.start
        }
        Direction::Backward => {
            let end = slots.end;
            slots.end -= count;
            slots.end..end
        }
    }
}

/// Moves to the next child; says whether there is one.
fn step(node: &Inner, index: &mut usize, direction: Direction) -> bool {
    match direction {
        Direction::Forward if *index + 1 < node.children.len() => *index += 1,
        Direction::Backward if *index > 0 => *index -= 1,
        _ => return false,
    }
    true
}
