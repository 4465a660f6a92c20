//! From a document to its entries in an index.
//!
//! An entry's key is the values of the fields, each encoded and those of descending fields inverted, or hashed, and behind
//! them the record's id, unless the index is unique. Its value is what the key does not tell (`kinds`), in a unique index
//! behind the record's id: two documents with the same values are then two writers of one key.

use std::collections::HashMap;

use super::field_order;
use super::hash::hashed;
use super::key::{encode_key_under, encode_value, invert};
use super::key_fields::FIELDS_MAX;
use super::kinds::{self, kind_of};
use super::layout::kind::OTHER;
use super::spec::IndexSpec;
use crate::document::path::Path;
use crate::document::raw::{RawDoc, RawField, RawValue, Value};
use crate::error::{Error, ErrorKind, Result, code};
use crate::expression::sort::Direction;
use crate::expression::tuples::{Parallel, only_value, tuples};

/// One document's entries in one index, without the record's id: their keys ascend, each once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    pub(crate) all: Vec<Entry>,
    /// Which fields ran through an array, a bit for each.
    pub(crate) arrays: u64,
    /// In a wildcard index, the paths of all arrays, as keys have them; ascending, each once.
    pub(crate) array_paths: Vec<Box<[u8]>>,
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
    /// `Invalid`: two fields run through different arrays (`CannotIndexParallelArrays`, 171), a position is also a field
    /// name (16746), or there is an array in a hashed index (16766). `Unsupported`: this build cannot make keys of its collation.
    pub(crate) fn entries(&self, doc: RawDoc<'_>) -> Result<Entries> {
        self.check_usable()?;
        if self.partial.as_ref().is_some_and(|partial| !partial.filter.matches(doc)) {
            return Ok(Entries::default());
        }
        if let Some(leaves) = self.leaves(doc, &|_| true) {
            return Ok(leaves);
        }
        if let Some(single) = self.only_entry(doc) {
            return Ok(Entries { all: single.into_iter().collect(), ..Entries::default() });
        }
        if self.hashed.is_some() {
            return Err(self.no_arrays());
        }
        let paths: Vec<&Path> = self.fields.iter().map(|field| &field.path).collect();
        let mut all = Vec::new();
        let met = tuples(&paths, doc, &mut |values| {
            if !self.leaves_out(values) {
                let mut entry = Draft::default();
                values.iter().for_each(|value| entry.put(self, *value));
                all.push(entry.finish(None));
            }
        })
        .map_err(|parallel| self.parallel(parallel))?;
        if let Some(at) = met.ambiguous {
            return Err(self.ambiguous(at));
        }
        // Of elements with equal keys the plainest remains.
        all.sort_unstable();
        all.dedup_by(|a, b| a.key == b.key);
        Ok(Entries { all, arrays: met.arrays, ..Entries::default() })
    }

    /// What the index holds of `doc` and may not hold of `other`; more than that, where more has to be made to know it.
    ///
    /// # Errors
    /// As [`entries`](Self::entries).
    pub(crate) fn entries_beside(&self, doc: RawDoc<'_>, other: RawDoc<'_>) -> Result<Entries> {
        if self.wildcard.is_none() || self.partial.is_some() {
            return self.entries(doc);
        }
        self.check_usable()?;
        let mut there: HashMap<&[u8], RawValue<'_>> = HashMap::new();
        for field in other.fields() {
            there.entry(field.name).or_insert(field.value);
        }
        let differs = |field: &RawField<'_>| there.get(field.name) != Some(&field.value);
        Ok(self.leaves(doc, &differs).unwrap_or_default())
    }

    /// Whether the fields of the key stand in the same order in both documents.
    pub(crate) fn same_order(&self, one: RawDoc<'_>, other: RawDoc<'_>) -> bool {
        let order = |doc| {
            let mut all = [None; FIELDS_MAX];
            for (field, place) in self.fields.iter().zip(&mut all) {
                *place = only_value(&field.path, doc).flatten().map(stands);
            }
            field_order::told(self, &all[..self.fields.len().min(FIELDS_MAX)])
        };
        self.fields.len() == 1 || order(one) == order(other)
    }

    /// The entry of a document that has no array on the way of any field. The inner option is empty when the document
    /// is left out.
    fn only_entry(&self, doc: RawDoc<'_>) -> Option<Option<Entry>> {
        let mut entry = Draft { key: Vec::with_capacity(32), ..Draft::default() };
        let mut any = false;
        for field in &self.fields {
            let value = only_value(&field.path, doc)?;
            any |= value.is_some();
            entry.put(self, value);
        }
        Some((any || !self.sparse).then(|| entry.finish_whole(self)))
    }

    /// Appends the field of a key at `place`; what is missing is null.
    pub(crate) fn put_field(&self, place: usize, value: Option<RawValue<'_>>, key: &mut Vec<u8>) {
        let start = key.len();
        match value {
            Some(value) => encode_key_under(value, self.collation.as_ref(), key),
            None => encode_value(Value::Null, key),
        }
        if self.hashed == Some(place) {
            let hash = hashed(&key[start..]);
            key.truncate(start);
            key.extend_from_slice(&hash);
        } else if self.fields.get(place).is_some_and(|field| field.direction == Direction::Descending) {
            invert(&mut key[start..]);
        }
    }

    fn leaves_out(&self, values: &[Option<RawValue<'_>>]) -> bool {
        self.sparse && values.iter().all(Option::is_none)
    }

    fn check_usable(&self) -> Result<()> {
        let check = self.collation.as_ref().map(crate::document::collation::Collation::check);
        check.unwrap_or(Ok(())).map_err(|error| self.not_kept_up(&error))
    }

    /// The error for an index that this build can neither read nor keep up.
    fn not_kept_up(&self, why: &Error) -> Error {
        let name = &self.name;
        let what = format!(
            "the index {name:?} cannot be kept up, drop it and create it again if it is wanted: {why}"
        );
        Error::new(ErrorKind::Unsupported, what)
    }

    fn no_arrays(&self) -> Error {
        let what = format!(
            "hashed indexes do not currently support array values: there is one on the way of the index {:?}",
            self.name
        );
        Error::invalid(code::ARRAY_IN_HASHED_INDEX, what)
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

/// Where a value stands: of two in one document the one that comes first stands lower.
fn stands(value: RawValue<'_>) -> usize {
    value.as_bytes().as_ptr().addr()
}

/// An entry on its way.
#[derive(Default)]
struct Draft {
    key: Vec<u8>,
    kinds: [u8; FIELDS_MAX],
    /// Where the values stand in memory, and so in the document.
    stands: [Option<usize>; FIELDS_MAX],
    fields: usize,
}

impl Draft {
    fn put(&mut self, spec: &IndexSpec, value: Option<RawValue<'_>>) {
        let place = self.fields;
        spec.put_field(place, value, &mut self.key);
        if let Some(kind) = self.kinds.get_mut(place) {
            *kind = if spec.hashed == Some(place) { OTHER } else { kind_of(value, spec.collation.is_some()) };
            self.stands[place] = value.map(stands);
        }
        self.fields += 1;
    }

    /// An entry of a document without arrays, which may be answered with.
    fn finish_whole(self, spec: &IndexSpec) -> Entry {
        let order = match spec.fields.len() {
            1 => None,
            fields => field_order::told(spec, &self.stands[..fields]),
        };
        self.finish(order)
    }

    fn finish(self, order: Option<u8>) -> Entry {
        let mut kinds = Vec::new();
        kinds::put(order, &self.kinds, &mut kinds);
        Entry { key: self.key, kinds }
    }
}
