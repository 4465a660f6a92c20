//! Parts of dates, dates as text, and dates some time away.
//!
//! Time zones are offsets from Greenwich; named zones need a database that this version does not carry.

use super::arithmetic::one;
use super::date_parts::{MS_PER_DAY, MS_PER_MINUTE, Moment};
use super::fault::{at, unsupported};
use super::functions::{Evaluate, Function, Named, Parameter, Shape};
use super::item::Item;
use super::node::Node;
use super::number::{int64, number_of, whole};
use super::scope::Scope;
use crate::document::raw::Value;
use crate::error::Result;

pub(super) const FUNCTIONS: &[Function] = &[
    part("$year", |arguments, scope| take(arguments, scope, "$year", |moment| moment.year)),
    part("$month", |arguments, scope| take(arguments, scope, "$month", |moment| moment.month)),
    part("$dayOfMonth", |arguments, scope| take(arguments, scope, "$dayOfMonth", |moment| moment.day)),
    part("$hour", |arguments, scope| take(arguments, scope, "$hour", Moment::hour)),
    part("$minute", |arguments, scope| take(arguments, scope, "$minute", Moment::minute)),
    part("$second", |arguments, scope| take(arguments, scope, "$second", Moment::second)),
    part("$millisecond", |arguments, scope| take(arguments, scope, "$millisecond", Moment::millisecond)),
    part("$dayOfWeek", |arguments, scope| {
        take(arguments, scope, "$dayOfWeek", |moment| moment.weekday() + 1)
    }),
    part("$dayOfYear", |arguments, scope| take(arguments, scope, "$dayOfYear", Moment::day_of_year)),
    part("$week", |arguments, scope| take(arguments, scope, "$week", Moment::week)),
    part("$isoWeek", |arguments, scope| take(arguments, scope, "$isoWeek", |moment| moment.iso_week().1)),
    part("$isoDayOfWeek", |arguments, scope| take(arguments, scope, "$isoDayOfWeek", Moment::iso_weekday)),
    part("$isoWeekYear", |arguments, scope| {
        Ok(match moment_of(arguments, scope)? {
            Some(moment) => int64(moment.iso_week().0),
            None => Item::NULL,
        })
    }),
    Function::new("$dateToString", Shape::Named(TO_STRING), to_string),
    Function::new("$dateAdd", Shape::Named(ADD), |arguments, scope| add(arguments, scope, "$dateAdd", 1)),
    Function::new("$dateSubtract", Shape::Named(ADD), |arguments, scope| {
        add(arguments, scope, "$dateSubtract", -1)
    }),
    Function::new("$dateDiff", Shape::Named(DIFF), diff),
];

const fn part(name: &'static str, evaluate: Evaluate) -> Function {
    Function::new(name, Shape::NamedOrOne(PART), evaluate)
}

const PART: &Named = &Named {
    not_object: 40539,
    unknown: 40535,
    parameters: &[Parameter::required("date", 40539), Parameter::optional("timezone")],
};

const TO_STRING: &Named = &Named {
    not_object: 18629,
    unknown: 18534,
    parameters: &[
        Parameter::required("date", 18628),
        Parameter::optional("format"),
        Parameter::optional("timezone"),
        Parameter::optional("onNull"),
    ],
};

const ADD: &Named = &Named {
    not_object: 5_166_400,
    unknown: 5_166_401,
    parameters: &[
        Parameter::required("startDate", 5_166_402),
        Parameter::required("unit", 5_166_402),
        Parameter::required("amount", 5_166_402),
        Parameter::optional("timezone"),
    ],
};

const DIFF: &Named = &Named {
    not_object: 5_166_301,
    unknown: 5_166_302,
    parameters: &[
        Parameter::required("startDate", 5_166_303),
        Parameter::required("endDate", 5_166_304),
        Parameter::required("unit", 5_166_305),
        Parameter::optional("timezone"),
        Parameter::optional("startOfWeek"),
    ],
};

/// Milliseconds since 1970 of a date, a timestamp or an ObjectId.
pub(super) fn milliseconds(item: &Item<'_>) -> Option<i64> {
    match item.read() {
        Value::DateTime(ms) => Some(ms),
        Value::Timestamp { time, .. } => Some(i64::from(time) * 1000),
        Value::ObjectId([a, b, c, d, ..]) => Some(i64::from(u32::from_be_bytes([a, b, c, d])) * 1000),
        _ => None,
    }
}

fn date_of(item: &Item<'_>) -> Result<i64> {
    milliseconds(item)
        .ok_or_else(|| at(16006, format!("can't convert from BSON type {} to Date", item.type_name())))
}

