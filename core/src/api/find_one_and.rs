//! One document found and changed in one step, handed out as it was or as it is.

use std::borrow::Borrow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::document::builder::RawDocBuf;
use crate::document::convert::{IntoDocument, IntoUpdate, read};
use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};
use crate::expression::projection::{Meta, Projection};
use crate::expression::value::Moment;
use crate::query::execute::nodes::Changed;
use crate::query::parse::{self, Projected, Terms};
use crate::query::statement::{Change, Hint, Modify, Reach};

use super::asides::{Asides, aside_methods};
use super::collation::AskedCollation;
use super::collection::Collection;
use super::modify::{Limits, Outcome};
use super::replace::replacement_of;
use super::update::change_of;

/// Which state of the document is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReturnDocument {
    /// As it was.
    #[default]
    Before,
    /// As it is.
    After,
}

/// How a document is found and changed.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct FindOneAndOptions {
    pub(super) sort: Option<Result<RawDocBuf>>,
    pub(super) projection: Option<Result<RawDocBuf>>,
    pub(super) array_filters: Vec<Result<RawDocBuf>>,
    return_document: ReturnDocument,
    upsert: bool,
    hint: Option<Result<Hint>>,
    pub(super) collation: AskedCollation,
    pub(super) asides: Asides,
    limits: Limits,
}

