//! Whole documents in the place of others.

use std::borrow::Borrow;

use serde::Serialize;

use crate::document::builder::RawDocBuf;
use crate::document::convert::{IntoDocument, write};
use crate::error::Result;
use crate::expression::update::Update;
use crate::query::parse;
use crate::query::statement::{Change, Hint, Modify, Reach};

use super::asides::{Asides, aside_methods};
use super::collation::AskedCollation;
use super::collection::Collection;
use super::modify::Limits;
use super::update::UpdateResult;

/// How a document is replaced.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ReplaceOptions {
    pub(super) upsert: bool,
    pub(super) sort: Option<Result<RawDocBuf>>,
    pub(super) hint: Option<Result<Hint>>,
    pub(super) collation: AskedCollation,
    pub(super) asides: Asides,
    pub(super) limits: Limits,
}

impl ReplaceOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the document is inserted when none satisfies the filter; off by default.
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

    /// Which document is replaced when several satisfy the filter; the oldest by default.
    pub fn sort(mut self, sort: impl IntoDocument) -> Self {
        self.sort = Some(sort.into_raw());
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

impl<T> Collection<T> {
    /// Puts a document in the place of the first that satisfies `filter`; the `_id` stays.
    ///
    /// # Errors
    /// `Invalid`, `ImmutableField` (66), when the document has another `_id`; `Invalid` for a filter that means
    /// nothing, or a document that cannot be stored.
    pub fn replace_one(&self, filter: impl IntoDocument, replacement: impl Borrow<T>) -> Result<UpdateResult>
    where
        T: Serialize,
    {
        self.replace_one_with(filter, replacement, ReplaceOptions::default())
    }

    /// Puts a document in the place of the first that satisfies `filter`, as the options say.
    ///
    /// # Errors
    /// As [`replace_one`](Self::replace_one); `DuplicateKey`, `Timeout`, `Cancelled`.
    pub fn replace_one_with(
        &self,
        filter: impl IntoDocument,
        replacement: impl Borrow<T>,
        options: ReplaceOptions,
    ) -> Result<UpdateResult>
    where
        T: Serialize,
    {
        options.asides.log("replace", self.name());
        let (modify, limits) = self.asked_replacement(filter, replacement, options)?;
        self.modify(&modify, limits)?.try_into()
    }

    /// Reads what is asked for.
    pub(super) fn asked_replacement(
        &self,
        filter: impl IntoDocument,
        replacement: impl Borrow<T>,
        options: ReplaceOptions,
    ) -> Result<(Modify, Limits)>
    where
        T: Serialize,
    {
        let ReplaceOptions { upsert, sort, hint, collation, asides, limits } = options;
        let collation = self.collation(&collation)?;
        let variables = self.session().variables(&asides, collation.as_ref())?;
        let terms = self.session().terms(collation.as_ref(), variables.as_ref());
        let filter = parse::filter_within(filter.into_raw()?.as_doc(), terms)?;
        let change = Change::Update(replacement_of(replacement.borrow())?.into(), None);
        let (sort, hint) = parse::sort_beside(hint.transpose()?, sort, collation.as_ref())?;
        Ok((Modify { filter, sort, reach: Reach::One, change, upsert, hint }, limits))
    }
}

pub(super) fn replacement_of<T: Serialize>(document: &T) -> Result<Update> {
    let mut bytes = Vec::new();
    write(document, &mut bytes)?;
    parse::replacement(RawDocBuf::from_bytes(bytes)?.as_doc())
}
