//! Variables that a caller gives with a statement: `{minimum: 5, names: ["a", "b"]}`.

use super::path::{check_bound_name, check_read_name};
use super::{Parser, Terms};
use crate::document::builder::RawValueBuf;
use crate::document::collation::Collation;
use crate::document::raw::{RawDoc, RawValue};
use crate::error::Result;
use crate::expression::value::fault::at;
use crate::expression::value::{Expression, Moment};

/// What `$$` names without being told.
const OWN: &[&str] = &["ROOT", "CURRENT", "NOW", "REMOVE"];

/// Names with their values, which are computed once; a name may stand for no value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables {
    values: Vec<(Box<str>, Option<RawValueBuf>)>,
}

impl Variables {
    /// Reads variables, each of which may use those before it, and computes their values.
    ///
    /// # Errors
    /// `Invalid` with MongoDB's number: a name that cannot be one (9), a field asked for (4890500), and
    /// whatever an expression is refused for or answers.
    pub(crate) fn parse(doc: RawDoc<'_>, collation: Option<&Collation>, now_ms: i64) -> Result<Self> {
        let mut variables = Self::default();
        for (name, value) in doc.iter() {
            check_bound_name(name)?;
            let computed = variables
                .compute(value, collation, now_ms)
                .map_err(|error| error.context(format!("in the variable {name:?}")))?;
            variables.values.retain(|(known, _)| **known != *name);
            variables.values.push((name.into(), computed));
        }
        Ok(variables)
    }

    /// The same with constants, which stand for themselves, whatever they look like, and hide variables of their names.
    ///
    /// # Errors
    /// `Invalid` with MongoDB's number: a name that cannot be read (9), or that is not the caller's to
    /// give (17275).
    pub(crate) fn with_constants(mut self, constants: RawDoc<'_>) -> Result<Self> {
        for (name, value) in constants.iter() {
            check_read_name(name)?;
            if OWN.contains(&name) {
                return Err(at(17275, format!("{name:?} has a meaning of its own and is no constant")));
            }
            self.values.retain(|(known, _)| **known != *name);
            self.values.push((name.into(), Some(value.into())));
        }
        Ok(self)
    }

    fn compute(
        &self,
        value: RawValue<'_>,
        collation: Option<&Collation>,
        now_ms: i64,
    ) -> Result<Option<RawValueBuf>> {
        let terms = Terms { collation, variables: Some(self), ..Terms::default() };
        let root = Parser { has_document: false, ..Parser::new(terms) }.expression(value)?;
        let expression = Expression::new(root, collation);
        let item = expression.evaluate(RawDoc::empty(), &Moment::at(now_ms))?;
        Ok(item.raw().map(Into::into))
    }

    /// The value of a name; none for a name that is not known.
    pub(super) fn get(&self, name: &str) -> Option<Option<RawValue<'_>>> {
        let (_, value) = self.values.iter().find(|(known, _)| **known == *name)?;
        Some(value.as_ref().map(RawValueBuf::as_value))
    }
}
