//! Many writes in one call.

use std::collections::BTreeMap;
use std::ffi::c_void;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::raw::RawDoc;
use nexuslite::{BulkWriteOptions, BulkWriteResult, WriteModel};

use crate::call::Call;
use crate::change::whole;
use crate::fault::{Fault, Result};
use crate::guard;
use crate::options::{self, put};
use crate::statement::Statement;
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_coll, nx_db, nx_error, nx_status};

/// Does many writes to the collection, in order: `insertedCount`, `matchedCount`, `modifiedCount`, `deletedCount`,
/// `upsertedCount`, and `insertedIds` and `upsertedIds` by the place of each write in the call.
///
/// `writes` is a list, or documents one after the other: `{"insertOne": {"document": {…}}}`, `updateOne` and
/// `updateMany` (with `filter`, `update`, `upsert`, `arrayFilters`, and for one `sort`), `replaceOne` (with `filter`,
/// `replacement`, `upsert`, `sort`), `deleteOne` and `deleteMany` (with `filter`); all but inserts with `hint`
/// and `collation`.
/// Options: `ordered` (whether the first write that fails ends the call; true by default), `let`, `comment`,
/// `bypassDocumentValidation`, `maxTimeMS`.
/// When some fail the error's details say which (`writeErrors`) and what the others did.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_bulk_write(
    coll: *mut nx_coll,
    call: *const nx_call,
    writes: *const c_void,
    writes_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (writes, writes_len), (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let models = models(&writes.documents(call.format, "writes")?, false)?;
        let options = bulk_options(&call, options.document(call.format, "options")?.as_ref())?;
        let done = call.collection(coll)?.bulk_write_with(models, options)?;
        out.answer_made(&call, &of_bulk(done))?;
        Ok(NX_OK)
    })
}

/// Does many writes, each to the collection that it names: `{"insertOne": {"collection": "log", "document": {…}}}`.
/// As nx_bulk_write() otherwise; inside a transaction there are no options.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_db_bulk_write(
    db: *mut nx_db,
    call: *const nx_call,
    writes: *const c_void,
    writes_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (writes, writes_len), (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let database = scene.database(db)?;
        let call = call.look_up(scene)?;
        let models = models(&writes.documents(call.format, "writes")?, true)?;
        let asked = options.document(call.format, "options")?;
        let options = bulk_options(&call, asked.as_ref())?;
        let done = match &call.txn {
            None => database.inner.bulk_write_verbose(models, options)?.summary,
            Some(txn) if options::of(asked.as_ref()).is_empty() && call.cancel.is_none() => {
                txn.of(&database)?.run(|txn| txn.bulk_write(models))?
            }
            Some(_) => {
                let what = "writes to several collections inside a transaction have no options and cannot be cancelled";
                return Err(Fault::unsupported(what));
            }
        };
        out.answer_made(&call, &of_bulk(done))?;
        Ok(NX_OK)
    })
}

fn bulk_options(call: &Call, asked: Option<&RawDocBuf>) -> Result<BulkWriteOptions> {
    let options = options::read("bulk_write", asked, BulkWriteOptions::new(), |options, option| {
        Ok(Some(match option.name {
            "ordered" => put(options, option.flag()?, BulkWriteOptions::ordered),
            "let" => put(options, option.document()?, BulkWriteOptions::let_vars),
            "comment" => put(options, option.any()?, BulkWriteOptions::comment),
            "bypassDocumentValidation" => {
                put(options, option.flag()?, BulkWriteOptions::bypass_document_validation)
            }
            "maxTimeMS" => put(options, option.milliseconds()?, BulkWriteOptions::max_time),
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(options, BulkWriteOptions::cancel_with))
}

/// The writes, each with the place at which it stands where it cannot be meant.
fn models(writes: &[RawDocBuf], names_collection: bool) -> Result<Vec<WriteModel>> {
    let read = |(place, write): (usize, &RawDocBuf)| {
        model(write.as_doc(), names_collection).map_err(|fault| Fault {
            status: fault.status,
            error: fault.error.context(format!("the write at place {place}")),
        })
    };
    writes.iter().enumerate().map(read).collect()
}

fn model(write: RawDoc<'_>, names_collection: bool) -> Result<WriteModel> {
    let statement = Statement::read(write)?;
    let (model, parts): (_, &[&str]) = match statement.verb {
        "insertOne" => {
            let document = whole(RawDocBuf::from(statement.needed("document")?))?;
            (WriteModel::insert_one(document), &["document"])
        }
        "updateOne" => {
            (WriteModel::update_one(statement.filter()?, statement.update()?), &["filter", "update"])
        }
        "updateMany" => {
            (WriteModel::update_many(statement.filter()?, statement.update()?), &["filter", "update"])
        }
        "replaceOne" => {
            let replacement = whole(RawDocBuf::from(statement.needed("replacement")?))?;
            (WriteModel::replace_one(statement.filter()?, replacement), &["filter", "replacement"])
        }
        "deleteOne" => (WriteModel::delete_one(statement.filter()?), &["filter"]),
        "deleteMany" => (WriteModel::delete_many(statement.filter()?), &["filter"]),
        _ => {
            let known = "insertOne, updateOne, updateMany, replaceOne, deleteOne and deleteMany";
            return Err(statement.unknown(known));
        }
    };
    options::read_in(statement.verb, statement.options(parts).as_doc(), model, |model, option| {
        Ok(Some(match option.name {
            "collection" if names_collection => put(model, option.text()?, WriteModel::in_collection),
            "upsert" => put(model, option.flag()?, WriteModel::upsert),
            "sort" => put(model, option.document()?, WriteModel::sort),
            "hint" => option.put_hint(model, WriteModel::hint, WriteModel::hint_key)?,
            "collation" => put(model, option.document()?, WriteModel::collation),
            "arrayFilters" => put(model, option.documents()?, WriteModel::array_filters),
            _ => return Ok(None),
        }))
    })
}

fn of_bulk(done: BulkWriteResult) -> Document {
    let by_place = |ids: BTreeMap<usize, Bson>| -> Document {
        ids.into_iter().map(|(place, id)| (place.to_string(), id)).collect()
    };
    doc! {
        "insertedCount": done.inserted_count.cast_signed(),
        "matchedCount": done.matched_count.cast_signed(),
        "modifiedCount": done.modified_count.cast_signed(),
        "deletedCount": done.deleted_count.cast_signed(),
        "upsertedCount": done.upserted_count.cast_signed(),
        "insertedIds": by_place(done.inserted_ids),
        "upsertedIds": by_place(done.upserted_ids),
    }
}
