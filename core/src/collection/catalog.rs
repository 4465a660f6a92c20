//! Which collections there are, and the trees of each. The catalog is itself a tree.
//!
//! A statement learns of a collection through its own snapshot, so it can never mix the trees of one moment
//! with the documents of another.
//! What a snapshot said is remembered at the handle, and believed for another snapshot only when no collection
//! was created, dropped or renamed between the two.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;

use crate::base::Entropy;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::{Direction, Engine, KeyRange, ReadAt, Seq, TreeId};
use crate::transaction::Transaction;

use super::arrays::Arrays;
use super::columns::Columns;
use super::entry::{Entry, IndexEntry, Parsers};
use super::id_hints::IdHints;
use super::layout::{self, CATALOG, COUNTERS};
use super::name::{check_address, is_hidden};
use super::opened::{Opened, OpenedIndex};
use super::record_ids::RecordIds;
use super::uses::Uses;
use super::views;

/// How many names are read at a time.
const LIST_BATCH: usize = 256;

/// A collection by name, with a memory of what the last snapshot said about it.
#[derive(Debug)]
pub(crate) struct Handle {
    name: Arc<str>,
    seen: ArcSwapOption<Seen>,
}

#[derive(Debug)]
struct Seen {
    at: Seq,
    opened: Arc<Opened>,
}

impl Handle {
    /// A handle on `name`, whether or not such a collection exists.
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.into(), seen: ArcSwapOption::empty() }
    }

    /// The collection's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// What the process knows of the catalog besides the tree itself.
#[derive(Debug)]
pub(crate) struct Catalog {
    engine: Arc<dyn Engine>,
    /// How many transactions hold catalog changes that may be committed at any moment.
    changing: AtomicUsize,
    /// No catalog change that is over has a later seq than this.
    changed_at: AtomicU64,
    tree_numbers: AtomicU32,
    record_ids: Mutex<HashMap<u32, Arc<RecordIds>>>,
    id_hints: Arc<IdHints>,
    columns: Arc<Columns>,
    arrays: Mutex<HashMap<TreeId, Arc<Arrays>>>,
    uses: Mutex<HashMap<TreeId, Arc<Uses>>>,
    /// The indexes that this process is building; one that is neither ready nor here was given up by a crash.
    building: Mutex<HashSet<TreeId>>,
    pub(super) parsers: Parsers,
    pub(super) entropy: Arc<dyn Entropy>,
}

/// The catalog changes of one transaction: as long as it lives, nobody trusts what is remembered.
#[derive(Debug, Default)]
pub(crate) struct SchemaChanges(Option<Changing>);

#[derive(Debug)]
struct Changing(Arc<Catalog>);

impl SchemaChanges {
    pub(super) fn begin(&mut self, catalog: &Arc<Catalog>) {
        if self.0.is_none() {
            catalog.changing.fetch_add(1, Ordering::SeqCst);
            self.0 = Some(Changing(Arc::clone(catalog)));
        }
    }
}

