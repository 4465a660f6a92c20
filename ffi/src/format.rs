//! In which notation documents come in and go out.

use nexuslite::Error;
use nexuslite::document::json::{self, Mode};
use nexuslite::document::raw::RawDoc;
use nexuslite::error::code;

use crate::fault::Result;
use crate::status::{NX_BSON, NX_JSON, NX_JSON_CANONICAL, NX_JSON_SAFE};
use crate::types::nx_format;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Bson,
    Json(Mode),
}

impl Format {
    #[inline]
    pub(crate) fn of(number: nx_format) -> Result<Self> {
        match number {
            NX_JSON => Ok(Format::Json(Mode::Relaxed)),
            NX_BSON => Ok(Format::Bson),
            NX_JSON_CANONICAL => Ok(Format::Json(Mode::Canonical)),
            NX_JSON_SAFE => Ok(Format::Json(Mode::Safe)),
            unknown => {
                let what = format!(
                    "the format is {unknown}, it must be NX_JSON ({NX_JSON}), NX_BSON ({NX_BSON}), NX_JSON_CANONICAL \
                     ({NX_JSON_CANONICAL}) or NX_JSON_SAFE ({NX_JSON_SAFE})"
                );
                Err(Error::invalid(code::BAD_VALUE, what).into())
            }
        }
    }

    /// How many bytes a document takes about, and the zero behind it.
    pub(crate) fn size_of(self, document: RawDoc<'_>) -> usize {
        let bytes = document.as_bytes().len();
        if self == Format::Bson { bytes + 1 } else { bytes + bytes / 2 + 1 }
    }

    /// Appends a document.
    pub(crate) fn write(self, document: RawDoc<'_>, out: &mut Vec<u8>) {
        match self {
            Format::Bson => out.extend_from_slice(document.as_bytes()),
            Format::Json(mode) => json::write_document(document, mode, out),
        }
    }

    /// Appends a document to others: lines in JSON, one right after the other in BSON.
    #[inline]
    pub(crate) fn write_next(self, document: RawDoc<'_>, out: &mut Vec<u8>) {
        if self == Format::Bson {
            return out.extend_from_slice(document.as_bytes());
        }
        self.write(document, out);
        out.push(b'\n');
    }
}
