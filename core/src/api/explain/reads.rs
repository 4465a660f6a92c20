//! Reads explained.

use bson::Document;

use crate::document::convert::IntoDocument;
use crate::document::path::Path;
use crate::error::Result;
use crate::query::execute::{Context, Rows, start};
use crate::query::plan::{self, Node, Weighed};
use crate::query::statement::{Find as Statement, Only};

use super::super::collection::Collection;
use super::super::count::CountOptions;
use super::super::distinct::DistinctOptions;
use super::super::modify::Limits;
use super::document::{Asked, Explanation, Ran, Top};
use super::{Explain, Verbosity};

/// How many rows are asked for at a time.
const ASK: usize = 1024;

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

    /// [`Collection::distinct`], explained: by which road the documents are found whose values are gathered.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn distinct(&self, path: &str, filter: impl IntoDocument) -> Result<Document> {
        self.distinct_with(path, filter, DistinctOptions::default())
    }

    /// [`Collection::distinct_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn distinct_with(
        &self,
        path: &str,
        filter: impl IntoDocument,
        options: DistinctOptions,
    ) -> Result<Document> {
        let DistinctOptions { hint, collation, asides, limits } = options;
        let collation = self.collection.collation(&collation)?;
        let (asked, filter) = self.read(filter, collation.as_ref(), &asides)?;
        let (only, hint) = (Only::Values(Path::parse(path)?), hint.transpose()?);
        let statement = Statement { only, hint, ..Statement::new(filter) };
        self.collection.explain_find(&statement, asked, &limits, self.verbosity)
    }
}

impl<T> Collection<T> {
    /// A find, explained.
    pub(in crate::api) fn explain_find(
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
        let all = self.run_all(&plans, limits, verbosity)?;
        let returned =
            ran.as_ref().and_then(|ran| ran.stages.first()).map_or(0, |stage| stage.counts.returned);
        let (namespace, top) = (self.namespace()?, top(returned));
        Ok(Explanation { namespace, asked, top, plans: Some(plans), ran, all }.document())
    }

    /// What each plan finds, the winning one first, where that is asked for.
    pub(super) fn run_all(
        &self,
        plans: &Weighed,
        limits: &Limits,
        verbosity: Verbosity,
    ) -> Result<Option<Vec<Ran>>> {
        if verbosity != Verbosity::AllPlansExecution {
            return Ok(None);
        }
        let every = std::iter::once(&plans.winner).chain(&plans.rejected);
        every.map(|plan| self.run_through(&plan.node, limits)).collect::<Result<_>>().map(Some)
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
}
