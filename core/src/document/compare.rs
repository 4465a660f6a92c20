//! MongoDB's total order over all values.
//!
//! Types first, in MongoDB's canonical order; inside a type by value, numbers of all four types as one type.
//! A missing field has no value: whoever sorts puts null in its place.
//! Texts, and they alone, may stand in the order of a collation; wherever they stand in a value.

use std::cmp::Ordering;

use super::collation::Collation;
use super::decimal::Decimal;
use super::raw::{RawDoc, RawValue, Value, tag};

/// Where a type stands in the order of types; equal for types that are compared with one another by value.
#[must_use]
pub const fn type_rank(tag: u8) -> u8 {
    match tag {
        tag::MIN_KEY => 0,
        tag::UNDEFINED => 1,
        tag::NULL => 5,
        tag::DOUBLE | tag::INT32 | tag::INT64 | tag::DECIMAL128 => 10,
        tag::STRING | tag::SYMBOL => 15,
        tag::DOCUMENT => 20,
        tag::ARRAY => 25,
        tag::BINARY => 30,
        tag::OBJECT_ID => 35,
        tag::BOOLEAN => 40,
        tag::DATE_TIME => 45,
        tag::TIMESTAMP => 47,
        tag::REGEX => 50,
        tag::DB_POINTER => 55,
        tag::CODE => 60,
        tag::CODE_WITH_SCOPE => 65,
        _ => 127,
    }
}

/// Which of two values comes first.
#[must_use]
pub fn compare(a: RawValue<'_>, b: RawValue<'_>) -> Ordering {
    values(a, b, ByBytes)
}

/// Which of two values comes first under a collation, if there is one.
#[must_use]
pub(crate) fn compare_under(a: RawValue<'_>, b: RawValue<'_>, collation: Option<&Collation>) -> Ordering {
    match collation {
        None => values(a, b, ByBytes),
        Some(collation) => values(a, b, collation),
    }
}

/// Whether two values are equal in the order, as 1 and 1.0 are.
#[must_use]
pub fn equal(a: RawValue<'_>, b: RawValue<'_>) -> bool {
    a == b || compare(a, b).is_eq()
}

/// Which of two documents comes first: field by field, each by the rank of its type, its name, then its value.
#[must_use]
pub fn compare_documents(a: RawDoc<'_>, b: RawDoc<'_>) -> Ordering {
    documents(a, b, ByBytes)
}

/// The order of texts. Each has its own code, so that the order of bytes asks for nothing.
trait TextOrder: Copy {
    fn texts(self, a: &str, b: &str) -> Ordering;
}

#[derive(Clone, Copy)]
struct ByBytes;

impl TextOrder for ByBytes {
    #[inline]
    fn texts(self, a: &str, b: &str) -> Ordering {
        a.cmp(b)
    }
}

impl TextOrder for &Collation {
    #[inline]
    fn texts(self, a: &str, b: &str) -> Ordering {
        self.order(a, b)
    }
}

fn values<O: TextOrder>(a: RawValue<'_>, b: RawValue<'_>, order: O) -> Ordering {
    type_rank(a.tag()).cmp(&type_rank(b.tag())).then_with(|| same_rank(a, b, order))
}

fn documents<O: TextOrder>(a: RawDoc<'_>, b: RawDoc<'_>, text_order: O) -> Ordering {
    let (mut a, mut b) = (a.iter(), b.iter());
    loop {
        let ((a_name, a_value), (b_name, b_value)) = match (a.next(), b.next()) {
            (Some(a), Some(b)) => (a, b),
            (a, b) => return a.is_some().cmp(&b.is_some()),
        };
        let order = type_rank(a_value.tag())
            .cmp(&type_rank(b_value.tag()))
            .then_with(|| a_name.cmp(b_name))
            .then_with(|| same_rank(a_value, b_value, text_order));
        if order.is_ne() {
            return order;
        }
    }
}

