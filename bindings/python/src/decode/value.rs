//! One value into the object that Python has for its type.

use nexuslite::document::raw::{RawDoc, RawValue, Value};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyString};

use super::Decoder;
use crate::regex;

/// Bytes without a meaning of their own, which are Python's `bytes`.
const GENERIC: u8 = 0;
/// The subtype that repeats its length at the head of its bytes.
const OLD: u8 = 2;
const UUID: u8 = 4;
const UUID_BYTES: usize = 16;

impl<'py> Decoder<'_, 'py> {
    pub(super) fn value(&mut self, value: RawValue<'_>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        Ok(match value.read() {
            Value::String(text) | Value::Symbol(text) => PyString::new(py, text).into_any(),
            Value::Int32(number) => number.into_pyobject(py)?.into_any(),
            Value::Double(number) => PyFloat::new(py, number).into_any(),
            Value::Boolean(truth) => PyBool::new(py, truth).to_owned().into_any(),
            Value::Null | Value::Undefined => py.None().into_bound(py),
            Value::Document(doc) => return self.embedded(doc),
            Value::Array(array) => return self.array(array),
            Value::Binary { subtype, bytes } => return self.binary(subtype, bytes),
            Value::DateTime(ms) => return self.date(ms),
            Value::Int64(number) => return self.classes.int64.bind(py).call1((number,)),
            Value::ObjectId(bytes) => {
                return self.classes.object_id.bind(py).call1((PyBytes::new(py, &bytes),));
            }
            Value::Regex { pattern, options } => {
                return self.classes.regex.bind(py).call1((pattern, regex::flags_of(options)));
            }
            Value::Timestamp { time, increment } => {
                return self.classes.timestamp.bind(py).call1((time, increment));
            }
            Value::Decimal128(bytes) => {
                let bytes = PyBytes::new(py, &bytes);
                return self.classes.decimal128.bind(py).call_method1("from_bid", (bytes,));
            }
            Value::Code(code) => return self.classes.code.bind(py).call1((code,)),
            Value::CodeWithScope { code, scope } => return self.code(code, scope),
            Value::DbPointer { namespace, id } => {
                let id = self.classes.object_id.bind(py).call1((PyBytes::new(py, &id),))?;
                return self.classes.dbref.bind(py).call1((namespace, id));
            }
            Value::MinKey => return self.classes.min_key.bind(py).call0(),
            Value::MaxKey => return self.classes.max_key.bind(py).call0(),
        })
    }

    fn binary(&self, subtype: u8, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        match subtype {
            GENERIC => Ok(PyBytes::new(py, bytes).into_any()),
            UUID if bytes.len() == UUID_BYTES => self.classes.uuid.make(py, bytes),
            subtype => {
                let bytes = if subtype == OLD { bytes.get(4..).unwrap_or_default() } else { bytes };
                self.classes.binary.bind(py).call1((PyBytes::new(py, bytes), subtype))
            }
        }
    }

    fn code(&mut self, code: &str, scope: RawDoc<'_>) -> PyResult<Bound<'py, PyAny>> {
        let scope = self.document(scope)?;
        self.classes.code.bind(self.py).call1((code, scope))
    }
}
