//! `$add $subtract $multiply $divide $mod`.
//!
//! The wider type wins; int32 grows into int64 and int64 into double where it must. Null or a missing value makes
//! the result null.

use super::decimal;
use super::fault::{at, bad_value, overflow, type_mismatch};
use super::functions::{Function, Shape};
use super::item::Item;
use super::node::Node;
use super::number::{
    decimal_item, double, int32_or_int64, int64, integer, item_of, number_of, to_decimal, to_double,
};
use super::number::{is_nan, whole_int32};
use super::scope::Scope;
use super::total::Total;
use crate::document::raw::Value;
use crate::error::Result;
use crate::expression::decimal::{add as add_decimals, multiply as multiply_decimals};
use crate::expression::number::Number;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$add", Shape::any(), add),
    Function::new("$subtract", Shape::exactly(2), subtract),
    Function::new("$multiply", Shape::any(), multiply),
    Function::new("$divide", Shape::exactly(2), divide),
    Function::new("$mod", Shape::exactly(2), modulo),
];

/// One value may be a date, which makes the sum a date.
fn add<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let (mut total, mut has_date) = (Total::new(), false);
    for argument in arguments {
        let item = argument.evaluate(scope)?;
        match (number_of(&item), item.read()) {
            (Some(number), _) => total.add(number),
            (_, Value::DateTime(_)) if has_date => {
                return Err(at(16612, "only one date allowed in an $add expression"));
            }
            (_, Value::DateTime(ms)) => {
                total.add(Number::Int64(ms));
                has_date = true;
            }
            _ if item.is_nullish() => return Ok(Item::NULL),
            _ => return Err(refuse("$add only supports numeric or date types", &item)),
        }
    }
    if !has_date {
        return Ok(total.item());
    }
    match total.milliseconds() {
        Some(ms) => Ok(Item::scalar(Value::DateTime(ms))),
        None => Err(overflow("date overflow in $add: the sum is beyond 64 bits of milliseconds")),
    }
}

fn refuse(what: &str, item: &Item<'_>) -> crate::error::Error {
    type_mismatch(format!("{what}, not {}: {}", item.type_name(), item.shown()))
}

fn subtract<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [left, right] = two(arguments, scope)?;
    if left.is_nullish() || right.is_nullish() {
        return Ok(Item::NULL);
    }
    match (left.read(), right.read(), number_of(&left), number_of(&right)) {
        (_, _, Some(a), Some(b)) => Ok(difference(a, b)),
        (Value::DateTime(a), Value::DateTime(b), ..) => match a.checked_sub(b) {
            Some(ms) => Ok(int64(ms)),
            None => Err(overflow("date overflow in $subtract")),
        },
        (Value::DateTime(ms), _, _, Some(by)) => date_less(ms, by),
        _ => {
            let (right, left) = (right.type_name(), left.type_name());
            Err(type_mismatch(format!("can't $subtract {right} from {left}")))
        }
    }
}

fn date_less(ms: i64, by: Number) -> Result<Item<'static>> {
    let mut total = Total::new();
    total.add(by);
    let by = total.milliseconds();
    match by.and_then(|by| ms.checked_sub(by)) {
        Some(ms) => Ok(Item::scalar(Value::DateTime(ms))),
        None => Err(overflow("date overflow in $subtract")),
    }
}

fn difference(a: Number, b: Number) -> Item<'static> {
    match (a, b) {
        (Number::Decimal(_), _) | (_, Number::Decimal(_)) => {
            decimal_item(add_decimals(to_decimal(a), decimal::negate(to_decimal(b))))
        }
        _ => match (integer(a), integer(b)) {
            (Some(x), Some(y)) => match x.checked_sub(y) {
                Some(difference) if both_int32(a, b) => int32_or_int64(difference),
                Some(difference) => int64(difference),
                None => double(to_double(a) - to_double(b)),
            },
            _ => double(to_double(a) - to_double(b)),
        },
    }
}

fn both_int32(a: Number, b: Number) -> bool {
    matches!((a, b), (Number::Int32(_), Number::Int32(_)))
}

