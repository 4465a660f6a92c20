//! Inserts, updates and replacements.

use std::ops::Range;

use nexuslite::bson::{Bson, doc};
use nexuslite::document::raw::RawDoc;
use nexuslite::{Error, InsertOneOptions, Result, UpdateResult};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList};

use crate::codec::Codec;
use crate::collection::{Collection, raw, unreadable, whole};
use crate::engine::raise;
use crate::more::More;
use crate::transaction::Transaction;
use crate::{bounds, decode, encode};

/// After so many bytes documents are handed to the engine, outside a transaction: as many as it commits at once.
pub(crate) const BLOCK_BYTES: usize = 8 << 20;

type Within<'a, 'py> = Option<&'a Bound<'py, Transaction>>;

/// The ids, how many documents are in, what is wrong with the others if anything, and whether that was all.
pub(crate) type Inserted<'py> = (Bound<'py, PyList>, u64, Option<Bound<'py, PyAny>>, bool);

pub(crate) fn insert_one<'py>(
    collection: &Collection,
    document: &Bound<'py, PyAny>,
    bypass_validation: bool,
    within: Within<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut bytes = Vec::with_capacity(512);
    let id = encode::insert(document, &collection.ids, &mut bytes)?;
    let options = bounded(InsertOneOptions::new().bypass_document_validation(bypass_validation));
    collection.write(document.py(), "insert_one", within, |own| own.insert_one_raw_with(&bytes, options))?;
    Ok(id)
}

/// The options with the bounds of the blocks that this thread is in.
fn bounded(options: InsertOneOptions) -> InsertOneOptions {
    let options = match bounds::token() {
        Some(token) => options.cancel_with(token),
        None => options,
    };
    match bounds::time_left(None) {
        Some(limit) => options.max_time(limit),
        None => options,
    }
}

pub(crate) fn insert_many<'py>(
    collection: &Collection,
    documents: &Bound<'py, PyIterator>,
    ordered: bool,
    bypass_validation: bool,
    within: Within<'_, 'py>,
) -> PyResult<Inserted<'py>> {
    let py = documents.py();
    let ids = PyList::empty(py);
    let mut bytes = Vec::new();
    let mut places: Vec<Range<usize>> = Vec::new();
    let block_bytes = if within.is_some() { usize::MAX } else { BLOCK_BYTES };
    let mut at_end = true;
    for document in documents.clone() {
        let start = bytes.len();
        ids.append(encode::insert(&document?, &collection.ids, &mut bytes)?)?;
        places.push(start..bytes.len());
        if bytes.len() >= block_bytes {
            at_end = false;
            break;
        }
    }
    let options = More::read(None, None)?.of_insert(ordered).bypass_document_validation(bypass_validation);
    let outcome = collection.write(py, "insert_many", within, |own| {
        let documents = places.iter().map(|place| &bytes[place.clone()]);
        Ok(own.insert_many_raw(documents, options))
    })?;
    match outcome {
        Ok(inserted) => Ok((ids, inserted, None, at_end)),
        Err(error) => {
            let details = write_errors(py, &error)?;
            Ok((ids, details.0, Some(details.1), at_end))
        }
    }
}

/// How many documents are in and what is wrong with the others, from an error that says so; any other error as it is.
fn write_errors<'py>(py: Python<'py>, error: &Error) -> PyResult<(u64, Bound<'py, PyAny>)> {
    let details = RawDoc::new(error.details().unwrap_or_default());
    if details.get("writeErrors").is_none() {
        return Err(raise(py, "insert_many", error));
    }
    let details = decode::plain(py, details)?;
    Ok((details.get_item("nInserted")?.extract()?, details.get_item("writeErrors")?))
}

#[allow(clippy::too_many_arguments, reason = "the options of a verb come one by one, without a dict to make")]
pub(crate) fn update<'py>(
    collection: &Collection,
    codec: &Bound<'py, Codec>,
    many: bool,
    filter: &Bound<'py, PyAny>,
    update: &Bound<'py, PyAny>,
    upsert: bool,
    more: Option<&Bound<'py, PyDict>>,
    within: Within<'_, 'py>,
) -> PyResult<(u64, u64, Bound<'py, PyAny>)> {
    let (filter, update) = (encode::document(filter)?, encode::update(update)?);
    let more = More::read(more, None)?;
    let verb = if many { "update_many" } else { "update_one" };
    let done = collection.write(codec.py(), verb, within, |own| {
        let (filter, update, options) = (raw(filter)?, update.form()?, more.of_update(upsert));
        let done = if many {
            own.update_many_with(filter, update, options)
        } else {
            own.update_one_with(filter, update, options)
        };
        report(done?)
    })?;
    answer(codec, done)
}

pub(crate) fn replace<'py>(
    collection: &Collection,
    codec: &Bound<'py, Codec>,
    filter: &Bound<'py, PyAny>,
    replacement: &Bound<'py, PyAny>,
    upsert: bool,
    more: Option<&Bound<'py, PyDict>>,
    within: Within<'_, 'py>,
) -> PyResult<(u64, u64, Bound<'py, PyAny>)> {
    let (filter, replacement) = (encode::document(filter)?, encode::document(replacement)?);
    let more = More::read(more, None)?;
    let done = collection.write(codec.py(), "replace_one", within, |own| {
        report(own.replace_one_with(raw(filter)?, whole(replacement)?, more.of_replacement(upsert))?)
    })?;
    answer(codec, done)
}

/// Counts, and the `_id` that was made, in bytes that the interpreter reads afterwards.
type Report = (u64, u64, Vec<u8>);

fn report(done: UpdateResult) -> Result<Report> {
    let made: Vec<Bson> = done.upserted_id.into_iter().collect();
    let made = doc! { "made": made }.to_vec().map_err(|error| unreadable(&error))?;
    Ok((done.matched_count, done.modified_count, made))
}

fn answer<'py>(
    codec: &Bound<'py, Codec>,
    (matched, modified, made): Report,
) -> PyResult<(u64, u64, Bound<'py, PyAny>)> {
    Ok((matched, modified, value(codec, &made, "made")?))
}

/// The field `name` of a document made here.
pub(crate) fn value<'py>(codec: &Bound<'py, Codec>, bytes: &[u8], name: &str) -> PyResult<Bound<'py, PyAny>> {
    match RawDoc::new(bytes).get(name) {
        Some(value) => decode::value(codec.py(), codec.get(), value),
        None => Ok(codec.py().None().into_bound(codec.py())),
    }
}
