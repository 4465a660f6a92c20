//! Statements explained instead of done.

use std::time::Duration;

use bson::Document;

use crate::document::convert::{IntoDocument, IntoUpdate};
use crate::error::Result;
use crate::expression::sort::SortSpec;
use crate::query::counts::{Counts, add_up};
use crate::query::execute::nodes::{ModifyRun, list};
use crate::query::execute::{Context, Rows, start};
use crate::query::parse;
use crate::query::plan::{self, Node};
use crate::query::statement::{Change, Find as Statement, Modify, Reach};

use super::collection::Collection;
use super::count::CountOptions;
use super::explanation::{Asked, Explanation, Top};
use super::modify::{Limits, must_list};
use super::update::{UpdateOptions, change_of, sort_of};

/// How many rows are asked for at a time.
const ASK: usize = 1024;
/// The database's part of a namespace, when it is in memory.
const IN_MEMORY: &str = ":memory:";

/// How much an explanation tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Verbosity {
    /// The plan. No document is read.
    #[default]
    QueryPlanner,
    /// The plan, and what each of its steps did: it is run to its end, and changes nothing.
    ExecutionStats,
}

/// Statements of one collection, explained instead of done.
///
/// What comes back has MongoDB's shape: `queryPlanner.winningPlan` is a tree of stages (`stage`, `inputStage`), and
/// at [`Verbosity::ExecutionStats`] `executionStats` has `nReturned`, `executionTimeMillis`, `totalKeysExamined`,
/// `totalDocsExamined` and the same tree in `executionStages`, where each stage says what it did.
/// Documents and keys are counted when they are read, and that happens in batches.
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
        let path = self.session().shared()?.path.as_deref();
        let stem = path.map(|path| path.file_stem().unwrap_or_default().to_string_lossy());
        Ok(format!("{}.{}", stem.as_deref().unwrap_or(IN_MEMORY), self.name()))
    }

    /// What the nodes of the plan do until its end, and how long that takes.
    fn run_through(&self, plan: &Node, limits: Limits) -> Result<(Vec<Counts>, Duration)> {
        let clock = &self.session().shared()?.options.clock;
        let began = clock.monotonic();
        let counts = self.session().read_collection(self.handle(), |shared, txn, opened| {
            let watch = shared.watch().time_limit(limits.max_time).cancel_with(limits.cancel);
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
        Ok((counts.unwrap_or_default(), clock.monotonic().saturating_sub(began)))
    }

    /// A find, explained.
    pub(super) fn explain_find(
        &self,
        statement: Statement,
        asked: Asked,
        limits: Limits,
        verbosity: Verbosity,
    ) -> Result<Document> {
        self.explain_read(statement, asked, limits, verbosity, |_| Top::Find)
    }

    fn explain_read(
        &self,
        statement: Statement,
        asked: Asked,
        limits: Limits,
        verbosity: Verbosity,
        top: impl FnOnce(u64) -> Top,
    ) -> Result<Document> {
        let plan = self.session().read(|shared, txn| {
            let opened = shared.catalog.find(txn, self.handle())?;
            plan::find(statement, opened.as_deref())
        })?;
        let (counts, took) = match verbosity {
            Verbosity::QueryPlanner => (Vec::new(), None),
            Verbosity::ExecutionStats => {
                let (counts, took) = self.run_through(&plan, limits)?;
                (counts, Some(took))
            }
        };
        let top = top(counts.first().map_or(0, |counts| counts.returned));
        let stages = plan::stages(&plan, &counts);
        Ok(Explanation { namespace: self.namespace()?, asked, top, stages, took }.document())
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
        let filter = filter.into_raw()?;
        let asked = Asked::filter(&filter)?;
        let filter = parse::filter_within(filter.as_doc(), self.collection.session().filter_limits())?;
        let CountOptions { skip, limit, limits } = options.clone();
        if !filter.is_everything() {
            let statement = Statement { skip, limit, ..Statement::new(filter) };
            let top = |counted| Top::Count { counted };
            return self.collection.explain_read(statement, asked, limits, self.verbosity, top);
        }
        let clock = &self.collection.session().shared()?.options.clock;
        let began = clock.monotonic();
        let (counted, took) = match self.verbosity {
            Verbosity::QueryPlanner => (0, None),
            Verbosity::ExecutionStats => {
                let counted = self.collection.count_documents_with(Document::new(), options)?;
                (counted, Some(clock.monotonic().saturating_sub(began)))
            }
        };
        let (namespace, top) = (self.collection.namespace()?, Top::Count { counted });
        Ok(Explanation { namespace, asked, top, stages: Vec::new(), took }.document())
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
        self.delete(filter, Reach::One)
    }

    /// [`Collection::delete_many`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn delete_many(&self, filter: impl IntoDocument) -> Result<Document> {
        self.delete(filter, Reach::Many)
    }

    fn update(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        options: UpdateOptions,
        reach: Reach,
    ) -> Result<Document> {
        let UpdateOptions { upsert, sort, array_filters, limits } = options;
        let sort = sort_of(sort, reach)?;
        self.modify(filter, sort, change_of(update, array_filters)?, upsert, reach, limits)
    }

    fn delete(&self, filter: impl IntoDocument, reach: Reach) -> Result<Document> {
        self.modify(filter, SortSpec::default(), Change::Delete, false, reach, Limits::default())
    }

    fn modify(
        &self,
        filter: impl IntoDocument,
        sort: SortSpec,
        change: Change,
        upsert: bool,
        reach: Reach,
        limits: Limits,
    ) -> Result<Document> {
        let filter = filter.into_raw()?;
        let asked = Asked::filter(&filter)?;
        let filter = parse::filter_within(filter.as_doc(), self.collection.session().filter_limits())?;
        let modify = Modify { filter, sort, reach, change, upsert };
        let collection = self.collection;
        let plan = collection.session().read(|shared, txn| {
            let opened = shared.catalog.find(txn, collection.handle())?;
            plan::modify(&modify, opened.as_deref())
        })?;
        let (tried, took) = match self.verbosity {
            Verbosity::QueryPlanner => (Tried::default(), None),
            Verbosity::ExecutionStats => {
                let clock = &self.collection.session().shared()?.options.clock;
                let began = clock.monotonic();
                let tried = self.try_out(&modify, &plan, limits)?;
                (tried, Some(clock.monotonic().saturating_sub(began)))
            }
        };
        let Tried { matched, modified, counts } = tried;
        let top = match modify.change {
            Change::Delete => Top::Delete { deleted: modified },
            Change::Update(..) | Change::Pipeline(_) => {
                Top::Update { matched, modified, upserts: upsert && matched == 0 }
            }
        };
        let (namespace, stages) = (self.collection.namespace()?, plan::stages(&plan, &counts));
        Ok(Explanation { namespace, asked, top, stages, took }.document())
    }

    /// Does it in a view of this moment, chunk by chunk, and forgets each.
    fn try_out(&self, modify: &Modify, plan: &Node, limits: Limits) -> Result<Tried> {
        let session = self.collection.session();
        let chunk_bytes = session.chunk_bytes()?;
        session.try_out(|shared, txn| {
            let watch = shared.watch().time_limit(limits.max_time).cancel_with(limits.cancel);
            let mut tried = Tried::default();
            let Some(opened) = shared.catalog.find(txn, self.collection.handle())? else { return Ok(tried) };
            let mut taken = plan.clone();
            if must_list(modify, plan) {
                let (records, counts) = list(plan, &Context { txn, opened: &opened, watch: &watch })?;
                taken = plan::listed(modify, records);
                tried.counts = counts;
            }
            let counted = tried.counts.is_empty();
            let run = ModifyRun { modify, plan: &taken, watch: &watch, chunk_bytes, counted };
            let mut resume: Option<Vec<u8>> = None;
            loop {
                let before = txn.savepoint();
                let chunk = run.chunk(txn, &opened, resume.as_deref())?;
                txn.roll_back_to(before);
                tried.matched += chunk.matched;
                tried.modified += chunk.modified;
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
    counts: Vec<Counts>,
}
