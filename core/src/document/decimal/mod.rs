//! Decimal128 taken apart: sign, digits and power of ten.
//!
//! Not here: arithmetic (`expression`).

mod exact;
mod text;

#[cfg(test)]
mod tests;

pub(crate) use exact::Magnitude;

/// The largest coefficient: thirty-four nines.
const COEFFICIENT_MAX: u128 = 10_u128.pow(DIGITS_MAX) - 1;
/// How many digits a coefficient may have.
const DIGITS_MAX: u32 = 34;
/// The stored exponent of 10^0.
const BIAS: i32 = 6176;
const EXPONENT_MIN: i32 = -BIAS;
const EXPONENT_MAX: i32 = 6111;

/// A decimal128 number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decimal {
    /// Not a number, of whatever sign and payload.
    NaN,
    /// Larger, or smaller, than every number.
    Infinity {
        /// Whether it is the smaller one.
        negative: bool,
    },
    /// `coefficient` × 10^`exponent`.
    Finite {
        /// Whether the number has a minus sign; a zero may.
        negative: bool,
        /// At most thirty-four digits.
        coefficient: u128,
        /// From -6176 to 6111.
        exponent: i32,
    },
}

impl Decimal {
    /// Reads the BSON form.
    ///
    /// A coefficient of more than thirty-four digits counts as zero, as IEEE 754 demands.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        let bits = u128::from_le_bytes(bytes);
        let negative = bits >> 127 == 1;
        match (bits >> 122) & 0x1F {
            0x1F => return Self::NaN,
            0x1E => return Self::Infinity { negative },
            _ => {}
        }
        let large = (bits >> 125) & 3 == 3;
        let biased = ((bits >> if large { 111 } else { 113 }) & 0x3FFF) as i32;
        let digits = bits & ((1 << 113) - 1);
        let coefficient = if large || digits > COEFFICIENT_MAX { 0 } else { digits };
        Self::Finite { negative, coefficient, exponent: biased - BIAS }
    }

    /// The BSON form.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        let bits = match self {
            Self::NaN => 0x1F << 122,
            Self::Infinity { negative } => ((negative as u128) << 127) | (0x1E << 122),
            Self::Finite { negative, coefficient, exponent } => {
                ((negative as u128) << 127) | (((exponent + BIAS) as u128 & 0x3FFF) << 113) | coefficient
            }
        };
        bits.to_le_bytes()
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self::Finite { negative: number < 0, coefficient: number.unsigned_abs().into(), exponent: 0 }
    }
}

/// How many digits `coefficient` has; none for zero.
const fn digits(coefficient: u128) -> u32 {
    match coefficient.checked_ilog10() {
        Some(log) => log + 1,
        None => 0,
    }
}
