use std::path::Path;

use bson::{Bson, doc};

use super::options::{cache_bytes_of, file_of};
use super::{Collection, Database, IndexOptions, Options, Verbosity};
use crate::document::convert::IntoDocument;
use crate::error::{ErrorKind, Result};
use crate::index::IndexSpec;
use crate::query::parse;
use crate::storage::TreeId;

#[test]
fn a_name_without_extension_gets_one() {
    let check =
        |name: &str, expected: &str| assert_eq!(file_of(Path::new(name)).unwrap(), Path::new(expected));
    check("shop", "shop.db");
    check("shop.db", "shop.db");
    check("shop.data", "shop.data");
    check("folder.x/shop", "folder.x/shop.db");
    check("../shop", "../shop.db");
    check(".hidden", ".hidden.db");
}

#[test]
fn the_cache_is_a_quarter_of_the_memory_within_limits() {
    let check = |memory_mib: Option<u64>, cache_mib: usize| {
        assert_eq!(cache_bytes_of(memory_mib.map(|mib| mib << 20)), cache_mib << 20, "{memory_mib:?}");
    };
    check(Some(2048), 512);
    check(Some(4096), 1024);
    check(Some(1 << 20), 1024);
    check(Some(64), 16);
    check(Some(1), 16);
    check(None, 64);
}

#[test]
fn a_name_that_is_no_file_is_refused() {
    for name in ["", "folder/", "..", "/", "a\0b", "shop.wasp", "."] {
        assert!(file_of(Path::new(name)).is_err(), "{name:?}");
    }
}

#[test]
fn a_thread_is_started_by_the_first_write_and_not_by_readers() {
    let folder = tempfile::tempdir().unwrap();
    let (name, copy) = (folder.path().join("a.db"), folder.path().join("killed.db"));
    let has_thread = |db: &Database| db.opening().shared().unwrap().has_thread();

    let db = Database::open_with(&name, Options::new()).unwrap();
    assert!(!has_thread(&db), "a new file");
    db.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
    assert!(has_thread(&db), "a written file");
    for ending in ["db", "wasp"] {
        std::fs::copy(name.with_extension(ending), copy.with_extension(ending)).unwrap();
    }
    db.close().unwrap();

    let before = std::fs::read(&name).unwrap();
    let db = Database::open(&name).unwrap();
    let people = db.collection("c");
    assert!(people.get_raw(&Bson::Int32(1)).unwrap().is_some());
    assert_eq!(people.count_documents(doc! {}).unwrap(), 1);
    assert!(!has_thread(&db), "a clean file that is only read");
    db.close().unwrap();
    assert!(std::fs::read(&name).unwrap() == before, "reading writes nothing");

    let db = Database::open(&copy).unwrap();
    assert!(has_thread(&db), "commits came back from the log");
    db.close().unwrap();
    let silent = Database::open_with(&name, Options::new().background(false)).unwrap();
    silent.collection("c").delete_many(doc! {}).unwrap();
    assert!(!has_thread(&silent), "switched off");
}

#[test]
fn an_index_whose_collation_is_of_other_data_is_not_read_and_writers_are_told_to_drop_it() {
    let spec = doc! {
        "key": { "a": 1 }, "name": "foreign", "unique": true,
        "collation": { "locale": "en", "strength": 2, "version": "another" },
    };
    let spec = IndexSpec::stored(spec.into_raw().unwrap().as_doc(), parse::partial_filter).unwrap();
    let db = Database::open(":memory:").unwrap();
    let c = db.collection("c");
    c.session().write(|_, scope| scope.add_indexes(c.handle(), std::slice::from_ref(&spec))).unwrap();
    assert_eq!(c.list_indexes().unwrap()[1].get_str("name").unwrap(), "foreign");
    let error = c.insert_one(doc! { "_id": 1, "a": "x" }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("\"foreign\" cannot be kept up, drop it"), "{error}");
    for filter in [doc! { "a": 5 }, doc! { "a": "x" }] {
        let plan = c.find(filter.clone()).explain(Verbosity::QueryPlanner).unwrap().to_string();
        assert!(plan.contains("COLLSCAN"), "{plan}");
        assert!(c.find(filter).hint("foreign").run().is_err());
    }
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    c.drop_index("foreign").unwrap();
    c.insert_one(doc! { "_id": 1, "a": "x" }).unwrap();
    assert_eq!(c.count_documents(doc! { "a": "x" }).unwrap(), 1);
}

