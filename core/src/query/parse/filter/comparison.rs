//! `$eq` and its kin, `$in`, `$nin`.

use super::{Parser, is_operators, not, test};
use crate::document::path::Path;
use crate::document::raw::{RawValue, tag};
use crate::error::{Error, ErrorKind, Result};
use crate::expression::filter::{Comparison, Predicate, Test};
use crate::expression::in_list::InList;
use crate::expression::operand::Operand;
use crate::expression::show::shown;
use crate::query::parse::bad_value;

impl Parser<'_> {
    pub(super) fn compare(
        &self,
        path: &Path,
        comparison: Comparison,
        value: RawValue<'_>,
    ) -> Result<Predicate> {
        if value.tag() == tag::UNDEFINED {
            return Err(bad_value(&self.here(), "cannot compare to undefined"));
        }
        Ok(test(path, Test::Compare(comparison, Operand::under(value, self.collation))))
    }

    pub(super) fn relation(
        &self,
        path: &Path,
        comparison: Comparison,
        value: RawValue<'_>,
    ) -> Result<Predicate> {
        if value.tag() == tag::REGEX {
            let what = format!("can't have RegEx as arg to predicate over field '{path}'");
            return Err(bad_value(&self.here(), what));
        }
        self.compare(path, comparison, value)
    }

    pub(super) fn not_equal(&self, path: &Path, value: RawValue<'_>) -> Result<Predicate> {
        if value.tag() == tag::REGEX {
            return Err(bad_value(&self.here(), "can't have regex as arg to $ne"));
        }
        self.compare(path, Comparison::Equal, value).map(not)
    }

    pub(super) fn any_of(&mut self, path: &Path, name: &str, value: RawValue<'_>) -> Result<Predicate> {
        let Some(array) = value.as_array() else {
            return Err(bad_value(&self.here(), format!("{name} needs an array, but got {}", shown(value))));
        };
        let values_max = self.limits.in_values_max;
        if array.fields().nth(values_max).is_some() {
            let what = format!("{name} lists more values than in_values_max, {values_max}");
            return Err(Error::new(ErrorKind::Limit, format!("{what}, at \"{}\"", self.here())));
        }
        let (mut values, mut patterns) = (Vec::new(), Vec::new());
        for (position, element) in array.iter() {
            self.place.push(position.to_owned());
            match element.tag() {
                tag::REGEX => patterns.push(self.regex_value(path, element)?),
                tag::UNDEFINED => {
                    return Err(bad_value(&self.here(), format!("{name} cannot list undefined")));
                }
                tag::DOCUMENT if element.as_document().is_some_and(is_operators) => {
                    return Err(bad_value(&self.here(), format!("cannot nest $ under {name}")));
                }
                _ => values.push(Operand::under(element, self.collation)),
            }
            self.place.pop();
        }
        let values = test(path, Test::In(InList::new(values)));
        if patterns.is_empty() {
            return Ok(values);
        }
        patterns.insert(0, values);
        Ok(Predicate::Or(patterns))
    }
}
