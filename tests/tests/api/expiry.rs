//! Documents whose time passes.

use std::time::Duration;

use nexuslite::bson::doc;
use nexuslite::{Collection, Document, ErrorKind};

use crate::fixture::{fault, find_ids, int, with_clock};

fn put(c: &Collection, id: i32, ttl_ms: Option<u64>) {
    let document = Document::builder().id(id).field("n", id);
    let document = match ttl_ms {
        Some(ms) => document.ttl(Duration::from_millis(ms)),
        None => document,
    };
    c.insert_document(document.build()).unwrap();
}

#[test]
fn an_expired_document_is_invisible_to_everything_at_once() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    put(&c, 1, None);
    put(&c, 2, Some(100));
    put(&c, 3, Some(50));
    clock.advance_ms(99);
    assert_eq!(find_ids(&c, doc! {}), [1, 2]);
    clock.advance_ms(1);
    assert_eq!(find_ids(&c, doc! {}), [1]);
    assert_eq!(find_ids(&c, doc! { "_id": 2 }), [0; 0]);
    assert_eq!(find_ids(&c, doc! { "_id": { "$gt": 0 } }), [1]);
    assert_eq!(find_ids(&c, doc! { "n": 2 }), [0; 0]);
    assert!(c.get_raw(&int(2)).unwrap().is_none());
    assert!(c.find_document(&int(2)).unwrap().is_none());
    assert_eq!(c.count_documents(doc! {}).unwrap(), 1);
    assert_eq!(c.count_documents(doc! { "n": { "$gt": 0 } }).unwrap(), 1);
    assert_eq!(c.distinct("n", doc! {}).unwrap(), [int(1)]);
    assert_eq!(c.update_many(doc! {}, doc! { "$set": { "u": 1 } }).unwrap().matched_count, 1);
    assert_eq!(c.delete_one(doc! { "_id": 2 }).unwrap().deleted_count, 0);
    assert!(!c.delete_document(&int(2)).unwrap());
    assert_eq!(c.estimated_document_count().unwrap(), 3);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn inserting_over_an_expired_id_succeeds() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    put(&c, 1, Some(10));
    assert_eq!(fault(c.insert_one(doc! { "_id": 1 })).0, ErrorKind::DuplicateKey);
    clock.advance_ms(10);
    put(&c, 1, Some(10));
    assert_eq!(c.count_documents(doc! {}).unwrap(), 1);
    assert_eq!(c.estimated_document_count().unwrap(), 1);
    clock.advance_ms(10);
    c.insert_one(doc! { "_id": 1 }).unwrap();
    clock.advance_ms(1000);
    assert_eq!(find_ids(&c, doc! {}), [1]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_sweep_removes_a_bounded_number_of_dead_ones_only() {
    let (db, clock) = with_clock();
    for name in ["a", "b"] {
        let c = db.collection(name);
        (0..10).for_each(|id| put(&c, id, (id < 6).then_some(10)));
    }
    assert_eq!(db.sweep(100).unwrap(), 0);
    clock.advance_ms(10);
    assert_eq!(db.sweep(4).unwrap(), 4);
    assert_eq!(db.collection("a").estimated_document_count().unwrap(), 6);
    assert_eq!(db.sweep(100).unwrap(), 8);
    assert_eq!(db.sweep(100).unwrap(), 0);
    for name in ["a", "b"] {
        assert_eq!(find_ids(&db.collection(name), doc! {}), [6, 7, 8, 9]);
        assert_eq!(db.collection(name).estimated_document_count().unwrap(), 4);
    }
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn an_update_keeps_the_expiry_and_a_new_document_sets_it_anew() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    put(&c, 1, Some(100));
    put(&c, 2, Some(100));
    put(&c, 3, None);
    c.update_many(doc! {}, doc! { "$set": { "a": 1 } }).unwrap();
    c.update_document(&int(2), Document::builder().build()).unwrap();
    c.update_document(&int(3), Document::builder().ttl(Duration::from_millis(50)).build()).unwrap();
    clock.advance_ms(50);
    assert_eq!(find_ids(&c, doc! {}), [1, 2]);
    clock.advance_ms(50);
    assert_eq!(find_ids(&c, doc! {}), [2]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    assert_eq!(db.sweep(10).unwrap(), 2);
}

#[test]
fn a_transaction_happens_at_one_moment() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    put(&c, 1, Some(10));
    let tx = db.begin().unwrap();
    clock.advance_ms(10);
    assert_eq!(tx.collection("c").count_documents(doc! {}).unwrap(), 1);
    assert_eq!(find_ids(&tx.collection("c"), doc! {}), [1]);
    assert_eq!(c.count_documents(doc! {}).unwrap(), 0);
}

#[test]
fn a_cursor_keeps_the_moment_of_its_beginning() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    (0..10).for_each(|id| put(&c, id, Some(10)));
    let cursor = c.find(doc! {}).batch_size(2).run().unwrap();
    clock.advance_ms(10);
    assert_eq!(cursor.count(), 10);
    assert_eq!(find_ids(&c, doc! {}), [0; 0]);
}
