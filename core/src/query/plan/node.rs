//! The tree of a plan. Rows come out of the sources at the bottom and pass through the nodes above.

use std::sync::Arc;

use super::key_check::KeyCheck;
use crate::collection::{IndexEntry, RecordId};
use crate::expression::filter::Filter;
use crate::expression::projection::Projection;
use crate::expression::sort::SortSpec;
use crate::storage::{Direction, KeyRange};

/// One step on the road.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// Source: every record, in insertion order.
    Records,
    /// Source: the records with these `_id`s, given as keys in ascending order, each once.
    Ids { keys: Arc<[Vec<u8>]>, direction: Direction },
    /// Source: the records whose `_id` lies in the range, in its order.
    IdRange { range: KeyRange, direction: Direction },
    /// Source: the records that an index leads to, in its order.
    Index(IndexScan),
    /// Source: the records with these ids, which ascend, as far as they are still there.
    Listed { records: Arc<[RecordId]> },
    /// Lets through what satisfies the filter.
    Filter { filter: Arc<Filter>, input: Box<Node> },
    /// Puts in order; keeps no more than the first `keep`. Here memory grows.
    Sort { sort: Arc<SortSpec>, keep: Option<u64>, input: Box<Node> },
    /// Leaves out the first `skip`, ends after `limit`.
    Window { skip: u64, limit: Option<u64>, input: Box<Node> },
    /// Hands out part of each document.
    Project { projection: Arc<Projection>, input: Box<Node> },
}

/// A walk over parts of an index.
#[derive(Debug, Clone)]
pub(crate) struct IndexScan {
    pub(crate) index: Arc<IndexEntry>,
    /// Ascending, none touching another.
    pub(crate) ranges: Arc<[KeyRange]>,
    /// Which keys in the ranges count, where not all do.
    pub(crate) check: Option<KeyCheck>,
    pub(crate) direction: Direction,
    /// Whether a document may have several entries, of which the first counts.
    pub(crate) repeats: bool,
}

impl Node {
    /// The node beneath; none for a source.
    pub(crate) fn input(&self) -> Option<&Node> {
        match self {
            Node::Records
            | Node::Ids { .. }
            | Node::IdRange { .. }
            | Node::Index(_)
            | Node::Listed { .. } => None,
            Node::Filter { input, .. }
            | Node::Sort { input, .. }
            | Node::Window { input, .. }
            | Node::Project { input, .. } => Some(input),
        }
    }

    /// The source at the bottom.
    pub(crate) fn source(&self) -> &Node {
        self.input().map_or(self, Node::source)
    }
}
