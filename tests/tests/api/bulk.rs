//! Many writes in one call.

use nexuslite::ErrorKind::{DuplicateKey, Invalid};
use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{BulkWriteError, BulkWriteOptions, BulkWriteResult, Collection, Error, WriteModel};

use crate::fixture::{fault, memory};

fn all(collection: &Collection) -> Vec<Document> {
    collection.find(doc! {}).sort(doc! { "_id": 1 }).run().unwrap().map(Result::unwrap).collect()
}

fn counts(result: &BulkWriteResult) -> [u64; 5] {
    [
        result.inserted_count,
        result.matched_count,
        result.modified_count,
        result.deleted_count,
        result.upserted_count,
    ]
}

fn failed(error: &Error) -> &BulkWriteError {
    BulkWriteError::of(error).expect("a bulk write failed")
}

fn unordered() -> BulkWriteOptions {
    BulkWriteOptions::new().ordered(false)
}

#[test]
fn every_kind_of_write_is_done_in_its_turn() {
    let c = memory().collection("c");
    let models = [
        WriteModel::insert_one(doc! { "_id": 1, "n": 1 }),
        WriteModel::insert_one(doc! { "_id": 2, "n": 1 }),
        WriteModel::insert_one(doc! { "n": 7 }),
        WriteModel::update_one(doc! { "n": 1 }, doc! { "$inc": { "n": 1 } }).sort(doc! { "_id": -1 }),
        WriteModel::update_many(doc! { "_id": { "$lte": 2 } }, doc! { "$set": { "m": 1 } }),
        WriteModel::replace_one(doc! { "_id": 1 }, doc! { "r": [1, 9] }),
        WriteModel::update_one(doc! { "_id": 1 }, doc! { "$set": { "r.$[x]": 0 } })
            .array_filters([doc! { "x": 9 }]),
        WriteModel::update_one(doc! { "_id": 8 }, doc! { "$set": { "u": 1 } }).upsert(true),
        WriteModel::replace_one(doc! { "_id": 9 }, doc! { "u": 2 }).upsert(true),
        WriteModel::delete_one(doc! { "n": 7 }),
        WriteModel::delete_many(doc! { "u": { "$exists": true } }),
        WriteModel::insert_one(doc! { "_id": 9, "again": true }),
        WriteModel::update_one(doc! { "_id": 9 }, [doc! { "$set": { "of": "$_id" } }]),
    ];
    let done = c.bulk_write_verbose(models, BulkWriteOptions::new()).unwrap();
    assert_eq!(counts(&done.summary), [4, 6, 6, 3, 2]);
    assert_eq!(done.summary.inserted_ids.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 11]);
    assert_eq!(done.summary.upserted_ids, [(7, Bson::Int32(8)), (8, Bson::Int32(9))].into());
    assert_eq!(done.insert_results[&1].inserted_id, Bson::Int32(2));
    assert_eq!((done.update_results[&4].matched_count, done.update_results[&4].modified_count), (2, 2));
    assert_eq!(done.update_results[&8].upserted_id, Some(Bson::Int32(9)));
    assert_eq!(done.delete_results[&10].deleted_count, 2);
    assert_eq!(
        all(&c),
        [
            doc! { "_id": 1, "r": [1, 0] },
            doc! { "_id": 2, "n": 2, "m": 1 },
            doc! { "_id": 9, "again": true, "of": 9 }
        ]
    );
}

fn with_two_faults() -> [WriteModel; 6] {
    [
        WriteModel::insert_one(doc! { "_id": 1, "n": "text" }),
        WriteModel::insert_one(doc! { "_id": 1 }),
        WriteModel::update_one(doc! { "_id": 5 }, doc! { "$set": { "n": 5 } }).upsert(true),
        WriteModel::update_many(doc! {}, doc! { "$inc": { "n": 1 } }),
        WriteModel::insert_one(doc! { "_id": 6 }),
        WriteModel::delete_one(doc! { "_id": 5 }),
    ]
}

