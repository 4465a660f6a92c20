//! The tree of a plan. Rows come out of the sources at the bottom and pass through the nodes above.

use std::sync::Arc;

use super::bounds_text::{paths, texts};
use super::key_check::KeyCheck;
use super::memory::Expected;
use super::shape::Shape;
use super::spans::Spans;
use crate::base::Claim;
use crate::collection::{IndexEntry, RecordId, Uses};
use crate::expression::filter::Filter;
use crate::expression::projection::Projection;
use crate::expression::sort::SortSpec;
use crate::index::wildcard::PATH_FIELD;
use crate::storage::{Direction, KeyRange};

/// One step on the road.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// Source: every record, in the order of insertion, or backwards.
    Records { direction: Direction },
    /// Source: the records with these `_id`s, given as keys in ascending order, each once.
    Ids { keys: Arc<[Vec<u8>]>, direction: Direction },
    /// Source: the records whose `_id` lies in the range, in its order.
    IdRange { range: KeyRange, direction: Direction, yields: Yield },
    /// Source: the records that an index leads to, in its order.
    Index(IndexScan),
    /// Source: the records to which any of these leads, each once.
    Union { branches: Arc<[Node]>, yields: Yield },
    /// Source: the records to which all of several walks lead, in the order of insertion. Here memory grows.
    Intersection(Intersection),
    /// Source: the records with these ids, which ascend, as far as they are still there.
    Listed { list: List },
    /// Lets through what satisfies the filter.
    Filter { filter: Arc<Filter>, input: Box<Node> },
    /// Puts in order what comes ordered by the first `ordered` fields; keeps no more than the first `keep`. Here memory
    /// grows.
    Sort { sort: Arc<SortSpec>, ordered: usize, keep: Option<u64>, input: Box<Node> },
    /// Leaves out the first `skip`, ends after `limit`.
    Window { skip: u64, limit: Option<u64>, input: Box<Node> },
    /// Hands out part of each document.
    Project { projection: Arc<Projection>, input: Box<Node> },
}

/// Records that were found before, with what their ids have of the budget.
#[derive(Debug, Clone)]
pub(crate) struct List {
    pub(crate) records: Arc<[RecordId]>,
    #[expect(dead_code, reason = "dropping it gives the memory back")]
    pub(crate) claim: Arc<Claim>,
}

/// A walk over parts of an index.
#[derive(Debug, Clone)]
pub(crate) struct IndexScan {
    pub(crate) index: Arc<IndexEntry>,
    /// Ascending, none overlapping another.
    pub(crate) ranges: Arc<[KeyRange]>,
    /// Which keys in the ranges count, where not all do.
    pub(crate) check: Option<KeyCheck>,
    pub(crate) direction: Direction,
    /// Whether a document may have several entries on the way, of which the first counts.
    pub(crate) repeats: bool,
    /// Whether the index met an array in what it holds here.
    pub(crate) multikey: bool,
    pub(crate) yields: Yield,
    /// Where the walks over the index are counted.
    pub(crate) uses: Arc<Uses>,
    /// Who wants to know when the walk is much longer than it was thought to be.
    pub(crate) expected: Option<Expected>,
    /// What each field of the key was bound to, for whoever wants to see it.
    pub(super) fields: Arc<[Spans]>,
}

/// Walks over several indexes, of which what all of them lead to counts.
#[derive(Debug, Clone)]
pub(crate) struct Intersection {
    /// The one that leads to the fewest first.
    pub(crate) sides: Arc<[Node]>,
    pub(crate) yields: Yield,
    /// So many records may be left before a walk by one side alone would have been cheaper.
    pub(super) bearable: f64,
    /// Who wants to know when more are left.
    pub(crate) expected: Option<Expected>,
}

/// What a source hands out of the records that it finds.
#[derive(Debug, Clone)]
pub(crate) enum Yield {
    /// Their documents.
    Documents,
    /// That they are there: empty documents.
    Presence,
    /// The fields that the index tells; where it does not, the documents.
    Told(Arc<Shape>),
}

impl IndexScan {
    /// What each field of the key was bound to, as MongoDB writes it.
    pub(crate) fn bounds(&self) -> impl Iterator<Item = (&str, Vec<String>)> {
        let collated = self.index.spec.collation.is_some();
        let fields = self.index.spec.fields.iter().zip(&*self.fields);
        fields.map(move |(field, spans)| match field.path.as_str() {
            PATH_FIELD => (PATH_FIELD, paths(spans)),
            path => (path, texts(spans, collated)),
        })
    }
}

impl Node {
    /// The node beneath; none for a source.
    pub(crate) fn input(&self) -> Option<&Node> {
        match self {
            Node::Records { .. }
            | Node::Ids { .. }
            | Node::IdRange { .. }
            | Node::Index(_)
            | Node::Union { .. }
            | Node::Intersection(_)
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

    /// The names of the indexes that a source walks.
    pub(super) fn index_names(&self) -> Vec<&str> {
        match self {
            Node::Index(scan) => vec![&scan.index.spec.name],
            Node::Union { branches, .. } => branches.iter().flat_map(Node::index_names).collect(),
            Node::Intersection(together) => together.sides.iter().flat_map(Node::index_names).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it walks an index that a change of the documents on the way may change before it.
    pub(crate) fn walks_index(&self) -> bool {
        matches!(self.source(), Node::Index(_) | Node::Union { .. } | Node::Intersection(_))
    }
}
