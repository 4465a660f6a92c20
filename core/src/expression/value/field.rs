//! Field paths as expressions take them: by name only, and through every element of arrays on the way.

use super::item::Item;
use crate::document::builder::{ArrayWriter, RawValueBuf};
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};

/// The names of a path that is walked below a document or a variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldPath(Path);

impl FieldPath {
    pub(crate) const fn new(path: Path) -> Self {
        Self(path)
    }

    /// What stands at the path below `doc`.
    pub(super) fn below<'a>(&self, doc: RawDoc<'a>) -> Item<'a> {
        let value = doc.get(self.0.first());
        self.from(value, 1)
    }

    /// What stands at the path inside `value`; nothing in what is neither a document nor an array.
    pub(super) fn inside<'a>(&self, value: Option<RawValue<'a>>) -> Item<'a> {
        self.from(value, 0)
    }

    /// Follows the names from `level` on.
    fn from<'a>(&self, mut value: Option<RawValue<'a>>, level: usize) -> Item<'a> {
        for level in level..self.0.len() {
            let Some(found) = value else { return Item::Missing };
            match found.tag() {
                tag::DOCUMENT => value = self.step(found, level),
                tag::ARRAY => {
                    let mut bytes = Vec::new();
                    self.gather(found, level, &mut ArrayWriter::new(&mut bytes));
                    return Item::Owned(RawValueBuf::from_checked(tag::ARRAY, bytes));
                }
                _ => return Item::Missing,
            }
        }
        Item::of(value)
    }

    fn step<'a>(&self, found: RawValue<'a>, level: usize) -> Option<RawValue<'a>> {
        RawDoc::new(found.as_bytes()).get(self.0.name(level)?)
    }

    /// Appends what the names from `level` on lead to from each element: a document's value where there is one, an
    /// array's as an array of its own.
    fn gather(&self, array: RawValue<'_>, level: usize, out: &mut ArrayWriter<'_>) {
        for element in RawDoc::new(array.as_bytes()).fields() {
            match element.value.tag() {
                tag::DOCUMENT => self.gather_one(element.value, level, out),
                tag::ARRAY => self.gather(element.value, level, &mut out.array()),
                _ => {}
            }
        }
    }

    fn gather_one(&self, document: RawValue<'_>, level: usize, out: &mut ArrayWriter<'_>) {
        let mut value = self.step(document, level);
        for level in level + 1..self.0.len() {
            let Some(found) = value else { return };
            match found.tag() {
                tag::DOCUMENT => value = self.step(found, level),
                tag::ARRAY => return self.gather(found, level, &mut out.array()),
                _ => return,
            }
        }
        if let Some(value) = value {
            out.append(value);
        }
    }
}