fn plan_of(c: &Collection, filter: bson::Document) -> String {
    c.find(filter).explain(Verbosity::QueryPlanner).unwrap().to_string()
}

#[test]
fn indexes_of_an_earlier_format_are_built_again_when_the_file_is_opened_for_writing() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("old.db");
    let db = Database::open_with(&name, Options::new()).unwrap();
    let c = db.collection("c");
    c.insert_many((0..3000).map(|n| doc! { "_id": n, "n": n, "l": [n % 7, n % 3] })).unwrap();
    c.create_index_with(doc! { "n": 1 }, &IndexOptions::new().unique(true)).unwrap();
    c.create_index(doc! { "l": -1 }).unwrap();
    let listed = c.list_indexes().unwrap();
    c.session().write(|_, scope| scope.age_indexes(c.handle())).unwrap();
    // Begun once and cut short.
    let trees = c.session().write(|_, scope| scope.empty_outdated(c.handle())).unwrap();
    for tree in &trees {
        db.opening().shared().unwrap().catalog.set_building(*tree, true);
    }
    let part = c.session().write(|_, scope| scope.build_chunk(c.handle(), &trees, None, 1000)).unwrap();
    assert!(part.resume.is_some() && part.records < 3000);
    db.close().unwrap();

    let db = Database::open_with(&name, Options::new().read_only(true)).unwrap();
    let c = db.collection("c");
    assert!(plan_of(&c, doc! { "n": 5 }).contains("COLLSCAN"));
    assert_eq!(c.count_documents(doc! { "l": 6 }).unwrap(), 428);
    db.close().unwrap();

    let db = Database::open_with(&name, Options::new()).unwrap();
    let c = db.collection("c");
    assert_eq!(c.list_indexes().unwrap(), listed);
    assert!(plan_of(&c, doc! { "n": 5 }).contains("IXSCAN"));
    assert_eq!(c.count_documents(doc! { "l": 6 }).unwrap(), 428);
    assert_eq!(c.insert_one(doc! { "n": 2999 }).unwrap_err().kind(), ErrorKind::DuplicateKey);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    db.close().unwrap();
    let before = std::fs::read(&name).unwrap();
    Database::open_with(&name, Options::new()).unwrap().close().unwrap();
    assert!(std::fs::read(&name).unwrap() == before, "once is enough");
}

#[test]
fn a_scan_needs_no_count_that_can_be_read() {
    let db = Database::open(":memory:").unwrap();
    let c = db.collection("c");
    c.insert_many([doc! { "_id": 1, "a": 1 }, doc! { "_id": 2, "a": 2 }]).unwrap();
    let session = c.session();
    session
        .write(|_, scope| {
            let opened = scope.open_to_write(c.handle())?.unwrap();
            let [b1, b2, b3, b4] = opened.entry.id.to_be_bytes();
            // The tree of counters, and the name of this one: the collection now counts fewer documents than none.
            scope.txn.add(TreeId::index(1), &[b'n', b1, b2, b3, b4], -10)
        })
        .unwrap();
    assert_eq!(c.estimated_document_count().unwrap_err().kind(), ErrorKind::Corrupt);
    let found: Result<Vec<bson::Document>> = c.find(doc! { "a": 2 }).run().unwrap().collect();
    assert_eq!(found.unwrap(), [doc! { "_id": 2, "a": 2 }]);
    assert_eq!(c.count_documents(doc! { "a": { "$gt": 0 } }).unwrap(), 2);
}
