//! Documents by themselves: BSON bytes, dicts, JSON text.

use nexuslite::document::json::{Mode, document_to_string, parse_document};
use nexuslite::document::raw::RawDoc;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::codec::Codec;
use crate::engine::run;
use crate::{decode, encode};

/// A document's bytes as Extended JSON.
#[pyfunction]
pub(crate) fn bson_to_json(py: Python<'_>, data: &[u8], relaxed: bool) -> PyResult<String> {
    let mode = if relaxed { Mode::Relaxed } else { Mode::Canonical };
    run(py, "bson_to_json", || Ok(document_to_string(RawDoc::validate(data)?, mode)))
}

/// The bytes of the document that Extended JSON spells.
#[pyfunction]
pub(crate) fn bson_from_json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyBytes>> {
    let made = run(py, "bson_from_json", || parse_document(text))?;
    Ok(PyBytes::new(py, made.as_bytes()))
}

/// A mapping's bytes.
#[pyfunction]
pub(crate) fn encode<'py>(codec: &Bound<'py, Codec>, document: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = encode::document(codec.get(), document)?;
    run(codec.py(), "encode", || RawDoc::validate(&bytes).map(drop))?;
    Ok(PyBytes::new(codec.py(), &bytes))
}

/// The document in bytes.
#[pyfunction]
pub(crate) fn decode<'py>(codec: &Bound<'py, Codec>, data: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    run(codec.py(), "decode", || RawDoc::validate(data).map(drop))?;
    decode::one(codec.py(), codec.get(), RawDoc::new(data))
}
