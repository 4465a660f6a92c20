//! What the fields of a document must be, and which need which others.

use super::{Rest, Schema};
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::expression::pattern::Pattern;

/// `properties`, `patternProperties` and `additionalProperties` together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Properties {
    pub(crate) named: Vec<(Box<str>, Schema)>,
    /// A field whose name has a match must be so.
    pub(crate) patterns: Vec<(Pattern, Schema)>,
    /// The fields that are neither named nor match.
    pub(crate) others: Rest,
}

/// What must be when a field is there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dependency {
    pub(crate) field: Box<str>,
    pub(crate) needs: Needed,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Needed {
    Fields(Vec<Box<str>>),
    /// The document as a whole is so.
    Schema(Box<Schema>),
}

impl Properties {
    pub(super) fn take(&self, doc: RawDoc<'_>) -> bool {
        if self.patterns.is_empty() && self.others == Rest::Allowed {
            return self
                .named
                .iter()
                .all(|(name, schema)| doc.get(name).is_none_or(|value| schema.takes(value)));
        }
        doc.iter().all(|(name, value)| self.takes_field(name, value))
    }

    fn takes_field(&self, name: &str, value: RawValue<'_>) -> bool {
        let named = self.named.iter().find(|(known, _)| **known == *name);
        let mut known = named.is_some();
        if named.is_some_and(|(_, schema)| !schema.takes(value)) {
            return false;
        }
        for (pattern, schema) in &self.patterns {
            if pattern.is_match(name) {
                known = true;
                if !schema.takes(value) {
                    return false;
                }
            }
        }
        match &self.others {
            _ if known => true,
            Rest::Allowed => true,
            Rest::Refused => false,
            Rest::As(schema) => schema.takes(value),
        }
    }
}

impl Dependency {
    pub(super) fn takes(&self, doc: RawDoc<'_>) -> bool {
        if doc.get(&self.field).is_none() {
            return true;
        }
        match &self.needs {
            Needed::Fields(names) => names.iter().all(|name| doc.get(name).is_some()),
            Needed::Schema(schema) => schema.takes(RawValue::new(tag::DOCUMENT, doc.as_bytes())),
        }
    }
}
