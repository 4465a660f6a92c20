//! Changes of documents, field by field.

use std::sync::Arc;

use bson::Bson;

use crate::document::builder::RawDocBuf;
use crate::document::collation::Collation;
use crate::document::convert::{IntoDocument, IntoUpdate, UpdateForm};
use crate::document::raw::RawDoc;
use crate::error::{Error, Result, code};
use crate::expression::sort::SortSpec;
use crate::expression::update::Update;
use crate::expression::value::fault::at;
use crate::query::parse::{self, Terms};
use crate::query::statement::{Change, Hint, Modify, Reach};

use super::asides::{Asides, aside_methods};
use super::collation::AskedCollation;
use super::collection::Collection;
use super::document::id_of;
use super::modify::{Limits, Outcome};

/// What an update or a replacement did.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct UpdateResult {
    /// How many documents satisfied the filter.
    pub matched_count: u64,
    /// How many of them are other than before.
    pub modified_count: u64,
    /// The `_id` of the document that was made because none satisfied the filter.
    pub upserted_id: Option<Bson>,
}

/// How documents are updated.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct UpdateOptions {
    pub(super) upsert: bool,
    pub(super) sort: Option<Result<RawDocBuf>>,
    pub(super) array_filters: Vec<Result<RawDocBuf>>,
    pub(super) hint: Option<Result<Hint>>,
    pub(super) collation: AskedCollation,
    pub(super) asides: Asides,
    pub(super) limits: Limits,
}

impl UpdateOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a document is made when none satisfies the filter; off by default.
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

    /// Which document is changed when several satisfy the filter; the oldest by default. Only one may be changed.
    pub fn sort(mut self, sort: impl IntoDocument) -> Self {
        self.sort = Some(sort.into_raw());
        self
    }

    /// Which array elements `$[name]` in the update means: each filter speaks of one name, as
    /// `{"name.field": {"$gte": 5}}` does.
    pub fn array_filters(mut self, filters: impl IntoIterator<Item = impl IntoDocument>) -> Self {
        self.array_filters = filters.into_iter().map(IntoDocument::into_raw).collect();
        self
    }

    /// Finds the documents by the index of this name, `_id_` being the one on `_id`.
    pub fn hint(mut self, index: impl Into<String>) -> Self {
        self.hint = Some(Ok(Hint::Name(index.into())));
        self
    }

    /// Finds the documents by the index with this key; `{$natural: 1}` reads documents as they were
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

impl<T> Collection<T> {
    /// Changes the first document that satisfies `filter`.
    ///
    /// The update is a document of operators, or a list of stages that compute the new document.
    ///
    /// # Errors
    /// `Invalid` for a filter or an update that means nothing, or an update that does not fit the document;
    /// `DuplicateKey`, `Unsupported`.
    pub fn update_one(&self, filter: impl IntoDocument, update: impl IntoUpdate) -> Result<UpdateResult> {
        self.update_one_with(filter, update, UpdateOptions::default())
    }

    /// Changes the first document that satisfies `filter`, as the options say.
    ///
    /// # Errors
    /// As [`update_one`](Self::update_one); `Timeout`, `Cancelled`.
    pub fn update_one_with(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        options: UpdateOptions,
    ) -> Result<UpdateResult> {
        self.update(filter, update, options, Reach::One)
    }

    /// Changes every document that satisfies `filter`.
    ///
    /// Outside a transaction the changes are committed in runs of some megabytes.
    ///
    /// # Errors
    /// As [`update_one`](Self::update_one); the context says how many documents were changed before.
    pub fn update_many(&self, filter: impl IntoDocument, update: impl IntoUpdate) -> Result<UpdateResult> {
        self.update_many_with(filter, update, UpdateOptions::default())
    }

    /// Changes every document that satisfies `filter`, as the options say.
    ///
    /// # Errors
    /// As [`update_many`](Self::update_many); `Timeout`, `Cancelled`.
    pub fn update_many_with(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        options: UpdateOptions,
    ) -> Result<UpdateResult> {
        self.update(filter, update, options, Reach::Many)
    }

    fn update(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        options: UpdateOptions,
        reach: Reach,
    ) -> Result<UpdateResult> {
        options.asides.log("update", self.name());
        let (modify, limits) = self.asked_update(filter, update, options, reach)?;
        self.modify(&modify, limits)?.try_into()
    }

