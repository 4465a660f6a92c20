//! Between raw BSON and the BSON crate's types, and what serde makes of either.

use std::any::{Any, TypeId};

use bson::{Bson, RawDocument, RawDocumentBuf};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::builder::{ArrayWriter, RawDocBuf};
use super::decode::decode;
use super::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, ErrorKind, Result, code};

/// What can be given where a document is asked for: a filter, an update, a sort, a projection.
pub trait IntoDocument {
    /// The document's bytes, checked.
    ///
    /// # Errors
    /// `Invalid`, when it is no document that may be stored.
    fn into_raw(self) -> Result<RawDocBuf>;
}

impl IntoDocument for RawDocBuf {
    fn into_raw(self) -> Result<RawDocBuf> {
        Ok(self)
    }
}

impl IntoDocument for &RawDocBuf {
    fn into_raw(self) -> Result<RawDocBuf> {
        Ok(self.clone())
    }
}

impl IntoDocument for RawDoc<'_> {
    fn into_raw(self) -> Result<RawDocBuf> {
        RawDocBuf::from_bytes(self.as_bytes().to_vec())
    }
}

impl IntoDocument for bson::Document {
    fn into_raw(self) -> Result<RawDocBuf> {
        (&self).into_raw()
    }
}

impl IntoDocument for &bson::Document {
    fn into_raw(self) -> Result<RawDocBuf> {
        RawDocBuf::from_bytes(self.to_vec().map_err(|error| unwritable(&error))?)
    }
}

impl IntoDocument for RawDocumentBuf {
    fn into_raw(self) -> Result<RawDocBuf> {
        RawDocBuf::from_bytes(self.into_bytes())
    }
}

impl IntoDocument for &RawDocument {
    fn into_raw(self) -> Result<RawDocBuf> {
        RawDocBuf::from_bytes(self.as_bytes().to_vec())
    }
}

/// What can be given where an update is asked for: a document of operators, or a list of stages.
pub trait IntoUpdate {
    /// The update's bytes, checked.
    ///
    /// # Errors
    /// `Invalid`, when it holds what is no document.
    fn into_update(self) -> Result<UpdateForm>;
}

/// An update, not read yet.
#[derive(Debug, Clone)]
pub enum UpdateForm {
    /// `{$set: {…}, …}`.
    Document(RawDocBuf),
    /// `[{$set: {…}}, …]`: the bytes of the array.
    Pipeline(RawDocBuf),
}

impl<T: IntoDocument> IntoUpdate for T {
    fn into_update(self) -> Result<UpdateForm> {
        self.into_raw().map(UpdateForm::Document)
    }
}

impl IntoUpdate for UpdateForm {
    fn into_update(self) -> Result<UpdateForm> {
        Ok(self)
    }
}

impl IntoUpdate for &[bson::Document] {
    fn into_update(self) -> Result<UpdateForm> {
        let mut bytes = Vec::new();
        let mut stages = ArrayWriter::new(&mut bytes);
        for stage in self {
            let stage = stage.into_raw()?;
            stages.put(Value::Document(stage.as_doc()));
        }
        stages.finish();
        RawDocBuf::from_bytes(bytes).map(UpdateForm::Pipeline)
    }
}

impl IntoUpdate for Vec<bson::Document> {
    fn into_update(self) -> Result<UpdateForm> {
        self.as_slice().into_update()
    }
}

impl<const N: usize> IntoUpdate for [bson::Document; N] {
    fn into_update(self) -> Result<UpdateForm> {
        self.as_slice().into_update()
    }
}

/// Appends `value` to `out` as one document; not checked yet.
pub(crate) fn write<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    bson::serialize_to_buffer(value, out).map_err(|error| {
        out.truncate(start);
        unwritable(&error)
    })
}

/// Reads a document into a value of the caller's type.
///
/// A type without a reference in it has a name at run time: the caller who asks for a document gets it decoded at once,
/// without the road through `serde`. That road also takes a field `{"$oid": "…"}` for an ObjectId.
pub(crate) fn read<T: DeserializeOwned + 'static>(doc: RawDoc<'_>) -> Result<T> {
    if TypeId::of::<T>() == TypeId::of::<bson::Document>() {
        let mut read = Some(read_document(doc)?);
        let read = (&mut read as &mut dyn Any).downcast_mut::<Option<T>>();
        return read.and_then(Option::take).ok_or_else(|| Error::internal("two types have one name"));
    }
    bson::deserialize_from_slice(doc.as_bytes()).map_err(|error| {
        let what = format!("a document does not fit {}: {error}", std::any::type_name::<T>());
        Error::invalid(code::FAILED_TO_PARSE, what).with_source(error)
    })
}

/// Reads a document as it stands.
pub(crate) fn read_document(doc: RawDoc<'_>) -> Result<bson::Document> {
    if let Some(decoded) = decode(doc) {
        return Ok(decoded);
    }
    bson::Document::from_reader(doc.as_bytes())
        .map_err(|error| Error::new(ErrorKind::Corrupt, format!("a document cannot be read: {error}")))
}

/// The value as the BSON crate has it.
pub(crate) fn to_bson(value: RawValue<'_>) -> Result<Bson> {
    let whole = RawDocBuf::build(|doc| doc.append("v", value));
    Ok(read_document(whole.as_doc())?.remove("v").unwrap_or(Bson::Null))
}

/// A document of one field.
pub(crate) fn single(name: &str, value: &Bson) -> Result<RawDocBuf> {
    if let Some(scalar) = scalar(value) {
        return Ok(RawDocBuf::build(|doc| doc.put(name, scalar)));
    }
    bson::doc! { name: value.clone() }.into_raw()
}

/// The value, where it can be read without being written first.
pub(crate) fn scalar(value: &Bson) -> Option<Value<'_>> {
    Some(match value {
        Bson::Double(number) => Value::Double(*number),
        Bson::String(text) => Value::String(text),
        Bson::Binary(binary) => Value::Binary { subtype: binary.subtype.into(), bytes: &binary.bytes },
        Bson::ObjectId(id) => Value::ObjectId(id.bytes()),
        Bson::Boolean(value) => Value::Boolean(*value),
        Bson::DateTime(time) => Value::DateTime(time.timestamp_millis()),
        Bson::Null => Value::Null,
        Bson::Int32(number) => Value::Int32(*number),
        Bson::Int64(number) => Value::Int64(*number),
        Bson::Timestamp(stamp) => Value::Timestamp { time: stamp.time, increment: stamp.increment },
        Bson::Decimal128(number) => Value::Decimal128(number.bytes()),
        _ => return None,
    })
}

fn unwritable(error: &bson::error::Error) -> Error {
    Error::invalid(code::INVALID_BSON, format!("the value cannot be written as a BSON document: {error}"))
}
