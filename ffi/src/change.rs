//! Documents changed, replaced and deleted.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use nexuslite::bson::{RawDocumentBuf, doc};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::raw::RawDoc;
use nexuslite::error::code;
use nexuslite::{
    DeleteOptions, DeleteResult, Error, FindOneAndOptions, ReplaceOptions, ReturnDocument, UpdateOptions,
    UpdateResult,
};

use crate::buffer;
use crate::call::{self, Call, Raw};
use crate::collection::Coll;
use crate::fault::Result;
use crate::format::Format;
use crate::given::Given;
use crate::guard::{self, Scene};
use crate::options::{self, put};
use crate::out::Out;
use crate::status::{NX_NONE, NX_OK};
use crate::types::{nx_buf, nx_call, nx_coll, nx_error, nx_status};

/// Changes the first document that satisfies `filter`: `{"matchedCount": 1, "modifiedCount": 1}`, and `upsertedId` when
/// a document was made.
///
/// `update` is a document of operators, `{"$set": …}`, or a list of stages, `[{"$set": …}]`.
/// Options: `upsert`, `sort` (which document is changed; only by this function), `arrayFilters`, `collation`,
/// `maxTimeMS`.
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
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (asked, mut err) = unsafe {
        let filter = Given::new(filter, filter_len);
        let (update, options) = (Given::new(update, update_len), Given::new(options, options_len));
        (Asked::new(coll, call, filter, update, options, out), Out::new(err, ptr::null_mut()))
    };
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
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (asked, mut err) = unsafe {
        let filter = Given::new(filter, filter_len);
        let (update, options) = (Given::new(update, update_len), Given::new(options, options_len));
        (Asked::new(coll, call, filter, update, options, out), Out::new(err, ptr::null_mut()))
    };
    guard::enter(&mut err, |scene| asked.update(scene, "update_many", Raw::update_many_with))
}

/// Puts a document in the place of the first that satisfies `filter`; the `_id` stays. It answers what nx_update_one()
/// answers.
///
/// Options: `upsert`, `sort`, `collation`, `maxTimeMS`.
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
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (asked, mut err) = unsafe {
        let filter = Given::new(filter, filter_len);
        let (replacement, options) =
            (Given::new(replacement, replacement_len), Given::new(options, options_len));
        (Asked::new(coll, call, filter, replacement, options, out), Out::new(err, ptr::null_mut()))
    };
    guard::enter(&mut err, |scene| asked.replace(scene))
}

/// Deletes the first document that satisfies `filter`: `{"deletedCount": 1}`. NULL is the filter that all satisfy.
///
/// Options: `collation`, `maxTimeMS`.
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
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (asked, mut err) = unsafe {
        let (filter, options) = (Given::new(filter, filter_len), Given::new(options, options_len));
        (Asked::new(coll, call, filter, Given::Nothing, options, out), Out::new(err, ptr::null_mut()))
    };
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
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (asked, mut err) = unsafe {
        let (filter, options) = (Given::new(filter, filter_len), Given::new(options, options_len));
        (Asked::new(coll, call, filter, Given::Nothing, options, out), Out::new(err, ptr::null_mut()))
    };
    guard::enter(&mut err, |scene| asked.delete(scene, "delete_many", Raw::delete_many_with))
}

/// Changes the first document that satisfies `filter` and hands it out; `NX_NONE` when none does.
///
/// Options: `sort`, `projection`, `upsert`, `returnDocument` (`"before"`, the default, or `"after"`),
/// `arrayFilters`, `collation`,
/// `maxTimeMS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_find_one_and_update(
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
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (asked, mut err) = unsafe {
        let filter = Given::new(filter, filter_len);
        let (update, options) = (Given::new(update, update_len), Given::new(options, options_len));
        (Asked::new(coll, call, filter, update, options, out), Out::new(err, ptr::null_mut()))
    };
    guard::enter(&mut err, |scene| {
        asked.find_one_and(scene, "find_one_and_update", |collection, filter, update, format, options| {
            Ok(collection.find_one_and_update_with(filter, update.update(format)?, options)?)
        })
    })
}

