//! `multipleOf`: whether a number is some times another, exactly.
//!
//! All numbers are decimals here, a double its fifteen digits: 0.3 is three times 0.1.

use crate::document::decimal::Decimal;
use crate::document::raw::RawValue;
use crate::expression::number::Number;

/// A positive number, or not a number, which divides nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Multiple(Decimal);

impl Multiple {
    /// None when `number` is negative or zero.
    pub(crate) fn new(number: Number) -> Option<Self> {
        match number.decimal() {
            Decimal::Finite { negative: true, .. }
            | Decimal::Finite { coefficient: 0, .. }
            | Decimal::Infinity { negative: true } => None,
            positive => Some(Self(positive)),
        }
    }

    pub(super) fn divides(self, value: RawValue<'_>) -> bool {
        let Some(Decimal::Finite { coefficient, exponent, .. }) = Number::of(value).map(Number::decimal)
        else {
            return false;
        };
        match self.0 {
            Decimal::NaN => false,
            _ if coefficient == 0 => true,
            Decimal::Infinity { .. } => false,
            Decimal::Finite { coefficient: divisor, exponent: finest, .. } => {
                is_multiple((coefficient, exponent), (divisor, finest))
            }
        }
    }
}

/// Whether the first number, a coefficient and a power of ten, is some times the second.
fn is_multiple((coefficient, exponent): (u128, i32), (divisor, finest): (u128, i32)) -> bool {
    let power = exponent.abs_diff(finest);
    if exponent >= finest {
        return times(coefficient % divisor, power_of_ten(power, divisor), divisor) == 0;
    }
    // The number is written finer than the divisor, whose power of ten must then be in it.
    let divisor = 10_u128.checked_pow(power).and_then(|power| divisor.checked_mul(power));
    divisor.is_some_and(|divisor| coefficient.is_multiple_of(divisor))
}

/// 10 to the `power`, modulo `divisor`.
fn power_of_ten(mut power: u32, divisor: u128) -> u128 {
    let (mut result, mut square) = (1 % divisor, 10 % divisor);
    while power > 0 {
        if power % 2 == 1 {
            result = times(result, square, divisor);
        }
        square = times(square, square, divisor);
        power /= 2;
    }
    result
}

/// The product modulo `divisor`, by doubling. Both factors are below it, and it has at most 113 bits.
fn times(mut a: u128, mut b: u128, divisor: u128) -> u128 {
    let mut result = 0;
    while b > 0 {
        if b % 2 == 1 {
            result = (result + a) % divisor;
        }
        a = (a * 2) % divisor;
        b /= 2;
    }
    result
}
