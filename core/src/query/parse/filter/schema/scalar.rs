//! Keywords of numbers and strings.

use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::Result;
use crate::expression::filter::Comparison;
use crate::expression::integer;
use crate::expression::number::Number;
use crate::expression::operand::Operand;
use crate::expression::schema::{Bounds, Multiple, Rule};
use crate::expression::show::shown;
use crate::query::parse::filter::Parser;

impl Parser<'_> {
    pub(super) fn scalar_rules(&mut self, doc: RawDoc<'_>, rules: &mut Vec<Rule>) -> Result<()> {
        if let Some(value) = doc.get("pattern") {
            let Some(text) = value.as_str() else { return Err(self.wrong("pattern", "a string", value)) };
            rules.push(Rule::Pattern(Box::new(self.compiled(text, "")?)));
        }
        rules.extend(self.bounds(doc, "minLength", "maxLength")?.map(Rule::Length));
        if let Some(value) = doc.get("multipleOf") {
            let Some(number) = Number::of(value) else {
                return Err(self.wrong("multipleOf", "a number", value));
            };
            let Some(multiple) = Multiple::new(number) else {
                let what = format!("'multipleOf' must be positive, but is {}", shown(value));
                return Err(self.unparsed(&what));
            };
            rules.push(Rule::MultipleOf(multiple));
        }
        let (below, above) = (Comparison::LessOrEqual, Comparison::GreaterOrEqual);
        rules.extend(self.bound(doc, "maximum", "exclusiveMaximum", (below, Comparison::Less))?);
        rules.extend(self.bound(doc, "minimum", "exclusiveMinimum", (above, Comparison::Greater))?);
        Ok(())
    }

    /// A bound on numbers, with the keyword that excludes the bound itself.
    fn bound(
        &self,
        doc: RawDoc<'_>,
        name: &str,
        exclusive: &str,
        (with, without): (Comparison, Comparison),
    ) -> Result<Option<Rule>> {
        let Some(value) = doc.get(name) else {
            let missing = || self.unparsed(&format!("'{name}' must be there when '{exclusive}' is"));
            return if doc.get(exclusive).is_some() { Err(missing()) } else { Ok(None) };
        };
        let is_exclusive = doc.get(exclusive).map_or(Ok(false), |value| self.boolean(exclusive, value))?;
        if !value.is_number() {
            return Err(self.wrong(name, "a number", value));
        }
        Ok(Some(Rule::Compare(if is_exclusive { without } else { with }, Operand::new(value))))
    }

    pub(super) fn boolean(&self, keyword: &str, value: RawValue<'_>) -> Result<bool> {
        match value.read() {
            Value::Boolean(yes) => Ok(yes),
            _ => Err(self.wrong(keyword, "a boolean", value)),
        }
    }

    /// The two counts of a pair of keywords, when one of them is there.
    pub(super) fn bounds(&self, doc: RawDoc<'_>, least: &str, most: &str) -> Result<Option<Bounds>> {
        let count = |name: &str| doc.get(name).map(|value| self.count(name, value)).transpose();
        let (min, max) = (count(least)?, count(most)?);
        let bounds = Bounds { min: min.unwrap_or(0), max: max.unwrap_or(u64::MAX) };
        Ok((min.is_some() || max.is_some()).then_some(bounds))
    }

    fn count(&self, keyword: &str, value: RawValue<'_>) -> Result<u64> {
        let count = integer::exact(value).and_then(|count| u64::try_from(count).ok());
        count.ok_or_else(|| {
            let what = format!(
                "'{keyword}' must be an integer from 0 to 9223372036854775807, but is {}",
                shown(value)
            );
            self.unparsed(&what)
        })
    }
}
