//! The values that a test of a path looked at.

use std::collections::BTreeSet;

use crate::document::builder::DocWriter;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::expression::show::type_name;

/// So many values are told of.
const VALUES_MAX: usize = 10;

#[derive(Debug, Default)]
pub(super) struct Considered<'a> {
    values: Vec<RawValue<'a>>,
    /// Whether the path leads to something, be it an empty array.
    pub(super) exists: bool,
}

impl<'a> Considered<'a> {
    /// What stands at the path: of an array its elements, or, `whole`, the array itself.
    pub(super) fn at(doc: RawDoc<'a>, path: &Path, whole: bool) -> Self {
        let mut considered = Self::default();
        considered.enter(doc, path, 0, whole);
        considered
    }

    fn enter(&mut self, doc: RawDoc<'a>, path: &Path, level: usize, whole: bool) {
        let Some(value) = path.name(level).and_then(|name| doc.get(name)) else { return };
        self.take(value, path, level + 1, whole);
    }

    fn take(&mut self, value: RawValue<'a>, path: &Path, level: usize, whole: bool) {
        if self.values.len() > VALUES_MAX {
            return;
        }
        let inner = RawDoc::new(value.as_bytes());
        match (value.tag(), level == path.len()) {
            (tag::ARRAY, true) if !whole => {
                self.exists = true;
                let room = VALUES_MAX + 1 - self.values.len();
                self.values.extend(inner.fields().take(room).map(|element| element.value));
            }
            (_, true) => {
                self.exists = true;
                self.values.push(value);
            }
            (tag::DOCUMENT, false) => self.enter(inner, path, level, whole),
            (tag::ARRAY, false) => {
                for (at, element) in inner.fields().enumerate() {
                    if element.value.tag() == tag::DOCUMENT {
                        self.enter(RawDoc::new(element.value.as_bytes()), path, level, whole);
                    }
                    if path.position(level) == Some(at) {
                        self.take(element.value, path, level + 1, whole);
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn has_type_of(&self, kinds: &[u8]) -> bool {
        self.values.iter().any(|value| kinds.contains(&value.tag()))
    }

    pub(super) fn put_values(&self, out: &mut DocWriter<'_>) {
        match &self.values[..] {
            [only] => out.append("consideredValue", *only),
            values => {
                let mut list = out.array("consideredValues");
                values.iter().take(VALUES_MAX).for_each(|value| list.append(*value));
            }
        }
        if self.values.len() > VALUES_MAX {
            out.put("consideredValuesTruncated", Value::Boolean(true));
        }
    }

    pub(super) fn put_types(&self, out: &mut DocWriter<'_>) {
        let names: BTreeSet<&str> =
            self.values.iter().take(VALUES_MAX).map(|value| type_name(value.tag())).collect();
        match names.len() {
            0 => {}
            1 => names.iter().for_each(|name| out.put("consideredType", Value::String(name))),
            _ => {
                let mut list = out.array("consideredTypes");
                names.iter().for_each(|name| list.put(Value::String(name)));
            }
        }
    }
}
