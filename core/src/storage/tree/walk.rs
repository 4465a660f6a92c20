//! Everything that a tree occupies, and giving it all up.

use crate::error::Result;
use crate::storage::page::{ExtentPtr, PageKind, PagePtr, PageReader, PageWriter};

use super::child::Child;
use super::layout::OnPage;
use super::leaf::Leaf;
use super::root::{Tree, TreeKind};

/// Something that a tree occupies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// A page of the tree.
    Page(PagePtr, PageKind),
    /// An extent that holds a value, or the rest of a key or of a separator.
    Extent(ExtentPtr),
}

impl Tree {
    /// Names every page and extent of the tree once. Reads inner nodes, and of the leaves only those that refer
    /// to extents.
    pub(crate) fn reach(&self, reader: &dyn PageReader, visit: &mut dyn FnMut(Reached)) -> Result<()> {
        match &self.root {
            Some(root) => reach_beneath(root, self.kind, self.height, reader, visit),
            None => Ok(()),
        }
    }

    /// Frees every page and extent of the tree.
    pub(crate) fn free_all(&self, reader: &dyn PageReader, writer: &mut dyn PageWriter) -> Result<()> {
        self.reach(reader, &mut |reached| match reached {
            Reached::Page(ptr, _) => writer.free_page(&ptr),
            Reached::Extent(ptr) => writer.free_extent(&ptr),
        })
    }
}

fn reach_beneath(
    child: &Child,
    kind: TreeKind,
    level: u8,
    reader: &dyn PageReader,
    visit: &mut dyn FnMut(Reached),
) -> Result<()> {
    if level == 0 {
        visit(Reached::Page(child.ptr, kind.leaf_page()));
        if child.has_extents {
            reach_extents(&child.ptr, kind, reader, visit).on_page(&child.ptr)?;
        }
        return Ok(());
    }
    visit(Reached::Page(child.ptr, PageKind::Inner));
    let node = child.node(reader, kind, level)?;
    node.separator_extents().for_each(|extent| visit(Reached::Extent(*extent)));
    node.children.iter().try_for_each(|child| reach_beneath(child, kind, level - 1, reader, visit))
}

fn reach_extents(
    ptr: &PagePtr,
    kind: TreeKind,
    reader: &dyn PageReader,
    visit: &mut dyn FnMut(Reached),
) -> Result<()> {
    let page = reader.read(ptr, kind.leaf_page())?;
    let leaf = Leaf::parse(&page, kind)?;
    for slot in 0..leaf.len() {
        leaf.extents(&page, slot)?.for_each(|(_, extent)| visit(Reached::Extent(extent)));
    }
    Ok(())
}
