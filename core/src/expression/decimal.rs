//! Decimal addition and multiplication, rounded to thirty-four digits, half to even.

use crate::document::decimal::Decimal;

/// How many digits a decimal holds.
const DIGITS: u32 = 34;
/// Digits kept while adding, beyond those that a decimal holds; the last stands for everything behind it.
const GUARD_DIGITS: u32 = 3;
const EXPONENT_MIN: i32 = -6176;
const EXPONENT_MAX: i32 = 6111;
/// How many digits of a double count, as in MongoDB.
const DOUBLE_DIGITS: usize = 15;

/// A finite number on its way; the coefficient may have more digits than a decimal holds.
#[derive(Clone, Copy)]
pub(super) struct Term {
    pub(super) negative: bool,
    pub(super) coefficient: u128,
    pub(super) exponent: i32,
}

/// The sum.
pub(super) fn add(a: Decimal, b: Decimal) -> Decimal {
    match (a, b) {
        (Decimal::NaN, _) | (_, Decimal::NaN) => Decimal::NaN,
        (Decimal::Infinity { negative: a }, Decimal::Infinity { negative: b }) if a != b => Decimal::NaN,
        (infinity @ Decimal::Infinity { .. }, _) | (_, infinity @ Decimal::Infinity { .. }) => infinity,
        (
            Decimal::Finite { negative: n, coefficient: c, exponent: e },
            Decimal::Finite { negative: m, coefficient: d, exponent: f },
        ) => add_finite(
            Term { negative: n, coefficient: c, exponent: e },
            Term { negative: m, coefficient: d, exponent: f },
        ),
    }
}

/// The product.
pub(super) fn multiply(a: Decimal, b: Decimal) -> Decimal {
    use Decimal as D;
    match (a, b) {
        (D::NaN, _) | (_, D::NaN) => D::NaN,
        (D::Infinity { .. }, D::Finite { coefficient: 0, .. })
        | (D::Finite { coefficient: 0, .. }, D::Infinity { .. }) => D::NaN,
        (
            D::Infinity { negative: m } | D::Finite { negative: m, .. },
            D::Infinity { negative: n } | D::Finite { negative: n, .. },
        ) if is_infinite(a) || is_infinite(b) => D::Infinity { negative: m != n },
        (
            D::Finite { negative: m, coefficient: c, exponent: e },
            D::Finite { negative: n, coefficient: d, exponent: f },
        ) => {
            let (coefficient, dropped) = product(c, d);
            round(Term { negative: m != n, coefficient, exponent: e + f + dropped })
        }
        _ => D::NaN,
    }
}

fn is_infinite(number: Decimal) -> bool {
    matches!(number, Decimal::Infinity { .. })
}

/// The product of two coefficients, cut to the digits kept while calculating, and how many digits were cut off.
fn product(a: u128, b: u128) -> (u128, i32) {
    const HALF: u128 = 10_u128.pow(DIGITS / 2);
    const WHOLE: u128 = 10_u128.pow(DIGITS);
    let (a_high, a_low) = (a / HALF, a % HALF);
    let (b_high, b_low) = (b / HALF, b % HALF);
    let middle = a_high * b_low + a_low * b_high;
    let low = a_low * b_low + middle % HALF * HALF;
    let high = a_high * b_high + middle / HALF + low / WHOLE;
    let low = low % WHOLE;
    let cut = digits_of(high).saturating_sub(GUARD_DIGITS);
    let power = 10_u128.pow(cut);
    let coefficient = high * (WHOLE / power) + low / power;
    // As in `raised`: the guard digits are zeros or exact, so a mark cannot be taken for a half.
    let mark = u128::from(!low.is_multiple_of(power) && coefficient.is_multiple_of(5));
    (coefficient + mark, cut.cast_signed())
}

