//! A value on its way through an expression: borrowed where it lies, small, or owned.

use super::fault;
use crate::document::builder::{RawValueBuf, put_value, tag_of};
use crate::document::compare::compare;
use crate::document::raw::{DOCUMENT_BYTES_MAX, RawDoc, RawValue, Value, tag};
use crate::error::Result;
use crate::expression::show::{shown, type_name};

/// What an expression computes to; a missing value is none of BSON's.
#[derive(Debug, Clone)]
pub(crate) enum Item<'a> {
    Missing,
    Raw(RawValue<'a>),
    Small(Small),
    Owned(RawValueBuf),
}

/// A value of at most sixteen bytes, kept in place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Small {
    tag: u8,
    len: u8,
    bytes: [u8; 16],
}

impl<'a> Item<'a> {
    pub(crate) const NULL: Item<'static> = Item::Raw(RawValue::new(tag::NULL, &[]));

    /// The value that stands somewhere, or nothing.
    pub(crate) fn of(value: Option<RawValue<'a>>) -> Self {
        value.map_or(Item::Missing, Item::Raw)
    }

    pub(super) const fn boolean(yes: bool) -> Item<'static> {
        Item::Raw(RawValue::new(tag::BOOLEAN, if yes { &[1] } else { &[0] }))
    }

    pub(super) fn int32(number: i32) -> Item<'static> {
        Item::scalar(Value::Int32(number))
    }

    /// A count as an int32, or as an int64 where it must be.
    pub(super) fn count(number: usize) -> Item<'static> {
        match i32::try_from(number) {
            Ok(number) => Item::int32(number),
            Err(_) => Item::scalar(Value::Int64(i64::try_from(number).unwrap_or(i64::MAX))),
        }
    }

    /// A value of fixed size.
    pub(super) fn scalar(value: Value<'_>) -> Item<'static> {
        let mut bytes = Vec::new();
        match small(&value) {
            Some(small) => Item::Small(small),
            None => {
                put_value(&mut bytes, value);
                Item::Owned(RawValueBuf::from_checked(tag_of(&value), bytes))
            }
        }
    }

    pub(super) fn text(text: &str) -> Result<Item<'static>> {
        if text.len() > DOCUMENT_BYTES_MAX {
            return Err(fault::too_large(text.len()));
        }
        Ok(Item::Owned(RawValueBuf::from(Value::String(text))))
    }

    /// An array or a document in bytes that were written here.
    pub(super) fn container(kind: u8, bytes: Vec<u8>) -> Result<Item<'static>> {
        if bytes.len() > DOCUMENT_BYTES_MAX {
            return Err(fault::too_large(bytes.len()));
        }
        Ok(Item::Owned(RawValueBuf::from_checked(kind, bytes)))
    }

    /// The value; none when it is missing.
    pub(crate) fn raw(&self) -> Option<RawValue<'_>> {
        match self {
            Item::Missing => None,
            Item::Raw(value) => Some(*value),
            Item::Small(small) => Some(RawValue::new(small.tag, &small.bytes[..small.len as usize])),
            Item::Owned(value) => Some(value.as_value()),
        }
    }

    /// The value read; undefined when it is missing.
    pub(super) fn read(&self) -> Value<'_> {
        self.raw().map_or(Value::Undefined, |value| value.read())
    }

    pub(super) fn tag(&self) -> Option<u8> {
        self.raw().map(|value| value.tag())
    }

    /// Whether it is missing, null or undefined.
    pub(crate) fn is_nullish(&self) -> bool {
        matches!(self.tag(), None | Some(tag::NULL | tag::UNDEFINED))
    }

    /// Whether it counts as true: everything but false, zero, null, undefined and nothing.
    pub(crate) fn is_true(&self) -> bool {
        match self.read() {
            Value::Null | Value::Undefined => false,
            Value::Boolean(yes) => yes,
            Value::Int32(number) => number != 0,
            Value::Int64(number) => number != 0,
            Value::Double(number) => number != 0.0,
            Value::Decimal128(_) => !self.raw().is_some_and(is_zero),
            _ => true,
        }
    }

    pub(super) fn as_array(&self) -> Option<RawDoc<'_>> {
        self.raw().and_then(|value| value.as_array())
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        self.raw().and_then(|value| value.as_str())
    }

    /// The type as `$type` says it.
    pub(super) fn type_name(&self) -> &'static str {
        self.tag().map_or("missing", type_name)
    }

    /// The value for a message.
    pub(super) fn shown(&self) -> String {
        self.raw().map_or_else(|| "a missing value".to_owned(), shown)
    }

    /// A copy in bytes of its own.
    pub(super) fn clone_owned(&self) -> Item<'static> {
        Item::of(self.raw()).into_owned()
    }

    /// The value, in bytes of its own.
    pub(super) fn into_owned(self) -> Item<'static> {
        match self {
            Item::Missing => Item::Missing,
            Item::Small(small) => Item::Small(small),
            Item::Owned(value) => Item::Owned(value),
            Item::Raw(value) => match Small::of(value) {
                Some(small) => Item::Small(small),
                None => Item::Owned(value.into()),
            },
        }
    }
}

impl Small {
    fn of(value: RawValue<'_>) -> Option<Self> {
        let mut bytes = [0; 16];
        let len = value.as_bytes().len();
        bytes.get_mut(..len)?.copy_from_slice(value.as_bytes());
        Some(Self { tag: value.tag(), len: len as u8, bytes })
    }
}

fn small(value: &Value<'_>) -> Option<Small> {
    let (tag, bytes) = (tag_of(value), |bytes: &[u8]| Small::of(RawValue::new(tag_of(value), bytes)));
    match value {
        Value::Double(number) => bytes(&number.to_le_bytes()),
        Value::Int32(number) => bytes(&number.to_le_bytes()),
        Value::Int64(number) | Value::DateTime(number) => bytes(&number.to_le_bytes()),
        Value::Decimal128(number) => bytes(number),
        Value::ObjectId(id) => bytes(id),
        Value::Boolean(yes) => bytes(&[u8::from(*yes)]),
        Value::Null | Value::Undefined | Value::MinKey | Value::MaxKey => {
            Some(Small { tag, len: 0, bytes: [0; 16] })
        }
        _ => None,
    }
}

fn is_zero(value: RawValue<'_>) -> bool {
    compare(value, RawValue::new(tag::INT32, &[0; 4])).is_eq()
}

/// How many levels a value adds to what holds it.
pub(crate) fn nesting(value: RawValue<'_>) -> usize {
    if !matches!(value.tag(), tag::DOCUMENT | tag::ARRAY) {
        return 0;
    }
    1 + RawDoc::new(value.as_bytes()).fields().map(|field| nesting(field.value)).max().unwrap_or(0)
}
