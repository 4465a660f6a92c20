//! Which collections there are, and the trees of each. The catalog is itself a tree.
//!
//! A statement learns of a collection through its own snapshot, so it can never mix the trees of one moment
//! with the documents of another.
//! What a snapshot said is remembered at the handle, and believed for another snapshot only when no collection
//! was created, dropped or renamed between the two.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;

use crate::base::Entropy;
use crate::document::collation::Collation;
use crate::document::raw::RawValue;
use crate::error::{Error, ErrorKind, Result, code};
use crate::index::IndexSpec;
use crate::index::key::{encode_key_under, is_key_under};
use crate::storage::{Direction, Engine, KeyRange, ReadAt, Seq, TreeId};
use crate::transaction::Transaction;

use super::arrays::Arrays;
use super::columns::Columns;
use super::entry::{Entry, IndexEntry, Parsers};
use super::id_hints::IdHints;
use super::layout::{self, CATALOG, COUNTERS};
use super::name::{check_address, check_name, is_hidden};
use super::record_ids::RecordIds;
use super::settings::Settings;
use super::uses::Uses;
use super::views;

/// How many names are read at a time.
const LIST_BATCH: usize = 256;

/// A collection as one snapshot knows it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) name: Arc<str>,
    pub(crate) entry: Entry,
    pub(super) record_ids: Arc<RecordIds>,
    pub(super) id_hints: Arc<IdHints>,
    columns: Arc<Columns>,
    /// The indexes that writers keep up, those too that are not ready to be read.
    pub(super) indexes: Box<[OpenedIndex]>,
    /// What those above remember of the collection, as long as its entry stays as it is.
    pub(super) memory: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// An index of an opened collection.
#[derive(Debug, Clone)]
pub(crate) struct OpenedIndex {
    pub(crate) entry: Arc<IndexEntry>,
    pub(super) arrays: Arc<Arrays>,
    pub(crate) uses: Arc<Uses>,
}

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
    entropy: Arc<dyn Entropy>,
}

/// The catalog changes of one transaction: as long as it lives, nobody trusts what is remembered.
#[derive(Debug, Default)]
pub(crate) struct SchemaChanges(Option<Changing>);

#[derive(Debug)]
struct Changing(Arc<Catalog>);

impl SchemaChanges {
    fn begin(&mut self, catalog: &Arc<Catalog>) {
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

/// A transaction in which a statement runs, with the catalog at hand.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) txn: &'a mut Transaction,
    pub(crate) catalog: &'a Arc<Catalog>,
    pub(crate) changes: &'a mut SchemaChanges,
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
        let (name, id_hints) = (Arc::clone(&handle.name), Arc::clone(&self.id_hints));
        let (columns, memory) = (Arc::clone(&self.columns), OnceLock::new());
        let opened = Arc::new(Opened { name, entry, record_ids, id_hints, columns, indexes, memory });
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

impl Opened {
    /// What is remembered here, made at first.
    pub(crate) fn remembered<M: Send + Sync + 'static>(&self, make: impl Fn() -> M) -> Arc<M> {
        let kept = self.memory.get_or_init(|| Arc::new(make()));
        // Another kind of memory than the first is not kept.
        Arc::clone(kept).downcast().unwrap_or_else(|_| Arc::new(make()))
    }

    /// What scans keep of the values of fields.
    pub(crate) fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The order of texts where a verb says nothing of it, and of `_id`s; none is that of their bytes.
    pub(crate) fn collation(&self) -> Option<&Collation> {
        self.entry.settings.collation.as_ref()
    }

    /// Appends the key of an `_id` in the tree of `_id`s.
    pub(crate) fn encode_id(&self, id: RawValue<'_>, out: &mut Vec<u8>) {
        encode_key_under(id, self.collation(), out);
    }

    /// Whether `key` is the key of an `_id`.
    pub(crate) fn is_id(&self, id: RawValue<'_>, key: &[u8]) -> bool {
        is_key_under(id, self.collation(), key)
    }

    /// Whether this build can make the keys of all `_id`s.
    ///
    /// # Errors
    /// `Unsupported`: the collection's collation is one of other data.
    pub(crate) fn check_ids(&self) -> Result<()> {
        let Some(Err(why)) = self.collation().map(Collation::check) else { return Ok(()) };
        let what = format!(
            "the collection {:?} has a collation with which this build cannot work, export it with one that can: {why}",
            self.name
        );
        Err(Error::new(ErrorKind::Unsupported, what))
    }

    /// The indexes that may be read.
    pub(crate) fn ready_indexes(&self) -> impl Iterator<Item = &OpenedIndex> {
        self.indexes.iter().filter(|index| index.entry.is_readable())
    }
}

impl OpenedIndex {
    /// Which fields of the key may run through arrays, a bit for each.
    pub(crate) fn array_fields(&self) -> u64 {
        self.arrays.seen()
    }
}

impl Scope<'_> {
    /// The collection of `handle`, which the transaction is going to write to.
    pub(crate) fn open_to_write(&mut self, handle: &Handle) -> Result<Option<Arc<Opened>>> {
        let opened = self.catalog.find(self.txn, handle)?;
        opened.as_ref().map_or(Ok(()), |opened| opened.check_ids())?;
        self.txn.expect_unchanged(CATALOG, handle.name.as_bytes());
        Ok(opened)
    }