#[test]
fn an_ordered_bulk_ends_at_the_first_fault() {
    let c = memory().collection("c");
    let error = c.bulk_write(with_two_faults()).unwrap_err();
    assert_eq!((error.kind(), error.code()), (DuplicateKey, Some(11000)));
    assert!(error.message().contains("1 of 2 writes failed, the first at place 1"), "{error}");
    let bulk = failed(&error);
    assert_eq!(bulk.write_errors.keys().copied().collect::<Vec<_>>(), [1]);
    assert_eq!(counts(&bulk.partial_result.summary), [1, 0, 0, 0, 0]);
    assert_eq!(all(&c), [doc! { "_id": 1, "n": "text" }]);
}

#[test]
fn an_unordered_bulk_does_what_it_can() {
    let c = memory().collection("c");
    let error = c.bulk_write_with(with_two_faults(), unordered()).unwrap_err();
    let bulk = failed(&error);
    let faults: Vec<_> =
        bulk.write_errors.iter().map(|(at, error)| (*at, error.kind(), error.code())).collect();
    assert_eq!(faults, [(1, DuplicateKey, Some(11000)), (3, Invalid, Some(14))]);
    assert_eq!(counts(&bulk.partial_result.summary), [2, 0, 0, 1, 1]);
    assert_eq!(all(&c), [doc! { "_id": 1, "n": "text" }, doc! { "_id": 6 }]);
    let details = Document::from_reader(error.details().unwrap()).unwrap();
    let counted = ["nFailed", "nInserted", "nUpserted", "nMatched", "nModified", "nRemoved"];
    assert_eq!(counted.map(|name| details.get_i64(name).unwrap()), [2, 2, 1, 0, 0, 1]);
    assert_eq!(details.get_array("upserted").unwrap(), &[Bson::from(doc! { "index": 2_i64, "_id": 5 })]);
    let first = details.get_array("writeErrors").unwrap()[0].as_document().unwrap();
    assert_eq!((first.get_i64("index").ok(), first.get_i32("code").ok()), (Some(1), Some(11000)));
    assert_eq!(first.get_document("keyValue").ok(), Some(&doc! { "_id": 1 }));
}

#[test]
fn a_fault_takes_back_its_own_write_only() {
    let c = memory().collection("c");
    c.insert_many([doc! { "_id": 1, "n": 1 }, doc! { "_id": 2, "n": "x" }]).unwrap();
    let models = [
        WriteModel::update_one(doc! { "_id": 1 }, doc! { "$set": { "m": 1 } }),
        WriteModel::update_many(doc! {}, doc! { "$inc": { "n": 1 } }),
        WriteModel::update_one(doc! { "_id": 2 }, doc! { "$set": { "m": 2 } }),
    ];
    let error = c.bulk_write_with(models, unordered()).unwrap_err();
    assert_eq!(failed(&error).write_errors[&1].code(), Some(14));
    assert_eq!(all(&c), [doc! { "_id": 1, "n": 1, "m": 1 }, doc! { "_id": 2, "n": "x", "m": 2 }]);
    assert_eq!(c.count_documents(doc! {}).unwrap(), 2);
}

#[test]
fn what_is_wrong_with_a_write_is_told_in_its_turn() {
    let db = memory();
    let c = db.collection("c");
    let models = || {
        [
            WriteModel::insert_one(doc! { "_id": [1] }),
            WriteModel::insert_one(5),
            WriteModel::update_one(doc! { "$foo": 1 }, doc! { "$set": { "n": 1 } }),
            WriteModel::update_one(doc! {}, doc! { "n": 1 }),
            WriteModel::replace_one(doc! {}, doc! { "$set": { "n": 1 } }),
            WriteModel::insert_one(doc! {}).upsert(true),
            WriteModel::delete_one(doc! {}).upsert(true),
            WriteModel::update_many(doc! {}, doc! { "$set": { "n": 1 } }).sort(doc! { "n": 1 }),
            WriteModel::replace_one(doc! {}, doc! {}).array_filters([doc! { "x": 1 }]),
            WriteModel::insert_one(doc! {}).in_collection("other"),
        ]
    };
    let error = c.bulk_write_with(models(), unordered()).unwrap_err();
    let codes: Vec<_> = failed(&error).write_errors.values().map(Error::code).collect();
    assert_eq!(codes[2..], [2, 9, 52, 72, 72, 72, 72, 73].map(Some));
    assert_eq!(codes.len(), 10);
    assert_eq!(codes[0], Some(53));
    assert!(db.list_collection_names().unwrap().is_empty());
    let error = db.bulk_write([WriteModel::insert_one(doc! {})]).unwrap_err();
    assert_eq!(failed(&error).write_errors[&0].code(), Some(73));
}

