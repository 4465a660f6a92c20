//! Which operation of a write set said the last word about each key.
//!
//! Most transactions ask for single keys and in the end for all of them in order, so a hash table over the operations
//! where they lie and one sorting at the end are enough. The keys of a tree are kept in order from the first time that
//! somebody asks for a range of them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::op::{key_at, tree_at};
use crate::storage::TreeId;

pub(super) type Ordered = BTreeMap<Box<[u8]>, u32>;

/// Where in the record the newest operation of each key begins. Every call is given the record.
#[derive(Debug, Default)]
pub(super) struct Newest {
    places: HashTable<u32>,
    trees: BTreeMap<TreeId, Touched>,
}

/// What is known of one tree.
#[derive(Debug, Default)]
struct Touched {
    keys: usize,
    ordered: OnceLock<Ordered>,
}

impl Newest {
    /// Where the newest operation of `key` begins.
    pub(super) fn get(&self, record: &[u8], tree: TreeId, key: &[u8]) -> Option<u32> {
        self.places.find(hash(tree, key), |at| is_of(record, *at, tree, key)).copied()
    }

    /// The newest operation of `key` begins at `at` from now on; says where the one before did.
    pub(super) fn set(&mut self, record: &[u8], tree: TreeId, key: &[u8], at: u32) -> Option<u32> {
        let place = self.places.entry(
            hash(tree, key),
            |there| is_of(record, *there, tree, key),
            |there| hash_at(record, *there),
        );
        let before = match place {
            Entry::Occupied(mut there) => Some(std::mem::replace(there.get_mut(), at)),
            Entry::Vacant(free) => {
                free.insert(at);
                None
            }
        };
        let touched = self.trees.entry(tree).or_default();
        touched.keys += usize::from(before.is_none());
        if let Some(ordered) = touched.ordered.get_mut() {
            ordered.insert(key.into(), at);
        }
        before
    }

    /// The newest operation of `key` is what it was before [`set`](Self::set).
    pub(super) fn set_back(&mut self, record: &[u8], tree: TreeId, key: &[u8], before: Option<u32>) {
        let found = self.places.find_entry(hash(tree, key), |at| is_of(record, *at, tree, key));
        let (Ok(mut there), Some(touched)) = (found, self.trees.get_mut(&tree)) else { return };
        match before {
            Some(before) => {
                *there.get_mut() = before;
                if let Some(ordered) = touched.ordered.get_mut() {
                    ordered.insert(key.into(), before);
                }
            }
            None => {
                there.remove();
                touched.keys -= 1;
                if let Some(ordered) = touched.ordered.get_mut() {
                    ordered.remove(key);
                }
            }
        }
    }

    /// Whether there is an operation on any key of the tree.
    pub(super) fn touches(&self, tree: TreeId) -> bool {
        self.trees.get(&tree).is_some_and(|touched| touched.keys > 0)
    }

    /// The keys of one tree in order.
    pub(super) fn ordered(&self, record: &[u8], tree: TreeId) -> Option<&Ordered> {
        let touched = self.trees.get(&tree)?;
        Some(touched.ordered.get_or_init(|| {
            let places = self.places.iter().filter(|at| tree_at(record, **at) == tree);
            places.map(|at| (key_at(record, *at).into(), *at)).collect()
        }))
    }
}

/// Every key's newest operation, in the order in which trees take them. `all` are the places of all operations, in the
/// order in which they were appended; `is_newest` tells which of them still count.
pub(super) fn in_order(
    record: &[u8],
    all: impl Iterator<Item = (TreeId, u32)>,
    is_newest: impl Fn(u32) -> bool,
) -> impl Iterator<Item = (TreeId, u32)> {
    let mut trees: BTreeMap<TreeId, Vec<(u64, u32)>> = BTreeMap::new();
    for (tree, at) in all.filter(|(_, at)| is_newest(*at)) {
        trees.entry(tree).or_default().push((head(key_at(record, at)), at));
    }
    for keys in trees.values_mut() {
        keys.sort_unstable_by(|(a_head, a), (b_head, b)| {
            a_head.cmp(b_head).then_with(|| key_at(record, *a).cmp(key_at(record, *b)))
        });
    }
    trees.into_iter().flat_map(|(tree, keys)| keys.into_iter().map(move |(_, at)| (tree, at)))
}

/// The first eight bytes of a key as a number: what orders most of them.
fn head(key: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let len = key.len().min(bytes.len());
    bytes[..len].copy_from_slice(&key[..len]);
    u64::from_be_bytes(bytes)
}

fn hash(tree: TreeId, key: &[u8]) -> u64 {
    xxh3_64_with_seed(key, tree.0.into())
}

fn hash_at(record: &[u8], at: u32) -> u64 {
    hash(tree_at(record, at), key_at(record, at))
}

fn is_of(record: &[u8], at: u32, tree: TreeId, key: &[u8]) -> bool {
    key_at(record, at) == key && tree_at(record, at) == tree
}
