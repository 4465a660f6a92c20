//! A document and a value that own their bytes.

use std::fmt;

use super::bytes::{put_value, tag_of};
use super::writer::DocWriter;
use crate::document::raw::{RawDoc, RawValue, Value};
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
