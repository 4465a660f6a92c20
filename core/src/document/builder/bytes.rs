//! The bytes of fields and values, as BSON lays them out.

use crate::document::raw::{Value, tag};

/// Begins a document or an array at the end of `out` and says where.
pub(crate) fn begin(out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    start
}

/// Ends the document or array that began at `start`.
///
/// Documents stay far below the two gigabytes that the length can say: whoever stores one checks its size.
pub(crate) fn end(out: &mut Vec<u8>, start: usize) {
    out.push(0);
    let len = i32::try_from(out.len() - start).unwrap_or(i32::MAX);
    out[start..start + 4].copy_from_slice(&len.to_le_bytes());
}

/// Ends the string that began, as a document begins, at `start`.
pub(crate) fn end_string(out: &mut Vec<u8>, start: usize) {
    out.push(0);
    let len = i32::try_from(out.len() - start - 4).unwrap_or(i32::MAX);
    out[start..start + 4].copy_from_slice(&len.to_le_bytes());
}

/// Writes the head of a field: its type and its name.
pub(crate) fn put_name(out: &mut Vec<u8>, kind: u8, name: &str) {
    out.push(kind);
    put_c_string(out, name);
}

/// Writes an array position as a field name.
pub(crate) fn put_position(out: &mut Vec<u8>, position: usize) {
    let mut digits = [0_u8; 21];
    let mut at = digits.len() - 1;
    let mut rest = position;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Writes a value's bytes, without type and name.
pub(crate) fn put_value(out: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Double(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::String(text) | Value::Code(text) | Value::Symbol(text) => put_string(out, text),
        Value::Document(doc) | Value::Array(doc) => out.extend_from_slice(doc.as_bytes()),
        Value::Binary { subtype, bytes } => {
            put_len(out, bytes.len());
            out.push(subtype);
            out.extend_from_slice(bytes);
        }
        Value::Undefined | Value::Null | Value::MinKey | Value::MaxKey => {}
        Value::ObjectId(id) => out.extend_from_slice(&id),
        Value::Boolean(yes) => out.push(u8::from(yes)),
        Value::DateTime(number) | Value::Int64(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::Regex { pattern, options } => {
            put_c_string(out, pattern);
            put_c_string(out, options);
        }
        Value::DbPointer { namespace, id } => {
            put_string(out, namespace);
            out.extend_from_slice(&id);
        }
        Value::CodeWithScope { code, scope } => {
            put_len(out, 4 + 4 + code.len() + 1 + scope.as_bytes().len());
            put_string(out, code);
            out.extend_from_slice(scope.as_bytes());
        }
        Value::Int32(number) => out.extend_from_slice(&number.to_le_bytes()),
        Value::Timestamp { time, increment } => {
            out.extend_from_slice(&increment.to_le_bytes());
            out.extend_from_slice(&time.to_le_bytes());
        }
        Value::Decimal128(bytes) => out.extend_from_slice(&bytes),
    }
}

/// BSON's type number of a value.
pub(crate) const fn tag_of(value: &Value<'_>) -> u8 {
    match value {
        Value::Double(_) => tag::DOUBLE,
        Value::String(_) => tag::STRING,
        Value::Document(_) => tag::DOCUMENT,
        Value::Array(_) => tag::ARRAY,
        Value::Binary { .. } => tag::BINARY,
        Value::Undefined => tag::UNDEFINED,
        Value::ObjectId(_) => tag::OBJECT_ID,
        Value::Boolean(_) => tag::BOOLEAN,
        Value::DateTime(_) => tag::DATE_TIME,
        Value::Null => tag::NULL,
        Value::Regex { .. } => tag::REGEX,
        Value::DbPointer { .. } => tag::DB_POINTER,
        Value::Code(_) => tag::CODE,
        Value::Symbol(_) => tag::SYMBOL,
        Value::CodeWithScope { .. } => tag::CODE_WITH_SCOPE,
        Value::Int32(_) => tag::INT32,
        Value::Timestamp { .. } => tag::TIMESTAMP,
        Value::Int64(_) => tag::INT64,
        Value::Decimal128(_) => tag::DECIMAL128,
        Value::MinKey => tag::MIN_KEY,
        Value::MaxKey => tag::MAX_KEY,
    }
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    out.extend_from_slice(&i32::try_from(len).unwrap_or(i32::MAX).to_le_bytes());
}

fn put_string(out: &mut Vec<u8>, text: &str) {
    put_len(out, text.len() + 1);
    out.extend_from_slice(text.as_bytes());
    out.push(0);
}

fn put_c_string(out: &mut Vec<u8>, text: &str) {
    let text = text.as_bytes();
    debug_assert!(!text.contains(&0), "a NUL inside a name or a pattern");
    let len = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    out.extend_from_slice(&text[..len]);
    out.push(0);
}
