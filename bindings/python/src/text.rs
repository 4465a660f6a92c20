//! Documents by themselves: BSON bytes, dicts, JSON text.

use nexuslite::Error;
use nexuslite::document::json::{Mode, document_to_string, parse_document};
use nexuslite::document::raw::RawDoc;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::codec::Codec;
use crate::engine::{raise, run};
use crate::{decode, encode};

/// A document's bytes as Extended JSON.
#[pyfunction]
pub(crate) fn bson_to_json(py: Python<'_>, data: &[u8], relaxed: bool) -> PyResult<String> {
    let mode = if relaxed { Mode::Relaxed } else { Mode::Canonical };
    let outcome =
        run(py, "bson_to_json", || Ok(RawDoc::validate(data).map(|doc| document_to_string(doc, mode))))?;
    outcome.map_err(|error| invalid(py, &error))
}

/// The bytes of the document that Extended JSON spells.
#[pyfunction]
pub(crate) fn bson_from_json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyBytes>> {
    let made =
        run(py, "bson_from_json", || Ok(parse_document(text)))?.map_err(|error| invalid(py, &error))?;
    Ok(PyBytes::new(py, made.as_bytes()))
}

/// A mapping's bytes.
#[pyfunction]
pub(crate) fn encode_document<'py>(document: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = encode::document(document)?;
    RawDoc::validate(&bytes).map_err(|error| raise(document.py(), "encode", &error))?;
    Ok(PyBytes::new(document.py(), &bytes))
}

/// The document in bytes.
#[pyfunction]
pub(crate) fn decode_document<'py>(codec: &Bound<'py, Codec>, data: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let doc = RawDoc::validate(data).map_err(|error| invalid(codec.py(), &error))?;
    decode::one(codec.py(), codec.get(), doc)
}

/// What is wrong with bytes or with a text, which no operation of a database has to do with.
fn invalid(py: Python<'_>, error: &Error) -> PyErr {
    let made = py
        .import("nexuslite.bson.errors")
        .and_then(|errors| errors.call_method1("InvalidBSON", (error.to_string(),)));
    made.map_or_else(|failure| failure, PyErr::from_value)
}
