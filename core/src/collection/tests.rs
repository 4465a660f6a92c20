mod columns;
mod costs;
mod hints;
mod histograms;
mod indexes;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::name::check_name;
use super::record::{body, expires_at};
use super::*;
use crate::base::{Budget, ManualClock, SeededEntropy};
use crate::document::builder::RawDocBuf;
use crate::document::json::parse_document;
use crate::document::raw::{RawDoc, Value};
use crate::error::{ErrorKind, Result};
use crate::index::IndexSpec;
use crate::index::key::encode_key;
use crate::storage::engine::{self, EngineConfig, EngineKind};
use crate::storage::{Durability, Engine, ReadAt};
use crate::transaction::{Transaction, auto_commit};
use crate::vfs::MemoryFs;

/// A store in memory with a catalog over it.
struct Bed {
    engine: Arc<dyn Engine>,
    catalog: Arc<Catalog>,
    now_ms: i64,
}

fn open(engine: &Arc<dyn Engine>) -> Catalog {
    let parsers =
        Parsers { partial: crate::query::parse::partial_filter, validator: crate::query::parse::validator };
    Catalog::open(engine, 1 << 20, parsers, Arc::new(SeededEntropy::new(3))).unwrap()
}

impl Bed {
    fn new() -> Self {
        Self::over(memory())
    }

    fn over(engine: Arc<dyn Engine>) -> Self {
        let catalog = Arc::new(open(&engine));
        Self { engine, catalog, now_ms: 0 }
    }

    /// The same store as a new process finds it.
    fn reopened(&self) -> Self {
        Self { now_ms: self.now_ms, ..Self::over(Arc::clone(&self.engine)) }
    }

