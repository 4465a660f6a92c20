//! From a document to what it is sorted by: of all its tuples the one that comes first.

use super::operand::Operand;
use super::sort::{SortKey, SortSpec};
use super::tuples::{Parallel, tuples};
use crate::document::compare::compare;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, tag};
use crate::error::{Error, Result, code};

const NULL: RawValue<'static> = RawValue::new(tag::NULL, &[]);

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
    let values = best.unwrap_or_default();
    Ok(SortKey(values.into_iter().map(Operand::new).collect()))
}

fn comes_before(spec: &SortSpec, key: &[RawValue<'_>], known: &[RawValue<'_>]) -> bool {
    let pairs = key.iter().zip(known).zip(spec.fields());
    pairs
        .map(|((a, b), field)| field.direction.of(compare(*a, *b)))
        .find(|order| order.is_ne())
        .is_some_and(std::cmp::Ordering::is_lt)
}

fn refuse(spec: &SortSpec, Parallel(one, two): Parallel) -> Error {
    let (one, two) = (&spec.fields()[one].path, &spec.fields()[two].path);
    let what = format!(
        "cannot sort with keys that are parallel arrays: \"{one}\" and \"{two}\" run through different ones"
    );
    Error::invalid(code::BAD_VALUE, what)
}
