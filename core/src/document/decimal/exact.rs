//! Comparison by exact value, with decimals and with doubles.

use std::cmp::Ordering;

use super::{DIGITS_MAX, Decimal, digits};

/// A number above zero, written `0.d1d2d3… × 10^scale` with exactly thirty-four digits, the first not zero.
///
/// Ordered as the numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Magnitude {
    pub(crate) scale: i32,
    pub(crate) digits: u128,
}

impl Magnitude {
    /// The magnitude of `coefficient` × 10^`exponent`, unless that is zero.
    pub(crate) const fn of(coefficient: u128, exponent: i32) -> Option<Self> {
        let count = digits(coefficient);
        if count == 0 {
            return None;
        }
        Some(Self { scale: exponent + count as i32, digits: coefficient * 10_u128.pow(DIGITS_MAX - count) })
    }

    /// The largest double that is not above the number, and whether it is the number.
    pub(crate) fn to_double_below(self) -> (f64, bool) {
        let (coefficient, exponent) = self.shortest();
        let near = nearest_double(coefficient, exponent);
        match self.compare_with_double(near) {
            Ordering::Less => (near.next_down(), false),
            order => (near, order.is_eq()),
        }
    }

    /// By exact value with a double that is zero, above zero or infinite.
    pub(crate) fn compare_with_double(self, double: f64) -> Ordering {
        // Doubles end above 4.9 × 10^-324 and below 1.8 × 10^308.
        if double == 0.0 || (double.is_finite() && self.scale > 309) {
            return Ordering::Greater;
        }
        if double.is_infinite() || self.scale < -323 {
            return Ordering::Less;
        }
        let (mut coefficient, exponent) = self.shortest();
        let (mut mantissa, power) = parts(double);
        // Common powers of two cost nothing to leave out: they make most comparisons fit into 128 bits.
        let twos = coefficient.trailing_zeros().min(mantissa.trailing_zeros());
        coefficient >>= twos;
        mantissa >>= twos;
        let mut decimal = Natural::from(coefficient);
        let mut binary = Natural::from(u128::from(mantissa));
        if exponent >= 0 { &mut decimal } else { &mut binary }.times_power_of_five(exponent.unsigned_abs());
        let shift = exponent - power;
        if shift >= 0 { &mut decimal } else { &mut binary }.shift_left(shift.unsigned_abs());
        decimal.cmp(&binary)
    }

    /// Coefficient and exponent without trailing zeros.
    const fn shortest(self) -> (u128, i32) {
        let (mut coefficient, mut exponent) = (self.digits, self.scale - DIGITS_MAX as i32);
        let mut step = 16;
        while step > 0 {
            let power = 10_u128.pow(step);
            while coefficient % power == 0 {
                coefficient /= power;
                exponent += step as i32;
            }
            step /= 2;
        }
        (coefficient, exponent)
    }
}

impl Decimal {
    /// By exact value; NaN equals NaN and comes before all others.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        let (a, b) = (self.rank(), other.rank());
        a.cmp(&b).then_with(|| match (self.magnitude(), other.magnitude()) {
            (Some(x), Some(y)) => {
                if a < 0 {
                    y.cmp(&x)
                } else {
                    x.cmp(&y)
                }
            }
            _ => Ordering::Equal,
        })
    }

    /// By exact value; NaN equals NaN and comes before all others.
    #[must_use]
    pub fn compare_with_double(&self, other: f64) -> Ordering {
        let (a, b) = (self.rank(), double_rank(other));
        a.cmp(&b).then_with(|| match self.magnitude() {
            Some(magnitude) if a < 0 => magnitude.compare_with_double(-other).reverse(),
            Some(magnitude) => magnitude.compare_with_double(other),
            None => Ordering::Equal,
        })
    }

    /// The number without its sign, unless it is zero, infinite or none.
    pub(crate) const fn magnitude(&self) -> Option<Magnitude> {
        match *self {
            Self::Finite { coefficient, exponent, .. } => Magnitude::of(coefficient, exponent),
            _ => None,
        }
    }

    /// NaN, -∞, below zero, zero, above zero, ∞ as -3 to 2.
    const fn rank(&self) -> i8 {
        match *self {
            Self::NaN => -3,
            Self::Infinity { negative: true } => -2,
            Self::Infinity { negative: false } => 2,
            Self::Finite { coefficient: 0, .. } => 0,
            Self::Finite { negative: true, .. } => -1,
            Self::Finite { negative: false, .. } => 1,
        }
    }
}

fn double_rank(number: f64) -> i8 {
    match number {
        _ if number.is_nan() => -3,
        f64::NEG_INFINITY => -2,
        f64::INFINITY => 2,
        _ if number == 0.0 => 0,
        _ => {
            if number < 0.0 {
                -1
            } else {
                1
            }
        }
    }
}

/// A positive double as `mantissa` × 2^`power`.
const fn parts(double: f64) -> (u64, i32) {
    let bits = double.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52) as i32 & 0x7FF);
    if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) }
}

/// The powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

fn nearest_double(coefficient: u128, exponent: i32) -> f64 {
    // Both numbers are exact doubles, so the one rounding is that of the operation.
    if coefficient < 1 << 53
        && let Some(power) = EXACT_POWERS.get(exponent.unsigned_abs() as usize)
    {
        return if exponent < 0 { coefficient as f64 / power } else { coefficient as f64 * power };
    }
    format!("{coefficient}e{exponent}").parse().unwrap_or(f64::INFINITY)
}

/// A natural number of any size, least limb first, the last limb not zero.
#[derive(Debug, PartialEq, Eq)]
struct Natural(Vec<u64>);

impl Natural {
    fn times_power_of_five(&mut self, mut power: u32) {
        const STEP: u32 = 27;
        while power > 0 {
            self.times(5_u64.pow(power.min(STEP)));
            power = power.saturating_sub(STEP);
        }
    }

    fn times(&mut self, factor: u64) {
        let mut carry = 0;
        for limb in &mut self.0 {
            let product = u128::from(*limb) * u128::from(factor) + carry;
            *limb = product as u64;
            carry = product >> 64;
        }
        if carry > 0 {
            self.0.push(carry as u64);
        }
    }

    fn shift_left(&mut self, bits: u32) {
        self.times(1 << (bits % 64));
        self.0.splice(0..0, std::iter::repeat_n(0, bits as usize / 64));
    }
}

impl From<u128> for Natural {
    fn from(number: u128) -> Self {
        let mut limbs = vec![number as u64, (number >> 64) as u64];
        limbs.truncate(if limbs[1] == 0 { 1 } else { 2 });
        Self(limbs)
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
