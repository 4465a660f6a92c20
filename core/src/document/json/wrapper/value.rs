//! Types whose value is one text or number, and the road to all others.

use std::borrow::Cow;

use super::spelling::{parse_object_id, parse_uuid, shorten};
use crate::document::builder::put_value;
use crate::document::decimal::Decimal;
use crate::document::json::date;
use crate::document::json::fault::{Fault, Parsed};
use crate::document::json::lexer::{Nul, number_len};
use crate::document::json::parse::{Parser, finite_double};
use crate::document::raw::{Value, tag};

/// An object that must be of the type that `key` names, read up to the value of that key.
pub(super) struct Wrapper<'p, 't> {
    pub(super) parser: &'p mut Parser<'t>,
    pub(super) key: &'static str,
    pub(super) start: usize,
}

impl<'t> Wrapper<'_, 't> {
    pub(super) fn read(&mut self, depth: usize) -> Parsed<u8> {
        let kind = match self.key {
            "$oid" => self.object_id()?,
            "$date" => self.date()?,
            "$numberInt" => {
                let number: i32 = self.integer("a 32-bit integer")?;
                self.parser.put(tag::INT32, &number.to_le_bytes())
            }
            "$numberLong" => {
                let number: i64 = self.integer("a 64-bit integer")?;
                self.parser.put(tag::INT64, &number.to_le_bytes())
            }
            "$numberDouble" => self.double()?,
            "$numberDecimal" => self.decimal()?,
            "$binary" => self.binary()?,
            "$uuid" => self.uuid()?,
            "$timestamp" => self.timestamp()?,
            "$regularExpression" => self.regex()?,
            "$symbol" => {
                let text = self.text("a text", Nul::Allowed)?;
                self.put(Value::Symbol(&text), tag::SYMBOL)
            }
            "$dbPointer" => self.db_pointer()?,
            "$undefined" => {
                self.parser.lexer.next_token();
                if !self.parser.lexer.word("true") {
                    return Err(self.expected("true"));
                }
                tag::UNDEFINED
            }
            "$minKey" => self.one(tag::MIN_KEY)?,
            "$maxKey" => self.one(tag::MAX_KEY)?,
            _ => return self.code(depth),
        };
        self.close()?;
        Ok(kind)
    }

    pub(super) fn expected(&mut self, wanted: &str) -> Box<Fault> {
        self.parser.lexer.next_token();
        self.parser.lexer.expected(&format!("{wanted} as the value of {}", self.key))
    }

    pub(super) fn close(&mut self) -> Parsed<()> {
        if self.parser.lexer.take(b'}') {
            return Ok(());
        }
        let wanted = format!("`}}`, because {} allows no other field", self.key);
        Err(self.parser.lexer.expected(&wanted))
    }

    pub(super) fn put(&mut self, value: Value<'_>, kind: u8) -> u8 {
        put_value(&mut self.parser.out, value);
        kind
    }

    pub(super) fn text(&mut self, wanted: &str, nul: Nul) -> Parsed<Cow<'t, str>> {
        if self.parser.lexer.next_token() != Some(b'"') {
            return Err(self.expected(wanted));
        }
        self.parser.lexer.string(nul)
    }

    /// Takes a text that `read` must understand.
    pub(super) fn text_as<T>(&mut self, wanted: &str, read: impl FnOnce(&str) -> Option<T>) -> Parsed<T> {
        let at = self.position();
        let text = self.text(&format!("{wanted}, as a text"), Nul::Allowed)?;
        read(&text)
            .ok_or_else(|| Fault::new(at, format!("expected {wanted}, but found \"{}\"", shorten(&text))))
    }

    pub(super) fn position(&mut self) -> usize {
        self.parser.lexer.next_token();
        self.parser.lexer.at
    }

    /// Takes an integer, as a text, or in version 1 as a number.
    fn integer<T: std::str::FromStr>(&mut self, wanted: &str) -> Parsed<T> {
        if self.parser.options.legacy && self.parser.lexer.next_token() != Some(b'"') {
            let at = self.position();
            let number = self.parser.lexer.number()?;
            let read = number.integer.then(|| number.text.parse().ok()).flatten();
            return read
                .ok_or_else(|| Fault::new(at, format!("expected {wanted}, but found {}", number.text)));
        }
        self.text_as(wanted, |text| {
            (number_len(text.as_bytes()) == Some((text.len(), true))).then(|| text.parse().ok()).flatten()
        })
    }

    fn object_id(&mut self) -> Parsed<u8> {
        let id = self.text_as("24 hexadecimal digits", parse_object_id)?;
        Ok(self.put(Value::ObjectId(id), tag::OBJECT_ID))
    }

    fn double(&mut self) -> Parsed<u8> {
        if self.parser.options.legacy && self.parser.lexer.next_token() != Some(b'"') {
            let at = self.position();
            let number = self.parser.lexer.number()?;
            let double = finite_double(number.text).ok_or_else(|| {
                Fault::new(at, format!("the number {} is too large for a double", number.text))
            })?;
            return Ok(self.put(Value::Double(double), tag::DOUBLE));
        }
        let number = self.text_as("a double, Infinity, -Infinity or NaN", |text| match text {
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            "NaN" => Some(f64::NAN),
            _ => number_len(text.as_bytes())
                .filter(|(len, _)| *len == text.len())
                .and_then(|_| finite_double(text)),
        })?;
        Ok(self.put(Value::Double(number), tag::DOUBLE))
    }

    fn decimal(&mut self) -> Parsed<u8> {
        let at = self.position();
        let text = self.text("a decimal, as a text", Nul::Allowed)?;
        let decimal: Decimal = text.parse().map_err(|error: crate::Error| Fault::new(at, error.message()))?;
        Ok(self.put(Value::Decimal128(decimal.to_bytes()), tag::DECIMAL128))
    }

    fn date(&mut self) -> Parsed<u8> {
        let legacy = self.parser.options.legacy;
        let ms = match self.parser.lexer.next_token() {
            Some(b'{') => self.date_as_number()?,
            Some(b'"') => {
                let at = self.position();
                let text = self.parser.lexer.string(Nul::Allowed)?;
                date::parse_date(&text)
                    .map_err(|what| Fault::new(at, format!("\"{}\" is no date: {what}", shorten(&text))))?
            }
            Some(b'-' | b'0'..=b'9') if legacy => self.integer("milliseconds since 1970")?,
            _ => return Err(self.expected("a date as a text, or {\"$numberLong\": …},")),
        };
        Ok(self.put(Value::DateTime(ms), tag::DATE_TIME))
    }

    fn date_as_number(&mut self) -> Parsed<i64> {
        self.parser.lexer.at += 1;
        let key_at = self.position();
        let key = self.text("$numberLong", Nul::Allowed)?;
        if key != "$numberLong" {
            return Err(Fault::new(
                key_at,
                format!("expected \"$numberLong\", but found \"{}\"", shorten(&key)),
            ));
        }
        self.parser.lexer.expect(b':', "`:`")?;
        let ms = self.integer("milliseconds since 1970")?;
        self.close()?;
        Ok(ms)
    }

    fn uuid(&mut self) -> Parsed<u8> {
        let bytes = self.text_as("a UUID such as c8edabc3-f738-4ca3-b68d-ab92a91478a3", parse_uuid)?;
        Ok(self.put(Value::Binary { subtype: 4, bytes: &bytes }, tag::BINARY))
    }

    fn one(&mut self, kind: u8) -> Parsed<u8> {
        let at = self.position();
        match self.parser.lexer.number() {
            Ok(number) if number.text == "1" => Ok(kind),
            _ => {
                self.parser.lexer.at = at;
                Err(self.expected("1"))
            }
        }
    }
}
