//! Milliseconds since 1970 into `datetime.datetime`.

use pyo3::exceptions::{PyArithmeticError, PyOverflowError};
use pyo3::prelude::*;

use super::Decoder;
use crate::codec::DateForm;

/// The first and the last millisecond of the years 1 to 9999.
const FIRST_MS: i64 = -62_135_596_800_000;
const LAST_MS: i64 = 253_402_300_799_999;
const DAY_MS: i64 = 86_400_000;

/// A moment as a calendar and a clock show it.
#[derive(Debug, PartialEq, Eq)]
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    microsecond: i64,
}

impl<'py> Decoder<'_, 'py> {
    pub(super) fn date(&self, ms: i64) -> PyResult<Bound<'py, PyAny>> {
        let form = self.codec.date;
        if form == DateForm::Milliseconds {
            return self.milliseconds(ms);
        }
        match self.datetime(ms) {
            Err(error) if error.is_instance_of::<PyArithmeticError>(self.py) => match form {
                DateForm::Either => self.milliseconds(ms),
                DateForm::Clamped => self.datetime(self.nearest(ms)?),
                _ => Err(self.cannot_be_held(&error)),
            },
            made => made,
        }
    }

    fn milliseconds(&self, ms: i64) -> PyResult<Bound<'py, PyAny>> {
        self.classes.datetime_ms.bind(self.py).call1((ms,))
    }

    /// The `datetime`, an `OverflowError` for one that it cannot hold.
    fn datetime(&self, ms: i64) -> PyResult<Bound<'py, PyAny>> {
        if !(FIRST_MS..=LAST_MS).contains(&ms) {
            return Err(PyOverflowError::new_err("date value out of range"));
        }
        let at = civil(ms);
        let class = self.classes.datetime.bind(self.py);
        let (date, time) = ((at.year, at.month, at.day), (at.hour, at.minute, at.second, at.microsecond));
        if !self.codec.tz_aware {
            return class.call1((date.0, date.1, date.2, time.0, time.1, time.2, time.3));
        }
        let utc = &self.classes.utc;
        let made = class.call1((date.0, date.1, date.2, time.0, time.1, time.2, time.3, utc))?;
        match &self.codec.tzinfo {
            Some(zone) => made.call_method1("astimezone", (zone,)),
            None => Ok(made),
        }
    }

    /// The moment nearest to `ms` that a `datetime` of this time zone can hold: a zone takes hours off the first
    /// day or off the last.
    fn nearest(&self, ms: i64) -> PyResult<i64> {
        let first = (FIRST_MS - self.offset_ms_at("min")?).max(FIRST_MS);
        let last = (LAST_MS - self.offset_ms_at("max")?).min(LAST_MS);
        Ok(ms.clamp(first, last))
    }

    /// How far the time zone is from UTC at one end of the calendar, `min` or `max`.
    fn offset_ms_at(&self, end: &str) -> PyResult<i64> {
        let Some(zone) = &self.codec.tzinfo else { return Ok(0) };
        let end = self.classes.datetime.bind(self.py).getattr(end)?;
        let offset = zone.bind(self.py).call_method1("utcoffset", (end,))?;
        if offset.is_none() {
            return Ok(0);
        }
        let seconds: f64 = offset.call_method0("total_seconds")?.extract()?;
        Ok((seconds * 1000.0) as i64)
    }

    fn cannot_be_held(&self, error: &PyErr) -> PyErr {
        let what =
            format!("{error}: with datetime_conversion='DATETIME_AUTO' such a date is a DatetimeMS instead");
        let made = self
            .py
            .import("nexuslite.bson.errors")
            .and_then(|errors| errors.call_method1("InvalidBSON", (what,)));
        made.map_or_else(|failure| failure, PyErr::from_value)
    }
}

/// The proleptic Gregorian calendar, counted in years that begin with March so that the leap day comes last.
fn civil(ms: i64) -> Civil {
    let (days, of_day) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
    let from_march_0 = days + 719_468;
    let era = from_march_0.div_euclid(146_097);
    let of_era = from_march_0.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let seconds = of_day / 1000;
    Civil {
        year,
        month,
        day,
        hour: seconds / 3600,
        minute: seconds / 60 % 60,
        second: seconds % 60,
        microsecond: of_day % 1000 * 1000,
    }
}
