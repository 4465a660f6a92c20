//! The model: lists of documents.

use std::collections::BTreeMap;

use nexuslite::bson::{Bson, Document, doc};

use crate::evaluate::{matches, sorted, total};
use crate::update::updated;

/// Every collection, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plain {
    pub(crate) collections: BTreeMap<String, Vec<Entry>>,
    pub(crate) now_ms: i64,
}

/// A document, and when it is gone.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) doc: Document,
    pub(crate) expires_ms: Option<i64>,
}

/// What a change did: matched, modified, the document before and after the first change.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Changed {
    pub(crate) matched: u64,
    pub(crate) modified: u64,
    pub(crate) before: Option<Document>,
    pub(crate) after: Option<Document>,
}

/// What is done to each document found.
#[derive(Debug)]
pub(crate) enum Deed<'a> {
    Update(&'a Document),
    Replace(&'a Document),
    Delete,
}

pub(crate) fn id_of(doc: &Document) -> &Bson {
    doc.get("_id").expect("every document has an _id")
}

pub(crate) fn same_id(a: &Bson, b: &Bson) -> bool {
    let (a, b) = (doc! { "_id": a }, doc! { "_id": b });
    sorted(&doc! { "_id": 1 }, &a, &b).is_eq()
}

/// The bytes tell values apart that compare as equal.
pub(crate) fn bytes(doc: &Document) -> Vec<u8> {
    doc.to_vec().expect("a document")
}

impl Plain {
    fn is_live(&self, entry: &Entry) -> bool {
        entry.expires_ms.is_none_or(|at| at > self.now_ms)
    }

    /// What can be seen, in insertion order.
    pub(crate) fn live(&self, collection: &str) -> Vec<&Document> {
        let entries = self.collections.get(collection).map_or(&[][..], Vec::as_slice);
        entries.iter().filter(|entry| self.is_live(entry)).map(|entry| &entry.doc).collect()
    }

    pub(crate) fn found(&self, collection: &str, filter: &Document, sort: &Document) -> Vec<Document> {
        let mut found: Vec<Document> =
            self.live(collection).into_iter().filter(|doc| matches(filter, doc)).cloned().collect();
        if !sort.is_empty() {
            found.sort_by(|a, b| sorted(sort, a, b));
        }
        found
    }

    /// Inserts a document that has its `_id`; says whether it was free.
    pub(crate) fn insert(&mut self, collection: &str, doc: Document, expires_ms: Option<i64>) -> bool {
        let id = id_of(&doc).clone();
        if self.live(collection).iter().any(|there| same_id(id_of(there), &id)) {
            return false;
        }
        let entries = self.collections.entry(collection.to_owned()).or_default();
        entries.retain(|entry| !same_id(id_of(&entry.doc), &id));
        entries.push(Entry { doc: id_first(doc), expires_ms });
        true
    }

    /// Changes what `filter` finds, all or the first in the order of `sort`; nothing when a document does not fit.
    pub(crate) fn change(
        &mut self,
        collection: &str,
        filter: &Document,
        sort: &Document,
        many: bool,
        deed: &Deed<'_>,
    ) -> Option<Changed> {
        let mut targets: Vec<Bson> =
            self.found(collection, filter, sort).iter().map(|doc| id_of(doc).clone()).collect();
        if !many {
            targets.truncate(1);
        }
        let mut changed = Changed { matched: targets.len() as u64, ..Changed::default() };
        let mut entries = self.collections.get(collection).cloned().unwrap_or_default();
        for id in &targets {
            let at = entries.iter().position(|entry| id_of(&entry.doc) == id).expect("just found");
            let before = entries[at].doc.clone();
            let after = match deed {
                Deed::Update(update) => Some(updated(&before, update)?),
                Deed::Replace(doc) => Some(replaced(&before, doc)?),
                Deed::Delete => None,
            };
            let is_other = after.as_ref().is_none_or(|after| bytes(after) != bytes(&before));
            changed.modified += u64::from(is_other);
            match &after {
                Some(after) => entries[at].doc = after.clone(),
                None => drop(entries.remove(at)),
            }
            if changed.before.is_none() {
                (changed.before, changed.after) = (Some(before), after);
            }
        }
        if !targets.is_empty() {
            self.collections.insert(collection.to_owned(), entries);
        }
        Some(changed)
    }

    /// Changes what `filter` finds, in the order of `sort`, until so many documents are other than before: an update of
    /// many documents outside a transaction keeps what it did before the one that does not fit.
    pub(crate) fn change_before_the_fault(
        &mut self,
        collection: &str,
        filter: &Document,
        sort: &Document,
        update: &Document,
        modified: u64,
    ) {
        let mut left = modified;
        for found in self.found(collection, filter, sort) {
            if left == 0 {
                break;
            }
            let after = updated(&found, update).expect("the one that does not fit comes later");
            left -= u64::from(bytes(&after) != bytes(&found));
            let entries = self.collections.get_mut(collection).expect("documents were found in it");
            let entry = entries.iter_mut().find(|entry| id_of(&entry.doc) == id_of(&found));
            entry.expect("just found").doc = after;
        }
        assert_eq!(left, 0, "documents were changed that {filter} does not find");
    }

    /// Removes what has expired, as a sweep does.
    pub(crate) fn sweep(&mut self) -> usize {
        let now_ms = self.now_ms;
        let mut swept = 0;
        for entries in self.collections.values_mut() {
            let before = entries.len();
            entries.retain(|entry| entry.expires_ms.is_none_or(|at| at > now_ms));
            swept += before - entries.len();
        }
        swept
    }
}

/// The document with `_id` as its first field.
pub(crate) fn id_first(doc: Document) -> Document {
    let mut first = doc! { "_id": id_of(&doc).clone() };
    first.extend(doc.into_iter().filter(|(name, _)| name != "_id"));
    first
}

/// The replacement under the old `_id`; nothing when it has another.
fn replaced(before: &Document, doc: &Document) -> Option<Document> {
    if doc.get("_id").is_some_and(|id| !same_id(id, id_of(before))) {
        return None;
    }
    let mut after = doc! { "_id": id_of(before).clone() };
    after.extend(doc.clone().into_iter().filter(|(name, _)| name != "_id"));
    Some(after)
}

/// Values in the order of `_id`s, none twice, as `distinct` answers them.
pub(crate) fn distinct<'a>(docs: impl Iterator<Item = &'a Document>, name: &str) -> Vec<Bson> {
    let mut values: Vec<Bson> = Vec::new();
    for value in docs.filter_map(|doc| doc.get(name)) {
        match value {
            Bson::Array(elements) => values.extend(elements.iter().cloned()),
            value => values.push(value.clone()),
        }
    }
    values.sort_by(total);
    values.dedup_by(|a, b| total(a, b).is_eq());
    values
}
