//! Decimals as text, exactly: nothing is rounded in either direction.

use std::fmt;
use std::str::FromStr;

use super::{COEFFICIENT_MAX, DIGITS_MAX, Decimal, EXPONENT_MAX, EXPONENT_MIN};
use crate::error::{Error, Result, code};

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (negative, coefficient, exponent) = match *self {
            Self::NaN => return f.write_str("NaN"),
            Self::Infinity { negative } => {
                return f.write_str(if negative { "-Infinity" } else { "Infinity" });
            }
            Self::Finite { negative, coefficient, exponent } => (negative, coefficient, exponent),
        };
        if negative {
            f.write_str("-")?;
        }
        let digits = coefficient.to_string();
        let scientific = exponent + digits.len() as i32 - 1;
        if exponent > 0 || scientific < -6 {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            return write!(f, "{first}{point}{rest}E{scientific:+}");
        }
        let behind = exponent.unsigned_abs() as usize;
        match digits.len().checked_sub(behind) {
            _ if behind == 0 => f.write_str(&digits),
            Some(before @ 1..) => write!(f, "{}.{}", &digits[..before], &digits[before..]),
            _ => write!(f, "0.{digits:0>behind$}"),
        }
    }
}

impl FromStr for Decimal {
    type Err = Error;

    /// Reads digits with an optional point and exponent, `NaN`, `Infinity` or `Inf`, in any case.
    ///
    /// # Errors
    /// `Invalid`, `FailedToParse` (9), for anything else, and for a number that decimal128 cannot hold exactly.
    fn from_str(text: &str) -> Result<Self> {
        parse(text).map_err(|what| {
            let mut seen: String = text.chars().take(80).collect();
            if seen.len() < text.len() {
                seen.push('…');
            }
            Error::invalid(code::FAILED_TO_PARSE, format!("\"{seen}\" is no decimal128: {what}"))
        })
    }
}

fn parse(text: &str) -> Result<Decimal, &'static str> {
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if unsigned.eq_ignore_ascii_case("nan") {
        return Ok(Decimal::NaN);
    }
    if unsigned.eq_ignore_ascii_case("infinity") || unsigned.eq_ignore_ascii_case("inf") {
        return Ok(Decimal::Infinity { negative });
    }
    let (number, power) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], parse_exponent(&unsigned[at + 1..])?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 {
        return Err("there are no digits");
    }
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err("only digits, one point and an exponent are allowed");
    }
    let mut coefficient = 0_u128;
    let mut dropped = 0_i64;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let grown = coefficient * 10 + u128::from(byte - b'0');
        if dropped == 0 && grown <= COEFFICIENT_MAX {
            coefficient = grown;
        } else if byte == b'0' {
            dropped += 1;
        } else {
            return Err("it has more than 34 digits");
        }
    }
    let exponent = power - fraction.len() as i64 + dropped;
    fit(negative, coefficient, exponent)
}

/// An exponent of any size, held within what an `i64` can count with safely.
fn parse_exponent(text: &str) -> Result<i64, &'static str> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the exponent is not a whole number");
    }
    let far = i64::from(u32::MAX);
    let size = digits.bytes().fold(0, |sum, byte| far.min(sum * 10 + i64::from(byte - b'0')));
    Ok(if negative { -size } else { size })
}

/// Moves zeros between coefficient and exponent until the exponent is in range.
fn fit(negative: bool, mut coefficient: u128, mut exponent: i64) -> Result<Decimal, &'static str> {
    let (min, max) = (i64::from(EXPONENT_MIN), i64::from(EXPONENT_MAX));
    if coefficient == 0 {
        exponent = exponent.clamp(min, max);
    }
    if exponent > max + i64::from(DIGITS_MAX) {
        return Err("it is too large");
    }
    while exponent > max {
        coefficient *= 10;
        exponent -= 1;
        if coefficient > COEFFICIENT_MAX {
            return Err("it is too large");
        }
    }
    while exponent < min {
        if !coefficient.is_multiple_of(10) {
            return Err("it is too close to zero");
        }
        coefficient /= 10;
        exponent += 1;
    }
    let exponent = i32::try_from(exponent).map_err(|_| "it is too large")?;
    Ok(Decimal::Finite { negative, coefficient, exponent })
}
