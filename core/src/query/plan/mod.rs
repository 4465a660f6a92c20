//! By which road the documents of a statement are found.
//!
//! Choosing changes nothing: a statement and the sizes of the trees go in, a tree of nodes comes out, which can be shown
//! and run many times.
//!
//! Read next: `node` (the tree), `spans` and `said` (what a predicate says about the value at a path), `bounds` (about
//! `_id`), `index_bounds`, `leaves` and `usable` (about an index), `road` (each way), `union` and `intersection` (several at once), `cost` and `spread`, `memory`, `choose`.

mod bounds;
mod bounds_text;
mod choose;
mod cost;
mod forced;
mod hint;
mod index_bounds;
mod intersection;
mod key_check;
mod leaves;
mod memory;
mod missing;
mod node;
mod road;
mod said;
mod shape;
mod show;
mod spans;
mod spread;
#[cfg(test)]
mod tests;
mod union;
mod usable;
mod view;

pub(crate) use choose::{Considered, Estimate, Place, Weighed, find, listed, modify, search_of, weigh};
#[cfg(feature = "simulation")]
pub use forced::intersecting;
pub(crate) use key_check::{KeyCheck, Verdict};
pub(crate) use memory::Expected;
pub(crate) use missing::{Missing, missing_index};
pub(crate) use node::{IndexScan, Intersection, List, Node, Yield};
pub(crate) use shape::Shape;
pub(crate) use show::{Stage, StageKind, stages};
pub(crate) use view::{through, weigh_through};
