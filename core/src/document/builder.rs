//! Documents written as raw BSON, field by field, without a tree in between.
//!
//! A writer appends to bytes that its caller owns, so a document can be built right inside a larger buffer.
//! Dropping a writer closes its document: the final zero is added and the length put in its place.

use std::fmt;

use super::raw::{RawDoc, RawValue, Value, tag};
use crate::error::Result;

/// The bytes of a document, owned; checked when they were taken in.
#[derive(Clone, PartialEq, Eq)]
pub struct RawDocBuf {
    bytes: Vec<u8>,
}

impl RawDocBuf {
    /// The document without fields.
    #[must_use]
    pub fn new() -> Self {
        Self { bytes: RawDoc::empty().as_bytes().to_vec() }
    }

    /// Takes bytes and checks them.
    ///
    /// # Errors
    /// `Invalid`, as [`RawDoc::validate`] says.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self> {
        RawDoc::validate(&bytes)?;
        Ok(Self { bytes })
    }

    /// Takes bytes that were checked or written here.
    #[must_use]
    pub(crate) const fn from_checked(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// A document whose fields `write` appends.
    #[must_use]
    pub fn build(write: impl FnOnce(&mut DocWriter<'_>)) -> Self {
        let mut bytes = Vec::new();
        write(&mut DocWriter::new(&mut bytes));
        Self { bytes }
    }

    /// The document, to be read.
    #[must_use]
    pub fn as_doc(&self) -> RawDoc<'_> {
        RawDoc::new(&self.bytes)
    }

    /// All bytes, length and final zero included.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes themselves.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Default for RawDocBuf {
    fn default() -> Self {
        Self::new()
    }
}

impl From<RawDoc<'_>> for RawDocBuf {
    fn from(doc: RawDoc<'_>) -> Self {
        Self { bytes: doc.as_bytes().to_vec() }
    }
}

impl fmt::Debug for RawDocBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_doc().fmt(f)
    }
}

/// One value, owned; checked when it was taken in.
#[derive(Clone, PartialEq, Eq)]
pub struct RawValueBuf {
    tag: u8,
    bytes: Vec<u8>,
}

impl RawValueBuf {
    /// Takes a value that was checked or written here.
    #[must_use]
    pub(crate) const fn from_checked(tag: u8, bytes: Vec<u8>) -> Self {
        Self { tag, bytes }
    }

    /// The value, to be read.
    #[must_use]
    pub fn as_value(&self) -> RawValue<'_> {
        RawValue::new(self.tag, &self.bytes)
    }
}

impl From<RawValue<'_>> for RawValueBuf {
    fn from(value: RawValue<'_>) -> Self {
        Self { tag: value.tag(), bytes: value.as_bytes().to_vec() }
    }
}

impl From<Value<'_>> for RawValueBuf {
    fn from(value: Value<'_>) -> Self {
        let mut bytes = Vec::new();
        put_value(&mut bytes, value);
        Self { tag: tag_of(&value), bytes }
    }
}

impl fmt::Debug for RawValueBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_value().fmt(f)
    }
}

/// Appends the fields of one document to a byte vector; see the module's head.
///
/// Field names must not hold a NUL: what follows one is left out, so that the document stays whole.
#[derive(Debug)]
pub struct DocWriter<'v> {
    out: &'v mut Vec<u8>,
    start: usize,
}

impl<'v> DocWriter<'v> {
    /// Begins a document at the end of `out`.
    pub fn new(out: &'v mut Vec<u8>) -> Self {
        let start = begin(out);
        Self { out, start }
    }

    /// Appends a value as it stands in another document.
    pub fn append(&mut self, name: &str, value: RawValue<'_>) {
        put_name(self.out, value.tag(), name);
        self.out.extend_from_slice(value.as_bytes());
    }

    /// Appends a value.
    pub fn put(&mut self, name: &str, value: Value<'_>) {
        put_name(self.out, tag_of(&value), name);
        put_value(self.out, value);
    }

    /// Appends every field of `doc`.
    pub fn extend(&mut self, doc: RawDoc<'_>) {
        let bytes = doc.as_bytes();
        self.out.extend_from_slice(bytes.get(4..bytes.len().saturating_sub(1)).unwrap_or_default());
    }

    /// Begins a document inside this one; it ends when it is dropped.
    pub fn document(&mut self, name: &str) -> DocWriter<'_> {
        put_name(self.out, tag::DOCUMENT, name);
        DocWriter::new(self.out)
    }

    /// Begins an array inside this document; it ends when it is dropped.
    pub fn array(&mut self, name: &str) -> ArrayWriter<'_> {
        put_name(self.out, tag::ARRAY, name);
        ArrayWriter::new(self.out)
    }

    /// How many bytes the document has so far, its final zero not counted.
    #[must_use]
    pub fn size(&self) -> usize {
        self.out.len() - self.start
    }

    /// Ends the document, as dropping it does.
    pub fn finish(self) {}
}

impl Drop for DocWriter<'_> {
    fn drop(&mut self) {
        end(self.out, self.start);
    }
}

/// Appends the elements of one array; its field names are the positions.
#[derive(Debug)]
pub struct ArrayWriter<'v> {
    doc: DocWriter<'v>,
    next: usize,
}

impl<'v> ArrayWriter<'v> {
    /// Begins an array at the end of `out`.
    pub fn new(out: &'v mut Vec<u8>) -> Self {
        Self { doc: DocWriter::new(out), next: 0 }
    }

    /// Appends a value as it stands in another document.
    pub fn append(&mut self, value: RawValue<'_>) {
        self.place(value.tag());
        self.doc.out.extend_from_slice(value.as_bytes());
    }

    /// Appends a value.
    pub fn put(&mut self, value: Value<'_>) {
        self.place(tag_of(&value));
        put_value(self.doc.out, value);
    }

    /// Begins a document as the next element; it ends when it is dropped.
    pub fn document(&mut self) -> DocWriter<'_> {
        self.place(tag::DOCUMENT);
        DocWriter::new(self.doc.out)
    }

    /// Begins an array as the next element; it ends when it is dropped.
    pub fn array(&mut self) -> ArrayWriter<'_> {
        self.place(tag::ARRAY);
        ArrayWriter::new(self.doc.out)
    }

    /// How many elements there are so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.next
    }

    /// Whether there are no elements so far.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.next == 0
    }

    /// How many bytes the array has so far, its final zero not counted.
    #[must_use]
    pub fn size(&self) -> usize {
        self.doc.size()
    }

    /// Ends the array, as dropping it does.
    pub fn finish(self) {}

    fn place(&mut self, kind: u8) {
        self.doc.out.push(kind);
        put_position(self.doc.out, self.next);
        self.next += 1;
    }
}

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
