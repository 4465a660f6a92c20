//! A walk over BSON bytes without decoding them.
//!
//! Documents are checked once, where they enter ([`RawDoc::validate`]); from then on the walker trusts nothing
//! either, but answers what it cannot read with the end of the document instead of an error.
//! Our own rather than the crate's, whose element look-up is several times slower than memory.

use std::fmt;

use super::field::{Field, Wanted, name_len};

/// The largest document, in bytes, MongoDB's own limit.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How deep documents and arrays may nest, MongoDB's own limit; the document itself is level 1.
pub const DEPTH_MAX: usize = 100;

/// BSON's type numbers.
pub mod tag {
    #![allow(missing_docs)]
    pub const DOUBLE: u8 = 0x01;
    pub const STRING: u8 = 0x02;
    pub const DOCUMENT: u8 = 0x03;
    pub const ARRAY: u8 = 0x04;
    pub const BINARY: u8 = 0x05;
    pub const UNDEFINED: u8 = 0x06;
    pub const OBJECT_ID: u8 = 0x07;
    pub const BOOLEAN: u8 = 0x08;
    pub const DATE_TIME: u8 = 0x09;
    pub const NULL: u8 = 0x0A;
    pub const REGEX: u8 = 0x0B;
    pub const DB_POINTER: u8 = 0x0C;
    pub const CODE: u8 = 0x0D;
    pub const SYMBOL: u8 = 0x0E;
    pub const CODE_WITH_SCOPE: u8 = 0x0F;
    pub const INT32: u8 = 0x10;
    pub const TIMESTAMP: u8 = 0x11;
    pub const INT64: u8 = 0x12;
    pub const DECIMAL128: u8 = 0x13;
    pub const MIN_KEY: u8 = 0xFF;
    pub const MAX_KEY: u8 = 0x7F;
}

/// The bytes of a document or an array, length and final zero included.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawDoc<'a>(&'a [u8]);

/// One value: its type number and its bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawValue<'a> {
    tag: u8,
    bytes: &'a [u8],
}

/// One value, read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    Double(f64),
    String(&'a str),
    Document(RawDoc<'a>),
    Array(RawDoc<'a>),
    Binary {
        subtype: u8,
        bytes: &'a [u8],
    },
    Undefined,
    ObjectId([u8; 12]),
    Boolean(bool),
    /// Milliseconds since 1970.
    DateTime(i64),
    Null,
    Regex {
        pattern: &'a str,
        options: &'a str,
    },
    DbPointer {
        namespace: &'a str,
        id: [u8; 12],
    },
    Code(&'a str),
    Symbol(&'a str),
    CodeWithScope {
        code: &'a str,
        scope: RawDoc<'a>,
    },
    Int32(i32),
    Timestamp {
        time: u32,
        increment: u32,
    },
    Int64(i64),
    /// IEEE 754-2008 decimal128, little-endian, binary integer significand.
    Decimal128([u8; 16]),
    MinKey,
    MaxKey,
}

/// The document without fields.
const EMPTY: &[u8] = &[5, 0, 0, 0, 0];

impl<'a> RawDoc<'a> {
    /// Takes bytes that were checked before; see [`validate`](Self::validate).
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The document without fields.
    #[must_use]
    pub const fn empty() -> RawDoc<'static> {
        RawDoc(EMPTY)
    }

    /// All bytes, length and final zero included.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// Whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The fields in order, as far as they can be read.
    #[must_use]
    pub fn iter(&self) -> RawIter<'a> {
        RawIter { bytes: self.0, at: 4 }
    }

    /// The fields in order as a search wants them: names unchecked, with the place of each.
    #[must_use]
    pub const fn fields(&self) -> RawFields<'a> {
        RawFields { bytes: self.0, at: 4 }
    }

    /// The first field of this name. No dots: a path is walked above.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<RawValue<'a>> {
        let (bytes, wanted, mut at) = (self.0, Wanted::new(name), 4);
        loop {
            let field = Field::at(bytes, at)?;
            if wanted.is_of(&field, bytes) {
                return Some(RawValue { tag: field.kind, bytes: bytes.get(field.value_at..field.end)? });
            }
            at = field.end;
        }
    }
}

impl<'a> RawValue<'a> {
    /// A value of `tag` in bytes that were checked before.
    #[must_use]
    pub const fn new(tag: u8, bytes: &'a [u8]) -> Self {
        Self { tag, bytes }
    }

    /// BSON's type number.
    #[must_use]
    pub const fn tag(&self) -> u8 {
        self.tag
    }

    /// The value's bytes, without its type number and name.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The value, read; what cannot be read counts as undefined, which a checked document never shows.
    #[must_use]
    pub fn read(&self) -> Value<'a> {
        read(self.tag, self.bytes).unwrap_or(Value::Undefined)
    }

    /// The document, when it is one.
    #[must_use]
    pub fn as_document(&self) -> Option<RawDoc<'a>> {
        (self.tag == tag::DOCUMENT).then_some(RawDoc(self.bytes))
    }

    /// The array, when it is one.
    #[must_use]
    pub fn as_array(&self) -> Option<RawDoc<'a>> {
        (self.tag == tag::ARRAY).then_some(RawDoc(self.bytes))
    }

    /// The text, when it is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        match self.read() {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a double, int32, int64 or decimal128.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self.tag, tag::DOUBLE | tag::INT32 | tag::INT64 | tag::DECIMAL128)
    }
}

