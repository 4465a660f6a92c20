//! Databases taken away, and databases that nobody may use any more.

use nexuslite::bson::doc;
use nexuslite::{CancelToken, Database, ErrorKind, IndexOptions};
use tempfile::TempDir;

use crate::fixture::{fault, memory};

#[test]
fn a_removed_database_is_gone_with_its_log() {
    let folder = TempDir::new().unwrap();
    let name = folder.path().join("shop");
    assert!(!Database::remove(&name).unwrap(), "there was none");
    let db = Database::new(name.to_str()).unwrap();
    db.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
    let again = Database::open(&name).unwrap();
    db.close().unwrap();
    assert_eq!(fault(Database::remove(&name)), (ErrorKind::Busy, None), "another handle has it open");
    assert_eq!(again.collection("c").count_documents(doc! {}).unwrap(), 1);
    again.close().unwrap();
    assert!(Database::remove(&name).unwrap());
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "neither the file nor its log is left");
    assert_eq!(fault(Database::open(&name)).0, ErrorKind::NotFound);
}

#[test]
fn what_is_no_database_is_not_removed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("letter.db");
    std::fs::write(&path, "dear reader").unwrap();
    assert!(Database::remove(&path).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), b"dear reader");
}

#[test]
fn a_poisoned_database_says_why_until_it_is_opened_again() {
    let folder = TempDir::new().unwrap();
    let name = folder.path().join("shop");
    let db = Database::new(name.to_str()).unwrap();
    db.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
    let sharing = Database::open(&name).unwrap();
    db.poison("the first reason");
    db.poison("the second");
    for handle in [&db, &sharing] {
        let error = handle.collection("c").find_one(doc! {}).map(|_: Option<nexuslite::bson::Document>| ());
        let error = error.expect_err("nobody may use it");
        assert_eq!(error.kind(), ErrorKind::Poisoned);
        assert!(error.message().contains("the first reason"), "{error}");
        assert_eq!(fault(handle.collection("c").insert_one(doc! {})).0, ErrorKind::Poisoned);
    }
    drop((db, sharing));
    let db = Database::open(&name).unwrap();
    let c: nexuslite::Collection = db.collection("c");
    assert_eq!(c.count_documents(doc! {}).unwrap(), 1, "what was acknowledged is there");
}

#[test]
fn indexes_given_as_documents_are_watched_and_nothing_else() {
    let db = memory();
    let c = db.collection("c");
    c.insert_one(doc! { "a": 1 }).unwrap();
    let unique = IndexOptions::new().unique(true);
    assert_eq!(
        fault(c.create_indexes_with([doc! { "key": { "a": 1 } }], &unique)),
        (ErrorKind::Invalid, Some(72))
    );
    let token = CancelToken::new();
    token.cancel();
    let cancelled = IndexOptions::new().cancel_with(token);
    assert_eq!(
        fault(c.create_indexes_with([doc! { "key": { "a": 1 } }], &cancelled)).0,
        ErrorKind::Cancelled
    );
    assert_eq!(c.list_indexes().unwrap().len(), 1, "nothing of it stays");
    let told = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let seen = told.clone();
    let watched = IndexOptions::new().on_progress(move |done, _| {
        seen.fetch_max(done, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(c.create_indexes_with([doc! { "key": { "a": 1 } }], &watched).unwrap(), ["a_1"]);
    assert_eq!(told.load(std::sync::atomic::Ordering::Relaxed), 1);
}
