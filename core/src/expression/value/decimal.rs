//! Decimal division, remainder and rounding, each rounded once, half to even.
//!
//! Not here: addition and multiplication (`expression/decimal`), and what has no exact answer: roots, powers and logarithms.

use std::cmp::Ordering;

use crate::document::decimal::Decimal;
use crate::expression::decimal::{Term, digits_of, half_to_even, round};

/// How many digits a decimal holds.
const DIGITS: u32 = 34;
/// Digits kept on the way; those beyond a decimal's own, the last of which stands for all behind it.
const KEPT_DIGITS: u32 = DIGITS + 2;
const EXPONENT_MAX: i32 = 6111;

/// How a number is brought to fewer places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    HalfToEven,
    TowardsZero,
    Down,
    Up,
}

pub(super) const ZERO: Decimal = Decimal::Finite { negative: false, coefficient: 0, exponent: 0 };

pub(super) fn negate(number: Decimal) -> Decimal {
    match number {
        Decimal::NaN => Decimal::NaN,
        Decimal::Infinity { negative } => Decimal::Infinity { negative: !negative },
        Decimal::Finite { negative, coefficient, exponent } => {
            Decimal::Finite { negative: !negative, coefficient, exponent }
        }
    }
}

pub(super) fn absolute(number: Decimal) -> Decimal {
    if is_negative(number) { negate(number) } else { number }
}

pub(super) fn is_zero(number: Decimal) -> bool {
    matches!(number, Decimal::Finite { coefficient: 0, .. })
}

/// Whether the number has a minus sign; a zero may.
pub(super) fn is_negative(number: Decimal) -> bool {
    matches!(number, Decimal::Infinity { negative: true } | Decimal::Finite { negative: true, .. })
}

/// Makes the last digit say that something smaller follows, so that it cannot be taken for a half or for nothing.
fn marked(kept: u128, lost: bool) -> u128 {
    kept + u128::from(lost && kept.is_multiple_of(5))
}

/// The quotient; the divisor is not zero.
pub(super) fn divide(a: Decimal, b: Decimal) -> Decimal {
    let negative = is_negative(a) != is_negative(b);
    match (a, b) {
        (Decimal::NaN, _) | (_, Decimal::NaN) | (Decimal::Infinity { .. }, Decimal::Infinity { .. }) => {
            Decimal::NaN
        }
        (Decimal::Infinity { .. }, _) => Decimal::Infinity { negative },
        (_, Decimal::Infinity { .. }) => round(Term { negative, coefficient: 0, exponent: -6176 }),
        (
            Decimal::Finite { coefficient: c, exponent: e, .. },
            Decimal::Finite { coefficient: d, exponent: f, .. },
        ) => round(quotient(negative, (c, e), (d, f))),
    }
}

/// Digit by digit until the division comes out or the digits suffice.
fn quotient(negative: bool, (a, a_exponent): (u128, i32), (b, b_exponent): (u128, i32)) -> Term {
    let ideal = a_exponent - b_exponent;
    let Some(mut coefficient) = a.checked_div(b) else {
        return Term { negative, coefficient: 0, exponent: ideal };
    };
    let (mut rest, mut exponent) = (a % b, ideal);
    while rest > 0 && digits_of(coefficient) < KEPT_DIGITS {
        coefficient = coefficient * 10 + rest * 10 / b;
        rest = rest * 10 % b;
        exponent -= 1;
    }
    Term { negative, coefficient: marked(coefficient, rest > 0), exponent }
}

/// What division towards zero leaves, with the sign of the dividend; the divisor is not zero.
pub(super) fn remainder(a: Decimal, b: Decimal) -> Decimal {
    let (
        Decimal::Finite { negative, coefficient: c, exponent: e },
        Decimal::Finite { coefficient: d, exponent: f, .. },
    ) = (a, b)
    else {
        let stays = matches!((a, b), (Decimal::Finite { .. }, Decimal::Infinity { .. }));
        return if stays { a } else { Decimal::NaN };
    };
    let exponent = e.min(f);
    let divisor_digits =
        d.checked_mul(10_u128.checked_pow((f - exponent).unsigned_abs()).unwrap_or(u128::MAX));
    let Some(divisor) = divisor_digits else {
        return remainder_of_far_larger(a, b);
    };
    let mut rest = c % divisor;
    for _ in 0..e - exponent {
        rest = times_ten_modulo(rest, divisor);
        if rest == 0 {
            break;
        }
    }
    round(Term { negative, coefficient: rest, exponent })
}

