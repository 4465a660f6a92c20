//! `$all`, `$elemMatch`, `$size`.

use super::{Parser, first_name, is_field_operator, joined, test};
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::Result;
use crate::expression::filter::{Comparison, Element, Filter, Predicate, Test};
use crate::expression::integer;
use crate::expression::show::shown;
use crate::query::parse::bad_value;

/// Operators that stand for a whole filter, not for a test of one value.
const WHOLE_FILTERS: &[&str] = &[
    "$alwaysFalse",
    "$alwaysTrue",
    "$and",
    "$comment",
    "$expr",
    "$jsonSchema",
    "$nor",
    "$or",
    "$sampleRate",
    "$text",
    "$where",
];

impl Parser<'_> {
    pub(super) fn size(&self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        let size = integer::exact(value).and_then(|size| i32::try_from(size).ok());
        let Some(size) = size.and_then(|size| usize::try_from(size).ok()) else {
            let what = format!("$size needs an integer from 0 to 2147483647, but got {}", shown(value));
            return Err(bad_value(&self.here(), what));
        };
        Ok(test(path, Test::Size(size)))
    }

    pub(super) fn element(&mut self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        let Some(doc) = value.as_document() else {
            return Err(bad_value(
                &self.here(),
                format!("$elemMatch needs an object, but got {}", shown(value)),
            ));
        };
        self.deeper()?;
        self.elements += 1;
        let element = if tests_values(doc) {
            let mut all = Vec::new();
            self.operators(&Path::parse("")?, doc, &mut all)?;
            Element::Itself(Box::new(joined(all)))
        } else {
            Element::Inner(Box::new(Filter::new(self.conjunction(doc)?)))
        };
        self.elements -= 1;
        self.depth -= 1;
        Ok(test(path, Test::Element(element)))
    }

    /// Each value is asked for on its own, so that different elements may answer.
    pub(super) fn all_of(&mut self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        let Some(array) = value.as_array() else {
            return Err(bad_value(&self.here(), format!("$all needs an array, but got {}", shown(value))));
        };
        let first = array.iter().next().and_then(|(_, first)| first.as_document());
        let of_elements = first.is_some_and(|doc| first_name(doc) == Some("$elemMatch"));
        let mut all = Vec::new();
        for (position, value) in array.iter() {
            self.place.push(position.to_owned());
            all.push(if of_elements { self.one_element(path, value)? } else { self.one_value(path, value)? });
            self.place.pop();
        }
        // `$all` of nothing is not true of everything: nothing satisfies it.
        Ok(if all.is_empty() { Predicate::Or(all) } else { joined(all) })
    }

    fn one_element(&mut self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        let inner = value.as_document().and_then(|doc| doc.iter().next());
        match inner {
            Some(("$elemMatch", inner)) => self.element(path, inner),
            _ => {
                let what = format!("$all lists an $elemMatch and something else: {}", shown(value));
                Err(bad_value(&self.here(), what))
            }
        }
    }

    fn one_value(&mut self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        match value.as_document().and_then(first_name) {
            Some(name) if is_field_operator(name) => {
                Err(bad_value(&self.here(), format!("no $ expressions in $all, but got {}", shown(value))))
            }
            _ if value.tag() == tag::REGEX => self.regex_value(path, value),
            _ => self.compare(path, Comparison::Equal, value),
        }
    }
}

/// Whether what an `$elemMatch` holds are tests of an element itself, not a filter of documents.
fn tests_values(doc: RawDoc<'_>) -> bool {
    let reference = || ["$ref", "$id", "$db"].iter().any(|name| doc.get(name).is_some());
    first_name(doc).is_some_and(|name| name.starts_with('$') && !WHOLE_FILTERS.contains(&name))
        && !reference()
}
