//! What a filter says about the key of an index, as ranges of its tree.
//!
//! The ranges hold the entries of every document that satisfies the filter, and mostly of others too: the filter is
//! asked again for each document.

use std::ops::Bound;

use crate::document::collation::Collation;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::expression::filter::Filter;
use crate::expression::operand::Operand;
use crate::expression::range::{self, PathRange};
use crate::expression::sort::{Direction, SortSpec};
use crate::index::IndexSpec;
use crate::index::key::{encode_key_under, encode_value, invert, prefix_end, type_classes};
use crate::storage::KeyRange;

/// A key of so many values at most is tried with every combination of what the filter lists for its fields.
const PREFIXES_MAX: usize = 10_000;

/// Where a range begins and ends, behind what all its keys begin with.
type Ends = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// Where in an index to look.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IndexBounds {
    /// Ascending, none touching another.
    pub(super) ranges: Vec<KeyRange>,
    /// How many fields of the key, from the first on, are bound to single values.
    pub(super) points: usize,
    /// Which of those fields are bound to one value each, a bit for each.
    pub(super) fixed: u64,
    /// Whether the field behind them is bound to a range.
    pub(super) ranged: bool,
}

impl IndexBounds {
    /// How many fields of the key narrow the search.
    pub(super) fn narrowing(&self) -> usize {
        self.points + usize::from(self.ranged)
    }
}

/// What `filter` says about the key of `spec`, of whose fields those in `arrays` may run through arrays.
pub(super) fn index_bounds(filter: &Filter, spec: &IndexSpec, arrays: u64) -> IndexBounds {
    let mut bounds = IndexBounds { ranges: Vec::new(), points: 0, fixed: 0, ranged: false };
    let mut prefixes = vec![Vec::new()];
    for (at, field) in spec.fields.iter().enumerate() {
        let range = filter.range(field.path.as_str());
        let collation = spec.collation.as_ref();
        if !range.fits(collation) {
            break;
        }
        let is_array = arrays >> at & 1 == 1;
        if is_array && shares_array(spec, at, arrays) {
            break;
        }
        if let Some(points) = &range.points {
            let keys = point_keys(points, field.direction, collation);
            if prefixes.len() * keys.len().max(1) <= PREFIXES_MAX {
                prefixes = combine(&prefixes, &keys);
                bounds.fixed |= u64::from(keys.len() == 1) << at;
                bounds.points += 1;
                continue;
            }
        } else if let Some((start, end)) = between(&range, field.direction, collation, is_array) {
            bounds.ranges = prefixes.iter().map(|prefix| inside(prefix, &start, &end)).collect();
            bounds.ranged = true;
        }
        break;
    }
    if !bounds.ranged {
        bounds.ranges = prefixes.iter().map(|prefix| starting_with(prefix)).collect();
    }
    bounds
}

/// Whether a field before this one may run through the same array: one element need not satisfy what is said of both.
fn shares_array(spec: &IndexSpec, at: usize, arrays: u64) -> bool {
    let first = spec.fields[at].path.first();
    let before = spec.fields[..at].iter().enumerate();
    before.into_iter().any(|(other, field)| arrays >> other & 1 == 1 && field.path.first() == first)
}

