//! A moment taken apart by the Gregorian calendar, and put together again.

use super::fault::at;
use crate::document::calendar::{civil, days, days_of_month};
use crate::error::Result;

pub(super) const MS_PER_MINUTE: i64 = 60_000;
pub(super) const MS_PER_DAY: i64 = 86_400_000;

/// A moment as clocks show it so many minutes east of Greenwich.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    offset: i64,
    /// Days since 1970-01-01.
    pub(super) day_number: i64,
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    /// Milliseconds since midnight.
    pub(super) time: i64,
}

impl Moment {
    pub(super) fn new(ms: i64, offset_minutes: i64) -> Self {
        let local = ms.saturating_add(offset_minutes * MS_PER_MINUTE);
        let day_number = local.div_euclid(MS_PER_DAY);
        let (year, month, day) = civil(day_number);
        Self { offset: offset_minutes, day_number, year, month, day, time: local.rem_euclid(MS_PER_DAY) }
    }

    /// Milliseconds since 1970 of the same time of day at another date; none beyond 64 bits.
    pub(super) fn at_day(&self, day_number: i64) -> Option<i64> {
        day_number.checked_mul(MS_PER_DAY)?.checked_add(self.time)?.checked_sub(self.offset * MS_PER_MINUTE)
    }

    /// As [`at_day`](Self::at_day), so many months later, on the month's last day where it has no such day.
    pub(super) fn months_later(&self, months: i64) -> Option<i64> {
        let month = self.year.checked_mul(12)?.checked_add(self.month - 1)?.checked_add(months)?;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        // Years of more digits lie beyond 64 bits of milliseconds.
        if year.abs() > 400_000_000 {
            return None;
        }
        self.at_day(days(year, month, self.day.min(days_of_month(year, month))))
    }

    pub(super) const fn hour(&self) -> i64 {
        self.time / 3_600_000
    }

    pub(super) const fn minute(&self) -> i64 {
        self.time / 60_000 % 60
    }

    pub(super) const fn second(&self) -> i64 {
        self.time / 1000 % 60
    }

    pub(super) const fn millisecond(&self) -> i64 {
        self.time % 1000
    }

    /// From 1, the first of January.
    pub(super) fn day_of_year(&self) -> i64 {
        self.day_number - days(self.year, 1, 1) + 1
    }

    /// From 0, Sunday.
    pub(super) const fn weekday(&self) -> i64 {
        (self.day_number + 4).rem_euclid(7)
    }

    /// From 1, Monday.
    pub(super) const fn iso_weekday(&self) -> i64 {
        (self.day_number + 3).rem_euclid(7) + 1
    }

    /// The week of the year, from 0; weeks begin on Sunday.
    pub(super) fn week(&self) -> i64 {
        (self.day_of_year() + 6 - self.weekday()) / 7
    }

    /// The year and the week, from 1, to which ISO 8601 counts the day: those of its Thursday.
    pub(super) fn iso_week(&self) -> (i64, i64) {
        let thursday = self.day_number - (self.iso_weekday() - 4);
        let (year, _, _) = civil(thursday);
        (year, (thursday - days(year, 1, 1)) / 7 + 1)
    }

    /// The moment as `format` says.
    pub(super) fn formatted(&self, format: &str) -> Result<String> {
        let mut text = String::with_capacity(format.len() + 16);
        let mut signs = format.chars();
        while let Some(sign) = signs.next() {
            if sign != '%' {
                text.push(sign);
                continue;
            }
            let part = match signs.next() {
                Some('%') => "%".to_owned(),
                Some('Y') => four_digits(self.year)?,
                Some('G') => four_digits(self.iso_week().0)?,
                Some('m') => format!("{:02}", self.month),
                Some('d') => format!("{:02}", self.day),
                Some('H') => format!("{:02}", self.hour()),
                Some('M') => format!("{:02}", self.minute()),
                Some('S') => format!("{:02}", self.second()),
                Some('L') => format!("{:03}", self.millisecond()),
                Some('j') => format!("{:03}", self.day_of_year()),
                Some('u') => self.iso_weekday().to_string(),
                Some('w') => (self.weekday() + 1).to_string(),
                Some('U') => format!("{:02}", self.week()),
                Some('V') => format!("{:02}", self.iso_week().1),
                Some('z') => {
                    let (sign, size) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs());
                    format!("{sign}{:02}{:02}", size / 60, size % 60)
                }
                Some('Z') => self.offset.to_string(),
                Some(other) => {
                    return Err(at(
                        18536,
                        format!("invalid format character '%{other}' in the format string {format:?}"),
                    ));
                }
                None => {
                    return Err(at(
                        18535,
                        format!("unmatched '%' at the end of the format string {format:?}"),
                    ));
                }
            };
            text.push_str(&part);
        }
        Ok(text)
    }
}

fn four_digits(year: i64) -> Result<String> {
    if (0..=9999).contains(&year) {
        return Ok(format!("{year:04}"));
    }
    Err(at(18537, format!("could not convert date to string: the year {year} is outside of 0 to 9999")))
}
