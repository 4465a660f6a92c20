//! Documents asked for.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use nexuslite::bson::{Bson, RawDocumentBuf, doc};
use nexuslite::document::raw::RawDoc;
use nexuslite::{CountOptions, DistinctOptions, Find};

use crate::by_id;
use crate::call::Call;
use crate::collection::Coll;
use crate::cursor::Cursor;
use crate::fault::Result;
use crate::guard;
use crate::options::{self, put};
use crate::out::Out;
use crate::status::{NX_NONE, NX_OK};
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_coll, nx_cursor, nx_error, nx_status};

type RawFind<'c> = Find<'c, RawDocumentBuf>;

/// A find as the options say.
pub(crate) fn with_options<'c>(
    find: RawFind<'c>,
    call: &Call,
    verb: &str,
    asked: RawDoc<'_>,
) -> Result<RawFind<'c>> {
    let find = options::read_in(verb, asked, find, |find, option| {
        Ok(Some(match option.name {
            "projection" => put(find, option.document()?, Find::projection),
            "sort" => put(find, option.document()?, Find::sort),
            "skip" => put(find, option.whole()?, Find::skip),
            "limit" => put(find, option.whole()?, Find::limit),
            "batchSize" => put(find, option.number()?, Find::batch_size),
            "hint" => option.put_hint(find, Find::hint, Find::hint_key)?,
            "min" => put(find, option.document()?, Find::min),
            "max" => put(find, option.document()?, Find::max),
            "collation" => put(find, option.document()?, Find::collation),
            "let" => put(find, option.document()?, Find::let_vars),
            "comment" => put(find, option.any()?, Find::comment),
            "allowDiskUse" => put(find, option.flag()?, Find::allow_disk_use),
            "maxTimeMS" => put(find, option.milliseconds()?, Find::max_time),
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(find, Find::cancel_with))
}

/// Asks for the documents that satisfy `filter`; NULL is all of them. Walk over them with nx_cursor_next().
///
/// Options: `projection`, `sort`, `skip`, `limit`, `batchSize`, `hint` (an index's name or key), `min` and `max`
/// (keys of the index that the hint names: from which one on, and before which one), `collation`, `let` (variables of
/// expressions), `comment`, `allowDiskUse` (whether a large sort may use a file; true by default), `maxTimeMS`.
/// The cursor sees the state of this moment, and hands documents out in the format of this call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_find(
    coll: *mut nx_coll,
    call: *const nx_call,
    filter: *const c_void,
    filter_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut *mut nx_cursor,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (filter, filter_len), (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let filter = filter.filter(call.format)?;
        let asked = options.document(call.format, "options")?;
        crate::wanted(&out)?;
        let collection = call.collection(coll)?;
        let find = with_options(collection.find(filter), &call, "find", options::of(asked.as_ref()))?;
        let cursor = Cursor::new(&coll.database, call.format, find.raw()?);
        crate::give_handle(&mut out, Arc::new(cursor))?;
        Ok(NX_OK)
    })
}

/// The first document that satisfies `filter`; `NX_NONE` when none does. Options as those of nx_find().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_find_one(
    coll: *mut nx_coll,
    call: *const nx_call,
    filter: *const c_void,
    filter_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (filter, filter_len), (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        if options.is_nothing()
            && let Some(id) = filter.bson(call.format).and_then(by_id::id_of)
        {
            return get(coll, &call, &id, &mut out);
        }
        let filter = filter.filter(call.format)?;
        let asked = options.document(call.format, "options")?;
        let collection = call.collection(coll)?;
        let find = with_options(collection.find(filter), &call, "find_one", options::of(asked.as_ref()))?;
        match find.limit(1).raw()?.next_bytes()? {
            Some(bytes) => out.answer(&call, RawDoc::new(bytes)).map(|()| NX_OK),
            None => Ok(NX_NONE),
        }
    })
}

/// The document of this `_id`, without a plan and a cursor.
fn get(coll: &Coll, call: &Call, id: &Bson, out: &mut Out<'_, nx_buf>) -> Result<nx_status> {
    let found = match &call.txn {
        None => coll.raw.get_raw(id)?,
        Some(_) => call.collection(coll)?.get_raw(id)?,
    };
    match found {
        Some(found) => out.answer(call, found.as_doc()).map(|()| NX_OK),
        None => Ok(NX_NONE),
    }
}

/// How many documents satisfy `filter`; NULL is all of them.
///
/// Options: `skip`, `limit`, `hint`, `collation`, `let`, `comment`, `maxTimeMS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_count(
    coll: *mut nx_coll,
    call: *const nx_call,
    filter: *const c_void,
    filter_len: usize,
    options: *const c_void,
    options_len: usize,
    count: *mut u64,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (filter, filter_len), (options, options_len) => count, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let filter = filter.filter(call.format)?;
        let asked = options.document(call.format, "options")?;
        let options = count_options(&call, "count", options::of(asked.as_ref()))?;
        count.set(call.collection(coll)?.count_documents_with(filter, options)?);
        Ok(NX_OK)
    })
}

/// The options of a count.
pub(crate) fn count_options(call: &Call, verb: &str, asked: RawDoc<'_>) -> Result<CountOptions> {
    let options = options::read_in(verb, asked, CountOptions::new(), |options, option| {
        Ok(Some(match option.name {
            "skip" => put(options, option.whole()?, CountOptions::skip),
            "limit" => put(options, option.whole()?, CountOptions::limit),
            "hint" => option.put_hint(options, CountOptions::hint, CountOptions::hint_key)?,
            "collation" => put(options, option.document()?, CountOptions::collation),
            "let" => put(options, option.document()?, CountOptions::let_vars),
            "comment" => put(options, option.any()?, CountOptions::comment),
            "maxTimeMS" => put(options, option.milliseconds()?, CountOptions::max_time),
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(options, CountOptions::cancel_with))
}

/// How many documents the collection holds, those included that have expired and are not swept yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_estimated_count(
    coll: *mut nx_coll,
    call: *const nx_call,
    count: *mut u64,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call => count, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        count.set(call.collection(coll)?.estimated_document_count()?);
        Ok(NX_OK)
    })
}

/// The different values at a dotted path in the documents that satisfy `filter`: `{"values": [1, 2]}`.
///
/// Options: `hint`, `collation`, `comment`, `maxTimeMS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_distinct(
    coll: *mut nx_coll,
    call: *const nx_call,
    path: *const c_char,
    path_len: usize,
    filter: *const c_void,
    filter_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (path, path_len), (filter, filter_len), (options, options_len) => out, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let path = path.text("path")?;
        let filter = filter.filter(call.format)?;
        let asked = options.document(call.format, "options")?;
        let options = distinct_options(&call, "distinct", options::of(asked.as_ref()))?;
        let values = call.collection(coll)?.distinct_with(path, filter, options)?;
        out.answer_made(&call, &doc! { "values": values })?;
        Ok(NX_OK)
    })
}

/// The options of a search for different values.
pub(crate) fn distinct_options(call: &Call, verb: &str, asked: RawDoc<'_>) -> Result<DistinctOptions> {
    let options = options::read_in(verb, asked, DistinctOptions::new(), |options, option| {
        Ok(Some(match option.name {
            "hint" => option.put_hint(options, DistinctOptions::hint, DistinctOptions::hint_key)?,
            "collation" => put(options, option.document()?, DistinctOptions::collation),
            "comment" => put(options, option.any()?, DistinctOptions::comment),
            "maxTimeMS" => put(options, option.milliseconds()?, DistinctOptions::max_time),
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(options, DistinctOptions::cancel_with))
}
