//! Handles used after their end: closed databases, ended transactions, savepoints of elsewhere.

use nexuslite::ErrorKind::{Busy, Closed, Conflict, Denied, Invalid};
use nexuslite::bson::{bson, doc};
use nexuslite::{Database, Document, DocumentType, Durability, EngineKind, IdKind, Options, Result};

use crate::check::{check, small, untouched};

#[test]
fn closed_databases() {
    let (db, c) = small();
    let mut cursor = c.find(doc! {}).batch_size(1).run().unwrap();
    let mut raw = c.find(doc! {}).batch_size(1).raw().unwrap();
    let (tx, other) = (db.begin().unwrap(), db.begin().unwrap());
    let inside = tx.collection("c");
    let savepoint = tx.savepoint().unwrap();
    db.close().unwrap();
    let is = |what, outcome: Result<()>| check(what, outcome, Closed, Some(11600), &["closed"]);
    is("insert_one", c.insert_one(doc! {}).map(drop));
    is("insert_many", c.insert_many([doc! {}]).map(drop));
    is("insert_one_raw", c.insert_one_raw(&[5, 0, 0, 0, 0]).map(drop));
    is("find", c.find(doc! {}).run().map(drop));
    is("get", c.get(&bson!(1)).map(drop));
    is("update_one", c.update_one(doc! {}, doc! { "$set": { "a": 1 } }).map(drop));
    is("replace_one", c.replace_one(doc! {}, doc! {}).map(drop));
    is("delete_one", c.delete_one(doc! {}).map(drop));
    is("count_documents", c.count_documents(doc! {}).map(drop));
    is("estimated_document_count", c.estimated_document_count().map(drop));
    is("distinct", c.distinct("n", doc! {}).map(drop));
    is("find_document", c.find_document(&bson!(1)).map(drop));
    is("create_collection", db.create_collection("d").map(drop));
    is("list_collection_names", db.list_collection_names().map(drop));
    is("rename_collection", db.rename_collection("c", "d", false));
    is("begin", db.begin().map(drop));
    is("transaction", db.transaction(|_| Ok(())));
    is("checkpoint", db.checkpoint());
    is("check", db.check().map(drop));
    is("stats", db.stats().map(drop));
    is("info", db.info().map(drop));
    is("sweep", db.sweep(1).map(drop));
    is("step", db.step().map(drop));
    is("backup", db.backup("never").map(drop));
    is("a cursor", cursor.next().unwrap().map(drop));
    assert!(cursor.next().is_none());
    is("a raw cursor", raw.next_bytes().map(drop));
    is("within a transaction", inside.find_one(doc! {}).map(drop));
    is("commit", tx.commit());
    let _ = (savepoint, other);
    assert!(db.close().is_ok(), "closing again changes nothing");
}

#[test]
fn ended_transactions() {
    let (db, _) = small();
    let tx = db.begin().unwrap();
    let c = tx.collection("c");
    let mut cursor = c.find(doc! {}).batch_size(1).run().unwrap();
    tx.commit().unwrap();
    let is = |what, outcome: Result<()>| {
        check(what, outcome, Invalid, Some(251), &["the transaction has ended"]);
    };
    is("insert_one", c.insert_one(doc! {}).map(drop));
    is("insert_many", c.insert_many([doc! {}]).map(drop));
    is("find", c.find(doc! {}).run().map(drop));
    is("get", c.get(&bson!(1)).map(drop));
    is("update_many", c.update_many(doc! {}, doc! { "$set": { "a": 1 } }).map(drop));
    is("delete_many", c.delete_many(doc! {}).map(drop));
    is("count_documents", c.count_documents(doc! {}).map(drop));
    is("a cursor", cursor.next().unwrap().map(drop));
    let aborted = db.begin().unwrap();
    let c = aborted.collection("c");
    aborted.abort().unwrap();
    is("after an abort", c.insert_one(doc! {}).map(drop));
    let dropped = db.begin().unwrap();
    let c = dropped.collection("c");
    drop(dropped);
    is("after being dropped", c.insert_one(doc! {}).map(drop));
    untouched(&db);
}

