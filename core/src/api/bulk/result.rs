//! What a bulk write did, and what failed of it.

use std::collections::BTreeMap;
use std::fmt;

use bson::Bson;

use crate::document::builder::RawDocBuf;
use crate::document::raw::{RawDoc, Value};
use crate::error::{Error, Result};

use super::super::asides::{Asides, aside_methods};
use super::super::delete::DeleteResult;
use super::super::insert::InsertOneResult;
use super::super::modify::Limits;
use super::super::update::UpdateResult;

/// So many failed writes of one call are described; all are counted.
const FAULTS_DESCRIBED_MAX: usize = 1000;

/// How a bulk is written.
#[derive(Debug, Clone)]
#[must_use]
pub struct BulkWriteOptions {
    pub(in crate::api) ordered: bool,
    pub(in crate::api) asides: Asides,
    pub(in crate::api) limits: Limits,
}

impl Default for BulkWriteOptions {
    fn default() -> Self {
        Self { ordered: true, asides: Asides::default(), limits: Limits::default() }
    }
}

impl BulkWriteOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the first write that fails ends the call; on by default.
    pub fn ordered(mut self, ordered: bool) -> Self {
        self.ordered = ordered;
        self
    }

    /// Stores whatever the collection's validator says; off by default.
    pub fn bypass_document_validation(mut self, bypass: bool) -> Self {
        self.limits.bypass_validation = bypass;
        self
    }

    aside_methods!(variables);
    aside_methods!(comment);
    aside_methods!(limits);
}

/// What a bulk write did, all writes together.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct BulkWriteResult {
    /// How many documents were inserted, those of upserts not counted.
    pub inserted_count: u64,
    /// How many documents satisfied the filters of updates and replacements.
    pub matched_count: u64,
    /// How many of them are other than before.
    pub modified_count: u64,
    /// How many documents are gone.
    pub deleted_count: u64,
    /// How many documents were made because none satisfied a filter.
    pub upserted_count: u64,
    /// The `_id`s of inserted documents, by the place of their write in the call.
    pub inserted_ids: BTreeMap<usize, Bson>,
    /// The `_id`s of documents that upserts made, by the place of their write in the call.
    pub upserted_ids: BTreeMap<usize, Bson>,
}

impl BulkWriteResult {
    /// How many documents are other than before, gone or new.
    pub(super) fn changed(&self) -> u64 {
        self.inserted_count + self.upserted_count + self.modified_count + self.deleted_count
    }
}

/// What a bulk write did, write by write.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct VerboseBulkWriteResult {
    /// All writes together.
    pub summary: BulkWriteResult,
    /// What the inserts did, by their place in the call.
    pub insert_results: BTreeMap<usize, InsertOneResult>,
    /// What updates and replacements did, by their place in the call.
    pub update_results: BTreeMap<usize, UpdateResult>,
    /// What deletes did, by their place in the call.
    pub delete_results: BTreeMap<usize, DeleteResult>,
}

/// What one write did.
#[derive(Debug)]
pub(super) enum Done {
    Inserted(Bson),
    Updated(UpdateResult),
    Deleted(u64),
}

impl VerboseBulkWriteResult {
    pub(super) fn add(&mut self, at: usize, done: Done) {
        let summary = &mut self.summary;
        match done {
            Done::Inserted(inserted_id) => {
                summary.inserted_count += 1;
                summary.inserted_ids.insert(at, inserted_id.clone());
                self.insert_results.insert(at, InsertOneResult { inserted_id });
            }
            Done::Updated(result) => {
                summary.matched_count += result.matched_count;
                summary.modified_count += result.modified_count;
                if let Some(id) = &result.upserted_id {
                    summary.upserted_count += 1;
                    summary.upserted_ids.insert(at, id.clone());
                }
                self.update_results.insert(at, result);
            }
            Done::Deleted(deleted_count) => {
                summary.deleted_count += deleted_count;
                self.delete_results.insert(at, DeleteResult { deleted_count });
            }
        }
    }

