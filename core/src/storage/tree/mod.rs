//! One ordered map of bytes to bytes, laid out as pages: a copy-on-write B+tree.
//!
//! A [`Tree`] is a value: applying changes to it makes another tree that shares every page the changes did not
//! touch, and the one before stays as it was.
//! Where pages come from, how they are cached, written and given back is the business of whoever implements
//! `PageReader` and `PageWriter`; which trees there are is the business of whoever keeps their references.
//! There is no lock, no log and no clock here.
//!
//! Inner nodes live decoded in memory, reached from their parent by pointer once they were needed, and are
//! shared by the versions that have them in common. A look-up borrows its way down and touches one shared
//! counter, that of the leaf.
//!
//! Invariants
//!   T1  All leaves are equally far from the root; a node's level is its distance from the leaves.
//!   T2  Keys ascend strictly within a leaf and from leaf to leaf. A separator is at most the smallest key beneath
//!       the child it stands before, and above every key beneath the child before that.
//!   T3  A node names how many entries lie beneath each child, and whether any of them owns an extent; the count
//!       is exact, and the second never says no wrongly.
//!   T4  No page is empty: a leaf holds an entry, an inner node a child, and an empty tree has no page.
//!   T5  An extent has one owner: the entry whose value or key it holds, or the separator whose end it holds.
//!   T6  `apply`, `relocate` and `free_all` free exactly the pages and extents that the new tree does not reach.
//!   T7  Nothing read from a page is trusted: what does not add up is `Corrupt`, and no walk outlasts the height.

mod apply;
mod check;
mod child;
mod get;
mod get_many;
mod given;
mod index_leaf;
mod inner;
mod key;
mod layout;
mod leaf;
mod rank;
mod record_leaf;
mod relocate;
mod root;
mod scan;
mod search;
mod separator;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use check::Findings;
pub(crate) use given::Given;
#[cfg(feature = "simulation")]
pub(crate) use root::ROOT_REFERENCE_LEN;
pub(crate) use root::{Tree, TreeKind};
pub(crate) use walk::Reached;