    /// The same, created with default options when there is none.
    pub(crate) fn open_or_create(&mut self, handle: &Handle) -> Result<Arc<Opened>> {
        if let Some(opened) = self.open_to_write(handle)? {
            return Ok(opened);
        }
        self.put_new(&handle.name, Settings::default())?;
        let opened = self.catalog.find(self.txn, handle)?;
        opened.ok_or_else(|| Error::internal("a collection was created and is not there"))
    }

    /// Creates a collection or a view; one that is there already must have equal options.
    pub(crate) fn create(&mut self, name: &str, settings: Settings) -> Result<()> {
        check_name(name)?;
        match self.catalog.entry_of(self.txn, name)? {
            None => {
                if let Some(view) = &settings.view {
                    views::check_view(self.txn, self.catalog, name, &view.on)?;
                    views::check_collation(self.txn, self.catalog, name, &settings, &view.on)?;
                }
                self.put_new(name, settings)
            }
            Some(there) if there.settings == settings => Ok(()),
            Some(there) => Err(exists(format!(
                "the collection {name:?} exists with other options: {:?}, asked for {:?}",
                there.settings.to_doc(),
                settings.to_doc()
            ))),
        }
    }

    /// Drops a collection with all its documents; says whether there was one.
    pub(crate) fn drop_collection(&mut self, name: &str) -> Result<bool> {
        check_address(name)?;
        let Some(entry) = self.catalog.entry_of(self.txn, name)? else { return Ok(false) };
        self.changes.begin(self.catalog);
        self.txn.delete(CATALOG, name.as_bytes())?;
        for tree in entry.trees() {
            self.txn.drop_tree(tree)?;
        }
        Ok(true)
    }

    /// Gives a collection another name, in place of the collection that has it when `drop_target`.
    pub(crate) fn rename(&mut self, from: &str, to: &str, drop_target: bool) -> Result<()> {
        check_name(from)?;
        check_name(to)?;
        let Some(mut entry) = self.catalog.entry_of(self.txn, from)? else { return Err(missing(from)) };
        if from == to {
            return Err(Error::invalid(code::ILLEGAL_OPERATION, format!("cannot rename {from:?} to itself")));
        }
        if entry.is_view() {
            return Err(Error::invalid(
                code::COMMAND_NOT_SUPPORTED_ON_VIEW,
                format!("cannot rename view: {from:?}"),
            ));
        }
        if let Some(there) = self.catalog.entry_of(self.txn, to)? {
            if there.is_view() {
                return Err(exists(format!("a view already exists with that name: {to:?}")));
            }
            if !drop_target {
                return Err(exists(format!("cannot rename {from:?}: the collection {to:?} exists")));
            }
            self.drop_collection(to)?;
        }
        self.changes.begin(self.catalog);
        entry.version += 1;
        self.txn.delete(CATALOG, from.as_bytes())?;
        self.txn.put(CATALOG, to.as_bytes(), &[&entry.encode()])
    }

    /// Writes a changed entry; every writer of the collection that began before will conflict.
    pub(super) fn put_changed(&mut self, name: &str, mut entry: Entry) -> Result<()> {
        self.changes.begin(self.catalog);
        entry.version += 1;
        self.txn.put(CATALOG, name.as_bytes(), &[&entry.encode()])
    }

    fn put_new(&mut self, name: &str, settings: Settings) -> Result<()> {
        self.changes.begin(self.catalog);
        let entry = if settings.view.is_some() { self.new_view(settings) } else { self.new_entry(settings)? };
        self.txn.put(CATALOG, name.as_bytes(), &[&entry.encode()])
    }

    fn new_entry(&mut self, settings: Settings) -> Result<Entry> {
        let first = self.catalog.tree_numbers(self.txn, 2)?;
        let graves = match settings.soft_delete {
            true => Some(TreeId::record(self.catalog.tree_numbers(self.txn, 1)?)),
            false => None,
        };
        let mut indexes = Vec::new();
        if let Some(path) = &settings.primary_key {
            let collation = settings.collation.clone();
            let spec = IndexSpec::unique(path.as_str(), collation, self.catalog.parsers.partial)?;
            let tree = TreeId::index(self.catalog.tree_numbers(self.txn, 1)?);
            indexes.push(Arc::new(IndexEntry::new(spec, tree, true)));
        }
        Ok(Entry {
            id: first,
            records: TreeId::record(first),
            ids: TreeId::index(first),
            expiries: TreeId::index(first + 1),
            settings,
            version: 1,
            uuid: Some(self.new_uuid()),
            graves,
            indexes,
        })
    }

    fn new_view(&mut self, settings: Settings) -> Entry {
        let none = TreeId(0);
        Entry {
            id: 0,
            records: none,
            ids: none,
            expiries: none,
            settings,
            version: 1,
            uuid: None,
            graves: None,
            indexes: Vec::new(),
        }
    }

    /// A random UUID, as its version says.
    fn new_uuid(&self) -> [u8; 16] {
        let mut uuid = self.catalog.entropy.sixteen();
        uuid[6] = uuid[6] & 0x0F | 0x40;
        uuid[8] = uuid[8] & 0x3F | 0x80;
        uuid
    }
}

/// The error for a collection that is not there.
pub(crate) fn missing(name: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no collection {name:?}"))
        .with_code(code::NAMESPACE_NOT_FOUND)
}

fn exists(message: String) -> Error {
    Error::new(ErrorKind::Exists, message).with_code(code::NAMESPACE_EXISTS)
}
