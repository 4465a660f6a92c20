//! How documents are turned into Python's objects and back: `CodecOptions`, read once.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::classes::classes;

/// The options of one collection handle, in a form that costs nothing to look at.
#[pyclass(frozen, module = "nexuslite._nexuslite")]
#[derive(Debug)]
pub(crate) struct Codec {
    /// The `CodecOptions` themselves, for classes that want them.
    pub(crate) options: Option<Py<PyAny>>,
    pub(crate) document: DocumentClass,
    pub(crate) date: DateForm,
    /// Whether datetimes carry a time zone: UTC, or `tzinfo`.
    pub(crate) tz_aware: bool,
    pub(crate) tzinfo: Option<Py<PyAny>>,
}

/// What a document becomes.
#[derive(Debug)]
pub(crate) enum DocumentClass {
    Dict,
    /// Its bytes, in a `RawBSONDocument`.
    Raw,
    /// Any other class of mappings, filled field by field.
    Other(Py<PyAny>),
}

/// What a date becomes, and what one does that no `datetime` can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateForm {
    Milliseconds,
    /// `InvalidBSON`.
    Exact,
    /// The nearest that can be held.
    Clamped,
    /// A `DatetimeMS`.
    Either,
}

impl Codec {
    /// Dicts, and naive datetimes where they can be.
    pub(crate) fn plain() -> Self {
        Self {
            options: None,
            document: DocumentClass::Dict,
            date: DateForm::Either,
            tz_aware: false,
            tzinfo: None,
        }
    }
}

#[pymethods]
impl Codec {
    #[new]
    fn new(options: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = options.py();
        let class = options.getattr("document_class")?;
        let document = if class.is(py.get_type::<PyDict>()) {
            DocumentClass::Dict
        } else if class.is(&classes(py)?.raw_document) {
            DocumentClass::Raw
        } else {
            DocumentClass::Other(class.unbind())
        };
        let tzinfo = options.getattr("tzinfo")?;
        Ok(Self {
            options: Some(options.clone().unbind()),
            document,
            date: DateForm::of(options.getattr("datetime_conversion")?.extract()?)?,
            tz_aware: options.getattr("tz_aware")?.extract()?,
            tzinfo: (!tzinfo.is_none()).then(|| tzinfo.unbind()),
        })
    }
}

impl DateForm {
    /// From the number that `DatetimeConversion` has in pymongo.
    fn of(number: i32) -> PyResult<Self> {
        match number {
            1 => Ok(Self::Exact),
            2 => Ok(Self::Clamped),
            3 => Ok(Self::Milliseconds),
            4 => Ok(Self::Either),
            other => {
                Err(PyValueError::new_err(format!("datetime_conversion is {other}, it must be from 1 to 4")))
            }
        }
    }
}
