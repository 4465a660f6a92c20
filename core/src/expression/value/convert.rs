//! `$type $isNumber $convert` and its short forms.

use super::arithmetic::one;
use super::date::milliseconds;
use super::decimal;
use super::fault::{CONVERSION_FAILURE, at, bad_value};
use super::functions::{Function, Named, Parameter, Shape};
use super::item::Item;
use super::node::Node;
use super::number::{self, decimal_item, double, int64, number_of, to_decimal};
use super::scope::Scope;
use super::text::{of_date, of_double};
use crate::document::decimal::Decimal;
use crate::document::json::parse_date;
use crate::document::raw::{Value, tag};
use crate::error::{Error, Result};
use crate::expression::number::Number;
use crate::expression::show::type_name;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$type", Shape::exactly(1), |arguments, scope| {
        Item::text(one(arguments, 0, scope)?.type_name())
    }),
    Function::new("$isNumber", Shape::exactly(1), |arguments, scope| {
        Ok(Item::boolean(number_of(&one(arguments, 0, scope)?).is_some()))
    }),
    Function::new("$toDouble", Shape::exactly(1), |arguments, scope| short(arguments, scope, tag::DOUBLE)),
    Function::new("$toString", Shape::exactly(1), |arguments, scope| short(arguments, scope, tag::STRING)),
    Function::new("$toObjectId", Shape::exactly(1), |arguments, scope| {
        short(arguments, scope, tag::OBJECT_ID)
    }),
    Function::new("$toBool", Shape::exactly(1), |arguments, scope| short(arguments, scope, tag::BOOLEAN)),
    Function::new("$toDate", Shape::exactly(1), |arguments, scope| short(arguments, scope, tag::DATE_TIME)),
    Function::new("$toInt", Shape::exactly(1), |arguments, scope| short(arguments, scope, tag::INT32)),
    Function::new("$toLong", Shape::exactly(1), |arguments, scope| short(arguments, scope, tag::INT64)),
    Function::new("$toDecimal", Shape::exactly(1), |arguments, scope| {
        short(arguments, scope, tag::DECIMAL128)
    }),
    Function::new("$convert", Shape::Named(CONVERT), convert),
];

const CONVERT: &Named = &Named {
    not_object: 9,
    unknown: 9,
    parameters: &[
        Parameter::required("input", 9),
        Parameter::required("to", 9),
        Parameter::optional("onError"),
        Parameter::optional("onNull"),
    ],
};

fn short<'a>(arguments: &'a [Node], scope: &Scope<'a>, to: u8) -> Result<Item<'a>> {
    let input = one(arguments, 0, scope)?;
    if input.is_nullish() { Ok(Item::NULL) } else { converted(input, to) }
}

fn convert<'a>(arguments: &'a [Node], scope: &Scope<'a>) -> Result<Item<'a>> {
    let input = one(arguments, 0, scope)?;
    let to = one(arguments, 1, scope)?;
    if input.is_nullish() {
        return match arguments.get(3) {
            None | Some(Node::Absent) => Ok(Item::NULL),
            Some(on_null) => on_null.evaluate(scope),
        };
    }
    if to.is_nullish() {
        return Ok(Item::NULL);
    }
    let outcome = converted(input, target(&to)?);
    match (outcome, arguments.get(2)) {
        (Err(error), Some(on_error))
            if !on_error.is_absent() && error.code() == Some(CONVERSION_FAILURE.0) =>
        {
            on_error.evaluate(scope)
        }
        (outcome, _) => outcome,
    }
}

/// The type that `to` names, by its name or its number.
fn target(to: &Item<'_>) -> Result<u8> {
    if let Some(name) = to.as_str() {
        if name == "missing" {
            return Ok(0);
        }
        return tags()
            .find(|kind| type_name(*kind) == name)
            .ok_or_else(|| bad_value(format!("unknown type name: {name}")));
    }
    let Some(number) = number_of(to) else {
        let seen = to.type_name();
        return Err(at(9, format!("$convert's 'to' argument must be a string or number, but is {seen}")));
    };
    let Some(number) = number::whole(number) else {
        let seen = to.shown();
        return Err(at(9, format!("in $convert, the numeric 'to' argument is not an integer: {seen}")));
    };
    match number {
        0 => Ok(0),
        -1 => Ok(tag::MIN_KEY),
        _ => tags()
            .find(|kind| i64::from(*kind) == number && *kind != tag::MIN_KEY)
            .ok_or_else(|| at(9, format!("in $convert, the numeric value for 'to' is no type: {number}"))),
    }
}

/// Every type's number.
fn tags() -> impl Iterator<Item = u8> {
    (tag::DOUBLE..=tag::DECIMAL128).chain([tag::MIN_KEY, tag::MAX_KEY])
}

fn failed(message: String) -> Error {
    Error::invalid(CONVERSION_FAILURE, message)
}

