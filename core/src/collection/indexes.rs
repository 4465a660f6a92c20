//! Creating, building and dropping the indexes of a collection.
//!
//! An index is built while writers go on. First it is entered in the catalog, not ready: from that commit on every
//! writer keeps it up for the records it touches, and whoever began before conflicts. Then the records that were there
//! are gone through in chunks, each a transaction of its own; a chunk that meets a writer on the same entry conflicts
//! and is tried again. At last it is said to be ready.
//! What a crash leaves half built is kept up by nobody, read by nobody, and dropped by the next change of indexes.

use std::ops::Bound;
use std::sync::Arc;

use crate::document::raw::RawDoc;
use crate::error::{Error, ErrorKind, Result, code};
use crate::index::{INDEX_FORMAT, IndexSpec};
use crate::storage::{Batch, Direction, KeyRange, TreeId};
use crate::transaction::Transaction;

use super::catalog::Handle;
use super::entry::{Entry, IndexEntry};
use super::layout::CATALOG;
use super::opened::Opened;
use super::record;
use super::record_ids::RecordId;
use super::scope::{Scope, missing};
use super::store::{Store, stored_count};
use super::views::is_view;

/// How many indexes a collection has at most, the one on `_id` included.
const INDEXES_MAX: usize = 64;
/// How many records are read at a time.
const BATCH: usize = 256;

/// How far a chunk of a build came.
#[derive(Debug)]
pub(crate) struct BuiltChunk {
    /// How many records were gone through.
    pub(crate) records: u64,
    /// The key of the last of them; nothing when all were.
    pub(crate) resume: Option<Vec<u8>>,
}

impl Scope<'_> {
    /// Enters new indexes in the catalog, and answers those that have to be built.
    ///
    /// One that is there already, with equal options, is left as it is. In an empty collection a new one is ready at
    /// once.
    pub(crate) fn add_indexes(&mut self, handle: &Handle, specs: &[IndexSpec]) -> Result<Vec<TreeId>> {
        let opened = self.open_or_create(handle)?;
        self.txn.expect_unchanged(CATALOG, handle.name().as_bytes());
        let is_empty = stored_count(self.txn, &opened)? == 0;
        let mut entry = opened.entry.clone();
        self.drop_dead(&mut entry)?;
        let mut added = Vec::new();
        for spec in specs {
            if is_there(&entry, spec)? {
                continue;
            }
            if entry.indexes.len() + 2 > INDEXES_MAX {
                let what = format!("the collection {:?} has {INDEXES_MAX} indexes already", handle.name());
                return Err(Error::invalid(code::CANNOT_CREATE_INDEX, what));
            }
            let tree = TreeId::index(self.catalog.tree_numbers(self.txn, 1)?);
            entry.indexes.push(Arc::new(IndexEntry::new(spec.clone(), tree, is_empty)));
            added.push(tree);
        }
        if added.is_empty() {
            return Ok(added);
        }
        self.put_changed(handle.name(), entry)?;
        Ok(if is_empty { Vec::new() } else { added })
    }

    /// Puts the entries of the records behind `after`, until the transaction holds `chunk_bytes` of changes.
    pub(crate) fn build_chunk(
        &mut self,
        handle: &Handle,
        trees: &[TreeId],
        after: Option<&[u8]>,
        chunk_bytes: usize,
    ) -> Result<BuiltChunk> {
        let opened = self.open_to_write(handle)?.ok_or_else(|| missing(handle.name()))?;
        let gone = trees.iter().any(|tree| opened.indexes.iter().all(|index| index.entry.tree != *tree));
        if gone {
            let what = format!("an index of {:?} was dropped while it was being built", handle.name());
            return Err(Error::new(ErrorKind::NotFound, what).with_code(code::INDEX_NOT_FOUND));
        }
        build(self.txn, &opened, trees, after, chunk_bytes)
    }

    /// Says that the indexes are ready.
    pub(crate) fn finish_indexes(&mut self, handle: &Handle, trees: &[TreeId]) -> Result<()> {
        let Some(mut entry) = self.collection_entry(handle.name())? else {
            return Err(missing(handle.name()));
        };
        self.txn.expect_unchanged(CATALOG, handle.name().as_bytes());
        for index in entry.indexes.iter_mut().filter(|index| trees.contains(&index.tree)) {
            let index = Arc::make_mut(index);
            (index.ready, index.format) = (true, INDEX_FORMAT);
        }
        self.put_changed(handle.name(), entry)
    }

    /// Drops the indexes that `which` names, that of the primary key apart; says how many there were.
    ///
    /// # Errors
    /// `Invalid`, `InvalidOptions` (72), when the primary key's index is all that it names.
    pub(crate) fn drop_indexes(
        &mut self,
        handle: &Handle,
        which: impl Fn(&IndexEntry) -> bool,
    ) -> Result<usize> {
        let Some(mut entry) = self.collection_entry(handle.name())? else { return Ok(0) };
        self.txn.expect_unchanged(CATALOG, handle.name().as_bytes());
        let before = entry.indexes.len();
        let key = entry.settings.primary_key.clone();
        let is_key = |index: &IndexEntry| key.as_ref().is_some_and(|key| index.spec.is_unique_on(key));
        let of_key = entry.indexes.iter().any(|index| which(index) && is_key(index));
        self.drop_where(&mut entry, |index| which(index) && !is_key(index))?;
        let dropped = before - entry.indexes.len();
        if dropped == 0 && of_key {
            return Err(Error::invalid(code::INVALID_OPTIONS, "cannot drop the index of the primary key"));
        }
        if dropped > 0 {
            self.put_changed(handle.name(), entry)?;
        }
        Ok(dropped)
    }

    /// Hides an index from the planner, or shows it; says whether that was a change.
    pub(crate) fn hide_index(&mut self, handle: &Handle, name: &str, hidden: bool) -> Result<bool> {
        let Some(mut entry) = self.collection_entry(handle.name())? else {
            return Err(missing(handle.name()));
        };
        self.txn.expect_unchanged(CATALOG, handle.name().as_bytes());
        let Some(index) = entry.indexes.iter_mut().find(|index| &*index.spec.name == name) else {
            return Err(no_index(handle.name(), name));
        };
        if index.spec.hidden == hidden {
            return Ok(false);
        }
        Arc::make_mut(index).spec.hidden = hidden;
        self.put_changed(handle.name(), entry)?;
        Ok(true)
    }

    /// The entry of a collection, which a view is not.
    pub(super) fn collection_entry(&self, name: &str) -> Result<Option<Entry>> {
        match self.catalog.entry_of(self.txn, name)? {
            Some(entry) if entry.is_view() => Err(is_view(name)),
            entry => Ok(entry),
        }
    }

    /// Drops what a crash left half built.
    fn drop_dead(&mut self, entry: &mut Entry) -> Result<()> {
        let catalog = Arc::clone(self.catalog);
        self.drop_where(entry, |index| !catalog.is_alive(index))
    }

    fn drop_where(&mut self, entry: &mut Entry, which: impl Fn(&IndexEntry) -> bool) -> Result<()> {
        for index in entry.indexes.extract_if(.., |index| which(index)) {
            self.txn.drop_tree(index.tree)?;
        }
        Ok(())
    }
}

