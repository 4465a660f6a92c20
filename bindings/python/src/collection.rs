//! The verbs of a collection. Those that write stand in [`crate::write`], our own in [`crate::own`].

use std::sync::Arc;

use nexuslite::bson::{RawDocumentBuf, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::id::IdGenerator;
use nexuslite::document::raw::RawDoc;
use nexuslite::{CountOptions, DistinctOptions, Error, Result, Verbosity};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList};

use crate::asked::Asked;
use crate::bulk;
use crate::codec::Codec;
use crate::cursor::Cursor;
use crate::decode;
use crate::encode::{self, document};
use crate::engine::run;
use crate::find_one_and::{handed_out, modification};
use crate::more::More;
use crate::process::Owned;
use crate::transaction::Transaction;
use crate::{own, write};

/// A collection whose documents are bytes here.
pub(crate) type Raw = nexuslite::Collection<RawDocumentBuf>;
type Within<'a, 'py> = Option<&'a Bound<'py, Transaction>>;

/// A collection, whether or not it exists.
#[pyclass(frozen, module = "nexuslite._nexuslite")]
#[derive(Debug)]
pub(crate) struct Collection {
    inner: Owned<Inner>,
    pub(crate) ids: Arc<IdGenerator>,
}

#[derive(Debug)]
struct Inner {
    raw: Raw,
    /// What is synced after each write, where a write shall wait for the device whatever the durability is.
    journal: Option<nexuslite::Database>,
}

impl Collection {
    pub(crate) fn new(raw: Raw, journal: Option<nexuslite::Database>, ids: Arc<IdGenerator>) -> Self {
        Self { inner: Owned::new(Inner { raw, journal }), ids }
    }

    /// Does something with the collection: inside the transaction, where there is one.
    pub(crate) fn run<R: Send>(
        &self,
        py: Python<'_>,
        verb: &str,
        within: Within<'_, '_>,
        deed: impl FnOnce(&Raw) -> Result<R> + Send,
    ) -> PyResult<R> {
        let own = &self.inner.get(py)?.raw;
        match within {
            None => run(py, verb, || deed(own)),
            // The transaction is let go before the deed: a cursor may outlive it.
            Some(within) => {
                let inside = within.get().run(py, verb, |tx| Ok(tx.collection_as(own.name())))?;
                run(py, verb, || deed(&inside))
            }
        }
    }

    /// The same of what changes the collection. Outside a transaction, whose commit waits for the device, the change
    /// does, and so does what is left of one that failed half-way.
    pub(crate) fn write<R: Send>(
        &self,
        py: Python<'_>,
        verb: &str,
        within: Within<'_, '_>,
        deed: impl FnOnce(&Raw) -> Result<R> + Send,
    ) -> PyResult<R> {
        let journal = self.inner.get(py)?.journal.as_ref().filter(|_| within.is_none());
        self.run(py, verb, within, |own| {
            let outcome = deed(own);
            let synced = journal.map_or(Ok(()), nexuslite::Database::sync);
            outcome.and_then(|answer| synced.map(|()| answer))
        })
    }
}

// One parameter for each option, in a fixed order: the package calls these, nobody else.
#[allow(clippy::too_many_arguments, reason = "the options of a verb come one by one, without a dict to make")]
#[pymethods]
impl Collection {
    fn find(
        &self,
        codec: &Bound<'_, Codec>,
        filter: &Bound<'_, PyAny>,
        projection: Option<&Bound<'_, PyAny>>,
        sort: Option<&Bound<'_, PyAny>>,
        skip: u64,
        limit: u64,
        batch_size: Option<u32>,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'_, PyDict>>,
        within: Within<'_, '_>,
    ) -> PyResult<Cursor> {
        let asked = Asked::new(filter, projection, sort, skip, limit, batch_size, max_time_ms, more)?;
        let cursor = self.run(codec.py(), "find", within, |own| asked.of(own)?.raw())?;
        Ok(Cursor::new(cursor, codec.clone().unbind(), batch_size))
    }

