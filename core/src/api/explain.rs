//! Statements explained instead of done.

use bson::Document;

use crate::collection::Upkeep;
use crate::document::collation::Collation;
use crate::document::convert::{IntoDocument, IntoUpdate};
use crate::error::Result;
use crate::expression::filter::Filter;
use crate::expression::sort::SortSpec;
use crate::query::counts::{Counts, add_up};
use crate::query::execute::nodes::{ModifyRun, list};
use crate::query::execute::{Context, Rows, start};
use crate::query::parse;
use crate::query::plan::{self, Node, Weighed};
use crate::query::statement::{Change, Find as Statement, Modify, Only, Reach};

use super::asides::Asides;
use super::collection::Collection;
use super::count::CountOptions;
use super::delete::DeleteOptions;
use super::explanation::{Asked, Explanation, Ran, Top};
use super::modify::{Limits, must_list};
use super::update::{UpdateOptions, change_of, sort_of};

/// How many rows are asked for at a time.
const ASK: usize = 1024;

/// How much an explanation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Verbosity {
    /// The plan. No document is read.
    #[default]
    QueryPlanner,
    /// The plan, and what each of its steps did: it is run to its end, and changes nothing.
    ExecutionStats,
    /// The same, and what the plans did that were thought of and rejected: a read is run once by each of them.
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

    /// What the plan does until its end, and how long that takes.
    fn run_through(&self, plan: &Node, limits: &Limits) -> Result<Ran> {
        let clock = &self.session().shared()?.options.clock;
        let began = clock.monotonic();
        let counts = self.session().read_seen(self.handle(), |shared, txn, seen| {
            let Some(opened) = seen.opened.as_deref() else { return Ok(Vec::new()) };
            let watch = shared
                .watch()
                .time_limit(limits.max_time)
                .cancel_with(limits.cancel.clone())
                .allow_disk_use(!limits.no_disk)
                .timed();
            let ctx = Context { txn, opened, watch: &watch };
            let mut found = start(plan, &ctx)?;
            let mut rows = Rows::new();
            loop {
                found.next(&ctx, ASK, &mut rows)?;
                if rows.is_empty() {
                    let mut counts = Vec::new();
                    found.report(&mut counts);
                    return Ok(counts);
                }
            }
        })?;
        let took = clock.monotonic().saturating_sub(began);
        Ok(Ran { stages: plan::stages(plan, &counts), took })
    }

    /// A find, explained.
    pub(super) fn explain_find(
        &self,
        statement: &Statement,
        asked: Asked,
        limits: &Limits,
        verbosity: Verbosity,
    ) -> Result<Document> {
        self.explain_read(statement, asked, limits, verbosity, |_| Top::Find)
    }

    fn explain_read(
        &self,
        statement: &Statement,
        asked: Asked,
        limits: &Limits,
        verbosity: Verbosity,
        top: impl FnOnce(u64) -> Top,
    ) -> Result<Document> {
        let plans = self.session().read_seen(self.handle(), |_, txn, seen| seen.weigh(statement, txn))?;
        let ran = match verbosity {
            Verbosity::QueryPlanner => None,
            _ => Some(self.run_through(&plans.winner.node, limits)?),
        };
        let all = match verbosity {
            Verbosity::AllPlansExecution => {
                let every = std::iter::once(&plans.winner).chain(&plans.rejected);
                Some(every.map(|plan| self.run_through(&plan.node, limits)).collect::<Result<_>>()?)
            }
            _ => None,
        };
        let returned =
            ran.as_ref().and_then(|ran| ran.stages.first()).map_or(0, |stage| stage.counts.returned);
        let (namespace, top) = (self.namespace()?, top(returned));
        Ok(Explanation { namespace, asked, top, plans: Some(plans), ran, all }.document())
    }

    /// The plans of a search.
    fn weigh(&self, statement: &Statement) -> Result<Weighed> {
        self.session().read(|shared, txn| {
            let opened = shared.catalog.find(txn, self.handle())?;
            plan::weigh(statement, opened.as_deref().map(|opened| plan::Place { opened, txn }))
        })
    }
}