    /// How many writes did what they should.
    pub(in crate::api) fn len(&self) -> usize {
        self.insert_results.len() + self.update_results.len() + self.delete_results.len()
    }
}

/// The writes of a bulk that failed, and what the others did. It is the source of the error that the call answers.
///
/// ```
/// # fn main() -> nexuslite::Result<()> {
/// use nexuslite::{BulkWriteError, Database, WriteModel, bson::doc};
/// let db = Database::open(":memory:")?;
/// let twice = || WriteModel::insert_one(doc! { "_id": 1 });
/// let error = db.collection("c").bulk_write([twice(), twice()]).expect_err("the _id is taken");
/// let bulk = BulkWriteError::of(&error).expect("a bulk write failed");
/// assert_eq!(bulk.write_errors[&1].code(), Some(11000));
/// assert_eq!(bulk.partial_result.summary.inserted_count, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct BulkWriteError {
    /// What each write failed with, by its place in the call.
    pub write_errors: BTreeMap<usize, Error>,
    /// What the other writes did; inside a transaction that is taken back.
    pub partial_result: VerboseBulkWriteResult,
}

impl BulkWriteError {
    /// What failed of the bulk write that answered `error`; nothing when it was something else that failed.
    #[must_use]
    pub fn of(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }

    /// The error that the call answers; nothing when no write failed.
    pub(super) fn into_result(self) -> Result<VerboseBulkWriteResult> {
        match self.told() {
            None => Ok(self.partial_result),
            Some(error) => Err(error.with_source(self)),
        }
    }

    /// The failed writes as one error; nothing when no write failed.
    pub(in crate::api) fn told(&self) -> Option<Error> {
        let (at, first) = self.write_errors.iter().next()?;
        let (failed, tried) = (self.write_errors.len(), self.write_errors.len() + self.partial_result.len());
        let message =
            format!("{failed} of {tried} writes failed, the first at place {at}: {}", first.message());
        let error = Error::new(first.kind(), message).with_details(self.details().into_bytes());
        Some(match (first.code(), first.code_name()) {
            (Some(number), Some(name)) => error.with_code((number, name)),
            _ => error,
        })
    }

    /// The details of MongoDB's drivers.
    fn details(&self) -> RawDocBuf {
        let done = &self.partial_result.summary;
        RawDocBuf::build(|details| {
            let mut errors = details.array("writeErrors");
            for (at, fault) in self.write_errors.iter().take(FAULTS_DESCRIBED_MAX) {
                let mut error = errors.document();
                error.put("index", Value::Int64(*at as i64));
                error.put("code", Value::Int32(fault.code().unwrap_or_default()));
                error.put("errmsg", Value::String(fault.message()));
                if let Some(more) = fault.details() {
                    error.extend(RawDoc::new(more));
                }
            }
            errors.finish();
            let counts = [
                ("nFailed", self.write_errors.len() as u64),
                ("nInserted", done.inserted_count),
                ("nUpserted", done.upserted_count),
                ("nMatched", done.matched_count),
                ("nModified", done.modified_count),
                ("nRemoved", done.deleted_count),
            ];
            counts.iter().for_each(|(name, count)| details.put(name, Value::Int64(count.cast_signed())));
            let mut upserted = details.array("upserted");
            for (at, id) in &done.upserted_ids {
                let mut one = upserted.document();
                one.put("index", Value::Int64(*at as i64));
                if let Ok(id) = bson::serialize_to_vec(&bson::doc! { "_id": id.clone() }) {
                    one.extend(RawDoc::new(&id));
                }
            }
        })
    }
}

impl fmt::Display for BulkWriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.write_errors.iter().take(FAULTS_DESCRIBED_MAX) {
            writeln!(f, "write {at}: {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for BulkWriteError {}
