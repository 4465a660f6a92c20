//! Documents as the BSON crate has them, decoded by the walk of our own.
//!
//! The crate's reader takes a third longer, and the road through `serde` nearly twice as long. What is rare or looks wrong is left
//! to that reader: it knows every type, and says what is wrong.

use bson::oid::ObjectId;
use bson::{Binary, Bson, DateTime, Decimal128, Document, Timestamp};

use super::raw::{DEPTH_MAX, RawDoc, RawValue, Value, len32, read};

/// The subtype whose bytes have a length of their own before them, which the crate takes away.
const BINARY_OLD: u8 = 2;

/// The whole document, or nothing where the crate's reader shall look at it.
pub(super) fn decode(doc: RawDoc<'_>) -> Option<Document> {
    document(doc, 0)
}

fn document(doc: RawDoc<'_>, depth: usize) -> Option<Document> {
    let mut decoded = Document::new();
    each(doc, depth, |name, value| {
        decoded.insert(name, value);
    })?;
    Some(decoded)
}

fn array(doc: RawDoc<'_>, depth: usize) -> Option<Bson> {
    let mut values = Vec::new();
    each(doc, depth, |_, value| values.push(value))?;
    Some(Bson::Array(values))
}

/// Hands out the fields of a document whose length and end are right.
fn each(doc: RawDoc<'_>, depth: usize, mut take: impl FnMut(&str, Bson)) -> Option<()> {
    let bytes = doc.as_bytes();
    if depth > DEPTH_MAX || len32(bytes, 0) != Some(bytes.len()) || bytes.last() != Some(&0) {
        return None;
    }
    let mut end = 4;
    for field in doc.fields() {
        take(std::str::from_utf8(field.name).ok()?, value(field.value, depth + 1)?);
        end = field.end;
    }
    (end + 1 == bytes.len()).then_some(())
}

fn value(value: RawValue<'_>, depth: usize) -> Option<Bson> {
    Some(match read(value.tag(), value.as_bytes())? {
        Value::Double(number) => Bson::Double(number),
        Value::String(text) => Bson::String(text.to_owned()),
        Value::Document(doc) => Bson::Document(document(doc, depth)?),
        Value::Array(doc) => array(doc, depth)?,
        Value::Binary { subtype, bytes } if subtype != BINARY_OLD => {
            Bson::Binary(Binary { subtype: subtype.into(), bytes: bytes.to_vec() })
        }
        Value::ObjectId(bytes) => Bson::ObjectId(ObjectId::from_bytes(bytes)),
        Value::Boolean(yes) if value.as_bytes()[0] <= 1 => Bson::Boolean(yes),
        Value::DateTime(ms) => Bson::DateTime(DateTime::from_millis(ms)),
        Value::Null => Bson::Null,
        Value::Int32(number) => Bson::Int32(number),
        Value::Timestamp { time, increment } => Bson::Timestamp(Timestamp { time, increment }),
        Value::Int64(number) => Bson::Int64(number),
        Value::Decimal128(bytes) => Bson::Decimal128(Decimal128::from_bytes(bytes)),
        Value::Code(code) => Bson::JavaScriptCode(code.to_owned()),
        Value::MinKey => Bson::MinKey,
        Value::MaxKey => Bson::MaxKey,
        _ => return None,
    })
}
