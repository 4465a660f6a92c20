//! A filter and a sort, asked the slow and plain way, of decoded documents.
//!
//! Written without a look at the database's own: only the operators and the values that `random` makes.

use std::cmp::Ordering;

use nexuslite::bson::{Bson, Document};

use crate::operators::{has_match, holds};
use crate::schema::fits;

/// What an operator is asked of.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    /// Nothing stands for a field that is missing.
    pub(crate) values: &'a [Option<Bson>],
    /// Whether the elements of a value that is an array are asked as well: they are at the end of a path, not inside
    /// an `$elemMatch`, where an element stands for itself.
    opens_arrays: bool,
}

impl<'a> Found<'a> {
    pub(crate) fn at_a_path(values: &'a [Option<Bson>]) -> Self {
        Self { values, opens_arrays: true }
    }

    pub(crate) fn as_element(values: &'a [Option<Bson>]) -> Self {
        Self { values, opens_arrays: false }
    }
}

/// Whether the document satisfies the filter.
pub(crate) fn matches(filter: &Document, doc: &Document) -> bool {
    filter.iter().all(|(name, value)| match name.as_str() {
        "$and" => clauses(value).all(|clause| matches(clause, doc)),
        "$or" => clauses(value).any(|clause| matches(clause, doc)),
        "$nor" => !clauses(value).any(|clause| matches(clause, doc)),
        "$jsonSchema" => fits(value.as_document().expect("a schema"), &Bson::Document(doc.clone())),
        path => field(path, value, doc),
    })
}

fn clauses(value: &Bson) -> impl Iterator<Item = &Document> {
    value.as_array().expect("a list of clauses").iter().map(|clause| clause.as_document().expect("a clause"))
}

fn field(path: &str, condition: &Bson, doc: &Document) -> bool {
    let whole = Bson::Document(doc.clone());
    let mut found = Vec::new();
    reach(&whole, path, &mut found);
    let found = Found::at_a_path(&found);
    match condition {
        Bson::RegularExpression(_) => has_match(condition, found),
        Bson::Document(doc) if doc.keys().next().is_some_and(|key| key.starts_with('$')) => {
            operators(doc, found)
        }
        _ => is_equal(condition, found),
    }
}

/// Whether all operators hold of what was found.
pub(crate) fn operators(wanted: &Document, found: Found<'_>) -> bool {
    wanted.iter().all(|(name, value)| operator(name, value, found))
}

/// Every value that a path leads to, nothing standing for a field that is missing.
fn reach(value: &Bson, path: &str, found: &mut Vec<Option<Bson>>) {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    match value {
        Bson::Document(doc) => match (doc.get(name), rest) {
            (Some(inner), Some(rest)) => reach(inner, rest, found),
            (inner, _) => found.push(inner.cloned()),
        },
        Bson::Array(elements) => {
            elements.iter().filter(|element| element.as_document().is_some()).for_each(|element| {
                reach(element, path, found);
            });
        }
        _ => found.push(None),
    }
}

pub(crate) fn operator(name: &str, value: &Bson, found: Found<'_>) -> bool {
    let list = || value.as_array().expect("a list");
    match name {
        "$eq" => is_equal(value, found),
        "$ne" => !is_equal(value, found),
        "$in" => list().iter().any(|value| is_listed(value, found)),
        "$nin" => !list().iter().any(|value| is_listed(value, found)),
        "$gt" => is_ordered(value, found, Ordering::is_gt),
        "$gte" => is_ordered(value, found, Ordering::is_ge),
        "$lt" => is_ordered(value, found, Ordering::is_lt),
        "$lte" => is_ordered(value, found, Ordering::is_le),
        "$exists" => found.values.iter().any(Option::is_some) == value.as_bool().expect("yes or no"),
        "$not" => match value {
            Bson::RegularExpression(_) => !has_match(value, found),
            inner => !operators(inner.as_document().expect("operators"), found),
        },
        _ => holds(name, value, found),
    }
}

fn is_listed(value: &Bson, found: Found<'_>) -> bool {
    match value {
        Bson::RegularExpression(_) => has_match(value, found),
        value => is_equal(value, found),
    }
}

pub(crate) fn is_equal(wanted: &Bson, found: Found<'_>) -> bool {
    if *wanted == Bson::Null && found.values.iter().any(Option::is_none) {
        return true;
    }
    alternatives(found).any(|value| class(value) == class(wanted) && order(value, wanted).is_eq())
}

