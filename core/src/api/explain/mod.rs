//! Statements explained instead of done.
//!
//! Read next: `document` (the shape of what is told), `reads` and `writes` (one method for each verb).

mod document;
mod reads;
mod writes;

use crate::document::collation::Collation;
use crate::document::convert::IntoDocument;
use crate::error::Result;
use crate::expression::filter::Filter;
use crate::query::parse;

use super::asides::Asides;
use super::collection::Collection;
pub(super) use document::{Asked, listed, told};

/// How much an explanation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Verbosity {
    /// The plan. No document is read.
    #[default]
    QueryPlanner,
    /// The plan, and what each of its steps did: it is run to its end, and changes nothing.
    ExecutionStats,
    /// The same, and what the plans did that were thought of and rejected: what is to be found is searched once by each
    /// of them.
    AllPlansExecution,
}

/// Statements of one collection, explained instead of done.
///
/// What comes back has MongoDB's shape: `queryPlanner.winningPlan` is a tree of stages (`stage`, `inputStage`), and
/// at [`Verbosity::ExecutionStats`] `executionStats` has `nReturned`, `executionTimeMillis`, `totalKeysExamined`,
/// `totalDocsExamined` and the same tree in `executionStages`, where each stage says what it did.
/// Documents and keys are counted when they are read, and that happens in batches.
///
/// Beyond MongoDB's names, a plan that was chosen among several has `costEstimate` and `entriesEstimate`, each of
/// `rejectedPlans` says why (`rejectedBecause`), `indexesNotUsed` tells the same of the indexes of which no plan was made,
/// and steps that gather in memory say how much that was at most (`maxBytesHeld`).
///
/// ```
/// # fn main() -> nexuslite::Result<()> {
/// use nexuslite::{Database, Verbosity, bson::doc};
/// let db = Database::open(":memory:")?;
/// let users = db.collection("users");
/// users.insert_many([doc! { "_id": 1, "age": 30 }, doc! { "_id": 2, "age": 40 }])?;
/// let plan = users.find(doc! { "_id": 1 }).explain(Verbosity::QueryPlanner)?;
/// let winning = plan.get_document("queryPlanner").and_then(|planner| planner.get_document("winningPlan"));
/// assert_eq!(winning.and_then(|plan| plan.get_str("stage")).ok(), Some("IDHACK"));
/// let told = users.explain(Verbosity::ExecutionStats).delete_many(doc! { "age": { "$gt": 35 } })?;
/// let stats = told.get_document("executionStats");
/// assert_eq!(stats.and_then(|stats| stats.get_i32("totalDocsExamined")).ok(), Some(2));
/// assert_eq!(users.count_documents(doc! {})?, 2, "nothing was deleted");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Explain<'c, T> {
    collection: &'c Collection<T>,
    verbosity: Verbosity,
}

impl<T> Collection<T> {
    /// Explains the statement that is named next instead of doing it. For a find see
    /// [`Find::explain`](super::Find::explain).
    pub fn explain(&self, verbosity: Verbosity) -> Explain<'_, T> {
        Explain { collection: self, verbosity }
    }

    fn namespace(&self) -> Result<String> {
        Ok(format!("{}.{}", self.session().database_name()?, self.name()))
    }
}

impl<T> Explain<'_, T> {
    /// What was asked, as it is told, and as it is done.
    fn read(
        &self,
        filter: impl IntoDocument,
        collation: Option<&Collation>,
        asides: &Asides,
    ) -> Result<(Asked, Filter)> {
        let filter = filter.into_raw()?;
        let session = self.collection.session();
        let variables = session.variables(asides, collation)?;
        let terms = session.terms(collation, variables.as_ref());
        let asked = Asked { beside: asides.told()?, ..Asked::filter(&filter, collation)? };
        Ok((asked, parse::filter_within(filter.as_doc(), terms)?))
    }
}
