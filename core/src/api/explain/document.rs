//! The document that explains a statement, in MongoDB's shape.

use std::time::Duration;

use bson::{Bson, Document, doc};

use crate::collection::Upkeep;
use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::convert::read;
use crate::error::Result;
use crate::query::plan::{Considered, Estimate, IndexScan, Stage, StageKind, Weighed, stages};
use crate::storage::Direction;

/// What the caller asked for, as given.
#[derive(Debug, Default)]
pub(in crate::api) struct Asked {
    pub(in crate::api) filter: Document,
    pub(in crate::api) sort: Document,
    pub(in crate::api) projection: Document,
    /// Under which texts are compared; empty is the order of their bytes.
    pub(in crate::api) collation: Document,
    /// Variables and a comment.
    pub(in crate::api) beside: Document,
}

impl Asked {
    pub(in crate::api) fn filter(filter: &RawDocBuf, collation: Option<&Collation>) -> Result<Self> {
        Ok(Self { filter: read(filter.as_doc())?, collation: listed(collation)?, ..Self::default() })
    }
}

/// A part of a statement as it was written. One that is no document is told of by the statement itself.
pub(in crate::api) fn told(part: Option<&Result<RawDocBuf>>) -> Result<Document> {
    match part {
        Some(Ok(part)) => read(part.as_doc()),
        _ => Ok(Document::new()),
    }
}

/// A collation as it is listed; an empty document for none.
pub(in crate::api) fn listed(collation: Option<&Collation>) -> Result<Document> {
    collation.map_or_else(|| Ok(Document::new()), |collation| read(collation.to_doc()))
}

/// What stands above the documents that are found.
#[derive(Debug, Clone, Copy)]
pub(in crate::api) enum Top {
    /// They are handed out.
    Find,
    Count {
        counted: u64,
    },
    Update {
        matched: u64,
        modified: u64,
        upserts: bool,
        upkeep: Upkeep,
        /// How many documents are handed out.
        returned: u64,
    },
    Delete {
        deleted: u64,
        upkeep: Upkeep,
        /// How many documents are handed out.
        returned: u64,
    },
}

/// A plan that was run to its end.
#[derive(Debug)]
pub(in crate::api) struct Ran {
    pub(in crate::api) stages: Vec<Stage>,
    pub(in crate::api) took: Duration,
}

/// A statement, explained.
#[derive(Debug)]
pub(in crate::api) struct Explanation {
    pub(in crate::api) namespace: String,
    pub(in crate::api) asked: Asked,
    pub(in crate::api) top: Top,
    /// The plans that were thought of; none when no document has to be looked at.
    pub(in crate::api) plans: Option<Weighed>,
    /// What the winning plan did; nothing when it was not run.
    pub(in crate::api) ran: Option<Ran>,
    /// What every plan did, the winning one first, where that was asked for: of a write what each of them finds.
    pub(in crate::api) all: Option<Vec<Ran>>,
}

impl Explanation {
    pub(in crate::api) fn document(&self) -> Document {
        let winning = self.plans.as_ref().map(|plans| &plans.winner);
        let mut planner = doc! {
            "namespace": &self.namespace,
            "parsedQuery": self.asked.filter.clone(),
            "winningPlan": self.plan(winning),
        };
        let rejected = self.plans.iter().flat_map(|plans| &plans.rejected);
        let rejected: Vec<Document> = rejected
            .map(|plan| {
                let mut document = self.plan(Some(plan));
                let cost = |plan: &Considered| plan.estimate.map_or(0.0, |estimate| estimate.cost);
                let why = format!(
                    "its cost was estimated at {:.0}, that of the winning plan at {:.0}",
                    cost(plan),
                    winning.map_or(0.0, cost)
                );
                document.insert("rejectedBecause", why);
                document
            })
            .collect();
        planner.insert("rejectedPlans", rejected);
        let unused = self.plans.iter().flat_map(|plans| &plans.unused);
        let unused: Vec<Document> =
            unused.map(|(name, why)| doc! { "indexName": name, "because": *why }).collect();
        if !unused.is_empty() {
            planner.insert("indexesNotUsed", unused);
        }
        if !self.asked.collation.is_empty() {
            planner.insert("collation", self.asked.collation.clone());
        }
        let mut all = doc! { "explainVersion": "1", "queryPlanner": planner };
        if let Some(ran) = &self.ran {
            all.insert("executionStats", self.statistics(ran));
        }
        if !self.asked.beside.is_empty() {
            all.insert("command", self.asked.beside.clone());
        }
        all.insert("ok", 1.0);
        all
    }