impl Drop for Changing {
    fn drop(&mut self) {
        let tip = self.0.engine.snapshot(ReadAt::Tip).map_or(Seq::MAX, |snapshot| snapshot.seq());
        self.0.changed_at.fetch_max(tip, Ordering::SeqCst);
        self.0.changing.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Catalog {
    /// The catalog of what `engine` holds, whose pages have a cache of `cache_bytes`.
    pub(crate) fn open(
        engine: &Arc<dyn Engine>,
        cache_bytes: usize,
        parsers: Parsers,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self> {
        let snapshot = engine.snapshot(ReadAt::Tip)?;
        let mark = snapshot.get(COUNTERS, layout::COUNT_TREES)?;
        let mark = mark.map_or(0, |bytes| crate::storage::record::read_u64(&bytes));
        let next = u32::try_from(mark).map_err(|_| {
            Error::new(ErrorKind::Corrupt, format!("the mark of tree numbers stands at {mark}"))
        })?;
        Ok(Self {
            engine: Arc::clone(engine),
            changing: AtomicUsize::new(0),
            changed_at: AtomicU64::new(0),
            tree_numbers: AtomicU32::new(next.max(layout::TREE_NUMBER_FIRST)),
            record_ids: Mutex::new(HashMap::new()),
            id_hints: Arc::new(IdHints::new(cache_bytes)),
            columns: Arc::new(Columns::new(cache_bytes)),
            arrays: Mutex::new(HashMap::new()),
            uses: Mutex::new(HashMap::new()),
            building: Mutex::new(HashSet::new()),
            parsers,
            entropy,
        })
    }

    /// The collection of `handle`, as `txn` sees it.
    ///
    /// # Errors
    /// `Invalid`, `CommandNotSupportedOnView` (166), when it is a view.
    #[inline]
    pub(crate) fn find(&self, txn: &Transaction, handle: &Handle) -> Result<Option<Arc<Opened>>> {
        match self.look(txn, handle)? {
            Some(opened) if opened.entry.is_view() => Err(views::is_view(&handle.name)),
            found => Ok(found),
        }
    }

    /// The collection or the view of `handle`, as `txn` sees it.
    ///
    /// What the handle remembers is read first and the signs of change after it: a change that the memory knows
    /// and `txn` does not is then always noticed.
    #[inline]
    pub(crate) fn look(&self, txn: &Transaction, handle: &Handle) -> Result<Option<Arc<Opened>>> {
        let seen = handle.seen.load();
        let steady = self.changing.load(Ordering::SeqCst) == 0;
        let changed_at = self.changed_at.load(Ordering::SeqCst);
        match &*seen {
            Some(seen) if steady && seen.at >= changed_at && txn.base() >= changed_at => {
                Ok(Some(Arc::clone(&seen.opened)))
            }
            _ => self.look_up(txn, handle, steady),
        }
    }

    /// What the handle remembers, where no collection was created, dropped or renamed since.
    pub(crate) fn remembered(&self, handle: &Handle) -> Option<Arc<Opened>> {
        let seen = handle.seen.load();
        let steady = self.changing.load(Ordering::SeqCst) == 0;
        let changed_at = self.changed_at.load(Ordering::SeqCst);
        seen.as_ref().filter(|seen| steady && seen.at >= changed_at).map(|seen| Arc::clone(&seen.opened))
    }

    fn look_up(&self, txn: &Transaction, handle: &Handle, steady: bool) -> Result<Option<Arc<Opened>>> {
        check_address(&handle.name)?;
        let Some(entry) = self.entry_of(txn, &handle.name)? else { return Ok(None) };
        let record_ids = self.record_ids(txn, entry.id)?;
        let indexes = self.open_indexes(txn, &entry)?;
        let id_uses = self.uses(entry.ids, txn.now_ms());
        let (name, id_hints) = (Arc::clone(&handle.name), Arc::clone(&self.id_hints));
        let (columns, memory) = (Arc::clone(&self.columns), OnceLock::new());
        let opened =
            Arc::new(Opened { name, entry, record_ids, id_hints, columns, indexes, id_uses, memory });
        if steady {
            let seen = Seen { at: txn.base(), opened: Arc::clone(&opened) };
            handle.seen.store(Some(Arc::new(seen)));
        }
        Ok(Some(opened))
    }

    /// The names of all collections and views that users see, in byte order.
    pub(crate) fn names(&self, txn: &Transaction) -> Result<Vec<String>> {
        Ok(self.listed(txn)?.into_iter().map(|(name, _)| name).collect())
    }

    /// All collections and views that users see, in byte order of their names.
    pub(crate) fn listed(&self, txn: &Transaction) -> Result<Vec<(String, Entry)>> {
        let mut entries = self.entries(txn)?;
        entries.retain(|(name, _)| !is_hidden(name));
        Ok(entries)
    }

    /// All collections and views, hidden ones too, in byte order of their names.
    pub(super) fn entries(&self, txn: &Transaction) -> Result<Vec<(String, Entry)>> {
        let mut scan = txn.scan(CATALOG, KeyRange::all(), Direction::Forward)?;
        let mut batch = crate::storage::Batch::new();
        let mut entries = Vec::new();
        loop {
            scan.next_batch(&mut batch, LIST_BATCH)?;
            if batch.is_empty() {
                return Ok(entries);
            }
            for (key, value) in batch.iter() {
                let name = String::from_utf8(key.to_vec()).map_err(|_| {
                    Error::new(
                        ErrorKind::Corrupt,
                        format!("the catalog holds a name that is not UTF-8: {key:?}"),
                    )
                })?;
                let entry = Entry::decode(value, &name, self.parsers)?;
                entries.push((name, entry));
            }
        }
    }

    /// The names of all collections, hidden ones too, without views.
    pub(crate) fn addresses(&self, txn: &Transaction) -> Result<Vec<String>> {
        let entries = self.entries(txn)?.into_iter();
        Ok(entries.filter(|(_, entry)| !entry.is_view()).map(|(name, _)| name).collect())
    }

    /// Every tree that is in use: together they are the database.
    pub(crate) fn trees(&self, txn: &Transaction) -> Result<Vec<TreeId>> {
        let entries = self.entries(txn)?;
        let of_entries = entries.iter().flat_map(|(_, entry)| entry.trees());
        Ok([CATALOG, COUNTERS].into_iter().chain(of_entries).collect())
    }

    fn record_ids(&self, txn: &Transaction, collection: u32) -> Result<Arc<RecordIds>> {
        let mut all = self.record_ids.lock();
        if let Some(ids) = all.get(&collection) {
            return Ok(Arc::clone(ids));
        }
        let mark = txn.mark(COUNTERS, &layout::counter_key(layout::COUNT_RECORD_IDS, collection))?;
        let ids = Arc::new(RecordIds::from_mark(collection, mark));
        all.insert(collection, Arc::clone(&ids));
        Ok(ids)
    }

    pub(super) fn entry_of(&self, txn: &Transaction, name: &str) -> Result<Option<Entry>> {
        let bytes = txn.get(CATALOG, name.as_bytes())?;
        bytes.map(|bytes| Entry::decode(&bytes, name, self.parsers)).transpose()
    }

    /// The indexes that count: one that a crash left half built does not.
    fn open_indexes(&self, txn: &Transaction, entry: &Entry) -> Result<Box<[OpenedIndex]>> {
        let mut opened = Vec::with_capacity(entry.indexes.len());
        for index in entry.indexes.iter().filter(|index| self.is_alive(index)) {
            let arrays = self.arrays(txn, index)?;
            let uses = self.uses(index.tree, txn.now_ms());
            opened.push(OpenedIndex { entry: Arc::clone(index), arrays, uses });
        }
        Ok(opened.into())
    }

    /// Whether the index is complete, or being built.
    pub(super) fn is_alive(&self, index: &IndexEntry) -> bool {
        // Of one that this build can neither read nor build again writers are told.
        let is_complete = index.ready && !index.is_outdated();
        is_complete || self.building.lock().contains(&index.tree)
    }

    /// Says that this process builds the index, or has ceased to.
    pub(crate) fn set_building(&self, tree: TreeId, on: bool) {
        let mut building = self.building.lock();
        let _ = if on { building.insert(tree) } else { building.remove(&tree) };
    }

    /// What is counted of the walks over an index.
    pub(crate) fn uses(&self, tree: TreeId, now_ms: i64) -> Arc<Uses> {
        let mut all = self.uses.lock();
        Arc::clone(all.entry(tree).or_insert_with(|| Arc::new(Uses::new(now_ms))))
    }

    fn arrays(&self, txn: &Transaction, index: &IndexEntry) -> Result<Arc<Arrays>> {
        let mut all = self.arrays.lock();
        if let Some(arrays) = all.get(&index.tree) {
            return Ok(Arc::clone(arrays));
        }
        let arrays = Arc::new(Arrays::load(txn, index)?);
        all.insert(index.tree, Arc::clone(&arrays));
        Ok(arrays)
    }

    /// So many tree numbers in a row that were never given before.
    pub(super) fn tree_numbers(&self, txn: &mut Transaction, numbers: u32) -> Result<u32> {
        let take = |next: u32| next.checked_add(numbers).filter(|after| *after <= u32::MAX >> 1);
        let first =
            self.tree_numbers.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).map_err(|_| {
                Error::new(
                    ErrorKind::Limit,
                    "every tree number this format has was given: restore into a new file",
                )
            })?;
        txn.raise(COUNTERS, layout::COUNT_TREES, u64::from(first + numbers))?;
        Ok(first)
    }
}
