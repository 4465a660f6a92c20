//! An argument of a command, which must be of a certain type. An error names the field as `command.field`.

use super::integer;
use super::show::{shown, type_name};
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result, code};

/// A field of a command and what stands there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Argument<'a> {
    command: &'a str,
    name: &'a str,
    value: RawValue<'a>,
}

impl<'a> Argument<'a> {
    pub(crate) const fn new(command: &'a str, name: &'a str, value: RawValue<'a>) -> Self {
        Self { command, name, value }
    }

    pub(crate) const fn name(&self) -> &'a str {
        self.name
    }

    pub(crate) const fn value(&self) -> RawValue<'a> {
        self.value
    }

    pub(crate) fn text(&self) -> Result<&'a str> {
        self.value.as_str().ok_or_else(|| self.wrong("expected type 'string'"))
    }

    pub(crate) fn document(&self) -> Result<RawDoc<'a>> {
        self.value.as_document().ok_or_else(|| self.wrong("expected type 'object'"))
    }

    pub(crate) fn array(&self) -> Result<RawDoc<'a>> {
        self.value.as_array().ok_or_else(|| self.wrong("expected type 'array'"))
    }

    /// The documents of an array.
    pub(crate) fn documents(&self) -> Result<Vec<RawDoc<'a>>> {
        let element = |(position, value): (&str, RawValue<'a>)| {
            value.as_document().ok_or_else(|| {
                let field = format!("{}.{position}", self.name);
                Argument { name: &field, value, ..*self }.wrong("expected type 'object'")
            })
        };
        self.array()?.iter().map(element).collect()
    }

    /// A boolean, or a number that stands for one.
    pub(crate) fn flag(&self) -> Result<bool> {
        match self.value.read() {
            Value::Boolean(yes) => Ok(yes),
            Value::Int32(number) => Ok(number != 0),
            Value::Int64(number) => Ok(number != 0),
            Value::Double(number) => Ok(number != 0.0),
            _ => Err(self.wrong("expected types '[bool, long, int, decimal, double]'")),
        }
    }

    /// A whole number; a fraction is dropped, and a number too large is the largest.
    pub(crate) fn number(&self) -> Result<i64> {
        match self.value.read() {
            Value::Int32(number) => Ok(number.into()),
            Value::Int64(number) => Ok(number),
            // A conversion of a float keeps to the bounds, and makes nothing of what is no number.
            Value::Double(number) => Ok(number as i64),
            Value::Decimal128(_) => integer::exact(self.value).ok_or_else(|| {
                let what = format!("{} must be a whole number, not {}", self.place(), shown(self.value));
                Error::invalid(code::BAD_VALUE, what)
            }),
            _ => Err(self.wrong("expected types '[long, int, decimal, double]'")),
        }
    }

    /// A number that counts something.
    pub(crate) fn count(&self) -> Result<u64> {
        let number = self.number()?;
        u64::try_from(number).map_err(|_| self.below(0, number))
    }

    /// The error for a number that is too small.
    pub(crate) fn below(&self, least: i64, seen: i64) -> Error {
        let what = format!("BSON field '{}' value must be >= {least}, actual value '{seen}'", self.name);
        Error::invalid(code::BELOW_LEAST, what)
    }

    /// One of a few words.
    pub(crate) fn word(&self, words: &[&'static str]) -> Result<&'static str> {
        let text = self.text()?;
        words.iter().find(|word| **word == text).copied().ok_or_else(|| {
            let what = format!(
                "Enumeration value '{text}' for field '{}.{}' is not a valid value.",
                self.command, self.name
            );
            Error::invalid(code::BAD_VALUE, what)
        })
    }

    /// The error for a field that the command has not.
    pub(crate) fn unknown(&self) -> Error {
        let what = format!("{} is an unknown field.", self.place());
        Error::invalid(code::IDL_UNKNOWN_FIELD, what)
    }

    pub(crate) fn wrong(&self, expected: &str) -> Error {
        let seen = type_name(self.value.tag());
        let what = format!("{} is the wrong type '{seen}', {expected}", self.place());
        Error::invalid(code::TYPE_MISMATCH, what)
    }

    /// Whether the field counts as absent.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self.value.tag(), tag::NULL | tag::UNDEFINED)
    }

    fn place(&self) -> String {
        format!("BSON field '{}.{}'", self.command, self.name)
    }
}

/// The error for a field that a command needs.
pub(crate) fn missing_field(command: &str, name: &str) -> Error {
    let what = format!("BSON field '{command}.{name}' is missing but a required field");
    Error::invalid(code::IDL_FAILED_TO_PARSE, what)
}
