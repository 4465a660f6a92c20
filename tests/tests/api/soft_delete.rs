//! Deleted documents that come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nexuslite::base::Clock;
use nexuslite::bson::doc;
use nexuslite::{
    CancelToken, Collection, CollectionOptions, Database, Document, ErrorKind, Options, SoftDeleteOptions,
};

use crate::fixture::{NOW_MS, fault, find_ids, int, memory, with_clock};

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
    let kept = Document::builder().field("_id", 7).ttl(Duration::from_secs(10)).tag("a").build();
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

#[test]
fn restore_purge_and_count_deleted_have_the_options_of_other_verbs() {
    let db = memory();
    let notes = notes(&db);
    notes.delete_many(doc! {}).unwrap();
    let deleted = notes.count_deleted(doc! {}).unwrap();
    let used = CancelToken::new();
    used.cancel();
    let bounds = [
        (SoftDeleteOptions::new().max_time(Duration::ZERO), (ErrorKind::Timeout, Some(50))),
        (SoftDeleteOptions::new().cancel_with(used), (ErrorKind::Cancelled, Some(11601))),
    ];
    for (options, expected) in bounds {
        assert_eq!(fault(notes.restore_with(doc! {}, options.clone())), expected);
        assert_eq!(fault(notes.purge_with(doc! {}, options.clone())), expected);
        assert_eq!(fault(notes.count_deleted_with(doc! {}, options)), expected);
    }
    assert_eq!(
        (notes.count_deleted(doc! {}).unwrap(), notes.count_documents(doc! {}).unwrap()),
        (deleted, 0)
    );

    let least = SoftDeleteOptions::new().let_vars(doc! { "least": 2 }).comment("why");
    let above = doc! { "$expr": { "$gte": ["$_id", "$$least"] } };
    assert_eq!(notes.count_deleted_with(above.clone(), least.clone()).unwrap(), deleted - 1);
    assert_eq!(notes.restore_with(above.clone(), least.clone()).unwrap(), deleted - 1);
    notes.delete_many(doc! {}).unwrap();
    assert_eq!(notes.purge_with(above, least).unwrap(), deleted - 1);

    notes.insert_one(doc! { "_id": 9, "name": "ÄRGER" }).unwrap();
    notes.delete_one(doc! { "_id": 9 }).unwrap();
    let german = || SoftDeleteOptions::new().collation(doc! { "locale": "de", "strength": 2 });
    let meant = doc! { "name": "ärger" };
    assert_eq!(notes.count_deleted(meant.clone()).unwrap(), 0);
    assert_eq!(notes.count_deleted_with(meant.clone(), german()).unwrap(), 1);
    assert_eq!(notes.restore_with(meant, german()).unwrap(), 1);
}

/// A clock on which every look takes a millisecond.
#[derive(Debug, Default)]
struct Looked(AtomicU64);

impl Clock for Looked {
    fn now_ms(&self) -> i64 {
        NOW_MS
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

#[test]
fn a_call_that_is_stopped_on_its_way_says_how_far_it_came() {
    let options = Options::new().clock(Arc::new(Looked::default())).transaction_bytes_max(1 << 20);
    let db = Database::open_with(":memory:", options).unwrap();
    let notes: Collection =
        db.create_collection_with("notes", CollectionOptions::new().soft_delete(true)).unwrap();
    let pad = "x".repeat(1000);
    notes.insert_many((0..2000).map(|id| doc! { "_id": id, "pad": &pad })).unwrap();
    notes.delete_many(doc! {}).unwrap();
    let soon = || SoftDeleteOptions::new().max_time(Duration::from_secs(2));

    let error = notes.restore_with(doc! {}, soon()).unwrap_err();
    let restored = notes.count_documents(doc! {}).unwrap();
    assert!(error.code() == Some(50) && (1..2000).contains(&restored), "{restored}: {error}");
    assert!(error.to_string().contains(&format!("after {restored} documents were taken back")), "{error}");

    notes.delete_many(doc! {}).unwrap();
    let error = notes.purge_with(doc! {}, soon()).unwrap_err();
    let ended = 2000 - notes.count_deleted(doc! {}).unwrap();
    assert!(error.code() == Some(50) && (1..2000).contains(&ended), "{ended}: {error}");
    assert!(error.to_string().contains(&format!("after {ended} documents were ended")), "{error}");
}
