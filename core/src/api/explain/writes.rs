//! Writes explained: each is tried out in a view of the moment, and forgotten.

use std::borrow::Borrow;

use bson::Document;
use serde::Serialize;

use crate::collection::Upkeep;
use crate::document::builder::RawDocBuf;
use crate::document::convert::{IntoDocument, IntoUpdate, read};
use crate::error::{Error, Result};
use crate::query::counts::{Counts, add_up};
use crate::query::execute::Context;
use crate::query::execute::nodes::{ModifyRun, list};
use crate::query::parse::Terms;
use crate::query::plan::{self, Node, Weighed};
use crate::query::statement::{Change, Find as Statement, Modify, Reach};

use super::super::asides::Asides;
use super::super::bulk::{BulkWriteOptions, Op, WriteModel};
use super::super::collation::AskedCollation;
use super::super::collection::Collection;
use super::super::delete::DeleteOptions;
use super::super::find_one_and::{FindOneAndOptions, OneAnd, ReturnDocument};
use super::super::modify::{Limits, must_list};
use super::super::replace::{ReplaceOptions, replacement_of};
use super::super::update::{UpdateOptions, change_of};
use super::document::{Asked, Explanation, Ran, Top, listed, told};
use super::{Explain, Verbosity};

impl<T> Explain<'_, T> {
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

    /// [`Collection::replace_one`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn replace_one(&self, filter: impl IntoDocument, replacement: impl Borrow<T>) -> Result<Document>
    where
        T: Serialize,
    {
        self.replace_one_with(filter, replacement, ReplaceOptions::default())
    }

    /// [`Collection::replace_one_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn replace_one_with(
        &self,
        filter: impl IntoDocument,
        replacement: impl Borrow<T>,
        options: ReplaceOptions,
    ) -> Result<Document>
    where
        T: Serialize,
    {
        let filter = filter.into_raw()?;
        let asked = self.asked(&filter, &options.collation, &options.asides, options.sort.as_ref())?;
        let (modify, limits) = self.collection.asked_replacement(filter, replacement, options)?;
        self.modify(&modify, None, asked, limits)
    }

    /// [`Collection::find_one_and_update`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn find_one_and_update(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
    ) -> Result<Document> {
        self.find_one_and_update_with(filter, update, FindOneAndOptions::default())
    }

    /// [`Collection::find_one_and_update_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn find_one_and_update_with(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        mut options: FindOneAndOptions,
    ) -> Result<Document> {
        let array_filters = std::mem::take(&mut options.array_filters);
        self.one_and(filter, |terms| change_of(update, array_filters, terms), options)
    }

    /// [`Collection::find_one_and_replace`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn find_one_and_replace(
        &self,
        filter: impl IntoDocument,
        replacement: impl Borrow<T>,
    ) -> Result<Document>
    where
        T: Serialize,
    {
        self.find_one_and_replace_with(filter, replacement, FindOneAndOptions::default())
    }

    /// [`Collection::find_one_and_replace_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn find_one_and_replace_with(
        &self,
        filter: impl IntoDocument,
        replacement: impl Borrow<T>,
        options: FindOneAndOptions,
    ) -> Result<Document>
    where
        T: Serialize,
    {
        let change = Change::Update(replacement_of(replacement.borrow())?.into(), None);
        self.one_and(filter, |_| Ok(change), options)
    }

    /// [`Collection::find_one_and_delete`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn find_one_and_delete(&self, filter: impl IntoDocument) -> Result<Document> {
        self.find_one_and_delete_with(filter, FindOneAndOptions::default())
    }

    /// [`Collection::find_one_and_delete_with`], explained.
    ///
    /// # Errors
    /// As the statement itself.
    pub fn find_one_and_delete_with(
        &self,
        filter: impl IntoDocument,
        options: FindOneAndOptions,
    ) -> Result<Document> {
        self.one_and(filter, |_| Ok(Change::Delete), options.of_delete()?)
    }

    fn update(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        options: UpdateOptions,
        reach: Reach,
    ) -> Result<Document> {
        let filter = filter.into_raw()?;
        let asked = self.asked(&filter, &options.collation, &options.asides, options.sort.as_ref())?;
        let (modify, limits) = self.collection.asked_update(filter, update, options, reach)?;
        self.modify(&modify, None, asked, limits)
    }

    fn delete(&self, filter: impl IntoDocument, options: DeleteOptions, reach: Reach) -> Result<Document> {
        let filter = filter.into_raw()?;
        let asked = self.asked(&filter, &options.collation, &options.asides, None)?;
        let (modify, limits) = self.collection.asked_delete(filter, options, reach)?;
        self.modify(&modify, None, asked, limits)
    }

    /// What an explanation repeats of a write.
    fn asked(
        &self,
        filter: &RawDocBuf,
        collation: &AskedCollation,
        asides: &Asides,
        sort: Option<&Result<RawDocBuf>>,
    ) -> Result<Asked> {
        let collation = self.collection.collation(collation)?;
        Ok(Asked { sort: told(sort)?, beside: asides.told()?, ..Asked::filter(filter, collation.as_ref())? })
    }

    /// A document found and changed, explained.
    pub(in crate::api) fn one_and(
        &self,
        filter: impl IntoDocument,
        change: impl FnOnce(Terms<'_>) -> Result<Change>,
        options: FindOneAndOptions,
    ) -> Result<Document> {
        let filter = filter.into_raw()?;
        let asked = self.asked(&filter, &options.collation, &options.asides, options.sort.as_ref())?;
        let projection = told(options.projection.as_ref())?;
        let OneAnd { modify, return_document, limits, .. } =
            self.collection.one_and(filter, change, options)?;
        self.modify(&modify, Some(return_document), Asked { projection, ..asked }, limits)
    }

    /// One write of a bulk, explained.
    pub(in crate::api) fn write(&self, model: WriteModel, options: BulkWriteOptions) -> Result<Document> {
        let (session, handle) = (self.collection.session(), self.collection.handle());
        let BulkWriteOptions { asides, limits, .. } = options;
        let (filter, sort, collation) = model.asked();
        let filter = filter.map_or_else(|| Ok(Document::new()), |filter| read(filter.as_doc()))?;
        let collation = listed(self.collection.collation(collation)?.as_ref())?;
        let (sort, beside) = (told(sort)?, asides.told()?);
        let asked = Asked { filter, sort, projection: Document::new(), collation, beside };
        let variables = session.variables(&asides, None)?;
        match model.prepare(session, handle, variables.as_ref())? {
            Op::Modify(modify) => self.modify(&modify, None, asked, limits),
            Op::Insert(_) => {
                Err(Error::internal("an insert finds no documents, there is nothing to explain"))
            }
        }
    }

    /// A write, of which a state of its document is `handed_out` where one is.
    fn modify(
        &self,
        modify: &Modify,
        handed_out: Option<ReturnDocument>,
        asked: Asked,
        limits: Limits,
    ) -> Result<Document> {
        let plans = self.collection.weigh(&plan::search_of(modify))?;
        let all = self.collection.run_all(&plans, &limits, self.verbosity)?;
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
        let upserts = modify.upsert && matched == 0;
        let returned = u64::from(match handed_out {
            None => false,
            Some(ReturnDocument::Before) => matched > 0,
            Some(ReturnDocument::After) => matched > 0 || upserts,
        });
        let top = match modify.change {
            Change::Delete => Top::Delete { deleted: modified, upkeep, returned },
            Change::Update(..) | Change::Pipeline(_) => {
                Top::Update { matched, modified, upserts, upkeep, returned }
            }
        };
        let ran = took.map(|took| Ran { stages: plan::stages(&plans.winner.node, &counts), took });
        let namespace = self.collection.namespace()?;
        Ok(Explanation { namespace, asked, top, plans: Some(plans), ran, all }.document())
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
                let (found, counts) = list(plan, &Context { txn, opened: &opened, watch: &watch })?;
                taken = plan::listed(modify, found);
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

impl<T> Collection<T> {
    /// The plans of a search.
    fn weigh(&self, statement: &Statement) -> Result<Weighed> {
        self.session().read(|shared, txn| {
            let opened = shared.catalog.find(txn, self.handle())?;
            plan::weigh(statement, opened.as_deref().map(|opened| plan::Place { opened, txn }))
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