/// Replaces the first document that satisfies `filter` and hands it out; `NX_NONE` when none does. Options as those of
/// nx_find_one_and_update(), but for `arrayFilters`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_find_one_and_replace(
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
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (asked, mut err) = unsafe {
        let filter = Given::new(filter, filter_len);
        let (replacement, options) =
            (Given::new(replacement, replacement_len), Given::new(options, options_len));
        (Asked::new(coll, call, filter, replacement, options, out), Out::new(err, ptr::null_mut()))
    };
    guard::enter(&mut err, |scene| {
        asked.find_one_and(scene, "find_one_and_replace", |collection, filter, given, format, options| {
            let replacement = whole(given.needed(format, "replacement")?)?;
            Ok(collection.find_one_and_replace_with(filter, replacement, options)?)
        })
    })
}

/// Deletes the first document that satisfies `filter` and hands it out; `NX_NONE` when none does.
///
/// Options: `sort`, `projection`, `collation`, `maxTimeMS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_find_one_and_delete(
    coll: *mut nx_coll,
    call: *const nx_call,
    filter: *const c_void,
    filter_len: usize,
    options: *const c_void,
    options_len: usize,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    // SAFETY: the caller keeps the header's rules: each pointer is NULL, or good for as long as the call takes.
    let (asked, mut err) = unsafe {
        let (filter, options) = (Given::new(filter, filter_len), Given::new(options, options_len));
        (Asked::new(coll, call, filter, Given::Nothing, options, out), Out::new(err, ptr::null_mut()))
    };
    guard::enter(&mut err, |scene| {
        asked.find_one_and(scene, "find_one_and_delete", |collection, filter, _, _, options| {
            Ok(collection.find_one_and_delete_with(filter, options)?)
        })
    })
}

/// A change as the caller asks for it.
struct Asked<'call> {
    coll: *mut nx_coll,
    call: call::Given,
    filter: Given<'call>,
    /// The update, or the replacement.
    change: Given<'call>,
    options: Given<'call>,
    out: Out<'call, nx_buf>,
}

/// The same, looked up.
struct Ready<'call> {
    coll: Arc<Coll>,
    call: Call,
    filter: RawDocBuf,
    change: Given<'call>,
    options: Option<RawDocBuf>,
    out: Out<'call, nx_buf>,
}

impl<'call> Asked<'call> {
    /// What the caller gave.
    ///
    /// # Safety
    /// `call` and `out` keep the header's rules for pointers until the call returns.
    unsafe fn new(
        coll: *mut nx_coll,
        call: *const nx_call,
        filter: Given<'call>,
        change: Given<'call>,
        options: Given<'call>,
        out: *mut nx_buf,
    ) -> Self {
        // SAFETY: whoever called this promised it of both.
        let (call, out) = unsafe { (call::Given::new(call), Out::new(out, buffer::EMPTY)) };
        Self { coll, call, filter, change, options, out }
    }

