//! How many entries of a map lie in a range, without walking all of it.

use std::ops::Bound;

use super::cursor::Cursor;
use super::map::Map;
use super::node::Node;
use crate::storage::{Direction, KeyRange};

/// So many leaves are counted one by one; of longer ranges the share is told by the nodes above.
const LEAVES_MAX: usize = 64;

impl<V> Map<V> {
    /// About how many keys lie in `range`; exact where they are few.
    pub(crate) fn estimate(&self, range: &KeyRange) -> u64 {
        if matches!((&range.start, &range.end), (Bound::Unbounded, Bound::Unbounded)) {
            return self.len() as u64;
        }
        let mut cursor: Cursor<V> = self.cursor();
        cursor.seek(range, Direction::Forward);
        let mut counted = 0;
        for _ in 0..LEAVES_MAX {
            let here = cursor.pass_leaf();
            if here == 0 {
                return counted;
            }
            counted += here as u64;
        }
        let share = |bound: &Bound<Vec<u8>>, open: f64| match bound {
            Bound::Included(key) | Bound::Excluded(key) => before(&self.root, key),
            Bound::Unbounded => open,
        };
        let share = (share(&range.end, 1.0) - share(&range.start, 0.0)).max(0.0);
        counted.max((share * self.len() as f64) as u64)
    }
}

/// Which part of the keys beneath a node comes before `key`.
///
/// A child counts as much as it has children or keys itself, so that a node at the end, which is still to be filled,
/// does not count as much as the full ones before it.
fn before<V>(node: &Node<V>, key: &[u8]) -> f64 {
    match node {
        Node::Empty => 0.0,
        Node::Leaf(leaf) => leaf.keys.count_up_to(key) as f64 / leaf.keys.len().max(1) as f64,
        Node::Inner(inner) => {
            let at = inner.child_of(key);
            let weight = |child: &Node<V>| match child {
                Node::Empty => 0,
                Node::Leaf(leaf) => leaf.keys.len(),
                Node::Inner(inner) => inner.len(),
            };
            let weights = inner.children[..inner.len()].iter().map(weight);
            let (mut passed, mut all) = (0.0, 0.0);
            for (place, weight) in weights.enumerate() {
                let weight = weight as f64;
                all += weight;
                passed += match place.cmp(&at) {
                    std::cmp::Ordering::Less => weight,
                    std::cmp::Ordering::Equal => weight * before(&inner.children[place], key),
                    std::cmp::Ordering::Greater => 0.0,
                };
            }
            passed / f64::max(all, 1.0)
        }
    }
}
