//! By which road the documents of a statement are found.
//!
//! Choosing is pure: a statement goes in, a tree of nodes comes out, which can be shown and run many times.
//!
//! Read next: `node` (the tree), `spans` and `said` (what a predicate says about the value at a path), `bounds` (about
//! `_id`), `index_bounds` and `usable` (about an index), `choose`.

mod bounds;
mod choose;
mod index_bounds;
mod key_check;
mod node;
mod said;
mod show;
mod spans;
#[cfg(test)]
mod tests;
mod usable;

pub(crate) use choose::{find, listed, modify};
pub(crate) use key_check::{KeyCheck, Verdict};
pub(crate) use node::{IndexScan, Node};
pub(crate) use show::{Stage, StageKind, stages};
