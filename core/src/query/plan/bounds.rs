//! What a filter says about `_id`, as keys of the `_id` tree.

use std::ops::Bound;

use crate::document::collation::Collation;
use crate::document::id::ID;
use crate::document::raw::tag;
use crate::expression::filter::Filter;
use crate::storage::KeyRange;

use super::said::{At, said};
use super::spans::{Spans, key_of};

/// Which entries of the `_id` tree have to be looked at.
///
/// No `_id` is an array or missing, so what the filter says holds for the `_id` itself.
#[derive(Debug, PartialEq)]
pub(super) enum Access {
    /// Any.
    All,
    /// These, ascending, each once; `decided` when being one of them is all that the filter asks.
    Keys { keys: Vec<Vec<u8>>, decided: bool },
    /// Those between.
    Range { range: KeyRange, decided: bool },
}

/// The key of the only `_id` that satisfies `filter`, where being it is all that is asked.
///
/// Most statements name one document. What [`access`] makes of such a filter is the same, at five times the price.
pub(super) fn one_id(filter: &Filter, collation: Option<&Collation>) -> Option<Vec<u8>> {
    let (path, value) = filter.lone_equality()?;
    // What may be looked for under another key, or stands for what is missing, is for others to say.
    let is_plain = !matches!(value.tag(), tag::ARRAY | tag::NULL | tag::UNDEFINED);
    (path.as_str() == ID && is_plain && value.fits(collation)).then(|| key_of(value.raw(), collation))
}

/// What `filter` says of `_id`s whose texts stand in the order of a collation, if there is one.
pub(super) fn access(filter: &Filter, collation: Option<&Collation>) -> Access {
    if let Some(key) = one_id(filter, collation) {
        return Access::Keys { keys: vec![key], decided: true };
    }
    let at = At { path: ID, arrays: false, collation };
    let (mut spans, mut decided) = (Spans::all(), true);
    for conjunct in filter.conjuncts() {
        let said = said(conjunct, at);
        decided &= said.exact;
        if !said.spans.is_all() {
            spans = spans.intersection(&said.spans);
        }
    }
    if spans.are_points() {
        let keys = spans.as_slice().iter().map(|span| span.from.clone()).collect();
        return Access::Keys { keys, decided };
    }
    decided &= spans.as_slice().len() == 1;
    match spans.hull() {
        hull if hull.is_all() => Access::All,
        hull => Access::Range { range: range_of(&hull), decided },
    }
}

fn range_of(hull: &Spans) -> KeyRange {
    let start = hull.as_slice().first().map_or(Bound::Unbounded, |span| Bound::Included(span.from.clone()));
    let end = hull.as_slice().last().and_then(|span| span.to.clone());
    KeyRange { start, end: end.map_or(Bound::Unbounded, Bound::Excluded) }
}
