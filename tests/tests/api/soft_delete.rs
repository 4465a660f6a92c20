//! Deleted documents that come back.

use nexuslite::bson::doc;
use nexuslite::{Collection, CollectionOptions, Database, Document, ErrorKind};

use crate::fixture::{fault, find_ids, int, memory, with_clock};

fn notes(db: &Database) -> Collection {
    let notes = db.create_collection_with("notes", CollectionOptions::new().soft_delete(true)).unwrap();
    notes.insert_many((1..=5).map(|at| doc! { "_id": at, "n": at * 10, "tags": [at, at + 1] })).unwrap();
    notes
}

#[test]
fn deleted_documents_are_seen_by_no_read_and_come_back_as_they_were() {
    let db = memory();
    let notes = notes(&db);
    notes.create_index(doc! { "tags": 1 }).unwrap();
    let before = notes.get_raw(&int(3)).unwrap().unwrap().as_bytes().to_vec();
    assert_eq!(notes.delete_many(doc! { "n": { "$in": [20, 30] } }).unwrap().deleted_count, 2);
    assert_eq!(find_ids(&notes, doc! {}), [1, 4, 5]);
    assert_eq!(notes.count_documents(doc! {}).unwrap(), 3);
    assert_eq!(find_ids(&notes, doc! { "tags": 3 }), Vec::<i32>::new());
    assert_eq!(notes.get_raw(&int(3)).unwrap().map(|doc| doc.as_bytes().len()), None);
    assert_eq!(notes.distinct("n", doc! {}).unwrap(), [int(10), int(40), int(50)]);
    assert_eq!(notes.update_many(doc! { "n": 30 }, doc! { "$set": { "x": 1 } }).unwrap().matched_count, 0);
    assert_eq!(notes.count_deleted(doc! {}).unwrap(), 2);
    assert_eq!(notes.count_deleted(doc! { "n": { "$gt": 20 } }).unwrap(), 1);

    assert_eq!(notes.restore(doc! { "n": 30 }).unwrap(), 1);
    assert_eq!(notes.get_raw(&int(3)).unwrap().unwrap().as_bytes(), before);
    // It stands where it stood.
    assert_eq!(find_ids(&notes, doc! {}), [1, 3, 4, 5]);
    assert_eq!(find_ids(&notes, doc! { "tags": 3 }), [3]);
    assert_eq!(notes.purge(doc! {}).unwrap(), 1);
    assert_eq!(notes.restore(doc! {}).unwrap(), 0);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn an_id_is_free_once_its_document_is_deleted() {
    let db = memory();
    let notes = notes(&db);
    notes.find_one_and_delete(doc! { "_id": 1 }).unwrap().unwrap();
    notes.insert_one(doc! { "_id": 1, "n": 11 }).unwrap();
    assert_eq!(fault(notes.restore(doc! {})), (ErrorKind::DuplicateKey, Some(11000)));
    assert_eq!(notes.count_deleted(doc! {}).unwrap(), 1, "a restore that fails takes nothing");
    notes.delete_one(doc! { "_id": 1 }).unwrap();
    assert_eq!(notes.count_deleted(doc! { "_id": 1 }).unwrap(), 2);
    assert_eq!(notes.purge(doc! { "n": 10 }).unwrap(), 1);
    assert_eq!(notes.restore(doc! { "_id": 1 }).unwrap(), 1);
    assert_eq!(notes.get(&int(1)).unwrap().unwrap().get_i32("n").unwrap(), 11);
}

#[test]
fn metadata_comes_back_and_time_goes_on() {
    let (db, clock) = with_clock();
    let notes = notes(&db);
    let kept = Document::builder().field("_id", 7).ttl(std::time::Duration::from_secs(10)).tag("a").build();
    notes.insert_document(kept).unwrap();
    notes.delete_one(doc! { "_id": 7 }).unwrap();
    notes.restore(doc! {}).unwrap();
    let back = notes.find_document(&int(7)).unwrap().unwrap();
    assert_eq!(back.tags(), ["a"]);
    notes.delete_one(doc! { "_id": 7 }).unwrap();
    clock.advance_ms(10_000);
    assert_eq!(notes.restore(doc! {}).unwrap(), 0, "its own time has passed");
}

#[test]
fn a_transaction_deletes_and_restores_as_a_whole() {
    let db = memory();
    let notes = notes(&db);
    let tx = db.begin().unwrap();
    tx.collection("notes").delete_many(doc! {}).unwrap();
    assert_eq!(tx.collection("notes").restore(doc! { "_id": 2 }).unwrap(), 1);
    assert_eq!(find_ids(&tx.collection("notes"), doc! {}), [2]);
    tx.abort().unwrap();
    assert_eq!(notes.count_documents(doc! {}).unwrap(), 5);
    assert_eq!(notes.count_deleted(doc! {}).unwrap(), 0);
}

#[test]
fn other_collections_delete_for_good() {
    let db = memory();
    let plain = db.collection("plain");
    plain.insert_one(doc! { "_id": 1 }).unwrap();
    plain.delete_one(doc! {}).unwrap();
    let refused = (ErrorKind::Invalid, Some(20));
    assert_eq!(fault(plain.restore(doc! {})), refused);
    assert_eq!(fault(plain.purge(doc! {})), refused);
    assert_eq!(fault(plain.count_deleted(doc! {})), refused);
    assert_eq!(db.collection("none").restore(doc! {}).unwrap(), 0);
}

#[test]
fn dropping_the_collection_ends_its_deleted_documents() {
    let db = memory();
    let notes = notes(&db);
    notes.delete_many(doc! {}).unwrap();
    db.drop_collection("notes").unwrap();
    let again = db.create_collection_with("notes", CollectionOptions::new().soft_delete(true)).unwrap();
    assert_eq!(again.restore(doc! {}).unwrap(), 0);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}