fn converted(input: Item<'_>, to: u8) -> Result<Item<'_>> {
    if input.tag() == Some(to) {
        return Ok(input);
    }
    let result = match to {
        tag::DOUBLE => to_double(&input)?,
        tag::STRING => to_string(&input)?,
        tag::OBJECT_ID => to_object_id(&input)?,
        tag::BOOLEAN => Some(Item::boolean(is_yes(&input))),
        tag::DATE_TIME => to_date(&input)?,
        tag::INT32 => to_int32(&input)?,
        tag::INT64 => to_integer(&input, "long")?.map(int64),
        tag::DECIMAL128 => to_decimal128(&input)?,
        _ => None,
    };
    result.ok_or_else(|| {
        let (from, to) = (input.type_name(), if to == 0 { "missing" } else { type_name(to) });
        failed(format!("unsupported conversion from {from} to {to} in $convert with no onError value"))
    })
}

fn is_yes(input: &Item<'_>) -> bool {
    input.is_true()
}

fn unreadable(text: &str, why: &str) -> Error {
    let shown: String = text.chars().take(80).collect();
    failed(format!("failed to parse {shown:?} in $convert with no onError value: {why}"))
}

fn to_double(input: &Item<'_>) -> Result<Option<Item<'static>>> {
    Ok(Some(double(match (input.read(), number_of(input)) {
        (_, Some(Number::Decimal(number))) => {
            let near = decimal::to_double(number);
            if near.is_infinite() && matches!(number, Decimal::Finite { .. }) {
                return Err(failed(format!("conversion would overflow the double: {number}")));
            }
            near
        }
        (_, Some(number)) => number::to_double(number),
        (Value::Boolean(yes), _) => f64::from(u8::from(yes)),
        #[expect(clippy::cast_precision_loss, reason = "a date as a double is what was asked for")]
        (Value::DateTime(ms), _) => ms as f64,
        (Value::String(text), _) => double_of(text)?,
        _ => return Ok(None),
    })))
}

fn double_of(text: &str) -> Result<f64> {
    let number: f64 = text.parse().map_err(|_| unreadable(text, "it is no number"))?;
    let says_infinity = text.bytes().any(|byte| matches!(byte, b'i' | b'I'));
    if number.is_infinite() && !says_infinity {
        return Err(unreadable(text, "it is beyond the double"));
    }
    Ok(number)
}

fn to_string(input: &Item<'_>) -> Result<Option<Item<'static>>> {
    let text = match input.read() {
        Value::Double(number) => of_double(number),
        Value::Boolean(yes) => yes.to_string(),
        Value::Int32(number) => number.to_string(),
        Value::Int64(number) => number.to_string(),
        Value::Decimal128(bytes) => Decimal::from_bytes(bytes).to_string(),
        Value::ObjectId(id) => id.iter().map(|byte| format!("{byte:02x}")).collect(),
        Value::DateTime(ms) => of_date(ms)?,
        Value::Symbol(text) => text.to_owned(),
        _ => return Ok(None),
    };
    Item::text(&text).map(Some)
}

fn to_object_id(input: &Item<'_>) -> Result<Option<Item<'static>>> {
    let Value::String(text) = input.read() else { return Ok(None) };
    let refuse = || unreadable(text, "an ObjectId has 24 hexadecimal digits");
    if text.len() != 24 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refuse());
    }
    let mut id = [0; 12];
    for (byte, at) in id.iter_mut().zip((0..24).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| refuse())?;
    }
    Ok(Some(Item::scalar(Value::ObjectId(id))))
}

fn to_date(input: &Item<'_>) -> Result<Option<Item<'static>>> {
    let ms = match (input.read(), number_of(input)) {
        (_, Some(Number::Int32(_))) => return Ok(None),
        (_, Some(number)) => integer_of(number, "date")?,
        (Value::String(text), _) => date_of(text).map_err(|why| unreadable(text, why))?,
        _ => match milliseconds(input) {
            Some(ms) => ms,
            None => return Ok(None),
        },
    };
    Ok(Some(Item::scalar(Value::DateTime(ms))))
}

/// A date without a time is its first moment, a time without an offset is in Greenwich.
fn date_of(text: &str) -> Result<i64, &'static str> {
    let text = text.trim();
    if text.len() == 10 {
        return parse_date(&format!("{text}T00:00:00Z"));
    }
    let time = text.get(11..).unwrap_or_default();
    let has_offset = time.contains(['Z', 'z', '+', '-']);
    let joined = text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z");
    if has_offset { parse_date(&joined) } else { parse_date(&format!("{joined}Z")) }
}

fn to_int32(input: &Item<'_>) -> Result<Option<Item<'static>>> {
    if let Value::DateTime(_) = input.read() {
        return Ok(None);
    }
    let Some(number) = to_integer(input, "int")? else { return Ok(None) };
    match i32::try_from(number) {
        Ok(number) => Ok(Some(Item::int32(number))),
        Err(_) => Err(failed(format!("conversion would overflow the int: {number}"))),
    }
}

fn to_integer(input: &Item<'_>, kind: &str) -> Result<Option<i64>> {
    Ok(Some(match (input.read(), number_of(input)) {
        (_, Some(number)) => integer_of(number, kind)?,
        (Value::Boolean(yes), _) => i64::from(yes),
        (Value::DateTime(ms), _) => ms,
        (Value::String(text), _) => {
            text.parse().map_err(|_| unreadable(text, "it is no whole number of that type"))?
        }
        _ => return Ok(None),
    }))
}

/// The number without its fraction.
fn integer_of(number: Number, kind: &str) -> Result<i64> {
    if number::is_nan(number) {
        return Err(failed(format!("attempt to convert NaN to {kind} in $convert with no onError value")));
    }
    let whole = match number {
        Number::Double(number) => number::whole_double(number.trunc()),
        Number::Decimal(number) => decimal::truncated(number),
        other => number::integer(other),
    };
    whole.ok_or_else(|| failed(format!("conversion would overflow the {kind}: {number}")))
}

fn to_decimal128(input: &Item<'_>) -> Result<Option<Item<'static>>> {
    Ok(Some(decimal_item(match (input.read(), number_of(input)) {
        (_, Some(number)) => to_decimal(number),
        (Value::Boolean(yes), _) => Decimal::from(i64::from(yes)),
        (Value::DateTime(ms), _) => Decimal::from(ms),
        (Value::String(text), _) => {
            text.parse().map_err(|error: Error| failed(error.message().to_owned()).with_source(error))?
        }
        _ => return Ok(None),
    })))
}
