//! How many documents there are.

use crate::collection::{count, stored_count};
use crate::document::builder::RawDocBuf;
use crate::document::convert::IntoDocument;
use crate::error::Result;
use crate::query::execute::{Context, Rows, start};
use crate::query::parse;
use crate::query::statement::{Find, Hint, Only};

use super::asides::{Asides, aside_methods};
use super::collation::AskedCollation;
use super::collection::Collection;
use super::modify::Limits;

/// How many rows are counted at a time.
const ASK: usize = 1024;

/// How documents are counted.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct CountOptions {
    pub(super) skip: u64,
    pub(super) limit: Option<u64>,
    pub(super) hint: Option<Result<Hint>>,
    pub(super) collation: AskedCollation,
    pub(super) asides: Asides,
    pub(super) limits: Limits,
}

impl CountOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves so many out.
    pub fn skip(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    /// Counts no further than this; 0 is no limit.
    pub fn limit(mut self, limit: u64) -> Self {
        self.limit = (limit > 0).then_some(limit);
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
    /// How many documents satisfy `filter`. The empty filter needs no walk over the documents.
    ///
    /// # Errors
    /// `Invalid` for a filter that means nothing; `Limit` for one that asks for too much; `Unsupported`.
    pub fn count_documents(&self, filter: impl IntoDocument) -> Result<u64> {
        self.count_documents_with(filter, CountOptions::default())
    }

    /// How many documents satisfy `filter`, as the options say.
    ///
    /// # Errors
    /// As [`count_documents`](Self::count_documents); `Timeout`, `Cancelled`.
    pub fn count_documents_with(&self, filter: impl IntoDocument, options: CountOptions) -> Result<u64> {
        let CountOptions { skip, limit, hint, collation, asides, limits } = options;
        asides.log("count", self.name());
        let collation = self.collation(&collation)?;
        let variables = self.session().variables(&asides, collation.as_ref())?;
        let terms = self.session().terms(collation.as_ref(), variables.as_ref());
        let filter = parse::filter_within(filter.into_raw()?.as_doc(), terms)?;
        let hint = hint.transpose()?;
        let is_everything = filter.is_everything() && hint.is_none();
        let statement = Find { skip, limit, hint, only: Only::Count, ..Find::new(filter) };
        let inside = self.session().is_inside();
        self.session().read_seen(self.handle(), |shared, txn, seen| {
            let Some(opened) = seen.opened.as_deref() else { return Ok(0) };
            if is_everything && !seen.is_view() {
                return Ok(count(txn, opened)?.saturating_sub(skip).min(limit.unwrap_or(u64::MAX)));
            }
            let plan = seen.plan(&statement, txn)?;
            let watch = shared.watch().time_limit(limits.max_time).cancel_with(limits.cancel);
            let ctx = Context { txn, opened, watch: &watch };
            let mut found = start(&plan, &ctx)?;
            let wishes = !inside && !seen.is_view();
            let mut wisher = wishes.then(|| shared.automatic.wisher(&statement, &plan, opened)).flatten();
            let mut rows = Rows::new();
            let mut counted = 0;
            loop {
                found.next(&ctx, ASK, &mut rows)?;
                if rows.is_empty() {
                    wisher.iter_mut().for_each(|wisher| wisher.look(&*found));
                    return Ok(counted);
                }
                counted += rows.len() as u64;
            }
        })
    }

    /// How many documents the collection holds, those included that have expired and are not swept yet. A view's are
    /// counted.
    ///
    /// # Errors
    /// `Closed`, or when the file cannot be read.
    pub fn estimated_document_count(&self) -> Result<u64> {
        let stored = self.session().read_seen(self.handle(), |_, txn, seen| match &seen.opened {
            _ if seen.is_view() => Ok(None),
            Some(opened) => stored_count(txn, opened).map(Some),
            None => Ok(Some(0)),
        })?;
        stored.map_or_else(|| self.count_documents(RawDocBuf::new()), Ok)
    }
}
