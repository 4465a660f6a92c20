//! From a document to its entries in an index.
//!
//! An entry's key is the values of the fields, each encoded and those of descending fields inverted, and behind them
//! the record's id, unless the index is unique. Its value is empty, or the record's id in a unique index: two
//! documents with the same values are then two writers of one key.

use super::key::{encode_key_under, encode_value, invert};
use super::spec::IndexSpec;
use crate::document::collation::Collation;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, ErrorKind, Result, code};
use crate::expression::sort::Direction;
use crate::expression::tuples::{Parallel, only_value, tuples};

/// The keys of one document's entries in one index, without the record's id: ascending, each once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    pub(crate) keys: Vec<Vec<u8>>,
    /// Which fields ran through an array, a bit for each.
    pub(crate) arrays: u64,
}

impl IndexSpec {
    /// What the index holds of `doc`.
    ///
    /// # Errors
    /// `Invalid`: two fields run through different arrays (`CannotIndexParallelArrays`, 171), or a position is also a
    /// field name (16746). `Unsupported`: this build cannot make keys of its collation.
    pub(crate) fn entries(&self, doc: RawDoc<'_>) -> Result<Entries> {
        if let Some(collation) = &self.collation {
            collation.check().map_err(|error| self.not_kept_up(&error))?;
        }
        if self.partial.as_ref().is_some_and(|partial| !partial.filter.matches(doc)) {
            return Ok(Entries::default());
        }
        if let Some(single) = self.only_key(doc) {
            return Ok(Entries { keys: single.into_iter().collect(), arrays: 0 });
        }
        let paths: Vec<&Path> = self.fields.iter().map(|field| &field.path).collect();
        let mut keys = Vec::new();
        let met = tuples(&paths, doc, &mut |values| {
            if !self.leaves_out(values) {
                let mut key = Vec::new();
                for (value, field) in values.iter().zip(&self.fields) {
                    put(*value, field.direction, self.collation.as_ref(), &mut key);
                }
                keys.push(key);
            }
        })
        .map_err(|parallel| self.parallel(parallel))?;
        if let Some(at) = met.ambiguous {
            return Err(self.ambiguous(at));
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(Entries { keys, arrays: met.arrays })
    }

    /// The key of a document that has no array on the way of any field. The inner option is empty when the document is
    /// left out.
    fn only_key(&self, doc: RawDoc<'_>) -> Option<Option<Vec<u8>>> {
        let mut key = Vec::with_capacity(32);
        let mut any = false;
        for field in &self.fields {
            let value = only_value(&field.path, doc)?;
            any |= value.is_some();
            put(value, field.direction, self.collation.as_ref(), &mut key);
        }
        Some((any || !self.sparse).then_some(key))
    }

    fn leaves_out(&self, values: &[Option<RawValue<'_>>]) -> bool {
        self.sparse && values.iter().all(Option::is_none)
    }

    /// The error for an index that this build can neither read nor keep up.
    fn not_kept_up(&self, why: &Error) -> Error {
        let name = &self.name;
        let what = format!(
            "the index {name:?} cannot be kept up, drop it and create it again if it is wanted: {why}"
        );
        Error::new(ErrorKind::Unsupported, what)
    }

    fn parallel(&self, Parallel(one, two): Parallel) -> Error {
        let (one, two) = (&self.fields[one].path, &self.fields[two].path);
        let what = format!("cannot index parallel arrays [{two}] [{one}], in the index {:?}", self.name);
        Error::invalid(code::CANNOT_INDEX_PARALLEL_ARRAYS, what)
    }

    fn ambiguous(&self, at: usize) -> Error {
        let path = &self.fields[at].path;
        let what = format!(
            "ambiguous field name found in array (do not use numeric field names in embedded elements of an array): \
             the path {path} of the index {:?}",
            self.name
        );
        Error::invalid(code::AMBIGUOUS_INDEX_KEY, what)
    }
}

/// Appends one field of a key; what is missing is null.
pub(crate) fn put(
    value: Option<RawValue<'_>>,
    direction: Direction,
    collation: Option<&Collation>,
    key: &mut Vec<u8>,
) {
    let start = key.len();
    match value {
        Some(value) => encode_key_under(value, collation, key),
        None => encode_value(Value::Null, key),
    }
    if direction == Direction::Descending {
        invert(&mut key[start..]);
    }
}
