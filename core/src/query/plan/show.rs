//! A plan under the names that MongoDB gives to its steps.

use std::iter;

use super::node::{IndexScan, Intersection, Node, Yield};
use crate::query::counts::Counts;
use crate::storage::Direction;

/// A step of a plan, and what it did, as far as that is known.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) kind: StageKind,
    pub(crate) counts: Counts,
}

impl Stage {
    /// How many keys were looked at, in it and in the steps inside it.
    pub(crate) fn keys(&self) -> u64 {
        let inside = match &self.kind {
            StageKind::Or(inside) | StageKind::AndHash(inside) => inside.iter().map(Stage::keys).sum(),
            _ => 0,
        };
        self.counts.keys + inside
    }
}

/// What a step does. A filter is part of the step that reads the documents it looks at.
#[derive(Debug, Clone)]
pub(crate) enum StageKind {
    /// Walks all records.
    CollScan {
        direction: Direction,
        filtered: bool,
    },
    /// Looks one `_id` up, which decides.
    IdHack,
    /// Reads the records that an index names.
    Fetch {
        filtered: bool,
    },
    /// Walks the `_id`s.
    IdScan(Direction),
    /// Walks an index.
    IndexScan {
        scan: IndexScan,
        filtered: bool,
    },
    /// Takes what several walks lead to, each record once.
    Or(Vec<Stage>),
    /// Takes what all of several walks lead to, the first of which fills a set that the others are asked about.
    AndHash(Vec<Stage>),
    /// Puts in order; keeps the first so many.
    Sort(Option<u64>),
    Skip(u64),
    Limit(u64),
    Project {
        covered: bool,
    },
}

/// The steps of the plan, the source last. `counts` is what its nodes did, the uppermost first, or nothing.
pub(crate) fn stages(plan: &Node, counts: &[Counts]) -> Vec<Stage> {
    let mut counts = counts.iter().copied().chain(iter::repeat(Counts::default()));
    let mut stages = Vec::new();
    // How many documents a filter let through that stands above the source.
    let mut passed = None;
    for node in iter::successors(Some(plan), |node| node.input()) {
        let did = counts.next().unwrap_or_default();
        let mut push = |kind, counts| stages.push(Stage { kind, counts });
        let only_returned = Counts { returned: did.returned, bytes: did.bytes, ..Counts::default() };
        match node {
            Node::Project { .. } => {
                let covered =
                    matches!(plan.source(), Node::Index(scan) if matches!(scan.yields, Yield::Told(_)));
                push(StageKind::Project { covered }, only_returned);
            }
            Node::Window { skip, limit, .. } => {
                limit.iter().for_each(|limit| push(StageKind::Limit(*limit), only_returned));
                if *skip > 0 {
                    push(StageKind::Skip(*skip), only_returned);
                }
            }
            Node::Sort { keep, .. } => push(StageKind::Sort(*keep), only_returned),
            // A filter over what a view hands out is none of the source's.
            Node::Filter { input, .. } if input.input().is_some() => {}
            Node::Filter { .. } => passed = Some(did.returned),
            Node::Records { direction } => {
                let counts =
                    Counts { returned: passed.unwrap_or(did.returned), docs: did.docs, ..Counts::default() };
                push(StageKind::CollScan { direction: *direction, filtered: passed.is_some() }, counts);
            }
            Node::Ids { keys, .. } if keys.len() == 1 && passed.is_none() => push(StageKind::IdHack, did),
            Node::Ids { .. }
            | Node::IdRange { .. }
            | Node::Index(_)
            | Node::Union { .. }
            | Node::Intersection(_) => {
                source(node, did, passed, &mut counts, &mut stages);
            }
            // A plan is explained as it was chosen; its documents are listed when it is walked.
            Node::Listed { .. } => {}
        }
    }
    stages
}

/// A source that leads to records: the step that reads them, where they are read, and the walk itself.
fn source(
    node: &Node,
    did: Counts,
    passed: Option<u64>,
    counts: &mut impl Iterator<Item = Counts>,
    stages: &mut Vec<Stage>,
) {
    let reads = match node {
        Node::IdRange { yields, .. }
        | Node::Union { yields, .. }
        | Node::Intersection(Intersection { yields, .. }) => matches!(yields, Yield::Documents),
        // What the index does not tell is read all the same.
        Node::Index(scan) => matches!(scan.yields, Yield::Documents) || did.docs > 0,
        _ => true,
    };
    let returned = passed.unwrap_or(did.returned);
    if reads {
        let counts = Counts { returned, docs: did.docs, ..Counts::default() };
        stages.push(Stage { kind: StageKind::Fetch { filtered: passed.is_some() }, counts });
    }
    let walked =
        Counts { returned: if reads { did.walked } else { returned }, keys: did.keys, ..Counts::default() };
    let kind = match node {
        Node::Ids { direction, .. } | Node::IdRange { direction, .. } => StageKind::IdScan(*direction),
        Node::Index(scan) => {
            StageKind::IndexScan { scan: scan.clone(), filtered: passed.is_some() && !reads }
        }
        Node::Union { branches, .. } => StageKind::Or(inside(branches, counts)),
        Node::Intersection(Intersection { sides, .. }) => StageKind::AndHash(inside(sides, counts)),
        _ => return,
    };
    let counts = match kind {
        StageKind::Or(_) | StageKind::AndHash(_) => Counts { bytes: did.bytes, ..walked },
        _ => walked,
    };
    stages.push(Stage { kind, counts });
}

/// The walks that are taken together, and what each did.
fn inside(walks: &[Node], counts: &mut impl Iterator<Item = Counts>) -> Vec<Stage> {
    let stage = |walk: &Node| {
        let did = counts.next().unwrap_or_default();
        let kind = match walk {
            Node::Index(scan) => StageKind::IndexScan { scan: scan.clone(), filtered: false },
            Node::Ids { direction, .. } | Node::IdRange { direction, .. } => StageKind::IdScan(*direction),
            _ => StageKind::CollScan { direction: Direction::Forward, filtered: false },
        };
        Stage { kind, counts: Counts { returned: did.walked, keys: did.keys, ..Counts::default() } }
    };
    walks.iter().map(stage).collect()
}
