//! What was committed and is not yet in the main file, sorted, in memory.
//!
//! A memtable is a B+tree whose nodes are shared between versions: a clone costs one reference count, and a
//! change copies the nodes from the root to the leaf it touches, except those that nobody else holds.
//! A reader therefore keeps its version for as long as it likes, and no lock is taken on either side.
//!
//! Not here: which versions are visible to whom (`engine`), how memtables and the main file are read as one
//! (`merge`).
//!
//! Invariants
//!   M1  A clone never changes, whatever is done to the map it was cloned from.
//!   M2  A separator is greater than every key of the child before it, and no greater than any key of the child
//!       behind it.
//!   M3  Every leaf holds at least one entry, every inner node at least one child; an empty map has no nodes.
//!   M4  The heads of a node are the eight bytes behind its prefix, so they are in the order of the keys, and
//!       where they differ they decide.
//!   M5  No node lies deeper than the height of the tree, so freeing one recurses only that far.
//!
//! Read next: `keys` (the keys of one node), `node` (splitting), `map` (get and insert), `cursor`, `entry`,
//! `directory`.

mod cursor;
mod directory;
mod entry;
mod estimate;
mod keys;
mod map;
mod node;
#[cfg(test)]
mod tests;

pub(crate) use directory::{Directory, TreeState};
pub(crate) use entry::{Entry, Held};

/// The newest change of each key of one tree.
pub(crate) type Memtable = map::Map<Entry>;

/// A walk over one version of a memtable, tombstones included.
pub(crate) type Cursor = cursor::Cursor<Entry>;
