//! BSON bytes into Python's objects, without a tree of values in between.
//!
//! Read next: `value` (each type), `names` (why a field's name is made only once), `date`.

mod date;
mod names;
mod value;

use nexuslite::document::raw::{RawDoc, RawValue};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};

use crate::classes::{Classes, classes};
use crate::codec::{Codec, DocumentClass};

pub(crate) use names::Names;

/// What the documents of one batch are decoded with.
pub(crate) struct Decoder<'a, 'py> {
    py: Python<'py>,
    classes: &'py Classes,
    codec: &'a Codec,
    names: &'a mut Names,
}

/// Documents as plain dicts, for what is not the user's.
pub(crate) fn plain<'py>(py: Python<'py>, doc: RawDoc<'_>) -> PyResult<Bound<'py, PyAny>> {
    one(py, &Codec::plain(), doc)
}

/// A single document.
pub(crate) fn one<'py>(py: Python<'py>, codec: &Codec, doc: RawDoc<'_>) -> PyResult<Bound<'py, PyAny>> {
    Decoder::new(py, codec, &mut Names::default())?.document(doc)
}

/// A single value.
pub(crate) fn value<'py>(py: Python<'py>, codec: &Codec, value: RawValue<'_>) -> PyResult<Bound<'py, PyAny>> {
    Decoder::new(py, codec, &mut Names::default())?.value(value)
}

impl<'a, 'py> Decoder<'a, 'py> {
    pub(crate) fn new(py: Python<'py>, codec: &'a Codec, names: &'a mut Names) -> PyResult<Self> {
        Ok(Self { py, classes: classes(py)?, codec, names })
    }

    /// A document of the caller's class.
    pub(crate) fn document(&mut self, doc: RawDoc<'_>) -> PyResult<Bound<'py, PyAny>> {
        match &self.codec.document {
            DocumentClass::Dict => Ok(self.dict(doc)?.into_any()),
            DocumentClass::Raw => {
                let bytes = PyBytes::new(self.py, doc.as_bytes());
                self.classes.raw_document.bind(self.py).call1((bytes, &self.codec.options))
            }
            DocumentClass::Other(class) => {
                let made = class.bind(self.py).call0()?;
                for field in doc.fields() {
                    let name = self.names.get(self.py, field.name)?;
                    made.set_item(name, self.value(field.value)?)?;
                }
                Ok(made)
            }
        }
    }

    /// A document inside another: a reference where it is one.
    fn embedded(&mut self, doc: RawDoc<'_>) -> PyResult<Bound<'py, PyAny>> {
        let made = self.document(doc)?;
        let may_refer = doc.fields().any(|field| field.name == b"$ref");
        if may_refer && !matches!(self.codec.document, DocumentClass::Raw) {
            self.reference(made)
        } else {
            Ok(made)
        }
    }

    fn dict(&mut self, doc: RawDoc<'_>) -> PyResult<Bound<'py, PyDict>> {
        let made = PyDict::new(self.py);
        for field in doc.fields() {
            let name = self.names.get(self.py, field.name)?;
            made.set_item(name, self.value(field.value)?)?;
        }
        Ok(made)
    }

    fn array(&mut self, array: RawDoc<'_>) -> PyResult<Bound<'py, PyAny>> {
        let made = PyList::empty(self.py);
        for field in array.fields() {
            made.append(self.value(field.value)?)?;
        }
        Ok(made.into_any())
    }

    /// `made`, or the `DBRef` that it spells out: `$ref` a string, `$id`, and `$db` a string if there is one.
    fn reference(&self, made: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let is_text = |name: &str| -> PyResult<bool> {
            Ok(made.contains(name)? && made.get_item(name)?.is_instance_of::<PyString>())
        };
        let database_fits = !made.contains("$db")? || is_text("$db")? || made.get_item("$db")?.is_none();
        if !(is_text("$ref")? && made.contains("$id")? && database_fits) {
            return Ok(made);
        }
        let take = |name: &str| made.call_method1("pop", (name, self.py.None()));
        let parts = (take("$ref")?, take("$id")?, take("$db")?, &made);
        self.classes.dbref.bind(self.py).call1(parts)
    }
}
