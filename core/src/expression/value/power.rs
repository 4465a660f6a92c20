//! `$sqrt $pow $exp $ln $log $log10`.
//!
//! For decimals these have no exact answer, and this version refuses them rather than answer a double.

use super::arithmetic::two;
use super::fault::{at, unsupported};
use super::functions::{Function, Shape};
use super::item::Item;
use super::node::Node;
use super::number::{double, int32_or_int64, int64, integer, is_nan, number_of, to_double};
use super::rounding::numeric;
use super::scope::Scope;
use crate::error::{Error, Result};
use crate::expression::number::Number;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$sqrt", Shape::exactly(1), |arguments, scope| {
        real(arguments, scope, "$sqrt", f64::sqrt, |x| {
            (x < 0.0).then(|| {
                at(28714, format!("$sqrt's argument must be greater than or equal to 0, but is {x}"))
            })
        })
    }),
    Function::new("$exp", Shape::exactly(1), |arguments, scope| {
        real(arguments, scope, "$exp", f64::exp, |_| None)
    }),
    Function::new("$ln", Shape::exactly(1), |arguments, scope| {
        real(arguments, scope, "$ln", f64::ln, |x| {
            (x <= 0.0).then(|| at(28766, format!("$ln's argument must be a positive number, but is {x}")))
        })
    }),
    Function::new("$log10", Shape::exactly(1), |arguments, scope| {
        real(arguments, scope, "$log10", f64::log10, |x| {
            (x <= 0.0).then(|| at(28761, format!("$log10's argument must be a positive number, but is {x}")))
        })
    }),
    Function::new("$log", Shape::exactly(2), log),
    Function::new("$pow", Shape::exactly(2), pow),
];

fn no_decimals(name: &str) -> Error {
    unsupported(format!("{name} of a decimal128 is not supported by this version"))
}

fn real<'a>(
    arguments: &'a [Node],
    scope: &Scope<'a>,
    name: &str,
    compute: fn(f64) -> f64,
    fault: fn(f64) -> Option<Error>,
) -> Result<Item<'a>> {
    let Some(number) = numeric(arguments, scope, name)? else { return Ok(Item::NULL) };
    if let Some(fault) = fault(to_double(number)) {
        return Err(fault);
    }
    match number {
        Number::Decimal(_) => Err(no_decimals(name)),
        _ => Ok(double(compute(to_double(number)))),
    }
}

fn log<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [number, base] = two(arguments, scope)?;
    if number.is_nullish() || base.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(x) = number_of(&number) else {
        return Err(at(28756, format!("$log's argument must be numeric, not {}", number.type_name())));
    };
    let Some(b) = number_of(&base) else {
        return Err(at(28757, format!("$log's base must be numeric, not {}", base.type_name())));
    };
    if to_double(x) <= 0.0 {
        return Err(at(
            28758,
            format!("$log's argument must be a positive number, but is {}", number.shown()),
        ));
    }
    if to_double(b) <= 0.0 || to_double(b) == 1.0 {
        let seen = base.shown();
        return Err(at(
            28759,
            format!("$log's base must be a positive number not equal to 1, but is {seen}"),
        ));
    }
    match (x, b) {
        (Number::Decimal(_), _) | (_, Number::Decimal(_)) => Err(no_decimals("$log")),
        _ => Ok(double(to_double(x).ln() / to_double(b).ln())),
    }
}

fn pow<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let [base, exponent] = two(arguments, scope)?;
    if base.is_nullish() || exponent.is_nullish() {
        return Ok(Item::NULL);
    }
    let Some(b) = number_of(&base) else {
        return Err(at(28762, format!("$pow's base must be numeric, not {}", base.type_name())));
    };
    let Some(e) = number_of(&exponent) else {
        return Err(at(28763, format!("$pow's exponent must be numeric, not {}", exponent.type_name())));
    };
    if to_double(b) == 0.0 && to_double(e) < 0.0 {
        return Err(at(28764, "$pow cannot take a base of 0 and a negative exponent"));
    }
    if let (Number::Decimal(_), _) | (_, Number::Decimal(_)) = (b, e) {
        return if is_nan(b) || is_nan(e) {
            Ok(super::number::decimal_item(crate::document::decimal::Decimal::NaN))
        } else {
            Err(no_decimals("$pow"))
        };
    }
    Ok(match (integer(b), integer(e)) {
        (Some(x), Some(y)) => match integer_power(x, y) {
            Some(power) if matches!((b, e), (Number::Int32(_), Number::Int32(_))) => int32_or_int64(power),
            Some(power) => int64(power),
            None => double(to_double(b).powf(to_double(e))),
        },
        _ => double(to_double(b).powf(to_double(e))),
    })
}

/// The power, where it is an integer of 64 bits.
fn integer_power(base: i64, exponent: i64) -> Option<i64> {
    match base {
        0 => Some(i64::from(exponent == 0)),
        1 => Some(1),
        -1 => Some(if exponent % 2 == 0 { 1 } else { -1 }),
        _ => base.checked_pow(u32::try_from(exponent).ok()?),
    }
}
