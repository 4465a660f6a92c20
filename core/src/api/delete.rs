//! Documents taken away.

use crate::document::convert::IntoDocument;
use crate::error::Result;
use crate::expression::sort::SortSpec;
use crate::query::parse;
use crate::query::statement::{Change, Hint, Modify, Reach};

use super::asides::{Asides, aside_methods};
use super::collation::AskedCollation;
use super::collection::Collection;
use super::modify::Limits;

/// What a delete did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DeleteResult {
    /// How many documents are gone.
    pub deleted_count: u64,
}

/// How documents are deleted.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct DeleteOptions {
    pub(super) hint: Option<Result<Hint>>,
    pub(super) collation: AskedCollation,
    pub(super) asides: Asides,
    pub(super) limits: Limits,
}

impl DeleteOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
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

    /// In which order texts are taken, as MongoDB writes it: `{locale: "de", strength: 2}`; `{locale: "simple"}` is the
    /// order of their bytes, the default.
    pub fn collation(mut self, collation: impl IntoDocument) -> Self {
        self.collation = AskedCollation::new(collation);
        self
    }

    aside_methods!(variables);
    aside_methods!(comment);
    aside_methods!(limits);
}

impl<T> Collection<T> {
    /// Deletes the first document that satisfies `filter`.
    ///
    /// # Errors
    /// `Invalid` for a filter that means nothing; `Limit` for one that asks for too much; `Unsupported`.
    pub fn delete_one(&self, filter: impl IntoDocument) -> Result<DeleteResult> {
        self.delete(filter, DeleteOptions::default(), Reach::One)
    }

    /// Deletes the first document that satisfies `filter`, as the options say.
    ///
    /// # Errors
    /// As [`delete_one`](Self::delete_one); `Timeout`, `Cancelled`.
    pub fn delete_one_with(&self, filter: impl IntoDocument, options: DeleteOptions) -> Result<DeleteResult> {
        self.delete(filter, options, Reach::One)
    }

    /// Deletes every document that satisfies `filter`.
    ///
    /// Outside a transaction the changes are committed in runs of some megabytes.
    ///
    /// # Errors
    /// As [`delete_one`](Self::delete_one); the context says how many documents were deleted before.
    pub fn delete_many(&self, filter: impl IntoDocument) -> Result<DeleteResult> {
        self.delete(filter, DeleteOptions::default(), Reach::Many)
    }

    /// Deletes every document that satisfies `filter`, as the options say.
    ///
    /// # Errors
    /// As [`delete_many`](Self::delete_many); `Timeout`, `Cancelled`.
    pub fn delete_many_with(
        &self,
        filter: impl IntoDocument,
        options: DeleteOptions,
    ) -> Result<DeleteResult> {
        self.delete(filter, options, Reach::Many)
    }

    fn delete(
        &self,
        filter: impl IntoDocument,
        options: DeleteOptions,
        reach: Reach,
    ) -> Result<DeleteResult> {
        options.asides.log("delete", self.name());
        let (modify, limits) = self.asked_delete(filter, options, reach)?;
        Ok(DeleteResult { deleted_count: self.modify(&modify, limits)?.modified })
    }

    /// Reads what is asked for.
    pub(super) fn asked_delete(
        &self,
        filter: impl IntoDocument,
        options: DeleteOptions,
        reach: Reach,
    ) -> Result<(Modify, Limits)> {
        let DeleteOptions { hint, collation, asides, limits } = options;
        let collation = self.collation(&collation)?;
        let variables = self.session().variables(&asides, collation.as_ref())?;
        let terms = self.session().terms(collation.as_ref(), variables.as_ref());
        let filter = parse::filter_within(filter.into_raw()?.as_doc(), terms)?;
        let (sort, change, hint) = (SortSpec::default(), Change::Delete, hint.transpose()?);
        Ok((Modify { filter, sort, reach, change, upsert: false, hint }, limits))
    }
}