    fn find_one<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        filter: &Bound<'py, PyAny>,
        projection: Option<&Bound<'py, PyAny>>,
        sort: Option<&Bound<'py, PyAny>>,
        skip: u64,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = codec.py();
        let asked = Asked::new(filter, projection, sort, skip, 1, None, max_time_ms, more)?;
        let found = self.run(py, "find_one", within, |own| asked.of(own)?.raw()?.next().transpose())?;
        found.map(|found| decode::one(py, codec.get(), found.as_doc())).transpose()
    }

    /// How the documents would be found, and what each step of it does.
    fn explain<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        filter: &Bound<'py, PyAny>,
        projection: Option<&Bound<'py, PyAny>>,
        sort: Option<&Bound<'py, PyAny>>,
        skip: u64,
        limit: u64,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let asked = Asked::new(filter, projection, sort, skip, limit, None, max_time_ms, more)?;
        let told = self.run(codec.py(), "explain", within, |own| {
            let told = asked.of(own)?.explain(Verbosity::ExecutionStats)?;
            told.to_vec().map_err(|error| unreadable(&error))
        })?;
        decode::one(codec.py(), codec.get(), RawDoc::new(&told))
    }

    /// Creates indexes, each described as MongoDB writes it; answers their names.
    fn create_indexes(
        &self,
        py: Python<'_>,
        described: &Bound<'_, PyList>,
        max_time_ms: Option<u64>,
        within: Within<'_, '_>,
    ) -> PyResult<Vec<String>> {
        let described = described.iter().map(|index| document(&index)).collect::<PyResult<Vec<_>>>()?;
        let options = More::read(None, max_time_ms)?.of_indexes();
        self.write(py, "create_indexes", within, |own| {
            let described = described.into_iter().map(raw).collect::<Result<Vec<_>>>()?;
            own.create_indexes_with(described, &options)
        })
    }

    /// A document of which `indexes` is the list.
    fn list_indexes<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        within: Within<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let listed = self.run(codec.py(), "list_indexes", within, |own| {
            doc! { "indexes": own.list_indexes()? }.to_vec().map_err(|error| unreadable(&error))
        })?;
        write::value(codec, &listed, "indexes")
    }

    /// A document of which `indexes` is the list.
    fn index_stats<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        within: Within<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let told = self.run(codec.py(), "index_stats", within, |own| {
            doc! { "indexes": own.index_stats()? }.to_vec().map_err(|error| unreadable(&error))
        })?;
        write::value(codec, &told, "indexes")
    }

    fn drop_index(&self, py: Python<'_>, name: &str, within: Within<'_, '_>) -> PyResult<()> {
        self.write(py, "drop_index", within, |own| own.drop_index(name))
    }

    fn drop_indexes(&self, py: Python<'_>, within: Within<'_, '_>) -> PyResult<usize> {
        self.write(py, "drop_indexes", within, Raw::drop_indexes)
    }

    fn count_documents(
        &self,
        py: Python<'_>,
        filter: &Bound<'_, PyAny>,
        skip: u64,
        limit: u64,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'_, PyDict>>,
        within: Within<'_, '_>,
    ) -> PyResult<u64> {
        let (filter, more) = (document(filter)?, More::read(more, max_time_ms)?);
        self.run(py, "count_documents", within, |own| {
            let options = more.added_to_count(CountOptions::new().skip(skip).limit(limit));
            own.count_documents_with(raw(filter)?, options)
        })
    }

    fn estimated_document_count(&self, py: Python<'_>) -> PyResult<u64> {
        self.run(py, "estimated_document_count", None, Raw::estimated_document_count)
    }

    fn distinct<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        key: &str,
        filter: &Bound<'py, PyAny>,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (filter, more) = (document(filter)?, More::read(more, max_time_ms)?);
        let values = self.run(codec.py(), "distinct", within, |own| {
            let values =
                own.distinct_with(key, raw(filter)?, more.added_to_distinct(DistinctOptions::new()))?;
            doc! { "values": values }.to_vec().map_err(|error| unreadable(&error))
        })?;
        write::value(codec, &values, "values")
    }

    fn insert_one<'py>(
        &self,
        document: &Bound<'py, PyAny>,
        bypass_validation: bool,
        within: Within<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        write::insert_one(self, document, bypass_validation, within)
    }

    /// Inserts what the iterator gives, up to some megabytes.
    fn insert_many<'py>(
        &self,
        documents: &Bound<'py, PyIterator>,
        ordered: bool,
        bypass_validation: bool,
        within: Within<'_, 'py>,
    ) -> PyResult<write::Inserted<'py>> {
        write::insert_many(self, documents, ordered, bypass_validation, within)
    }

    /// Answers how many matched and how many were modified, and a list with the `_id` of the one that was made.
    fn update<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        many: bool,
        filter: &Bound<'py, PyAny>,
        update: &Bound<'py, PyAny>,
        upsert: bool,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<(u64, u64, Bound<'py, PyAny>)> {
        write::update(self, codec, many, filter, update, upsert, more, within)
    }

    /// As `update`.
    fn replace<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        filter: &Bound<'py, PyAny>,
        replacement: &Bound<'py, PyAny>,
        upsert: bool,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<(u64, u64, Bound<'py, PyAny>)> {
        write::replace(self, codec, filter, replacement, upsert, more, within)
    }

    /// Carries out requests, each a name of MongoDB's `bulkWrite` and its fields, from the place `begin` on.
    fn bulk_write<'py>(
        &self,
        requests: &Bound<'py, PyList>,
        begin: usize,
        ordered: bool,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<(usize, Bound<'py, PyAny>)> {
        bulk::bulk_write(self, requests, begin, ordered, more, within)
    }

    fn delete(
        &self,
        py: Python<'_>,
        many: bool,
        filter: &Bound<'_, PyAny>,
        more: Option<&Bound<'_, PyDict>>,
        within: Within<'_, '_>,
    ) -> PyResult<u64> {
        let (filter, more) = (document(filter)?, More::read(more, None)?);
        let verb = if many { "delete_many" } else { "delete_one" };
        let done = self.write(py, verb, within, |own| {
            let (filter, options) = (raw(filter)?, more.of_delete());
            if many { own.delete_many_with(filter, options) } else { own.delete_one_with(filter, options) }
        })?;
        Ok(done.deleted_count)
    }

    fn find_one_and_update<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        filter: &Bound<'py, PyAny>,
        update: &Bound<'py, PyAny>,
        projection: Option<&Bound<'py, PyAny>>,
        upsert: bool,
        after: bool,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (filter, update) = (document(filter)?, encode::update(update)?);
        let options = modification(projection, upsert, after, max_time_ms, more)?;
        let found = self.write(codec.py(), "find_one_and_update", within, |own| {
            own.find_one_and_update_with(raw(filter)?, update.form()?, options())
        })?;
        handed_out(codec, found)
    }

    fn find_one_and_replace<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        filter: &Bound<'py, PyAny>,
        replacement: &Bound<'py, PyAny>,
        projection: Option<&Bound<'py, PyAny>>,
        upsert: bool,
        after: bool,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (filter, replacement) = (document(filter)?, document(replacement)?);
        let options = modification(projection, upsert, after, max_time_ms, more)?;
        let found = self.write(codec.py(), "find_one_and_replace", within, |own| {
            own.find_one_and_replace_with(raw(filter)?, whole(replacement)?, options())
        })?;
        handed_out(codec, found)
    }

    fn find_one_and_delete<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        filter: &Bound<'py, PyAny>,
        projection: Option<&Bound<'py, PyAny>>,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let filter = document(filter)?;
        let options = modification(projection, false, false, max_time_ms, more)?;
        let found = self.write(codec.py(), "find_one_and_delete", within, |own| {
            own.find_one_and_delete_with(raw(filter)?, options())
        })?;
        handed_out(codec, found)
    }

    fn get_many<'py>(
        &self,
        codec: &Bound<'py, Codec>,
        ids: &Bound<'py, PyList>,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<Vec<Option<Bound<'py, PyAny>>>> {
        own::get_many(self, codec, ids, &More::read(more, max_time_ms)?, within)
    }

    fn upsert_many<'py>(
        &self,
        documents: &Bound<'py, PyList>,
        ordered: bool,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = More::read(more, max_time_ms)?.of_bulk(ordered);
        own::put_many(self, "upsert_many", documents, within, |own, documents| {
            own.upsert_many_with(documents, options)
        })
    }

    fn merge_many<'py>(
        &self,
        documents: &Bound<'py, PyList>,
        ordered: bool,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'py, PyDict>>,
        within: Within<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = More::read(more, max_time_ms)?.of_bulk(ordered);
        own::put_many(self, "merge_many", documents, within, |own, documents| {
            own.merge_many_with(documents, options)
        })
    }

    fn restore(
        &self,
        filter: &Bound<'_, PyAny>,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'_, PyDict>>,
        within: Within<'_, '_>,
    ) -> PyResult<u64> {
        own::restore(self, filter, &More::read(more, max_time_ms)?, within)
    }

    fn purge(
        &self,
        filter: &Bound<'_, PyAny>,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'_, PyDict>>,
        within: Within<'_, '_>,
    ) -> PyResult<u64> {
        own::purge(self, filter, &More::read(more, max_time_ms)?, within)
    }

    fn count_deleted(
        &self,
        filter: &Bound<'_, PyAny>,
        max_time_ms: Option<u64>,
        more: Option<&Bound<'_, PyDict>>,
        within: Within<'_, '_>,
    ) -> PyResult<u64> {
        own::count_deleted(self, filter, &More::read(more, max_time_ms)?, within)
    }
}

/// Bytes made here, checked as those of any caller.
pub(crate) fn raw(bytes: Vec<u8>) -> Result<RawDocBuf> {
    RawDocBuf::from_bytes(bytes)
}

/// The same as a document of the collection's type.
pub(crate) fn whole(bytes: Vec<u8>) -> Result<RawDocumentBuf> {
    RawDocumentBuf::from_bytes(raw(bytes)?.into_bytes()).map_err(|error| unreadable(&error))
}

pub(crate) fn unreadable(error: &nexuslite::bson::error::Error) -> Error {
    Error::invalid(nexuslite::error::code::INVALID_BSON, format!("a document cannot be passed on: {error}"))
}
