//! Walks over documents.

use std::time::Duration;

use nexuslite::bson::{Document, doc};
use nexuslite::{CancelToken, Database, ErrorKind, Options};

use crate::fixture::{fault, find_ids, ids, int, memory, people, with_clock};

#[test]
fn a_cursor_sees_the_state_of_its_beginning() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..3000).map(|id| doc! { "_id": id })).unwrap();
    let cursor = c.find(doc! {}).batch_size(10).run().unwrap();
    c.delete_many(doc! { "_id": { "$gt": 5 } }).unwrap();
    c.insert_one(doc! { "_id": 9000 }).unwrap();
    assert_eq!(ids(cursor), (0..3000).collect::<Vec<_>>());
    assert_eq!(find_ids(&c, doc! {}), [0, 1, 2, 3, 4, 5, 9000]);
}

#[test]
fn every_batch_size_hands_out_the_same_documents() {
    let (_db, people) = people();
    for size in [1, 2, 3, 5, 100] {
        let found = people.find(doc! { "age": { "$gt": 10 } }).batch_size(size).run().unwrap();
        assert_eq!(ids(found), [3, 4, 5, 2], "{size}");
        let found =
            people.find(doc! { "age": { "$gt": 10 } }).batch_size(size).skip(1).limit(2).run().unwrap();
        assert_eq!(ids(found), [4, 5], "{size}");
        let found = people.find(doc! {}).sort(doc! { "age": -1 }).batch_size(size).run().unwrap();
        assert_eq!(ids(found), [5, 4, 3, 2, 1], "{size}");
    }
}

#[test]
fn raw_documents_are_the_bytes_that_were_inserted() {
    let db = memory();
    let c = db.collection("c");
    let docs: Vec<Vec<u8>> = (0..100).map(|id| doc! { "_id": id, "v": "text" }.to_vec().unwrap()).collect();
    assert_eq!(c.insert_many_raw(&docs, Default::default()).unwrap(), 100);
    let mut raw = c.find(doc! {}).raw().unwrap();
    let mut lent = Vec::new();
    while let Some(bytes) = raw.next_bytes().unwrap() {
        lent.push(bytes.to_vec());
    }
    assert_eq!(lent, docs);
    let kept: Vec<_> = c.find(doc! {}).raw().unwrap().map(|bytes| bytes.unwrap().to_vec()).collect();
    assert_eq!(kept, docs);
    assert_eq!(c.get_raw(&int(7)).unwrap().unwrap().as_bytes(), &docs[7]);
    assert_eq!(
        c.get_raw(&int(7)).unwrap().unwrap().decode::<Document>().unwrap().get_i32("_id").ok(),
        Some(7)
    );
    assert!(c.get_raw(&int(100)).unwrap().is_none());
}

#[test]
fn a_cancelled_statement_stops_with_an_error_and_then_ends() {
    let (_db, people) = people();
    let token = CancelToken::new();
    let mut cursor = people.find(doc! {}).batch_size(2).cancel_with(token.clone()).run().unwrap();
    assert!(cursor.next().unwrap().is_ok());
    token.cancel();
    assert!(cursor.next().unwrap().is_ok());
    assert_eq!(cursor.next().unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(cursor.next().is_none());
}

#[test]
fn a_statement_over_its_time_stops() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    c.insert_many((0..10).map(|id| doc! { "_id": id })).unwrap();
    let mut cursor = c.find(doc! {}).batch_size(1).max_time(Duration::from_millis(5)).run().unwrap();
    assert!(cursor.next().unwrap().is_ok());
    clock.advance_ms(4);
    assert!(cursor.next().unwrap().is_ok());
    clock.advance_ms(1);
    let error = cursor.next().unwrap().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, Some(50)));
    let expired = c.find(doc! {}).max_time(Duration::ZERO).run().unwrap().next().unwrap();
    assert_eq!(fault(expired), (ErrorKind::Timeout, Some(50)));
}

#[test]
fn a_sort_over_its_bound_names_the_option() {
    let options = Options::new().sort_bytes_max(50_000);
    let db = Database::open_with(":memory:", options).unwrap();
    let c = db.collection("c");
    c.insert_many((0..2000).map(|id| doc! { "_id": id, "v": "x".repeat(100) })).unwrap();
    let error = c.find(doc! {}).sort(doc! { "v": 1 }).run().unwrap().next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.message().contains("sort_bytes_max"), "{error}");
    let few = c.find(doc! { "_id": { "$lt": 10 } }).sort(doc! { "v": 1 }).run().unwrap();
    assert_eq!(ids(few).len(), 10);
    let first = c.find(doc! {}).sort(doc! { "v": 1, "_id": -1 }).limit(10).run().unwrap();
    assert_eq!(ids(first).len(), 10, "rows that are not among the first count for nothing");
    assert_eq!(fault(c.distinct("_id", doc! {})).0, ErrorKind::Limit);
}
