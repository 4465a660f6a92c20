//! The document that explains a statement, in MongoDB's shape.

use std::time::Duration;

use bson::{Bson, Document, doc};

use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::convert::read;
use crate::error::Result;
use crate::query::plan::{IndexScan, Stage, StageKind};
use crate::storage::Direction;

/// What the caller asked for, as given.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) filter: Document,
    pub(super) sort: Document,
    pub(super) projection: Document,
    /// Under which texts are compared; empty is the order of their bytes.
    pub(super) collation: Document,
    /// Variables and a comment.
    pub(super) beside: Document,
}

impl Asked {
    pub(super) fn filter(filter: &RawDocBuf, collation: Option<&Collation>) -> Result<Self> {
        Ok(Self { filter: read(filter.as_doc())?, collation: listed(collation)?, ..Self::default() })
    }
}

/// A collation as it is listed; an empty document for none.
pub(super) fn listed(collation: Option<&Collation>) -> Result<Document> {
    collation.map_or_else(|| Ok(Document::new()), |collation| read(collation.to_doc()))
}

/// What stands above the documents that are found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Top {
    /// They are handed out.
    Find,
    Count {
        counted: u64,
    },
    Update {
        matched: u64,
        modified: u64,
        upserts: bool,
    },
    Delete {
        deleted: u64,
    },
}

/// A statement, explained.
#[derive(Debug)]
pub(super) struct Explanation {
    pub(super) namespace: String,
    pub(super) asked: Asked,
    pub(super) top: Top,
    /// The steps of the plan, the source last; none when no document has to be looked at.
    pub(super) stages: Vec<Stage>,
    /// How long it took; nothing when it was not run.
    pub(super) took: Option<Duration>,
}

impl Explanation {
    pub(super) fn document(&self) -> Document {
        let mut planner = doc! {
            "namespace": &self.namespace,
            "parsedQuery": self.asked.filter.clone(),
            "winningPlan": self.tree(false),
            "rejectedPlans": [],
        };
        if !self.asked.collation.is_empty() {
            planner.insert("collation", self.asked.collation.clone());
        }
        let mut all = doc! { "explainVersion": "1", "queryPlanner": planner };
        if let Some(took) = self.took {
            all.insert("executionStats", self.statistics(took));
        }
        if !self.asked.beside.is_empty() {
            all.insert("command", self.asked.beside.clone());
        }
        all.insert("ok", 1.0);
        all
    }

