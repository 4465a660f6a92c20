//! An `_id` as bytes that sort as the values do; equal values give equal bytes.

use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, ErrorKind, Result};

/// Appends the key of `value`.
pub(crate) fn encode(value: RawValue<'_>, out: &mut Vec<u8>) -> Result<()> {
    encode_value(value.read(), out)
}

/// Appends the key of a value that was read.
pub(crate) fn encode_value(value: Value<'_>, out: &mut Vec<u8>) -> Result<()> {
    match value {
        Value::MinKey => out.push(0x01),
        Value::Undefined | Value::Null => out.push(0x05),
        Value::Int32(number) => integer(i64::from(number), out),
        Value::Int64(number) => integer(number, out),
        Value::Double(number) => double(number, 0, out),
        Value::Decimal128(_) => {
            return Err(Error::new(ErrorKind::Unsupported, "a decimal128 as _id is not supported yet"));
        }
        Value::String(text) | Value::Symbol(text) => terminated(0x20, text.as_bytes(), out),
        Value::Document(doc) => document(0x30, doc, out)?,
        Value::Array(array) => document(0x40, array, out)?,
        Value::Binary { subtype, bytes } => {
            out.push(0x50);
            out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
            out.push(subtype);
            out.extend_from_slice(bytes);
        }
        Value::ObjectId(id) => {
            out.push(0x58);
            out.extend_from_slice(&id);
        }
        Value::Boolean(value) => out.extend_from_slice(&[0x60, u8::from(value)]),
        Value::DateTime(ms) => {
            out.push(0x68);
            out.extend_from_slice(&super::layout::sortable(ms));
        }
        Value::Timestamp { time, increment } => {
            out.push(0x70);
            out.extend_from_slice(&time.to_be_bytes());
            out.extend_from_slice(&increment.to_be_bytes());
        }
        Value::Regex { pattern, options } => {
            terminated(0x78, pattern.as_bytes(), out);
            terminated(0x78, options.as_bytes(), out);
        }
        Value::DbPointer { namespace, id } => {
            terminated(0x80, namespace.as_bytes(), out);
            out.extend_from_slice(&id);
        }
        Value::Code(code) => terminated(0x88, code.as_bytes(), out),
        Value::CodeWithScope { code, scope } => {
            terminated(0x90, code.as_bytes(), out);
            document(0x90, scope, out)?;
        }
        Value::MaxKey => out.push(0xFE),
    }
    Ok(())
}

/// The double nearest to the number, and what is left: integers that share a double sort by the rest.
fn integer(number: i64, out: &mut Vec<u8>) {
    let nearest = number as f64;
    let rest = i128::from(number) - nearest as i128;
    double(nearest, rest as i16, out);
}

fn double(number: f64, rest: i16, out: &mut Vec<u8>) {
    let number = if number == 0.0 { 0.0 } else { number };
    let bits = number.to_bits();
    let sortable = match number {
        nan if nan.is_nan() => 0,
        negative if negative.is_sign_negative() => !bits,
        _ => bits | 1 << 63,
    };
    out.push(0x10);
    out.extend_from_slice(&sortable.to_be_bytes());
    out.extend_from_slice(&(rest.cast_unsigned() ^ (1 << 15)).to_be_bytes());
}

/// Text that may hold zeros, so that none sorts between it and what it begins.
fn terminated(kind: u8, text: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    for byte in text {
        out.push(*byte);
        if *byte == 0 {
            out.push(0xFF);
        }
    }
    out.extend_from_slice(&[0, 0]);
}

fn document(kind: u8, doc: RawDoc<'_>, out: &mut Vec<u8>) -> Result<()> {
    out.push(kind);
    for (name, value) in doc {
        encode(value, out)?;
        terminated(0x01, name.as_bytes(), out);
    }
    out.push(0);
    Ok(())
}
