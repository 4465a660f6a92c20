//! What a key does not tell of its values.
//!
//! A key is the same for 5, 5.0 and the decimal 5, and for null and a missing field. Beside it an entry says, with a
//! byte for each field, of which kind the value was, so that an answer can be given from the index alone.

use super::layout::kind;
use crate::document::raw::{RawValue, Value};

/// Beyond this, a double does not tell every whole number.
const EXACT_MAX: u64 = 1 << 53;

/// The kind of a value in a document; nothing is a missing one. Under a collation a key does not tell its text.
pub(super) fn kind_of(value: Option<RawValue<'_>>, collated: bool) -> u8 {
    let Some(value) = value else { return kind::MISSING };
    match value.read() {
        Value::String(_) if collated => kind::OTHER,
        Value::Int32(_)
        | Value::String(_)
        | Value::Null
        | Value::Boolean(_)
        | Value::DateTime(_)
        | Value::ObjectId(_)
        | Value::Timestamp { .. }
        | Value::Binary { .. }
        | Value::MinKey
        | Value::MaxKey => kind::PLAIN,
        Value::Int64(number) if number.unsigned_abs() <= EXACT_MAX => kind::INT64,
        Value::Double(number) if number.to_bits() == f64::NAN.to_bits() => kind::PLAIN,
        Value::Double(number) if number.is_nan() || (number == 0.0 && number.is_sign_negative()) => {
            kind::OTHER
        }
        Value::Double(number) if as_int32(number).is_some() => kind::DOUBLE,
        Value::Double(_) => kind::PLAIN,
        _ => kind::OTHER,
    }
}

/// The int32 that says the same.
pub(super) fn as_int32(number: f64) -> Option<i32> {
    let fits = number.fract() == 0.0 && number >= f64::from(i32::MIN) && number <= f64::from(i32::MAX);
    fits.then_some(number as i32)
}

/// Appends the kinds of an entry, behind the byte of its order if there is one; plain ones at the end are left out.
pub(super) fn put(order: Option<u8>, kinds: &[u8], out: &mut Vec<u8>) {
    out.extend(order);
    let len = kinds.iter().rposition(|kind| *kind != kind::PLAIN).map_or(0, |last| last + 1);
    out.extend_from_slice(&kinds[..len]);
}

/// The kind of the field at `place`, in what [`put`] wrote behind the order.
pub(super) fn at(kinds: &[u8], place: usize) -> u8 {
    kinds.get(place).copied().unwrap_or(kind::PLAIN)
}
