//! Numbers of all four types as 64-bit integers.

use crate::document::decimal::Decimal;
use crate::document::raw::{RawValue, Value};

/// An integer, and whether it is the number itself or what is left of it without its fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Truncated {
    integer: i64,
    exact: bool,
}

/// The number without its fraction; none for what is no number, not finite, or beyond 64 bits.
pub(crate) fn truncated(value: RawValue<'_>) -> Option<i64> {
    truncate(value).map(|truncated| truncated.integer)
}

/// The number, when it is an integer of at most 64 bits.
pub(crate) fn exact(value: RawValue<'_>) -> Option<i64> {
    truncate(value).filter(|truncated| truncated.exact).map(|truncated| truncated.integer)
}

fn truncate(value: RawValue<'_>) -> Option<Truncated> {
    match value.read() {
        Value::Int32(number) => Some(Truncated { integer: number.into(), exact: true }),
        Value::Int64(number) => Some(Truncated { integer: number, exact: true }),
        Value::Double(number) => of_double(number),
        Value::Decimal128(bytes) => of_decimal(Decimal::from_bytes(bytes)),
        _ => None,
    }
}

fn of_double(number: f64) -> Option<Truncated> {
    // 2^63: every double from its negative up to below it is an int64 once its fraction is gone.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    let whole = number.trunc();
    (-BEYOND..BEYOND).contains(&whole).then_some(Truncated { integer: whole as i64, exact: whole == number })
}

fn of_decimal(number: Decimal) -> Option<Truncated> {
    let Decimal::Finite { negative, coefficient, exponent } = number else { return None };
    let power = 10_u128.checked_pow(exponent.unsigned_abs());
    let (whole, rest) = match power {
        _ if coefficient == 0 => (0, 0),
        Some(power) if exponent >= 0 => (coefficient.checked_mul(power)?, 0),
        Some(power) => (coefficient / power, coefficient % power),
        None if exponent >= 0 => return None,
        None => (0, coefficient),
    };
    let whole = i128::try_from(whole).ok()?;
    let integer = i64::try_from(if negative { -whole } else { whole }).ok()?;
    Some(Truncated { integer, exact: rest == 0 })
}
