//! Many writes in one call.

use std::collections::BTreeMap;

use nexuslite::bson::doc;
use nexuslite::document::builder::{DocWriter, RawDocBuf};
use nexuslite::document::id::IdGenerator;
use nexuslite::document::raw::{RawDoc, Value};
use nexuslite::{BulkWriteError, BulkWriteResult, Database, Error, Result, WriteModel};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::collection::{Collection, raw, unreadable, whole};
use crate::engine::run;
use crate::more::More;
use crate::transaction::Transaction;
use crate::write::BLOCK_BYTES;
use crate::{decode, encode, verbose};

type Within<'a, 'py> = Option<&'a Bound<'py, Transaction>>;

/// Carries out requests from the place `begin` on, outside a transaction up to some megabytes. Answers the place of the
/// next one, and the account of these in MongoDB's words.
pub(crate) fn bulk_write<'py>(
    collection: &Collection,
    requests: &Bound<'py, PyList>,
    begin: usize,
    ordered: bool,
    more: Option<&Bound<'py, PyDict>>,
    within: Within<'_, 'py>,
) -> PyResult<(usize, Bound<'py, PyAny>)> {
    let py = requests.py();
    let options = More::read(more, None)?.of_bulk(ordered);
    let asked = block(requests, begin, &collection.ids, within.is_some())?;
    let next = begin + asked.len();
    let account = collection.write(py, "bulk_write", within, |own| {
        account_of(begin, own.bulk_write_with(models(asked)?, options))
    })?;
    Ok((next, decode::plain(py, account.as_doc())?))
}

/// The same of a database, each of whose requests names its collection, told request by request.
#[allow(clippy::too_many_arguments, reason = "the options of a verb come one by one, without a dict to make")]
pub(crate) fn bulk_write_across<'py>(
    database: &Database,
    ids: &IdGenerator,
    requests: &Bound<'py, PyList>,
    begin: usize,
    ordered: bool,
    journal: bool,
    more: Option<&Bound<'py, PyDict>>,
    within: Within<'_, 'py>,
) -> PyResult<(usize, Bound<'py, PyAny>)> {
    let py = requests.py();
    let options = More::read(more, None)?.of_bulk(ordered);
    let asked = block(requests, begin, ids, within.is_some())?;
    let next = begin + asked.len();
    let account = match within {
        Some(within) => within.get().run(py, "bulk_write", |tx| {
            verbose::account_of(begin, tx.bulk_write_verbose(models(asked)?, options))
        }),
        None => run(py, "bulk_write", || {
            let outcome = verbose::account_of(begin, database.bulk_write_verbose(models(asked)?, options));
            let synced = if journal { database.sync() } else { Ok(()) };
            outcome.and_then(|account| synced.map(|()| account))
        }),
    }?;
    Ok((next, decode::plain(py, account.as_doc())?))
}

