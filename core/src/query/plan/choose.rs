//! Which road is taken, and why.
//!
//! An `_id` that is named is looked up; then an index whose key the filter narrows most is walked, one that gives the
//! wanted order being preferred among equals; then a range of `_id`s, or an order by `_id`, in the `_id` tree; then an
//! index for its order alone; everything else walks the records.

use std::sync::Arc;

use crate::collection::{ID_INDEX, Opened, OpenedIndex, RecordId};
use crate::document::id::ID;
use crate::error::{Error, Result, code};
use crate::expression::filter::Filter;
use crate::expression::sort::{Direction as SortDirection, SortSpec};
use crate::query::statement::{Find, Hint, Modify, Reach};
use crate::storage::{Direction, KeyRange};

use super::bounds::{Access, access};
use super::index_bounds::{IndexBounds, index_bounds, order_of};
use super::key_check::KeyCheck;
use super::node::{IndexScan, Node};
use super::usable::holds_all;

/// An index that may be walked, and what is gained by it.
struct Candidate {
    index: OpenedIndex,
    bounds: IndexBounds,
    /// The direction in which it gives the wanted order.
    order: Option<Direction>,
}

/// The plan of a find in a collection; without one there are no indexes.
///
/// # Errors
/// `Invalid`, `BadValue` (2): a hint that names no index, or one that lacks documents that are asked for.
pub(crate) fn find(find: Find, opened: Option<&Opened>) -> Result<Node> {
    let keep = find.limit.map(|limit| limit.saturating_add(find.skip));
    let mut node = documents(find.filter, find.sort, keep, find.hint.as_ref(), opened)?;
    if find.skip > 0 || find.limit.is_some() {
        node = Node::Window { skip: find.skip, limit: find.limit, input: Box::new(node) };
    }
    if !find.projection.is_everything() {
        node = Node::Project { projection: Arc::new(find.projection), input: Box::new(node) };
    }
    Ok(node)
}

/// The plan by which a write finds what it changes.
///
/// # Errors
/// As [`find`].
pub(crate) fn modify(modify: &Modify, opened: Option<&Opened>) -> Result<Node> {
    let limit = (modify.reach == Reach::One).then_some(1);
    find(Find { sort: modify.sort.clone(), limit, ..Find::new(modify.filter.clone()) }, opened)
}

/// The plan of a write whose documents were found before: those with these ids, as far as they still satisfy the
/// filter. A walk over an index that the write itself changes could meet a document twice.
pub(crate) fn listed(modify: &Modify, records: Arc<[RecordId]>) -> Node {
    let (filter, input) = (Arc::new(modify.filter.clone()), Box::new(Node::Listed { records }));
    Node::Filter { filter, input }
}

fn documents(
    filter: Filter,
    sort: SortSpec,
    keep: Option<u64>,
    hint: Option<&Hint>,
    opened: Option<&Opened>,
) -> Result<Node> {
    let wished = hint.map(|hint| wish(hint, opened)).transpose()?;
    let mut decided = filter.is_everything();
    if matches!(wished, Some(Wish::Natural)) {
        let ordered = sort.is_empty();
        return Ok(above(Node::Records, decided, ordered, filter, sort, keep));
    }
    let by_id = id_direction(&sort);
    let direction = by_id.unwrap_or_default();
    let mut ordered = sort.is_empty() || by_id.is_some();
    let access = access(&filter);
    let best = match (&wished, &access) {
        (Some(Wish::Index(index)), _) => Some(hinted(index, &filter, &sort)?),
        (Some(_), _) | (None, Access::Keys { .. }) => None,
        (None, _) => best(&filter, &sort, opened, matches!(access, Access::Range { .. }) || by_id.is_some()),
    };
    let source = match (best, access) {
        (Some(found), _) => {
            decided |= found.bounds.decided;
            ordered = sort.is_empty() || found.order.is_some();
            scan(found)
        }
        (None, Access::Keys { keys, decided: by_keys }) => {
            decided |= by_keys;
            ordered |= keys.len() <= 1;
            Node::Ids { keys: keys.into(), direction }
        }
        (None, Access::Range { range, decided: by_range }) => {
            decided |= by_range;
            Node::IdRange { range, direction }
        }
        (None, Access::All) if by_id.is_some() || matches!(wished, Some(Wish::Ids)) => {
            Node::IdRange { range: KeyRange::all(), direction }
        }
        (None, Access::All) => Node::Records,
    };
    Ok(above(source, decided, ordered, filter, sort, keep))
}

