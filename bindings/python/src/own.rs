//! The verbs that pymongo has not: many documents by their `_id`s, and what becomes of deleted documents that are kept.

use nexuslite::bson::{Bson, RawDocumentBuf};
use nexuslite::document::raw::RawDoc;
use nexuslite::{BulkWriteResult, Result};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::codec::Codec;
use crate::collection::{Collection, Raw, raw, whole};
use crate::more::More;
use crate::transaction::Transaction;
use crate::{bulk, decode, encode};

type Within<'a, 'py> = Option<&'a Bound<'py, Transaction>>;

/// The documents of these `_id`s, nothing in the place of each that is not there.
pub(crate) fn get_many<'py>(
    collection: &Collection,
    codec: &Bound<'py, Codec>,
    ids: &Bound<'py, PyList>,
    more: &More,
    within: Within<'_, 'py>,
) -> PyResult<Vec<Option<Bound<'py, PyAny>>>> {
    let py = codec.py();
    let ids = ids.iter().map(|id| encode::value(&id)).collect::<PyResult<Vec<Bson>>>()?;
    let found = collection.run(py, "get_many", within, |own| own.get_many_with(ids, more.of_get_many()))?;
    let handed_out = |found: RawDocumentBuf| decode::one(py, codec.get(), RawDoc::new(found.as_bytes()));
    found.into_iter().map(|found| found.map(handed_out).transpose()).collect()
}

/// Puts documents by their `_id`s, and answers the account that a bulk write has.
pub(crate) fn put_many<'py>(
    collection: &Collection,
    verb: &str,
    documents: &Bound<'py, PyList>,
    within: Within<'_, 'py>,
    put: impl FnOnce(&Raw, Vec<RawDocumentBuf>) -> Result<BulkWriteResult> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let py = documents.py();
    let given = documents.iter().map(|each| encode::document(&each)).collect::<PyResult<Vec<_>>>()?;
    let account = collection.write(py, verb, within, |own| {
        let documents = given.into_iter().map(whole).collect::<Result<Vec<_>>>()?;
        bulk::account_of(0, put(own, documents))
    })?;
    decode::plain(py, account.as_doc())
}

/// Takes back the deleted documents that satisfy a filter; how many.
pub(crate) fn restore(
    collection: &Collection,
    filter: &Bound<'_, PyAny>,
    more: &More,
    within: Within<'_, '_>,
) -> PyResult<u64> {
    let bytes = encode::document(filter)?;
    collection
        .write(filter.py(), "restore", within, |own| own.restore_with(raw(bytes)?, more.of_soft_delete()))
}

/// Ends the deleted documents that satisfy a filter; how many.
pub(crate) fn purge(
    collection: &Collection,
    filter: &Bound<'_, PyAny>,
    more: &More,
    within: Within<'_, '_>,
) -> PyResult<u64> {
    let bytes = encode::document(filter)?;
    collection.write(filter.py(), "purge", within, |own| own.purge_with(raw(bytes)?, more.of_soft_delete()))
}

/// How many deleted documents satisfy a filter.
pub(crate) fn count_deleted(
    collection: &Collection,
    filter: &Bound<'_, PyAny>,
    more: &More,
    within: Within<'_, '_>,
) -> PyResult<u64> {
    let bytes = encode::document(filter)?;
    collection.run(filter.py(), "count_deleted", within, |own| {
        own.count_deleted_with(raw(bytes)?, more.of_soft_delete())
    })
}
