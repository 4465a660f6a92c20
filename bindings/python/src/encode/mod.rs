//! Python's mappings into BSON bytes.
//!
//! Read next: `value` (each type), `date`, `insert` (documents that get an `_id`).

mod date;
mod insert;
mod value;

use nexuslite::bson::{Bson, Document};
use nexuslite::document::builder::RawDocBuf;
use nexuslite::document::convert::UpdateForm;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyMapping, PyString};

use crate::classes::{Classes, classes};
use crate::collection::unreadable;
use crate::engine::raise;

pub(crate) use insert::insert;

/// How deep documents and arrays may nest, the document itself being level 1.
const DEPTH_MAX: usize = nexuslite::document::raw::DEPTH_MAX;
/// pymongo's mark on the class that holds a document's bytes.
const RAW_DOCUMENT_MARK: i32 = 101;

/// Bytes being written.
pub(crate) struct Encoder<'a, 'py> {
    py: Python<'py>,
    classes: &'py Classes,
    out: &'a mut Vec<u8>,
    depth: usize,
}

/// The bytes of a mapping: a filter, an update, a sort, a projection, a replacement.
pub(crate) fn document(mapping: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(256);
    Encoder::new(mapping.py(), &mut out)?.root(mapping)?;
    Ok(out)
}

/// The same of what may be left out.
pub(crate) fn document_or_none(mapping: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Vec<u8>>> {
    mapping.map(document).transpose()
}

/// A value by itself, for what the engine takes as such: an id, or what a comment says.
pub(crate) fn value(value: &Bound<'_, PyAny>) -> PyResult<Bson> {
    let mut bytes = Vec::with_capacity(64);
    let mut encoder = Encoder::new(value.py(), &mut bytes)?;
    let start = encoder.begin()?;
    encoder.element(b"value", value)?;
    encoder.end(start)?;
    let whole = Document::from_reader(bytes.as_slice());
    let mut whole = whole.map_err(|error| raise(value.py(), "encode", &unreadable(&error)))?;
    Ok(whole.remove("value").unwrap_or(Bson::Null))
}

/// The bytes of an update: a mapping of operators, or the list of a pipeline's stages.
pub(crate) fn update(update: &Bound<'_, PyAny>) -> PyResult<Change> {
    if !update.is_instance_of::<PyList>() {
        return document(update).map(Change::Operators);
    }
    let mut out = Vec::with_capacity(256);
    Encoder::new(update.py(), &mut out)?.array(update)?;
    Ok(Change::Pipeline(out))
}

/// What an update is to do, as bytes.
#[derive(Debug)]
pub(crate) enum Change {
    Operators(Vec<u8>),
    Pipeline(Vec<u8>),
}

impl Change {
    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Operators(bytes) | Self::Pipeline(bytes) => bytes.len(),
        }
    }

    /// The same, checked as the bytes of any caller.
    pub(crate) fn form(self) -> nexuslite::Result<UpdateForm> {
        match self {
            Self::Operators(bytes) => RawDocBuf::from_bytes(bytes).map(UpdateForm::Document),
            Self::Pipeline(bytes) => RawDocBuf::from_bytes(bytes).map(UpdateForm::Pipeline),
        }
    }
}

impl<'a, 'py> Encoder<'a, 'py> {
    fn new(py: Python<'py>, out: &'a mut Vec<u8>) -> PyResult<Self> {
        Ok(Self { py, classes: classes(py)?, out, depth: 0 })
    }

    fn root(&mut self, mapping: &Bound<'py, PyAny>) -> PyResult<()> {
        match self.raw_bytes(mapping)? {
            Some(bytes) => self.out.extend_from_slice(bytes.as_bytes()),
            None => self.mapping(mapping)?,
        }
        Ok(())
    }

    /// The bytes of what is a document's bytes already.
    fn raw_bytes(&self, value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        if value.is_exact_instance_of::<PyDict>() {
            return Ok(None);
        }
        let is_raw = value.get_type().is(&self.classes.raw_document)
            || self.mark_of(value)? == Some(RAW_DOCUMENT_MARK);
        if is_raw { Ok(Some(value.getattr("raw")?.cast_into::<PyBytes>()?)) } else { Ok(None) }
    }

    fn mapping(&mut self, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let start = self.begin()?;
        if value.is_exact_instance_of::<PyDict>() {
            for (name, value) in value.cast_exact::<PyDict>()?.iter() {
                self.field(&name, &value)?;
            }
        } else if value.is_instance(self.classes.mapping.bind(self.py))? {
            for item in value.cast::<PyMapping>()?.items()?.iter() {
                let (name, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = item.extract()?;
                self.field(&name, &value)?;
            }
        } else {
            let class = value.get_type();
            return Err(PyTypeError::new_err(format!(
                "{value:?} is not a mapping and cannot be encoded as a document, its type is {class:?}"
            )));
        }
        self.end(start)
    }

    fn field(&mut self, name: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let Ok(text) = name.cast::<PyString>() else {
            return Err(self.invalid(format!("documents must have only string keys, key was {name:?}")));
        };
        let text = text.to_str()?;
        self.element(text.as_bytes(), value)
    }

    /// A field whose type is known only when its value is written: its place is kept free.
    fn element(&mut self, name: &[u8], value: &Bound<'py, PyAny>) -> PyResult<()> {
        let place = self.out.len();
        self.out.push(0);
        self.out.extend_from_slice(name);
        self.end_of_text(name)?;
        let tag = self.value(value)?;
        self.out[place] = tag;
        Ok(())
    }

    /// The NUL that ends a text which must not hold another one.
    fn end_of_text(&mut self, text: &[u8]) -> PyResult<()> {
        if text.contains(&0) {
            let text = String::from_utf8_lossy(text);
            return Err(self.invalid(format!("a field's name or a pattern must not contain NUL: {text:?}")));
        }
        self.out.push(0);
        Ok(())
    }

    /// Begins a document or an array, one level deeper.
    fn begin(&mut self) -> PyResult<usize> {
        if self.depth == DEPTH_MAX {
            return Err(self.invalid(format!("a document is nested deeper than {DEPTH_MAX} levels")));
        }
        self.depth += 1;
        let start = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        Ok(start)
    }

    fn end(&mut self, start: usize) -> PyResult<()> {
        self.depth -= 1;
        self.out.push(0);
        self.patch_length(start, self.out.len() - start)
    }

    fn patch_length(&mut self, at: usize, length: usize) -> PyResult<()> {
        let Ok(length) = i32::try_from(length) else {
            return Err(self.invalid(format!("a value of {length} bytes is longer than any document may be")));
        };
        self.out[at..at + 4].copy_from_slice(&length.to_le_bytes());
        Ok(())
    }

    /// The `_type_marker` by which pymongo's types, and those of others that follow it, are known.
    fn mark_of(&self, value: &Bound<'py, PyAny>) -> PyResult<Option<i32>> {
        let mark = value.getattr_opt("_type_marker")?;
        Ok(mark.and_then(|mark| mark.extract().ok()))
    }

    fn invalid(&self, what: String) -> PyErr {
        let made = self
            .py
            .import("nexuslite.bson.errors")
            .and_then(|errors| errors.call_method1("InvalidDocument", (what,)));
        made.map_or_else(|failure| failure, PyErr::from_value)
    }
}
