//! Parts of arrays that a projection hands out: elements by their places, or the element that a filter found.

use super::filter::Filter;
use super::projection::put_element_name;
use super::value::fault::at;
use crate::document::builder::{begin, end};
use crate::document::raw::{RawDoc, RawField, RawValue, tag};
use crate::error::Result;

/// What remains of the array at a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ArrayPart {
    path: Box<[Box<str>]>,
    kept: Kept,
}

#[derive(Debug, Clone, PartialEq)]
enum Kept {
    Slice(Slice),
    /// The element through which a document satisfies the filter.
    Found(Box<Filter>),
}

/// Elements by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    /// How many are left out; counted from the end when below zero.
    skip: i64,
    limit: usize,
}

impl Slice {
    /// The first so many, or the last ones when below zero.
    pub(crate) fn of(count: i32) -> Self {
        let limit = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        Self { skip: i64::from(count.min(0)), limit }
    }

    /// So many behind those that are left out.
    pub(crate) fn behind(skip: i32, limit: i32) -> Self {
        Self { skip: skip.into(), limit: usize::try_from(limit).unwrap_or(0) }
    }

    /// How many are left out of so many.
    fn start(self, len: usize) -> usize {
        let far = usize::try_from(self.skip.unsigned_abs()).unwrap_or(usize::MAX);
        if self.skip < 0 { len.saturating_sub(far) } else { far }
    }
}

impl ArrayPart {
    pub(crate) fn slice(path: &[&str], slice: Slice) -> Self {
        Self::new(path, Kept::Slice(slice))
    }

    /// The element through which a document satisfies `filter`, in which nothing computes.
    pub(crate) fn found(path: &[&str], filter: Filter) -> Self {
        Self::new(path, Kept::Found(Box::new(filter)))
    }

    fn new(path: &[&str], kept: Kept) -> Self {
        Self { path: path.iter().map(|name| (*name).into()).collect(), kept }
    }

    pub(crate) fn path(&self) -> impl Iterator<Item = &str> {
        self.path.iter().map(|name| &**name)
    }

    /// Whether the part is known only together with the filter that found the document.
    pub(crate) fn asks_for_position(&self) -> bool {
        matches!(self.kept, Kept::Found(_))
    }

    /// Appends what remains of `chosen`, which is all of `doc` that is handed out, to `out`.
    ///
    /// # Errors
    /// `Invalid`: the filter tells no element (51246), or one that is not there (51247).
    pub(super) fn apply_into(&self, chosen: RawDoc<'_>, doc: RawDoc<'_>, out: &mut Vec<u8>) -> Result<()> {
        match &self.kept {
            Kept::Slice(slice) => {
                put_sliced(chosen, &self.path, *slice, out);
                Ok(())
            }
            Kept::Found(filter) => self.put_found(chosen, filter.position(doc), out),
        }
    }

    /// Puts the element at `position` in place of the first array on the way, if there is one.
    fn put_found(&self, chosen: RawDoc<'_>, position: Option<usize>, out: &mut Vec<u8>) -> Result<()> {
        let Some((array, level)) = first_array(chosen, &self.path) else {
            out.extend_from_slice(chosen.as_bytes());
            return Ok(());
        };
        let place = self.path.join(".");
        let Some(position) = position else {
            let what = "the positional operator '.$' could not find a matching element in the array";
            return Err(at(51246, format!("{what}, at \"{place}\"")));
        };
        let Some(element) = array.fields().nth(position) else {
            let what =
                format!("the array has no element {position}, which the positional operator '.$' found");
            return Err(at(51247, format!("{what}, at \"{place}\"")));
        };
        put_alone(chosen, &self.path[..level], element.value, out);
        Ok(())
    }
}

/// The first array on the way, and how many names lead to it.
fn first_array<'a>(doc: RawDoc<'a>, path: &[Box<str>]) -> Option<(RawDoc<'a>, usize)> {
    let mut doc = doc;
    for (level, name) in path.iter().enumerate() {
        let value = doc.get(name)?;
        if let Some(array) = value.as_array() {
            return Some((array, level + 1));
        }
        doc = value.as_document()?;
    }
    None
}

/// Puts `doc` with `element` alone in the array that the names lead to.
fn put_alone(doc: RawDoc<'_>, names: &[Box<str>], element: RawValue<'_>, out: &mut Vec<u8>) {
    put_changed(doc, names, out, |value, below, out| match value.as_document() {
        Some(inner) if !below.is_empty() => put_alone(inner, below, element, out),
        _ => {
            let start = begin(out);
            put_element_name(out, element.tag(), 0);
            out.extend_from_slice(element.as_bytes());
            end(out, start);
        }
    });
}

/// Puts `doc` with the slices of the arrays that the names lead to, also in the documents of arrays on the way.
fn put_sliced(doc: RawDoc<'_>, names: &[Box<str>], slice: Slice, out: &mut Vec<u8>) {
    put_changed(doc, names, out, |value, below, out| {
        let inner = RawDoc::new(value.as_bytes());
        match (value.tag(), below.is_empty()) {
            (tag::ARRAY, true) => put_slice(inner, slice, out),
            (tag::ARRAY, false) => {
                let start = begin(out);
                for (position, element) in inner.fields().enumerate() {
                    put_element_name(out, element.value.tag(), position);
                    match element.value.as_document() {
                        Some(element) => put_sliced(element, below, slice, out),
                        None => out.extend_from_slice(element.value.as_bytes()),
                    }
                }
                end(out, start);
            }
            (tag::DOCUMENT, false) => put_sliced(inner, below, slice, out),
            _ => out.extend_from_slice(value.as_bytes()),
        }
    });
}

fn put_slice(array: RawDoc<'_>, slice: Slice, out: &mut Vec<u8>) {
    let from = slice.start(array.fields().count());
    let start = begin(out);
    for (position, element) in array.fields().skip(from).take(slice.limit).enumerate() {
        put_element_name(out, element.value.tag(), position);
        out.extend_from_slice(element.value.as_bytes());
    }
    end(out, start);
}

/// Puts `doc`, with what `change` puts for the value of the field that the first name means and the names below it.
fn put_changed(
    doc: RawDoc<'_>,
    names: &[Box<str>],
    out: &mut Vec<u8>,
    mut change: impl FnMut(RawValue<'_>, &[Box<str>], &mut Vec<u8>),
) {
    let Some((name, below)) = names.split_first() else {
        out.extend_from_slice(doc.as_bytes());
        return;
    };
    let start = begin(out);
    let copy = |field: &RawField<'_>, out: &mut Vec<u8>| {
        out.extend_from_slice(&doc.as_bytes()[field.start..field.end]);
    };
    let mut met = false;
    for field in doc.fields() {
        if met || field.name != name.as_bytes() {
            copy(&field, out);
            continue;
        }
        met = true;
        out.push(field.value.tag());
        out.extend_from_slice(field.name);
        out.push(0);
        change(field.value, below, out);
    }
    end(out, start);
}
