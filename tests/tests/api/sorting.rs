//! Sorts that do not fit into memory.

use nexuslite::bson::{Document, doc};
use nexuslite::vfs::simulated::{Fault, FaultPlan, OperationKind, SimulatedDisk};
use nexuslite::{Collection, Database, ErrorKind, Options};

use crate::fixture::{fault, ids};

fn options(disk: &SimulatedDisk) -> Options {
    Options::new().vfs(disk.vfs()).background(false).sort_bytes_max(20_000)
}

/// A thousand documents in ten groups, about 200 bytes each.
fn filled(db: &Database) -> Collection {
    let c = db.collection("c");
    let group = |id: i32| (id * 7) % 10;
    c.insert_many((0..1000).map(|id| doc! { "_id": id, "g": group(id), "p": "x".repeat(150) })).unwrap();
    c
}

fn expected() -> Vec<i32> {
    let mut ids: Vec<i32> = (0..1000).collect();
    ids.sort_by_key(|id| (id * 7) % 10);
    ids
}

#[test]
fn a_sort_over_its_bound_goes_on_in_a_file_that_has_no_name() {
    let disk = SimulatedDisk::new();
    let db = Database::open_with("/shop.db", options(&disk)).unwrap();
    let c = filled(&db);
    let mut found = c.find(doc! {}).sort(doc! { "g": 1 }).run().unwrap();
    assert_eq!(found.next().unwrap().unwrap().get_i32("_id").unwrap(), 0);
    assert!(disk.counts("/shop.wasp-scratch").writes > 0, "nothing went to the disk");
    assert!(!disk.vfs().exists("/shop.wasp-scratch".as_ref()).unwrap());
    let rest: Vec<i32> = ids(found);
    assert_eq!(rest, expected()[1..]);
    let window = c.find(doc! {}).sort(doc! { "g": 1 }).skip(500).limit(300).run().unwrap();
    assert_eq!(ids(window), expected()[500..800]);
    let other_way = c.find(doc! {}).sort(doc! { "g": -1, "_id": -1 }).run().unwrap();
    assert!(ids(other_way).windows(2).all(|pair| {
        let key = |id: i32| ((id * 7) % 10, id);
        key(pair[0]) > key(pair[1])
    }));
    let projected =
        c.find(doc! {}).sort(doc! { "g": 1 }).projection(doc! { "_id": 1, "n": { "$add": ["$g", 1] } });
    let projected: Vec<Document> = projected.run().unwrap().map(Result::unwrap).collect();
    assert_eq!((projected.len(), &projected[999]), (1000, &doc! { "_id": 997, "n": 10 }));
}

#[test]
fn a_sort_that_may_not_use_the_disk_says_so() {
    let disk = SimulatedDisk::new();
    let db = Database::open_with("/shop.db", options(&disk)).unwrap();
    let c = filled(&db);
    let sorted = c.find(doc! {}).sort(doc! { "g": 1 }).allow_disk_use(false).first();
    assert!(sorted.unwrap().is_some(), "one document fits");
    let sorted = c.find(doc! {}).sort(doc! { "g": 1 }).allow_disk_use(false).run().unwrap().next().unwrap();
    let error = sorted.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Limit, Some(292)));
    assert!(
        error.message().contains("sort_bytes_max") && error.message().contains("allow_disk_use"),
        "{error}"
    );
    assert_eq!(disk.counts("/shop.wasp-scratch").writes, 0);
}

#[test]
fn what_a_dead_process_left_is_removed_by_the_next_open() {
    let disk = SimulatedDisk::new();
    let db = Database::open_with("/shop.db", options(&disk)).unwrap();
    filled(&db);
    db.close().unwrap();
    disk.vfs().open("/shop.wasp-scratch".as_ref(), nexuslite::vfs::OpenMode::CreateNew).unwrap();
    let db = Database::open_with("/shop.db", options(&disk)).unwrap();
    assert!(!disk.vfs().exists("/shop.wasp-scratch".as_ref()).unwrap());
    // Somebody else's file of that name is no obstacle either.
    disk.vfs().open("/shop.wasp-scratch".as_ref(), nexuslite::vfs::OpenMode::CreateNew).unwrap();
    let found = db.collection("c").find(doc! {}).sort(doc! { "g": 1 }).run().unwrap();
    assert_eq!(ids(found), expected());
}

#[test]
fn a_disk_that_is_full_or_fails_ends_the_sort_and_takes_nothing_away() {
    let disk = SimulatedDisk::new();
    let db = Database::open_with("/shop.db", options(&disk)).unwrap();
    let c = filled(&db);
    db.checkpoint().unwrap();
    let sorted =
        || c.find(doc! {}).sort(doc! { "g": 1 }).run().unwrap().collect::<nexuslite::Result<Vec<_>>>();
    disk.set_capacity_bytes(Some(disk.used_bytes() + 1000));
    assert_eq!(fault(sorted()), (ErrorKind::DiskFull, None));
    disk.set_capacity_bytes(None);
    assert_eq!(sorted().unwrap().len(), 1000);
    for at in [0, 3, 9] {
        for kind in [OperationKind::Write, OperationKind::Read] {
            disk.inject(FaultPlan::new(at, Fault::Io).on(&[kind]).in_files("/shop.wasp-scratch"));
            assert_eq!(fault(sorted()).0, ErrorKind::Io, "{kind:?} {at}");
            disk.clear_faults();
        }
    }
    assert_eq!(sorted().unwrap().len(), 1000);
    c.insert_one(doc! { "_id": 1000, "g": 3 }).unwrap();
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    db.close().unwrap();
    let db = Database::open_with("/shop.db", options(&disk)).unwrap();
    assert_eq!(db.collection("c").count_documents(doc! {}).unwrap(), 1001);
}