/// Minutes east of Greenwich; none for null.
fn offset<'a>(arguments: &'a [Node], index: usize, scope: &Scope<'a>) -> Result<Option<i64>> {
    if arguments.get(index).is_none_or(Node::is_absent) {
        return Ok(Some(0));
    }
    let item = one(arguments, index, scope)?;
    if item.is_nullish() {
        return Ok(None);
    }
    let Some(name) = item.as_str() else {
        let seen = item.type_name();
        return Err(at(40517, format!("timezone must evaluate to a string, found {seen}")));
    };
    match name {
        "UTC" | "GMT" | "Z" => Ok(Some(0)),
        _ => match offset_minutes(name) {
            Some(minutes) => Ok(Some(minutes)),
            None if name.starts_with(['+', '-']) || name.is_empty() => {
                Err(at(40485, format!("unrecognized time zone identifier: {name:?}")))
            }
            None => Err(unsupported(format!(
                "the time zone {name:?} is not supported by this version; write UTC or an offset such as +01:00"
            ))),
        },
    }
}

/// Reads `+hh`, `+hhmm` or `+hh:mm`.
fn offset_minutes(text: &str) -> Option<i64> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String =
        text[1..].chars().enumerate().filter(|(at, c)| (*at, *c) != (2, ':')).map(|(_, c)| c).collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        2 => Some(sign * number * 60),
        4 if number % 100 < 60 => Some(sign * (number / 100 * 60 + number % 100)),
        _ => None,
    }
}

/// The moment that the first argument is, in the time zone that the second is; none for null.
fn moment_of<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Option<Moment>> {
    let date = one(arguments, 0, scope)?;
    let Some(offset) = offset(arguments, 1, scope)? else { return Ok(None) };
    if date.is_nullish() {
        return Ok(None);
    }
    Ok(Some(Moment::new(date_of(&date)?, offset)))
}

fn take<'a>(
    arguments: &'a [Node],
    scope: &Scope<'a>,
    name: &str,
    part: fn(&Moment) -> i64,
) -> Result<Item<'a>> {
    let moment = moment_of(arguments, scope).map_err(|error| error.context(name))?;
    // No part of a date but its year grows, and years of 64 bits of milliseconds fit into 32.
    Ok(moment.map_or(Item::NULL, |moment| Item::int32(part(&moment) as i32)))
}

fn to_string<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let date = one(arguments, 0, scope)?;
    let format = match arguments.get(1) {
        None | Some(Node::Absent) => None,
        Some(node) => Some(node.evaluate(scope)?),
    };
    let offset = offset(arguments, 2, scope)?;
    let is_null = |item: &Item<'_>| item.is_nullish();
    if let Some(format) = format.as_ref().filter(|format| !is_null(format) && format.as_str().is_none()) {
        let seen = format.type_name();
        return Err(at(18533, format!("$dateToString requires that 'format' be a string, found: {seen}")));
    }
    if date.is_nullish() {
        return match arguments.get(3) {
            None | Some(Node::Absent) => Ok(Item::NULL),
            Some(on_null) => on_null.evaluate(scope),
        };
    }
    let Some(offset) = offset else { return Ok(Item::NULL) };
    if format.as_ref().is_some_and(is_null) {
        return Ok(Item::NULL);
    }
    let default = if offset == 0 { "%Y-%m-%dT%H:%M:%S.%LZ" } else { "%Y-%m-%dT%H:%M:%S.%L" };
    let format = format.as_ref().and_then(Item::as_str).unwrap_or(default);
    Item::text(&Moment::new(date_of(&date)?, offset).formatted(format)?)
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Months(i64),
    Days(i64),
    Milliseconds(i64),
}

fn unit(item: &Item<'_>, name: &str, [no_text, unknown]: [i32; 2]) -> Result<Unit> {
    let Some(unit) = item.as_str() else {
        let seen = item.type_name();
        return Err(at(no_text, format!("{name} requires 'unit' to be a string, but got {seen}")));
    };
    Ok(match unit {
        "year" => Unit::Months(12),
        "quarter" => Unit::Months(3),
        "month" => Unit::Months(1),
        "week" => Unit::Days(7),
        "day" => Unit::Days(1),
        "hour" => Unit::Milliseconds(60 * MS_PER_MINUTE),
        "minute" => Unit::Milliseconds(MS_PER_MINUTE),
        "second" => Unit::Milliseconds(1000),
        "millisecond" => Unit::Milliseconds(1),
        _ => return Err(super::fault::failed_to_parse(unknown, format!("unknown time unit value: {unit}"))),
    })
}

