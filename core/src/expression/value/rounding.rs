//! `$abs $ceil $floor $round $trunc`.

use super::arithmetic::one;
use super::decimal::{self, Rounding};
use super::fault::at;
use super::functions::{Function, Shape};
use super::item::Item;
use super::node::Node;
use super::number::{decimal_item, double, int32_or_int64, int64, number_of, whole};
use super::scope::Scope;
use crate::document::decimal::Decimal;
use crate::error::Result;
use crate::expression::number::Number;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$abs", Shape::exactly(1), abs),
    Function::new("$ceil", Shape::exactly(1), |arguments, scope| {
        whole_number(arguments, scope, "$ceil", Rounding::Up, f64::ceil)
    }),
    Function::new("$floor", Shape::exactly(1), |arguments, scope| {
        whole_number(arguments, scope, "$floor", Rounding::Down, f64::floor)
    }),
    Function::new("$round", Shape::between(1, 2), |arguments, scope| {
        places(arguments, scope, "$round", Rounding::HalfToEven)
    }),
    Function::new("$trunc", Shape::between(1, 2), |arguments, scope| {
        places(arguments, scope, "$trunc", Rounding::TowardsZero)
    }),
];

/// How far from the point `$round` and `$trunc` may be asked to go.
const PLACES: std::ops::RangeInclusive<i64> = -20..=100;

/// The one number that `name` takes; none for null.
pub(super) fn numeric<'a>(arguments: &'a [Node], scope: &Scope<'a>, name: &str) -> Result<Option<Number>> {
    let item = one(arguments, 0, scope)?;
    match number_of(&item) {
        Some(number) => Ok(Some(number)),
        None if item.is_nullish() => Ok(None),
        None => Err(at(28765, format!("{name} only supports numeric types, not {}", item.type_name()))),
    }
}

fn abs<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    Ok(match numeric(arguments, scope, "$abs")? {
        None => Item::NULL,
        Some(Number::Int32(number)) => int32_or_int64(i64::from(number).abs()),
        Some(Number::Int64(number)) => match number.checked_abs() {
            Some(number) => int64(number),
            None => return Err(at(28680, format!("can't take $abs of {number}, the smallest int64"))),
        },
        Some(Number::Double(number)) => double(number.abs()),
        Some(Number::Decimal(number)) => decimal_item(decimal::absolute(number)),
    })
}

fn whole_number<'a>(
    arguments: &'a [Node],
    scope: &Scope<'a>,
    name: &str,
    rounding: Rounding,
    of_double: fn(f64) -> f64,
) -> Result<Item<'a>> {
    Ok(match numeric(arguments, scope, name)? {
        None => Item::NULL,
        Some(Number::Int32(number)) => Item::int32(number),
        Some(Number::Int64(number)) => int64(number),
        Some(Number::Double(number)) => double(of_double(number)),
        Some(Number::Decimal(number)) => decimal_item(shortened(number, 0, rounding)),
    })
}

/// As [`decimal::to_places`], but a number that has no more digits than that stays as it is.
fn shortened(number: Decimal, places: i32, rounding: Rounding) -> Decimal {
    match number {
        Decimal::Finite { exponent, .. } if exponent >= -places => number,
        _ => decimal::to_places(number, places, rounding),
    }
}

fn places<'a>(arguments: &'a [Node], scope: &Scope<'a>, name: &str, rounding: Rounding) -> Result<Item<'a>> {
    let item = one(arguments, 0, scope)?;
    let number = match number_of(&item) {
        Some(number) => number,
        None if item.is_nullish() => return Ok(Item::NULL),
        None => {
            return Err(at(51081, format!("{name} only supports numeric types, not {}", item.type_name())));
        }
    };
    let Some(places) = place(arguments, scope, name)? else { return Ok(Item::NULL) };
    match number {
        Number::Int32(number) => integer(number.into(), places, name, rounding).map(int32_or_int64),
        Number::Int64(number) => integer(number, places, name, rounding).map(int64),
        Number::Double(number) => Ok(double(of_double(number, places, rounding))),
        Number::Decimal(number) => Ok(decimal_item(shortened(number, places, rounding))),
    }
}

/// The place asked for; none for null.
fn place<'a>(arguments: &'a [Node], scope: &Scope<'a>, name: &str) -> Result<Option<i32>> {
    if arguments.len() < 2 {
        return Ok(Some(0));
    }
    let item = one(arguments, 1, scope)?;
    if item.is_nullish() {
        return Ok(None);
    }
    let Some(places) = number_of(&item).and_then(whole) else {
        let seen = item.shown();
        return Err(at(51082, format!("precision argument to {name} must be an integral value, not {seen}")));
    };
    if !PLACES.contains(&places) {
        let message =
            format!("cannot apply {name} with precision value {places}: it must be from -20 to 100");
        return Err(at(51083, message));
    }
    Ok(i32::try_from(places).ok())
}

fn integer(number: i64, places: i32, name: &str, rounding: Rounding) -> Result<i64> {
    if places >= 0 {
        return Ok(number);
    }
    let rounded = decimal::to_places(Decimal::from(number), places, rounding);
    decimal::truncated(rounded)
        .ok_or_else(|| at(51080, format!("{name} of {number} to {places} places is beyond 64 bits")))
}

fn of_double(number: f64, places: i32, rounding: Rounding) -> f64 {
    if places == 0 && number.is_finite() {
        return match rounding {
            Rounding::TowardsZero => number.trunc(),
            _ => number.round_ties_even(),
        };
    }
    decimal::to_double(shortened(crate::expression::decimal::from_double(number), places, rounding))
}
