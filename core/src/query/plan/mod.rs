//! By which road the documents of a statement are found.
//!
//! Choosing is pure: a statement goes in, a tree of nodes comes out, which can be shown and run many times.
//!
//! Read next: `node` (the tree), `bounds` (what the filter says about `_id`), `index_bounds` and
//! `usable` (about an index), `choose`.

mod bounds;
mod choose;
mod index_bounds;
mod node;
mod show;
#[cfg(test)]
mod tests;
mod usable;
mod view;

pub(crate) use choose::{find, listed, modify};
pub(crate) use node::{IndexScan, Node};
pub(crate) use show::{Stage, StageKind, stages};
pub(crate) use view::through;
