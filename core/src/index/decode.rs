//! A value read back from its key.

use super::field_order::{self, FieldOrder};
use super::key::invert;
use super::kinds::{as_int32, at};
use super::layout::{END, class, kind};
use super::parts::split_part;
use super::spec::IndexSpec;
use super::wildcard::{PATH_FIELD, written};
use crate::document::builder::{RawValueBuf, put_value, tag_of};
use crate::document::raw::{RawValue, Value, tag};
use crate::expression::sort::Direction;

/// What an entry tells of one field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Told<'a> {
    Value(RawValue<'a>),
    Missing,
    /// Only the document knows.
    Nothing,
}

/// The values of an entry, read into a buffer that serves for many.
#[derive(Debug, Default)]
pub(crate) struct EntryValues {
    bytes: Vec<u8>,
    fields: Vec<(Said, usize, usize)>,
    order: Option<FieldOrder>,
}

#[derive(Debug, Clone, Copy)]
enum Said {
    Value(u8),
    Missing,
    Nothing,
}

impl EntryValues {
    /// Reads the fields of an entry; says whether the bytes are one.
    pub(crate) fn read(&mut self, spec: &IndexSpec, key: &[u8], kinds: &[u8]) -> bool {
        self.bytes.clear();
        self.fields.clear();
        let (order, kinds) = field_order::split(kinds);
        self.order = field_order::read(spec, order);
        let mut rest = key;
        for (place, field) in spec.fields.iter().enumerate() {
            let inverted = field.direction == Direction::Descending;
            let Some((part, behind)) = split_part(rest, inverted) else { return false };
            rest = behind;
            let start = self.bytes.len();
            let said = match at(kinds, place) {
                kind::MISSING => Said::Missing,
                kind @ (kind::PLAIN | kind::INT64 | kind::DOUBLE) => self.value(part, inverted, kind),
                _ => Said::Nothing,
            };
            self.fields.push((said, start, self.bytes.len()));
        }
        true
    }

    /// What the entry tells of the field at `place`.
    pub(crate) fn get(&self, place: usize) -> Told<'_> {
        match self.fields.get(place) {
            Some((Said::Value(tag), start, end)) => {
                Told::Value(RawValue::new(*tag, &self.bytes[*start..*end]))
            }
            Some((Said::Missing, ..)) => Told::Missing,
            _ => Told::Nothing,
        }
    }

    /// In which order the fields stand in the document; nothing when only the document tells.
    pub(crate) fn order(&self) -> Option<&FieldOrder> {
        self.order.as_ref()
    }

    fn value(&mut self, part: &[u8], inverted: bool, kind: u8) -> Said {
        let turned;
        let part = if inverted {
            let mut part = part.to_vec();
            invert(&mut part);
            turned = part;
            &turned[..]
        } else {
            part
        };
        decode(part, kind, &mut self.bytes).map_or(Said::Nothing, Said::Value)
    }
}

/// The values that a key tells by itself, under the names of their fields: of a number some type that it may have, and
/// nothing of a text under a collation.
pub(crate) fn told_by_key(spec: &IndexSpec, key: &[u8]) -> Vec<(String, Option<RawValueBuf>)> {
    let mut rest = key;
    let mut told = Vec::new();
    if spec.wildcard.is_some() {
        let Some((path, behind)) = split_part(rest, false) else { return told };
        rest = behind;
        told.push((PATH_FIELD.to_owned(), Some(RawValueBuf::from(Value::String(&written(path))))));
    }
    for field in &spec.fields {
        let inverted = field.direction == Direction::Descending;
        let Some((part, behind)) = split_part(rest, inverted) else { return told };
        rest = behind;
        let mut part = part.to_vec();
        if inverted {
            invert(&mut part);
        }
        let is_hidden = spec.collation.is_some() && part.first() == Some(&class::STRING);
        let value = if is_hidden { None } else { value_of(&part) };
        let value = value.map(|(tag, bytes)| RawValueBuf::from_checked(tag, bytes));
        told.push((field.path.as_str().to_owned(), value));
    }
    told
}

/// The value of which this is the key, one of those that have it: its type and its bytes.
pub(crate) fn value_of(key: &[u8]) -> Option<(u8, Vec<u8>)> {
    let (part, rest) = split_part(key, false)?;
    let mut bytes = Vec::new();
    let tag = decode(part, kind::PLAIN, &mut bytes)?;
    rest.is_empty().then_some((tag, bytes))
}

/// Appends the value of a key to `out`; answers its type, or nothing when the key does not tell it.
fn decode(key: &[u8], kind: u8, out: &mut Vec<u8>) -> Option<u8> {
    let (class, rest) = key.split_first()?;
    let text;
    let value = match *class {
        class::MIN_KEY => Value::MinKey,
        class::MAX_KEY => Value::MaxKey,
        class::NULL => Value::Null,
        class::FALSE => Value::Boolean(false),
        class::TRUE => Value::Boolean(true),
        class::NAN => Value::Double(f64::NAN),
        class::ZERO => number(0.0, kind),
        class::ABOVE_ZERO => number(magnitude(rest, 0)?, kind),
        class::BELOW_ZERO => number(-magnitude(rest, u8::MAX)?, kind),
        class::STRING => {
            text = decode_text(rest)?;
            Value::String(&text)
        }
        class::OBJECT_ID => Value::ObjectId(*rest.first_chunk()?),
        class::HASH => Value::Int64(i64::from_be_bytes(*rest.first_chunk()?)),
        class::DATE => Value::DateTime((u64::from_be_bytes(*rest.first_chunk()?) ^ (1 << 63)).cast_signed()),
        class::TIMESTAMP => {
            let (time, increment) = rest.split_at_checked(4)?;
            Value::Timestamp {
                time: u32::from_be_bytes(*time.first_chunk()?),
                increment: u32::from_be_bytes(*increment.first_chunk()?),
            }
        }
        class::BINARY => {
            let (len, rest) = rest.split_first()?;
            let rest = if *len == u8::MAX { rest.get(4..)? } else { rest };
            let (subtype, bytes) = rest.split_first()?;
            Value::Binary { subtype: *subtype, bytes }
        }
        _ => return None,
    };
    let tag = tag_of(&value);
    debug_assert!(tag != tag::DOCUMENT && tag != tag::ARRAY, "documents are told by themselves");
    put_value(out, value);
    Some(tag)
}

fn number(number: f64, kind: u8) -> Value<'static> {
    match (kind, as_int32(number)) {
        (kind::INT64, _) => Value::Int64(number as i64),
        (kind::PLAIN, Some(whole)) => Value::Int32(whole),
        _ => Value::Double(number),
    }
}

/// The double whose bits are written seven to a byte; nothing when the key says that the number is another.
fn magnitude(bytes: &[u8], mask: u8) -> Option<f64> {
    let (mut bits, mut place) = (0_u64, 64_u32);
    for byte in bytes.iter().take(9) {
        let byte = byte ^ mask;
        let seven = u64::from(byte >> 1);
        place -= 7;
        bits |= seven << place;
        if byte & 1 == 0 {
            return Some(f64::from_bits(bits >> 1));
        }
    }
    None
}

fn decode_text(bytes: &[u8]) -> Option<String> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    loop {
        match *rest.next()? {
            END => return String::from_utf8(text).ok(),
            1 => text.push(rest.next()?.checked_sub(1)?),
            byte => text.push(byte),
        }
    }
}
