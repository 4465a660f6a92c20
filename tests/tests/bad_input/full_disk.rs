//! Disks that are full, and disks that fail.

use nexuslite::ErrorKind::{CommitIndeterminate, DiskFull, Io, Poisoned};
use nexuslite::bson::doc;
use nexuslite::vfs::simulated::{CrashStyle, Fault, FaultPlan, OperationKind, SimulatedDisk};
use nexuslite::{Database, EngineKind, Options};

use crate::check::check;

fn options(disk: &SimulatedDisk, engine: EngineKind) -> Options {
    let small = Options::new().engine(engine).page_bytes(8192).wal_chunk_bytes(64 << 10).wal_bytes(256 << 10);
    small.memtable_bytes(64 << 10).background(false).vfs(disk.vfs())
}

#[test]
fn no_room_for_a_new_database() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let disk = SimulatedDisk::new();
        disk.set_capacity_bytes(Some(20_000));
        let opened = Database::open_with("/shop.db", options(&disk, engine));
        check("a new database", opened, DiskFull, None, &["/shop.db"]);
        disk.set_capacity_bytes(None);
        let db = Database::open_with("/shop.db", options(&disk, engine)).unwrap();
        db.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
    }
}

#[test]
fn a_full_disk_takes_nothing_away_and_goes_on_when_there_is_room() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let disk = SimulatedDisk::new();
        let db = Database::open_with("/shop.db", options(&disk, engine)).unwrap();
        let c = db.collection("c");
        let text = "some text ".repeat(100);
        disk.set_capacity_bytes(Some(disk.used_bytes() + (600 << 10)));
        let mut stored = 0;
        let error = loop {
            match c.insert_one(doc! { "_id": stored, "v": &text }) {
                Ok(_) => stored += 1,
                Err(error) => break error,
            }
            assert!(stored < 20_000, "{engine:?}: the disk never filled up");
        };
        assert_eq!(error.kind(), DiskFull, "{engine:?}: {error}");
        assert!(error.to_string().contains("/shop."), "{error}");
        for _ in 0..20 {
            check(
                "again",
                c.insert_one(doc! { "_id": "more", "v": text.repeat(80) }),
                DiskFull,
                None,
                &["/shop."],
            );
        }
        assert_eq!(c.count_documents(doc! {}).unwrap(), stored as u64, "{engine:?}: readers go on");
        assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
        let crashed = disk.crash_image(1, CrashStyle::DROP_ALL);
        let after = Database::open_with("/shop.db", options(&crashed, engine)).unwrap();
        assert_eq!(after.collection("c").count_documents(doc! {}).unwrap(), stored as u64, "{engine:?}");
        disk.set_capacity_bytes(None);
        (0..500).for_each(|id| drop(c.insert_one(doc! { "_id": stored + id, "v": &text }).unwrap()));
        db.checkpoint().unwrap();
        db.close().unwrap();
        let db = Database::open_with("/shop.db", options(&disk, engine)).unwrap();
        assert_eq!(db.collection("c").count_documents(doc! {}).unwrap(), stored as u64 + 500);
        assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    }
}

#[test]
fn deleting_makes_room_on_a_full_disk() {
    let disk = SimulatedDisk::new();
    let db = Database::open_with("/shop.db", options(&disk, EngineKind::Wasp)).unwrap();
    let c = db.collection("c");
    let text = "some text ".repeat(100);
    c.insert_many((0..1000).map(|id| doc! { "_id": id, "v": &text })).unwrap();
    db.checkpoint().unwrap();
    disk.set_capacity_bytes(Some(disk.used_bytes() + (700 << 10)));
    c.delete_many(doc! { "_id": { "$gte": 500 } }).unwrap();
    for _ in 0..4 {
        db.checkpoint().unwrap();
    }
    c.insert_many((2000..2300).map(|id| doc! { "_id": id, "v": &text })).unwrap();
    assert_eq!(c.count_documents(doc! {}).unwrap(), 800);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_sync_that_fails_ends_the_writing_and_tells_so() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let disk = SimulatedDisk::new();
        let db = Database::open_with("/shop.db", options(&disk, engine)).unwrap();
        let c = db.collection("c");
        (0..20).for_each(|id| drop(c.insert_one(doc! { "_id": id }).unwrap()));
        disk.inject(
            FaultPlan::new(0, Fault::Io).persistent().on(&[OperationKind::SyncData]).in_files(".wasp"),
        );
        let outcome = c.insert_one(doc! { "_id": 20 });
        assert!(outcome.as_ref().unwrap_err().has_label("UnknownTransactionCommitResult"));
        check("the commit", outcome, CommitIndeterminate, None, &["shop.wasp"]);
        disk.clear_faults();
        let later = c.insert_one(doc! { "_id": 21 });
        check("whatever comes later", later, Poisoned, None, &["reopen"]);
        assert_eq!(c.count_documents(doc! {}).unwrap(), 20, "readers see what was acknowledged");
        drop((db, c));
        let db = Database::open_with("/shop.db", options(&disk, engine)).unwrap();
        let found = db.collection("c").count_documents(doc! {}).unwrap();
        assert!((20..=21).contains(&found), "{engine:?}: {found}");
    }
}

#[test]
fn reads_that_fail() {
    let disk = SimulatedDisk::new();
    let open = || Database::open_with("/shop.db", options(&disk, EngineKind::Wasp).cache_entries(1));
    let db = open().unwrap();
    db.collection("c").insert_many((0..2000).map(|id| doc! { "_id": id, "v": "text" })).unwrap();
    db.close().unwrap();
    let db = open().unwrap();
    disk.inject(FaultPlan::new(0, Fault::Io).persistent().on(&[OperationKind::Read]).in_files(".db"));
    let found = db.collection("c").find(doc! {}).run().and_then(Iterator::collect::<Result<Vec<_>, _>>);
    check("a find", found, Io, None, &["read", "/shop.db"]);
    disk.clear_faults();
    assert_eq!(db.collection("c").find(doc! {}).run().unwrap().count(), 2000, "a read may be tried again");
    disk.inject(FaultPlan::new(0, Fault::Short).persistent());
    assert_eq!(db.collection("c").find(doc! {}).run().unwrap().count(), 2000, "short reads are gone on with");
    drop(db);
    disk.clear_faults();
    disk.inject(FaultPlan::new(0, Fault::Io).persistent());
    assert_eq!(open().unwrap_err().kind(), Io);
}
