//! What the caller gives: bytes, texts, documents.

use std::ffi::{CStr, c_char, c_void};
use std::slice;

use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::convert::UpdateForm;
use nexuslite::document::json::{self, JsonDocuments};

use crate::fault::{Fault, Result};
use crate::format::Format;

/// The length that says: up to the zero byte.
const ZERO_TERMINATED: usize = usize::MAX;

/// An argument of a pointer and a length.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Given<'call> {
    Nothing,
    Bytes(&'call [u8]),
    /// Up to the zero, which stands after them.
    Text(&'call [u8]),
    /// NULL, and yet so many bytes.
    Missing(usize),
    TooLong(usize),
}

impl<'call> Given<'call> {
    /// What the caller gave.
    ///
    /// # Safety
    /// `data` is NULL, or `len` bytes can be read from it until the call returns; or `len` says that they end with a
    /// zero, and they do.
    pub(crate) unsafe fn new(data: *const c_void, len: usize) -> Self {
        match (data.is_null(), len) {
            (true, 0 | ZERO_TERMINATED) => Given::Nothing,
            (true, len) => Given::Missing(len),
            // SAFETY: whoever called this promised that the bytes end with a zero.
            (false, ZERO_TERMINATED) => unsafe {
                Given::Text(CStr::from_ptr(data.cast::<c_char>()).to_bytes())
            },
            (false, len) if isize::try_from(len).is_err() => Given::TooLong(len),
            // SAFETY: whoever called this promised that so many bytes can be read; no allocation is longer than
            // what is let through here.
            (false, len) => unsafe { Given::Bytes(slice::from_raw_parts(data.cast::<u8>(), len)) },
        }
    }

    /// Whether there is nothing: NULL, and no length.
    pub(crate) fn is_nothing(self) -> bool {
        matches!(self, Given::Nothing)
    }

    /// The bytes of the argument `what`; nothing for NULL.
    fn bytes(self, what: &str) -> Result<Option<&'call [u8]>> {
        match self {
            Given::Nothing => Ok(None),
            Given::Bytes(bytes) | Given::Text(bytes) => Ok(Some(bytes)),
            Given::Missing(len) => {
                Err(Fault::argument(format!("{what} is NULL, but its length is said to be {len}")))
            }
            Given::TooLong(len) => Err(Fault::argument(format!("the length of {what} is {len}"))),
        }
    }

    /// The text of the argument `what`.
    pub(crate) fn text(self, what: &str) -> Result<&'call str> {
        let bytes = self.bytes(what)?.ok_or_else(|| Fault::argument(format!("{what} is NULL")))?;
        utf8(bytes, what)
    }

    /// The document of the argument `what`; nothing for NULL.
    pub(crate) fn document(self, format: Format, what: &str) -> Result<Option<RawDocBuf>> {
        let Some(bytes) = self.bytes(what)? else { return Ok(None) };
        let read = match format {
            Format::Bson => {
                self.refuse_open_end(what)?;
                RawDocBuf::from_bytes(bytes.to_vec())
            }
            Format::Json(_) => json::parse_document(utf8(bytes, what)?),
        };
        Ok(Some(read.map_err(|error| error.context(what))?))
    }

    /// The document of the argument `what`, without which there is nothing to do.
    pub(crate) fn needed(self, format: Format, what: &str) -> Result<RawDocBuf> {
        self.document(format, what)?.ok_or_else(|| Fault::argument(format!("{what} is NULL")))
    }

    /// The bytes where they lie, not checked, if they are to be BSON.
    pub(crate) fn bson(self, format: Format) -> Option<&'call [u8]> {
        match (format, self) {
            (Format::Bson, Given::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// A filter; NULL is the one that every document satisfies.
    pub(crate) fn filter(self, format: Format) -> Result<RawDocBuf> {
        Ok(self.document(format, "filter")?.unwrap_or_default())
    }

    /// An update: a document of operators, or a list of stages.
    pub(crate) fn update(self, format: Format) -> Result<UpdateForm> {
        let what = "update";
        let bytes = self.bytes(what)?.ok_or_else(|| Fault::argument("update is NULL"))?;
        if let Format::Json(_) = format
            && bytes.trim_ascii_start().first() == Some(&b'[')
        {
            let value = json::parse_value(utf8(bytes, what)?).map_err(|error| error.context(what))?;
            return Ok(UpdateForm::Pipeline(RawDocBuf::from_bytes(value.as_value().as_bytes().to_vec())?));
        }
        let document = self.needed(format, what)?;
        // No operator is called 0, and every list begins with it.
        let is_list = document.as_doc().fields().next().is_some_and(|field| field.name == b"0");
        Ok(if is_list { UpdateForm::Pipeline(document) } else { UpdateForm::Document(document) })
    }

    /// Several documents: BSON one after the other; in JSON, that too or a list.
    pub(crate) fn documents(self, format: Format, what: &str) -> Result<Vec<RawDocBuf>> {
        let bytes = self.bytes(what)?.ok_or_else(|| Fault::argument(format!("{what} is NULL")))?;
        let read: nexuslite::Result<Vec<RawDocBuf>> = match format {
            Format::Bson => {
                self.refuse_open_end(what)?;
                split(bytes, what)?.into_iter().map(|one| RawDocBuf::from_bytes(one.to_vec())).collect()
            }
            Format::Json(_) => JsonDocuments::new(utf8(bytes, what)?.as_bytes())
                .map(|read| read.map(|read| read.doc))
                .collect(),
        };
        Ok(read.map_err(|error| error.context(what))?)
    }

    /// BSON holds zeros, so none of them tells its end.
    fn refuse_open_end(self, what: &str) -> Result<()> {
        match self {
            Given::Text(_) => Err(Fault::argument(format!("{what} is BSON, so its length must be given"))),
            _ => Ok(()),
        }
    }
}

/// The documents that follow one another in `bytes`, as far as their lengths tell.
fn split<'b>(bytes: &'b [u8], what: &str) -> Result<Vec<&'b [u8]>> {
    let mut documents = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        let head = rest.first_chunk().copied().map(i32::from_le_bytes);
        let len = head.and_then(|len| usize::try_from(len).ok()).filter(|len| (5..=rest.len()).contains(len));
        let Some(len) = len else {
            let what = format!(
                "{what}: at byte {at} begins no BSON document: its length is said to be {head:?}, and {} bytes follow",
                rest.len()
            );
            return Err(Fault::from(nexuslite::Error::invalid(nexuslite::error::code::INVALID_BSON, what)));
        };
        documents.push(&rest[..len]);
        rest = &rest[len..];
    }
    Ok(documents)
}

fn utf8<'b>(bytes: &'b [u8], what: &str) -> Result<&'b str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        Fault::argument(format!("{what} is not UTF-8: byte {at} is {byte:#04x}"))
    })
}