    fn look_up(self, scene: &mut Scene) -> Result<Ready<'call>> {
        let coll = scene.collection(self.coll)?;
        let call = self.call.look_up(scene)?;
        let filter = self.filter.filter(call.format)?;
        let options = self.options.document(call.format, "options")?;
        Ok(Ready { coll, call, filter, change: self.change, options, out: self.out })
    }

    fn update(
        self,
        scene: &mut Scene,
        verb: &str,
        update: impl FnOnce(
            &Raw,
            RawDocBuf,
            nexuslite::document::convert::UpdateForm,
            UpdateOptions,
        ) -> nexuslite::Result<UpdateResult>,
    ) -> Result<nx_status> {
        let Ready { coll, call, filter, change, options, mut out } = self.look_up(scene)?;
        let options = update_options(&call, verb, options::of(options.as_ref()))?;
        let done = update(&call.collection(&coll)?, filter, change.update(call.format)?, options)?;
        out.give_result(call.format, &of_update(done))?;
        Ok(NX_OK)
    }

    fn replace(self, scene: &mut Scene) -> Result<nx_status> {
        let Ready { coll, call, filter, change, options, mut out } = self.look_up(scene)?;
        let options =
            options::read("replace_one", options.as_ref(), ReplaceOptions::new(), |options, option| {
                Ok(Some(match option.name {
                    "upsert" => put(options, option.flag()?, ReplaceOptions::upsert),
                    "sort" => put(options, option.document()?, ReplaceOptions::sort),
                    "collation" => put(options, option.document()?, ReplaceOptions::collation),
                    "maxTimeMS" => put(options, option.milliseconds()?, ReplaceOptions::max_time),
                    _ => return Ok(None),
                }))
            })?;
        let options = call.cancel(options, ReplaceOptions::cancel_with);
        let replacement = whole(change.needed(call.format, "replacement")?)?;
        let done = call.collection(&coll)?.replace_one_with(filter, replacement, options)?;
        out.give_result(call.format, &of_update(done))?;
        Ok(NX_OK)
    }

    fn delete(
        self,
        scene: &mut Scene,
        verb: &str,
        delete: impl FnOnce(&Raw, RawDocBuf, DeleteOptions) -> nexuslite::Result<DeleteResult>,
    ) -> Result<nx_status> {
        let Ready { coll, call, filter, options, mut out, .. } = self.look_up(scene)?;
        let options = options::read(verb, options.as_ref(), DeleteOptions::new(), |options, option| {
            Ok(Some(match option.name {
                "collation" => put(options, option.document()?, DeleteOptions::collation),
                "maxTimeMS" => put(options, option.milliseconds()?, DeleteOptions::max_time),
                _ => return Ok(None),
            }))
        })?;
        let options = call.cancel(options, DeleteOptions::cancel_with);
        let done = delete(&call.collection(&coll)?, filter, options)?;
        out.give_result(call.format, &doc! { "deletedCount": done.deleted_count.cast_signed() })?;
        Ok(NX_OK)
    }

    fn find_one_and(
        self,
        scene: &mut Scene,
        verb: &str,
        change: impl FnOnce(
            &Raw,
            RawDocBuf,
            Given<'call>,
            Format,
            FindOneAndOptions,
        ) -> Result<Option<RawDocumentBuf>>,
    ) -> Result<nx_status> {
        let Ready { coll, call, filter, change: given, options, mut out } = self.look_up(scene)?;
        let options = find_one_and_options(&call, verb, options.as_ref())?;
        match change(&call.collection(&coll)?, filter, given, call.format, options)? {
            Some(found) => {
                out.give_document(call.format, RawDoc::new(found.as_bytes()))?;
                Ok(NX_OK)
            }
            None => Ok(NX_NONE),
        }
    }
}

/// The options of an update.
pub(crate) fn update_options(call: &Call, verb: &str, asked: RawDoc<'_>) -> Result<UpdateOptions> {
    let options = options::read_in(verb, asked, UpdateOptions::new(), |options, option| {
        Ok(Some(match option.name {
            "upsert" => put(options, option.flag()?, UpdateOptions::upsert),
            "sort" => put(options, option.document()?, UpdateOptions::sort),
            "arrayFilters" => put(options, option.documents()?, UpdateOptions::array_filters),
            "collation" => put(options, option.document()?, UpdateOptions::collation),
            "maxTimeMS" => put(options, option.milliseconds()?, UpdateOptions::max_time),
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(options, UpdateOptions::cancel_with))
}

const STATES: &[(&str, ReturnDocument)] =
    &[("before", ReturnDocument::Before), ("after", ReturnDocument::After)];

fn find_one_and_options(call: &Call, verb: &str, asked: Option<&RawDocBuf>) -> Result<FindOneAndOptions> {
    let deletes = verb == "find_one_and_delete";
    let options = options::read(verb, asked, FindOneAndOptions::new(), |options, option| {
        Ok(Some(match option.name {
            "sort" => put(options, option.document()?, FindOneAndOptions::sort),
            "projection" => put(options, option.document()?, FindOneAndOptions::projection),
            "collation" => put(options, option.document()?, FindOneAndOptions::collation),
            "maxTimeMS" => put(options, option.milliseconds()?, FindOneAndOptions::max_time),
            "upsert" if !deletes => put(options, option.flag()?, FindOneAndOptions::upsert),
            "returnDocument" if !deletes => {
                put(options, option.word(STATES)?, FindOneAndOptions::return_document)
            }
            "arrayFilters" if verb == "find_one_and_update" => {
                put(options, option.documents()?, FindOneAndOptions::array_filters)
            }
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(options, FindOneAndOptions::cancel_with))
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
