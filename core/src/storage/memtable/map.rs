//! The map itself: finding and inserting.

use std::fmt;
use std::iter::{self, Peekable};
use std::sync::Arc;

use super::cursor::Cursor;
use super::node::{Inner, Leaf, Node, Sibling};

/// A sorted map of bytes to `V` whose clones cost nothing and never change.
pub(crate) struct Map<V> {
    pub(super) root: Node<V>,
    len: usize,
}

/// An ascending run on its way into a map.
struct Run<'k, V, I: Iterator<Item = (&'k [u8], V)>> {
    items: Peekable<I>,
    /// The key that went in last: one before it may belong to a node on the left of where we are.
    last: Option<&'k [u8]>,
    added: usize,
    replaced: Option<V>,
}

impl<V> Map<V> {
    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no key.
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What `key` has.
    pub(crate) fn get(&self, key: &[u8]) -> Option<&V> {
        let mut node = &self.root;
        loop {
            match node {
                Node::Empty => return None,
                Node::Leaf(leaf) => return leaf.keys.search(key).ok().map(|at| &leaf.values[at]),
                Node::Inner(inner) => node = &inner.children[inner.child_of(key)],
            }
        }
    }

    /// A cursor over this version; it shows nothing before it is told where to [`seek`](Cursor::seek).
    pub(crate) fn cursor(&self) -> Cursor<V> {
        Cursor::new(self.root.clone())
    }

    /// Every key with what it has, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &V)> {
        let mut waiting = vec![&self.root];
        let mut leaf: Option<(&Leaf<V>, usize)> = None;
        iter::from_fn(move || {
            loop {
                if let Some((here, at)) = leaf.as_mut().filter(|(here, at)| *at < here.keys.len()) {
                    *at += 1;
                    return Some((here.keys.key(*at - 1), &here.values[*at - 1]));
                }
                match waiting.pop()? {
                    Node::Empty => {}
                    Node::Leaf(next) => leaf = Some((next, 0)),
                    Node::Inner(inner) => waiting.extend(inner.children[..inner.len()].iter().rev()),
                }
            }
        })
    }
}

impl<V: Clone + Default> Map<V> {
    /// Gives `key` this value and returns what it had.
    pub(crate) fn insert(&mut self, key: &[u8], value: V) -> Option<V> {
        self.insert_all(iter::once((key, value)))
    }

    /// Inserts many. In ascending order each touched leaf is copied at most once; any other order is as
    /// right, but slower. Of equal keys the last one counts.
    pub(crate) fn insert_run<'k>(&mut self, run: impl IntoIterator<Item = (&'k [u8], V)>) {
        self.insert_all(run.into_iter());
    }

    /// What `key` has, by default when it is new, to be changed in this version only.
    pub(crate) fn get_or_default(&mut self, key: &[u8]) -> &mut V {
        if self.get(key).is_none() {
            self.insert(key, V::default());
        }
        let mut node = &mut self.root;
        loop {
            match node {
                Node::Leaf(leaf) => {
                    let at = leaf.keys.search(key).unwrap_or_else(|at| at);
                    return &mut Arc::make_mut(leaf).values[at];
                }
                Node::Inner(inner) => {
                    let at = inner.child_of(key);
                    node = &mut Arc::make_mut(inner).children[at];
                }
                Node::Empty => unreachable!("a map that has a key has nodes"),
            }
        }
    }

    /// Inserts everything and returns what the last replaced key had.
    ///
    /// Every split that reaches the root, and every step back in the order, starts again from the root: by
    /// then the nodes on the way belong to this version alone, so nothing is copied twice.
    fn insert_all<'k>(&mut self, items: impl Iterator<Item = (&'k [u8], V)>) -> Option<V> {
        let mut run = Run { items: items.peekable(), last: None, added: 0, replaced: None };
        while run.items.peek().is_some() {
            run.last = None;
            if let Some(sibling) = run.enter(&mut self.root, None) {
                let mut root = Inner::over(self.root.take());
                root.insert(1, sibling);
                self.root = Node::Inner(Arc::new(root));
            }
        }
        self.len += run.added;
        run.replaced
    }
}

impl<'k, V: Clone + Default, I: Iterator<Item = (&'k [u8], V)>> Run<'k, V, I> {
    /// Inserts under `node` what belongs there, up to the first split of the node itself.
    fn enter(&mut self, node: &mut Node<V>, fence: Option<&[u8]>) -> Option<Sibling<V>> {
        match node {
            Node::Leaf(leaf) => self.enter_leaf(Arc::make_mut(leaf), fence),
            Node::Inner(inner) => self.enter_inner(Arc::make_mut(inner), fence),
            Node::Empty => {
                let (key, value) = self.items.next()?;
                *node = Node::Leaf(Arc::new(Leaf::single(key, value)));
                self.added += 1;
                None
            }
        }
    }

    fn enter_inner(&mut self, inner: &mut Inner<V>, fence: Option<&[u8]>) -> Option<Sibling<V>> {
        while let Some(key) = self.next_key(fence) {
            let at = inner.child_of(key);
            let Inner { keys, children } = inner;
            let child_fence = if at < keys.len() { Some(keys.key(at)) } else { fence };
            if let Some(sibling) = self.enter(&mut children[at], child_fence) {
                let split = inner.insert(at + 1, sibling);
                if split.is_some() {
                    return split;
                }
            }
        }
        None
    }

    fn enter_leaf(&mut self, leaf: &mut Leaf<V>, fence: Option<&[u8]>) -> Option<Sibling<V>> {
        let mut before = None;
        while self.next_key(fence).is_some() {
            let (key, value) = self.items.next()?;
            self.last = Some(key);
            match leaf.keys.search(key) {
                Ok(at) => self.replaced = Some(std::mem::replace(&mut leaf.values[at], value)),
                Err(at) => {
                    self.added += 1;
                    let len = leaf.keys.len();
                    // A run that goes in between two keys parts the leaf there, so that its own keys, too, fill
                    // leaves wholly.
                    let in_a_row = at == len || (at > 0 && before == Some(at - 1));
                    let split = leaf.insert(at, key, value, if in_a_row { at } else { len / 2 });
                    if split.is_some() {
                        return split;
                    }
                    before = Some(at);
                }
            }
        }
        None
    }

    /// The key that is to go in next, when it belongs before `fence` and not before the last one.
    fn next_key(&mut self, fence: Option<&[u8]>) -> Option<&'k [u8]> {
        let (key, _) = self.items.peek()?;
        let fits = fence.is_none_or(|fence| *key < fence) && self.last.is_none_or(|last| *key >= last);
        fits.then_some(*key)
    }
}

impl<V> Clone for Map<V> {
    fn clone(&self) -> Self {
        Self { root: self.root.clone(), len: self.len }
    }
}

impl<V> Default for Map<V> {
    fn default() -> Self {
        Self { root: Node::Empty, len: 0 }
    }
}

impl<V> fmt::Debug for Map<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Map({} keys)", self.len)
    }
}
