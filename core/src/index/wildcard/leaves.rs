//! From a document to its entries in a wildcard index.

use std::collections::{BTreeSet, HashSet};

use super::cover::Cover;
use super::path_key::PathKey;
use crate::document::raw::{RawDoc, RawField, RawValue, tag};
use crate::expression::sort::Direction;
use crate::index::entries::{Entries, Entry};
use crate::index::key::{encode_key_under, invert};
use crate::index::kinds::{self, kind_of};
use crate::index::layout::{END, kind};
use crate::index::spec::IndexSpec;

const UNDEFINED: RawValue<'static> = RawValue::new(tag::UNDEFINED, &[]);
/// Of so many names each is compared with all.
const NAMES_FEW: usize = 24;

impl IndexSpec {
    /// What a wildcard index holds of those fields of `doc` that `takes` takes, if it is one.
    pub(in crate::index) fn leaves(
        &self,
        doc: RawDoc<'_>,
        takes: &dyn Fn(&RawField<'_>) -> bool,
    ) -> Option<Entries> {
        let wildcard = self.wildcard.as_ref()?;
        let mut walk =
            Walk { spec: self, path: PathKey::default(), all: Vec::new(), arrays: BTreeSet::new() };
        walk.fields(doc, wildcard.of_documents(), takes);
        let Walk { mut all, arrays, .. } = walk;
        // Of elements with equal keys the plainest remains.
        all.sort_unstable();
        all.dedup_by(|a, b| a.key == b.key);
        Some(Entries { all, arrays: 0, array_paths: arrays.into_iter().collect() })
    }
}

struct Walk<'s> {
    spec: &'s IndexSpec,
    path: PathKey,
    all: Vec<Entry>,
    arrays: BTreeSet<Box<[u8]>>,
}

impl Walk<'_> {
    /// The recursion is as deep as the document, which was checked to be at most a hundred levels.
    fn fields(&mut self, doc: RawDoc<'_>, cover: Cover<'_>, takes: &dyn Fn(&RawField<'_>) -> bool) {
        let mut names = Names::default();
        for field in doc.fields() {
            // Of fields that are named alike a filter looks at the first.
            if !names.is_new(field.name) || !takes(&field) {
                continue;
            }
            let Some(cover) = cover.of(field.name) else { continue };
            let len = self.path.len();
            self.path.push(field.name);
            self.value(field.value, cover, false);
            self.path.pop(len);
        }
    }

    fn value(&mut self, value: RawValue<'_>, cover: Cover<'_>, is_element: bool) {
        let inner = RawDoc::new(value.as_bytes());
        match value.tag() {
            tag::ARRAY if !is_element => {
                self.arrays.insert(self.path.as_bytes().into());
                if inner.is_empty() {
                    self.leaf(UNDEFINED, cover);
                }
                inner.fields().for_each(|element| self.value(element.value, cover, true));
            }
            tag::DOCUMENT if !inner.is_empty() => self.fields(inner, cover, &|_| true),
            _ => self.leaf(value, cover),
        }
    }

    fn leaf(&mut self, value: RawValue<'_>, cover: Cover<'_>) {
        if !cover.holds_value() {
            return;
        }
        let collation = self.spec.collation.as_ref();
        let mut key = Vec::with_capacity(self.path.len() + 16);
        key.extend_from_slice(self.path.as_bytes());
        key.push(END);
        let start = key.len();
        encode_key_under(value, collation, &mut key);
        if self.spec.fields[0].direction == Direction::Descending {
            invert(&mut key[start..]);
        }
        let mut kinds = Vec::new();
        kinds::put(None, &[kind::PLAIN, kind_of(Some(value), collation.is_some())], &mut kinds);
        self.all.push(Entry { key, kinds });
    }
}

/// The names that a document had so far.
#[derive(Default)]
struct Names<'d> {
    few: Vec<&'d [u8]>,
    many: HashSet<&'d [u8]>,
}

impl<'d> Names<'d> {
    fn is_new(&mut self, name: &'d [u8]) -> bool {
        if self.many.is_empty() && self.few.len() < NAMES_FEW {
            let is_new = !self.few.contains(&name);
            if is_new {
                self.few.push(name);
            }
            return is_new;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(name)
    }
}
