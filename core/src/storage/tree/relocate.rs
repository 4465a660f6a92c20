//! Moving what lies at the end of the file elsewhere, so that the end can be cut off.

use std::sync::Arc;

use crate::error::Result;
use crate::storage::Buffer;
use crate::storage::page::{ExtentPtr, PageKind, PageReader, PageWriter};

use super::child::Child;
use super::layout::{OnPage, nonsense, put};
use super::leaf::Leaf;
use super::root::{Tree, TreeKind};

struct Relocation<'a> {
    kind: TreeKind,
    reader: &'a dyn PageReader,
    writer: &'a mut dyn PageWriter,
    from_page: u64,
    budget_pages: u64,
    moved_pages: u64,
}

impl Tree {
    /// Writes anew what the tree has at or after `from_page`, extents that reach into there included, until
    /// `budget_pages` pages are written, and at most one more extent with the nodes above it; answers the tree and
    /// how many pages that were.
    ///
    /// When fewer than the budget were written, nothing of the tree is left there, unless `writer` put it there.
    /// Leaves are found without reading any; to find extents, the leaves that refer to some are read.
    pub(crate) fn relocate(
        &self,
        reader: &dyn PageReader,
        writer: &mut dyn PageWriter,
        from_page: u64,
        budget_pages: u64,
    ) -> Result<(Self, u64)> {
        let Some(root) = &self.root else { return Ok((self.clone(), 0)) };
        let mut relocation =
            Relocation { kind: self.kind, reader, writer, from_page, budget_pages, moved_pages: 0 };
        let tree = match relocation.move_beneath(root, self.height)? {
            Some(root) => Self::with_root(self.kind, self.height, root),
            None => self.clone(),
        };
        Ok((tree, relocation.moved_pages))
    }
}

impl Relocation<'_> {
    /// The child with everything beneath it moved; none when all could stay.
    fn move_beneath(&mut self, child: &Child, level: u8) -> Result<Option<Child>> {
        if !self.has_budget() {
            return Ok(None);
        }
        if level == 0 { self.move_leaf(child).on_page(&child.ptr) } else { self.move_inner(child, level) }
    }

    fn move_inner(&mut self, child: &Child, level: u8) -> Result<Option<Child>> {
        let node = child.node(self.reader, self.kind, level)?;
        let mut children: Option<Vec<Child>> = None;
        for (index, below) in node.children.iter().enumerate() {
            if let Some(moved) = self.move_beneath(below, level - 1)? {
                children.get_or_insert_with(|| node.children.to_vec())[index] = moved;
            }
        }
        let mut extents = Vec::new();
        for extent in node.separator_extents() {
            if self.is_in_the_way(extent) && self.has_budget() {
                extents.push((*extent, self.move_extent(extent)?));
            }
        }
        if children.is_none() && extents.is_empty() && child.ptr.page < self.from_page {
            return Ok(None);
        }
        let elsewhere = |extent: &ExtentPtr| {
            extents.iter().find(|(before, _)| before == extent).map_or(*extent, |(_, after)| *after)
        };
        let moved = node.moved(children.unwrap_or_else(|| node.children.to_vec()), elsewhere);
        let page = moved.encode(self.reader.page_size())?;
        let ptr = self.writer.write_page(PageKind::Inner, page.into())?;
        self.writer.free_page(&child.ptr);
        self.moved_pages += 1;
        Ok(Some(Child::written(ptr, moved)))
    }

    fn move_leaf(&mut self, child: &Child) -> Result<Option<Child>> {
        let in_the_way = child.ptr.page >= self.from_page;
        if !in_the_way && !child.has_extents {
            return Ok(None);
        }
        let kind = self.kind.leaf_page();
        let page = self.reader.read(&child.ptr, kind)?;
        if page.len() != self.reader.page_size() {
            return Err(nonsense(format_args!("a leaf of {} bytes", page.len())));
        }
        let extents = if child.has_extents { self.extents_in_the_way(&page)? } else { Vec::new() };
        if !in_the_way && extents.is_empty() {
            return Ok(None);
        }
        let mut copy = self.writer.blank_page();
        copy.copy_from_slice(&page);
        for (at, extent) in extents {
            if !self.has_budget() {
                break;
            }
            put(&mut copy, at, &self.move_extent(&extent)?.encode());
        }
        let ptr = self.writer.write_page(kind, copy)?;
        self.writer.free_page(&child.ptr);
        self.moved_pages += 1;
        Ok(Some(Child::new(ptr, child.entries, child.has_extents)))
    }

    fn extents_in_the_way(&self, page: &Arc<Buffer>) -> Result<Vec<(usize, ExtentPtr)>> {
        let leaf = Leaf::parse(page, self.kind)?;
        let mut found = Vec::new();
        for slot in 0..leaf.len() {
            found.extend(leaf.extents(page, slot)?.filter(|(_, extent)| self.is_in_the_way(extent)));
        }
        Ok(found)
    }

    fn has_budget(&self) -> bool {
        self.moved_pages < self.budget_pages
    }

    fn is_in_the_way(&self, extent: &ExtentPtr) -> bool {
        extent.page.saturating_add(u64::from(extent.pages)) > self.from_page
    }

    fn move_extent(&mut self, extent: &ExtentPtr) -> Result<ExtentPtr> {
        let moved = self.writer.write_extent(&self.reader.read_extent(extent)?)?;
        self.writer.free_extent(extent);
        self.moved_pages += u64::from(moved.pages);
        Ok(moved)
    }
}
