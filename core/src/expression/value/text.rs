//! Values as text, as string operators take them.

use super::date_parts::Moment;
use super::fault::at;
use super::item::Item;
use crate::document::decimal::Decimal;
use crate::document::raw::Value;
use crate::error::Result;

/// The value as text: numbers and dates are written, null and missing values are empty.
pub(super) fn coerced(item: &Item<'_>) -> Result<String> {
    Ok(match item.read() {
        Value::String(text) | Value::Symbol(text) | Value::Code(text) => text.to_owned(),
        Value::Int32(number) => number.to_string(),
        Value::Int64(number) => number.to_string(),
        Value::Double(number) => of_double(number),
        Value::Decimal128(bytes) => Decimal::from_bytes(bytes).to_string(),
        Value::DateTime(ms) => of_date(ms)?,
        Value::Null | Value::Undefined => String::new(),
        _ => {
            let seen = item.type_name();
            return Err(at(
                16007,
                format!("can't convert from BSON type {seen} to String: {}", item.shown()),
            ));
        }
    })
}

/// The moment as `2024-02-29T12:00:00.123Z`.
pub(super) fn of_date(ms: i64) -> Result<String> {
    Moment::new(ms, 0).formatted("%Y-%m-%dT%H:%M:%S.%LZ")
}

/// How many digits of a double are written.
const DIGITS: i32 = 16;

/// Sixteen digits at most, none behind the last that is not zero; very large and very small numbers with an exponent.
pub(super) fn of_double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number < 0.0 { "-Infinity" } else { "Infinity" }.to_owned();
    }
    let scientific = format!("{number:.*e}", DIGITS as usize - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..DIGITS).contains(&exponent) {
        let behind = usize::try_from(DIGITS - 1 - exponent).unwrap_or(0);
        return without_zeros(&format!("{number:.behind$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", without_zeros(mantissa), exponent.abs())
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
