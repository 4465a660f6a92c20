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
    pub(crate) custom: Custom,
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

/// The user's own types: a `TypeRegistry`, as far as it says anything.
#[derive(Debug, Default)]
pub(crate) struct Custom {
    pub(crate) encoders: Option<Py<PyDict>>,
    pub(crate) fallback: Option<Py<PyAny>>,
    pub(crate) decoders: Option<Py<PyDict>>,
}

impl Codec {
    /// Dicts, naive datetimes where they can be, no types of the user's.
    pub(crate) fn plain() -> Self {
        Self {
            options: None,
            document: DocumentClass::Dict,
            date: DateForm::Either,
            tz_aware: false,
            tzinfo: None,
            custom: Custom::default(),
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
            custom: Custom::of(&options.getattr("type_registry")?)?,
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
            other => Err(PyValueError::new_err(format!("datetime_conversion is {other}, it must be from 1 to 4"))),
        }
    }
}

impl Custom {
    fn of(registry: &Bound<'_, PyAny>) -> PyResult<Self> {
        let map = |name: &str| -> PyResult<Option<Py<PyDict>>> {
            let map = registry.getattr(name)?.cast_into::<PyDict>()?;
            Ok((!map.is_empty()).then(|| map.unbind()))
        };
        let fallback = registry.getattr("_fallback_encoder")?;
        Ok(Self {
            encoders: map("_encoder_map")?,
            fallback: (!fallback.is_none()).then(|| fallback.unbind()),
            decoders: map("_decoder_map")?,
        })
    }
}