/// The divisor's exponent is so much larger that its digits cannot be written beside the dividend's.
fn remainder_of_far_larger(a: Decimal, b: Decimal) -> Decimal {
    // The dividend has at most 34 digits, and the divisor stands above them all.
    match absolute(a).compare(&absolute(b)) {
        Ordering::Less => a,
        _ => Decimal::NaN,
    }
}

/// Ten times `rest`, modulo `divisor`, of which `rest` is smaller; neither step leaves 128 bits.
fn times_ten_modulo(rest: u128, divisor: u128) -> u128 {
    let double = |number: u128| {
        let left = divisor - number;
        if number >= left { number - left } else { number + number }
    };
    let two = double(rest);
    let eight = double(double(two));
    let left = divisor - two;
    if eight >= left { eight - left } else { eight + two }
}

/// The number with at most `places` digits behind the point; fewer than zero round before it.
pub(super) fn to_places(number: Decimal, places: i32, rounding: Rounding) -> Decimal {
    let Decimal::Finite { negative, coefficient, exponent } = number else { return number };
    let wanted = -places;
    if exponent >= wanted {
        return with_exponent_towards(negative, coefficient, exponent, wanted);
    }
    let drop = (wanted - exponent).unsigned_abs();
    let power = 10_u128.checked_pow(drop);
    let (kept, rest) = power.map_or((0, coefficient), |power| (coefficient / power, coefficient % power));
    let away = match rounding {
        Rounding::HalfToEven => half_to_even(coefficient, drop) > kept,
        Rounding::TowardsZero => false,
        Rounding::Down => negative && rest > 0,
        Rounding::Up => !negative && rest > 0,
    };
    let coefficient = kept + u128::from(away);
    round(Term { negative, coefficient, exponent: wanted.min(EXPONENT_MAX) })
}

/// The same number with zeros behind it, as many as its digits allow.
fn with_exponent_towards(negative: bool, coefficient: u128, exponent: i32, wanted: i32) -> Decimal {
    let room = DIGITS - digits_of(coefficient).min(DIGITS);
    let by = exponent.abs_diff(wanted).min(room);
    round(Term {
        negative,
        coefficient: coefficient * 10_u128.pow(by),
        exponent: exponent - by.cast_signed(),
    })
}

/// The nearest double.
pub(super) fn to_double(number: Decimal) -> f64 {
    match number {
        Decimal::NaN => f64::NAN,
        Decimal::Infinity { negative: true } => f64::NEG_INFINITY,
        Decimal::Infinity { negative: false } => f64::INFINITY,
        Decimal::Finite { negative, coefficient, exponent } => {
            let sign = if negative { "-" } else { "" };
            format!("{sign}{coefficient}e{exponent}").parse().unwrap_or(f64::NAN)
        }
    }
}

/// The number without its fraction, within 64 bits.
pub(super) fn truncated(number: Decimal) -> Option<i64> {
    match to_places(number, 0, Rounding::TowardsZero) {
        Decimal::Finite { negative, coefficient, exponent } => {
            let power = 10_u128.checked_pow(exponent.unsigned_abs());
            let size = match (coefficient, power) {
                (0, _) => 0,
                (_, Some(power)) if exponent >= 0 => coefficient.checked_mul(power)?,
                (_, Some(power)) => coefficient / power,
                (_, None) => return None,
            };
            let size = i128::try_from(size).ok()?;
            i64::try_from(if negative { -size } else { size }).ok()
        }
        _ => None,
    }
}

/// The whole number, within 64 bits; none where there is a fraction.
pub(super) fn whole(number: Decimal) -> Option<i64> {
    let whole = truncated(number)?;
    number.compare(&Decimal::from(whole)).is_eq().then_some(whole)
}

/// The double with all its digits, as far as a decimal holds them.
pub(super) fn from_double_exactly(number: f64) -> Decimal {
    if !number.is_finite() || number == 0.0 {
        return crate::expression::decimal::from_double(number);
    }
    let text = format!("{:.*e}", DIGITS as usize - 1, number.abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = digits.bytes().filter(u8::is_ascii_digit);
    let mut coefficient = digits.fold(0, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    let mut exponent = exponent.parse::<i32>().unwrap_or(0) + 1 - DIGITS.cast_signed();
    while exponent < 0 && coefficient.is_multiple_of(10) {
        coefficient /= 10;
        exponent += 1;
    }
    round(Term { negative: number.is_sign_negative(), coefficient, exponent })
}
