//! Values as JSON Schema sees them: the order of a document's fields says nothing.

use std::cmp::Ordering;

use crate::document::compare::{compare, type_rank};
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::expression::operand::Operand;

/// Up to so many elements are compared pair by pair, which needs no memory.
const PAIRS_MAX: usize = 32;

/// Values of which no two are the same, ready to be looked up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Distinct(Vec<Operand>);

impl Distinct {
    /// None when two values are the same.
    pub(crate) fn new(mut values: Vec<Operand>) -> Option<Self> {
        values.sort_by(|a, b| place(a.raw(), b.raw()));
        let differ = values.windows(2).all(|pair| place(pair[0].raw(), pair[1].raw()).is_ne());
        differ.then_some(Self(values))
    }

    pub(super) fn contains(&self, value: RawValue<'_>) -> bool {
        self.0.binary_search_by(|known| place(known.raw(), value)).is_ok()
    }
}

/// Whether two values are the same, whatever the order of fields in them.
fn same(a: RawValue<'_>, b: RawValue<'_>) -> bool {
    a == b || (type_rank(a.tag()) == type_rank(b.tag()) && place(a, b).is_eq())
}

/// Whether no two elements of an array are the same.
pub(super) fn all_differ(array: RawDoc<'_>) -> bool {
    let mut elements = array.fields();
    if array.fields().nth(PAIRS_MAX).is_none() {
        return !elements.clone().any(|one| {
            elements.next();
            elements.clone().any(|other| same(one.value, other.value))
        });
    }
    let mut values: Vec<_> = elements.map(|element| element.value).collect();
    values.sort_by(|a, b| place(*a, *b));
    values.windows(2).all(|pair| place(pair[0], pair[1]).is_ne())
}

/// The first element of an array that stands there again.
pub(super) fn first_repeated(array: RawDoc<'_>) -> Option<RawValue<'_>> {
    let mut places: Vec<_> = array.fields().map(|element| element.value).enumerate().collect();
    places.sort_by(|a, b| place(a.1, b.1).then(a.0.cmp(&b.0)));
    let repeated = places.windows(2).filter(|pair| place(pair[0].1, pair[1].1).is_eq());
    repeated.map(|pair| pair[0]).min_by_key(|(at, _)| *at).map(|(_, value)| value)
}

/// A total order in which values that are the same are equal.
fn place(a: RawValue<'_>, b: RawValue<'_>) -> Ordering {
    match (a.tag(), b.tag()) {
        (tag::DOCUMENT, tag::DOCUMENT) => documents(RawDoc::new(a.as_bytes()), RawDoc::new(b.as_bytes())),
        (tag::ARRAY, tag::ARRAY) => arrays(RawDoc::new(a.as_bytes()), RawDoc::new(b.as_bytes())),
        _ => compare(a, b),
    }
}

fn documents(a: RawDoc<'_>, b: RawDoc<'_>) -> Ordering {
    let (a, b) = (sorted(a), sorted(b));
    let pairs = a.iter().zip(&b);
    let orders = pairs.map(|(a, b)| a.0.cmp(b.0).then_with(|| place(a.1, b.1)));
    first_difference(orders).then(a.len().cmp(&b.len()))
}

fn arrays(a: RawDoc<'_>, b: RawDoc<'_>) -> Ordering {
    let orders = a.fields().zip(b.fields()).map(|(a, b)| place(a.value, b.value));
    first_difference(orders).then_with(|| a.fields().count().cmp(&b.fields().count()))
}

fn first_difference(mut orders: impl Iterator<Item = Ordering>) -> Ordering {
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The fields by their names.
fn sorted(doc: RawDoc<'_>) -> Vec<(&[u8], RawValue<'_>)> {
    let mut fields: Vec<_> = doc.fields().map(|field| (field.name, field.value)).collect();
    fields.sort_by(|a, b| a.0.cmp(b.0));
    fields
}
