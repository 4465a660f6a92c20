//! Documents changed, replaced and deleted.

use std::ffi::c_void;

use nexuslite::bson::{RawDocumentBuf, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::raw::RawDoc;
use nexuslite::error::code;
use nexuslite::{
    DeleteOptions, DeleteResult, Error, ReplaceOptions, UpdateForm, UpdateOptions, UpdateResult,
};

use crate::call::{self, Call, Raw};
use crate::collection::Coll;
use crate::fault::Result;
use crate::given::Given;
use crate::guard::{self, Scene};
use crate::options::{self, put};
use crate::out::Out;
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_coll, nx_error, nx_status};

/// Changes the first document that satisfies `filter`: `{"matchedCount": 1, "modifiedCount": 1}`, and `upsertedId` when
/// a document was made.
///
/// `update` is a document of operators, `{"$set": …}`, or a list of stages, `[{"$set": …}]`.
/// Options: `upsert`, `sort` (which document is changed; only by this function), `arrayFilters`, `hint`, `collation`,
/// `let`, `comment`, `bypassDocumentValidation`, `maxTimeMS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_update_one(
    coll: *mut nx_coll,
    call: *const nx_call,
    filter: *const c_void,
    filter_len: usize,
    update: *const c_void,
    update_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (filter, filter_len), (update, update_len), (options, options_len) => out, err);
    let asked = Asked { coll, call, filter, change: update, options, out };
    guard::enter(&mut err, |scene| asked.update(scene, "update_one", Raw::update_one_with))
}

/// Changes every document that satisfies `filter`. As nx_update_one().
///
/// Outside a transaction the changes are committed in runs of some megabytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_update_many(
    coll: *mut nx_coll,
    call: *const nx_call,
    filter: *const c_void,
    filter_len: usize,
    update: *const c_void,
    update_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (filter, filter_len), (update, update_len), (options, options_len) => out, err);
    let asked = Asked { coll, call, filter, change: update, options, out };
    guard::enter(&mut err, |scene| asked.update(scene, "update_many", Raw::update_many_with))
}

/// Puts a document in the place of the first that satisfies `filter`; the `_id` stays. It answers what nx_update_one()
/// answers.
///
/// Options: `upsert`, `sort`, `hint`, `collation`, `let`, `comment`, `bypassDocumentValidation`, `maxTimeMS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_replace_one(
    coll: *mut nx_coll,
    call: *const nx_call,
    filter: *const c_void,
    filter_len: usize,
    replacement: *const c_void,
    replacement_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!(call, (filter, filter_len), (replacement, replacement_len), (options, options_len) => out, err);
    let asked = Asked { coll, call, filter, change: replacement, options, out };
    guard::enter(&mut err, |scene| asked.replace(scene))
}

/// Deletes the first document that satisfies `filter`: `{"deletedCount": 1}`. NULL is the filter that all satisfy.
///
/// Options: `hint`, `collation`, `let`, `comment`, `maxTimeMS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_delete_one(
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
    let asked = Asked { coll, call, filter, change: Given::Nothing, options, out };
    guard::enter(&mut err, |scene| asked.delete(scene, "delete_one", Raw::delete_one_with))
}

/// Deletes every document that satisfies `filter`. As nx_delete_one().
///
/// Outside a transaction the changes are committed in runs of some megabytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_delete_many(
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
    let asked = Asked { coll, call, filter, change: Given::Nothing, options, out };
    guard::enter(&mut err, |scene| asked.delete(scene, "delete_many", Raw::delete_many_with))
}

/// A change as the caller asks for it.
pub(crate) struct Asked<'call> {
    pub(crate) coll: *mut nx_coll,
    pub(crate) call: call::Given,
    pub(crate) filter: Given<'call>,
    /// The update, or the replacement.
    pub(crate) change: Given<'call>,
    pub(crate) options: Given<'call>,
    pub(crate) out: Out<'call, nx_buf>,
}

/// The same, looked up.
pub(crate) struct Ready<'call> {
    pub(crate) coll: &'call Coll,
    pub(crate) call: Call,
    pub(crate) filter: RawDocBuf,
    pub(crate) change: Given<'call>,
    pub(crate) options: Option<RawDocBuf>,
    pub(crate) out: Out<'call, nx_buf>,
}