#[test]
fn savepoints_of_elsewhere() {
    let (db, _) = small();
    let is = |what: &str, outcome: Result<()>| check(what, outcome, Invalid, Some(2), &["no such savepoint"]);
    let (one, two) = (db.begin().unwrap(), db.begin().unwrap());
    let first = one.savepoint().unwrap();
    let _of_two = two.savepoint().unwrap();
    is("of another transaction", two.rollback_to(first));
    let second = one.savepoint().unwrap();
    one.rollback_to(first).unwrap();
    is("forgotten by an older one", one.rollback_to(second));
    one.rollback_to(first).unwrap();
    drop((one, two));
    for round in 0..100 {
        let old = db.begin().unwrap();
        let savepoint = old.savepoint().unwrap();
        drop(old);
        let new = db.begin().unwrap();
        let _ = new.savepoint().unwrap();
        is(&format!("of an ended transaction, round {round}"), new.rollback_to(savepoint));
    }
    untouched(&db);
}

#[test]
fn a_statement_that_fails_inside_a_transaction_leaves_nothing_behind() {
    let (db, _) = small();
    let tx = db.begin().unwrap();
    let c = tx.collection("c");
    let outcome = c.insert_many([doc! { "_id": 10 }, doc! { "_id": 11 }, doc! { "_id": 1 }]);
    check("insert_many", outcome, nexuslite::ErrorKind::DuplicateKey, Some(11000), &["place 2"]);
    let outcome = c.update_many(doc! {}, doc! { "$inc": { "n": 1_i64 << 62 } });
    check("update_many", outcome, Invalid, Some(2), &["over 64 bits"]);
    assert_eq!(c.count_documents(doc! {}).unwrap(), 3);
    tx.commit().unwrap();
    untouched(&db);
}

#[test]
fn the_second_committer() {
    let (db, c) = small();
    let (one, two) = (db.begin().unwrap(), db.begin().unwrap());
    for tx in [&one, &two] {
        tx.collection("c").update_one(doc! { "_id": 1 }, doc! { "$set": { "n": 6 } }).unwrap();
    }
    one.commit().unwrap();
    let outcome = two.commit();
    assert!(outcome.as_ref().unwrap_err().has_label("TransientTransactionError"));
    check("two writers", outcome, Conflict, Some(112), &["write conflict"]);
    c.update_one(doc! { "_id": 1 }, doc! { "$set": { "n": 5 } }).unwrap();
    let (one, two) = (db.begin().unwrap(), db.begin().unwrap());
    one.collection("c").insert_one(doc! { "_id": 50 }).unwrap();
    two.drop_collection("c").unwrap();
    two.abort().unwrap();
    one.abort().unwrap();
    untouched(&db);
}

#[test]
fn read_only_databases() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ro.db");
    let db = Database::open_with(&path, Options::new()).unwrap();
    db.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
    db.close().unwrap();
    let db = Database::open_with(&path, Options::new().read_only(true)).unwrap();
    let c = db.collection("c");
    let is = |what, outcome: Result<()>| check(what, outcome, Denied, None, &["read-only"]);
    is("insert_one", c.insert_one(doc! {}).map(drop));
    is("insert_many", c.insert_many([doc! {}]).map(drop));
    is("update_one", c.update_one(doc! {}, doc! { "$set": { "a": 1 } }).map(drop));
    is("replace_one", c.replace_one(doc! {}, doc! { "a": 1 }).map(drop));
    is("delete_many", c.delete_many(doc! {}).map(drop));
    is("find_one_and_delete", c.find_one_and_delete(doc! {}).map(drop));
    is("create_collection", db.create_collection("d").map(drop));
    is("drop_collection", db.drop_collection("c").map(drop));
    is("rename_collection", db.rename_collection("c", "d", false));
    is("checkpoint", db.checkpoint());
    is("sweep", db.sweep(1).map(drop));
    is("insert_document", db.insert_document("c", Document::new(doc! {}, DocumentType::Ephemeral)).map(drop));
    let tx = db.begin().unwrap();
    is("within a transaction", tx.collection("c").insert_one(doc! {}).map(drop));
    tx.commit().unwrap();
    assert_eq!(c.count_documents(doc! {}).unwrap(), 1);
}

#[test]
fn two_openings_with_other_options() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.db");
    let _db = Database::open_with(&path, Options::new()).unwrap();
    let is = |option: &str, options: Options| {
        let what = format!("another {option}");
        check(&what, Database::open_with(&path, options), Busy, None, &["open in this process", option]);
    };
    is("read_only", Options::new().read_only(true));
    is("engine", Options::new().engine(EngineKind::Log));
    is("durability", Options::new().durability(Durability::Group));
    is("id_kind", Options::new().id_kind(IdKind::ObjectId));
    let same = Database::open_with(&path, Options::new()).unwrap();
    same.collection("c").insert_one(doc! {}).unwrap();
}
