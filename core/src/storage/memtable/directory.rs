//! Which trees have something in memory.

use super::map::Map;
use super::{Entry, Memtable};
use crate::storage::{Seq, TreeId};

/// The memtables of all trees in one version, cheap to clone and never changing once cloned, however many
/// trees there are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Directory {
    trees: Map<TreeState>,
}

/// What is in memory of one tree.
#[derive(Debug, Clone, Default)]
pub(crate) struct TreeState {
    /// The changes of its keys.
    pub(crate) table: Memtable,
    /// The commit that dropped the whole tree: whatever lies beneath these changes is gone.
    pub(crate) dropped_at: Option<Seq>,
}

impl Directory {
    /// Whether nothing of any tree is in memory, not even that it was dropped.
    pub(crate) fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// The changes of `tree`.
    pub(crate) fn get(&self, tree: TreeId) -> Option<&Memtable> {
        self.state(tree).map(|state| &state.table)
    }

    /// The change of `key` in `tree`.
    pub(crate) fn entry(&self, tree: TreeId, key: &[u8]) -> Option<&Entry> {
        self.get(tree)?.get(key)
    }

    /// Everything that is in memory of `tree`.
    pub(crate) fn state(&self, tree: TreeId) -> Option<&TreeState> {
        self.trees.get(&tree.0.to_be_bytes())
    }

    /// The changes of `tree`, to be changed in this version only.
    pub(crate) fn get_mut(&mut self, tree: TreeId) -> &mut Memtable {
        &mut self.state_mut(tree).table
    }

    /// Commit `seq` dropped the whole tree: its changes are forgotten, and readers must not look beneath.
    pub(crate) fn drop_tree(&mut self, tree: TreeId, seq: Seq) {
        *self.state_mut(tree) = TreeState { table: Memtable::default(), dropped_at: Some(seq) };
    }

    /// Whether nothing beneath this directory may be read for `tree`.
    pub(crate) fn is_dropped(&self, tree: TreeId) -> bool {
        self.dropped_at(tree).is_some()
    }

    /// The commit that dropped `tree`.
    pub(crate) fn dropped_at(&self, tree: TreeId) -> Option<Seq> {
        self.state(tree)?.dropped_at
    }

    /// Every tree that has something in memory, in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (TreeId, &TreeState)> {
        self.trees.iter().map(|(key, state)| {
            let number = key.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
            (TreeId(number), state)
        })
    }

    fn state_mut(&mut self, tree: TreeId) -> &mut TreeState {
        self.trees.get_or_default(&tree.0.to_be_bytes())
    }
}
