//! `datetime.datetime` into milliseconds since 1970.

use nexuslite::document::raw::tag;
use pyo3::prelude::*;

use super::Encoder;

impl<'py> Encoder<'_, 'py> {
    /// A datetime without a time zone is in UTC. What is finer than a millisecond is cut off, towards the past.
    pub(super) fn datetime(&mut self, value: &Bound<'py, PyAny>) -> PyResult<u8> {
        let zone = value.getattr("tzinfo")?;
        let since = if zone.is_none() {
            value.sub(&self.classes.epoch)?
        } else if value.call_method0("utcoffset")?.is_none() {
            let naive = [("tzinfo", self.py.None())];
            let naive = pyo3::types::IntoPyDict::into_py_dict(naive, self.py)?;
            value.call_method("replace", (), Some(&naive))?.sub(&self.classes.epoch)?
        } else {
            value.sub(&self.classes.epoch_utc)?
        };
        let days: i64 = since.getattr("days")?.extract()?;
        let seconds: i64 = since.getattr("seconds")?.extract()?;
        let microseconds: i64 = since.getattr("microseconds")?.extract()?;
        let ms = (days * 86_400 + seconds) * 1000 + microseconds / 1000;
        self.out.extend_from_slice(&ms.to_le_bytes());
        Ok(tag::DATE_TIME)
    }
}
