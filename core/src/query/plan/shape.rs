//! Documents put together from the entries of an index.

use crate::document::builder::{begin, end, put_name};
use crate::document::path::Path;
use crate::document::raw::tag;
use crate::index::decode::{EntryValues, Told};
use crate::index::{FieldOrder, IndexSpec};

use super::said::spells_position;

/// The fields of a document that an index tells, to be written in the order in which the document has them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape(Vec<(Box<str>, Part)>);

#[derive(Debug, Clone, PartialEq)]
enum Part {
    /// The field of the index at this place.
    Field(usize),
    Inner(Shape),
}

impl Shape {
    /// The documents that hold what is wanted at `paths`, if the index has all of that.
    ///
    /// It must have no arrays: an entry is then one document.
    pub(super) fn of<'p>(spec: &IndexSpec, paths: impl IntoIterator<Item = &'p str>) -> Option<Self> {
        let mut places = Vec::new();
        for path in paths {
            let field = spec.fields.iter().position(|field| field.path.as_str() == path)?;
            if spec.hashed == Some(field) {
                return None;
            }
            places.push(field);
        }
        places.sort_unstable();
        places.dedup();
        let mut shape = Self(Vec::new());
        for place in places {
            let path = &spec.fields[place].path;
            if spells_position(path) || !shape.add(path, 0, place) {
                return None;
            }
        }
        Some(shape)
    }

    fn add(&mut self, path: &Path, level: usize, place: usize) -> bool {
        let Some(name) = path.name(level) else { return false };
        let at = self.0.iter().position(|(known, _)| **known == *name);
        let is_last = level + 1 == path.len();
        match at.map(|at| &mut self.0[at].1) {
            None if is_last => self.0.push((name.into(), Part::Field(place))),
            None => {
                let mut inner = Self(Vec::new());
                inner.add(path, level + 1, place);
                self.0.push((name.into(), Part::Inner(inner)));
            }
            Some(Part::Inner(inner)) if !is_last => return inner.add(path, level + 1, place),
            Some(_) => return false,
        }
        true
    }

    /// Appends the document; says whether the entry tells all of it. If not, what was appended means nothing.
    ///
    /// Of a field inside another one that is missing, an entry does not tell whether that other one is there.
    pub(crate) fn write(&self, values: &EntryValues, out: &mut Vec<u8>) -> bool {
        self.write_at(values, true, out)
    }

    fn write_at(&self, values: &EntryValues, is_top: bool, out: &mut Vec<u8>) -> bool {
        let Some(order) = self.order(values) else { return false };
        let start = begin(out);
        for (name, part) in order.iter().map(|at| &self.0[*at]) {
            match part {
                Part::Field(place) => match values.get(*place) {
                    Told::Value(value) => {
                        put_name(out, value.tag(), name);
                        out.extend_from_slice(value.as_bytes());
                    }
                    Told::Missing if is_top => {}
                    Told::Missing | Told::Nothing => return false,
                },
                Part::Inner(inner) => {
                    put_name(out, tag::DOCUMENT, name);
                    if !inner.write_at(values, false, out) {
                        return false;
                    }
                }
            }
        }
        end(out, start);
        true
    }

    /// In which order the fields are written; nothing when the entry does not tell it.
    fn order(&self, values: &EntryValues) -> Option<Vec<usize>> {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        if order.len() > 1 {
            let known = values.order()?;
            order.sort_unstable_by_key(|at| self.0[*at].1.rank(known));
        }
        Some(order)
    }
}

impl Part {
    /// Where it stands among the fields of the document: where its first field does.
    fn rank(&self, order: &FieldOrder) -> u8 {
        match self {
            Part::Field(place) => order.rank(*place),
            Part::Inner(inner) => inner.0.iter().map(|(_, part)| part.rank(order)).min().unwrap_or(u8::MAX),
        }
    }
}
