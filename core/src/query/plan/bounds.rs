//! What a filter says about `_id`, as keys of the `_id` tree.

use std::ops::Bound;

use crate::document::collation::Collation;
use crate::document::id::ID;
use crate::document::raw::RawValue;
use crate::expression::filter::Filter;
use crate::expression::range::{self, PathRange};
use crate::index::key::{encode_key_under, type_classes};
use crate::storage::KeyRange;

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
    Range(KeyRange),
}

/// What `filter` says of `_id`s whose texts stand in the order of a collation, if there is one.
pub(super) fn access(filter: &Filter, collation: Option<&Collation>) -> Access {
    let range = filter.range(ID);
    if !range.fits(collation) {
        return Access::All;
    }
    if let Some(points) = &range.points {
        let mut keys: Vec<_> = points.iter().map(|point| key(point.raw(), collation)).collect();
        keys.sort_unstable();
        keys.dedup();
        return Access::Keys { keys, decided: filter.conjuncts().len() == 1 };
    }
    if range.is_open() { Access::All } else { Access::Range(between(&range, collation)) }
}

/// The keys that `range` leaves; without a bound on one side, all of the other bound's type on that side.
fn between(range: &PathRange<'_>, collation: Option<&Collation>) -> KeyRange {
    let start = match (&range.lower, &range.upper) {
        (Some(lower), _) => end(lower, collation),
        (None, Some(upper)) => Bound::Included(vec![type_classes(upper.value.tag()).0]),
        (None, None) => Bound::Unbounded,
    };
    let end = match (&range.upper, &range.lower) {
        (Some(upper), _) => end(upper, collation),
        (None, Some(lower)) => Bound::Excluded(vec![type_classes(lower.value.tag()).1 + 1]),
        (None, None) => Bound::Unbounded,
    };
    KeyRange { start, end }
}

fn end(bound: &range::Bound<'_>, collation: Option<&Collation>) -> Bound<Vec<u8>> {
    let key = key(bound.value.raw(), collation);
    if bound.inclusive { Bound::Included(key) } else { Bound::Excluded(key) }
}

fn key(value: RawValue<'_>, collation: Option<&Collation>) -> Vec<u8> {
    let mut key = Vec::new();
    encode_key_under(value, collation, &mut key);
    key
}
