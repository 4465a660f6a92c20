//! Several statements, all or none.

use nexuslite::bson::{Document, doc};
use nexuslite::{Database, ErrorKind, InsertManyOptions, Options};

use crate::fixture::{fault, find_ids, ids, memory, people};

#[test]
fn a_commit_shows_everything_and_an_abort_nothing() {
    let db = memory();
    let tx = db.begin().unwrap();
    tx.collection("a").insert_one(doc! { "_id": 1 }).unwrap();
    tx.collection("b").insert_one(doc! { "_id": 2 }).unwrap();
    assert_eq!(db.list_collection_names().unwrap(), Vec::<String>::new());
    assert_eq!(tx.list_collection_names().unwrap(), ["a", "b"]);
    tx.commit().unwrap();
    assert_eq!(db.list_collection_names().unwrap(), ["a", "b"]);
    let tx = db.begin().unwrap();
    tx.collection("a").delete_many(doc! {}).unwrap();
    tx.drop_collection("b").unwrap();
    tx.abort().unwrap();
    drop(db.begin().unwrap().collection("a").delete_many(doc! {}));
    assert_eq!(find_ids(&db.collection("a"), doc! {}), [1]);
    assert_eq!(find_ids(&db.collection("b"), doc! {}), [2]);
}

#[test]
fn a_transaction_reads_its_own_writes_through_every_road() {
    let (db, outside) = people();
    let tx = db.begin().unwrap();
    let c = tx.collection("people");
    c.insert_one(doc! { "_id": 6, "age": 25 }).unwrap();
    c.update_one(doc! { "_id": 1 }, doc! { "$set": { "age": 60 } }).unwrap();
    c.delete_one(doc! { "_id": 4 }).unwrap();
    assert_eq!(find_ids(&c, doc! {}), [3, 1, 5, 2, 6]);
    assert_eq!(ids(c.find(doc! {}).sort(doc! { "age": -1 }).run().unwrap()), [1, 5, 3, 6, 2]);
    assert_eq!(ids(c.find(doc! {}).sort(doc! { "_id": 1 }).limit(3).run().unwrap()), [1, 2, 3]);
    assert_eq!(find_ids(&c, doc! { "_id": { "$gte": 3 } }), [3, 5, 6]);
    assert_eq!(find_ids(&c, doc! { "age": { "$gt": 20, "$lt": 40 } }), [3, 6]);
    assert_eq!(c.count_documents(doc! {}).unwrap(), 5);
    assert_eq!(c.distinct("age", doc! { "age": { "$gt": 20 } }).unwrap().len(), 4);
    assert_eq!(find_ids(&outside, doc! {}), [3, 1, 4, 5, 2]);
    assert_eq!(outside.count_documents(doc! {}).unwrap(), 5);
    tx.commit().unwrap();
    assert_eq!(find_ids(&outside, doc! {}), [3, 1, 5, 2, 6]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn the_first_committer_wins() {
    let (db, c) = people();
    let one = db.begin().unwrap();
    let two = db.begin().unwrap();
    let inc = || doc! { "$inc": { "age": 1 } };
    one.collection("people").update_one(doc! { "_id": 1 }, inc()).unwrap();
    two.collection("people").update_one(doc! { "_id": 1 }, inc()).unwrap();
    one.commit().unwrap();
    let error = two.commit().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.has_label("TransientTransactionError"));
    assert_eq!(c.find_one(doc! { "_id": 1 }).unwrap().unwrap().get_i32("age").ok(), Some(11));
    let one = db.begin().unwrap();
    let two = db.begin().unwrap();
    one.collection("people").insert_one(doc! { "_id": 7 }).unwrap();
    two.collection("people").insert_one(doc! { "_id": 7 }).unwrap();
    one.commit().unwrap();
    assert_eq!(fault(two.commit()).0, ErrorKind::Conflict);
    let one = db.begin().unwrap();
    let two = db.begin().unwrap();
    one.collection("people").insert_one(doc! { "_id": 8 }).unwrap();
    two.collection("people").insert_one(doc! { "_id": 9 }).unwrap();
    one.commit().unwrap();
    two.commit().unwrap();
    assert_eq!(c.count_documents(doc! {}).unwrap(), 8);
}

#[test]
fn a_change_of_the_collection_conflicts_with_writes_to_it() {
    let (db, _c) = people();
    let tx = db.begin().unwrap();
    tx.collection("people").insert_one(doc! { "_id": 9 }).unwrap();
    db.drop_collection("people").unwrap();
    assert_eq!(fault(tx.commit()).0, ErrorKind::Conflict);
    let (db, _c) = people();
    let tx = db.begin().unwrap();
    tx.collection("people").delete_one(doc! { "_id": 1 }).unwrap();
    db.rename_collection("people", "folk", false).unwrap();
    assert_eq!(fault(tx.commit()).0, ErrorKind::Conflict);
    let db = memory();
    let (one, two) = (db.begin().unwrap(), db.begin().unwrap());
    one.collection("new").insert_one(doc! { "_id": 1 }).unwrap();
    two.collection("new").insert_one(doc! { "_id": 2 }).unwrap();
    one.commit().unwrap();
    assert_eq!(fault(two.commit()).0, ErrorKind::Conflict);
}

#[test]
fn a_transaction_that_only_reads_never_conflicts() {
    let (db, c) = people();
    let tx = db.begin().unwrap();
    assert_eq!(tx.collection("people").count_documents(doc! {}).unwrap(), 5);
    c.delete_many(doc! {}).unwrap();
    db.drop_collection("people").unwrap();
    assert_eq!(tx.collection("people").count_documents(doc! {}).unwrap(), 5);
    assert_eq!(find_ids(&tx.collection("people"), doc! {}), [3, 1, 4, 5, 2]);
    tx.commit().unwrap();
}

#[test]
fn savepoints_are_places_to_come_back_to() {
    let db = memory();
    let tx = db.begin().unwrap();
    let c = tx.collection("c");
    c.insert_one(doc! { "_id": 1 }).unwrap();
    let first = tx.savepoint().unwrap();
    c.insert_one(doc! { "_id": 2 }).unwrap();
    let second = tx.savepoint().unwrap();
    c.delete_many(doc! {}).unwrap();
    assert_eq!(find_ids(&c, doc! {}), [0; 0]);
    tx.rollback_to(second).unwrap();
    assert_eq!(find_ids(&c, doc! {}), [1, 2]);
    tx.rollback_to(first).unwrap();
    assert_eq!(find_ids(&c, doc! {}), [1]);
    assert_eq!(fault(tx.rollback_to(second)).0, ErrorKind::Invalid);
    c.insert_one(doc! { "_id": 3 }).unwrap();
    tx.rollback_to(first).unwrap();
    assert_eq!(c.count_documents(doc! {}).unwrap(), 1);
    let other = db.begin().unwrap();
    assert_eq!(fault(other.rollback_to(first)).0, ErrorKind::Invalid);
    tx.commit().unwrap();
    assert_eq!(find_ids(&db.collection("c"), doc! {}), [1]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_savepoint_before_the_collection_takes_the_collection_back_too() {
    let db = memory();
    let tx = db.begin().unwrap();
    let before = tx.savepoint().unwrap();
    tx.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
    tx.rollback_to(before).unwrap();
    assert_eq!(tx.list_collection_names().unwrap(), Vec::<String>::new());
    tx.collection("c").insert_one(doc! { "_id": 2 }).unwrap();
    tx.commit().unwrap();
    assert_eq!(find_ids(&db.collection("c"), doc! {}), [2]);
}

#[test]
fn a_statement_that_fails_leaves_nothing_in_its_transaction() {
    let db = memory();
    let tx = db.begin().unwrap();
    let c = tx.collection("c");
    c.insert_one(doc! { "_id": 1 }).unwrap();
    let docs = || [2, 3, 1, 4].map(|id| doc! { "_id": id });
    assert_eq!(fault(c.insert_many(docs())).0, ErrorKind::DuplicateKey);
    assert_eq!(find_ids(&c, doc! {}), [1]);
    let unordered = InsertManyOptions::new().ordered(false);
    assert_eq!(fault(c.insert_many_with(docs(), unordered)).0, ErrorKind::DuplicateKey);
    assert_eq!(find_ids(&c, doc! {}), [1]);
    assert_eq!(c.count_documents(doc! {}).unwrap(), 1);
    c.insert_many([doc! { "_id": 2, "a": 1 }, doc! { "_id": 3, "a": "text" }]).unwrap();
    assert_eq!(fault(c.update_many(doc! {}, doc! { "$inc": { "a": 1 } })).0, ErrorKind::Invalid);
    assert_eq!(c.find_one(doc! { "_id": 2 }).unwrap().unwrap().get_i32("a").ok(), Some(1));
    tx.commit().unwrap();
    assert_eq!(db.collection("c").count_documents(doc! {}).unwrap(), 3);
}

#[test]
fn an_ended_transaction_answers_nothing() {
    let (db, _c) = people();
    let tx = db.begin().unwrap();
    let c = tx.collection("people");
    let cursor = c.find(doc! {}).batch_size(1).run().unwrap();
    tx.commit().unwrap();
    assert_eq!(fault(c.insert_one(doc! {})).0, ErrorKind::Invalid);
    assert_eq!(fault(c.find_one(doc! {})).0, ErrorKind::Invalid);
    let outcomes: Vec<_> = cursor.collect();
    assert_eq!(outcomes.len(), 1);
    assert_eq!(outcomes[0].as_ref().unwrap_err().kind(), ErrorKind::Invalid);
}

#[test]
fn a_transaction_over_its_bound_names_the_option() {
    let options = Options::new().transaction_bytes_max(100_000);
    let db = Database::open_with(":memory:", options).unwrap();
    let c = db.collection("c");
    let docs = || (0..20).map(|id| doc! { "_id": id, "v": "x".repeat(10_000) });
    let tx = db.begin().unwrap();
    let error = tx.collection("c").insert_many(docs()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.message().contains("transaction_bytes_max"), "{error}");
    drop(tx);
    c.insert_many(docs()).unwrap();
    assert_eq!(c.update_many(doc! {}, doc! { "$set": { "n": 1 } }).unwrap().modified_count, 20);
    assert_eq!(c.count_documents(doc! { "n": 1 }).unwrap(), 20);
}

#[test]
fn transactions_are_tried_again_until_they_commit() {
    let db = memory();
    let accounts = db.collection("accounts");
    accounts.insert_many((0..4).map(|id| doc! { "_id": id, "balance": 100 })).unwrap();
    std::thread::scope(|threads| {
        for thread in 0..4 {
            let db = &db;
            threads.spawn(move || {
                for round in 0..50 {
                    let (from, to) = ((thread + round) % 4, (thread + round * 3 + 1) % 4);
                    db.transaction(|tx| {
                        let accounts = tx.collection("accounts");
                        accounts.update_one(doc! { "_id": from }, doc! { "$inc": { "balance": -1 } })?;
                        accounts.update_one(doc! { "_id": to }, doc! { "$inc": { "balance": 1 } })?;
                        Ok(())
                    })
                    .unwrap();
                }
            });
        }
    });
    let balances: Vec<Document> = accounts.find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    assert_eq!(balances.iter().map(|a| a.get_i32("balance").unwrap()).sum::<i32>(), 400);
}

#[test]
fn single_writes_never_conflict() {
    let db = memory();
    let c = db.collection("c");
    c.insert_one(doc! { "_id": 0, "n": 0 }).unwrap();
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                (0..50).for_each(|_| {
                    c.update_one(doc! { "_id": 0 }, doc! { "$inc": { "n": 1 } }).unwrap();
                    c.insert_one(doc! {}).unwrap();
                });
            });
        }
    });
    assert_eq!(c.find_one(doc! { "_id": 0 }).unwrap().unwrap().get_i32("n").ok(), Some(200));
    assert_eq!(c.count_documents(doc! {}).unwrap(), 201);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn an_error_of_the_attempt_is_given_back_and_nothing_happens() {
    let db = memory();
    let mut attempts = 0;
    let outcome: nexuslite::Result<()> = db.transaction(|tx| {
        attempts += 1;
        tx.collection("c").insert_one(doc! { "_id": 1 })?;
        tx.collection("c").insert_one(doc! { "_id": 1 })?;
        Ok(())
    });
    assert_eq!(fault(outcome).0, ErrorKind::DuplicateKey);
    assert_eq!(attempts, 1);
    assert_eq!(db.list_collection_names().unwrap(), Vec::<String>::new());
}
