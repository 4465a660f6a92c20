//! Several statements over several collections, all of them or none.

use std::sync::Arc;

use bson::Bson;
use parking_lot::Mutex;

use crate::error::{Error, ErrorKind, Result, code};
use crate::storage::ReadAt;
use crate::transaction::{Transaction as Txn, ended};

use super::collection::Collection;
use super::collection_options::CollectionOptions;
use super::database::Database;
use super::document::{Document, Id};
use super::opening::Opening;
use super::session::{Cell, Live, Session};

/// A transaction in progress.
///
/// Reads see the state at its beginning with the transaction's own writes over it.
/// When somebody else commits a change of the same documents first, [`commit`](Self::commit) answers
/// `Conflict` and nothing has happened. Dropping it forgets everything.
///
/// ```
/// # fn main() -> nexuslite::Result<()> {
/// use nexuslite::{Database, bson::doc};
/// let db = Database::open(":memory:")?;
/// let tx = db.begin()?;
/// tx.collection("accounts").insert_one(doc! { "_id": "a", "balance": 5 })?;
/// tx.collection("log").insert_one(doc! { "opened": "a" })?;
/// tx.commit()?;
/// assert_eq!(db.collection("log").count_documents(doc! {})?, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Transaction {
    opening: Arc<Opening>,
    cell: Arc<Cell>,
}

/// A moment in a transaction that it can be taken back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Savepoint {
    number: u64,
}

impl Transaction {
    pub(super) fn begin(opening: &Arc<Opening>) -> Result<Self> {
        let shared = opening.shared()?;
        let options = &shared.options;
        let now_ms = options.clock.now_ms();
        let txn = Txn::begin(&shared.engine, ReadAt::Visible, now_ms, options.transaction_bytes_max)?;
        let cell = Arc::new(Cell(Mutex::new(Some(Live::new(txn)))));
        Ok(Self { opening: Arc::clone(opening), cell })
    }

    /// A collection whose verbs happen inside this transaction.
    #[must_use]
    pub fn collection(&self, name: &str) -> Collection {
        self.collection_as(name)
    }

    /// The same, its documents read as `T`.
    #[must_use]
    pub fn collection_as<T>(&self, name: &str) -> Collection<T> {
        Collection::new(self.session(), name)
    }

    /// A collection that exists.
    ///
    /// # Errors
    /// `NotFound` when there is none; `Invalid` for a name that cannot be one.
    pub fn get_collection(&self, name: &str) -> Result<Collection> {
        let collection = self.collection(name);
        collection.require().map(|()| collection)
    }

    /// As [`Database::create_collection`].
    ///
    /// # Errors
    /// `Invalid`, `Exists`.
    pub fn create_collection(&self, name: &str) -> Result<Collection> {
        self.create_collection_with(name, CollectionOptions::default())
    }

    /// As [`Database::create_collection_with`].
    ///
    /// # Errors
    /// `Invalid`, `Exists`.
    pub fn create_collection_with(&self, name: &str, options: CollectionOptions) -> Result<Collection> {
        self.session().create_collection(name, options)?;
        Ok(self.collection(name))
    }

    /// As [`Database::list_collection_names`].
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn list_collection_names(&self) -> Result<Vec<String>> {
        self.session().list_collection_names()
    }

    /// As [`Database::drop_collection`].
    ///
    /// # Errors
    /// `Invalid` for a name that cannot be one.
    pub fn drop_collection(&self, name: &str) -> Result<bool> {
        self.session().drop_collection(name)
    }

    /// As [`Database::rename_collection`].
    ///
    /// # Errors
    /// `NotFound`, `Exists`, `Invalid`.
    pub fn rename_collection(&self, from: &str, to: &str, drop_target: bool) -> Result<()> {
        self.session().rename_collection(from, to, drop_target)
    }

    /// As [`Database::insert_document`].
    ///
    /// # Errors
    /// As there.
    pub fn insert_document(&self, collection: &str, document: Document) -> Result<Id> {
        self.collection(collection).insert_document(document)
    }

