//! An open database file, or one in memory.

use std::path::PathBuf;
use std::sync::Arc;

use nexuslite::document::id::IdGenerator;
use nexuslite::document::raw::RawDoc;
use nexuslite::{CollectionOptions, Options};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::bulk::bulk_write_across;
use crate::codec::Codec;
use crate::collection::Collection;
use crate::engine::run;
use crate::process::Owned;
use crate::transaction::Transaction;
use crate::{command, encode, ids, options};

/// A database.
#[pyclass(frozen, module = "nexuslite._nexuslite")]
#[derive(Debug)]
pub(crate) struct Database {
    inner: Owned<nexuslite::Database>,
    ids: Arc<IdGenerator>,
}

#[pymethods]
impl Database {
    /// Opens the database `path`, `":memory:"` for one without a file.
    #[new]
    fn new(py: Python<'_>, path: PathBuf, given: &Bound<'_, PyDict>) -> PyResult<Self> {
        let options: Options = options::read(given)?;
        let kind = given.get_item("generate_id")?;
        let kind = kind.map(|kind| options::id_kind(&kind)).transpose()?.unwrap_or_default();
        let inner = run(py, "open", || nexuslite::Database::open_with(path, options))?;
        Ok(Self { inner: Owned::new(inner), ids: ids::generator(kind) })
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let database = self.inner.get(py)?;
        run(py, "close", || database.close())
    }

    /// `journal`: every write to it waits for the device, whatever the durability is.
    fn collection(&self, py: Python<'_>, name: &str, journal: bool) -> PyResult<Collection> {
        let database = self.inner.get(py)?;
        let journal = journal.then(|| database.clone());
        Ok(Collection::new(database.collection_as(name), journal, Arc::clone(&self.ids)))
    }

    fn begin(&self, py: Python<'_>) -> PyResult<Transaction> {
        let database = self.inner.get(py)?;
        Ok(Transaction::new(run(py, "start_transaction", || database.begin())?))
    }

    fn list_collection_names(
        &self,
        py: Python<'_>,
        transaction: Option<&Bound<'_, Transaction>>,
    ) -> PyResult<Vec<String>> {
        let database = self.inner.get(py)?;
        match transaction {
            None => run(py, "list_collection_names", || database.list_collection_names()),
            Some(within) => {
                within.get().run(py, "list_collection_names", nexuslite::Transaction::list_collection_names)
            }
        }
    }

    /// `options` as MongoDB's command `create` writes them.
    fn create_collection(
        &self,
        py: Python<'_>,
        name: &str,
        options: &Bound<'_, PyAny>,
        transaction: Option<&Bound<'_, Transaction>>,
    ) -> PyResult<()> {
        let database = self.inner.get(py)?;
        let options = encode::document(options)?;
        let options = CollectionOptions::from_document(RawDoc::new(&options));
        match transaction {
            None => run(py, "create_collection", || database.create_collection_with(name, options).map(drop)),
            Some(within) => within
                .get()
                .run(py, "create_collection", |tx| tx.create_collection_with(name, options).map(drop)),
        }
    }

    /// The collections that satisfy `filter`, as MongoDB lists them.
    fn list_collections<'py>(
        &self,
        filter: &Bound<'py, PyAny>,
        transaction: Option<&Bound<'py, Transaction>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        command::list_collections(self.inner.get(filter.py())?, filter, transaction)
    }

    /// Does what a command says. `name` is what the answer calls a database in memory.
    fn run_command<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        command: &Bound<'py, PyAny>,
        name: &str,
        transaction: Option<&Bound<'py, Transaction>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        command::run_command(self.inner.get(codec.py())?, codec, command, name, transaction)
    }

    /// Carries out requests, each of which names its collection, from the place `begin` on.
    #[allow(
        clippy::too_many_arguments,
        reason = "the options of a verb come one by one, without a dict to make"
    )]
    fn bulk_write<'py>(
        &self,
        requests: &Bound<'py, PyList>,
        begin: usize,
        ordered: bool,
        journal: bool,
        more: Option<&Bound<'py, PyDict>>,
        transaction: Option<&Bound<'py, Transaction>>,
    ) -> PyResult<(usize, Bound<'py, PyAny>)> {
        let database = self.inner.get(requests.py())?;
        bulk_write_across(database, &self.ids, requests, begin, ordered, journal, more, transaction)
    }

    fn drop_collection(
        &self,
        py: Python<'_>,
        name: &str,
        transaction: Option<&Bound<'_, Transaction>>,
    ) -> PyResult<bool> {
        let database = self.inner.get(py)?;
        match transaction {
            None => run(py, "drop_collection", || database.drop_collection(name)),
            Some(within) => within.get().run(py, "drop_collection", |tx| tx.drop_collection(name)),
        }
    }

    fn rename_collection(
        &self,
        py: Python<'_>,
        source: &str,
        to: &str,
        drop_target: bool,
        transaction: Option<&Bound<'_, Transaction>>,
    ) -> PyResult<()> {
        let database = self.inner.get(py)?;
        match transaction {
            None => run(py, "rename", || database.rename_collection(source, to, drop_target)),
            Some(within) => {
                within.get().run(py, "rename", |tx| tx.rename_collection(source, to, drop_target))
            }
        }
    }

    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let database = self.inner.get(py)?;
        let stats = run(py, "stats", || database.stats())?;
        let answer = PyDict::new(py);
        answer.set_item("engine", format!("{:?}", stats.engine).to_lowercase())?;
        answer.set_item("page_bytes", stats.page_bytes)?;
        answer.set_item("file_bytes", stats.file_bytes)?;
        answer.set_item("wal_bytes", stats.wal_bytes)?;
        answer.set_item("memtable_bytes", stats.memtable_bytes)?;
        answer.set_item("cache_bytes", stats.cache_bytes)?;
        answer.set_item("cache_hits", stats.cache_hits)?;
        answer.set_item("cache_misses", stats.cache_misses)?;
        answer.set_item("commits", stats.commits)?;
        answer.set_item("wal_syncs", stats.wal_syncs)?;
        answer.set_item("checkpoints", stats.checkpoints)?;
        Ok(answer)
    }

    fn check<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let database = self.inner.get(py)?;
        let report = run(py, "check", || database.check())?;
        let answer = PyDict::new(py);
        answer.set_item("valid", report.faults.is_empty())?;
        answer.set_item("faults", report.faults)?;
        answer.set_item("trees", report.trees)?;
        answer.set_item("entries", report.entries)?;
        answer.set_item("pages", report.pages)?;
        answer.set_item("free_bytes", report.free_bytes)?;
        answer.set_item("wal_commits", report.wal_commits)?;
        Ok(answer)
    }

    fn sync(&self, py: Python<'_>) -> PyResult<()> {
        let database = self.inner.get(py)?;
        run(py, "sync", || database.sync())
    }

    fn checkpoint(&self, py: Python<'_>) -> PyResult<()> {
        let database = self.inner.get(py)?;
        run(py, "checkpoint", || database.checkpoint())
    }

    fn backup(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let database = self.inner.get(py)?;
        run(py, "backup", || database.backup(path))
    }
}
