//! `$jsonSchema`: what MongoDB takes of JSON Schema's fourth draft.
//!
//! A schema asks of one value; the whole document is a value, too. A rule speaks of values of its own kind only: a
//! bound on numbers lets every string pass, so what a value must be is for the types to say.
//!
//! Not here: how a schema is written (`query/parse/filter/schema`).
//!
//! Read next: `properties` and `items` for what lies in a value, `unordered` for when two values are the same, `why`
//! for what is told of a value that is refused.

mod items;
mod multiple;
mod properties;
mod unordered;
mod why;

pub(crate) use self::items::{Items, Rest};
pub(crate) use self::multiple::Multiple;
pub(crate) use self::properties::{Dependency, Needed, Properties};
pub(crate) use self::unordered::Distinct;
pub(crate) use self::why::{annotate, number, tell};

use self::unordered::all_differ;
use super::filter::Comparison;
use super::operand::Operand;
use super::pattern::Pattern;
use super::type_set::TypeSet;
use crate::document::raw::{RawDoc, RawValue, Value};

/// What a value must be.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Schema {
    /// One of these types; any when there are none.
    pub(crate) types: Option<TypeSet>,
    pub(crate) rules: Vec<Rule>,
}

/// One keyword, or several that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rule {
    /// Of numbers.
    Compare(Comparison, Operand),
    /// Of numbers.
    MultipleOf(Multiple),
    /// Of strings: so many characters at least and at most.
    Length(Bounds),
    /// Of strings.
    Pattern(Box<Pattern>),
    /// Of arrays: so many elements at least and at most.
    Count(Bounds),
    /// Of arrays: no two elements are the same.
    Unique,
    /// Of arrays.
    Items(Items),
    /// Of documents: so many fields at least and at most.
    Fields(Bounds),
    /// Of documents: these fields are there.
    Required(Vec<Box<str>>),
    /// Of documents.
    Properties(Properties),
    /// Of documents.
    Dependency(Dependency),
    /// One of these.
    Enum(Distinct),
    AllOf(Vec<Schema>),
    AnyOf(Vec<Schema>),
    OneOf(Vec<Schema>),
    Not(Box<Schema>),
}

/// A least and a greatest number, both allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) min: u64,
    pub(crate) max: u64,
}

impl Schema {
    /// Whether `value` is as the schema says.
    pub(crate) fn takes(&self, value: RawValue<'_>) -> bool {
        self.types.is_none_or(|types| types.contains(value.tag()))
            && self.rules.iter().all(|rule| rule.takes(value))
    }
}

impl Rule {
    fn takes(&self, value: RawValue<'_>) -> bool {
        match self {
            Rule::Enum(values) => return values.contains(value),
            Rule::AllOf(schemas) => return schemas.iter().all(|schema| schema.takes(value)),
            Rule::AnyOf(schemas) => return schemas.iter().any(|schema| schema.takes(value)),
            Rule::OneOf(schemas) => {
                return schemas.iter().filter(|schema| schema.takes(value)).take(2).count() == 1;
            }
            Rule::Not(schema) => return !schema.takes(value),
            _ => {}
        }
        match value.read() {
            Value::Document(doc) => self.takes_document(doc),
            Value::Array(array) => self.takes_array(array),
            Value::String(text) => self.takes_text(text),
            _ if value.is_number() => self.takes_number(value),
            _ => true,
        }
    }

    fn takes_number(&self, value: RawValue<'_>) -> bool {
        match self {
            Rule::Compare(comparison, bound) => comparison.holds(value, bound),
            Rule::MultipleOf(multiple) => multiple.divides(value),
            _ => true,
        }
    }

    fn takes_text(&self, text: &str) -> bool {
        match self {
            Rule::Length(bounds) => bounds.contain(|| text.chars().count()),
            Rule::Pattern(pattern) => pattern.is_match(text),
            _ => true,
        }
    }

    fn takes_array(&self, array: RawDoc<'_>) -> bool {
        match self {
            Rule::Count(bounds) => bounds.contain(|| array.fields().count()),
            Rule::Unique => all_differ(array),
            Rule::Items(items) => items.take(array),
            _ => true,
        }
    }

    fn takes_document(&self, doc: RawDoc<'_>) -> bool {
        match self {
            Rule::Fields(bounds) => bounds.contain(|| doc.fields().count()),
            Rule::Required(names) => names.iter().all(|name| doc.get(name).is_some()),
            Rule::Properties(properties) => properties.take(doc),
            Rule::Dependency(dependency) => dependency.takes(doc),
            _ => true,
        }
    }
}

impl Bounds {
    fn contain(self, count: impl FnOnce() -> usize) -> bool {
        (self.min..=self.max).contains(&(count() as u64))
    }
}
