//! Numbers as arguments: which kind they are, and how one kind is read as another.

use super::decimal;
use super::item::Item;
use crate::document::decimal::Decimal;
use crate::document::raw::Value;
use crate::expression::decimal::from_double;
use crate::expression::number::Number;

/// The double of this number above which there is no int64.
const OVER_INT64: f64 = 9_223_372_036_854_775_808.0;

/// The number, when the value is one.
pub(super) fn number_of(item: &Item<'_>) -> Option<Number> {
    item.raw().and_then(Number::of)
}

pub(super) fn item_of(number: Number) -> Item<'static> {
    match number {
        Number::Double(number) => double(number),
        other => Item::scalar(other.value()),
    }
}

/// A double; what is no number has the same bytes on every machine.
pub(super) fn double(number: f64) -> Item<'static> {
    Item::scalar(Value::Double(if number.is_nan() { f64::NAN } else { number }))
}

pub(super) fn int64(number: i64) -> Item<'static> {
    Item::scalar(Value::Int64(number))
}

pub(super) fn decimal_item(number: Decimal) -> Item<'static> {
    Item::scalar(Value::Decimal128(number.to_bytes()))
}

/// An int32 where the number fits, else an int64.
pub(super) fn int32_or_int64(number: i64) -> Item<'static> {
    match i32::try_from(number) {
        Ok(number) => Item::int32(number),
        Err(_) => int64(number),
    }
}

/// The integer, when it is of an integer type.
pub(super) fn integer(number: Number) -> Option<i64> {
    match number {
        Number::Int32(number) => Some(number.into()),
        Number::Int64(number) => Some(number),
        Number::Double(_) | Number::Decimal(_) => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "an int64 that meets a double becomes one, as in MongoDB")]
pub(super) fn to_double(number: Number) -> f64 {
    match number {
        Number::Int32(number) => number.into(),
        Number::Int64(number) => number as f64,
        Number::Double(number) => number,
        Number::Decimal(number) => decimal::to_double(number),
    }
}

/// The decimal; of a double its first fifteen digits, as in MongoDB.
pub(super) fn to_decimal(number: Number) -> Decimal {
    match number {
        Number::Int32(number) => Decimal::from(i64::from(number)),
        Number::Int64(number) => Decimal::from(number),
        Number::Double(number) => from_double(number),
        Number::Decimal(number) => number,
    }
}

/// The whole number that the value is, whatever its type; none when it has a fraction or is beyond 64 bits.
pub(super) fn whole(number: Number) -> Option<i64> {
    match number {
        Number::Int32(number) => Some(number.into()),
        Number::Int64(number) => Some(number),
        Number::Double(number) => whole_double(number),
        Number::Decimal(number) => decimal::whole(number),
    }
}

pub(super) fn whole_double(number: f64) -> Option<i64> {
    let fits = number.fract() == 0.0 && (-OVER_INT64..OVER_INT64).contains(&number);
    fits.then_some(number as i64)
}

/// As [`whole`], within 32 bits.
pub(super) fn whole_int32(number: Number) -> Option<i32> {
    whole(number).and_then(|number| i32::try_from(number).ok())
}

/// The number without its fraction; what is beyond 64 bits stands at the end of the range, and NaN at zero.
pub(super) fn truncated(number: Number) -> i64 {
    match number {
        Number::Int32(number) => number.into(),
        Number::Int64(number) => number,
        Number::Double(number) => number as i64,
        Number::Decimal(Decimal::NaN) => 0,
        Number::Decimal(number) => decimal::truncated(number).unwrap_or(if decimal::is_negative(number) {
            i64::MIN
        } else {
            i64::MAX
        }),
    }
}

pub(super) fn is_nan(number: Number) -> bool {
    match number {
        Number::Double(number) => number.is_nan(),
        Number::Decimal(number) => number == Decimal::NaN,
        Number::Int32(_) | Number::Int64(_) => false,
    }
}