    fn write<R>(&self, mut deed: impl FnMut(&mut Scope<'_>) -> Result<R>) -> Result<R> {
        let mut changes = SchemaChanges::default();
        auto_commit(
            &self.engine,
            || self.now_ms,
            1 << 24,
            Durability::None,
            |txn| deed(&mut Scope { txn, catalog: &self.catalog, changes: &mut changes }),
        )
    }

    fn read(&self) -> Transaction {
        Transaction::begin(&self.engine, ReadAt::Tip, self.now_ms, 1 << 24).unwrap()
    }

    fn find(&self, handle: &Handle) -> Option<Arc<Opened>> {
        self.catalog.find(&self.read(), handle).unwrap()
    }

    fn insert(&self, name: &str, id: i32, metadata: &Metadata) -> Result<RecordId> {
        self.insert_doc(name, &doc(id), metadata)
    }

    fn insert_doc(&self, name: &str, doc: &RawDocBuf, metadata: &Metadata) -> Result<RecordId> {
        self.write(|scope| {
            let opened = scope.open_or_create(&Handle::new(name))?;
            let envelope = Envelope::new(&opened.entry.settings, metadata, scope.txn.now_ms());
            let mut store = Store::new(scope.txn, &opened);
            let record = store.insert(doc.as_doc(), &envelope)?;
            store.finish()?;
            Ok(record)
        })
    }

    /// Creates an index, given as MongoDB writes it.
    fn index(&self, name: &str, json: &str) {
        let spec = parse_document(json).unwrap();
        let spec = IndexSpec::parse(spec.as_doc(), crate::query::parse::partial_filter).unwrap();
        let handle = Handle::new(name);
        self.write(|scope| {
            let trees = scope.add_indexes(&handle, std::slice::from_ref(&spec))?;
            assert!(trees.is_empty(), "the collection is empty");
            Ok(())
        })
        .unwrap();
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        check(&self.catalog, &self.read(), &mut faults).unwrap();
        faults
    }
}

fn memory() -> Arc<dyn Engine> {
    let config = EngineConfig {
        kind: EngineKind::Memory,
        vfs: Arc::new(MemoryFs::new()),
        clock: Arc::new(ManualClock::new(0)),
        entropy: Arc::new(SeededEntropy::new(0)),
        path: PathBuf::new(),
        create: true,
        read_only: false,
        page_size: 8192,
        wal_chunk_bytes: 1 << 16,
        wal_bytes: 1 << 20,
        budget: Arc::new(Budget::new(0)),
        cache_bytes: 0,
        large_value_bytes: usize::MAX,
        cache_entries: None,
        memtable_bytes: 1 << 20,
        group_interval: Duration::from_millis(1),
        switches: engine::Switches::default(),
    };
    engine::open(config).unwrap()
}

fn doc(id: i32) -> RawDocBuf {
    RawDocBuf::build(|doc| doc.put("_id", Value::Int32(id)))
}

fn ttl(ms: i64) -> Metadata {
    Metadata { ttl_ms: Some(ms), tags: None }
}

#[test]
fn names_are_accepted_or_refused() {
    let good = |name: &str| check_name(name).unwrap();
    let bad = |name: &str| assert_eq!(check_name(name).unwrap_err().code(), Some(73), "{name:?}");
    good("a");
    good("naïve.names with spaces/and\\slashes");
    good("systems");
    good("_tempDocument");
    good(&"x".repeat(255));
    bad(&"x".repeat(256));
    bad(&"é".repeat(128));
    bad("");
    bad("a$");
    bad("a\0");
    bad("system.");
    bad("_tempDocuments");
}

#[test]
fn a_record_without_metadata_costs_one_byte() {
    assert_eq!(Envelope::default().encode(), [0]);
    assert_eq!(live_body(&[0, 5, 0, 0, 0, 0], i64::MAX).unwrap(), Some(1));
}

proptest! {
    #[test]
    fn an_envelope_reads_back_as_it_was_written(
        expires_at_ms: Option<i64>,
        created_at_ms: Option<i64>,
        updated_at_ms: Option<i64>,
        version: Option<u64>,
        tagged: bool,
        now_ms: i64,
    ) {
        let tags = tagged.then(RawDoc::empty);
        let envelope = Envelope { expires_at_ms, created_at_ms, updated_at_ms, version, tags };
        let mut record = envelope.encode();
        let at = record.len();
        record.extend_from_slice(doc(1).as_bytes());
        prop_assert_eq!(Envelope::decode(&record).unwrap(), envelope);
        prop_assert_eq!(body(&record).unwrap(), at);
        prop_assert_eq!(expires_at(&record).unwrap(), expires_at_ms);
        let lives = expires_at_ms.is_none_or(|at| at > now_ms);
        prop_assert_eq!(live_body(&record, now_ms).unwrap(), lives.then_some(at));
    }

    #[test]
    fn no_bytes_make_an_envelope_panic(bytes: Vec<u8>, now_ms: i64) {
        let _ = (Envelope::decode(&bytes), live_body(&bytes, now_ms), body(&bytes));
    }
}

#[test]
fn flags_of_a_newer_version_are_unsupported() {
    for flags in [0x20, 0x40, 0x80, 0xFF, 0x21] {
        let record = [&[flags][..], &[0; 64]].concat();
        assert_eq!(live_body(&record, 0).unwrap_err().kind(), ErrorKind::Unsupported, "{flags:02x}");
        assert_eq!(Envelope::decode(&record).unwrap_err().kind(), ErrorKind::Unsupported, "{flags:02x}");
    }
    for record in [&[][..], &[1, 0], &[0x0F, 0, 0], &[0x10, 200, 0, 0, 0], &[0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0]]
    {
        assert_eq!(live_body(record, 0).unwrap_err().kind(), ErrorKind::Corrupt, "{record:02x?}");
    }
}

#[test]
fn a_catalog_entry_of_a_newer_version_is_unsupported_and_a_cut_one_corrupt() {
    let bed = Bed::new();
    let mut entry = [0; layout::ENTRY_LEN];
    entry[0] = layout::ENTRY_VERSION;
    let check = |bytes: &[u8], kind| {
        bed.write(|scope| scope.txn.put(layout::CATALOG, b"c", &[bytes])).unwrap();
        let error = bed.catalog.find(&bed.read(), &Handle::new("c")).unwrap_err();
        assert_eq!(error.kind(), kind, "{bytes:02x?}");
        assert!(error.message().contains("\"c\""), "{error}");
    };
    check(&[&[2], &entry[1..]].concat(), ErrorKind::Unsupported);
    check(&[&entry[..1], &[0x80], &entry[2..]].concat(), ErrorKind::Unsupported);
    check(&entry[..10], ErrorKind::Corrupt);
    check(&[&entry[..], &[0]].concat(), ErrorKind::Corrupt);
    check(&[], ErrorKind::Corrupt);
}

#[test]
fn a_handle_sees_every_change_of_its_collection() {
    let bed = Bed::new();
    let handle = Handle::new("c");
    assert!(bed.find(&handle).is_none());
    bed.write(|scope| scope.create("c", Settings::default())).unwrap();
    let first = bed.find(&handle).unwrap().entry.clone();
    assert_eq!(bed.find(&handle).unwrap().entry, first);
    let before = bed.read();
    bed.write(|scope| scope.drop_collection("c")).unwrap();
    assert!(bed.find(&handle).is_none());
    bed.write(|scope| scope.create("c", Settings { metadata: true, ..Settings::default() })).unwrap();
    let second = bed.find(&handle).unwrap().entry.clone();
    assert_ne!(first.records, second.records);
    assert!(second.settings.metadata);
    assert_eq!(bed.catalog.find(&before, &handle).unwrap().unwrap().entry, first);
    assert_eq!(bed.find(&handle).unwrap().entry, second);
}

#[test]
fn a_change_that_is_not_committed_is_seen_by_its_own_transaction_only() {
    let bed = Bed::new();
    let handle = Handle::new("c");
    let mut txn = bed.read();
    let mut changes = SchemaChanges::default();
    let mut scope = Scope { txn: &mut txn, catalog: &bed.catalog, changes: &mut changes };
    scope.create("c", Settings::default()).unwrap();
    assert!(bed.catalog.find(&txn, &handle).unwrap().is_some());
    assert!(bed.find(&handle).is_none());
    drop((txn, changes));
    assert!(bed.find(&handle).is_none());
}

#[test]
fn tree_numbers_are_never_given_twice() {
    let bed = Bed::new();
    let mut given = std::collections::BTreeSet::new();
    for run in 0..5 {
        let bed = bed.reopened();
        for name in ["a", "b"] {
            bed.write(|scope| scope.create(name, Settings::default())).unwrap();
            let entry = bed.find(&Handle::new(name)).unwrap().entry.clone();
            for tree in [entry.records, entry.ids, entry.expiries] {
                assert!(given.insert(tree), "run {run}: {tree:?}");
                assert!(tree.0 >= 2 * layout::TREE_NUMBER_FIRST);
            }
            bed.write(|scope| scope.drop_collection(name)).unwrap();
        }
    }
}

#[test]
fn record_ids_ascend_over_a_restart_and_are_never_given_twice() {
    let bed = Bed::new();
    let mut last = RecordId(0);
    for id in 0..30 {
        let bed = bed.reopened();
        for id in [id * 2, id * 2 + 1] {
            let record = bed.insert("c", id, &Metadata::default()).unwrap();
            assert!(record > last, "{record:?} after {last:?}");
            last = record;
        }
    }
    assert_eq!(bed.faults(), Vec::<String>::new());
}

#[test]
fn a_mark_of_an_aborted_transaction_covers_nobody() {
    let bed = Bed::new();
    bed.write(|scope| scope.create("c", Settings::default())).unwrap();
    let opened = bed.find(&Handle::new("c")).unwrap();
    let mut aborted = bed.read();
    let mut store = Store::new(&mut aborted, &opened);
    store.insert(doc(1).as_doc(), &Envelope::default()).unwrap();
    drop(aborted);
    let record = bed.insert("c", 2, &Metadata::default()).unwrap();
    let next = bed.reopened().insert("c", 3, &Metadata::default()).unwrap();
    assert!(next > record);
}

#[test]
fn the_record_the_id_the_expiry_and_the_count_change_together() {
    let mut bed = Bed::new();
    bed.insert("c", 1, &Metadata::default()).unwrap();
    bed.insert("c", 2, &ttl(100)).unwrap();
    bed.insert("c", 3, &ttl(50)).unwrap();
    assert_eq!(bed.insert("c", 1, &ttl(5)).unwrap_err().kind(), ErrorKind::DuplicateKey);
    let opened = bed.find(&Handle::new("c")).unwrap();
    let counts = |bed: &Bed| {
        let txn = bed.read();
        (count(&txn, &opened).unwrap(), stored_count(&txn, &opened).unwrap())
    };
    assert_eq!((counts(&bed), bed.faults()), ((3, 3), vec![]));
    bed.now_ms = 50;
    assert_eq!((counts(&bed), bed.faults()), ((2, 3), vec![]));
    bed.insert("c", 3, &Metadata::default()).unwrap();
    assert_eq!((counts(&bed), bed.faults()), ((3, 3), vec![]));
    bed.now_ms = 100;
    assert_eq!(bed.write(|scope| sweep(scope.txn, &opened, 10)).unwrap(), 1);
    assert_eq!((counts(&bed), bed.faults()), ((2, 2), vec![]));
    bed.write(|scope| {
        let mut key = Vec::new();
        encode_key(doc(1).as_doc().get("_id").unwrap(), &mut key);
        let (record, bytes) = fetch(scope.txn, &opened, &key)?.unwrap();
        let mut store = Store::new(scope.txn, &opened);
        store.remove(record, &bytes)?;
        store.finish()
    })
    .unwrap();
    assert_eq!((counts(&bed), bed.faults()), ((1, 1), vec![]));
}

#[test]
fn the_check_tells_what_disagrees() {
    let bed = Bed::new();
    bed.insert("c", 1, &ttl(10)).unwrap();
    let record = bed.insert("c", 2, &Metadata::default()).unwrap();
    let entry = bed.find(&Handle::new("c")).unwrap().entry.clone();
    let check = |expected: &str, damage: &dyn Fn(&mut Transaction) -> Result<()>| {
        let broken = Bed { engine: Arc::clone(&bed.engine), catalog: Arc::clone(&bed.catalog), now_ms: 0 };
        let mut txn = broken.read();
        damage(&mut txn).unwrap();
        let mut faults = Vec::new();
        check(&broken.catalog, &txn, &mut faults).unwrap();
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected}: {faults:?}");
    };
    check("counted documents: 2, where 1", &|txn| txn.delete(entry.records, &record.key()));
    check("entries of _ids: 2, where 1", &|txn| txn.delete(entry.records, &record.key()));
    check("entries of expiries: 2, where 1", &|txn| txn.put(entry.expiries, &[0; 16], &[]));
    check("does not lead to it", &|txn| {
        let mut key = Vec::new();
        encode_key(doc(2).as_doc().get("_id").unwrap(), &mut key);
        txn.put(entry.ids, &key, &[&[0; 8]])
    });
    check("invalid BSON", &|txn| txn.put(entry.records, &record.key(), &[&[0, 9, 9, 9]]));
    check("newer version", &|txn| txn.put(entry.records, &record.key(), &[&[0x80, 9, 9, 9]]));
    assert_eq!(bed.faults(), Vec::<String>::new());
}
