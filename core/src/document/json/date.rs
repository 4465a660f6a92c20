//! Moments as text: RFC 3339, and back.
//!
//! Our own, in the proleptic Gregorian calendar over all of `i64` milliseconds: libraries stop at the year 9999 or
//! cut extreme moments off without a word.

use crate::document::calendar::{civil, days, days_of_month};

const MS_PER_SECOND: i64 = 1000;
const MS_PER_DAY: i64 = 86_400 * MS_PER_SECOND;
/// The last millisecond of the year 9999.
const LATEST: i64 = 253_402_300_799_999;

/// The moment `ms` milliseconds after 1970 as text, when its year is from 1970 to 9999.
///
/// Without a fraction when there is none, else with three digits.
#[must_use]
pub fn format_date(ms: i64) -> Option<String> {
    if !(0..=LATEST).contains(&ms) {
        return None;
    }
    let (year, month, day) = civil(ms.div_euclid(MS_PER_DAY));
    let (seconds, fraction) = (ms.rem_euclid(MS_PER_DAY) / MS_PER_SECOND, ms.rem_euclid(MS_PER_SECOND));
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if fraction > 0 {
        text.push_str(&format!(".{fraction:03}"));
    }
    text.push('Z');
    Some(text)
}

/// The moment that an RFC 3339 text names, in milliseconds after 1970, or what is wrong with it.
///
/// The offset may lack its colon or its minutes; digits beyond milliseconds are cut off.
pub fn parse_date(text: &str) -> Result<i64, &'static str> {
    const SHAPE: &str = "expected YYYY-MM-DDThh:mm:ss, perhaps a fraction, and Z or an offset such as +01:00";
    let mut reader = Reader { rest: text.as_bytes() };
    let year = reader.digits(4).ok_or(SHAPE)?;
    let month = reader.after(b"-").and_then(|()| reader.digits(2)).ok_or(SHAPE)?;
    let day = reader.after(b"-").and_then(|()| reader.digits(2)).ok_or(SHAPE)?;
    let hour = reader.after(b"Tt ").and_then(|()| reader.digits(2)).ok_or(SHAPE)?;
    let minute = reader.after(b":").and_then(|()| reader.digits(2)).ok_or(SHAPE)?;
    let second = reader.after(b":").and_then(|()| reader.digits(2)).ok_or(SHAPE)?;
    let fraction = if reader.after(b".").is_some() { reader.fraction().ok_or(SHAPE)? } else { 0 };
    let offset = reader.offset().ok_or(SHAPE)?;
    if !(1..=12).contains(&month) {
        return Err("there is no such month");
    }
    if !(1..=days_of_month(year, month)).contains(&day) {
        return Err("the month has no such day");
    }
    if hour > 23 || minute > 59 || second > 59 {
        return Err("there is no such time of day");
    }
    if offset.abs() >= 24 * 60 {
        return Err("there is no such offset");
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + (minute - offset) * 60 + second;
    Ok(seconds * MS_PER_SECOND + fraction)
}

struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    /// Takes exactly `count` digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        digits
            .iter()
            .try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    }

    /// Takes one of `bytes`.
    fn after(&mut self, bytes: &[u8]) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        bytes.contains(first).then(|| self.rest = rest)
    }

    /// Takes all digits of a fraction of a second and keeps the milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        let digit = |at: usize| digits.get(at).map_or(0, |byte| i64::from(byte - b'0'));
        (count > 0).then(|| digit(0) * 100 + digit(1) * 10 + digit(2))
    }

    /// Takes the rest: minutes east of Greenwich.
    fn offset(&mut self) -> Option<i64> {
        if self.after(b"Zz").is_some() {
            return self.rest.is_empty().then_some(0);
        }
        let sign = if self.after(b"-").is_some() { -1 } else { self.after(b"+").map(|()| 1)? };
        let hours = self.digits(2)?;
        let minutes = if self.rest.is_empty() {
            0
        } else {
            let _ = self.after(b":");
            self.digits(2)?
        };
        (self.rest.is_empty() && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }
}
