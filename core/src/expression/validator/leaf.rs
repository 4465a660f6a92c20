//! One test of one path, and what it saw where it failed.

use super::considered::Considered;
use crate::document::builder::{DocWriter, RawDocBuf};
use crate::document::path::Path;
use crate::document::raw::{RawDoc, Value, tag};
use crate::expression::filter::Filter;
use crate::expression::show::type_name;

/// A test as it was written.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) operator: Box<str>,
    pub(crate) kind: Kind,
    /// Whether it holds where its kind does not: `$ne` is a comparison for equality that must fail.
    pub(crate) negated: bool,
    pub(crate) path: Path,
    /// `{path: {operator: argument}}`, or as short as it was.
    pub(crate) specified: RawDocBuf,
    pub(crate) filter: Filter,
}

/// What a test looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Compare,
    In,
    Exists,
    Type,
    Modulo,
    Pattern,
    Bits,
    Size,
    Element,
    All,
}

const NUMBERS: &[u8] = &[tag::DECIMAL128, tag::DOUBLE, tag::INT32, tag::INT64];
const TEXTS: &[u8] = &[tag::REGEX, tag::STRING, tag::SYMBOL];
const BITS: &[u8] = &[tag::BINARY, tag::DECIMAL128, tag::DOUBLE, tag::INT32, tag::INT64];
const ARRAYS: &[u8] = &[tag::ARRAY];

impl Leaf {
    pub(super) fn tell(&self, doc: RawDoc<'_>, inverted: bool, out: &mut DocWriter<'_>) {
        out.put("operatorName", Value::String(&self.operator));
        out.put("specifiedAs", Value::Document(self.specified.as_doc()));
        let reason = Value::String(self.kind.reason(inverted != self.negated));
        if self.kind == Kind::Exists {
            out.put("reason", reason);
            return;
        }
        let whole = matches!(self.kind, Kind::Size | Kind::Element | Kind::All);
        let considered = Considered::at(doc, &self.path, whole);
        let expected = self.kind.expected();
        if !considered.exists {
            out.put("reason", Value::String("field was missing"));
        } else if self.kind == Kind::Type {
            out.put("reason", reason);
            considered.put_values(out);
            considered.put_types(out);
        } else if !expected.is_empty() && !considered.has_type_of(expected) {
            out.put("reason", Value::String("type did not match"));
            considered.put_types(out);
            put_expected(expected, out);
            considered.put_values(out);
        } else {
            out.put("reason", reason);
            considered.put_values(out);
        }
    }
}

impl Kind {
    /// What is said of a test that failed, or that held where it should not.
    const fn reason(self, held: bool) -> &'static str {
        match (self, held) {
            (Kind::Compare, false) => "comparison failed",
            (Kind::Compare, true) => "comparison succeeded",
            (Kind::In, false) => "no matching value found in array",
            (Kind::In, true) => "matching value found in array",
            (Kind::Exists, false) => "path does not exist",
            (Kind::Exists, true) => "path does exist",
            (Kind::Type, false) => "type did not match",
            (Kind::Type, true) => "type did match",
            (Kind::Modulo, false) => "$mod did not evaluate to expected remainder",
            (Kind::Modulo, true) => "$mod did evaluate to expected remainder",
            (Kind::Pattern, false) => "regular expression did not match",
            (Kind::Pattern, true) => "regular expression did match",
            (Kind::Bits, false) => "bitwise operator failed to match",
            (Kind::Bits, true) => "bitwise operator matched successfully",
            (Kind::Size, false) => "array length was not equal to given size",
            (Kind::Size, true) => "array length was equal to given size",
            (Kind::Element, false) => "array did not satisfy the child predicate",
            (Kind::Element, true) => "array did satisfy the child predicate",
            (Kind::All, false) => "array did not contain all specified values",
            (Kind::All, true) => "array did contain all specified values",
        }
    }

    /// The types a test is made for, by their names; none where it takes every type.
    const fn expected(self) -> &'static [u8] {
        match self {
            Kind::Modulo => NUMBERS,
            Kind::Pattern => TEXTS,
            Kind::Bits => BITS,
            Kind::Size | Kind::Element => ARRAYS,
            _ => &[],
        }
    }
}

fn put_expected(expected: &[u8], out: &mut DocWriter<'_>) {
    if let [only] = expected {
        out.put("expectedType", Value::String(type_name(*only)));
        return;
    }
    let mut names = out.array("expectedTypes");
    expected.iter().for_each(|kind| names.put(Value::String(type_name(*kind))));
}