impl<T> Explain<'_, T> {
    /// [`Collection::count_documents`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn count_documents(&self, filter: impl IntoDocument) -> Result<Document> {
        self.count_documents_with(filter, CountOptions::default())
    }

    /// [`Collection::count_documents_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn count_documents_with(&self, filter: impl IntoDocument, options: CountOptions) -> Result<Document> {
        let CountOptions { skip, limit, hint, collation, asides, limits } = options.clone();
        let (asked, filter) = self.read(filter, self.collection.collation(&collation)?.as_ref(), &asides)?;
        let hint = hint.transpose()?;
        if !filter.is_everything() || hint.is_some() {
            let statement = Statement { skip, limit, hint, only: Only::Count, ..Statement::new(filter) };
            let top = |counted| Top::Count { counted };
            return self.collection.explain_read(&statement, asked, &limits, self.verbosity, top);
        }
        let clock = &self.collection.session().shared()?.options.clock;
        let began = clock.monotonic();
        let (counted, ran) = match self.verbosity {
            Verbosity::QueryPlanner => (0, None),
            _ => {
                let counted = self.collection.count_documents_with(Document::new(), options)?;
                let took = clock.monotonic().saturating_sub(began);
                (counted, Some(Ran { stages: Vec::new(), took }))
            }
        };
        let (namespace, top) = (self.collection.namespace()?, Top::Count { counted });
        Ok(Explanation { namespace, asked, top, plans: None, ran, all: None }.document())
    }

    /// [`Collection::update_one`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn update_one(&self, filter: impl IntoDocument, update: impl IntoUpdate) -> Result<Document> {
        self.update(filter, update, UpdateOptions::default(), Reach::One)
    }

    /// [`Collection::update_one_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn update_one_with(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        options: UpdateOptions,
    ) -> Result<Document> {
        self.update(filter, update, options, Reach::One)
    }

    /// [`Collection::update_many`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn update_many(&self, filter: impl IntoDocument, update: impl IntoUpdate) -> Result<Document> {
        self.update(filter, update, UpdateOptions::default(), Reach::Many)
    }

    /// [`Collection::update_many_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn update_many_with(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        options: UpdateOptions,
    ) -> Result<Document> {
        self.update(filter, update, options, Reach::Many)
    }

    /// [`Collection::delete_one`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn delete_one(&self, filter: impl IntoDocument) -> Result<Document> {
        self.delete(filter, DeleteOptions::default(), Reach::One)
    }

    /// [`Collection::delete_many`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn delete_many(&self, filter: impl IntoDocument) -> Result<Document> {
        self.delete(filter, DeleteOptions::default(), Reach::Many)
    }

    /// [`Collection::delete_one_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn delete_one_with(&self, filter: impl IntoDocument, options: DeleteOptions) -> Result<Document> {
        self.delete(filter, options, Reach::One)
    }

    /// [`Collection::delete_many_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn delete_many_with(&self, filter: impl IntoDocument, options: DeleteOptions) -> Result<Document> {
        self.delete(filter, options, Reach::Many)
    }

    fn update(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        options: UpdateOptions,
        reach: Reach,
    ) -> Result<Document> {
        let UpdateOptions { upsert, sort, array_filters, hint, collation, asides, limits } = options;
        let collation = self.collection.collation(&collation)?;
        let collation = collation.as_ref();
        let (sort, hint) = sort_of(sort, hint.transpose()?, reach, collation)?;
        let session = self.collection.session();
        let variables = session.variables(&asides, collation)?;
        let change = change_of(update, array_filters, session.terms(collation, variables.as_ref()))?;
        let (asked, filter) = self.read(filter, collation, &asides)?;
        self.modify(&Modify { filter, sort, reach, change, upsert, hint }, asked, limits)
    }

    fn delete(&self, filter: impl IntoDocument, options: DeleteOptions, reach: Reach) -> Result<Document> {
        let DeleteOptions { hint, collation, asides, limits } = options;
        let collation = self.collection.collation(&collation)?;
        let (sort, change, hint) = (SortSpec::default(), Change::Delete, hint.transpose()?);
        let (asked, filter) = self.read(filter, collation.as_ref(), &asides)?;
        self.modify(&Modify { filter, sort, reach, change, upsert: false, hint }, asked, limits)
    }

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

    fn modify(&self, modify: &Modify, asked: Asked, limits: Limits) -> Result<Document> {
        let plans = self.collection.weigh(&plan::search_of(modify))?;
        let (tried, took) = match self.verbosity {
            Verbosity::QueryPlanner => (Tried::default(), None),
            _ => {
                let clock = &self.collection.session().shared()?.options.clock;
                let began = clock.monotonic();
                let tried = self.try_out(modify, &plans.winner.node, limits)?;
                (tried, Some(clock.monotonic().saturating_sub(began)))
            }
        };
        let Tried { matched, modified, upkeep, counts } = tried;
        let top = match modify.change {
            Change::Delete => Top::Delete { deleted: modified, upkeep },
            Change::Update(..) | Change::Pipeline(_) => {
                Top::Update { matched, modified, upserts: modify.upsert && matched == 0, upkeep }
            }
        };
        let ran = took.map(|took| Ran { stages: plan::stages(&plans.winner.node, &counts), took });
        let namespace = self.collection.namespace()?;
        Ok(Explanation { namespace, asked, top, plans: Some(plans), ran, all: None }.document())
    }

    /// Does it in a view of this moment, chunk by chunk, and forgets each.
    fn try_out(&self, modify: &Modify, plan: &Node, limits: Limits) -> Result<Tried> {
        let session = self.collection.session();
        let chunk_bytes = session.chunk_bytes()?;
        session.try_out(|shared, txn| {
            let bypass_validation = limits.bypass_validation;
            let watch = shared.watch().time_limit(limits.max_time).cancel_with(limits.cancel).timed();
            let mut tried = Tried::default();
            let Some(opened) = shared.catalog.find(txn, self.collection.handle())? else { return Ok(tried) };
            let mut taken = plan.clone();
            if must_list(modify, plan) {
                let (records, counts) = list(plan, &Context { txn, opened: &opened, watch: &watch })?;
                taken = plan::listed(modify, records);
                tried.counts = counts;
            }
            let counted = tried.counts.is_empty();
            let run =
                ModifyRun { modify, plan: &taken, watch: &watch, chunk_bytes, counted, bypass_validation };
            let mut resume: Option<Vec<u8>> = None;
            loop {
                let before = txn.savepoint();
                let chunk = run.chunk(txn, &opened, resume.as_deref())?;
                txn.roll_back_to(before);
                tried.matched += chunk.matched;
                tried.modified += chunk.modified;
                tried.upkeep += chunk.upkeep;
                add_up(&mut tried.counts, &chunk.counts);
                resume = chunk.resume;
                if resume.is_none() {
                    return Ok(tried);
                }
            }
        })
    }
}

/// What a write would have done.
#[derive(Debug, Default)]
struct Tried {
    matched: u64,
    modified: u64,
    upkeep: Upkeep,
    counts: Vec<Counts>,
}
