//! What a document computes to: `{$add: ["$price", "$tax"]}` as a tree, and the tree's value.
//!
//! Not here: how an expression is written (`query/parse/value`), where its value goes (`filter`, `projection`,
//! `pipeline`).
//!
//! Invariants
//!   V1  A value that is only looked at stays where it lies: field paths, constants and variables answer borrowed bytes.
//!   V2  No value is larger than a document may be, and none that a variable holds nests deeper than one may.
//!   V3  A loop asks for leave to go on, so that a deadline or a cancellation ends it.
//!   V4  What constants alone decide was decided when the expression was built.
//!
//! Read next: `node` (the tree), `item` (a value), `scope` (what is known beside the tree), then one file a group of
//! operators; `functions` lists them.

mod arithmetic;
mod array;
mod boolean;
mod comparison;
mod conditional;
mod convert;
mod date;
mod date_parts;
mod decimal;
mod each;
pub(crate) mod fault;
mod field;
mod fields;
pub(crate) mod functions;
mod item;
mod node;
mod number;
mod object;
mod order;
pub(crate) mod pipeline;
mod power;
mod rounding;
mod scope;
mod set;
mod statistics;
mod string;
mod substring;
mod text;
mod total;
mod trim;

#[cfg(test)]
mod tests;

pub(crate) use array::ZIP;
pub(crate) use each::{Each, Kind};
pub(crate) use field::FieldPath;
pub(crate) use fields::ComputedFields;
pub(crate) use functions::{Function, Named, Shape};
pub(crate) use item::{Item, nesting};
pub(crate) use node::{Node, Variable};
pub(crate) use order::{Order, SortArray};
pub(crate) use pipeline::{Pipeline, Stage};
pub(crate) use scope::{Moment, Scope};

use crate::document::collation::Collation;
use crate::document::raw::RawDoc;
use crate::error::Result;

/// An expression, ready to be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expression {
    root: Node,
    /// The order of texts, if it is another than that of their bytes.
    collation: Option<Collation>,
}

impl Expression {
    pub(crate) fn new(root: Node, collation: Option<&Collation>) -> Self {
        Self { root, collation: collation.cloned() }
    }

    /// What `doc` computes to.
    ///
    /// # Errors
    /// `Invalid` with MongoDB's number for values that an operator does not take, `Unsupported` for what this
    /// version cannot compute, `Limit` for values beyond the bounds, and whatever the moment's leave says.
    pub(crate) fn evaluate<'a>(&'a self, doc: RawDoc<'a>, moment: &Moment<'a>) -> Result<Item<'a>> {
        self.root.evaluate(&self.scope(doc, moment))
    }

    /// Whether `doc` computes to something that counts as true.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub(crate) fn holds(&self, doc: RawDoc<'_>, moment: &Moment<'_>) -> Result<bool> {
        Ok(self.root.evaluate(&self.scope(doc, moment))?.is_true())
    }

    const fn scope<'a>(&'a self, doc: RawDoc<'a>, moment: &Moment<'a>) -> Scope<'a> {
        Scope::new(doc, *moment, self.collation.as_ref())
    }
}