    /// Reads what is asked for.
    pub(super) fn asked_update(
        &self,
        filter: impl IntoDocument,
        update: impl IntoUpdate,
        options: UpdateOptions,
        reach: Reach,
    ) -> Result<(Modify, Limits)> {
        let UpdateOptions { upsert, sort, array_filters, hint, collation, asides, limits } = options;
        let collation = self.collation(&collation)?;
        let collation = collation.as_ref();
        let (sort, hint) = sort_of(sort, hint.transpose()?, reach, collation)?;
        let variables = self.session().variables(&asides, collation)?;
        let terms = self.session().terms(collation, variables.as_ref());
        let filter = parse::filter_within(filter.into_raw()?.as_doc(), terms)?;
        let change = change_of(update, array_filters, terms)?;
        Ok((Modify { filter, sort, reach, change, upsert, hint }, limits))
    }
}

/// The order of an update, which only an update of one document has, beside its hint.
fn sort_of(
    sort: Option<Result<RawDocBuf>>,
    hint: Option<Hint>,
    reach: Reach,
    collation: Option<&Collation>,
) -> Result<(SortSpec, Option<Hint>)> {
    if sort.is_some() && reach == Reach::Many {
        return Err(Error::invalid(code::FAILED_TO_PARSE, "cannot specify sort with an update of many"));
    }
    parse::sort_beside(hint, sort, collation)
}

/// What becomes of a document: operators, or the stages of a pipeline, which has no array filters.
pub(super) fn change_of(
    update: impl IntoUpdate,
    array_filters: Vec<Result<RawDocBuf>>,
    terms: Terms<'_>,
) -> Result<Change> {
    change_with(update, array_filters, None, terms)
}

/// The same with the constants of a pipeline, which operators have not.
pub(super) fn change_with(
    update: impl IntoUpdate,
    array_filters: Vec<Result<RawDocBuf>>,
    constants: Option<RawDocBuf>,
    terms: Terms<'_>,
) -> Result<Change> {
    match update.into_update()? {
        UpdateForm::Document(_) if constants.is_some() => Err(constants_of_no_pipeline()),
        UpdateForm::Document(update) => Ok(Change::Update(operators(update, array_filters, terms)?, None)),
        UpdateForm::Pipeline(_) if !array_filters.is_empty() => {
            let what = "arrayFilters may not be specified for pipeline-style updates";
            Err(Error::invalid(code::FAILED_TO_PARSE, what))
        }
        UpdateForm::Pipeline(stages) => {
            let given = || terms.variables.cloned().unwrap_or_default();
            let known = constants.map(|constants| given().with_constants(constants.as_doc())).transpose()?;
            let terms = Terms { variables: known.as_ref().or(terms.variables), ..terms };
            parse::pipeline(stages.as_doc(), terms).map(Change::Pipeline)
        }
    }
}

/// The error for constants that nothing could read.
pub(super) fn constants_of_no_pipeline() -> Error {
    at(51198, "Constant values may only be specified for pipeline updates")
}

/// An update that changes fields; a whole document is refused here.
pub(super) fn operators(
    update: impl IntoDocument,
    array_filters: Vec<Result<RawDocBuf>>,
    terms: Terms<'_>,
) -> Result<Arc<Update>> {
    let update = update.into_raw()?;
    let filters: Vec<RawDocBuf> = array_filters.into_iter().collect::<Result<_>>()?;
    let filters: Vec<RawDoc<'_>> = filters.iter().map(RawDocBuf::as_doc).collect();
    let parsed = parse::update(update.as_doc(), &filters, terms)?;
    if !parsed.is_replacement() {
        return Ok(parsed);
    }
    let what = format!("an update must consist of operators such as $set, but it is {:?}", update.as_doc());
    Err(Error::invalid(code::FAILED_TO_PARSE, what))
}

impl TryFrom<Outcome> for UpdateResult {
    type Error = Error;

    fn try_from(outcome: Outcome) -> Result<Self> {
        let upserted_id = outcome.upserted.map(|doc| id_of(doc.as_doc())).transpose()?;
        Ok(Self { matched_count: outcome.matched, modified_count: outcome.modified, upserted_id })
    }
}
