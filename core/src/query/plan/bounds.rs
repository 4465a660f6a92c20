//! What a filter says about `_id`, as keys of the `_id` tree.

use std::ops::Bound;

use crate::collection::id_key;
use crate::document::id::ID;
use crate::document::raw::RawValue;
use crate::error::Result;
use crate::expression::filter::Filter;
use crate::expression::range::PathRange;
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

pub(super) fn access(filter: &Filter) -> Result<Access> {
    let range = filter.range(ID);
    if let Some(points) = &range.points {
        let mut keys = points.iter().map(|point| key(point.raw())).collect::<Result<Vec<_>>>()?;
        keys.sort_unstable();
        keys.dedup();
        return Ok(Access::Keys { keys, decided: filter.conjuncts().len() == 1 });
    }
    if range.is_open() { Ok(Access::All) } else { Ok(Access::Range(between(&range)?)) }
}

/// A bound binds its own class of types, which is the first byte of a key.
fn between(range: &PathRange<'_>) -> Result<KeyRange> {
    let end = |bound: &crate::expression::range::Bound<'_>| -> Result<(Vec<u8>, Bound<Vec<u8>>)> {
        let key = key(bound.value.raw())?;
        let end = if bound.inclusive { Bound::Included(key.clone()) } else { Bound::Excluded(key.clone()) };
        Ok((key, end))
    };
    let lower = range.lower.as_ref().map(end).transpose()?;
    let upper = range.upper.as_ref().map(end).transpose()?;
    let class = |key: &[u8]| KeyRange::prefix(&key[..1]);
    Ok(match (lower, upper) {
        (Some((_, start)), Some((_, end))) => KeyRange { start, end },
        (Some((key, start)), None) => KeyRange { start, end: class(&key).end },
        (None, Some((key, end))) => KeyRange { start: class(&key).start, end },
        (None, None) => KeyRange::all(),
    })
}

fn key(value: RawValue<'_>) -> Result<Vec<u8>> {
    let mut key = Vec::new();
    id_key::encode(value, &mut key)?;
    Ok(key)
}
