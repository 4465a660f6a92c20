//! The different values of a field.

use bson::Bson;

use crate::document::convert::{IntoDocument, to_bson};
use crate::document::path::Path;
use crate::error::Result;
use crate::query::execute::{Context, nodes, start};
use crate::query::parse;
use crate::query::statement::{Find, Hint, Only};

use super::asides::{Asides, aside_methods};
use super::collation::AskedCollation;
use super::collection::Collection;
use super::modify::Limits;

/// How different values are gathered.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct DistinctOptions {
    pub(super) hint: Option<Result<Hint>>,
    pub(super) collation: AskedCollation,
    pub(super) asides: Asides,
    pub(super) limits: Limits,
}

impl DistinctOptions {
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

    aside_methods!(comment);
    aside_methods!(limits);
}

impl<T> Collection<T> {
    /// The different values at a dotted path in the documents that satisfy `filter`, in the order of all values.
    /// An array stands for its elements.
    ///
    /// # Errors
    /// `Invalid` for a filter or a path that means nothing; `Limit` when there are too many, naming the option.
    pub fn distinct(&self, path: &str, filter: impl IntoDocument) -> Result<Vec<Bson>> {
        self.distinct_with(path, filter, DistinctOptions::default())
    }

    /// The different values, as the options say.
    ///
    /// # Errors
    /// As [`distinct`](Self::distinct); `Timeout`, `Cancelled`.
    pub fn distinct_with(
        &self,
        path: &str,
        filter: impl IntoDocument,
        options: DistinctOptions,
    ) -> Result<Vec<Bson>> {
        let DistinctOptions { hint, collation, asides, limits } = options;
        asides.log("distinct", self.name());
        let path = Path::parse(path)?;
        let collation = self.collation(&collation)?;
        let collation = collation.as_ref();
        let filter =
            parse::filter_within(filter.into_raw()?.as_doc(), self.session().terms(collation, None))?;
        let (only, hint) = (Only::Values(path.clone()), hint.transpose()?);
        let statement = Find { only, hint, ..Find::new(filter) };
        self.session().read_seen(self.handle(), |shared, txn, seen| {
            let Some(opened) = seen.opened.as_deref() else { return Ok(Vec::new()) };
            let plan = seen.plan(&statement, txn)?;
            let watch = shared.watch().time_limit(limits.max_time).cancel_with(limits.cancel);
            let ctx = Context { txn, opened, watch: &watch };
            let mut values = Vec::new();
            let mut found = start(&plan, &ctx)?;
            nodes::distinct(&ctx, found.as_mut(), &path, collation, |value| values.push(to_bson(value)))?;
            values.into_iter().collect()
        })
    }
}
