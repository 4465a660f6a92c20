//! Deleted documents of a collection that keeps them: counted, taken back, ended.

use crate::collection::{Buried, RecordId, Store, buried};
use crate::document::convert::IntoDocument;
use crate::document::raw::RawDoc;
use crate::error::Result;
use crate::expression::value::Moment;
use crate::query::parse;

use super::collation::AskedCollation;
use super::collection::Collection;

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
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is of one lifetime only"
    )]
    pub fn restore(&self, filter: impl IntoDocument) -> Result<u64> {
        self.raise(filter, Buried::Living, |store, record, bytes| store.restore(record, bytes))
    }

    /// Ends the deleted documents that satisfy `filter`, those too whose own time has passed; says how many.
    ///
    /// # Errors
    /// `Invalid` (20) where documents are deleted for good.
    pub fn purge(&self, filter: impl IntoDocument) -> Result<u64> {
        self.raise(filter, Buried::All, |store, record, _| store.purge(record))
    }

    /// How many deleted documents satisfy `filter` and can be taken back.
    ///
    /// # Errors
    /// `Invalid` (20) where documents are deleted for good.
    pub fn count_deleted(&self, filter: impl IntoDocument) -> Result<u64> {
        let collation = self.collation(&AskedCollation::default())?;
        let terms = self.session().terms(collation.as_ref(), None);
        let filter = parse::filter_within(filter.into_raw()?.as_doc(), terms)?;
        let mut counted = 0;
        self.session().read_collection(self.handle(), |_, txn, opened| {
            let moment = Moment::at(txn.now_ms());
            buried(txn, opened, Buried::Living, None, usize::MAX, |doc| {
                counted += u64::from(filter.matches_at(doc, &moment)?);
                Ok(false)
            })
        })?;
        Ok(counted)
    }

    fn raise(
        &self,
        filter: impl IntoDocument,
        which: Buried,
        deed: impl Fn(&mut Store<'_>, RecordId, &[u8]) -> Result<()>,
    ) -> Result<u64> {
        let collation = self.collation(&AskedCollation::default())?;
        let terms = self.session().terms(collation.as_ref(), None);
        let filter = parse::filter_within(filter.into_raw()?.as_doc(), terms)?;
        let chunk_bytes = self.session().chunk_bytes()?;
        self.session().statement(|| {
            let (mut done, mut resume) = (0, None::<Vec<u8>>);
            loop {
                let (raised, next) = self.session().write(|_, scope| {
                    let Some(opened) = scope.open_to_write(self.handle())? else { return Ok((0, None)) };
                    let moment = Moment::at(scope.txn.now_ms());
                    let is_meant = |doc: RawDoc<'_>| filter.matches_at(doc, &moment);
                    let found = buried(scope.txn, &opened, which, resume.as_deref(), chunk_bytes, is_meant)?;
                    let mut store = Store::new(scope.txn, &opened);
                    for (record, bytes) in &found.records {
                        deed(&mut store, *record, bytes)?;
                    }
                    store.finish()?;
                    Ok((found.records.len() as u64, found.resume))
                })?;
                done += raised;
                resume = next;
                if resume.is_none() {
                    return Ok(done);
                }
            }
        })
    }
}