/// The requests that are carried out in one go.
fn block(
    requests: &Bound<'_, PyList>,
    begin: usize,
    ids: &IdGenerator,
    inside: bool,
) -> PyResult<Vec<Request>> {
    let block_bytes = if inside { usize::MAX } else { BLOCK_BYTES };
    let mut asked = Vec::new();
    let mut bytes = 0;
    for request in requests.iter().skip(begin) {
        let (name, fields): (String, Bound<'_, PyDict>) = request.extract()?;
        let request = Request::read(ids, &name, &fields)?;
        bytes += request.bytes();
        asked.push(request);
        if bytes >= block_bytes {
            break;
        }
    }
    Ok(asked)
}

fn models(asked: Vec<Request>) -> Result<Vec<WriteModel>> {
    asked.into_iter().map(Request::model).collect()
}

/// A request, as bytes, and the collection that it names.
struct Request {
    collection: Option<String>,
    write: Write,
}

/// What a request asks for.
enum Write {
    Insert(Vec<u8>),
    Update { many: bool, filter: Vec<u8>, update: encode::Change, upsert: bool, more: More },
    Replace { filter: Vec<u8>, replacement: Vec<u8>, upsert: bool, more: More },
    Delete { many: bool, filter: Vec<u8>, more: More },
}

impl Request {
    fn read(ids: &IdGenerator, name: &str, fields: &Bound<'_, PyDict>) -> PyResult<Self> {
        let collection = fields.get_item("collection")?.map(|name| name.extract()).transpose()?;
        Ok(Self { collection, write: Write::read(ids, name, fields)? })
    }

    fn bytes(&self) -> usize {
        self.write.bytes()
    }

    fn model(self) -> Result<WriteModel> {
        let model = self.write.model()?;
        Ok(match self.collection {
            Some(name) => model.in_collection(name),
            None => model,
        })
    }
}

impl Write {
    fn read(ids: &IdGenerator, name: &str, fields: &Bound<'_, PyDict>) -> PyResult<Self> {
        let field = |name: &str| fields.get_item(name)?.ok_or_else(|| PyKeyError::new_err(name.to_owned()));
        let filter = || encode::document(&field("filter")?);
        let upsert = || fields.get_item("upsert")?.map_or(Ok(false), |upsert| upsert.extract());
        let more = || More::read(Some(fields), None);
        Ok(match name {
            "insertOne" => {
                let mut bytes = Vec::with_capacity(512);
                encode::insert(&field("document")?, ids, &mut bytes)?;
                Self::Insert(bytes)
            }
            "updateOne" | "updateMany" => Self::Update {
                many: name == "updateMany",
                filter: filter()?,
                update: encode::update(&field("update")?)?,
                upsert: upsert()?,
                more: more()?,
            },
            "replaceOne" => Self::Replace {
                filter: filter()?,
                replacement: encode::document(&field("replacement")?)?,
                upsert: upsert()?,
                more: more()?,
            },
            "deleteOne" | "deleteMany" => {
                Self::Delete { many: name == "deleteMany", filter: filter()?, more: more()? }
            }
            unknown => return Err(PyKeyError::new_err(unknown.to_owned())),
        })
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Insert(document) => document.len(),
            Self::Update { filter, update, .. } => filter.len() + update.bytes(),
            Self::Replace { filter, replacement, .. } => filter.len() + replacement.len(),
            Self::Delete { filter, .. } => filter.len(),
        }
    }

    fn model(self) -> Result<WriteModel> {
        Ok(match self {
            Self::Insert(document) => WriteModel::insert_one(whole(document)?),
            Self::Update { many, filter, update, upsert, more } => {
                let (filter, update) = (raw(filter)?, update.form()?);
                let model = match many {
                    true => WriteModel::update_many(filter, update),
                    false => WriteModel::update_one(filter, update),
                };
                more.added_to_model(model.upsert(upsert))
            }
            Self::Replace { filter, replacement, upsert, more } => {
                let model = WriteModel::replace_one(raw(filter)?, whole(replacement)?);
                more.added_to_model(model.upsert(upsert))
            }
            Self::Delete { many, filter, more } => {
                let filter = raw(filter)?;
                more.added_to_model(match many {
                    true => WriteModel::delete_many(filter),
                    false => WriteModel::delete_one(filter),
                })
            }
        })
    }
}

/// The account of writes of which some may have failed; any other error as it is.
pub(crate) fn account_of(begin: usize, outcome: Result<BulkWriteResult>) -> Result<RawDocBuf> {
    match outcome {
        Ok(done) => account(begin, &done, &BTreeMap::new()),
        Err(error) => match BulkWriteError::of(&error) {
            Some(failed) => account(begin, &failed.partial_result.summary, &failed.write_errors),
            None => Err(error),
        },
    }
}

/// What was done and what failed, each by its place in the whole call.
fn account(begin: usize, done: &BulkWriteResult, faults: &BTreeMap<usize, Error>) -> Result<RawDocBuf> {
    let mut upserted = Vec::with_capacity(done.upserted_ids.len());
    for (at, id) in &done.upserted_ids {
        upserted.push((at, doc! { "_id": id }.to_vec().map_err(|error| unreadable(&error))?));
    }
    Ok(RawDocBuf::build(|account| {
        put_errors(account, begin, faults);
        for (name, count) in [
            ("nInserted", done.inserted_count),
            ("nMatched", done.matched_count),
            ("nModified", done.modified_count),
            ("nRemoved", done.deleted_count),
            ("nUpserted", done.upserted_count),
        ] {
            account.put(name, Value::Int64(count.cast_signed()));
        }
        let mut made = account.array("upserted");
        for (at, id) in &upserted {
            let mut one = made.document();
            one.put("index", place(begin, **at));
            one.extend(RawDoc::new(id));
        }
    }))
}

/// A place in the whole call.
pub(crate) fn place(begin: usize, at: usize) -> Value<'static> {
    Value::Int64((begin + at) as i64)
}

/// What each request failed with.
pub(crate) fn put_errors(account: &mut DocWriter<'_>, begin: usize, faults: &BTreeMap<usize, Error>) {
    let mut errors = account.array("writeErrors");
    for (at, fault) in faults {
        let mut error = errors.document();
        error.put("index", place(begin, *at));
        error.put("code", Value::Int32(fault.code().unwrap_or_default()));
        error.put("errmsg", Value::String(fault.message()));
        if let Some(more) = fault.details() {
            error.extend(RawDoc::new(more));
        }
    }
}