    /// A plan as nested documents, with what was thought of it where there was a choice.
    fn plan(&self, plan: Option<&Considered>) -> Document {
        let steps = plan.map_or_else(Vec::new, |plan| stages(&plan.node, &[]));
        let mut document = self.tree(&steps, self.top, false);
        if let Some(Estimate { cost, entries }) = plan.and_then(|plan| plan.estimate) {
            document.insert("costEstimate", (cost * 10.0).round() / 10.0);
            document.insert("entriesEstimate", number(entries.max(0.0) as u64));
        }
        document
    }

    fn statistics(&self, ran: &Ran) -> Document {
        let mut document = doc! { "executionSuccess": true };
        document.extend(self.totals(ran, self.top));
        let top = match self.top {
            Top::Update { .. } | Top::Delete { .. } => Top::Find,
            top @ (Top::Find | Top::Count { .. }) => top,
        };
        let all = self.all.as_ref().map(|all| all.iter().map(|ran| self.totals(ran, top)));
        document.extend(all.map(|all| ("allPlansExecution".to_owned(), Bson::from(all.collect::<Vec<_>>()))));
        document
    }

    /// What a plan did under `top`, all in all and step by step.
    fn totals(&self, ran: &Ran, top: Top) -> Document {
        let steps = &ran.stages;
        let returned = match top {
            Top::Find => steps.first().map_or(0, |stage| stage.counts.returned),
            Top::Count { .. } => 0,
            Top::Update { returned, .. } | Top::Delete { returned, .. } => returned,
        };
        let keys = steps.iter().map(Stage::keys).sum();
        let docs = steps.iter().map(|stage| stage.counts.docs).sum();
        doc! {
            "nReturned": number(returned),
            "executionTimeMillis": number(millis(ran.took)),
            "totalKeysExamined": number(keys),
            "totalDocsExamined": number(docs),
            "executionStages": self.tree(steps, top, true),
        }
    }

    /// The steps as nested documents, with what each did when it was `run`.
    fn tree(&self, steps: &[Stage], top: Top, run: bool) -> Document {
        let mut below = match steps.is_empty() {
            true => Some(stage("RECORD_STORE_COUNT", run.then_some(0))),
            false => None,
        };
        for step in steps.iter().rev() {
            let mut document = self.step(step, run);
            document.extend(below.take().map(|input| ("inputStage".to_owned(), Bson::Document(input))));
            below = Some(document);
        }
        let input = below.unwrap_or_default();
        let (name, returned, did) = match top {
            Top::Find => return input,
            Top::Count { counted } => ("COUNT", 0, doc! { "nCounted": number(counted) }),
            Top::Update { matched, modified, upserts, upkeep, returned } => {
                let (matched, modified) = (number(matched), number(modified));
                let upserts = i32::from(upserts);
                let mut did = doc! { "nMatched": matched, "nWouldModify": modified, "nWouldUpsert": upserts };
                did.extend(of_indexes(upkeep));
                ("UPDATE", returned, did)
            }
            Top::Delete { deleted, upkeep, returned } => {
                let mut did = doc! { "nWouldDelete": number(deleted) };
                did.extend(of_indexes(upkeep));
                ("DELETE", returned, did)
            }
        };
        let returned = run.then_some(returned);
        let mut top = stage(name, returned);
        if run {
            top.extend(did);
        }
        top.insert("inputStage", input);
        if self.asked.projection.is_empty() {
            return top;
        }
        let mut projected = stage("PROJECTION_DEFAULT", returned);
        projected.insert("transformBy", self.asked.projection.clone());
        projected.insert("inputStage", top);
        projected
    }

