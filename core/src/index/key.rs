//! One value as bytes whose order is the order of values.
//!
//! Invariants
//!   K1  `compare_under(a, b, c) == key(a, c).cmp(key(b, c))`; values that are equal have the same key, whatever
//!       their types.
//!   K2  No key is a proper prefix of another one: keys written one after the other sort as the list of values does,
//!       and so do keys of which some are inverted.
//!   K3  The class byte is neither 0x00 nor 0xFF, so what stands around keys may use both.
//!
//! Read next: `layout` (bytes).

use super::layout::{END, class};
use crate::document::collation::Collation;
use crate::document::compare::type_rank;
use crate::document::decimal::{Decimal, Magnitude};
use crate::document::raw::{RawDoc, RawValue, Value, tag};

/// Appends the key of `value`.
///
/// The recursion is as deep as the value, which was checked to be at most a hundred levels.
#[cfg(any(test, feature = "simulation"))]
pub(crate) fn encode_key(value: RawValue<'_>, out: &mut Vec<u8>) {
    encode_value_under(value.read(), None, out);
}

/// Appends the key of `value` under a collation, if there is one.
pub(crate) fn encode_key_under(value: RawValue<'_>, collation: Option<&Collation>, out: &mut Vec<u8>) {
    encode_value_under(value.read(), collation, out);
}

/// Whether `key` is the key of `value` under a collation, if there is one.
///
/// The values that name documents most often are compared where they lie.
pub(crate) fn is_key_under(value: RawValue<'_>, collation: Option<&Collation>, key: &[u8]) -> bool {
    match (value.read(), key) {
        (Value::ObjectId(id), [class::OBJECT_ID, rest @ ..]) => rest == id,
        (Value::Binary { subtype, bytes }, [class::BINARY, len @ ..=0xFE, kind, rest @ ..]) => {
            usize::from(*len) == bytes.len() && *kind == subtype && rest == bytes
        }
        (value, _) => {
            let mut own = Vec::with_capacity(key.len());
            encode_value_under(value, collation, &mut own);
            own == key
        }
    }
}

/// Appends the key of a value that was read and in which there is no text that a collation orders.
pub(crate) fn encode_value(value: Value<'_>, out: &mut Vec<u8>) {
    encode_value_under(value, None, out);
}

fn encode_value_under(value: Value<'_>, collation: Option<&Collation>, out: &mut Vec<u8>) {
    match value {
        Value::MinKey => out.push(class::MIN_KEY),
        Value::Undefined => out.push(class::UNDEFINED),
        Value::Null => out.push(class::NULL),
        Value::Int32(number) => encode_integer(number.into(), out),
        Value::Int64(number) => encode_integer(number, out),
        Value::Double(number) => encode_double(number, out),
        Value::Decimal128(bytes) => encode_decimal(Decimal::from_bytes(bytes), out),
        Value::String(text) | Value::Symbol(text) => {
            out.push(class::STRING);
            match collation {
                None => encode_text(text, out),
                Some(collation) => encode_collated(text, collation, out),
            }
        }
        Value::Document(doc) => {
            out.push(class::DOCUMENT);
            encode_fields(doc, collation, out);
        }
        Value::Array(array) => {
            out.push(class::ARRAY);
            array.iter().for_each(|(_, element)| encode_key_under(element, collation, out));
            out.push(END);
        }
        Value::Binary { subtype, bytes } => {
            out.push(class::BINARY);
            encode_len(bytes.len(), out);
            out.push(subtype);
            out.extend_from_slice(bytes);
        }
        Value::ObjectId(id) => {
            out.push(class::OBJECT_ID);
            out.extend_from_slice(&id);
        }
        Value::Boolean(yes) => out.push(if yes { class::TRUE } else { class::FALSE }),
        Value::DateTime(ms) => {
            out.push(class::DATE);
            out.extend_from_slice(&(ms.cast_unsigned() ^ (1 << 63)).to_be_bytes());
        }
        Value::Timestamp { time, increment } => {
            out.push(class::TIMESTAMP);
            out.extend_from_slice(&time.to_be_bytes());
            out.extend_from_slice(&increment.to_be_bytes());
        }
        Value::Regex { pattern, options } => {
            out.push(class::REGEX);
            encode_text(pattern, out);
            encode_text(options, out);
        }
        Value::DbPointer { namespace, id } => {
            out.push(class::DB_POINTER);
            out.extend_from_slice(&(namespace.len() as u32).to_be_bytes());
            out.extend_from_slice(namespace.as_bytes());
            out.extend_from_slice(&id);
        }
        Value::Code(code) => {
            out.push(class::CODE);
            encode_text(code, out);
        }
        Value::CodeWithScope { code, scope } => {
            out.push(class::CODE_WITH_SCOPE);
            encode_text(code, out);
            encode_fields(scope, None, out);
        }
        Value::MaxKey => out.push(class::MAX_KEY),
    }
}

/// Turns the order of a key, or of a part of one, around.
pub(crate) fn invert(key: &mut [u8]) {
    for byte in key {
        *byte = !*byte;
    }
}

/// The first bytes that come after everything that begins with `prefix`; none when nothing does.
pub(crate) fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte < u8::MAX)?;
    let mut next = prefix[..=last].to_vec();
    next[last] += 1;
    Some(next)
}

