//! What is known while an expression is evaluated: the document, the moment, the variables.

use std::cmp::Ordering;

use super::item::Item;
use super::node::Variable;
use crate::document::collation::Collation;
use crate::document::compare::{compare_under, type_rank};
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::Result;

/// When an expression is evaluated, and whether it may go on.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    /// Milliseconds since 1970: what `$$NOW` says.
    pub(crate) now_ms: i64,
    /// Asked again and again by loops.
    pub(crate) leave: &'a dyn Fn() -> Result<()>,
}

impl std::fmt::Debug for Moment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Moment").field("now_ms", &self.now_ms).finish_non_exhaustive()
    }
}

impl Moment<'static> {
    /// A moment that nothing interrupts.
    pub(crate) fn at(now_ms: i64) -> Self {
        Self { now_ms, leave: &|| Ok(()) }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    root: RawDoc<'a>,
    moment: Moment<'a>,
    /// The order of texts, if it is another than that of their bytes.
    collation: Option<&'a Collation>,
    bindings: Option<&'a Binding<'a>>,
}

/// A variable and its value, before all that were bound above.
#[derive(Debug, Clone, Copy)]
pub(super) struct Binding<'a> {
    pub(super) variable: Variable,
    pub(super) value: Option<RawValue<'a>>,
    pub(super) above: Option<&'a Binding<'a>>,
}

/// Loops ask for leave once in so many rounds.
const ROUNDS: usize = 16;

impl<'a> Scope<'a> {
    pub(super) const fn new(root: RawDoc<'a>, moment: Moment<'a>, collation: Option<&'a Collation>) -> Self {
        Self { root, moment, collation, bindings: None }
    }

    pub(super) const fn root(&self) -> RawDoc<'a> {
        self.root
    }

    pub(super) const fn now_ms(&self) -> i64 {
        self.moment.now_ms
    }

    pub(super) const fn bindings(&self) -> Option<&'a Binding<'a>> {
        self.bindings
    }

    /// The same with `bindings` in place of what was bound.
    pub(super) const fn with<'s>(&self, bindings: Option<&'s Binding<'s>>) -> Scope<'s>
    where
        'a: 's,
    {
        Scope { root: self.root, moment: self.moment, collation: self.collation, bindings }
    }

    /// The value of a variable; the parser lets through only names that are bound.
    pub(super) fn get(&self, variable: Variable) -> Option<RawValue<'a>> {
        let mut next = self.bindings;
        while let Some(binding) = next {
            if binding.variable == variable {
                return binding.value;
            }
            next = binding.above;
        }
        None
    }

    /// Which of two values comes first.
    pub(super) fn compare(&self, a: RawValue<'_>, b: RawValue<'_>) -> Ordering {
        compare_under(a, b, self.collation)
    }

    /// The same order; a missing value stands where undefined does, before null.
    pub(super) fn compare_items(&self, a: &Item<'_>, b: &Item<'_>) -> Ordering {
        match (a.raw(), b.raw()) {
            (Some(a), Some(b)) => self.compare(a, b),
            (a, b) => {
                let rank = |value: Option<RawValue<'_>>| type_rank(value.map_or(tag::UNDEFINED, |v| v.tag()));
                rank(a).cmp(&rank(b))
            }
        }
    }

    /// Asks for leave to go on, in every so many of a loop's rounds.
    pub(super) fn round(&self, at: usize) -> Result<()> {
        if at.is_multiple_of(ROUNDS) { (self.moment.leave)() } else { Ok(()) }
    }
}
