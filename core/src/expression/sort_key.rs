//! From a document to what it is sorted by: of all its tuples the one that comes first.

use std::cmp::Ordering;

use super::operand::Operand;
use super::sort::{SortKey, SortSpec};
use super::tuples::{Parallel, tuples};
use crate::document::collation::Collation;
use crate::document::compare::{compare_under, type_rank};
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value, tag};
use crate::error::{Error, Result, code};

const NULL: RawValue<'static> = RawValue::new(tag::NULL, &[]);

/// A value of a key under a collation.
///
/// A text is kept as the collation's key: it is compared many times, and made once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Keyed {
    Text(Box<[u8]>),
    Other(Operand),
}

pub(super) fn extract(spec: &SortSpec, doc: RawDoc<'_>) -> Result<SortKey> {
    let paths: Vec<&Path> = spec.fields().iter().map(|field| &field.path).collect();
    let mut best: Option<Vec<RawValue<'_>>> = None;
    tuples(&paths, doc, &mut |values| {
        let key: Vec<_> = values.iter().map(|value| value.unwrap_or(NULL)).collect();
        if best.as_ref().is_none_or(|known| comes_before(spec, &key, known)) {
            best = Some(key);
        }
    })
    .map_err(|parallel| refuse(spec, parallel))?;
    let values = best.unwrap_or_default().into_iter();
    Ok(match spec.collation() {
        None => SortKey::Plain(values.map(Operand::new).collect()),
        Some(collation) => SortKey::Keyed(values.map(|value| Keyed::new(value, collation)).collect()),
    })
}

fn comes_before(spec: &SortSpec, key: &[RawValue<'_>], known: &[RawValue<'_>]) -> bool {
    let pairs = key.iter().zip(known).zip(spec.fields());
    pairs
        .map(|((a, b), field)| field.direction.of(compare_under(*a, *b, spec.collation())))
        .find(|order| order.is_ne())
        .is_some_and(Ordering::is_lt)
}

impl Keyed {
    fn new(value: RawValue<'_>, collation: &Collation) -> Self {
        match value.read() {
            Value::String(text) | Value::Symbol(text) => {
                let mut key = Vec::with_capacity(2 * text.len() + 8);
                collation.write_key(text, &mut key);
                Keyed::Text(key.into())
            }
            _ => Keyed::Other(Operand::under(value, Some(collation))),
        }
    }

    /// Which of two values comes first.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let rank = |other: &Operand| type_rank(other.tag());
        match (self, other) {
            (Keyed::Text(a), Keyed::Text(b)) => a.cmp(b),
            (Keyed::Other(a), Keyed::Other(b)) => b.place_of(a.raw()),
            // Nothing else has the rank of a text.
            (Keyed::Text(_), Keyed::Other(b)) => type_rank(tag::STRING).cmp(&rank(b)),
            (Keyed::Other(a), Keyed::Text(_)) => rank(a).cmp(&type_rank(tag::STRING)),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Keyed::Text(key) => key.len(),
            Keyed::Other(value) => value.raw().as_bytes().len(),
        }
    }
}

fn refuse(spec: &SortSpec, Parallel(one, two): Parallel) -> Error {
    let (one, two) = (&spec.fields()[one].path, &spec.fields()[two].path);
    let what = format!(
        "cannot sort with keys that are parallel arrays: \"{one}\" and \"{two}\" run through different ones"
    );
    Error::invalid(code::BAD_VALUE, what)
}