/// The classes of all values of one type, first and last: a range scan over them sees that type and no other.
pub(crate) const fn type_classes(tag: u8) -> (u8, u8) {
    let only = match tag {
        tag::MIN_KEY => class::MIN_KEY,
        tag::UNDEFINED => class::UNDEFINED,
        tag::NULL => class::NULL,
        tag::DOUBLE | tag::INT32 | tag::INT64 | tag::DECIMAL128 => return (class::NAN, class::ABOVE_ZERO),
        tag::STRING | tag::SYMBOL => class::STRING,
        tag::DOCUMENT => class::DOCUMENT,
        tag::ARRAY => class::ARRAY,
        tag::BINARY => class::BINARY,
        tag::OBJECT_ID => class::OBJECT_ID,
        tag::BOOLEAN => return (class::FALSE, class::TRUE),
        tag::DATE_TIME => class::DATE,
        tag::TIMESTAMP => class::TIMESTAMP,
        tag::REGEX => class::REGEX,
        tag::DB_POINTER => class::DB_POINTER,
        tag::CODE => class::CODE,
        tag::CODE_WITH_SCOPE => class::CODE_WITH_SCOPE,
        _ => class::MAX_KEY,
    };
    (only, only)
}

/// A document's fields, which compare by type, then name, then value.
fn encode_fields(doc: RawDoc<'_>, collation: Option<&Collation>, out: &mut Vec<u8>) {
    for (name, value) in doc {
        // One more than the rank, because 0 ends the fields.
        out.push(type_rank(value.tag()) + 1);
        encode_text(name, out);
        encode_key_under(value, collation, out);
    }
    out.push(END);
}

/// What the keys of all strings begin with that begin with `text`.
pub(crate) fn text_prefix(text: &str) -> Vec<u8> {
    let mut key = vec![class::STRING];
    encode_text(text, &mut key);
    key.pop();
    key
}

fn encode_text(text: &str, out: &mut Vec<u8>) {
    encode_bytes(text.as_bytes(), out);
}

/// The collation's key in the place of the text, escaped as a text is.
fn encode_collated(text: &str, collation: &Collation, out: &mut Vec<u8>) {
    let mut key = Vec::with_capacity(2 * text.len() + 8);
    collation.write_key(text, &mut key);
    encode_bytes(&key, out);
}

fn encode_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte <= 1) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(&[1, rest[at] + 1]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(END);
}

fn encode_len(len: usize, out: &mut Vec<u8>) {
    match u8::try_from(len) {
        Ok(short @ ..=0xFE) => out.push(short),
        _ => {
            out.push(0xFF);
            out.extend_from_slice(&(len as u32).to_be_bytes());
        }
    }
}

fn encode_integer(number: i64, out: &mut Vec<u8>) {
    let magnitude = number.unsigned_abs();
    if magnitude == 0 {
        return out.push(class::ZERO);
    }
    // The digits beyond those that a double has, if any.
    let excess = (64 - magnitude.leading_zeros()).saturating_sub(f64::MANTISSA_DIGITS);
    let below = magnitude >> excess << excess;
    let rest = if below == magnitude { None } else { Magnitude::of(magnitude.into(), 0) };
    encode_signed(number < 0, below as f64, rest, out);
}

fn encode_double(number: f64, out: &mut Vec<u8>) {
    if number.is_nan() {
        out.push(class::NAN);
    } else if number == 0.0 {
        out.push(class::ZERO);
    } else {
        encode_signed(number < 0.0, number.abs(), None, out);
    }
}

fn encode_decimal(number: Decimal, out: &mut Vec<u8>) {
    match (number, number.magnitude()) {
        (Decimal::NaN, _) => out.push(class::NAN),
        (Decimal::Infinity { negative }, _) => encode_signed(negative, f64::INFINITY, None, out),
        (Decimal::Finite { .. }, None) => out.push(class::ZERO),
        (Decimal::Finite { negative, .. }, Some(magnitude)) => {
            let (below, exact) = magnitude.to_double_below();
            encode_signed(negative, below, (!exact).then_some(magnitude), out);
        }
    }
}

fn encode_signed(negative: bool, below: f64, exactly: Option<Magnitude>, out: &mut Vec<u8>) {
    if !negative {
        out.push(class::ABOVE_ZERO);
        return encode_magnitude(below, exactly, out);
    }
    out.push(class::BELOW_ZERO);
    let start = out.len();
    encode_magnitude(below, exactly, out);
    invert(&mut out[start..]);
}

/// Writes a number above zero: `below` is the largest double not above it, `exactly` the number if that is another.
///
/// The bits of a double without its sign sort as doubles do. They are written seven to a byte, and the lowest bit of
/// each byte says whether anything but zero bits follows, so whole numbers are short. A number between two doubles
/// says so in the ninth byte, and its power of ten and digits follow: they sort the numbers between two doubles.
fn encode_magnitude(below: f64, exactly: Option<Magnitude>, out: &mut Vec<u8>) {
    const BITS: u32 = 7;
    const BYTES: usize = 9;
    let mut rest = below.to_bits() << 1;
    for _ in 0..BYTES {
        let bits = (rest >> (64 - BITS)) as u8;
        rest <<= BITS;
        let more = rest != 0 || exactly.is_some();
        out.push(bits << 1 | u8::from(more));
        if !more {
            return;
        }
    }
    if let Some(Magnitude { scale, digits }) = exactly {
        // The scale is within ±6 200, and thirty-four digits fit into fifteen bytes.
        out.extend_from_slice(&((scale + 0x4000) as u16).to_be_bytes());
        out.extend_from_slice(&digits.to_be_bytes()[1..]);
    }
}