/// Whether an index with equal options is there.
fn is_there(entry: &Entry, spec: &IndexSpec) -> Result<bool> {
    if entry.indexes.iter().any(|index| index.spec == *spec) {
        return Ok(true);
    }
    if let Some(there) = entry.indexes.iter().find(|index| index.spec.name == spec.name) {
        let what = format!(
            "an index of the name {:?} exists with another key or other options: it is {:?}, asked for {:?}",
            spec.name,
            there.spec.to_doc(),
            spec.to_doc()
        );
        return Err(Error::new(ErrorKind::Exists, what).with_code(code::INDEX_KEY_SPECS_CONFLICT));
    }
    if let Some(there) = entry.indexes.iter().find(|index| index.spec.same_key(spec)) {
        let what = format!(
            "an index with the key {:?} exists with another name or other options: it is {:?}, asked for {:?}",
            spec.key_doc(),
            there.spec.to_doc(),
            spec.to_doc()
        );
        return Err(Error::new(ErrorKind::Exists, what).with_code(code::INDEX_OPTIONS_CONFLICT));
    }
    Ok(false)
}

fn build(
    txn: &mut Transaction,
    opened: &Opened,
    trees: &[TreeId],
    after: Option<&[u8]>,
    chunk_bytes: usize,
) -> Result<BuiltChunk> {
    let start = after.map_or(Bound::Unbounded, |key| Bound::Excluded(key.to_vec()));
    let range = KeyRange { start, end: Bound::Unbounded };
    let mut scan = txn.scan(opened.entry.records, range, Direction::Forward)?;
    let mut store = Store::new(txn, opened);
    let (mut batch, mut built) = (Batch::new(), BuiltChunk { records: 0, resume: None });
    loop {
        scan.next_batch(&mut batch, BATCH)?;
        if batch.is_empty() {
            break;
        }
        for (key, bytes) in batch.iter() {
            let record = RecordId::from_key(key).ok_or_else(|| super::fetch::dangling(opened, key))?;
            let doc = RawDoc::new(&bytes[record::body(bytes)?..]);
            for index in opened.indexes.iter().filter(|index| trees.contains(&index.entry.tree)) {
                store.build_entries(index, record, doc)?;
            }
            built.records += 1;
            if store.txn().bytes() >= chunk_bytes {
                built.resume = Some(key.to_vec());
                break;
            }
        }
        if built.resume.is_some() {
            break;
        }
    }
    store.finish()?;
    Ok(built)
}

/// The error for an index that is not there.
pub(crate) fn no_index(collection: &str, name: &str) -> Error {
    let what = format!("index not found with name [{name}], in the collection {collection:?}");
    Error::new(ErrorKind::NotFound, what).with_code(code::INDEX_NOT_FOUND)
}
