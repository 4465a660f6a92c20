//! Walking one version of a map, forwards or backwards.

use std::fmt;
use std::ops::{Bound, Range};
use std::sync::Arc;

use super::node::{Inner, Leaf, Node};
use crate::storage::{Direction, KeyRange};

/// A walk over a range of one version, which it keeps alive.
pub(crate) struct Cursor<V> {
    root: Node<V>,
    range: KeyRange,
    direction: Direction,
    /// The inner nodes above the leaf, each with the child that is being walked.
    path: Vec<(Arc<Inner<V>>, usize)>,
    leaf: Option<Arc<Leaf<V>>>,
    /// What is left of the leaf; empty only at the end of the walk.
    here: Range<usize>,
}

impl<V> Cursor<V> {
    pub(super) fn new(root: Node<V>) -> Self {
        Self {
            root,
            range: KeyRange::all(),
            direction: Direction::Forward,
            path: Vec::new(),
            leaf: None,
            here: 0..0,
        }
    }

    /// Goes to the first entry of `range` in the order of `direction`.
    pub(crate) fn seek(&mut self, range: &KeyRange, direction: Direction) {
        self.range = range.clone();
        self.direction = direction;
        self.path.clear();
        self.leaf = None;
        self.here = 0..0;
        if range.is_empty() {
            return;
        }
        self.descend(self.root.clone(), true);
        self.leave_empty_leaves();
    }

    /// The entry the cursor stands on; nothing behind the last.
    pub(crate) fn peek(&self) -> Option<(&[u8], &V)> {
        let leaf = self.leaf.as_ref()?;
        let at = match self.direction {
            Direction::Forward => self.here.start,
            Direction::Backward => self.here.end.wrapping_sub(1),
        };
        (!self.here.is_empty()).then(|| (leaf.keys.key(at), &leaf.values[at]))
    }

    /// Goes to the next entry.
    pub(crate) fn advance(&mut self) {
        if self.here.is_empty() {
            return;
        }
        match self.direction {
            Direction::Forward => self.here.start += 1,
            Direction::Backward => self.here.end -= 1,
        }
        self.leave_empty_leaves();
    }

    /// Goes on behind the leaf that the cursor stands in; says how many entries of it were left.
    pub(super) fn pass_leaf(&mut self) -> usize {
        let passed = self.here.len();
        match self.direction {
            Direction::Forward => self.here.start = self.here.end,
            Direction::Backward => self.here.end = self.here.start,
        }
        self.leave_empty_leaves();
        passed
    }

    /// Whether nothing is left.
    pub(crate) fn is_done(&self) -> bool {
        self.here.is_empty()
    }

    /// Goes on to the next leaf until there is something in it, or until the range is known to end.
    fn leave_empty_leaves(&mut self) {
        while self.here.is_empty() && self.leaf.is_some() {
            let next = if self.ends_here() { None } else { self.next_subtree() };
            match next {
                Some(node) => self.descend(node, false),
                None => self.leaf = None,
            }
        }
    }

    /// Whether the leaf reaches over the far end of the range.
    fn ends_here(&self) -> bool {
        self.leaf.as_ref().is_none_or(|leaf| match self.direction {
            Direction::Forward => self.here.end < leaf.keys.len(),
            Direction::Backward => self.here.start > 0,
        })
    }

    /// The nearest subtree beside those on the path.
    fn next_subtree(&mut self) -> Option<Node<V>> {
        while let Some((inner, at)) = self.path.last_mut() {
            let next = match self.direction {
                Direction::Forward => Some(*at + 1).filter(|next| *next < inner.len()),
                Direction::Backward => at.checked_sub(1),
            };
            if let Some(next) = next {
                *at = next;
                return Some(inner.children[next].clone());
            }
            self.path.pop();
        }
        None
    }

    /// Goes down to a leaf: where the range begins, or to the nearest one.
    fn descend(&mut self, mut node: Node<V>, to_range: bool) {
        loop {
            match node {
                Node::Empty => return,
                Node::Leaf(leaf) => {
                    self.here = clip(&leaf, &self.range);
                    self.leaf = Some(leaf);
                    return;
                }
                Node::Inner(inner) => {
                    let at = self.first_child(&inner, to_range);
                    node = inner.children[at].clone();
                    self.path.push((inner, at));
                }
            }
        }
    }

    fn first_child(&self, inner: &Inner<V>, to_range: bool) -> usize {
        let (near, nearest) = match self.direction {
            Direction::Forward => (&self.range.start, 0),
            Direction::Backward => (&self.range.end, inner.len() - 1),
        };
        match near {
            Bound::Included(key) | Bound::Excluded(key) if to_range => inner.child_of(key),
            _ => nearest,
        }
    }
}

/// The entries of `leaf` that lie in `range`.
fn clip<V>(leaf: &Leaf<V>, range: &KeyRange) -> Range<usize> {
    let keys = &leaf.keys;
    let before = |key: &[u8]| keys.search(key).unwrap_or_else(|at| at);
    let start = match &range.start {
        Bound::Included(key) => before(key),
        Bound::Excluded(key) => keys.count_up_to(key),
        Bound::Unbounded => 0,
    };
    let end = match &range.end {
        Bound::Included(key) => keys.count_up_to(key),
        Bound::Excluded(key) => before(key),
        Bound::Unbounded => keys.len(),
    };
    start..end
}

impl<V> fmt::Debug for Cursor<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({:?}, {:?}, done: {})", self.range, self.direction, self.is_done())
    }
}
