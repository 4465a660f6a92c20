//! Deleted documents of a collection that keeps them: counted, taken back, ended.

use crate::collection::{Buried, RecordId, Store, buried};
use crate::document::convert::IntoDocument;
use crate::document::raw::RawDoc;
use crate::error::{Error, Result};
use crate::expression::filter::Filter;
use crate::expression::value::Moment;
use crate::query::execute::Watch;
use crate::query::parse;

use super::asides::{Asides, aside_methods};
use super::collation::AskedCollation;
use super::collection::Collection;
use super::modify::Limits;

/// How deleted documents are taken back, ended or counted.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct SoftDeleteOptions {
    collation: AskedCollation,
    asides: Asides,
    limits: Limits,
}

impl SoftDeleteOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
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

/// What is done to deleted documents.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Restore,
    Purge,
}

impl<T> Collection<T> {
    /// Takes back the deleted documents that satisfy `filter`, each with the bytes it had; says how many. They stand
    /// where they stood, with their metadata.
    ///
    /// Only in a collection that was created with `soft_delete`. Outside a transaction they are committed in runs.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{CollectionOptions, Database, bson::doc};
    /// let db = Database::open(":memory:")?;
    /// let notes = db.create_collection_with("notes", CollectionOptions::new().soft_delete(true))?;
    /// notes.insert_one(doc! { "_id": 1, "text": "keep me" })?;
    /// notes.delete_one(doc! { "_id": 1 })?;
    /// assert_eq!(notes.count_documents(doc! {})?, 0);
    /// assert_eq!(notes.restore(doc! { "_id": 1 })?, 1);
    /// assert_eq!(notes.count_documents(doc! {})?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Invalid` (20) where documents are deleted for good; `DuplicateKey` when the `_id` of one, or another key of it,
    /// was taken meanwhile.
    pub fn restore(&self, filter: impl IntoDocument) -> Result<u64> {
        self.restore_with(filter, SoftDeleteOptions::default())
    }

    /// Takes back deleted documents as the options say.
    ///
    /// # Errors
    /// As [`restore`](Self::restore); `Timeout` and `Cancelled`, whose context says how many were taken back before.
    pub fn restore_with(&self, filter: impl IntoDocument, options: SoftDeleteOptions) -> Result<u64> {
        self.raise(filter, Deed::Restore, options)
    }

    /// Ends the deleted documents that satisfy `filter`, those too whose own time has passed; says how many.
    ///
    /// # Errors
    /// `Invalid` (20) where documents are deleted for good.
    pub fn purge(&self, filter: impl IntoDocument) -> Result<u64> {
        self.purge_with(filter, SoftDeleteOptions::default())
    }

    /// Ends deleted documents as the options say.
    ///
    /// # Errors
    /// As [`purge`](Self::purge); `Timeout` and `Cancelled`, whose context says how many were ended before.
    pub fn purge_with(&self, filter: impl IntoDocument, options: SoftDeleteOptions) -> Result<u64> {
        self.raise(filter, Deed::Purge, options)
    }

    /// How many deleted documents satisfy `filter` and can be taken back.
    ///
    /// # Errors
    /// `Invalid` (20) where documents are deleted for good.
    pub fn count_deleted(&self, filter: impl IntoDocument) -> Result<u64> {
        self.count_deleted_with(filter, SoftDeleteOptions::default())
    }

    /// Counts deleted documents as the options say.
    ///
    /// # Errors
    /// As [`count_deleted`](Self::count_deleted); `Timeout`, `Cancelled`.
    pub fn count_deleted_with(&self, filter: impl IntoDocument, options: SoftDeleteOptions) -> Result<u64> {
        let (filter, watch) = self.asked_of_deleted("count_deleted", filter, options)?;
        let mut counted = 0;
        self.session().read_collection(self.handle(), |_, txn, opened| {
            let moment = Moment::at(txn.now_ms());
            buried(txn, opened, Buried::Living, None, usize::MAX, |doc| {
                watch.as_ref().map_or(Ok(()), Watch::check)?;
                counted += u64::from(filter.matches_at(doc, &moment)?);
                Ok(false)
            })
        })?;
        Ok(counted)
    }

    /// Reads what is asked for.
    fn asked_of_deleted(
        &self,
        verb: &str,
        filter: impl IntoDocument,
        options: SoftDeleteOptions,
    ) -> Result<(Filter, Option<Watch>)> {
        let SoftDeleteOptions { collation, asides, limits } = options;
        asides.log(verb, self.name());
        let collation = self.collation(&collation)?;
        let variables = self.session().variables(&asides, collation.as_ref())?;
        let terms = self.session().terms(collation.as_ref(), variables.as_ref());
        let filter = parse::filter_within(filter.into_raw()?.as_doc(), terms)?;
        Ok((filter, limits.watch(self.session().shared()?)))
    }

    fn raise(&self, filter: impl IntoDocument, deed: Deed, options: SoftDeleteOptions) -> Result<u64> {
        let (filter, watch) = self.asked_of_deleted(deed.verb(), filter, options)?;
        let check = || watch.as_ref().map_or(Ok(()), Watch::check);
        let chunk_bytes = self.session().chunk_bytes()?;
        self.session().statement(|| {
            let (mut done, mut resume) = (0, None::<Vec<u8>>);
            loop {
                let raised = self.session().write(|_, scope| {
                    check()?;
                    let Some(opened) = scope.open_to_write(self.handle())? else { return Ok((0, None)) };
                    let moment = Moment::at(scope.txn.now_ms());
                    let is_meant = |doc: RawDoc<'_>| check().and_then(|()| filter.matches_at(doc, &moment));
                    let which = deed.reach();
                    let found = buried(scope.txn, &opened, which, resume.as_deref(), chunk_bytes, is_meant)?;
                    let mut store = Store::new(scope.txn, &opened);
                    for (record, bytes) in &found.records {
                        check()?;
                        deed.do_to(&mut store, *record, bytes)?;
                    }
                    store.finish()?;
                    Ok((found.records.len() as u64, found.resume))
                });
                let (raised, next) = raised.map_err(|error| deed.so_far(error, done))?;
                done += raised;
                resume = next;
                if resume.is_none() {
                    return Ok(done);
                }
            }
        })
    }
}

impl Deed {
    fn verb(self) -> &'static str {
        match self {
            Self::Restore => "restore",
            Self::Purge => "purge",
        }
    }

    /// Which deleted documents it is done to.
    fn reach(self) -> Buried {
        match self {
            Self::Restore => Buried::Living,
            Self::Purge => Buried::All,
        }
    }

    fn do_to(self, store: &mut Store<'_>, record: RecordId, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Restore => store.restore(record, bytes),
            Self::Purge => store.purge(record),
        }
    }

    /// Says how far a call came that was committed in several runs.
    fn so_far(self, error: Error, done: u64) -> Error {
        match (self, done) {
            (_, 0) => error,
            (Self::Restore, done) => error.context(format!("after {done} documents were taken back")),
            (Self::Purge, done) => error.context(format!("after {done} documents were ended")),
        }
    }
}
