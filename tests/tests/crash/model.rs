//! What the store should hold: plain maps, and one number that stands for all of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use nexuslite::simulation::{Change, Tree};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Sums the books that the mirror and the counters are checked against.
pub(crate) const COUNTERS: Tree = Tree::Index(1_000_000);

/// A state. Clones share their values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) trees: BTreeMap<Tree, BTreeMap<Vec<u8>, Arc<[u8]>>>,
    digest: u64,
}

impl Model {
    pub(crate) fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Put(tree, key, value) => self.put(*tree, key, value),
                Change::Delete(tree, key) => self.delete(*tree, key),
                Change::Add(tree, key, delta) => {
                    let sum = self.counter(*tree, key).wrapping_add(*delta);
                    self.put(*tree, key, &sum.to_le_bytes());
                }
                Change::Drop(tree) => self.drop_tree(*tree),
            }
        }
    }

    /// Equal in two states iff they are equal, but for a coincidence.
    pub(crate) fn digest(&self) -> u64 {
        self.digest
    }

    pub(crate) fn counter(&self, tree: Tree, key: &[u8]) -> i64 {
        self.value(tree, key).map_or(0, read)
    }

    pub(crate) fn len(&self, tree: Tree) -> usize {
        self.trees.get(&tree).map_or(0, BTreeMap::len)
    }

    /// The `n`-th key, counted around.
    pub(crate) fn key_at(&self, tree: Tree, n: u64) -> Option<Vec<u8>> {
        let entries = self.trees.get(&tree).filter(|entries| !entries.is_empty())?;
        entries.keys().nth(n as usize % entries.len()).cloned()
    }

    pub(crate) fn value(&self, tree: Tree, key: &[u8]) -> Option<&[u8]> {
        self.trees.get(&tree)?.get(key).map(|value| &value[..])
    }

    fn put(&mut self, tree: Tree, key: &[u8], value: &[u8]) {
        let before = self.trees.entry(tree).or_default().insert(key.to_vec(), value.into());
        if let Some(before) = before {
            self.digest = self.digest.wrapping_sub(entry_digest(tree, key, &before));
        }
        self.digest = self.digest.wrapping_add(entry_digest(tree, key, value));
    }

    fn delete(&mut self, tree: Tree, key: &[u8]) {
        if let Some(before) = self.trees.entry(tree).or_default().remove(key) {
            self.digest = self.digest.wrapping_sub(entry_digest(tree, key, &before));
        }
    }

    fn drop_tree(&mut self, tree: Tree) {
        for (key, value) in self.trees.remove(&tree).unwrap_or_default() {
            self.digest = self.digest.wrapping_sub(entry_digest(tree, &key, &value));
        }
    }
}

/// A counter's value.
pub(crate) fn read(bytes: &[u8]) -> i64 {
    bytes.try_into().map_or(0, i64::from_le_bytes)
}

/// What one entry adds to the digest of a state.
pub(crate) fn entry_digest(tree: Tree, key: &[u8], value: &[u8]) -> u64 {
    let seed = match tree {
        Tree::Records(number) => u64::from(number) << 1,
        Tree::Index(number) => u64::from(number) << 1 | 1,
    };
    xxh3_64_with_seed(value, xxh3_64_with_seed(key, seed))
}

/// The key under which the index of a pair of trees holds a record.
pub(crate) fn mirror_key(id: &[u8], value: &[u8]) -> Vec<u8> {
    let mut key = xxh3_64(value).to_be_bytes()[..4].to_vec();
    key.extend_from_slice(id);
    key
}

/// The counter that tells how many records a pair of trees holds.
pub(crate) fn count_key(number: u32) -> Vec<u8> {
    format!("count of {number}").into_bytes()
}

/// One change of a record with all that belongs to it: record, index entry and count.
pub(crate) fn set_record(model: &Model, number: u32, id: &[u8], value: Option<Vec<u8>>) -> Vec<Change> {
    let (records, index) = (Tree::Records(number), Tree::Index(number));
    let before = model.value(records, id);
    let mut changes = Vec::new();
    if let Some(before) = before {
        changes.push(Change::Delete(index, mirror_key(id, before)));
    }
    let delta = i64::from(value.is_some()) - i64::from(before.is_some());
    match value {
        Some(value) => {
            changes.push(Change::Put(index, mirror_key(id, &value), Vec::new()));
            changes.push(Change::Put(records, id.to_vec(), value));
        }
        None => changes.push(Change::Delete(records, id.to_vec())),
    }
    if delta != 0 {
        changes.push(Change::Add(COUNTERS, count_key(number), delta));
    }
    changes
}