fn is_ordered(wanted: &Bson, found: Found<'_>, accepts: fn(Ordering) -> bool) -> bool {
    alternatives(found).any(|value| class(value) == class(wanted) && accepts(order(value, wanted)))
}

/// The values themselves, and the elements of those that are arrays and are opened.
pub(crate) fn alternatives(found: Found<'_>) -> impl Iterator<Item = &Bson> {
    found.values.iter().flatten().flat_map(move |value| {
        let elements = value.as_array().filter(|_| found.opens_arrays).map_or(&[][..], Vec::as_slice);
        std::iter::once(value).chain(elements)
    })
}

/// Which of two documents comes first in a sort.
pub(crate) fn sorted(sort: &Document, a: &Document, b: &Document) -> Ordering {
    let by = |(path, direction): (&String, &Bson)| {
        let up = direction.as_i32() == Some(1);
        let order = total(&sort_key(a, path, up), &sort_key(b, path, up));
        if up { order } else { order.reverse() }
    };
    sort.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// What a document is sorted by: of an array, the element that comes first.
fn sort_key(doc: &Document, path: &str, up: bool) -> Bson {
    let mut found = Vec::new();
    reach(&Bson::Document(doc.clone()), path, &mut found);
    let mut keys: Vec<Bson> = Vec::new();
    for value in found {
        match value {
            Some(Bson::Array(elements)) if elements.is_empty() => keys.push(Bson::Undefined),
            Some(Bson::Array(elements)) => keys.extend(elements),
            Some(value) => keys.push(value),
            None => keys.push(Bson::Null),
        }
    }
    let first = if up { keys.into_iter().min_by(total) } else { keys.into_iter().max_by(total) };
    first.unwrap_or(Bson::Null)
}

/// Which of two values comes first among all values.
pub(crate) fn total(a: &Bson, b: &Bson) -> Ordering {
    class(a).cmp(&class(b)).then_with(|| order(a, b))
}

/// The place of a value's type among all types.
fn class(value: &Bson) -> u8 {
    match value {
        Bson::Undefined => 1,
        Bson::Null => 2,
        Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_) => 3,
        Bson::String(_) => 4,
        Bson::Document(_) => 5,
        Bson::Array(_) => 6,
        Bson::Binary(_) => 7,
        Bson::Boolean(_) => 8,
        other => panic!("the model has no {other:?}"),
    }
}

/// Whether two values are equal in the total order. The documents of this suite have their fields in one order.
pub(crate) fn same(a: &Bson, b: &Bson) -> bool {
    total(a, b).is_eq()
}

/// The order of two numbers.
pub(crate) fn compared(a: &Bson, b: &Bson) -> Ordering {
    total(a, b)
}

/// The order of two values of one class.
fn order(a: &Bson, b: &Bson) -> Ordering {
    match (a, b) {
        (Bson::String(a), Bson::String(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Bson::Boolean(a), Bson::Boolean(b)) => a.cmp(b),
        (Bson::Document(a), Bson::Document(b)) => {
            let pair = |((a_name, a), (b_name, b)): ((&String, &Bson), (&String, &Bson))| {
                class(a).cmp(&class(b)).then_with(|| a_name.cmp(b_name)).then_with(|| order(a, b))
            };
            let first = a.iter().zip(b).map(pair).find(|order| order.is_ne());
            first.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Bson::Array(a), Bson::Array(b)) => {
            let first = a.iter().zip(b).map(|(a, b)| total(a, b)).find(|order| order.is_ne());
            first.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Bson::Binary(a), Bson::Binary(b)) => {
            let key = |binary: &nexuslite::bson::Binary| {
                (binary.bytes.len(), u8::from(binary.subtype), binary.bytes.clone())
            };
            key(a).cmp(&key(b))
        }
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.partial_cmp(&b).expect("no NaN"),
            _ => Ordering::Equal,
        },
    }
}

/// The numbers of this suite are small enough to be doubles, and none of them is NaN.
fn number(value: &Bson) -> Option<f64> {
    match value {
        Bson::Int32(number) => Some(f64::from(*number)),
        Bson::Int64(number) => Some(*number as f64),
        Bson::Double(number) => Some(*number),
        _ => None,
    }
}
