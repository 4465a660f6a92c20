//! A running sum over numbers of all types that loses nothing on the way.
//!
//! Integers are summed as integers, doubles as a sum and what rounding left off it, decimals as decimals; they meet
//! once, at the end.

use super::decimal;
use super::item::Item;
use super::number;
use crate::document::decimal::Decimal;
use crate::expression::decimal::add;
use crate::expression::number::Number;

#[derive(Debug, Clone, Copy)]
pub(super) struct Total {
    widest: Width,
    integers: i128,
    /// The doubles' sum, and what rounding left off it.
    sum: f64,
    rest: f64,
    /// What is not finite, and the finite beside it, summed plainly.
    special: Option<f64>,
    decimals: Decimal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    Int32,
    Int64,
    Double,
    Decimal,
}

impl Total {
    pub(super) const fn new() -> Self {
        Self {
            widest: Width::Int32,
            integers: 0,
            sum: 0.0,
            rest: 0.0,
            special: None,
            decimals: decimal::ZERO,
        }
    }

    pub(super) fn add(&mut self, number: Number) {
        let width = match number {
            Number::Int32(number) => {
                self.integers += i128::from(number);
                Width::Int32
            }
            Number::Int64(number) => {
                self.integers += i128::from(number);
                Width::Int64
            }
            Number::Double(number) => {
                self.add_double(number);
                Width::Double
            }
            Number::Decimal(number) => {
                self.decimals = add(self.decimals, number);
                Width::Decimal
            }
        };
        self.widest = self.widest.max(width);
    }

    fn add_double(&mut self, number: f64) {
        let sum = self.sum + number;
        if !sum.is_finite() {
            self.special = Some(self.special.unwrap_or(self.sum) + number);
            return;
        }
        let back = sum - self.sum;
        self.rest += (self.sum - (sum - back)) + (number - back);
        self.sum = sum;
    }

    /// The sum, in the widest type that was met; integers beyond 64 bits become a double.
    pub(super) fn item(self) -> Item<'static> {
        match self.widest {
            Width::Decimal => number::decimal_item(self.decimal()),
            Width::Double => number::double(self.double()),
            Width::Int64 | Width::Int32 => match i64::try_from(self.integers) {
                Ok(sum) if self.widest == Width::Int64 => number::int64(sum),
                Ok(sum) => number::int32_or_int64(sum),
                Err(_) => number::double(self.double()),
            },
        }
    }

    pub(super) const fn is_decimal(&self) -> bool {
        matches!(self.widest, Width::Decimal)
    }

    /// The sum of all but the decimals.
    #[expect(clippy::cast_precision_loss, reason = "what the first conversion lost is converted after it")]
    pub(super) fn double(&self) -> f64 {
        if let Some(special) = self.special {
            return special;
        }
        let mut whole = *self;
        let high = self.integers as f64;
        let low = (self.integers - high as i128) as f64;
        whole.add_double(high);
        whole.add_double(low);
        whole.special.unwrap_or(whole.sum + whole.rest)
    }

    pub(super) fn decimal(&self) -> Decimal {
        let doubles = match self.special {
            Some(special) => decimal::from_double_exactly(special),
            None => add(decimal::from_double_exactly(self.sum), decimal::from_double_exactly(self.rest)),
        };
        let doubles = if self.sum == 0.0 && self.special.is_none() { decimal::ZERO } else { doubles };
        add(add(self.decimals, doubles), self.integers_as_decimal())
    }

    fn integers_as_decimal(&self) -> Decimal {
        Decimal::Finite {
            negative: self.integers < 0,
            coefficient: self.integers.unsigned_abs(),
            exponent: 0,
        }
    }

    /// The whole sum as milliseconds; none beyond 64 bits. Fractions round half away from zero.
    pub(super) fn milliseconds(&self) -> Option<i64> {
        match self.widest {
            Width::Int32 | Width::Int64 => i64::try_from(self.integers).ok(),
            Width::Double => {
                let fraction = (self.sum + self.rest).round();
                let fraction = number::whole_double(self.special.unwrap_or(fraction))?;
                i64::try_from(self.integers + i128::from(fraction)).ok()
            }
            Width::Decimal => {
                decimal::truncated(decimal::to_places(self.decimal(), 0, decimal::Rounding::HalfToEven))
            }
        }
    }
}