    fn statistics(&self, took: Duration) -> Document {
        let returned = match self.top {
            Top::Find => self.stages.first().map_or(0, |stage| stage.counts.returned),
            Top::Count { .. } | Top::Update { .. } | Top::Delete { .. } => 0,
        };
        let keys = self.stages.iter().map(|stage| stage.counts.keys).sum();
        let docs = self.stages.iter().map(|stage| stage.counts.docs).sum();
        doc! {
            "executionSuccess": true,
            "nReturned": number(returned),
            "executionTimeMillis": number(u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            "totalKeysExamined": number(keys),
            "totalDocsExamined": number(docs),
            "executionStages": self.tree(true),
        }
    }

    /// The steps as nested documents, with what each did when it was `run`.
    fn tree(&self, run: bool) -> Document {
        let mut below = match self.stages.is_empty() {
            true => Some(stage("RECORD_STORE_COUNT", run.then_some(0))),
            false => None,
        };
        for step in self.stages.iter().rev() {
            let mut document = self.step(step, run);
            document.extend(below.take().map(|input| ("inputStage".to_owned(), Bson::Document(input))));
            below = Some(document);
        }
        let input = below.unwrap_or_default();
        let returned = run.then_some(0);
        let (name, did) = match self.top {
            Top::Find => return input,
            Top::Count { counted } => ("COUNT", doc! { "nCounted": number(counted) }),
            Top::Update { matched, modified, upserts } => {
                let (matched, modified) = (number(matched), number(modified));
                let upserts = i32::from(upserts);
                ("UPDATE", doc! { "nMatched": matched, "nWouldModify": modified, "nWouldUpsert": upserts })
            }
            Top::Delete { deleted } => ("DELETE", doc! { "nWouldDelete": number(deleted) }),
        };
        let mut top = stage(name, returned);
        if run {
            top.extend(did);
        }
        top.insert("inputStage", input);
        top
    }

    fn step(&self, step: &Stage, run: bool) -> Document {
        let (name, details) = match &step.kind {
            StageKind::CollScan { filtered } => ("COLLSCAN", self.filter(*filtered)),
            StageKind::IdHack => ("IDHACK", Document::new()),
            StageKind::Fetch { filtered } => ("FETCH", self.filter(*filtered)),
            StageKind::IdScan(_) => ("IXSCAN", doc! { "keyPattern": { "_id": 1 }, "indexName": "_id_" }),
            StageKind::IndexScan(scan) => ("IXSCAN", index(scan)),
            StageKind::Sort(_) => ("SORT", doc! { "sortPattern": self.asked.sort.clone() }),
            StageKind::Skip(skip) => ("SKIP", doc! { "skipAmount": number(*skip) }),
            StageKind::Limit(limit) => ("LIMIT", doc! { "limitAmount": number(*limit) }),
            StageKind::Project => {
                ("PROJECTION_DEFAULT", doc! { "transformBy": self.asked.projection.clone() })
            }
        };
        let mut document = stage(name, run.then_some(step.counts.returned));
        document.extend(details);
        match &step.kind {
            StageKind::Sort(Some(keep)) => drop(document.insert("limitAmount", number(*keep))),
            StageKind::CollScan { .. } => drop(document.insert("direction", "forward")),
            StageKind::IdScan(direction) => drop(document.insert("direction", name_of(*direction))),
            _ => {}
        }
        let (reads_keys, reads_docs) = match step.kind {
            StageKind::IdHack => (true, true),
            StageKind::IdScan(_) | StageKind::IndexScan(_) => (true, false),
            StageKind::CollScan { .. } | StageKind::Fetch { .. } => (false, true),
            _ => (false, false),
        };
        if run && reads_keys {
            document.insert("keysExamined", number(step.counts.keys));
        }
        if run && reads_docs {
            document.insert("docsExamined", number(step.counts.docs));
        }
        document
    }

    fn filter(&self, filtered: bool) -> Document {
        match filtered {
            true => doc! { "filter": self.asked.filter.clone() },
            false => Document::new(),
        }
    }
}

/// What is told of an index that is walked.
fn index(scan: &IndexScan) -> Document {
    let spec = &scan.index.spec;
    let key: Document = spec
        .fields
        .iter()
        .map(|field| (field.path.to_string(), Bson::Int32(field.direction.sign())))
        .collect();
    let mut told = doc! {
        "keyPattern": key,
        "indexName": &*spec.name,
        "isMultiKey": scan.repeats,
        "isUnique": spec.unique,
        "isSparse": spec.sparse,
        "isPartial": spec.partial.is_some(),
        "direction": name_of(scan.direction),
        "ranges": number(scan.ranges.len() as u64),
    };
    // A specification that was read has a collation that reads.
    let collation = listed(spec.collation.as_ref()).unwrap_or_default();
    if !collation.is_empty() {
        told.insert("collation", collation);
    }
    told
}

fn stage(name: &str, returned: Option<u64>) -> Document {
    let mut document = doc! { "stage": name };
    document.extend(returned.map(|returned| ("nReturned".to_owned(), number(returned))));
    document
}

fn name_of(direction: Direction) -> &'static str {
    match direction {
        Direction::Forward => "forward",
        Direction::Backward => "backward",
    }
}

/// An int32 where it fits, as MongoDB does.
fn number(number: u64) -> Bson {
    i32::try_from(number).map_or_else(|_| Bson::Int64(i64::try_from(number).unwrap_or(i64::MAX)), Bson::Int32)
}
