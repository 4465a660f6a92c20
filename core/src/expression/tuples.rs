//! What stands at several paths of one document, together: the values that an index or a sort takes from it.
//!
//! A document without arrays has one tuple.
//! With an array on the way of some paths it has one for each element, taken for all those paths from the same
//! element. Two paths that run through different arrays have none: there would be a tuple for each pair.

use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};

const UNDEFINED: RawValue<'static> = RawValue::new(tag::UNDEFINED, &[]);

/// Two paths that run through different arrays, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parallel(pub(crate) usize, pub(crate) usize);

/// How far one path has been followed.
#[derive(Debug, Clone, Copy)]
enum Walk<'a> {
    /// Here the value stands; nothing where a name is missing.
    Arrived(Option<RawValue<'a>>),
    /// An array; the names from `level` on are still to go.
    Array { array: RawDoc<'a>, level: usize, ambiguous: bool },
}

/// What was met on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Met {
    /// Which paths ran through an array or ended at one, a bit for each of the first 64.
    pub(crate) arrays: u64,
    /// A path on which a name spelled the position of an element and also named a field of elements.
    pub(crate) ambiguous: Option<usize>,
}

/// Tells `each` every tuple of values at `paths`: a value for each path, nothing where it is missing, and undefined for
/// what an empty array would have held.
pub(crate) fn tuples<'a>(
    paths: &[&Path],
    doc: RawDoc<'a>,
    each: &mut dyn FnMut(&[Option<RawValue<'a>>]),
) -> Result<Met, Parallel> {
    let walks: Vec<Walk<'a>> = paths.iter().map(|path| enter(doc, path, 0)).collect();
    let mut met = Met::default();
    expand(paths, &walks, &mut met, each)?;
    Ok(met)
}

/// The one value at `path` of a document that has no array on the way to it: the common case, without an allocation.
///
/// The outer option is empty when there is an array, the inner one when the value is missing.
#[inline]
pub(crate) fn only_value<'a>(path: &Path, doc: RawDoc<'a>) -> Option<Option<RawValue<'a>>> {
    match enter(doc, path, 0) {
        Walk::Arrived(value) => Some(value),
        Walk::Array { .. } => None,
    }
}

/// Follows `path` by its names from `level` on, up to its end or to an array.
fn enter<'a>(doc: RawDoc<'a>, path: &Path, level: usize) -> Walk<'a> {
    let found = path.name(level).and_then(|name| doc.get(name));
    found.map_or(Walk::Arrived(None), |value| follow(value, path, level + 1))
}

fn follow<'a>(value: RawValue<'a>, path: &Path, level: usize) -> Walk<'a> {
    let inner = RawDoc::new(value.as_bytes());
    match (value.tag(), path.position(level)) {
        (tag::ARRAY, Some(position)) => by_position(inner, position, path, level),
        (tag::ARRAY, None) => Walk::Array { array: inner, level, ambiguous: false },
        _ if level == path.len() => Walk::Arrived(Some(value)),
        (tag::DOCUMENT, _) => enter(inner, path, level),
        _ => Walk::Arrived(None),
    }
}

/// A name that spells a position takes that element, unless the elements are documents that have a field of this name.
fn by_position<'a>(array: RawDoc<'a>, position: usize, path: &Path, level: usize) -> Walk<'a> {
    let name = path.name(level).unwrap_or_default();
    let named = |value: RawValue<'_>| value.as_document().is_some_and(|inner| inner.get(name).is_some());
    let element = array.fields().nth(position);
    if array.fields().any(|element| named(element.value)) {
        return Walk::Array { array, level, ambiguous: element.is_some() };
    }
    element.map_or(Walk::Arrived(None), |element| follow(element.value, path, level + 1))
}

fn expand<'a>(
    paths: &[&Path],
    walks: &[Walk<'a>],
    met: &mut Met,
    each: &mut dyn FnMut(&[Option<RawValue<'a>>]),
) -> Result<(), Parallel> {
    let mut arrays = walks.iter().enumerate().filter_map(|(at, walk)| match walk {
        Walk::Array { array, ambiguous, .. } => {
            met.arrays |= bit(at);
            met.ambiguous = met.ambiguous.or(ambiguous.then_some(at));
            Some((at, *array))
        }
        Walk::Arrived(_) => None,
    });
    let Some((first, array)) = arrays.next() else {
        let values: Vec<_> = walks.iter().map(Walk::value).collect();
        each(&values);
        return Ok(());
    };
    for (at, other) in arrays {
        if !std::ptr::eq(other.as_bytes(), array.as_bytes()) {
            return Err(Parallel(first, at));
        }
    }
    if array.is_empty() {
        return expand(paths, &step(paths, walks, None), met, each);
    }
    array.fields().try_for_each(|element| expand(paths, &step(paths, walks, Some(element.value)), met, each))
}

/// The walks, those at the array taken on into `element`; without one the array is empty.
fn step<'a>(paths: &[&Path], walks: &[Walk<'a>], element: Option<RawValue<'a>>) -> Vec<Walk<'a>> {
    let inside = |level: usize, path: &Path| match element {
        _ if level == path.len() => Walk::Arrived(Some(element.unwrap_or(UNDEFINED))),
        Some(value) if value.tag() == tag::DOCUMENT => enter(RawDoc::new(value.as_bytes()), path, level),
        _ => Walk::Arrived(None),
    };
    walks
        .iter()
        .zip(paths)
        .map(|(walk, path)| match walk {
            Walk::Array { level, .. } => inside(*level, path),
            arrived @ Walk::Arrived(_) => *arrived,
        })
        .collect()
}

impl<'a> Walk<'a> {
    fn value(&self) -> Option<RawValue<'a>> {
        match self {
            Walk::Arrived(value) => *value,
            Walk::Array { .. } => None,
        }
    }
}

const fn bit(at: usize) -> u64 {
    if at < 64 { 1 << at } else { 0 }
}
