//! Documents from one notation into another.

use std::ffi::{c_char, c_void};

use nexuslite::document::json::{self, ParseOptions};

use crate::fault::Fault;
use crate::format::Format;
use crate::guard;
use crate::status::NX_OK;
use crate::take::take;
use crate::types::{nx_buf, nx_error, nx_format, nx_status};

/// An Extended JSON document as BSON.
///
/// An integer beyond 64 bits becomes a double, unless `strict` is other than 0: then it is an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_json_to_bson(
    json: *const c_char,
    json_len: usize,
    strict: i32,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!((json, json_len) => out, err);
    guard::enter(&mut err, |_| {
        let options = ParseOptions { strict_numbers: strict != 0, ..ParseOptions::default() };
        let document = json::parse_document_with(json.text("json")?, options)?;
        out.give(document.into_bytes())?;
        Ok(NX_OK)
    })
}

/// A BSON document as Extended JSON: `format` is `NX_JSON`, `NX_JSON_CANONICAL` or `NX_JSON_SAFE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_bson_to_json(
    bson: *const c_void,
    bson_len: usize,
    format: nx_format,
    out: *mut nx_buf,
    err: *mut *mut nx_error,
) -> nx_status {
    take!((bson, bson_len) => out, err);
    guard::enter(&mut err, |_| {
        let format = Format::of(format)?;
        if format == Format::Bson {
            return Err(Fault::argument("the format is NX_BSON, which is what is to be converted from"));
        }
        let document = bson.needed(Format::Bson, "bson")?;
        out.give_document(format, document.as_doc())?;
        Ok(NX_OK)
    })
}

/// An error unless the bytes are one BSON document that can be stored: lengths, types, UTF-8, nesting, size.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_bson_validate(
    bson: *const c_void,
    bson_len: usize,
    err: *mut *mut nx_error,
) -> nx_status {
    take!((bson, bson_len) => err);
    guard::enter(&mut err, |_| {
        bson.needed(Format::Bson, "bson")?;
        Ok(NX_OK)
    })
}
