//! `$mod`: what remains of a number when it is divided.

use super::integer;
use crate::document::raw::RawValue;

/// A divisor other than zero, and what must remain, which has the sign of the number divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Modulo {
    divisor: i64,
    remainder: i64,
}

impl Modulo {
    /// None when the divisor is zero.
    pub(crate) fn new(divisor: i64, remainder: i64) -> Option<Self> {
        (divisor != 0).then_some(Self { divisor, remainder })
    }

    /// Fractions are cut off; what is no number, not finite or beyond 64 bits never matches.
    pub(crate) fn holds(&self, value: RawValue<'_>) -> bool {
        // The one division that overflows, of the smallest integer by -1, leaves nothing.
        integer::truncated(value).is_some_and(|number| number.wrapping_rem(self.divisor) == self.remainder)
    }
}