impl FindOneAndOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which document comes first when several satisfy the filter; the oldest by default.
    pub fn sort(mut self, sort: impl IntoDocument) -> Self {
        self.sort = Some(sort.into_raw());
        self
    }

    /// Which fields are handed out; all by default.
    pub fn projection(mut self, projection: impl IntoDocument) -> Self {
        self.projection = Some(projection.into_raw());
        self
    }

    /// Which state is handed out; the one before by default. A delete knows only that one.
    pub fn return_document(mut self, which: ReturnDocument) -> Self {
        self.return_document = which;
        self
    }

    /// Whether a document is made when none satisfies the filter; off by default. A delete makes none.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = upsert;
        self
    }

    /// In which order texts are taken, as MongoDB writes it: `{locale: "de", strength: 2}`; `{locale: "simple"}` is the
    /// order of their bytes, the default.
    pub fn collation(mut self, collation: impl IntoDocument) -> Self {
        self.collation = AskedCollation::new(collation);
        self
    }

    /// Which array elements `$[name]` in the update means, as in
    /// [`UpdateOptions::array_filters`](super::UpdateOptions::array_filters). Only an update has any.
    pub fn array_filters(mut self, filters: impl IntoIterator<Item = impl IntoDocument>) -> Self {
        self.array_filters = filters.into_iter().map(IntoDocument::into_raw).collect();
        self
    }

    /// Finds the document by the index of this name, `_id_` being the one on `_id`.
    pub fn hint(mut self, index: impl Into<String>) -> Self {
        self.hint = Some(Ok(Hint::Name(index.into())));
        self
    }

    /// Finds the document by the index with this key; `{$natural: 1}` reads documents as they were
    /// inserted, `{$natural: -1}` backwards.
    pub fn hint_key(mut self, key: impl IntoDocument) -> Self {
        self.hint = Some(key.into_raw().and_then(Hint::of_key));
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

impl FindOneAndOptions {
    /// These options, if a delete has them.
    pub(super) fn of_delete(self) -> Result<Self> {
        if self.upsert || self.return_document == ReturnDocument::After {
            let what = "find_one_and_delete neither makes a document nor knows one after the delete";
            return Err(Error::invalid(code::INVALID_OPTIONS, what));
        }
        Ok(self)
    }
}

/// A document found and changed, as it was asked for.
pub(super) struct OneAnd {
    pub(super) modify: Modify,
    pub(super) projection: Option<Projection>,
    pub(super) return_document: ReturnDocument,
    pub(super) limits: Limits,
}

impl<T: DeserializeOwned + 'static> Collection<T> {
    /// Changes the first document that satisfies `filter` and hands it out as it was.
    ///
    /// # Errors
    /// As [`update_one`](Self::update_one); `Invalid` when the document does not fit `T`.
    pub fn find_one_and_update(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
    ) -> Result<Option<T>> {
        self.find_one_and_update_with(filter, update, FindOneAndOptions::default())
    }

    /// Changes one document as the options say.
    ///
    /// # Errors
    /// As [`find_one_and_update`](Self::find_one_and_update); `Timeout`, `Cancelled`.
    pub fn find_one_and_update_with(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        mut options: FindOneAndOptions,
    ) -> Result<Option<T>> {
        let array_filters = std::mem::take(&mut options.array_filters);
        self.find_one_and(filter, |terms| change_of(update, array_filters, terms), options)
    }

    /// Replaces the first document that satisfies `filter` and hands it out as it was.
    ///
    /// # Errors
    /// As [`replace_one`](Self::replace_one); `Invalid` when the document does not fit `T`.
    pub fn find_one_and_replace(
        &self,
        filter: impl IntoDocument,
        replacement: impl Borrow<T>,
    ) -> Result<Option<T>>
    where
        T: Serialize,
    {
        self.find_one_and_replace_with(filter, replacement, FindOneAndOptions::default())
    }

    /// Replaces one document as the options say.
    ///
    /// # Errors
    /// As [`find_one_and_replace`](Self::find_one_and_replace); `Timeout`, `Cancelled`.
    pub fn find_one_and_replace_with(
        &self,
        filter: impl IntoDocument,
        replacement: impl Borrow<T>,
        options: FindOneAndOptions,
    ) -> Result<Option<T>>
    where
        T: Serialize,
    {
        let change = Change::Update(replacement_of(replacement.borrow())?.into(), None);
        self.find_one_and(filter, |_| Ok(change), options)
    }

    /// Deletes the first document that satisfies `filter` and hands it out.
    ///
    /// # Errors
    /// As [`delete_one`](Self::delete_one); `Invalid` when the document does not fit `T`.
    pub fn find_one_and_delete(&self, filter: impl IntoDocument) -> Result<Option<T>> {
        self.find_one_and_delete_with(filter, FindOneAndOptions::default())
    }

    /// Deletes one document as the options say.
    ///
    /// # Errors
    /// As [`find_one_and_delete`](Self::find_one_and_delete); `Invalid` for options that a delete has not;
    /// `Timeout`, `Cancelled`.
    pub fn find_one_and_delete_with(
        &self,
        filter: impl IntoDocument,
        options: FindOneAndOptions,
    ) -> Result<Option<T>> {
        let options = options.of_delete()?;
        self.find_one_and(filter, |_| Ok(Change::Delete), options)
    }

    fn find_one_and(
        &self,
        filter: impl IntoDocument,
        change: impl FnOnce(Terms<'_>) -> Result<Change>,
        options: FindOneAndOptions,
    ) -> Result<Option<T>> {
        let (asked, _) = self.found_and_changed(filter, change, options)?;
        asked.map(|doc| read(doc.as_doc())).transpose()
    }
}

impl<T> Collection<T> {
    /// Reads what is asked for.
    pub(super) fn one_and(
        &self,
        filter: impl IntoDocument,
        change: impl FnOnce(Terms<'_>) -> Result<Change>,
        options: FindOneAndOptions,
    ) -> Result<OneAnd> {
        let FindOneAndOptions {
            sort,
            projection,
            array_filters,
            return_document,
            upsert,
            hint,
            collation,
            asides,
            limits,
        } = options;
        if !array_filters.is_empty() {
            let what = "array filters speak of an update's operators, and here are none";
            return Err(Error::invalid(code::FAILED_TO_PARSE, what));
        }
        let collation = self.collation(&collation)?;
        let collation = collation.as_ref();
        let variables = self.session().variables(&asides, collation)?;
        let terms = self.session().terms(collation, variables.as_ref());
        let change = change(terms)?;
        let filter = parse::filter_within(filter.into_raw()?.as_doc(), terms)?;
        let (sort, hint) = parse::sort_beside(hint.transpose()?, sort, collation)?;
        let of = Projected::Find(Some(&filter));
        let project = |fields: RawDocBuf| parse::projection(fields.as_doc(), terms, of);
        let projection = projection.transpose()?.map(project).transpose()?;
        if projection.as_ref().is_some_and(|projection| !projection.metadata.is_empty()) {
            let what = "$meta cannot be projected by find_one_and: find the document first";
            return Err(Error::not_implemented(what));
        }
        let of_one_found = projection.as_ref().is_some_and(Projection::asks_for_position);
        if of_one_found && return_document == ReturnDocument::After {
            let what = "cannot use a positional projection and hand out the document after the change";
            return Err(Error::invalid(code::BAD_VALUE, what));
        }
        let modify = Modify { filter, sort, reach: Reach::One, change, upsert, hint };
        Ok(OneAnd { modify, projection, return_document, limits })
    }

    /// Changes one document; answers the state of it that was asked for, and what was done.
    pub(super) fn found_and_changed(
        &self,
        filter: impl IntoDocument,
        change: impl FnOnce(Terms<'_>) -> Result<Change>,
        options: FindOneAndOptions,
    ) -> Result<(Option<RawDocBuf>, Outcome)> {
        options.asides.log("find_one_and", self.name());
        let OneAnd { modify, projection, return_document, limits } = self.one_and(filter, change, options)?;
        let moment = Moment::at(self.session().shared()?.options.clock.now_ms());
        let Some(projection) = projection else {
            let outcome = self.modify(&modify, limits)?;
            return Ok((asked_for(return_document, &outcome).map(RawDocBuf::from), outcome));
        };
        let project = |doc: RawDoc<'_>| projection.apply(doc, &Meta::default(), &moment);
        // What cannot be handed out must not be changed either.
        let accept = |changed: Option<&Changed>, made: Option<&RawDocBuf>| {
            state(return_document, changed, made).map_or(Ok(()), |doc| project(doc).map(drop))
        };
        let outcome = self.modify_if(&modify, limits, &accept)?;
        let asked = asked_for(return_document, &outcome).map(project).transpose()?;
        Ok((asked.map(RawDocBuf::from_checked), outcome))
    }
}

fn asked_for(which: ReturnDocument, outcome: &Outcome) -> Option<RawDoc<'_>> {
    state(which, outcome.changed.as_ref(), outcome.upserted.as_ref())
}

/// The state of the document that was asked for.
fn state<'a>(
    which: ReturnDocument,
    changed: Option<&'a Changed>,
    made: Option<&'a RawDocBuf>,
) -> Option<RawDoc<'a>> {
    match (which, changed) {
        (ReturnDocument::Before, changed) => changed.map(|changed| RawDoc::new(&changed.before)),
        (ReturnDocument::After, Some(changed)) => changed.after.as_ref().map(RawDocBuf::as_doc),
        (ReturnDocument::After, None) => made.map(RawDocBuf::as_doc),
    }
}
