//! The paths at which a wildcard index may serve a statement.
//!
//! At one path a wildcard index is a sparse index over that path, and is laid out and weighed as one. What is asked of
//! several paths it serves by one of them, and the filter is asked for the others.

use std::borrow::Cow;

use crate::collection::OpenedIndex;
use crate::document::path::Path;
use crate::document::raw::{RawValue, tag};
use crate::expression::filter::{Element, Filter, Predicate, Test};

use super::spans::{Spans, key_of};

/// So many paths of a filter are tried.
const PATHS_MAX: usize = 16;

/// The index itself; or, when it is a wildcard index, what it is at each path that the filter speaks of.
pub(super) fn leaves<'i>(index: &'i OpenedIndex, filter: &Filter) -> Vec<Cow<'i, OpenedIndex>> {
    if index.entry.spec.wildcard.is_none() {
        return vec![Cow::Borrowed(index)];
    }
    let mut paths = Vec::new();
    spoken_of(filter.root(), "", &mut paths);
    let parsed = paths.iter().filter_map(|path| Path::parse(path).ok());
    parsed.filter_map(|path| index.at_path(&path)).map(Cow::Owned).collect()
}

/// Adds the paths that the predicate speaks of, each once, those inside elements too.
fn spoken_of(predicate: &Predicate, above: &str, paths: &mut Vec<String>) {
    match predicate {
        Predicate::And(children) | Predicate::Or(children) | Predicate::Nor(children) => {
            children.iter().for_each(|child| spoken_of(child, above, paths));
        }
        Predicate::Not(child) => spoken_of(child, above, paths),
        Predicate::Field(field) => {
            let path = format!("{above}{}", field.path());
            if let Test::Element(Element::Inner(inner)) = field.test() {
                return spoken_of(inner.root(), &format!("{path}."), paths);
            }
            if paths.len() < PATHS_MAX && !paths.contains(&path) {
                paths.push(path);
            }
        }
        Predicate::Whole(_) | Predicate::Expression(_) => {}
    }
}

/// What a wildcard index can say of values at one path: of documents that have fields it has only these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// All of these values are there.
    All,
    /// Some are found by what stands beneath them.
    ByFields,
    /// One document is meant, which has no key.
    Nothing,
}

/// What is there of `spans`.
pub(super) fn holds(spans: &Spans) -> Holds {
    let empty = Spans::points([key_of(RawValue::new(tag::DOCUMENT, &EMPTY), None)]);
    let with_fields = Spans::class(tag::DOCUMENT).intersection(&empty.complement()).intersection(spans);
    match with_fields.as_slice() {
        [] => Holds::All,
        some if some.iter().any(|span| span.point) => Holds::Nothing,
        _ => Holds::ByFields,
    }
}

/// A document without fields.
const EMPTY: [u8; 5] = [5, 0, 0, 0, 0];