/// As documents, but for the names, which say nothing in an array.
fn arrays<O: TextOrder>(a: RawDoc<'_>, b: RawDoc<'_>, text_order: O) -> Ordering {
    let (mut a, mut b) = (a.iter(), b.iter());
    loop {
        let order = match (a.next(), b.next()) {
            (Some((_, a)), Some((_, b))) => values(a, b, text_order),
            (a, b) => return a.is_some().cmp(&b.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn same_rank<O: TextOrder>(a: RawValue<'_>, b: RawValue<'_>, text_order: O) -> Ordering {
    use Value as V;
    match (a.read(), b.read()) {
        (V::String(a) | V::Symbol(a), V::String(b) | V::Symbol(b)) => text_order.texts(a, b),
        (V::Code(a), V::Code(b)) => a.cmp(b),
        (V::Int32(a), V::Int32(b)) => a.cmp(&b),
        (V::Int64(a), V::Int64(b)) | (V::DateTime(a), V::DateTime(b)) => a.cmp(&b),
        (V::Document(a), V::Document(b)) => documents(a, b, text_order),
        (V::Array(a), V::Array(b)) => arrays(a, b, text_order),
        (V::Binary { subtype: a_subtype, bytes: a }, V::Binary { subtype: b_subtype, bytes: b }) => {
            (a.len(), a_subtype, a).cmp(&(b.len(), b_subtype, b))
        }
        (V::ObjectId(a), V::ObjectId(b)) => a.cmp(&b),
        (V::Boolean(a), V::Boolean(b)) => a.cmp(&b),
        (V::Timestamp { time: a, increment: i }, V::Timestamp { time: b, increment: j }) => {
            (a, i).cmp(&(b, j))
        }
        (V::Regex { pattern: a, options: i }, V::Regex { pattern: b, options: j }) => (a, i).cmp(&(b, j)),
        (V::DbPointer { namespace: a, id: i }, V::DbPointer { namespace: b, id: j }) => {
            (a.len(), a, i).cmp(&(b.len(), b, j))
        }
        (V::CodeWithScope { code: a, scope: i }, V::CodeWithScope { code: b, scope: j }) => {
            // MongoDB compares a scope without any collation.
            a.cmp(b).then_with(|| documents(i, j, ByBytes))
        }
        (a, b) => match (Number::of(a), Number::of(b)) {
            (Some(a), Some(b)) => compare_numbers(a, b),
            _ => Ordering::Equal,
        },
    }
}

/// Whether a text stands anywhere in the value, so that a collation has a say in its place.
pub(crate) fn holds_text(value: RawValue<'_>) -> bool {
    match value.read() {
        Value::String(_) | Value::Symbol(_) => true,
        Value::Document(inner) | Value::Array(inner) => inner.fields().any(|field| holds_text(field.value)),
        _ => false,
    }
}

/// A number of any of the four types.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Number {
    Integer(i64),
    Double(f64),
    Decimal(Decimal),
}

impl Number {
    /// The number, when `value` is one.
    pub(crate) fn of(value: Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Int32(number) => Self::Integer(number.into()),
            Value::Int64(number) => Self::Integer(number),
            Value::Double(number) => Self::Double(number),
            Value::Decimal128(bytes) => Self::Decimal(Decimal::from_bytes(bytes)),
            _ => return None,
        })
    }
}

/// By exact value; NaN equals NaN and comes before all others, and the two zeros are equal.
pub(crate) fn compare_numbers(a: Number, b: Number) -> Ordering {
    use Number as N;
    match (a, b) {
        (N::Integer(a), N::Integer(b)) => a.cmp(&b),
        (N::Integer(a), N::Double(b)) => integer_with_double(a, b),
        (N::Double(a), N::Integer(b)) => integer_with_double(b, a).reverse(),
        (N::Double(a), N::Double(b)) => a.partial_cmp(&b).unwrap_or_else(|| (!a.is_nan()).cmp(&!b.is_nan())),
        (N::Decimal(a), N::Decimal(b)) => a.compare(&b),
        (N::Decimal(a), N::Integer(b)) => a.compare(&Decimal::from(b)),
        (N::Integer(a), N::Decimal(b)) => Decimal::from(a).compare(&b),
        (N::Decimal(a), N::Double(b)) => a.compare_with_double(b),
        (N::Double(a), N::Decimal(b)) => b.compare_with_double(a).reverse(),
    }
}

fn integer_with_double(a: i64, b: f64) -> Ordering {
    const OVER_ALL_INTEGERS: f64 = 9_223_372_036_854_775_808.0;
    if b.is_nan() || b < -OVER_ALL_INTEGERS {
        return Ordering::Greater;
    }
    if b >= OVER_ALL_INTEGERS {
        return Ordering::Less;
    }
    let whole = b as i64;
    a.cmp(&whole).then_with(|| 0.0.partial_cmp(&b.fract()).unwrap_or(Ordering::Equal))
}
