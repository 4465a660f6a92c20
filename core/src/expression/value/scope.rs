//! What is known while an expression is evaluated: the document, the moment, the variables.

use super::node::Variable;
use crate::document::raw::{RawDoc, RawValue};
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
    pub(super) const fn new(root: RawDoc<'a>, moment: Moment<'a>) -> Self {
        Self { root, moment, bindings: None }
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
        Scope { root: self.root, moment: self.moment, bindings }
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

    /// Asks for leave to go on, in every so many of a loop's rounds.
    pub(super) fn round(&self, at: usize) -> Result<()> {
        if at.is_multiple_of(ROUNDS) { (self.moment.leave)() } else { Ok(()) }
    }
}