impl<'call> Asked<'call> {
    pub(crate) fn look_up(self, scene: &'call Scene) -> Result<Ready<'call>> {
        let coll = scene.collection(self.coll)?;
        let call = self.call.look_up(scene)?;
        let filter = self.filter.filter(call.format)?;
        let options = self.options.document(call.format, "options")?;
        Ok(Ready { coll, call, filter, change: self.change, options, out: self.out })
    }

    fn update(
        self,
        scene: &'call Scene,
        verb: &str,
        update: impl FnOnce(&Raw, RawDocBuf, UpdateForm, UpdateOptions) -> nexuslite::Result<UpdateResult>,
    ) -> Result<nx_status> {
        let Ready { coll, call, filter, change, options, mut out } = self.look_up(scene)?;
        let options = update_options(&call, verb, options::of(options.as_ref()))?;
        let done = update(&call.collection(coll)?, filter, change.update(call.format)?, options)?;
        out.answer_made(&call, &of_update(done))?;
        Ok(NX_OK)
    }

    fn replace(self, scene: &'call Scene) -> Result<nx_status> {
        let Ready { coll, call, filter, change, options, mut out } = self.look_up(scene)?;
        let options = replace_options(&call, "replace_one", options::of(options.as_ref()))?;
        let replacement = whole(change.needed(call.format, "replacement")?)?;
        let done = call.collection(coll)?.replace_one_with(filter, replacement, options)?;
        out.answer_made(&call, &of_update(done))?;
        Ok(NX_OK)
    }

    fn delete(
        self,
        scene: &'call Scene,
        verb: &str,
        delete: impl FnOnce(&Raw, RawDocBuf, DeleteOptions) -> nexuslite::Result<DeleteResult>,
    ) -> Result<nx_status> {
        let Ready { coll, call, filter, options, mut out, .. } = self.look_up(scene)?;
        let options = delete_options(&call, verb, options::of(options.as_ref()))?;
        let done = delete(&call.collection(coll)?, filter, options)?;
        out.answer_made(&call, &doc! { "deletedCount": done.deleted_count.cast_signed() })?;
        Ok(NX_OK)
    }
}

/// The options of an update.
pub(crate) fn update_options(call: &Call, verb: &str, asked: RawDoc<'_>) -> Result<UpdateOptions> {
    let options = options::read_in(verb, asked, UpdateOptions::new(), |options, option| {
        Ok(Some(match option.name {
            "upsert" => put(options, option.flag()?, UpdateOptions::upsert),
            "sort" => put(options, option.document()?, UpdateOptions::sort),
            "arrayFilters" => put(options, option.documents()?, UpdateOptions::array_filters),
            "hint" => option.put_hint(options, UpdateOptions::hint, UpdateOptions::hint_key)?,
            "collation" => put(options, option.document()?, UpdateOptions::collation),
            "let" => put(options, option.document()?, UpdateOptions::let_vars),
            "comment" => put(options, option.any()?, UpdateOptions::comment),
            "bypassDocumentValidation" => {
                put(options, option.flag()?, UpdateOptions::bypass_document_validation)
            }
            "maxTimeMS" => put(options, option.milliseconds()?, UpdateOptions::max_time),
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(options, UpdateOptions::cancel_with))
}

/// The options of a replacement.
pub(crate) fn replace_options(call: &Call, verb: &str, asked: RawDoc<'_>) -> Result<ReplaceOptions> {
    let options = options::read_in(verb, asked, ReplaceOptions::new(), |options, option| {
        Ok(Some(match option.name {
            "upsert" => put(options, option.flag()?, ReplaceOptions::upsert),
            "sort" => put(options, option.document()?, ReplaceOptions::sort),
            "hint" => option.put_hint(options, ReplaceOptions::hint, ReplaceOptions::hint_key)?,
            "collation" => put(options, option.document()?, ReplaceOptions::collation),
            "let" => put(options, option.document()?, ReplaceOptions::let_vars),
            "comment" => put(options, option.any()?, ReplaceOptions::comment),
            "bypassDocumentValidation" => {
                put(options, option.flag()?, ReplaceOptions::bypass_document_validation)
            }
            "maxTimeMS" => put(options, option.milliseconds()?, ReplaceOptions::max_time),
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(options, ReplaceOptions::cancel_with))
}

/// The options of a delete.
pub(crate) fn delete_options(call: &Call, verb: &str, asked: RawDoc<'_>) -> Result<DeleteOptions> {
    let options = options::read_in(verb, asked, DeleteOptions::new(), |options, option| {
        Ok(Some(match option.name {
            "hint" => option.put_hint(options, DeleteOptions::hint, DeleteOptions::hint_key)?,
            "collation" => put(options, option.document()?, DeleteOptions::collation),
            "let" => put(options, option.document()?, DeleteOptions::let_vars),
            "comment" => put(options, option.any()?, DeleteOptions::comment),
            "maxTimeMS" => put(options, option.milliseconds()?, DeleteOptions::max_time),
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(options, DeleteOptions::cancel_with))
}

/// A document as the collection's type.
pub(crate) fn whole(document: RawDocBuf) -> Result<RawDocumentBuf> {
    let read = RawDocumentBuf::from_bytes(document.into_bytes());
    read.map_err(|error| Error::invalid(code::INVALID_BSON, format!("a document: {error}")).into())
}

fn of_update(done: UpdateResult) -> nexuslite::bson::Document {
    let mut result = doc! {
        "matchedCount": done.matched_count.cast_signed(),
        "modifiedCount": done.modified_count.cast_signed(),
    };
    if let Some(id) = done.upserted_id {
        result.insert("upsertedId", id);
    }
    result
}