    /// As [`Database::update_document`].
    ///
    /// # Errors
    /// As there.
    pub fn update_document(&self, collection: &str, id: &Bson, document: Document) -> Result<bool> {
        self.collection(collection).update_document(id, document)
    }

    /// As [`Database::delete_document`].
    ///
    /// # Errors
    /// As there.
    pub fn delete_document(&self, collection: &str, id: &Bson) -> Result<bool> {
        self.collection(collection).delete_document(id)
    }

    /// A moment to come back to.
    ///
    /// # Errors
    /// `Invalid` when the transaction has ended.
    pub fn savepoint(&self) -> Result<Savepoint> {
        let mut live = self.cell.0.lock();
        let number = live.as_mut().ok_or_else(ended)?.set_savepoint();
        Ok(Savepoint { number })
    }

    /// Forgets everything written since `savepoint`, and every savepoint made since.
    /// The savepoint itself stays.
    ///
    /// # Errors
    /// `Invalid` when it belongs to another transaction, or was forgotten, or the transaction has ended.
    pub fn rollback_to(&self, savepoint: Savepoint) -> Result<()> {
        let mut live = self.cell.0.lock();
        let live = live.as_mut().ok_or_else(ended)?;
        if live.roll_back_to(savepoint.number) {
            return Ok(());
        }
        Err(Error::invalid(code::BAD_VALUE, "there is no such savepoint in this transaction"))
    }

    /// Makes the changes happen, durable as the database's options say.
    ///
    /// # Errors
    /// `Conflict` when somebody changed the same documents first: nothing has happened, try again from the
    /// beginning. `CommitIndeterminate` when the device failed: look whether it happened.
    pub fn commit(self) -> Result<()> {
        let live = self.cell.0.lock().take().ok_or_else(ended)?;
        let durability = self.opening.shared()?.options.durability;
        let Live { txn, changes, .. } = live;
        let outcome = txn.commit(durability);
        drop(changes);
        outcome
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// `Invalid` when the transaction has ended.
    pub fn abort(self) -> Result<()> {
        self.cell.0.lock().take().map(drop).ok_or_else(ended)
    }

    pub(super) fn session(&self) -> Session {
        Session::inside(Arc::clone(&self.opening), Arc::clone(&self.cell))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        *self.cell.0.lock() = None;
    }
}

impl Database {
    /// Begins a transaction.
    ///
    /// # Errors
    /// `Closed`, or when the state cannot be read.
    pub fn begin(&self) -> Result<Transaction> {
        Transaction::begin(self.opening())
    }

    /// Runs `attempt` in a transaction and commits it; runs it again when somebody else came first.
    ///
    /// `attempt` may run several times: it should do nothing besides what it does in the transaction.
    ///
    /// # Errors
    /// Whatever `attempt` answers, and what [`Transaction::commit`] says. `Conflict` after the option
    /// `transaction_attempts_max`.
    pub fn transaction<R>(&self, mut attempt: impl FnMut(&Transaction) -> Result<R>) -> Result<R> {
        let attempts_max = self.opening().shared()?.options.transaction_attempts_max;
        let mut attempts = 0;
        loop {
            let tx = self.begin()?;
            attempts += 1;
            let outcome = match attempt(&tx) {
                Ok(answer) => tx.commit().map(|()| answer),
                Err(error) => Err(error),
            };
            match outcome {
                Err(error) if error.kind() == ErrorKind::Conflict && attempts < attempts_max => {
                    self.wait_for_winner()?;
                }
                outcome => return outcome,
            }
        }
    }

    /// Waits until the commits that came first can be seen: before that the next attempt would lose again.
    fn wait_for_winner(&self) -> Result<()> {
        let engine = &self.opening().shared()?.engine;
        engine.wait_visible(engine.snapshot(ReadAt::Tip)?.seq())
    }
}
