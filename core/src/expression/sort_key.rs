//! From a document to what it is sorted by.
//!
//! A document without arrays has one key.
//! With an array on the way of some fields it has one for each element, taken for all those fields from the same
//! element; the key that comes first in the sort is the document's.

use super::operand::Operand;
use super::sort::{SortKey, SortSpec};
use crate::document::compare::compare;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::{Error, Result, code};

const NULL: RawValue<'static> = RawValue::new(tag::NULL, &[]);
const UNDEFINED: RawValue<'static> = RawValue::new(tag::UNDEFINED, &[]);

/// How far one field has been followed.
#[derive(Debug, Clone, Copy)]
enum Walk<'a> {
    /// Here the field's value stands.
    Arrived(RawValue<'a>),
    /// An array; the names from `level` on are still to go.
    Array { array: RawDoc<'a>, level: usize },
}

pub(super) fn extract(spec: &SortSpec, doc: RawDoc<'_>) -> Result<SortKey> {
    let walks: Vec<Walk<'_>> = spec.fields().iter().map(|field| enter(doc, &field.path, 0)).collect();
    let mut best = None;
    expand(spec, walks, &mut best)?;
    let values = best.unwrap_or_default();
    Ok(SortKey(values.into_iter().map(Operand::new).collect()))
}

/// Follows `path` by its names from `level` on, up to its end or to an array.
fn enter<'a>(doc: RawDoc<'a>, path: &Path, level: usize) -> Walk<'a> {
    let found = path.name(level).and_then(|name| doc.get(name));
    found.map_or(Walk::Arrived(NULL), |value| follow(value, path, level + 1))
}

fn follow<'a>(value: RawValue<'a>, path: &Path, level: usize) -> Walk<'a> {
    let inner = RawDoc::new(value.as_bytes());
    match (value.tag(), path.position(level)) {
        (tag::ARRAY, Some(position)) => by_position(inner, position, path, level),
        (tag::ARRAY, None) => Walk::Array { array: inner, level },
        _ if level == path.len() => Walk::Arrived(value),
        (tag::DOCUMENT, _) => enter(inner, path, level),
        _ => Walk::Arrived(NULL),
    }
}

/// A name that spells a position takes that element, unless the elements are documents that have a field of this name.
fn by_position<'a>(array: RawDoc<'a>, position: usize, path: &Path, level: usize) -> Walk<'a> {
    let name = path.name(level).unwrap_or_default();
    let named = |value: RawValue<'_>| value.as_document().is_some_and(|inner| inner.get(name).is_some());
    if array.fields().any(|element| named(element.value)) {
        return Walk::Array { array, level };
    }
    let element = array.fields().nth(position);
    element.map_or(Walk::Arrived(NULL), |element| follow(element.value, path, level + 1))
}

/// Makes every key that `walks` lead to and leaves the one that comes first in `best`.
fn expand<'a>(spec: &SortSpec, walks: Vec<Walk<'a>>, best: &mut Option<Vec<RawValue<'a>>>) -> Result<()> {
    let mut arrays = walks.iter().zip(spec.fields()).filter_map(|(walk, field)| match walk {
        Walk::Array { array, .. } => Some((*array, field)),
        Walk::Arrived(_) => None,
    });
    let Some((array, first)) = arrays.next() else {
        keep_first(spec, walks, best);
        return Ok(());
    };
    if let Some((_, other)) = arrays.find(|(other, _)| !std::ptr::eq(other.as_bytes(), array.as_bytes())) {
        let (one, two) = (&first.path, &other.path);
        return Err(Error::invalid(
            code::BAD_VALUE,
            format!(
                "cannot sort with keys that are parallel arrays: \"{one}\" and \"{two}\" run through different ones"
            ),
        ));
    }
    if array.is_empty() {
        return expand(spec, step(spec, &walks, None), best);
    }
    array.fields().try_for_each(|element| expand(spec, step(spec, &walks, Some(element.value)), best))
}

/// The walks, those at the array taken on into `element`; without one the array is empty.
fn step<'a>(spec: &SortSpec, walks: &[Walk<'a>], element: Option<RawValue<'a>>) -> Vec<Walk<'a>> {
    let inside = |level: usize, path: &Path| match element {
        _ if level == path.len() => Walk::Arrived(element.unwrap_or(UNDEFINED)),
        Some(value) if value.tag() == tag::DOCUMENT => enter(RawDoc::new(value.as_bytes()), path, level),
        _ => Walk::Arrived(NULL),
    };
    let fields = walks.iter().zip(spec.fields());
    fields
        .map(|(walk, field)| match walk {
            Walk::Array { level, .. } => inside(*level, &field.path),
            arrived => *arrived,
        })
        .collect()
}

fn keep_first<'a>(spec: &SortSpec, walks: Vec<Walk<'a>>, best: &mut Option<Vec<RawValue<'a>>>) {
    let key: Vec<_> = walks
        .into_iter()
        .map(|walk| match walk {
            Walk::Arrived(value) => value,
            Walk::Array { .. } => NULL,
        })
        .collect();
    let earlier = |known: &Vec<RawValue<'a>>| {
        let pairs = key.iter().zip(known).zip(spec.fields());
        pairs
            .map(|((a, b), field)| field.direction.of(compare(*a, *b)))
            .find(|order| order.is_ne())
            .is_some_and(std::cmp::Ordering::is_lt)
    };
    if best.as_ref().is_none_or(earlier) {
        *best = Some(key);
    }
}
