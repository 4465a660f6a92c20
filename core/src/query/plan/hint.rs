//! The road that a caller wishes for, and between which keys it is to be walked.

use std::ops::Bound;

use crate::collection::{ID_INDEX, Opened, OpenedIndex};
use crate::document::id::ID;
use crate::document::raw::{RawDoc, RawValue};
use crate::error::{Error, Result, code};
use crate::expression::filter::{Comparison, Predicate, Test};
use crate::index::IndexSpec;
use crate::query::statement::{Between, Find, Hint};
use crate::storage::{Direction, KeyRange};

use super::cost::Sizes;
use super::index_bounds::IndexBounds;
use super::leaves::leaves;
use super::road::{self, Road, Wanted};

/// What a hint names.
pub(super) enum Wish {
    Natural(Direction),
    Ids,
    Index(OpenedIndex),
}

/// What is meant by the hint.
///
/// # Errors
/// `Invalid`, `BadValue` (2): there is no such index, or it is hidden.
pub(super) fn wish(hint: &Hint, opened: Option<&Opened>) -> Result<Wish> {
    let is_meant = |index: &&OpenedIndex| match hint {
        Hint::Natural(_) => false,
        Hint::Name(name) => *index.entry.spec.name == **name,
        Hint::Key(key) => index.entry.spec.has_key(key.as_doc()),
    };
    let by_id = match hint {
        Hint::Natural(natural) => return Ok(Wish::Natural(natural.direction)),
        Hint::Name(name) => name == ID_INDEX,
        Hint::Key(key) => {
            let is_plain = |value: RawValue<'_>| value.as_str().is_none();
            key.as_doc().iter().map(|(name, value)| (name, is_plain(value))).eq([(ID, true)])
        }
    };
    if by_id {
        return Ok(Wish::Ids);
    }
    let mut ready =
        opened.into_iter().flat_map(Opened::ready_indexes).filter(|index| !index.entry.spec.hidden);
    match ready.find(is_meant) {
        Some(index) => Ok(Wish::Index(index.clone())),
        None => {
            let what = "hint provided does not correspond to an existing index";
            Err(Error::invalid(code::BAD_VALUE, format!("{what}: {hint:?}")))
        }
    }
}

/// The road by the index that was wished for.
///
/// # Errors
/// `Invalid`, `BadValue` (2): the index may lack documents that are asked for.
pub(super) fn hinted(wanted: &Wanted<'_>, index: &OpenedIndex, sizes: &Sizes<'_>) -> Result<Road> {
    let mut best: Option<Road> = None;
    for leaf in leaves(index, wanted.filter) {
        let road = road::index(wanted, &leaf, sizes, true)?;
        let is_better =
            |road: &Road| best.as_ref().is_none_or(|best| road.reading.entries < best.reading.entries);
        best = road.filter(is_better).or(best);
    }
    best.ok_or_else(|| {
        let what = format!(
            "the index {:?} was asked for by a hint, but it may lack documents that the filter finds",
            index.entry.spec.name
        );
        Error::invalid(code::BAD_VALUE, what)
    })
}

/// Whether the filter asks for one `_id` and nothing else; then bounds need no hint, and say nothing.
pub(super) fn is_one_id(find: &Find) -> bool {
    matches!(
        find.filter.root(),
        Predicate::Field(field)
            if field.path().as_str() == ID && matches!(field.test(), Test::Compare(Comparison::Equal, _))
    )
}

/// The error for bounds of which nobody knows the index.
pub(super) fn unhinted() -> Error {
    let what = "min and max need a hint that says of which index they are keys";
    Error::invalid(code::MIN_MAX_WITHOUT_HINT, what)
}

/// The error for bounds of records, which have no keys.
pub(super) fn boundless() -> Error {
    let what = "min and max are keys of an index, and the hint by $natural is by none";
    Error::invalid(code::NO_QUERY_EXECUTION_PLANS, what)
}

/// The walk over the hinted index between the bounds. The index says what there is: what it lacks is not found.
///
/// # Errors
/// `Invalid`: bounds of other fields than the index's (51174), or the wrong way round (51175), or of an index that
/// cannot be walked between keys, a wildcard index or one of another collation (2).
pub(super) fn between_keys(
    wanted: &Wanted<'_>,
    index: &OpenedIndex,
    between: &Between,
    sizes: &Sizes<'_>,
) -> Result<Road> {
    let spec = &index.entry.spec;
    if !spec.is_usable() {
        let what = format!("this build cannot work with the collation of the index {:?}", spec.name);
        return Err(Error::invalid(code::BAD_VALUE, what));
    }
    if spec.wildcard.is_some() {
        let what = format!("min and max are no keys of the wildcard index {:?}", spec.name);
        return Err(Error::invalid(code::BAD_VALUE, what));
    }
    let names: Vec<&str> = spec.fields.iter().map(|field| field.path.as_str()).collect();
    let range = range(between, &names, |bound| key_of(spec, bound))?;
    let conjuncts = wanted.filter.conjuncts().len();
    road::laid_out(wanted, index, IndexBounds::of_range(spec, range, conjuncts), sizes)
}

/// The same by `_id`.
pub(super) fn between_ids(wanted: &Wanted<'_>, between: &Between, sizes: &Sizes<'_>) -> Result<Road> {
    sizes.opened.check_ids()?;
    let range = range(between, &[ID], |bound| {
        let mut key = Vec::new();
        bound.iter().for_each(|(_, value)| sizes.opened.encode_id(value, &mut key));
        key
    })?;
    road::in_id_range(wanted, range, false, sizes)
}

fn key_of(spec: &IndexSpec, bound: RawDoc<'_>) -> Vec<u8> {
    let mut key = Vec::new();
    for (place, (_, value)) in bound.iter().enumerate() {
        spec.put_field(place, Some(value), &mut key);
    }
    key
}

fn range(between: &Between, names: &[&str], key_of: impl Fn(RawDoc<'_>) -> Vec<u8>) -> Result<KeyRange> {
    let key = |name: &str, bound: &RawDoc<'_>| {
        if bound.iter().map(|(name, _)| name).eq(names.iter().copied()) {
            return Ok(key_of(*bound));
        }
        let what =
            format!("{name} is {bound:?}, but the hinted index has the fields {names:?}, in this order");
        Err(Error::invalid(code::MIN_MAX_OF_OTHER_FIELDS, what))
    };
    let min = between.min.as_ref().map(|min| key("min", &min.as_doc())).transpose()?;
    let max = between.max.as_ref().map(|max| key("max", &max.as_doc())).transpose()?;
    if let (Some(min), Some(max)) = (&min, &max)
        && min >= max
    {
        let what = "min does not come before max in the hinted index";
        return Err(Error::invalid(code::MIN_NOT_BEFORE_MAX, what));
    }
    Ok(KeyRange {
        start: min.map_or(Bound::Unbounded, Bound::Included),
        end: max.map_or(Bound::Unbounded, Bound::Excluded),
    })
}
