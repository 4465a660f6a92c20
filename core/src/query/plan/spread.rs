//! What the spread of an index's keys says of a walk over it, where the sizes of ranges say nothing.

use std::ops::RangeBounds;

use crate::collection::OpenedIndex;
use crate::error::Result;
use crate::expression::sort::SortField;
use crate::storage::{Direction, KeyRange};

use super::cost::Sizes;
use super::index_bounds::IndexBounds;
use super::key_check::{KeyCheck, Verdict};

/// Which share of the keys is left by a check that the ranges do not make, when nothing is known of them.
const SHARE_CHECKED: f64 = 0.3;
/// Of so few entries nobody asks how they are spread.
const ENTRIES_FEW: f64 = 1000.0;
/// So few known keys say nothing.
const KEYS_FEW: usize = 8;
/// Among so many ranges keys are looked for.
const RANGES_MAX: usize = 256;

/// Which share of the keys in the bounds counts.
pub(super) fn share_checked(
    index: &OpenedIndex,
    bounds: &IndexBounds,
    entries: f64,
    sizes: &Sizes<'_>,
) -> Result<f64> {
    let Some(check) = KeyCheck::new(&index.entry.spec, bounds) else { return Ok(1.0) };
    if entries < ENTRIES_FEW || bounds.ranges.len() > RANGES_MAX {
        return Ok(SHARE_CHECKED);
    }
    let known = index.histogram(sizes.txn)?;
    let keys = known.stretches.iter().filter_map(|stretch| stretch.key.as_deref());
    let within: Vec<&[u8]> = keys.filter(|key| is_in(&bounds.ranges, key)).collect();
    if within.len() < KEYS_FEW {
        return Ok(SHARE_CHECKED);
    }
    let counts = |key: &&&[u8]| check.verdict(key, Direction::Forward) == Verdict::Counts;
    let counting = within.iter().filter(counts).count();
    // What no known key satisfies some other may.
    Ok((counting as f64 + 0.5) / (within.len() as f64 + 1.0))
}

/// How many entries have a key in common, when the order by the first `ordered` fields of a sort leaves nothing open but
/// the order of these.
pub(super) fn group_of(
    index: &OpenedIndex,
    bounds: &IndexBounds,
    (sort, ordered): (&[SortField], usize),
    entries: f64,
    sizes: &Sizes<'_>,
) -> Result<Option<f64>> {
    let (spec, sorted) = (&index.entry.spec, &sort[..ordered]);
    if ordered == 0 || ordered == sort.len() || entries < ENTRIES_FEW {
        return Ok(None);
    }
    let is_bound = |place: usize| bounds.fixed >> place & 1 == 1;
    let mut fields = spec.fields.iter().enumerate();
    let is_whole =
        fields.all(|(place, field)| is_bound(place) || sorted.iter().any(|by| by.path == field.path));
    if !is_whole || spec.leaf.is_some() || spec.unique {
        return Ok(None);
    }
    let known = index.histogram(sizes.txn)?;
    Ok(Some(known.entries as f64 / known.distinct().max(1.0)))
}

fn is_in(ranges: &[KeyRange], key: &[u8]) -> bool {
    ranges.iter().any(|KeyRange { start, end }| {
        let (start, end) = (start.as_ref().map(Vec::as_slice), end.as_ref().map(Vec::as_slice));
        (start, end).contains(key)
    })
}
