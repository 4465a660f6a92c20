//! What went wrong, for the caller to keep.

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::sync::Arc;

use nexuslite::document::raw::RawDoc;

use crate::buffer;
use crate::fault::{Fault, Result};
use crate::format::Format;
use crate::guard;
use crate::handle::{Kind, Object, to_pointer};
use crate::out::Out;
use crate::process::Process;
use crate::status::{self, NX_ERR_HANDLE, NX_NONE, NX_OK};
use crate::types::{nx_buf, nx_error, nx_format, nx_status};

/// What stands behind an `nx_error`. It never changes, so its texts stay where they are.
#[derive(Debug)]
struct Told {
    fault: Fault,
    message: CString,
    code_name: CString,
    labels: Vec<CString>,
}

impl Object for Told {
    const KIND: Kind = Kind::Error;
}

/// Gives the caller an error to keep; NULL when not even that can be had.
pub(crate) fn tell(fault: Fault) -> *mut nx_error {
    let error = &fault.error;
    let (message, code_name) = (text(&error.to_string()), text(error.code_name().unwrap_or_default()));
    let labels = error.labels().iter().map(|label| text(label)).collect();
    let told = Told { message, code_name, labels, fault };
    Process::current().table.add(Arc::new(told)).map_or(ptr::null_mut(), to_pointer)
}

/// The text as C has it: a zero inside it, which would end it, becomes visible.
fn text(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{2400}")).unwrap_or_default()
}

fn find(error: *const nx_error) -> Result<Arc<Told>> {
    Process::current().table.get(error.addr())
}

/// What `look` finds in the error; `otherwise` for what is no error.
fn look<R>(error: *const nx_error, otherwise: R, look: impl FnOnce(&Told) -> R) -> R {
    guard::look(otherwise, || find(error).ok().map(|told| look(&told)))
}

/// What the caller can do about it: the status of the call that failed.
///
/// `NX_ERR_HANDLE` for what is no error.
#[unsafe(no_mangle)]
pub extern "C" fn nx_error_kind(error: *const nx_error) -> nx_status {
    look(error, NX_ERR_HANDLE, |told| told.fault.status)
}

/// MongoDB's number for it; 0 where MongoDB has none.
#[unsafe(no_mangle)]
pub extern "C" fn nx_error_code(error: *const nx_error) -> i32 {
    look(error, 0, |told| told.fault.error.code().unwrap_or(0))
}

/// MongoDB's name for it, `DuplicateKey` for instance; empty where MongoDB has none. Lent until the error is freed.
#[unsafe(no_mangle)]
pub extern "C" fn nx_error_code_name(error: *const nx_error) -> *const c_char {
    look(error, c"".as_ptr(), |told| told.code_name.as_ptr())
}

/// What went wrong, where, and the value seen; never NULL. Lent until the error is freed.
#[unsafe(no_mangle)]
pub extern "C" fn nx_error_message(error: *const nx_error) -> *const c_char {
    look(error, c"this is no error: it is NULL, was freed, or never was one".as_ptr(), |told| {
        told.message.as_ptr()
    })
}

/// The error's label at this place, counted from 0; NULL where there is none. Lent until the error is freed.
///
/// `TransientTransactionError` says that the whole transaction may be tried again,
/// `UnknownTransactionCommitResult` that nobody knows whether the commit happened.
#[unsafe(no_mangle)]
pub extern "C" fn nx_error_label(error: *const nx_error, place: usize) -> *const c_char {
    look(error, ptr::null(), |told| told.labels.get(place).map_or(ptr::null(), |label| label.as_ptr()))
}

/// Whether the error has this label: 1 or 0. `label` ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_error_has_label(error: *const nx_error, label: *const c_char) -> i32 {
    if label.is_null() {
        return 0;
    }
    // SAFETY: the caller promises that the label is a text which ends with a zero, as the header says of texts.
    let label = unsafe { CStr::from_ptr(label) };
    look(error, 0, |told| i32::from(told.labels.iter().any(|known| known.as_c_str() == label)))
}

/// The details as a document: `keyPattern` and `keyValue` of a key that is taken, `writeErrors` of several writes.
///
/// `NX_NONE` where there are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nx_error_details(
    error: *const nx_error,
    format: nx_format,
    out: *mut nx_buf,
) -> nx_status {
    // SAFETY: the caller promises that `out` is NULL or can be written to, as the header says of pointers.
    let mut out = unsafe { Out::new(out, buffer::EMPTY) };
    guard::release(|| {
        let told = find(error)?;
        let format = Format::of(format)?;
        let Some(details) = told.fault.error.details() else { return Ok(NX_NONE) };
        out.give_document(format, RawDoc::new(details))?;
        Ok(NX_OK)
    })
}

/// Frees the error, and with it the texts that it lent. NULL and what is no error are left alone.
#[unsafe(no_mangle)]
pub extern "C" fn nx_error_free(error: *mut nx_error) {
    guard::free::<Told>(error.addr());
}

/// The name of a status: `Ok`, `DuplicateKey`, `Handle`; `Unknown` for any other number. For ever.
#[unsafe(no_mangle)]
pub extern "C" fn nx_status_name(status: nx_status) -> *const c_char {
    status::name(status).unwrap_or(c"Unknown").as_ptr()
}
