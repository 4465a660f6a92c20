//! One of Python's values into the type that BSON has for it.

use nexuslite::document::raw::tag;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use super::Encoder;
use crate::regex;

const GENERIC: u8 = 0;
const OLD: u8 = 2;
const UUID: u8 = 4;

/// The kinds of values that are told apart by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Binary,
    ObjectId,
    DatetimeMs,
    Regex,
    Code,
    Timestamp,
    Int64,
    Decimal128,
    DbRef,
    RawDocument,
    MinKey,
    MaxKey,
    Uuid,
    Datetime,
    Int,
    Float,
    Text,
    Bytes,
    Array,
    Mapping,
}

impl<'py> Encoder<'_, 'py> {
    /// Writes a value and answers its type's number.
    pub(super) fn value(&mut self, value: &Bound<'py, PyAny>) -> PyResult<u8> {
        // The classes that most values have, each told by one comparison.
        if value.is_exact_instance_of::<PyString>() {
            return self.text(value);
        }
        if value.is_exact_instance_of::<PyInt>() {
            return self.int(value, false);
        }
        if value.is_exact_instance_of::<PyFloat>() {
            return self.float(value);
        }
        if value.is_exact_instance_of::<PyBool>() {
            return self.bool(value);
        }
        if value.is_none() {
            return Ok(tag::NULL);
        }
        if value.is_exact_instance_of::<PyDict>() {
            self.mapping(value)?;
            return Ok(tag::DOCUMENT);
        }
        if value.is_exact_instance_of::<PyList>() || value.is_exact_instance_of::<PyTuple>() {
            return self.array(value);
        }
        match self.kind_of(value)? {
            Some(kind) => self.write(kind, value),
            None => {
                let class = value.get_type();
                Err(self.invalid(format!("cannot encode object: {value:?}, of type: {class:?}")))
            }
        }
    }

    /// By the class itself, by its mark, then by what it is derived from: pymongo's types are derived from Python's
    /// own, so the mark is asked first.
    fn kind_of(&self, value: &Bound<'py, PyAny>) -> PyResult<Option<Kind>> {
        let class = value.get_type();
        let classes = self.classes;
        let own = [
            (&classes.uuid.class, Kind::Uuid),
            (&classes.datetime, Kind::Datetime),
            (&classes.object_id, Kind::ObjectId),
            (&classes.int64, Kind::Int64),
        ];
        if let Some((_, kind)) = own.iter().find(|(known, _)| class.is(known)) {
            return Ok(Some(*kind));
        }
        if class.is(value.py().get_type::<PyBytes>()) {
            return Ok(Some(Kind::Bytes));
        }
        if let Some(kind) = self.mark_of(value)?.and_then(kind_of_mark) {
            return Ok(Some(kind));
        }
        self.kind_of_base(value)
    }

    fn kind_of_base(&self, value: &Bound<'py, PyAny>) -> PyResult<Option<Kind>> {
        let is = |class: &Py<pyo3::types::PyType>| value.is_instance(class.bind(self.py));
        Ok(Some(if value.is_instance_of::<PyInt>() {
            Kind::Int
        } else if value.is_instance_of::<PyString>() {
            Kind::Text
        } else if value.is_instance_of::<PyFloat>() {
            Kind::Float
        } else if value.is_instance_of::<PyBytes>() {
            Kind::Bytes
        } else if is(&self.classes.datetime)? {
            Kind::Datetime
        } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            Kind::Array
        } else if is(&self.classes.uuid.class)? {
            Kind::Uuid
        } else if is(&self.classes.pattern)? {
            Kind::Regex
        } else if is(&self.classes.mapping)? {
            Kind::Mapping
        } else {
            return Ok(None);
        }))
    }

    fn write(&mut self, kind: Kind, value: &Bound<'py, PyAny>) -> PyResult<u8> {
        match kind {
            Kind::Text => self.text(value),
            Kind::Int => self.int(value, false),
            Kind::Int64 => self.int(value, true),
            Kind::Float => self.float(value),
            Kind::Array => self.array(value),
            Kind::Bytes => self.binary(GENERIC, value.cast::<PyBytes>()?.as_bytes()),
            Kind::Binary => {
                let subtype = value.getattr("subtype")?.extract()?;
                self.binary(subtype, value.cast::<PyBytes>()?.as_bytes())
            }
            Kind::Uuid => {
                let bytes = value.getattr("int")?.call_method1("to_bytes", (16, "big"))?;
                self.binary(UUID, bytes.cast::<PyBytes>()?.as_bytes())
            }
            Kind::Datetime => self.datetime(value),
            Kind::DatetimeMs => {
                let ms: i64 = value.call_method0("__int__")?.extract()?;
                self.out.extend_from_slice(&ms.to_le_bytes());
                Ok(tag::DATE_TIME)
            }
            Kind::ObjectId => {
                self.fixed::<12>(&value.getattr("binary")?)?;
                Ok(tag::OBJECT_ID)
            }
            Kind::Decimal128 => {
                self.fixed::<16>(&value.getattr("bid")?)?;
                Ok(tag::DECIMAL128)
            }
            Kind::Timestamp => {
                let (time, increment): (u32, u32) =
                    (value.getattr("time")?.extract()?, value.getattr("inc")?.extract()?);
                self.out.extend_from_slice(&increment.to_le_bytes());
                self.out.extend_from_slice(&time.to_le_bytes());
                Ok(tag::TIMESTAMP)
            }
            Kind::Regex => self.regex(value),
            Kind::Code => self.code(value),
            Kind::DbRef => {
                self.mapping(&value.call_method0("as_doc")?)?;
                Ok(tag::DOCUMENT)
            }
            Kind::RawDocument => {
                let raw = value.getattr("raw")?;
                self.out.extend_from_slice(raw.cast::<PyBytes>()?.as_bytes());
                Ok(tag::DOCUMENT)
            }
            Kind::Mapping => {
                self.mapping(value)?;
                Ok(tag::DOCUMENT)
            }
            Kind::MinKey => Ok(tag::MIN_KEY),
            Kind::MaxKey => Ok(tag::MAX_KEY),
        }
    }

    fn text(&mut self, value: &Bound<'py, PyAny>) -> PyResult<u8> {
        self.string(value.cast::<PyString>()?.to_str()?)?;
        Ok(tag::STRING)
    }

    fn string(&mut self, text: &str) -> PyResult<()> {
        let start = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(0);
        self.patch_length(start, text.len() + 1)
    }

    fn int(&mut self, value: &Bound<'py, PyAny>, wide: bool) -> PyResult<u8> {
        let Ok(number) = value.extract::<i64>() else {
            return Err(PyOverflowError::new_err(format!("{value} does not fit into the 8 bytes of an int")));
        };
        match i32::try_from(number) {
            Ok(number) if !wide => {
                self.out.extend_from_slice(&number.to_le_bytes());
                Ok(tag::INT32)
            }
            _ => {
                self.out.extend_from_slice(&number.to_le_bytes());
                Ok(tag::INT64)
            }
        }
    }

    fn float(&mut self, value: &Bound<'py, PyAny>) -> PyResult<u8> {
        self.out.extend_from_slice(&value.extract::<f64>()?.to_le_bytes());
        Ok(tag::DOUBLE)
    }

    fn bool(&mut self, value: &Bound<'py, PyAny>) -> PyResult<u8> {
        self.out.push(u8::from(value.is_truthy()?));
        Ok(tag::BOOLEAN)
    }

    pub(super) fn array(&mut self, value: &Bound<'py, PyAny>) -> PyResult<u8> {
        let start = self.begin()?;
        let mut digits = Digits::default();
        for item in value.try_iter()? {
            self.element(digits.next(), &item?)?;
        }
        self.end(start)?;
        Ok(tag::ARRAY)
    }

    fn binary(&mut self, subtype: u8, bytes: &[u8]) -> PyResult<u8> {
        let start = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        self.out.push(subtype);
        let mut length = bytes.len();
        if subtype == OLD {
            self.out.extend_from_slice(&[0; 4]);
            self.patch_length(start + 5, bytes.len())?;
            length += 4;
        }
        self.out.extend_from_slice(bytes);
        self.patch_length(start, length)?;
        Ok(tag::BINARY)
    }

    fn fixed<const N: usize>(&mut self, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let bytes = value.cast::<PyBytes>()?.as_bytes();
        let Ok(bytes) = <[u8; N]>::try_from(bytes) else {
            return Err(self.invalid(format!("{value:?} has {} bytes, it must have {N}", bytes.len())));
        };
        self.out.extend_from_slice(&bytes);
        Ok(())
    }

    fn regex(&mut self, value: &Bound<'py, PyAny>) -> PyResult<u8> {
        let pattern = value.getattr("pattern")?;
        match pattern.cast::<PyString>() {
            Ok(text) => {
                let text = text.to_str()?;
                self.out.extend_from_slice(text.as_bytes());
                self.end_of_text(text.as_bytes())?;
            }
            Err(_) => {
                let bytes = pattern.cast::<PyBytes>()?.as_bytes();
                self.out.extend_from_slice(bytes);
                self.end_of_text(bytes)?;
            }
        }
        let flags: u32 = value.getattr("flags")?.call_method0("__int__")?.extract()?;
        self.out.extend(regex::letters_of(flags));
        self.out.push(0);
        Ok(tag::REGEX)
    }

    fn code(&mut self, value: &Bound<'py, PyAny>) -> PyResult<u8> {
        let scope = value.getattr("scope")?;
        if scope.is_none() {
            self.string(value.cast::<PyString>()?.to_str()?)?;
            return Ok(tag::CODE);
        }
        let start = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        self.string(value.cast::<PyString>()?.to_str()?)?;
        self.mapping(&scope)?;
        self.patch_length(start, self.out.len() - start)?;
        Ok(tag::CODE_WITH_SCOPE)
    }
}

/// The marks of pymongo's types.
fn kind_of_mark(mark: i32) -> Option<Kind> {
    Some(match mark {
        5 => Kind::Binary,
        7 => Kind::ObjectId,
        9 => Kind::DatetimeMs,
        11 => Kind::Regex,
        13 => Kind::Code,
        17 => Kind::Timestamp,
        18 => Kind::Int64,
        19 => Kind::Decimal128,
        100 => Kind::DbRef,
        101 => Kind::RawDocument,
        127 => Kind::MaxKey,
        255 => Kind::MinKey,
        _ => return None,
    })
}

/// The names of an array's elements, counted in text.
#[derive(Debug, Default)]
struct Digits {
    text: Vec<u8>,
}

impl Digits {
    fn next(&mut self) -> &[u8] {
        if self.text.is_empty() {
            self.text.push(b'0');
            return &self.text;
        }
        let nines = self.text.iter().rev().take_while(|digit| **digit == b'9').count();
        let kept = self.text.len() - nines;
        self.text[kept..].fill(b'0');
        match kept.checked_sub(1) {
            Some(last) => self.text[last] += 1,
            None => self.text.insert(0, b'1'),
        }
        &self.text
    }
}
