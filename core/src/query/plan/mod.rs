//! By which road the documents of a statement are found.
//!
//! Choosing is pure: a statement goes in, a tree of nodes comes out, which can be shown and run many times.
//!
//! Read next: `node` (the tree), `bounds` (what the filter says about `_id`), `choose`.

mod bounds;
mod choose;
mod node;
mod show;
#[cfg(test)]
mod tests;

pub(crate) use choose::{find, modify};
pub(crate) use node::Node;
pub(crate) use show::{Stage, StageKind, stages};
