//! A document found and changed in one step, handed out as it was or as it is.

use nexuslite::bson::RawDocumentBuf;
use nexuslite::document::raw::RawDoc;
use nexuslite::{FindOneAndOptions, ReturnDocument};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::codec::Codec;
use crate::decode;
use crate::encode::document_or_none;
use crate::more::More;

/// The options of a `find_one_and_…`, put together once the interpreter is let go.
pub(crate) fn modification(
    projection: Option<&Bound<'_, PyAny>>,
    upsert: bool,
    after: bool,
    max_time_ms: Option<u64>,
    more: Option<&Bound<'_, PyDict>>,
) -> PyResult<impl FnOnce() -> FindOneAndOptions + Send> {
    let projection = document_or_none(projection)?;
    let more = More::read(more, max_time_ms)?;
    Ok(move || {
        let which = if after { ReturnDocument::After } else { ReturnDocument::Before };
        let mut options = FindOneAndOptions::new().upsert(upsert).return_document(which);
        if let Some(projection) = projection {
            options = options.projection(RawDoc::new(&projection));
        }
        more.added_to(options)
    })
}

/// The document that was asked for, where there was one.
pub(crate) fn handed_out<'py>(
    codec: &Bound<'py, Codec>,
    found: Option<RawDocumentBuf>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    found.map(|found| decode::one(codec.py(), codec.get(), RawDoc::new(found.as_bytes()))).transpose()
}
