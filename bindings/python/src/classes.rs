//! The Python classes that values are read from and made of, found once.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyType};

/// The classes of `nexuslite.bson`, which are pymongo's where it is installed, and those of Python itself.
#[derive(Debug)]
pub(crate) struct Classes {
    pub(crate) object_id: Py<PyType>,
    pub(crate) binary: Py<PyType>,
    pub(crate) int64: Py<PyType>,
    pub(crate) decimal128: Py<PyType>,
    pub(crate) regex: Py<PyType>,
    pub(crate) timestamp: Py<PyType>,
    pub(crate) min_key: Py<PyType>,
    pub(crate) max_key: Py<PyType>,
    pub(crate) code: Py<PyType>,
    pub(crate) dbref: Py<PyType>,
    pub(crate) datetime_ms: Py<PyType>,
    pub(crate) raw_document: Py<PyType>,
    pub(crate) mapping: Py<PyType>,
    pub(crate) pattern: Py<PyType>,
    pub(crate) datetime: Py<PyType>,
    pub(crate) uuid: UuidClass,
    /// 1970 without a time zone, and in UTC.
    pub(crate) epoch: Py<PyAny>,
    pub(crate) epoch_utc: Py<PyAny>,
    pub(crate) utc: Py<PyAny>,
}

/// `uuid.UUID`, and the way around its slow constructor: its two fields are set through their descriptors.
#[derive(Debug)]
pub(crate) struct UuidClass {
    pub(crate) class: Py<PyType>,
    new: Py<PyAny>,
    set_int: Py<PyAny>,
    set_safety: Py<PyAny>,
    safety: Py<PyAny>,
    int_from_bytes: Py<PyAny>,
}

static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();

/// The classes; found when the package is imported.
pub(crate) fn classes(py: Python<'_>) -> PyResult<&Classes> {
    CLASSES.get_or_try_init(py, || Classes::find(py))
}

impl Classes {
    fn find(py: Python<'_>) -> PyResult<Self> {
        let bson = py.import("nexuslite.bson")?;
        let own = |name: &str| class(&bson, name);
        let time = py.import("datetime")?;
        let utc = time.getattr("timezone")?.getattr("utc")?;
        let datetime = class(&time, "datetime")?;
        let epoch = datetime.bind(py).call1((1970, 1, 1))?;
        let epoch_utc = datetime.bind(py).call1((1970, 1, 1, 0, 0, 0, 0, &utc))?;
        Ok(Self {
            object_id: own("ObjectId")?,
            binary: own("Binary")?,
            int64: own("Int64")?,
            decimal128: own("Decimal128")?,
            regex: own("Regex")?,
            timestamp: own("Timestamp")?,
            min_key: own("MinKey")?,
            max_key: own("MaxKey")?,
            code: own("Code")?,
            dbref: own("DBRef")?,
            datetime_ms: own("DatetimeMS")?,
            raw_document: own("RawBSONDocument")?,
            mapping: class(&py.import("collections.abc")?, "Mapping")?,
            pattern: class(&py.import("re")?, "Pattern")?,
            datetime,
            uuid: UuidClass::find(py)?,
            epoch: epoch.unbind(),
            epoch_utc: epoch_utc.unbind(),
            utc: utc.unbind(),
        })
    }
}

impl UuidClass {
    fn find(py: Python<'_>) -> PyResult<Self> {
        let module = py.import("uuid")?;
        let class = class(&module, "UUID")?;
        let bound = class.bind(py);
        Ok(Self {
            new: bound.getattr("__new__")?.unbind(),
            set_int: bound.getattr("int")?.getattr("__set__")?.unbind(),
            set_safety: bound.getattr("is_safe")?.getattr("__set__")?.unbind(),
            safety: module.getattr("SafeUUID")?.getattr("unknown")?.unbind(),
            int_from_bytes: py.import("builtins")?.getattr("int")?.getattr("from_bytes")?.unbind(),
            class,
        })
    }

    /// What `UUID(bytes=…)` makes, in a quarter of the time.
    pub(crate) fn make<'py>(&self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let made = self.new.bind(py).call1((&self.class,))?;
        let number = self.int_from_bytes.bind(py).call1((PyBytes::new(py, bytes), "big"))?;
        self.set_int.bind(py).call1((&made, number))?;
        self.set_safety.bind(py).call1((&made, &self.safety))?;
        Ok(made)
    }
}

fn class(module: &Bound<'_, PyModule>, name: &str) -> PyResult<Py<PyType>> {
    Ok(module.getattr(name)?.cast_into::<PyType>()?.unbind())
}
