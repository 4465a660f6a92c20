//! Which road is taken, and why.
//!
//! An `_id` that is named is looked up; a range of `_id`s, or an order by `_id`, is walked in the `_id` tree;
//! everything else walks the records.

use std::sync::Arc;

use crate::document::id::ID;
use crate::expression::filter::Filter;
use crate::expression::sort::{Direction as SortDirection, SortSpec};
use crate::query::statement::{Find, Modify, Reach};
use crate::storage::{Direction, KeyRange};

use super::bounds::{Access, access};
use super::node::Node;

/// The plan of a find.
pub(crate) fn find(find: Find) -> Node {
    let keep = find.limit.map(|limit| limit.saturating_add(find.skip));
    let mut node = documents(find.filter, find.sort, keep);
    if find.skip > 0 || find.limit.is_some() {
        node = Node::Window { skip: find.skip, limit: find.limit, input: Box::new(node) };
    }
    if !find.projection.is_everything() {
        node = Node::Project { projection: Arc::new(find.projection), input: Box::new(node) };
    }
    node
}

/// The plan by which a write finds what it changes.
pub(crate) fn modify(modify: &Modify) -> Node {
    let limit = (modify.reach == Reach::One).then_some(1);
    find(Find { sort: modify.sort.clone(), limit, ..Find::new(modify.filter.clone()) })
}

fn documents(filter: Filter, sort: SortSpec, keep: Option<u64>) -> Node {
    let by_id = id_direction(&sort);
    let direction = by_id.unwrap_or_default();
    let mut decided = filter.is_everything();
    let mut ordered = sort.is_empty() || by_id.is_some();
    let source = match access(&filter) {
        Access::Keys { keys, decided: by_keys } => {
            decided |= by_keys;
            ordered |= keys.len() <= 1;
            Node::Ids { keys: keys.into(), direction }
        }
        Access::Range(range) => Node::IdRange { range, direction },
        Access::All if by_id.is_some() => Node::IdRange { range: KeyRange::all(), direction },
        Access::All => Node::Records,
    };
    let mut node = source;
    if !decided {
        node = Node::Filter { filter: Arc::new(filter), input: Box::new(node) };
    }
    if !ordered {
        node = Node::Sort { sort: Arc::new(sort), keep, input: Box::new(node) };
    }
    node
}

/// The direction of an order by `_id`, which is unique, so that what comes after it decides nothing.
fn id_direction(sort: &SortSpec) -> Option<Direction> {
    let first = sort.fields().first().filter(|field| field.path.as_str() == ID)?;
    Some(match first.direction {
        SortDirection::Ascending => Direction::Forward,
        SortDirection::Descending => Direction::Backward,
    })
}
