//! A plan under the names that MongoDB gives to its steps.

use std::iter;

use super::node::{IndexScan, Node};
use crate::query::counts::Counts;
use crate::storage::Direction;

/// A step of a plan, and what it did, as far as that is known.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) kind: StageKind,
    pub(crate) counts: Counts,
}

/// What a step does. A filter is part of the step that reads the documents it looks at.
#[derive(Debug, Clone)]
pub(crate) enum StageKind {
    /// Walks all records.
    CollScan {
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
    IndexScan(IndexScan),
    /// Puts in order; keeps the first so many.
    Sort(Option<u64>),
    Skip(u64),
    Limit(u64),
    Project,
}

/// The steps of the plan, the source last. `counts` is what its nodes did, the uppermost first, or nothing.
pub(crate) fn stages(plan: &Node, counts: &[Counts]) -> Vec<Stage> {
    let mut counts = counts.iter().copied().chain(iter::repeat(Counts::default()));
    let mut stages = Vec::new();
    // How many documents a filter let through that stands above the source.
    let mut passed = None;
    for (node, did) in iter::successors(Some(plan), |node| node.input()).zip(&mut counts) {
        let mut push = |kind, counts| stages.push(Stage { kind, counts });
        let only_returned = Counts { returned: did.returned, ..Counts::default() };
        match node {
            Node::Project { .. } => push(StageKind::Project, only_returned),
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
            Node::Records => {
                let counts = Counts { returned: passed.unwrap_or(did.returned), docs: did.docs, keys: 0 };
                push(StageKind::CollScan { filtered: passed.is_some() }, counts);
            }
            Node::Ids { keys, .. } if keys.len() == 1 && passed.is_none() => push(StageKind::IdHack, did),
            Node::Ids { direction, .. } | Node::IdRange { direction, .. } => {
                let counts = Counts { returned: passed.unwrap_or(did.returned), docs: did.docs, keys: 0 };
                push(StageKind::Fetch { filtered: passed.is_some() }, counts);
                push(StageKind::IdScan(*direction), Counts { returned: did.keys, docs: 0, keys: did.keys });
            }
            Node::Index(scan) => {
                let counts = Counts { returned: passed.unwrap_or(did.returned), docs: did.docs, keys: 0 };
                push(StageKind::Fetch { filtered: passed.is_some() }, counts);
                let counts = Counts { returned: did.docs, docs: 0, keys: did.keys };
                push(StageKind::IndexScan(scan.clone()), counts);
            }
            // A plan is explained as it was chosen; its documents are listed when it is walked.
            Node::Listed { .. } => {}
        }
    }
    stages
}
