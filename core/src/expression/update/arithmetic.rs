//! `$inc`, `$mul` and `$bit`.

use super::action::{Action, BitOperator};
use super::apply::{Apply, Place};
use super::fault::{bad, id_of, wrong_type};
use crate::document::raw::RawValue;
use crate::error::{Result, code};
use crate::expression::number::Number;

impl Apply<'_> {
    /// The number that `action` makes of `value`.
    pub(super) fn number(&self, value: RawValue<'_>, action: &Action, place: &Place<'_>) -> Result<Number> {
        let (by, made) = match action {
            Action::Bit(operators) => return self.bits(value, operators, place),
            Action::Increment(by) => (*by, self.numeric(value, action, place)?.plus(*by)),
            Action::Multiply(by) => (*by, self.numeric(value, action, place)?.times(*by)),
            _ => return Err(crate::Error::internal("an operator without arithmetic")),
        };
        made.ok_or_else(|| {
            let old = Number::of(value).map_or_else(String::new, |number| number.to_string());
            bad(format!(
                "cannot apply {} of {by} at '{}' of the document with _id {}: the result with {old} is over 64 bits",
                action.name(),
                place.path(),
                id_of(self.doc),
            ))
        })
    }

    fn numeric(&self, value: RawValue<'_>, action: &Action, place: &Place<'_>) -> Result<Number> {
        let fault = || wrong_type(code::TYPE_MISMATCH, action.name(), "non-numeric", self.doc, place, value);
        Number::of(value).ok_or_else(fault)
    }

    fn bits(
        &self,
        value: RawValue<'_>,
        operators: &[(BitOperator, Number)],
        place: &Place<'_>,
    ) -> Result<Number> {
        let number = Number::of(value).filter(|number| number.is_integer());
        let fault = || wrong_type(code::BAD_VALUE, "$bit", "non-integral", self.doc, place, value);
        number.map(|number| combined(number, operators)).ok_or_else(fault)
    }
}

/// The number that `action` makes where nothing stands; none when it makes no number.
pub(super) fn from_nothing(action: &Action) -> Option<Number> {
    match action {
        Action::Increment(by) => Some(*by),
        Action::Multiply(by) => by.times(Number::Int32(0)),
        Action::Bit(operators) => Some(combined(Number::Int32(0), operators)),
        _ => None,
    }
}

/// Two int32 make an int32, anything else an int64.
fn combined(number: Number, operators: &[(BitOperator, Number)]) -> Number {
    operators.iter().fold(number, |number, (operator, operand)| match operator {
        BitOperator::And => number.combine(*operand, |a, b| a & b),
        BitOperator::Or => number.combine(*operand, |a, b| a | b),
        BitOperator::Xor => number.combine(*operand, |a, b| a ^ b),
    })
}
