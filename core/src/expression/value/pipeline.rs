//! A short pipeline over one document: what an update by pipeline does.

use super::fault::{at, too_deep};
use super::item::{Item, nesting};
use super::{ComputedFields, Expression, Moment};
use crate::document::raw::{DEPTH_MAX, RawDoc, tag};
use crate::error::Result;
use crate::expression::projection::{Meta, Projection};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pipeline {
    pub(crate) stages: Vec<Stage>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    /// `$set`, `$addFields`.
    Set(ComputedFields),
    /// `$unset`, `$project`.
    Project(Projection),
    /// `$replaceWith`, `$replaceRoot`.
    ReplaceWith(Expression),
}

impl Pipeline {
    /// What the stages make of `doc`, one after the other.
    ///
    /// # Errors
    /// As [`Expression::evaluate`], and `Invalid` for a new root that is no document.
    pub(crate) fn run(&self, doc: RawDoc<'_>, moment: &Moment<'_>) -> Result<Vec<u8>> {
        let mut bytes = doc.as_bytes().to_vec();
        for stage in &self.stages {
            bytes = stage.run(RawDoc::new(&bytes), moment)?;
        }
        Ok(bytes)
    }
}

impl Stage {
    fn run(&self, doc: RawDoc<'_>, moment: &Moment<'_>) -> Result<Vec<u8>> {
        match self {
            Stage::Set(fields) => {
                let mut out = Vec::with_capacity(doc.as_bytes().len() + 64);
                fields.apply_into(doc, doc, moment, &mut out)?;
                Ok(out)
            }
            Stage::Project(projection) => projection.apply(doc, &Meta::default(), moment),
            Stage::ReplaceWith(expression) => new_root(&expression.evaluate(doc, moment)?),
        }
    }
}

fn new_root(item: &Item<'_>) -> Result<Vec<u8>> {
    match item.raw() {
        Some(value) if value.tag() == tag::DOCUMENT => {
            if nesting(value) > DEPTH_MAX {
                Err(too_deep())
            } else {
                Ok(value.as_bytes().to_vec())
            }
        }
        _ => {
            let (seen, kind) = (item.shown(), item.type_name());
            let what = "'newRoot' expression must evaluate to an object";
            Err(at(40228, format!("{what}, but the resulting value was {seen} of type {kind}")))
        }
    }
}
