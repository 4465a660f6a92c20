//! The probe: more documents than the cache has entries, and not one of them goes missing.

use std::fs;
use std::path::Path;

use nexuslite::bson::{Document as Fields, doc};
use nexuslite::{Database, Document, DocumentType, EngineKind, ErrorKind, Options};

const DOCUMENTS: i32 = 5_000;

fn open(path: &Path, engine: EngineKind) -> Database {
    Database::open_with(path, Options::new().engine(engine).cache_entries(1024)).unwrap()
}

/// Every document is listed, once, with its fields, and found by its `_id`.
#[track_caller]
fn all_there(db: &Database) {
    let people = db.get_collection("people").unwrap();
    let listed: Vec<Fields> = people.find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    let expected: Vec<Fields> = (0..DOCUMENTS).map(fields).collect();
    assert_eq!(listed.len(), expected.len());
    assert!(listed == expected, "what is listed is not what was inserted");
    assert_eq!(people.count_documents(doc! {}).unwrap(), DOCUMENTS as u64);
    for id in (0..DOCUMENTS).step_by(37) {
        assert_eq!(people.find_document(&id.into()).unwrap().unwrap().fields(), &fields(id));
    }
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

fn fields(id: i32) -> Fields {
    doc! { "_id": id, "name": format!("person {id}"), "text": "x".repeat(300) }
}

fn filled(path: &Path, engine: EngineKind) -> Database {
    let db = open(path, engine);
    db.transaction(|tx| {
        (0..DOCUMENTS).try_for_each(|id| {
            tx.insert_document("people", Document::new(fields(id), DocumentType::Persistent)).map(drop)
        })
    })
    .unwrap();
    db
}

#[test]
fn a_cache_of_fewer_entries_than_documents_loses_none() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("probe.db");
        let db = filled(&path, engine);
        all_there(&db);
        db.close().unwrap();
        let db = open(&path, engine);
        all_there(&db);
        db.checkpoint().unwrap();
        all_there(&db);
        db.close().unwrap();
        let db = open(&path, engine);
        all_there(&db);
        db.collection("people").update_many(doc! {}, doc! { "$set": { "touched": true } }).unwrap();
        db.checkpoint().unwrap();
        db.collection("people").update_many(doc! {}, doc! { "$unset": { "touched": "" } }).unwrap();
        db.close().unwrap();
        all_there(&open(&path, engine));
    }
}

#[test]
fn after_a_clean_close_the_main_file_alone_is_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("probe.db");
    filled(&path, EngineKind::Wasp).close().unwrap();
    let alone = folder.path().join("elsewhere.db");
    fs::copy(&path, &alone).unwrap();
    let db = Database::open_with(&alone, Options::new().read_only(true).cache_entries(1024)).unwrap();
    all_there(&db);
    db.close().unwrap();
    assert!(!alone.with_extension("wasp").exists(), "a reader made a log");
    let db = open(&alone, EngineKind::Wasp);
    all_there(&db);
    db.collection("people").insert_one(doc! { "_id": -1 }).unwrap();
    db.close().unwrap();
    all_there(&open(&path, EngineKind::Wasp));
}

/// The log engine keeps the documents in its log: the two files belong together, also after a clean close.
#[test]
fn the_log_engine_needs_both_files_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("probe.db");
    filled(&path, EngineKind::Log).close().unwrap();
    let copy = folder.path().join("elsewhere.db");
    fs::copy(&path, &copy).unwrap();
    let alone = Database::open(&copy).unwrap_err();
    assert_eq!(alone.kind(), ErrorKind::Corrupt, "{alone}");
    assert!(alone.message().contains("elsewhere.wasp"), "{alone}");
    fs::copy(path.with_extension("wasp"), copy.with_extension("wasp")).unwrap();
    all_there(&open(&copy, EngineKind::Log));
}

#[test]
fn a_backup_of_either_engine_is_a_single_file() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let folder = tempfile::tempdir().unwrap();
        let db = filled(&folder.path().join("probe.db"), engine);
        let copy = folder.path().join("copy.db");
        db.backup(&copy).unwrap();
        db.close().unwrap();
        assert!(!copy.with_extension("wasp").exists(), "{engine:?}");
        all_there(&open(&copy, engine));
    }
}