fn multiply<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let mut product = Number::Int32(1);
    for argument in arguments {
        let item = argument.evaluate(scope)?;
        match number_of(&item) {
            Some(number) => product = times(product, number),
            None if item.is_nullish() => return Ok(Item::NULL),
            None => return Err(refuse("$multiply only supports numeric types", &item)),
        }
    }
    Ok(item_of(product))
}

fn times(a: Number, b: Number) -> Number {
    match (a, b) {
        (Number::Decimal(_), _) | (_, Number::Decimal(_)) => {
            Number::Decimal(multiply_decimals(to_decimal(a), to_decimal(b)))
        }
        _ => match (integer(a), integer(b)) {
            (Some(x), Some(y)) => match x.checked_mul(y) {
                Some(product) if both_int32(a, b) => {
                    i32::try_from(product).map_or(Number::Int64(product), Number::Int32)
                }
                Some(product) => Number::Int64(product),
                None => Number::Double(to_double(a) * to_double(b)),
            },
            _ => Number::Double(to_double(a) * to_double(b)),
        },
    }
}

fn divide<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [left, right] = two(arguments, scope)?;
    let (a, b) = match (number_of(&left), number_of(&right)) {
        (Some(a), Some(b)) => (a, b),
        _ if left.is_nullish() || right.is_nullish() => return Ok(Item::NULL),
        _ => return Err(neither(&left, &right, "$divide")),
    };
    if is_zero(b) {
        return Err(bad_value("can't $divide by zero"));
    }
    Ok(match (a, b) {
        (Number::Decimal(_), _) | (_, Number::Decimal(_)) => {
            decimal_item(decimal::divide(to_decimal(a), to_decimal(b)))
        }
        _ => double(to_double(a) / to_double(b)),
    })
}

fn is_zero(number: Number) -> bool {
    match number {
        Number::Decimal(number) => decimal::is_zero(number),
        other => to_double(other) == 0.0,
    }
}

fn neither(left: &Item<'_>, right: &Item<'_>, name: &str) -> crate::error::Error {
    let (left, right) = (left.type_name(), right.type_name());
    type_mismatch(format!("{name} only supports numeric types, not {left} and {right}"))
}

fn modulo<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [left, right] = two(arguments, scope)?;
    let (a, b) = match (number_of(&left), number_of(&right)) {
        (Some(a), Some(b)) => (a, b),
        _ if left.is_nullish() || right.is_nullish() => return Ok(Item::NULL),
        _ => return Err(neither(&left, &right, "$mod")),
    };
    if is_zero(b) {
        return Err(at(16610, "can't $mod by zero"));
    }
    if is_nan(a) || is_nan(b) {
        let has_decimal = matches!((a, b), (Number::Decimal(_), _) | (_, Number::Decimal(_)));
        let nan = crate::document::decimal::Decimal::NaN;
        return Ok(if has_decimal { decimal_item(nan) } else { double(f64::NAN) });
    }
    Ok(remainder(a, b))
}

/// A double divisor that is a whole number of 32 bits counts as an int32.
fn remainder(a: Number, b: Number) -> Item<'static> {
    if let (Number::Decimal(_), _) | (_, Number::Decimal(_)) = (a, b) {
        return decimal_item(decimal::remainder(to_decimal(a), to_decimal(b)));
    }
    let b = match (b, whole_int32(b)) {
        (Number::Double(_), Some(whole)) if integer(a).is_some() => Number::Int32(whole),
        _ => b,
    };
    match (integer(a), integer(b)) {
        (Some(x), Some(y)) if both_int32(a, b) => int32_or_int64(x.wrapping_rem(y)),
        (Some(x), Some(y)) => int64(x.wrapping_rem(y)),
        _ => double(to_double(a) % to_double(b)),
    }
}

/// Two arguments, evaluated.
pub(super) fn two<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<[Item<'a>; 2]> {
    let [left, right] = arguments else { return Ok([Item::Missing, Item::Missing]) };
    Ok([left.evaluate(scope)?, right.evaluate(scope)?])
}

/// The argument at `at`, evaluated; missing where none was written.
pub(super) fn one<'a>(arguments: &'a [Node], at: usize, scope: &Scope<'a>) -> Result<Item<'a>> {
    arguments.get(at).map_or(Ok(Item::Missing), |argument| argument.evaluate(scope))
}