/// The keys under which documents stand that hold one of `points`: ascending, each once.
///
/// An array as a whole is looked for under its first element, since an index holds the elements; and under its own key,
/// since it may be an element itself.
fn point_keys(points: &[&Operand], direction: Direction, collation: Option<&Collation>) -> Vec<Vec<u8>> {
    let mut keys = Vec::with_capacity(points.len());
    for point in points {
        let value = point.raw();
        keys.push(key(value, direction, collation));
        if value.tag() == tag::ARRAY {
            let first = RawDoc::new(value.as_bytes()).fields().next().map(|field| field.value);
            keys.push(first.map_or_else(
                || key_of(Value::Undefined, direction),
                |first| key(first, direction, collation),
            ));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Every prefix with every key behind it.
fn combine(prefixes: &[Vec<u8>], keys: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let pairs = prefixes.iter().flat_map(|prefix| keys.iter().map(move |key| [&prefix[..], key].concat()));
    pairs.collect()
}

/// The ends of the keys that `range` leaves, in the order of the tree.
///
/// On one side without a bound, all values of the other bound's type. Where arrays are, one element may satisfy one
/// bound and another element the other, so only one of the two binds.
fn between(
    range: &PathRange<'_>,
    direction: Direction,
    collation: Option<&Collation>,
    is_array: bool,
) -> Option<Ends> {
    let usable =
        |bound: &Option<range::Bound<'_>>| bound.filter(|bound| bound.value.tag() != tag::ARRAY).is_some();
    let (mut lower, mut upper) = (range.lower, range.upper);
    if lower.is_some() && !usable(&lower) || upper.is_some() && !usable(&upper) {
        return None;
    }
    if is_array && lower.is_some() {
        upper = None;
    }
    let kind = lower.or(upper)?.value.tag();
    let (low_class, high_class) = type_classes(kind);
    if let (Some(low), Some(high)) = (lower, upper)
        && type_classes(high.value.tag()) != type_classes(low.value.tag())
    {
        upper = None;
        lower = Some(low);
    }
    let low = side(lower, low_class, direction, collation);
    let high = side(upper, high_class, direction, collation);
    Some(match direction {
        Direction::Ascending => (begin(low), finish(high)),
        Direction::Descending => (begin(high), finish(low)),
    })
}

/// A side of a range: the bytes that all keys at it begin with, and whether those keys are in the range.
fn side(
    bound: Option<range::Bound<'_>>,
    class: u8,
    direction: Direction,
    collation: Option<&Collation>,
) -> (Vec<u8>, bool) {
    match bound {
        Some(bound) => (key(bound.value.raw(), direction, collation), bound.inclusive),
        None => {
            let mut class = [class];
            if direction == Direction::Descending {
                invert(&mut class);
            }
            (class.to_vec(), true)
        }
    }
}

fn begin((bytes, inclusive): (Vec<u8>, bool)) -> Bound<Vec<u8>> {
    if inclusive {
        Bound::Included(bytes)
    } else {
        prefix_end(&bytes).map_or(Bound::Unbounded, Bound::Included)
    }
}

fn finish((bytes, inclusive): (Vec<u8>, bool)) -> Bound<Vec<u8>> {
    if inclusive {
        prefix_end(&bytes).map_or(Bound::Unbounded, Bound::Excluded)
    } else {
        Bound::Excluded(bytes)
    }
}

/// The range between two ends, behind a prefix.
fn inside(prefix: &[u8], start: &Bound<Vec<u8>>, end: &Bound<Vec<u8>>) -> KeyRange {
    let with = |bytes: &Vec<u8>| [prefix, bytes].concat();
    let whole = starting_with(prefix);
    KeyRange {
        start: match start {
            Bound::Included(bytes) => Bound::Included(with(bytes)),
            Bound::Excluded(bytes) => Bound::Excluded(with(bytes)),
            Bound::Unbounded => whole.start,
        },
        end: match end {
            Bound::Included(bytes) => Bound::Included(with(bytes)),
            Bound::Excluded(bytes) => Bound::Excluded(with(bytes)),
            Bound::Unbounded => whole.end,
        },
    }
}

/// The range of everything that begins with `prefix`.
fn starting_with(prefix: &[u8]) -> KeyRange {
    if prefix.is_empty() {
        return KeyRange::all();
    }
    let end = prefix_end(prefix).map_or(Bound::Unbounded, Bound::Excluded);
    KeyRange { start: Bound::Included(prefix.to_vec()), end }
}

fn key(value: RawValue<'_>, direction: Direction, collation: Option<&Collation>) -> Vec<u8> {
    turned(direction, |key| encode_key_under(value, collation, key))
}

fn key_of(value: Value<'_>, direction: Direction) -> Vec<u8> {
    turned(direction, |key| encode_value(value, key))
}

fn turned(direction: Direction, write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut key = Vec::new();
    write(&mut key);
    if direction == Direction::Descending {
        invert(&mut key);
    }
    key
}

/// Whether walking the index gives the order of `sort`, and in which direction.
///
/// A field that is bound to one value says nothing about order, in the index as in the sort. An index of another
/// collation has another order, even where a value is bound: other texts may be equal to it.
pub(super) fn order_of(
    sort: &SortSpec,
    spec: &IndexSpec,
    bounds: &IndexBounds,
    arrays: u64,
) -> Option<crate::storage::Direction> {
    if !sort.is_empty() && sort.collation() != spec.collation.as_ref() {
        return None;
    }
    let fixed = |path: &str| {
        let place = spec.fields.iter().position(|field| field.path.as_str() == path);
        place.is_some_and(|at| bounds.fixed >> at & 1 == 1 && arrays >> at & 1 == 0)
    };
    let mut keys = spec.fields.iter().enumerate().filter(|(_, field)| !fixed(field.path.as_str()));
    let mut forward = None;
    for wanted in sort.fields().iter().filter(|field| !fixed(field.path.as_str())) {
        let (at, there) = keys.next()?;
        if there.path != wanted.path || arrays >> at & 1 == 1 {
            return None;
        }
        let same = there.direction == wanted.direction;
        if *forward.get_or_insert(same) != same {
            return None;
        }
    }
    Some(match forward {
        Some(false) => crate::storage::Direction::Backward,
        _ => crate::storage::Direction::Forward,
    })
}
