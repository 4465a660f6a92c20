//! What an update changes: actions laid out as a tree of paths, or a whole new document.
//!
//! Not here: how an update is written (`query/parse/update`), and the document that an upsert begins with (`upsert`).
//!
//! Invariants
//!   U1  Whatever an update asks besides the document stands in its `Occasion`: applied twice to the same document
//!       on the same occasion it makes the same bytes.
//!   U2  An update that leaves a document as it was says so, and hands out the old bytes.
//!
//! Read next: `branch` (the tree), `apply` (the walk), `action` and `leaf` (what happens at a place).

mod action;
mod apply;
mod arithmetic;
mod array_filters;
mod branch;
mod cull;
mod fault;
mod leaf;
mod positional;
mod push;
mod rename;
mod set_of;
#[cfg(test)]
mod tests;
mod viable;

pub(crate) use action::{Action, BitOperator, DateForm, End, Extreme};
#[cfg(test)]
pub(crate) use apply::Applied;
pub(crate) use array_filters::ArrayFilters;
use branch::Branch;
pub(crate) use branch::is_elements_part;
pub(crate) use cull::Pulled;
pub(crate) use push::{Push, PushSort};
pub(crate) use rename::{depth, too_deep};
pub(crate) use set_of::distinct;

use crate::document::collation::Collation;
use crate::document::path::Path;
use crate::document::raw::RawDoc;
use crate::error::Result;
use crate::expression::bound::FilterLimits;

/// An update, ready to be applied.
#[derive(Debug, Clone)]
pub(crate) enum Update {
    /// `$set`, `$unset`, `$inc`, …, each at its path.
    Operators(Operators),
    /// A new document in the place of the old one, `_id` apart.
    Replacement(Box<[u8]>),
}

/// Actions at paths.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operators {
    root: Branch,
    filters: ArrayFilters,
    /// Where fields move: from, to.
    renames: Vec<(Path, Path)>,
    /// Whether a path holds `$`.
    positional: bool,
    /// Whether a document may come out deeper than the paths are long.
    nests: bool,
    /// The order of texts, if it is another than that of their bytes.
    collation: Option<Collation>,
    /// What the filters in it may ask for.
    limits: FilterLimits,
}

/// What an update may ask besides the document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Occasion {
    /// Milliseconds since 1970, for `$currentDate`.
    pub(crate) now_ms: i64,
    /// Whether the document is being made by an upsert, for `$setOnInsert`.
    pub(crate) is_insert: bool,
    /// The position of the array element through which the filter found the document, for `$`.
    pub(crate) matched: Option<usize>,
}

impl Update {
    /// The replacement by `doc`, which the caller has checked.
    pub(crate) fn replacement(doc: RawDoc<'_>) -> Self {
        Self::Replacement(doc.as_bytes().into())
    }

    /// Whether it is a whole new document.
    pub(crate) fn is_replacement(&self) -> bool {
        matches!(self, Self::Replacement(_))
    }

    /// Whether it makes of every document that may be stored another one that may, as far as its length allows.
    ///
    /// What it puts has no depth of its own then, and a path is no longer than a document may be deep.
    pub(crate) fn keeps_documents_storable(&self) -> bool {
        matches!(self, Self::Operators(operators) if !operators.nests)
    }

    /// Whether it asks through which array element the filter found the document.
    pub(crate) fn asks_for_position(&self) -> bool {
        matches!(self, Self::Operators(operators) if operators.positional)
    }
}

impl Operators {
    /// No actions yet; `$[name]` in a path speaks of one of `filters`, and texts stand in the order of a collation, if
    /// there is one.
    pub(crate) fn new(filters: ArrayFilters, collation: Option<&Collation>, limits: FilterLimits) -> Self {
        Self { filters, collation: collation.cloned(), limits, ..Self::default() }
    }

    /// What the filters in it may ask for.
    pub(crate) fn limits(&self) -> FilterLimits {
        self.limits
    }

    /// The order of texts, if it is another than that of their bytes.
    pub(crate) fn collation(&self) -> Option<&Collation> {
        self.collation.as_ref()
    }

    /// The filters that `$[name]` speaks of.
    pub(crate) fn filters(&self) -> &ArrayFilters {
        &self.filters
    }

    /// Adds an action at `path`.
    ///
    /// # Errors
    /// `Invalid`, `ConflictingUpdateOperators` (40): the path, or one above or below it, is changed already.
    pub(crate) fn add(&mut self, path: &Path, action: Action) -> Result<()> {
        self.positional |= path.iter().any(|name| name == branch::POSITIONAL);
        self.nests |= action.nests();
        self.root.add(path, action)
    }

    /// Adds a move of what stands at `from` to `to`.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub(crate) fn add_rename(&mut self, from: Path, to: Path) -> Result<()> {
        self.add(&from, Action::Leave)?;
        self.add(&to, Action::Arrive(from.clone()))?;
        self.renames.push((from, to));
        Ok(())
    }
}
