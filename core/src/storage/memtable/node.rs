//! The nodes of a map, and how a full one is split.

use std::array;
use std::mem;
use std::sync::Arc;

use super::keys::{CAPACITY, Keys, separator};

/// A node, shared with every version of the map that has it.
#[derive(Default)]
pub(super) enum Node<V> {
    /// The root of an empty map, and what stands behind the last child of an inner node.
    #[default]
    Empty,
    Leaf(Arc<Leaf<V>>),
    Inner(Arc<Inner<V>>),
}

/// Keys and what they have.
pub(super) struct Leaf<V> {
    pub(super) keys: Keys,
    pub(super) values: [V; CAPACITY],
}

/// Children, one more than keys: the separators between them.
pub(super) struct Inner<V> {
    pub(super) keys: Keys,
    pub(super) children: [Node<V>; CAPACITY + 1],
}

/// A new node, to stand directly behind the one that was split, and the separator between the two.
pub(super) struct Sibling<V> {
    pub(super) separator: Vec<u8>,
    pub(super) node: Node<V>,
}

impl<V: Default> Leaf<V> {
    pub(super) fn new(keys: Keys) -> Self {
        Self { keys, values: array::from_fn(|_| V::default()) }
    }

    /// A leaf of one entry.
    pub(super) fn single(key: &[u8], value: V) -> Self {
        let mut leaf = Self::new(Keys::new());
        leaf.put(0, key, value);
        leaf
    }

    /// Inserts a key that is not here, splitting the leaf at `middle` when it is full.
    ///
    /// `middle` behind the last key leaves the leaf as full as it is: ascending keys fill leaves wholly.
    pub(super) fn insert(&mut self, at: usize, key: &[u8], value: V, middle: usize) -> Option<Sibling<V>> {
        if !self.keys.is_full(key) {
            self.put(at, key, value);
            return None;
        }
        let right = if middle == self.keys.len() {
            self.keys.tighten();
            let mut right = Self::new(self.keys.beside(key));
            right.values[0] = value;
            right
        } else {
            let mut right = self.split(middle);
            let half = if at <= middle { &mut *self } else { &mut right };
            half.put(if at <= middle { at } else { at - middle }, key, value);
            right
        };
        let separator = separator(self.keys.key(self.keys.len() - 1), right.keys.key(0));
        Some(Sibling { separator, node: Node::Leaf(Arc::new(right)) })
    }

    fn put(&mut self, at: usize, key: &[u8], value: V) {
        let len = self.keys.len();
        self.keys.insert(at, key);
        self.values[at..=len].rotate_right(1);
        self.values[at] = value;
    }

    fn split(&mut self, middle: usize) -> Self {
        let len = self.keys.len();
        let mut right = Self::new(self.keys.split(middle, 0));
        self.values[middle..len].swap_with_slice(&mut right.values[..len - middle]);
        right
    }
}

impl<V> Inner<V> {
    pub(super) fn over(child: Node<V>) -> Self {
        let mut inner = Self { keys: Keys::new(), children: array::from_fn(|_| Node::Empty) };
        inner.children[0] = child;
        inner
    }

    /// How many children there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len() + 1
    }

    /// Which child has `key`, if any has.
    pub(super) fn child_of(&self, key: &[u8]) -> usize {
        self.keys.count_up_to(key)
    }

    /// Puts `new` in as the `at`-th child, splitting this node when it is full.
    pub(super) fn insert(&mut self, at: usize, new: Sibling<V>) -> Option<Sibling<V>> {
        if !self.keys.is_full(&new.separator) {
            self.put(at, new);
            return None;
        }
        if at == self.len() {
            let node = Node::Inner(Arc::new(Self::over(new.node)));
            return Some(Sibling { separator: new.separator, node });
        }
        let middle = self.len() / 2;
        let (separator, mut right) = self.split(middle);
        if at <= middle {
            self.put(at, new);
        } else {
            right.put(at - middle, new);
        }
        Some(Sibling { separator, node: Node::Inner(Arc::new(right)) })
    }

    fn put(&mut self, at: usize, new: Sibling<V>) {
        let len = self.len();
        self.keys.insert(at - 1, &new.separator);
        self.children[at..=len].rotate_right(1);
        self.children[at] = new.node;
    }

    /// Parts the children from the `middle`-th on; the separator before it belongs to neither side.
    fn split(&mut self, middle: usize) -> (Vec<u8>, Self) {
        let len = self.len();
        let separator = self.keys.key(middle - 1).to_vec();
        let mut right = Self::over(Node::Empty);
        right.keys = self.keys.split(middle - 1, 1);
        self.children[middle..len].swap_with_slice(&mut right.children[..len - middle]);
        (separator, right)
    }
}

impl<V> Node<V> {
    /// Takes the node out, leaving none.
    pub(super) fn take(&mut self) -> Self {
        mem::replace(self, Self::Empty)
    }
}

impl<V> Clone for Node<V> {
    fn clone(&self) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::Leaf(leaf) => Self::Leaf(Arc::clone(leaf)),
            Self::Inner(inner) => Self::Inner(Arc::clone(inner)),
        }
    }
}

impl<V: Clone + Default> Clone for Leaf<V> {
    fn clone(&self) -> Self {
        let len = self.keys.len();
        let value = |at: usize| if at < len { self.values[at].clone() } else { V::default() };
        Self { keys: self.keys.clone(), values: array::from_fn(value) }
    }
}

impl<V> Clone for Inner<V> {
    fn clone(&self) -> Self {
        Self { keys: self.keys.clone(), children: self.children.clone() }
    }
}
