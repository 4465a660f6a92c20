//! Merging changes into a tree: from sorted changes to new pages.
//!
//! One pass from left to right. A leaf that changes reach is read once, merged with them into a *plan*, and laid
//! down again as one page or as many as it takes; a plan that deletions left small takes in its neighbour first.
//! What was written goes up as a list of children with their lower bounds, and each level does the same with it.
//! A subtree without changes is neither read nor rewritten.

mod emit;
mod feed;
mod inners;
mod lay_out;
mod leaves;
mod pack;
mod plan;

use std::cmp::Ordering;

use crate::error::{Error, ErrorKind, Result};
use crate::storage::page::{ExtentPtr, PageReader, PageWriter};

use super::child::{Bounded, Child};
use super::given::NewValue;
use super::key::Probe;
use super::layout::{HEIGHT_MAX, Limits};
use super::root::{Tree, TreeKind};
use super::separator::Separator;
use feed::Feed;

/// An application of changes under way.
struct Merge<'a, K, V, I> {
    kind: TreeKind,
    limits: Limits,
    reader: &'a dyn PageReader,
    writer: &'a mut dyn PageWriter,
    feed: Feed<K, V, I>,
}

impl Tree {
    /// The tree with `changes` made: keys strictly ascending, each with its new value or none to delete it.
    ///
    /// What comes as a key or a value may be borrowed, shared or owned; a value is copied once, into its page, and one
    /// that an extent holds already is not copied at all.
    /// Replaced pages and extents are freed through `writer`. After an error what was written is of no use, and
    /// nothing that `writer` was told may be kept; this tree stays as it was either way.
    pub(crate) fn apply<K, V, I>(
        &self,
        reader: &dyn PageReader,
        writer: &mut dyn PageWriter,
        changes: I,
    ) -> Result<Self>
    where
        K: AsRef<[u8]>,
        V: NewValue,
        I: IntoIterator<Item = Result<(K, Option<V>)>>,
    {
        let limits = self.limits(reader.page_size())?;
        let feed = Feed::new(changes.into_iter())?;
        let mut merge = Merge { kind: self.kind, limits, reader, writer, feed };
        merge.run(self)
    }
}

impl<K, V, I> Merge<'_, K, V, I>
where
    K: AsRef<[u8]>,
    V: NewValue,
    I: Iterator<Item = Result<(K, Option<V>)>>,
{
    fn run(&mut self, tree: &Tree) -> Result<Tree> {
        let lowest = Separator::default();
        let (parts, level) = match &tree.root {
            None => (self.merge_into_nothing()?, 1),
            Some(root) if tree.height == 0 => {
                let only = Bounded { low: lowest, child: Child::clone(root), fresh: false };
                (self.merge_leaves(&[only], None)?, 1)
            }
            Some(root) => {
                let node = root.node(self.reader, self.kind, tree.height)?;
                let parts = self.merge_inner(node, &lowest, None)?;
                if parts.is_some() {
                    self.writer.free_page(&root.ptr);
                }
                (parts, tree.height)
            }
        };
        match parts {
            Some(parts) => self.raise(parts, level),
            None => Ok(tree.clone()),
        }
    }

    /// Puts nodes over `parts`, the first of them on `level`, until one page is over all.
    fn raise(&mut self, mut parts: Vec<Bounded>, mut level: u8) -> Result<Tree> {
        loop {
            if parts.len() <= 1 {
                let Some(top) = parts.pop() else { return Ok(Tree::empty(self.kind)) };
                self.retire(&top.low);
                return self.lower(top.child, level - 1);
            }
            if level > HEIGHT_MAX {
                return Err(Error::new(ErrorKind::Limit, format!("a tree of more than {HEIGHT_MAX} levels")));
            }
            parts = self.write_inners(&parts, level, true)?;
            level += 1;
        }
    }

    /// Takes off roots that have only one child.
    fn lower(&mut self, mut top: Child, mut level: u8) -> Result<Tree> {
        while level > 0 {
            let node = top.node(self.reader, self.kind, level)?;
            let [only] = &*node.children else { break };
            let only = only.clone();
            self.writer.free_page(&top.ptr);
            top = only;
            level -= 1;
        }
        Ok(Tree::with_root(self.kind, level, top))
    }

    /// Whether the next change lies below `high`; none is above everything.
    fn has_change_below(&self, high: Option<&Separator>) -> Result<bool> {
        let Some(key) = self.feed.peek() else { return Ok(false) };
        let Some(high) = high else { return Ok(true) };
        let probe = Probe::new(key, self.limits.key_inline_max);
        Ok(high.order(&probe, self.reader)? == Ordering::Greater)
    }

    /// The separator is not in the new tree.
    fn retire(&mut self, separator: &Separator) {
        if let Some(rest) = &separator.rest {
            self.writer.free_extent(rest);
        }
    }

    /// What a page shows of `key`, and the rest in an extent.
    fn separator(&mut self, key: &[u8]) -> Result<Separator> {
        let probe = Probe::new(key, self.limits.key_inline_max);
        Ok(Separator { inline: probe.inline.into(), rest: self.write_rest(&probe)?.map(Box::new) })
    }

    fn write_rest(&mut self, probe: &Probe<'_>) -> Result<Option<ExtentPtr>> {
        match probe.rest {
            [] => Ok(None),
            rest => self.writer.write_extent(rest).map(Some),
        }
    }
}
