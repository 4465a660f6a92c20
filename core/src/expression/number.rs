//! Addition, multiplication and bits over the four number types.
//!
//! The wider type wins: int32 grows into int64 where it must, an integer meets a double as a double, a decimal makes
//! everything decimal.

use std::fmt;

use super::decimal;
use crate::document::decimal::Decimal;
use crate::document::raw::{RawValue, Value};

/// A number as BSON knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int32(i32),
    Int64(i64),
    Double(f64),
    Decimal(Decimal),
}

impl Number {
    /// The number, when `value` is one.
    pub(crate) fn of(value: RawValue<'_>) -> Option<Self> {
        Some(match value.read() {
            Value::Int32(number) => Self::Int32(number),
            Value::Int64(number) => Self::Int64(number),
            Value::Double(number) => Self::Double(number),
            Value::Decimal128(bytes) => Self::Decimal(Decimal::from_bytes(bytes)),
            _ => return None,
        })
    }

    /// The number as a value.
    pub(crate) fn value(self) -> Value<'static> {
        match self {
            Self::Int32(number) => Value::Int32(number),
            Self::Int64(number) => Value::Int64(number),
            Self::Double(number) => Value::Double(number),
            Self::Decimal(number) => Value::Decimal128(number.to_bytes()),
        }
    }

    /// The sum; none when it is an integer beyond 64 bits.
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        use Number as N;
        Some(match (self, other) {
            (N::Int32(a), N::Int32(b)) => match a.checked_add(b) {
                Some(sum) => N::Int32(sum),
                None => N::Int64(i64::from(a) + i64::from(b)),
            },
            (N::Decimal(_), _) | (_, N::Decimal(_)) => {
                N::Decimal(decimal::add(self.decimal(), other.decimal()))
            }
            (N::Double(_), _) | (_, N::Double(_)) => {
                N::Double(settled(self.double() + other.double(), self.double(), other.double()))
            }
            (N::Int64(_) | N::Int32(_), N::Int64(_) | N::Int32(_)) => {
                N::Int64(self.integer()?.checked_add(other.integer()?)?)
            }
        })
    }

    /// The product; none when it is an integer beyond 64 bits.
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        use Number as N;
        Some(match (self, other) {
            (N::Int32(a), N::Int32(b)) => {
                let product = i64::from(a) * i64::from(b);
                i32::try_from(product).map_or(N::Int64(product), N::Int32)
            }
            (N::Decimal(_), _) | (_, N::Decimal(_)) => {
                N::Decimal(decimal::multiply(self.decimal(), other.decimal()))
            }
            (N::Double(_), _) | (_, N::Double(_)) => {
                N::Double(settled(self.double() * other.double(), self.double(), other.double()))
            }
            (N::Int64(_) | N::Int32(_), N::Int64(_) | N::Int32(_)) => {
                N::Int64(self.integer()?.checked_mul(other.integer()?)?)
            }
        })
    }

    /// Whether it is an int32 or an int64.
    pub(crate) const fn is_integer(self) -> bool {
        matches!(self, Self::Int32(_) | Self::Int64(_))
    }

    /// The integers combined bit by bit: two int32 make an int32, others an int64. Other numbers stay.
    pub(crate) fn combine(self, other: Self, bits: impl Fn(i64, i64) -> i64) -> Self {
        match (self, other) {
            // The bits of the sign are alike in both lengths, so the lower half is what the int32 would make.
            (Self::Int32(a), Self::Int32(b)) => Self::Int32(bits(a.into(), b.into()) as i32),
            _ => match (self.integer(), other.integer()) {
                (Some(a), Some(b)) => Self::Int64(bits(a, b)),
                _ => self,
            },
        }
    }

    fn integer(self) -> Option<i64> {
        match self {
            Self::Int32(number) => Some(number.into()),
            Self::Int64(number) => Some(number),
            Self::Double(_) | Self::Decimal(_) => None,
        }
    }

    /// Only integers and doubles come here.
    #[expect(clippy::cast_precision_loss, reason = "an int64 that meets a double becomes one, as in MongoDB")]
    fn double(self) -> f64 {
        match self {
            Self::Int32(number) => number.into(),
            Self::Int64(number) => number as f64,
            Self::Double(number) => number,
            Self::Decimal(_) => f64::NAN,
        }
    }

    /// The number as a decimal; a double has fifteen digits.
    pub(super) fn decimal(self) -> Decimal {
        match self {
            Self::Int32(number) => Decimal::from(i64::from(number)),
            Self::Int64(number) => Decimal::from(number),
            Self::Double(number) => decimal::from_double(number),
            Self::Decimal(number) => number,
        }
    }
}

/// The result, and where it is not a number the same bits on every machine: those of the operand that was none.
fn settled(result: f64, one: f64, two: f64) -> f64 {
    match (result.is_nan(), one.is_nan(), two.is_nan()) {
        (false, ..) => result,
        (_, true, _) => one,
        (_, _, true) => two,
        _ => f64::NAN,
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int32(number) => write!(f, "{number} (int)"),
            Self::Int64(number) => write!(f, "{number} (long)"),
            Self::Double(number) => write!(f, "{number} (double)"),
            Self::Decimal(number) => write!(f, "{number:?} (decimal)"),
        }
    }
}
