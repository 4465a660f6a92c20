//! Databases opened and closed.

use nexuslite::bson::doc;
use nexuslite::{Database, EngineKind, ErrorKind, Options};

use crate::fixture::{fault, int, memory, people};

#[test]
fn a_closed_database_answers_closed() {
    let (db, c) = people();
    let cursor = c.find(doc! {}).batch_size(1).run().unwrap();
    let tx = db.begin().unwrap();
    tx.collection("people").insert_one(doc! { "_id": 9 }).unwrap();
    let inside = tx.collection("people");
    db.close().unwrap();
    db.close().unwrap();
    let closed = (ErrorKind::Closed, Some(11600));
    assert_eq!(fault(c.insert_one(doc! {})), closed);
    assert_eq!(fault(c.insert_many([doc! {}])), closed);
    assert_eq!(fault(c.find(doc! {}).run()), closed);
    assert_eq!(fault(c.find_one(doc! {})), closed);
    assert_eq!(fault(c.get_raw(&int(1))), closed);
    assert_eq!(fault(c.update_many(doc! {}, doc! { "$set": { "a": 1 } })), closed);
    assert_eq!(fault(c.delete_many(doc! {})), closed);
    assert_eq!(fault(c.count_documents(doc! {})), closed);
    assert_eq!(fault(c.distinct("a", doc! {})), closed);
    assert_eq!(fault(db.list_collection_names()), closed);
    assert_eq!(fault(db.create_collection("x")), closed);
    assert_eq!(fault(db.drop_collection("x")), closed);
    assert_eq!(fault(db.begin()), closed);
    assert_eq!(fault(db.checkpoint()), closed);
    assert_eq!(fault(db.check()), closed);
    assert_eq!(fault(db.stats()), closed);
    assert_eq!(fault(db.info()), closed);
    assert_eq!(fault(inside.count_documents(doc! {})), closed);
    assert_eq!(fault(tx.commit()), closed);
    assert_eq!(cursor.last().unwrap().unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn databases_in_memory_are_apart() {
    let (one, two) = (memory(), memory());
    one.collection("c").insert_one(doc! {}).unwrap();
    assert_eq!(two.list_collection_names().unwrap(), Vec::<String>::new());
    assert_eq!(one.info().unwrap().collections, [("c".to_owned(), 1)]);
    assert_eq!(one.info().unwrap().path, None);
}

#[test]
fn what_does_not_exist_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("missing.db");
    let error = Database::open(&name).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().starts_with("Database Not Found"), "{error}");
    assert!(!name.exists());
    let read_only = Database::open_with(&name, Options::new().read_only(true));
    assert_eq!(fault(read_only).0, ErrorKind::NotFound);
}

#[test]
fn options_that_cannot_be_meant_are_refused() {
    let check = |options: Options| assert_eq!(fault(Database::open_with(":memory:", options)), (ErrorKind::Invalid, Some(72)));
    check(Options::new().page_bytes(4096));
    check(Options::new().page_bytes(0));
    check(Options::new().wal_chunk_bytes(1000));
    check(Options::new().wal_chunk_bytes(1024));
    check(Options::new().transaction_bytes_max(0));
    check(Options::new().transaction_bytes_max(usize::MAX));
    check(Options::new().transaction_attempts_max(0));
    check(Options::new().cache_entries(0));
    check(Options::new().wal_bytes(0));
    check(Options::new().group_interval(std::time::Duration::ZERO));
    check(Options::new().read_only(true));
    let in_memory_file = Database::open_with("some.db", Options::new().engine(EngineKind::Memory));
    assert_eq!(fault(in_memory_file), (ErrorKind::Invalid, Some(72)));
}
