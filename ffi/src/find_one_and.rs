//! A document changed and handed out by one call.

use std::ffi::c_void;

use nexuslite::bson::RawDocumentBuf;
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::raw::RawDoc;
use nexuslite::{FindOneAndOptions, ReturnDocument};

use crate::call::{Call, Raw};
use crate::change::{Asked, Ready, whole};
use crate::fault::Result;
use crate::format::Format;
use crate::given::Given;
use crate::guard::{self, Scene};
use crate::options::{self, put};
use crate::status::{NX_NONE, NX_OK};
use crate::take::take;
use crate::types::{nx_buf, nx_call, nx_coll, nx_error, nx_status};

/// Changes the first document that satisfies `filter` and hands it out; `NX_NONE` when none does.
///
/// Options: `sort`, `projection`, `upsert`, `returnDocument` (`"before"`, the default, or `"after"`), `arrayFilters`,
/// `hint`, `collation`, `let`, `comment`, `bypassDocumentValidation`, `maxTimeMS`.
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
    take!(call, (filter, filter_len), (update, update_len), (options, options_len) => out, err);
    let asked = Asked { coll, call, filter, change: update, options, out };
    guard::enter(&mut err, |scene| {
        asked.find_one_and(
            scene,
            "find_one_and_update",
            Change::Update,
            |collection, filter, update, format, options| {
                Ok(collection.find_one_and_update_with(filter, update.update(format)?, options)?)
            },
        )
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
    take!(call, (filter, filter_len), (replacement, replacement_len), (options, options_len) => out, err);
    let asked = Asked { coll, call, filter, change: replacement, options, out };
    guard::enter(&mut err, |scene| {
        asked.find_one_and(
            scene,
            "find_one_and_replace",
            Change::Replace,
            |collection, filter, given, format, options| {
                let replacement = whole(given.needed(format, "replacement")?)?;
                Ok(collection.find_one_and_replace_with(filter, replacement, options)?)
            },
        )
    })
}

/// Deletes the first document that satisfies `filter` and hands it out; `NX_NONE` when none does.
///
/// Options: `sort`, `projection`, `hint`, `collation`, `let`, `comment`, `maxTimeMS`.
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
    take!(call, (filter, filter_len), (options, options_len) => out, err);
    let asked = Asked { coll, call, filter, change: Given::Nothing, options, out };
    guard::enter(&mut err, |scene| {
        asked.find_one_and(
            scene,
            "find_one_and_delete",
            Change::Delete,
            |collection, filter, _, _, options| Ok(collection.find_one_and_delete_with(filter, options)?),
        )
    })
}

impl<'call> Asked<'call> {
    fn find_one_and(
        self,
        scene: &'call Scene,
        verb: &str,
        of: Change,
        change: impl FnOnce(
            &Raw,
            RawDocBuf,
            Given<'call>,
            Format,
            FindOneAndOptions,
        ) -> Result<Option<RawDocumentBuf>>,
    ) -> Result<nx_status> {
        let Ready { coll, call, filter, change: given, options, mut out } = self.look_up(scene)?;
        let options = find_one_and_options(&call, verb, of, options::of(options.as_ref()))?;
        match change(&call.collection(coll)?, filter, given, call.format, options)? {
            Some(found) => {
                out.answer(&call, RawDoc::new(found.as_bytes()))?;
                Ok(NX_OK)
            }
            None => Ok(NX_NONE),
        }
    }
}

const STATES: &[(&str, ReturnDocument)] =
    &[("before", ReturnDocument::Before), ("after", ReturnDocument::After)];

/// What becomes of the document that is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Update,
    Replace,
    Delete,
}

/// The options of a change of a document that is handed out.
pub(crate) fn find_one_and_options(
    call: &Call,
    verb: &str,
    of: Change,
    asked: RawDoc<'_>,
) -> Result<FindOneAndOptions> {
    let deletes = of == Change::Delete;
    let options = options::read_in(verb, asked, FindOneAndOptions::new(), |options, option| {
        Ok(Some(match option.name {
            "sort" => put(options, option.document()?, FindOneAndOptions::sort),
            "projection" => put(options, option.document()?, FindOneAndOptions::projection),
            "hint" => option.put_hint(options, FindOneAndOptions::hint, FindOneAndOptions::hint_key)?,
            "collation" => put(options, option.document()?, FindOneAndOptions::collation),
            "let" => put(options, option.document()?, FindOneAndOptions::let_vars),
            "comment" => put(options, option.any()?, FindOneAndOptions::comment),
            "maxTimeMS" => put(options, option.milliseconds()?, FindOneAndOptions::max_time),
            "upsert" if !deletes => put(options, option.flag()?, FindOneAndOptions::upsert),
            "returnDocument" if !deletes => {
                put(options, option.word(STATES)?, FindOneAndOptions::return_document)
            }
            "bypassDocumentValidation" if !deletes => {
                put(options, option.flag()?, FindOneAndOptions::bypass_document_validation)
            }
            "arrayFilters" if of == Change::Update => {
                put(options, option.documents()?, FindOneAndOptions::array_filters)
            }
            _ => return Ok(None),
        }))
    })?;
    Ok(call.cancel(options, FindOneAndOptions::cancel_with))
}
