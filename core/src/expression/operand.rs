//! One value of an expression, kept in the shape in which it is compared fastest.

use std::cmp::Ordering;
use std::fmt;

use crate::document::collation::Collation;
use crate::document::compare::{compare_under, holds_text, type_rank};
use crate::document::raw::{RawValue, Value, tag};

/// A value that an expression owns.
#[derive(Clone)]
pub(crate) struct Operand {
    tag: u8,
    bytes: Box<[u8]>,
    shape: Shape,
    /// The order of the texts in it; none too where there is no text.
    collation: Option<Collation>,
}

/// What a comparison can use without reading the operand again.
#[derive(Clone, Copy)]
enum Shape {
    /// An int32 or int64; `exact` when the double says the same.
    Integer {
        value: i64,
        double: f64,
        exact: bool,
    },
    /// A double other than NaN.
    Double(f64),
    Text,
    Whole,
}

/// 2^53: up to here every integer is a double.
const DOUBLE_INTEGER_MAX: u64 = 1 << 53;

impl Operand {
    /// A value whose texts stand in the order of their bytes.
    pub(crate) fn new(value: RawValue<'_>) -> Self {
        let shape = match value.read() {
            Value::Int32(number) => Shape::integer(i64::from(number)),
            Value::Int64(number) => Shape::integer(number),
            Value::Double(number) if !number.is_nan() => Shape::Double(number),
            Value::String(_) => Shape::Text,
            _ => Shape::Whole,
        };
        Self { tag: value.tag(), bytes: value.as_bytes().into(), shape, collation: None }
    }

    /// A value whose texts stand in the order of a collation, if there is one.
    pub(crate) fn under(value: RawValue<'_>, collation: Option<&Collation>) -> Self {
        match collation {
            Some(collation) if holds_text(value) => Self {
                tag: value.tag(),
                bytes: value.as_bytes().into(),
                shape: Shape::Whole,
                collation: Some(collation.clone()),
            },
            _ => Self::new(value),
        }
    }

    /// Whether a key made under `collation` is this value's: no text is in it, or the collation is the same.
    pub(crate) fn fits(&self, collation: Option<&Collation>) -> bool {
        self.collation.as_ref() == collation || !holds_text(self.raw())
    }

    pub(crate) fn raw(&self) -> RawValue<'_> {
        RawValue::new(self.tag, &self.bytes)
    }

    pub(crate) fn tag(&self) -> u8 {
        self.tag
    }

    pub(crate) fn is_null(&self) -> bool {
        self.tag == tag::NULL
    }

    /// Whether both are of the types that a query compares with one another.
    pub(crate) fn same_class(&self, value: RawValue<'_>) -> bool {
        self.tag == value.tag() || type_rank(self.tag) == type_rank(value.tag())
    }

    pub(crate) fn is_nan(&self) -> bool {
        is_nan(self.raw())
    }

    /// The double that says the same as this number; none for what is no number, NaN, and integers that it rounds.
    pub(crate) fn exact_double(&self) -> Option<f64> {
        match self.shape {
            Shape::Integer { double, exact: true, .. } | Shape::Double(double) => Some(double),
            _ => None,
        }
    }

    /// Where `value` stands beside this operand in the total order of all values.
    #[inline]
    pub(crate) fn place_of(&self, value: RawValue<'_>) -> Ordering {
        match self.quick(value) {
            Some(order) => order,
            None => self.place_slowly(value),
        }
    }

    /// Kept apart, so that what is decided from the bytes stays small where it is asked for each document.
    #[inline(never)]
    fn place_slowly(&self, value: RawValue<'_>) -> Ordering {
        compare_under(value, self.raw(), self.collation.as_ref())
    }

    /// Whether `value` equals the operand in the total order of all values.
    pub(crate) fn equals(&self, value: RawValue<'_>) -> bool {
        self.quick_equal(value).unwrap_or_else(|| self.place_of(value).is_eq())
    }

    /// The order of the texts in it, if there are any and it is another than that of their bytes.
    pub(crate) fn collation(&self) -> Option<&Collation> {
        self.collation.as_ref()
    }

    /// The place of `value` where it can be told from the bytes; none too when `value` is NaN.
    #[inline]
    pub(crate) fn quick(&self, value: RawValue<'_>) -> Option<Ordering> {
        let bytes = value.as_bytes();
        match (self.shape, value.tag()) {
            (Shape::Integer { value: mine, .. }, tag::INT32) => Some(i64::from(int32(bytes)?).cmp(&mine)),
            (Shape::Integer { value: mine, .. }, tag::INT64) => Some(int64(bytes)?.cmp(&mine)),
            (Shape::Integer { double, exact: true, .. }, tag::DOUBLE) => {
                double_of(bytes)?.partial_cmp(&double)
            }
            (Shape::Double(mine), tag::DOUBLE) => double_of(bytes)?.partial_cmp(&mine),
            (Shape::Double(mine), tag::INT32) => f64::from(int32(bytes)?).partial_cmp(&mine),
            (Shape::Text, tag::STRING) => Some(text(bytes)?.cmp(text(&self.bytes)?)),
            _ => None,
        }
    }

    /// Whether `value` equals the operand, where it can be told from the bytes.
    #[inline]
    pub(crate) fn quick_equal(&self, value: RawValue<'_>) -> Option<bool> {
        match (self.shape, value.tag()) {
            (Shape::Text, tag::STRING) => Some(value.as_bytes() == &*self.bytes),
            (Shape::Text | Shape::Integer { .. } | Shape::Double(_), _) => {
                self.quick(value).map(|order| order == Ordering::Equal)
            }
            (Shape::Whole, other) if other == self.tag && value.as_bytes() == &*self.bytes => Some(true),
            _ => None,
        }
    }
}

impl Shape {
    #[expect(clippy::cast_precision_loss, reason = "`exact` says when the double may be used")]
    fn integer(value: i64) -> Self {
        Self::Integer { value, double: value as f64, exact: value.unsigned_abs() <= DOUBLE_INTEGER_MAX }
    }
}

impl PartialEq for Operand {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag && self.bytes == other.bytes && self.collation == other.collation
    }
}

impl fmt::Debug for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw().fmt(f)
    }
}

#[inline]
fn int32(bytes: &[u8]) -> Option<i32> {
    bytes.try_into().ok().map(i32::from_le_bytes)
}

#[inline]
fn int64(bytes: &[u8]) -> Option<i64> {
    bytes.try_into().ok().map(i64::from_le_bytes)
}

#[inline]
fn double_of(bytes: &[u8]) -> Option<f64> {
    bytes.try_into().ok().map(f64::from_le_bytes)
}

/// The text of a string value without its length and final zero.
#[inline]
fn text(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(4..bytes.len().checked_sub(1)?)
}

/// Whether the value is a double or a decimal that is not a number.
pub(crate) fn is_nan(value: RawValue<'_>) -> bool {
    match value.read() {
        Value::Double(number) => number.is_nan(),
        Value::Decimal128(bytes) => bytes[15] & 0x7C == 0x7C,
        _ => false,
    }
}