/// One field as a search meets it: its name as bytes, and where in the document it stands.
#[derive(Debug, Clone, Copy)]
pub struct RawField<'a> {
    /// The name, not checked to be UTF-8.
    pub name: &'a [u8],
    /// The value.
    pub value: RawValue<'a>,
    /// Where the field's type byte stands, counted from the document's first byte.
    pub start: usize,
    /// The first byte after the field.
    pub end: usize,
}

/// The fields of a document, in order, with their places.
#[derive(Debug, Clone)]
pub struct RawFields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for RawFields<'a> {
    type Item = RawField<'a>;

    #[inline]
    fn next(&mut self) -> Option<RawField<'a>> {
        let (bytes, start) = (self.bytes, self.at);
        let field = Field::at(bytes, start)?;
        let value = RawValue { tag: field.kind, bytes: bytes.get(field.value_at..field.end)? };
        self.at = field.end;
        Some(RawField { name: field.name(bytes)?, value, start, end: field.end })
    }
}

/// The fields of a document, in order.
#[derive(Debug, Clone)]
pub struct RawIter<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for RawIter<'a> {
    type Item = (&'a str, RawValue<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let field = Field::at(self.bytes, self.at)?;
        let name = std::str::from_utf8(field.name(self.bytes)?).ok()?;
        let bytes = self.bytes.get(field.value_at..field.end)?;
        self.at = field.end;
        Some((name, RawValue { tag: field.kind, bytes }))
    }
}

impl<'a> IntoIterator for RawDoc<'a> {
    type Item = (&'a str, RawValue<'a>);
    type IntoIter = RawIter<'a>;

    fn into_iter(self) -> RawIter<'a> {
        self.iter()
    }
}

impl fmt::Debug for RawDoc<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl fmt::Debug for RawValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_array() {
            Some(array) => f.debug_list().entries(array.iter().map(|(_, value)| value)).finish(),
            None => self.read().fmt(f),
        }
    }
}

pub(super) fn int32(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..at + 4)?.try_into().ok().map(i32::from_le_bytes)
}

pub(super) fn len32(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(int32(bytes, at)?).ok()
}

/// The text of a length-prefixed string that fills `bytes`.
pub(super) fn string(bytes: &[u8]) -> Option<&str> {
    let len = len32(bytes, 0)?;
    let text = bytes.get(4..4 + len.checked_sub(1)?)?;
    (*bytes.get(3 + len)? == 0).then(|| std::str::from_utf8(text).ok()).flatten()
}

pub(super) fn read(kind: u8, bytes: &[u8]) -> Option<Value<'_>> {
    Some(match kind {
        tag::DOUBLE => Value::Double(f64::from_le_bytes(bytes.try_into().ok()?)),
        tag::STRING => Value::String(string(bytes)?),
        tag::DOCUMENT => Value::Document(RawDoc(bytes)),
        tag::ARRAY => Value::Array(RawDoc(bytes)),
        tag::BINARY => Value::Binary { subtype: *bytes.get(4)?, bytes: bytes.get(5..)? },
        tag::UNDEFINED => Value::Undefined,
        tag::OBJECT_ID => Value::ObjectId(bytes.try_into().ok()?),
        tag::BOOLEAN => Value::Boolean(*bytes.first()? != 0),
        tag::DATE_TIME => Value::DateTime(i64::from_le_bytes(bytes.try_into().ok()?)),
        tag::NULL => Value::Null,
        tag::REGEX => {
            let pattern = name_len(bytes)?;
            let options = bytes.get(pattern + 1..bytes.len().checked_sub(1)?)?;
            Value::Regex {
                pattern: std::str::from_utf8(&bytes[..pattern]).ok()?,
                options: std::str::from_utf8(options).ok()?,
            }
        }
        tag::DB_POINTER => {
            let (namespace, id) = bytes.split_at_checked(bytes.len().checked_sub(12)?)?;
            Value::DbPointer { namespace: string(namespace)?, id: id.try_into().ok()? }
        }
        tag::CODE => Value::Code(string(bytes)?),
        tag::SYMBOL => Value::Symbol(string(bytes)?),
        tag::CODE_WITH_SCOPE => {
            let code_len = len32(bytes, 4)?.checked_add(4)?;
            let code = string(bytes.get(4..4 + code_len)?)?;
            Value::CodeWithScope { code, scope: RawDoc(bytes.get(4 + code_len..)?) }
        }
        tag::INT32 => Value::Int32(int32(bytes, 0)?),
        tag::TIMESTAMP => Value::Timestamp {
            increment: u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?),
            time: u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?),
        },
        tag::INT64 => Value::Int64(i64::from_le_bytes(bytes.try_into().ok()?)),
        tag::DECIMAL128 => Value::Decimal128(bytes.try_into().ok()?),
        tag::MIN_KEY => Value::MinKey,
        tag::MAX_KEY => Value::MaxKey,
        _ => return None,
    })
}