fn add<'a>(arguments: &'a [Node], scope: &Scope<'a>, name: &str, sign: i64) -> Result<Item<'a>> {
    let [date, unit_item, amount] =
        [one(arguments, 0, scope)?, one(arguments, 1, scope)?, one(arguments, 2, scope)?];
    let offset = offset(arguments, 3, scope)?;
    let Some(offset) = offset else { return Ok(Item::NULL) };
    if date.is_nullish() || unit_item.is_nullish() || amount.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(ms) = milliseconds(&date) else {
        let seen = date.type_name();
        return Err(at(
            5_166_403,
            format!("{name} requires startDate to be convertible to a date, found {seen}"),
        ));
    };
    let unit = unit(&unit_item, name, [5_166_404, 9])?;
    let Some(amount) = number_of(&amount).and_then(whole) else {
        let seen = amount.shown();
        return Err(at(5_166_405, format!("{name} expects an integer amount of time units, found {seen}")));
    };
    let moment = Moment::new(ms, offset);
    let amount = amount.checked_mul(sign);
    let later = amount.and_then(|amount| match unit {
        Unit::Months(months) => moment.months_later(amount.checked_mul(months)?),
        Unit::Days(days) => moment.at_day(moment.day_number.checked_add(amount.checked_mul(days)?)?),
        Unit::Milliseconds(each) => ms.checked_add(amount.checked_mul(each)?),
    });
    match later {
        Some(ms) => Ok(Item::scalar(Value::DateTime(ms))),
        None => Err(at(5_166_406, format!("{name} overflowed: the date is beyond 64 bits of milliseconds"))),
    }
}

/// How many boundaries of the unit lie between two moments.
fn diff<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [start, end, unit_item] =
        [one(arguments, 0, scope)?, one(arguments, 1, scope)?, one(arguments, 2, scope)?];
    let offset = offset(arguments, 3, scope)?;
    let Some(offset) = offset else { return Ok(Item::NULL) };
    if start.is_nullish() || end.is_nullish() || unit_item.is_nullish() {
        return Ok(Item::NULL);
    }
    let date = |item: &Item<'_>, which: &str| {
        milliseconds(item).ok_or_else(|| {
            let seen = item.type_name();
            at(5_166_307, format!("$dateDiff requires '{which}' to be a date, but got {seen}"))
        })
    };
    let (from, to) = (date(&start, "startDate")?, date(&end, "endDate")?);
    let unit = unit(&unit_item, "$dateDiff", [5_439_013, 9])?;
    let (a, b) = (Moment::new(from, offset), Moment::new(to, offset));
    Ok(int64(match unit {
        Unit::Months(each) => months(&b).div_euclid(each) - months(&a).div_euclid(each),
        Unit::Days(7) => {
            let Some(first) = start_of_week(arguments, scope)? else { return Ok(Item::NULL) };
            let week = |moment: &Moment| (moment.day_number + 4 - first).div_euclid(7);
            week(&b) - week(&a)
        }
        Unit::Days(_) => b.day_number - a.day_number,
        Unit::Milliseconds(each) => {
            let boundary = |ms: i64| ms.saturating_add(offset * MS_PER_MINUTE).div_euclid(each);
            match boundary(to).checked_sub(boundary(from)) {
                Some(count) => count,
                None => {
                    return Err(super::fault::overflow("$dateDiff overflowed: the dates are too far apart"));
                }
            }
        }
    }))
}

const _: () = assert!(MS_PER_DAY == 1440 * MS_PER_MINUTE);

fn months(moment: &Moment) -> i64 {
    moment.year * 12 + moment.month - 1
}

/// From 0, Sunday; none for null.
fn start_of_week<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Option<i64>> {
    const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    if arguments.get(4).is_none_or(Node::is_absent) {
        return Ok(Some(0));
    }
    let item = one(arguments, 4, scope)?;
    if item.is_nullish() {
        return Ok(None);
    }
    let Some(name) = item.as_str() else {
        let seen = item.type_name();
        return Err(at(
            5_439_015,
            format!("$dateDiff requires 'startOfWeek' to be a string, but got {seen}"),
        ));
    };
    let lower = name.to_ascii_lowercase();
    let day = DAYS.iter().position(|day| *day == lower || (lower.len() == 3 && day.starts_with(&lower)));
    match day.and_then(|day| i64::try_from(day).ok()) {
        Some(day) => Ok(Some(day)),
        None => Err(super::fault::failed_to_parse(9, format!("unknown day of week value: {name}"))),
    }
}