fn above(
    source: Node,
    decided: bool,
    ordered: bool,
    filter: Filter,
    sort: SortSpec,
    keep: Option<u64>,
) -> Node {
    let mut node = source;
    if !decided {
        node = Node::Filter { filter: Arc::new(filter), input: Box::new(node) };
    }
    if !ordered {
        node = Node::Sort { sort: Arc::new(sort), keep, input: Box::new(node) };
    }
    node
}

/// What a hint names.
enum Wish {
    Natural,
    Ids,
    Index(OpenedIndex),
}

fn wish(hint: &Hint, opened: Option<&Opened>) -> Result<Wish> {
    let is_meant = |index: &&OpenedIndex| match hint {
        Hint::Natural => false,
        Hint::Name(name) => *index.entry.spec.name == **name,
        Hint::Key(key) => index.entry.spec.has_key(key.as_doc()),
    };
    let by_id = match hint {
        Hint::Natural => return Ok(Wish::Natural),
        Hint::Name(name) => name == ID_INDEX,
        Hint::Key(key) => key.as_doc().iter().map(|(name, _)| name).eq([ID]),
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

fn hinted(index: &OpenedIndex, filter: &Filter, sort: &SortSpec) -> Result<Candidate> {
    if !holds_all(&index.entry.spec, filter, index.array_fields()) {
        let what = format!(
            "the index {:?} was asked for by a hint, but it may lack documents that the filter finds",
            index.entry.spec.name
        );
        return Err(Error::invalid(code::BAD_VALUE, what));
    }
    Ok(candidate(index, filter, sort))
}

fn candidate(index: &OpenedIndex, filter: &Filter, sort: &SortSpec) -> Candidate {
    let (spec, arrays) = (&index.entry.spec, index.array_fields());
    let bounds = index_bounds(filter, spec, arrays);
    let order = order_of(sort.fields(), spec, &bounds, arrays);
    Candidate { index: index.clone(), bounds, order }
}

/// The index that is worth walking; one that only gives an order is not, when the `_id` tree has something to offer.
fn best(filter: &Filter, sort: &SortSpec, opened: Option<&Opened>, ids_offer: bool) -> Option<Candidate> {
    let indexes = opened.into_iter().flat_map(Opened::ready_indexes);
    let usable = indexes.filter(|index| !index.entry.spec.hidden && holds_all(&index.entry.spec, filter, index.array_fields()));
    let candidates = usable.map(|index| candidate(index, filter, sort));
    let worth = candidates.filter(|found| {
        found.bounds.narrowing() > 0 || (!sort.is_empty() && found.order.is_some() && !ids_offer)
    });
    // Of equals the one that was created first.
    worth.min_by_key(|found| std::cmp::Reverse(gain(found, sort)))
}

/// What a candidate gains, the most important first: a unique key known whole, fields bound to values, a range, the
/// order, and a short key.
fn gain(found: &Candidate, sort: &SortSpec) -> (bool, usize, bool, bool, std::cmp::Reverse<usize>) {
    let spec = &found.index.entry.spec;
    let one_document = spec.unique && found.bounds.points == spec.fields.len();
    let ordered = !sort.is_empty() && found.order.is_some();
    let fields = std::cmp::Reverse(spec.fields.len());
    (one_document, found.bounds.points, found.bounds.ranged, ordered, fields)
}

fn scan(found: Candidate) -> Node {
    Node::Index(IndexScan {
        check: KeyCheck::new(&found.index.entry.spec, &found.bounds),
        ranges: found.bounds.ranges.into(),
        direction: found.order.unwrap_or_default(),
        repeats: found.index.array_fields() != 0,
        index: found.index.entry,
    })
}

/// The direction of an order by `_id`, which is unique, so that what comes after it decides nothing.
fn id_direction(sort: &SortSpec) -> Option<Direction> {
    let first = sort.fields().first().filter(|field| field.path.as_str() == ID)?;
    Some(match first.direction {
        SortDirection::Ascending => Direction::Forward,
        SortDirection::Descending => Direction::Backward,
    })
}