fn add_finite(a: Term, b: Term) -> Decimal {
    // A zero says nothing but how fine the result is; it must not push digits of the other out.
    match (a.coefficient, b.coefficient) {
        (0, 0) => {
            let negative = a.negative && b.negative;
            return Decimal::Finite { negative, coefficient: 0, exponent: a.exponent.min(b.exponent) };
        }
        (0, _) => return refine(b, a.exponent),
        (_, 0) => return refine(a, b.exponent),
        _ => {}
    }
    let (mut high, mut low) = if a.exponent >= b.exponent { (a, b) } else { (b, a) };
    high = lowered(high, low.exponent, DIGITS + GUARD_DIGITS);
    low = raised(low, high.exponent);
    let sum = if high.negative == low.negative {
        Term { coefficient: high.coefficient + low.coefficient, ..high }
    } else if high.coefficient >= low.coefficient {
        let coefficient = high.coefficient - low.coefficient;
        Term { negative: high.negative && coefficient != 0, coefficient, ..high }
    } else {
        Term { coefficient: low.coefficient - high.coefficient, exponent: high.exponent, ..low }
    };
    round(sum)
}

/// The same number with the exponent brought down towards `exponent` as far as its digits allow.
fn refine(term: Term, exponent: i32) -> Decimal {
    round(if exponent < term.exponent { lowered(term, exponent, DIGITS) } else { term })
}

/// Brings the exponent down towards `exponent`, up to `digits` digits.
fn lowered(term: Term, exponent: i32, digits: u32) -> Term {
    let room = digits.saturating_sub(digits_of(term.coefficient));
    let by = term.exponent.abs_diff(exponent).min(room);
    Term {
        coefficient: term.coefficient * 10_u128.pow(by),
        exponent: term.exponent - by.cast_signed(),
        ..term
    }
}

/// Brings the exponent up to `exponent`; what falls off leaves a mark in the last digit.
fn raised(term: Term, exponent: i32) -> Term {
    let by = exponent.abs_diff(term.exponent);
    let (kept, lost) = match 10_u128.checked_pow(by) {
        Some(power) => (term.coefficient / power, !term.coefficient.is_multiple_of(power)),
        None => (0, term.coefficient != 0),
    };
    // The guard digits are zeros or exact, so a mark cannot be taken for a half.
    let mark = u128::from(lost && kept.is_multiple_of(5));
    Term { coefficient: kept + mark, exponent, ..term }
}

/// Rounds to the digits and the exponents that a decimal holds.
pub(super) fn round(term: Term) -> Decimal {
    let Term { negative, mut coefficient, mut exponent } = term;
    let over = digits_of(coefficient).saturating_sub(DIGITS);
    let under = u32::try_from(EXPONENT_MIN.saturating_sub(exponent)).unwrap_or(0);
    let drop = over.max(under);
    if drop > 0 {
        coefficient = half_to_even(coefficient, drop);
        exponent = exponent.saturating_add_unsigned(drop);
        if digits_of(coefficient) > DIGITS {
            coefficient /= 10;
            exponent += 1;
        }
    }
    if exponent > EXPONENT_MAX {
        if coefficient == 0 {
            return Decimal::Finite { negative, coefficient, exponent: EXPONENT_MAX };
        }
        let by = exponent.abs_diff(EXPONENT_MAX);
        if digits_of(coefficient) + by > DIGITS {
            return Decimal::Infinity { negative };
        }
        coefficient *= 10_u128.pow(by);
        exponent = EXPONENT_MAX;
    }
    Decimal::Finite { negative, coefficient, exponent }
}

pub(super) fn half_to_even(coefficient: u128, drop: u32) -> u128 {
    let Some(power) = 10_u128.checked_pow(drop) else { return 0 };
    let (kept, rest) = (coefficient / power, coefficient % power);
    let half = power / 2;
    kept + u128::from(rest > half || (rest == half && kept % 2 == 1))
}

pub(super) fn digits_of(coefficient: u128) -> u32 {
    coefficient.checked_ilog10().map_or(0, |log| log + 1)
}

/// The double, rounded to fifteen digits.
pub(super) fn from_double(number: f64) -> Decimal {
    let negative = number.is_sign_negative();
    if number.is_nan() {
        return Decimal::NaN;
    }
    if number.is_infinite() {
        return Decimal::Infinity { negative };
    }
    if number == 0.0 {
        return Decimal::Finite { negative, coefficient: 0, exponent: 0 };
    }
    let text = format!("{:.*e}", DOUBLE_DIGITS - 1, number.abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let coefficient =
        digits.bytes().filter(u8::is_ascii_digit).fold(0, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    let exponent = exponent.parse::<i32>().unwrap_or(0) - 14;
    round(Term { negative, coefficient, exponent })
}
