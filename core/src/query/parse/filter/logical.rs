//! `$and`, `$or`, `$nor`, `$not`.

use super::{Parser, joined, not};
use crate::document::path::Path;
use crate::document::raw::{RawValue, tag};
use crate::error::Result;
use crate::expression::filter::Predicate;
use crate::expression::show::{shown, type_name};
use crate::query::parse::bad_value;

impl Parser<'_> {
    pub(super) fn list(&mut self, name: &str, value: RawValue<'_>) -> Result<Vec<Predicate>> {
        let Some(array) = value.as_array() else {
            return Err(bad_value(&self.here(), format!("{name} must be an array, but is {}", shown(value))));
        };
        if array.is_empty() {
            return Err(bad_value(&self.here(), format!("{name} must be a nonempty array")));
        }
        self.deeper()?;
        let mut children = Vec::new();
        for (position, element) in array.iter() {
            self.place.push(position.to_owned());
            let Some(doc) = element.as_document() else {
                let what = format!("{name} entries need to be full objects, but one is {}", shown(element));
                return Err(bad_value(&self.here(), what));
            };
            children.push(self.conjunction(doc)?);
            self.place.pop();
        }
        self.depth -= 1;
        Ok(children)
    }

    pub(super) fn not(&mut self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        if value.tag() == tag::REGEX {
            return Ok(not(self.regex_value(path, value)?));
        }
        let Some(operators) = value.as_document() else {
            let what = format!("$not needs a regex or a document, but got {}", type_name(value.tag()));
            return Err(bad_value(&self.here(), what));
        };
        if operators.is_empty() {
            return Err(bad_value(&self.here(), "$not cannot be empty"));
        }
        self.deeper()?;
        let mut all = Vec::new();
        self.operators(path, operators, &mut all)?;
        self.depth -= 1;
        Ok(not(joined(all)))
    }
}