#[test]
fn a_database_writes_to_several_collections() {
    let db = memory();
    let done = db.bulk_write([
        WriteModel::insert_one(doc! { "_id": 1 }).in_collection("a"),
        WriteModel::insert_one(doc! { "_id": 1 }).in_collection("b"),
        WriteModel::update_one(doc! { "_id": 1 }, doc! { "$set": { "n": 1 } }).in_collection("a"),
        WriteModel::delete_many(doc! {}).in_collection("b"),
        WriteModel::delete_many(doc! {}).in_collection("not there"),
    ]);
    assert_eq!(counts(&done.unwrap()), [2, 1, 1, 1, 0]);
    assert_eq!(all(&db.collection("a")), [doc! { "_id": 1, "n": 1 }]);
    assert_eq!(db.list_collection_names().unwrap(), ["a", "b"]);
}

#[test]
fn nothing_of_a_failed_bulk_stays_in_a_transaction() {
    let db = memory();
    let c = db.collection("c");
    c.insert_one(doc! { "_id": 1 }).unwrap();
    let tx = db.begin().unwrap();
    tx.collection("c").insert_one(doc! { "_id": 2 }).unwrap();
    let models = [3, 4, 1].map(|id| WriteModel::insert_one(doc! { "_id": id }));
    assert_eq!(fault(tx.collection("c").bulk_write(models)), (DuplicateKey, Some(11000)));
    let models = [5, 2].map(|id| WriteModel::insert_one(doc! { "_id": id }).in_collection("c"));
    assert_eq!(fault(tx.bulk_write(models)), (DuplicateKey, Some(11000)));
    assert_eq!(
        tx.bulk_write([WriteModel::delete_one(doc! { "_id": 1 }).in_collection("c")]).unwrap().deleted_count,
        1
    );
    tx.commit().unwrap();
    assert_eq!(all(&c), [doc! { "_id": 2 }]);
}

#[test]
fn a_long_bulk_takes_many_commits_and_loses_nothing() {
    let c = memory().collection("c");
    let inserts = (0..3000).map(|id| WriteModel::insert_one(doc! { "_id": id, "text": "x".repeat(10_000) }));
    let updates = [
        WriteModel::update_many(doc! {}, doc! { "$set": { "n": 1 } }),
        WriteModel::insert_one(doc! { "_id": 7 }),
        WriteModel::update_many(doc! {}, doc! { "$inc": { "n": 1 } }),
        WriteModel::delete_many(doc! { "_id": { "$gte": 1000 } }),
    ];
    let error = c.bulk_write_with(inserts.chain(updates), unordered()).unwrap_err();
    assert_eq!(failed(&error).write_errors.keys().copied().collect::<Vec<_>>(), [3001]);
    assert_eq!(counts(&failed(&error).partial_result.summary), [3000, 6000, 6000, 2000, 0]);
    assert_eq!(c.count_documents(doc! { "n": 2 }).unwrap(), 1000);
}

#[test]
fn an_empty_bulk_does_nothing() {
    let db = memory();
    assert_eq!(db.bulk_write([]).unwrap(), BulkWriteResult::default());
    assert!(db.list_collection_names().unwrap().is_empty());
}
