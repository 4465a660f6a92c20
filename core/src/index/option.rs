//! The values of an index's options, read; and what an index is refused with.

use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, Result, code};
use crate::expression::show::shown;

/// The longest time to live, in seconds.
const EXPIRE_SECONDS_MAX: i64 = i32::MAX as i64;

pub(super) fn document<'a>(name: &str, value: RawValue<'a>) -> Result<RawDoc<'a>> {
    value.as_document().ok_or_else(|| option_error(name, value, "a document"))
}

pub(super) fn text<'a>(name: &str, value: RawValue<'a>) -> Result<&'a str> {
    value.as_str().ok_or_else(|| option_error(name, value, "a string"))
}

pub(super) fn flag(name: &str, value: RawValue<'_>) -> Result<bool> {
    match value.read() {
        Value::Boolean(on) => Ok(on),
        Value::Int32(number) => Ok(number != 0),
        Value::Int64(number) => Ok(number != 0),
        Value::Double(number) => Ok(number != 0.0),
        _ => Err(option_error(name, value, "a boolean")),
    }
}

pub(super) fn seconds(name: &str, value: RawValue<'_>) -> Result<i64> {
    let number = match value.read() {
        Value::Int32(number) => Some(i64::from(number)),
        Value::Int64(number) => Some(number),
        Value::Double(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(number as i64),
        _ => None,
    };
    match number {
        Some(seconds @ 0..=EXPIRE_SECONDS_MAX) => Ok(seconds),
        Some(_) => Err(cannot_create(format!(
            "the index option {name:?} is {}, it must lie between 0 and {EXPIRE_SECONDS_MAX}",
            shown(value)
        ))),
        None => Err(option_error(name, value, "a whole number")),
    }
}

pub(super) fn option_error(name: &str, value: RawValue<'_>, wanted: &str) -> Error {
    let what = format!("the index option {name:?} must be {wanted}, not {}", shown(value));
    Error::invalid(code::TYPE_MISMATCH, what)
}

pub(super) fn cannot_create(what: impl Into<String>) -> Error {
    Error::invalid(code::CANNOT_CREATE_INDEX, what)
}

pub(super) fn unsupported(what: &str) -> Error {
    Error::not_implemented(format!("{what} is not supported by this version"))
}
