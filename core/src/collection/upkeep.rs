//! Keeping the indexes of a collection as its records are (C6).

use crate::document::builder::RawDocBuf;
use crate::document::json::{Mode, value_to_string};
use crate::document::raw::{RawDoc, RawValue, Value};
use crate::error::{Error, ErrorKind, Result, code};
use crate::index::{Entries, Entry, IndexSpec};

use super::fetch::{dangling, fetch_record};
use super::opened::OpenedIndex;
use super::record;
use super::record_ids::RecordId;
use super::store::Store;

/// How much of a value a message shows.
const SHOWN_BYTES_MAX: usize = 200;

impl Store<'_> {
    /// Whether a new document may collide with another one in something else than its `_id`.
    pub(crate) fn has_unique_indexes(&self) -> bool {
        self.opened().indexes.iter().any(|index| index.entry.spec.unique)
    }

    /// Puts the entries of a new record.
    pub(super) fn add_entries(&mut self, record: RecordId, doc: RawDoc<'_>) -> Result<()> {
        for index in &self.opened().indexes {
            let entries = index.entry.spec.entries(doc)?;
            self.put_entries(index, record, doc, &entries, &Entries::default())?;
        }
        Ok(())
    }

    /// Removes the entries of a record that goes.
    pub(super) fn remove_entries(&mut self, record: RecordId, doc: RawDoc<'_>) -> Result<()> {
        for index in &self.opened().indexes {
            let entries = index.entry.spec.entries(doc)?;
            self.delete_entries(index, record, &entries, &Entries::default())?;
        }
        Ok(())
    }

    /// Changes the entries of a record that has another document now.
    pub(super) fn move_entries(
        &mut self,
        record: RecordId,
        before: RawDoc<'_>,
        after: RawDoc<'_>,
    ) -> Result<()> {
        for index in &self.opened().indexes {
            let spec = &index.entry.spec;
            if is_untouched(spec, before, after) {
                continue;
            }
            let (old, new) = (spec.entries_beside(before, after)?, spec.entries_beside(after, before)?);
            self.delete_entries(index, record, &old, &new)?;
            self.put_entries(index, record, after, &new, &old)?;
        }
        Ok(())
    }

    /// Puts the entries of a record that was there before the index.
    pub(super) fn build_entries(
        &mut self,
        index: &OpenedIndex,
        record: RecordId,
        doc: RawDoc<'_>,
    ) -> Result<()> {
        let entries = index.entry.spec.entries(doc)?;
        self.put_entries(index, record, doc, &entries, &Entries::default())
    }

    /// Puts what is not among `there`.
    fn put_entries(
        &mut self,
        index: &OpenedIndex,
        record: RecordId,
        doc: RawDoc<'_>,
        entries: &Entries,
        there: &Entries,
    ) -> Result<()> {
        index.arrays.meet(entries, self.txn_mut())?;
        let (tree, unique) = (index.entry.tree, index.entry.spec.unique);
        for entry in entries.all.iter().filter(|entry| there.find(&entry.key) != Some(entry)) {
            self.count_upkeep(1, 0);
            if unique {
                self.free_key(index, record, doc, &entry.key)?;
                self.txn_mut().put(tree, &entry.key, &[&record.key(), &entry.kinds])?;
            } else {
                self.txn_mut().put(tree, &with_record(&entry.key, record), &[&entry.kinds])?;
            }
        }
        Ok(())
    }

    /// Deletes what has no key among `kept`.
    fn delete_entries(
        &mut self,
        index: &OpenedIndex,
        record: RecordId,
        entries: &Entries,
        kept: &Entries,
    ) -> Result<()> {
        let (tree, unique) = (index.entry.tree, index.entry.spec.unique);
        for Entry { key, .. } in entries.all.iter().filter(|entry| kept.find(&entry.key).is_none()) {
            self.count_upkeep(0, 1);
            if !unique {
                self.txn_mut().delete(tree, &with_record(key, record))?;
            } else if self.holder(index, key)?.is_none_or(|holder| holder == record) {
                self.txn_mut().delete(tree, key)?;
            }
        }
        Ok(())
    }

    /// Sees to it that no other living document has this key in a unique index; one whose time has passed goes.
    fn free_key(&mut self, index: &OpenedIndex, record: RecordId, doc: RawDoc<'_>, key: &[u8]) -> Result<()> {
        let Some(holder) = self.holder(index, key)?.filter(|holder| *holder != record) else { return Ok(()) };
        let bytes = fetch_record(self.txn(), self.opened(), holder)?
            .ok_or_else(|| dangling(self.opened(), &holder.key()))?;
        if record::live_body(&bytes, self.txn().now_ms())?.is_some() {
            return Err(duplicate_key(&self.opened().name, &index.entry.spec, doc));
        }
        self.remove(holder, &bytes)
    }

    /// The record that has this key in a unique index.
    fn holder(&self, index: &OpenedIndex, key: &[u8]) -> Result<Option<RecordId>> {
        let Some(value) = self.txn().get(index.entry.tree, key)? else { return Ok(None) };
        let holder = RecordId::from_start(&value).ok_or_else(|| dangling(self.opened(), &value))?;
        Ok(Some(holder))
    }
}

/// The key of an entry that is not unique.
pub(super) fn with_record(key: &[u8], record: RecordId) -> Vec<u8> {
    [key, &record.key()].concat()
}

/// Whether a change cannot have changed the entries: the fields at the top that they are made of are the same bytes,
/// in the same order.
fn is_untouched(spec: &IndexSpec, before: RawDoc<'_>, after: RawDoc<'_>) -> bool {
    let same = |name: &str| before.get(name) == after.get(name);
    spec.partial.is_none()
        && spec.wildcard.is_none()
        && spec.fields.iter().all(|field| same(field.path.first()))
        && spec.same_order(before, after)
}

/// The error for a key of a unique index that is taken.
fn duplicate_key(collection: &str, spec: &IndexSpec, doc: RawDoc<'_>) -> Error {
    let values: Vec<(&str, Option<RawValue<'_>>)> =
        spec.fields.iter().map(|field| (field.path.as_str(), value_at(doc, field.path.iter()))).collect();
    let shown =
        values.iter().map(|(name, value)| format!("{name}: {}", value.map_or("null".to_owned(), shown)));
    let shown = shown.collect::<Vec<_>>().join(", ");
    let message = format!(
        "E11000 duplicate key error collection: {collection} index: {} dup key: {{ {shown} }}",
        spec.name
    );
    let details = RawDocBuf::build(|details| {
        details.put("keyPattern", Value::Document(spec.key_doc().as_doc()));
        let mut key_value = details.document("keyValue");
        for (name, value) in &values {
            match value {
                Some(value) => key_value.append(name, *value),
                None => key_value.put(name, Value::Null),
            }
        }
    });
    Error::new(ErrorKind::DuplicateKey, message)
        .with_code(code::DUPLICATE_KEY)
        .with_details(details.into_bytes())
}

/// What stands at the path, arrays not entered: enough to tell a reader which document it was.
fn value_at<'a>(doc: RawDoc<'a>, mut names: impl Iterator<Item = impl AsRef<str>>) -> Option<RawValue<'a>> {
    let first = doc.get(names.next()?.as_ref())?;
    names.try_fold(first, |value, name| value.as_document()?.get(name.as_ref()))
}

fn shown(value: RawValue<'_>) -> String {
    let mut text = value_to_string(value, Mode::Relaxed);
    if text.len() > SHOWN_BYTES_MAX {
        let cut = (0..=SHOWN_BYTES_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
        text.push('…');
    }
    text
}