    fn step(&self, step: &Stage, run: bool) -> Document {
        let (name, details) = match &step.kind {
            StageKind::CollScan { filtered, .. } => ("COLLSCAN", self.filter(*filtered)),
            StageKind::IdHack => ("IDHACK", Document::new()),
            StageKind::Fetch { filtered } => ("FETCH", self.filter(*filtered)),
            StageKind::IdScan(_) => ("IXSCAN", doc! { "keyPattern": { "_id": 1 }, "indexName": "_id_" }),
            StageKind::IndexScan { scan, filtered } => {
                let mut told = self.filter(*filtered);
                told.extend(index(scan));
                ("IXSCAN", told)
            }
            StageKind::Or(_) => ("OR", Document::new()),
            StageKind::AndHash(_) => ("AND_HASH", Document::new()),
            StageKind::Sort(_) => ("SORT", doc! { "sortPattern": self.asked.sort.clone() }),
            StageKind::Skip(skip) => ("SKIP", doc! { "skipAmount": number(*skip) }),
            StageKind::Limit(limit) => ("LIMIT", doc! { "limitAmount": number(*limit) }),
            StageKind::Project { covered } => {
                let name = if *covered { "PROJECTION_COVERED" } else { "PROJECTION_DEFAULT" };
                (name, doc! { "transformBy": self.asked.projection.clone() })
            }
        };
        let mut document = stage(name, run.then_some(step.counts.returned));
        if run && !step.counts.took.is_zero() {
            document.insert("executionTimeMillisEstimate", number(millis(step.counts.took)));
        }
        document.extend(details);
        match &step.kind {
            StageKind::Sort(Some(keep)) => drop(document.insert("limitAmount", number(*keep))),
            StageKind::CollScan { direction, .. } | StageKind::IdScan(direction) => {
                document.insert("direction", name_of(*direction));
            }
            StageKind::Or(inside) | StageKind::AndHash(inside) => {
                let inside: Vec<Document> = inside.iter().map(|inside| self.step(inside, run)).collect();
                document.insert("inputStages", inside);
            }
            _ => {}
        }
        let (reads_keys, reads_docs) = match step.kind {
            StageKind::IdHack => (true, true),
            StageKind::IdScan(_) | StageKind::IndexScan { .. } => (true, false),
            StageKind::CollScan { .. } | StageKind::Fetch { .. } => (false, true),
            _ => (false, false),
        };
        if run && reads_keys {
            document.insert("keysExamined", number(step.counts.keys));
        }
        if run && reads_docs {
            document.insert("docsExamined", number(step.counts.docs));
        }
        if run && matches!(step.kind, StageKind::Sort(_) | StageKind::Or(_) | StageKind::AndHash(_)) {
            document.insert("maxBytesHeld", number(step.counts.bytes));
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
    // A key that was read has a document that reads.
    let key: Document = read(spec.key_doc().as_doc()).unwrap_or_default();
    let bounds: Document = scan.bounds().map(|(path, spans)| (path.to_owned(), Bson::from(spans))).collect();
    let mut told = doc! {
        "keyPattern": key,
        "indexName": &*spec.name,
        "isMultiKey": scan.multikey,
        "isUnique": spec.unique,
        "isSparse": spec.sparse,
        "isPartial": spec.partial.is_some(),
        "direction": name_of(scan.direction),
        "indexBounds": bounds,
        "ranges": number(scan.ranges.len() as u64),
    };
    // A specification that was read has a collation that reads.
    let collation = listed(spec.collation.as_ref()).unwrap_or_default();
    if !collation.is_empty() {
        told.insert("collation", collation);
    }
    told
}

/// What a write did to the indexes besides the one on `_id`.
fn of_indexes(upkeep: Upkeep) -> Document {
    doc! { "keysInserted": number(upkeep.inserted), "keysDeleted": number(upkeep.deleted) }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
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
