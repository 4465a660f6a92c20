//! From a document to its entries in an index.
//!
//! An entry's key is the values of the fields, each encoded and those of descending fields inverted, and behind them
//! the record's id, unless the index is unique. Its value is what the key does not tell (`kinds`), in a unique index
//! behind the record's id: two documents with the same values are then two writers of one key.

use super::key::{encode_key_under, encode_value, invert};
use super::kinds::{self, kind_of};
use super::spec::{FIELDS_MAX, IndexSpec};
use crate::document::collation::Collation;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, ErrorKind, Result, code};
use crate::expression::sort::Direction;
use crate::expression::tuples::{Parallel, only_value, tuples};

/// One document's entries in one index, without the record's id: their keys ascend, each once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    pub(crate) all: Vec<Entry>,
    /// Which fields ran through an array, a bit for each.
    pub(crate) arrays: u64,
}

/// A key, and what it does not tell.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) key: Vec<u8>,
    pub(crate) kinds: Vec<u8>,
}

impl Entries {
    /// The entry of this key.
    pub(crate) fn find(&self, key: &[u8]) -> Option<&Entry> {
        self.all.binary_search_by(|entry| entry.key.as_slice().cmp(key)).ok().map(|at| &self.all[at])
    }
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
        if let Some(single) = self.only_entry(doc) {
            return Ok(Entries { all: single.into_iter().collect(), arrays: 0 });
        }
        let paths: Vec<&Path> = self.fields.iter().map(|field| &field.path).collect();
        let mut all = Vec::new();
        let met = tuples(&paths, doc, &mut |values| {
            if !self.leaves_out(values) {
                let mut entry = Draft::default();
                for (value, field) in values.iter().zip(&self.fields) {
                    entry.put(*value, field.direction, self.collation.as_ref());
                }
                all.push(entry.finish());
            }
        })
        .map_err(|parallel| self.parallel(parallel))?;
        if let Some(at) = met.ambiguous {
            return Err(self.ambiguous(at));
        }
        // Of elements with equal keys the plainest remains.
        all.sort_unstable();
        all.dedup_by(|a, b| a.key == b.key);
        Ok(Entries { all, arrays: met.arrays })
    }

    /// The entry of a document that has no array on the way of any field. The inner option is empty when the document
    /// is left out.
    fn only_entry(&self, doc: RawDoc<'_>) -> Option<Option<Entry>> {
        let mut entry = Draft { key: Vec::with_capacity(32), ..Draft::default() };
        let mut any = false;
        for field in &self.fields {
            let value = only_value(&field.path, doc)?;
            any |= value.is_some();
            entry.put(value, field.direction, self.collation.as_ref());
        }
        Some((any || !self.sparse).then(|| entry.finish()))
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

/// An entry on its way.
#[derive(Default)]
struct Draft {
    key: Vec<u8>,
    kinds: [u8; FIELDS_MAX],
    fields: usize,
}

impl Draft {
    fn put(&mut self, value: Option<RawValue<'_>>, direction: Direction, collation: Option<&Collation>) {
        put(value, direction, collation, &mut self.key);
        if let Some(kind) = self.kinds.get_mut(self.fields) {
            *kind = kind_of(value, collation.is_some());
        }
        self.fields += 1;
    }

    fn finish(self) -> Entry {
        let mut kinds = Vec::new();
        kinds::put(&self.kinds, &mut kinds);
        Entry { key: self.key, kinds }
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
