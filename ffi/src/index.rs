//! Indexes.

use std::ffi::{c_char, c_void};

use nexuslite::bson::doc;
use nexuslite::document::builder::RawDocBuf;
use nexuslite::{CancelToken, IndexOptions};

use crate::call::Call;
use crate::guard;
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_coll, nx_error, nx_status};

/// The name that stands for every index.
const ALL: &str = "*";

/// Creates indexes in one walk over the documents: `{"names": ["age_-1"]}`.
///
/// `indexes` is one description or several, each as MongoDB writes it: `{"key": {"age": -1}, "name": "by_age",
/// "unique": true}`; further `sparse`, `hidden`, `expireAfterSeconds`, `partialFilterExpression`, `collation`.
/// One that exists with the same key and options is left as it is. Writers go on meanwhile.
/// The call's `progress` is told how many documents were gone through.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_index_create(
    coll: *mut nx_coll,
    call: *const nx_call,
    indexes: *const c_void,
    indexes_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (indexes, indexes_len) => out, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let indexes = indexes.documents(call.format, "indexes")?;
        let collection = call.collection(coll)?;
        let names = collection.create_indexes_with(indexes.iter().map(RawDocBuf::as_doc), &watched(&call))?;
        out.answer_made(&call, &doc! { "names": names })?;
        Ok(NX_OK)
    })
}

/// Options that tell the caller how far the building is, and let it stop.
fn watched(call: &Call) -> IndexOptions {
    let Some(progress) = call.progress else {
        return call.cancel(IndexOptions::new(), IndexOptions::cancel_with);
    };
    // The caller's own token may be meant for other calls too, so that this one is stopped by another.
    let (stop, asked) = (CancelToken::new(), call.cancel.clone());
    IndexOptions::new().cancel_with(stop.clone()).on_progress(move |done, total| {
        let goes_on = progress.tell(done, total);
        if !goes_on || asked.as_ref().is_some_and(CancelToken::is_cancelled) {
            stop.cancel();
        }
    })
}

/// The indexes, as MongoDB lists them: `{"indexes": [{"v": 2, "key": {"_id": 1}, "name": "_id_"}]}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_index_list(
    coll: *mut nx_coll,
    call: *const nx_call,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call => out, err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let indexes = call.collection(coll)?.list_indexes()?;
        out.answer_made(&call, &doc! { "indexes": indexes })?;
        Ok(NX_OK)
    })
}

/// Drops the index of this name; `*` stands for all but the one on `_id`. `NX_ERR_NOT_FOUND` when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_index_drop(
    coll: *mut nx_coll,
    call: *const nx_call,
    name: *const c_char,
    name_len: usize,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (name, name_len) => err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let name = name.text("name")?;
        let collection = call.collection(coll)?;
        match name {
            ALL => collection.drop_indexes().map(drop)?,
            name => collection.drop_index(name)?,
        }
        Ok(NX_OK)
    })
}

/// Hides the index of this name from all queries, while it is kept up all the same; with `hidden` 0 shows it again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_index_hide(
    coll: *mut nx_coll,
    call: *const nx_call,
    name: *const c_char,
    name_len: usize,
    hidden: i32,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (name, name_len) => err);
    guard::enter(&mut err, |scene| {
        let coll = scene.collection(coll)?;
        let call = call.look_up(scene)?;
        let name = name.text("name")?;
        let collection = call.collection(coll)?;
        match hidden {
            0 => collection.unhide_index(name)?,
            _ => collection.hide_index(name)?,
        }
        Ok(NX_OK)
    })
}
