//! Many writes in one call, over one collection or several.
//!
//! Invariants
//!   B1  A write that fails leaves nothing behind of what it did since the last commit, and takes no other with it.
//!   B2  In an ordered bulk nothing after the first write that fails is tried.
//!
//! Read next: `model` (one write), `run` (how they are done), `result`.

mod model;
mod result;
mod run;

pub(super) use model::Op;
pub use model::WriteModel;
pub use result::{BulkWriteError, BulkWriteOptions, BulkWriteResult, VerboseBulkWriteResult};
pub(super) use run::Bulk;

use crate::error::Result;

use super::collection::Collection;
use super::database::Database;
use super::session::Session;
use super::transaction::Transaction;

impl<T> Collection<T> {
    /// Does many writes to this collection, in their order, ending at the first that fails.
    ///
    /// Outside a transaction they are committed in runs of some megabytes: a smaller call is all or nothing in the
    /// file even when the power fails. A write that fails takes back none of those before it.
    ///
    /// # Errors
    /// The error of the first write that failed, with the details of the drivers' (`writeErrors`, `nInserted`,
    /// `nMatched`, `nModified`, `nRemoved`, `nUpserted`, `upserted`) and a [`BulkWriteError`] as its source; `Timeout`,
    /// `Cancelled`, and what keeps a database from writing at all.
    pub fn bulk_write(&self, models: impl IntoIterator<Item = WriteModel>) -> Result<BulkWriteResult> {
        self.bulk_write_with(models, BulkWriteOptions::default())
    }

    /// Does many writes to this collection as the options say.
    ///
    /// # Errors
    /// As [`bulk_write`](Self::bulk_write).
    pub fn bulk_write_with(
        &self,
        models: impl IntoIterator<Item = WriteModel>,
        options: BulkWriteOptions,
    ) -> Result<BulkWriteResult> {
        Ok(self.bulk_write_verbose(models, options)?.summary)
    }

    /// The same, told write by write.
    ///
    /// # Errors
    /// As [`bulk_write`](Self::bulk_write).
    pub fn bulk_write_verbose(
        &self,
        models: impl IntoIterator<Item = WriteModel>,
        options: BulkWriteOptions,
    ) -> Result<VerboseBulkWriteResult> {
        Bulk::new(self.session(), Some(self.handle()), options)?.run(models.into_iter())
    }
}

impl Database {
    /// Does many writes, each to the collection that it names, in their order, ending at the first that fails.
    ///
    /// ```
    /// # fn main() -> nexuslite::Result<()> {
    /// use nexuslite::{Database, WriteModel, bson::doc};
    /// let db = Database::open(":memory:")?;
    /// let done = db.bulk_write([
    ///     WriteModel::insert_one(doc! { "_id": 1, "stock": 5 }).in_collection("items"),
    ///     WriteModel::update_one(doc! { "_id": 1 }, doc! { "$inc": { "stock": -1 } }).in_collection("items"),
    ///     WriteModel::insert_one(doc! { "sold": 1 }).in_collection("log"),
    /// ])?;
    /// assert_eq!((done.inserted_count, done.modified_count), (2, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Collection::bulk_write`]; `InvalidNamespace` (73) for a write that names no collection.
    pub fn bulk_write(&self, models: impl IntoIterator<Item = WriteModel>) -> Result<BulkWriteResult> {
        Ok(self.bulk_write_verbose(models, BulkWriteOptions::default())?.summary)
    }

    /// The same as the options say, told write by write.
    ///
    /// # Errors
    /// As [`bulk_write`](Self::bulk_write).
    pub fn bulk_write_verbose(
        &self,
        models: impl IntoIterator<Item = WriteModel>,
        options: BulkWriteOptions,
    ) -> Result<VerboseBulkWriteResult> {
        across(&self.session(), models, options)
    }
}

impl Transaction {
    /// As [`Database::bulk_write`], inside the transaction: when a write fails, nothing of the bulk stays in it.
    ///
    /// # Errors
    /// As there.
    pub fn bulk_write(&self, models: impl IntoIterator<Item = WriteModel>) -> Result<BulkWriteResult> {
        Ok(self.bulk_write_verbose(models, BulkWriteOptions::default())?.summary)
    }

    /// The same as the options say, told write by write.
    ///
    /// # Errors
    /// As [`bulk_write`](Self::bulk_write).
    pub fn bulk_write_verbose(
        &self,
        models: impl IntoIterator<Item = WriteModel>,
        options: BulkWriteOptions,
    ) -> Result<VerboseBulkWriteResult> {
        across(&self.session(), models, options)
    }
}

fn across(
    session: &Session,
    models: impl IntoIterator<Item = WriteModel>,
    options: BulkWriteOptions,
) -> Result<VerboseBulkWriteResult> {
    Bulk::new(session, None, options)?.run(models.into_iter())
}
