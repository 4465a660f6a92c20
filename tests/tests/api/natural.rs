//! The order of insertion, and its reverse: `$natural` as a sort and as a hint.

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{
    Collection, CountOptions, Database, DeleteOptions, DistinctOptions, ErrorKind, FindOneAndOptions,
    Options, ReplaceOptions, UpdateOptions, Verbosity, WriteModel,
};

use crate::commands::{batch, refused, run};
use crate::fixture::{fault, ids, memory, people};

/// The people in the order of insertion.
const INSERTED: [i32; 5] = [3, 1, 4, 5, 2];

fn backward() -> Document {
    doc! { "$natural": -1 }
}

fn reversed() -> Vec<i32> {
    INSERTED.into_iter().rev().collect()
}

/// What the source of a plan says of itself.
fn source(told: &Document) -> (String, String) {
    let mut stage = told.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap();
    while let Ok(input) = stage.get_document("inputStage") {
        stage = input;
    }
    let text = |name| stage.get_str(name).unwrap().to_owned();
    (text("stage"), text("direction"))
}

#[test]
fn a_find_reads_in_the_order_of_insertion_or_against_it() {
    let (db, people) = people();
    people.create_index(doc! { "age": 1 }).unwrap();
    let all = doc! { "age": { "$gt": 0 } };
    let listed = |command: Document| -> Vec<i32> {
        let found = run(&db, command);
        batch(&found).iter().map(|doc| doc.as_document().unwrap().get_i32("_id").unwrap()).collect()
    };
    assert_eq!(listed(doc! { "find": "people", "filter": &all }), [1, 2, 3, 4, 5]);
    let decimal = |text: &str| Bson::Decimal128(text.parse().unwrap());
    for (one, minus_one) in [
        (Bson::Int32(1), Bson::Int32(-1)),
        (Bson::Int64(1), Bson::Int64(-1)),
        (Bson::Double(1.0), Bson::Double(-1.0)),
        (decimal("1"), decimal("-1")),
    ] {
        for part in ["sort", "hint"] {
            let find =
                |way: &Bson| doc! { "find": "people", "filter": &all, part: { "$natural": way.clone() } };
            assert_eq!(listed(find(&one)), INSERTED);
            assert_eq!(listed(find(&minus_one)), reversed());
        }
    }
    let both = |sort: i32, hint: i32| doc! { "find": "people", "sort": { "$natural": sort }, "hint": { "$natural": hint }, "skip": 1, "limit": 2 };
    assert_eq!(listed(both(1, 1)), [1, 4]);
    assert_eq!(listed(both(-1, -1)), [5, 4]);
    refused(&db, both(1, -1), 2, "BadValue");
    refused(&db, both(-1, 1), 2, "BadValue");
    for way in [1, -1] {
        refused(&db, doc! { "find": "people", "sort": { "$natural": way }, "hint": "age_1" }, 2, "BadValue");
        let between = doc! { "find": "people", "hint": { "$natural": way }, "min": { "age": 1 } };
        refused(&db, between, 291, "NoQueryExecutionPlans");
    }
    for wrong in [doc! { "$natural": 2 }, doc! { "$natural": "1" }, doc! { "$natural": 1, "age": 1 }] {
        refused(&db, doc! { "find": "people", "sort": &wrong }, 2, "BadValue");
        refused(&db, doc! { "find": "people", "hint": &wrong }, 2, "BadValue");
    }
}

#[test]
fn equal_documents_keep_the_order_in_which_they_are_read() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..6).map(|id| doc! { "_id": id, "even": id % 2 == 0 })).unwrap();
    let sorted = |hint: Document| ids(c.find(doc! {}).sort(doc! { "even": 1 }).hint_key(hint).run().unwrap());
    assert_eq!(sorted(doc! { "$natural": 1 }), [1, 3, 5, 0, 2, 4]);
    assert_eq!(sorted(backward()), [5, 3, 1, 4, 2, 0]);
}

#[test]
fn every_verb_goes_backwards() {
    let (db, people) = people();
    let last = |of: &Collection| of.find(doc! {}).hint_key(backward()).first().unwrap().unwrap();
    assert_eq!(last(&people).get_i32("_id").unwrap(), 2);
    let distinct = DistinctOptions::new().hint_key(backward());
    assert_eq!(people.distinct_with("_id", doc! {}, distinct).unwrap().len(), 5);
    let count = CountOptions::new().hint_key(backward()).skip(1);
    assert_eq!(people.count_documents_with(doc! {}, count).unwrap(), 4);

    let set = |name: &str| doc! { "$set": { name: true } };
    let changed = |name: &str| ids(people.find(doc! { name: true }).run().unwrap());
    people.update_one_with(doc! {}, set("hinted"), UpdateOptions::new().hint_key(backward())).unwrap();
    assert_eq!(changed("hinted"), [2]);
    people.update_one_with(doc! {}, set("sorted"), UpdateOptions::new().sort(backward())).unwrap();
    assert_eq!(changed("sorted"), [2]);
    let many = UpdateOptions::new().hint_key(backward());
    assert_eq!(people.update_many_with(doc! {}, set("many"), many).unwrap().modified_count, 5);
    people
        .replace_one_with(doc! {}, doc! { "replaced": true }, ReplaceOptions::new().sort(backward()))
        .unwrap();
    assert_eq!(changed("replaced"), [2]);
    let one = WriteModel::update_one(doc! {}, set("bulk")).sort(backward());
    people.bulk_write([one, WriteModel::delete_one(doc! {}).hint_key(backward())]).unwrap();
    assert_eq!(ids(people.find(doc! {}).run().unwrap()), [3, 1, 4, 5]);

    let options = || FindOneAndOptions::new().sort(backward());
    let id = |found: Option<Document>| found.unwrap().get_i32("_id").unwrap();
    assert_eq!(id(people.find_one_and_update_with(doc! {}, set("and"), options()).unwrap()), 5);
    assert_eq!(id(people.find_one_and_delete_with(doc! {}, options()).unwrap()), 5);
    let told = run(&db, doc! { "findAndModify": "people", "sort": backward(), "remove": true });
    assert_eq!(told.get_document("value").unwrap().get_i32("_id").unwrap(), 4);
    people.delete_one_with(doc! {}, DeleteOptions::new().hint_key(backward())).unwrap();
    assert_eq!(ids(people.find(doc! {}).run().unwrap()), [3]);
}

#[test]
fn an_explanation_says_in_which_direction_records_are_read() {
    let (_db, people) = people();
    let told = |way: i32| {
        source(&people.find(doc! {}).sort(doc! { "$natural": way }).explain(Verbosity::QueryPlanner).unwrap())
    };
    assert_eq!(told(1), ("COLLSCAN".to_owned(), "forward".to_owned()));
    assert_eq!(told(-1), ("COLLSCAN".to_owned(), "backward".to_owned()));
    let options = UpdateOptions::new().sort(backward());
    let update = people.explain(Verbosity::ExecutionStats).update_one_with(
        doc! {},
        doc! { "$set": { "x": 1 } },
        options,
    );
    assert_eq!(source(&update.unwrap()).1, "backward");
}

#[test]
fn an_index_beside_a_sort_by_nature_is_refused_by_every_write() {
    let (_db, people) = people();
    let update = UpdateOptions::new().sort(backward()).hint("_id_");
    assert_eq!(
        fault(people.update_one_with(doc! {}, doc! { "$set": { "x": 1 } }, update)),
        (ErrorKind::Invalid, Some(2))
    );
    let options = FindOneAndOptions::new().sort(backward()).hint_key(doc! { "$natural": 1 });
    assert_eq!(fault(people.find_one_and_delete_with(doc! {}, options)), (ErrorKind::Invalid, Some(2)));
}

#[test]
fn a_view_is_read_backwards_by_a_hint_and_not_by_a_sort() {
    let (db, _) = people();
    run(
        &db,
        doc! { "create": "grown", "viewOn": "people", "pipeline": [{ "$match": { "age": { "$gt": 15 } } }] },
    );
    let view = db.collection("grown");
    assert_eq!(ids(view.find(doc! {}).hint_key(backward()).run().unwrap()), [2, 5, 4, 3]);
    assert_eq!(fault(view.find(doc! {}).sort(backward()).run().map(drop)), (ErrorKind::Invalid, Some(168)));
}

#[test]
fn the_newest_of_a_capped_collection_comes_first() {
    let db = memory();
    run(&db, doc! { "create": "log", "capped": true, "size": 100_000, "max": 5 });
    let log = db.collection("log");
    for id in 0..20 {
        log.insert_one(doc! { "_id": id }).unwrap();
    }
    assert_eq!(ids(log.find(doc! {}).sort(backward()).limit(3).run().unwrap()), [19, 18, 17]);
}

#[test]
fn a_transaction_sees_its_own_documents_first_when_it_reads_backwards() {
    let (db, _) = people();
    let txn = db.begin().unwrap();
    let people = txn.collection("people");
    people.insert_one(doc! { "_id": 9 }).unwrap();
    people.delete_one(doc! { "_id": 5 }).unwrap();
    assert_eq!(ids(people.find(doc! {}).sort(backward()).run().unwrap()), [9, 2, 4, 1, 3]);
    txn.abort().unwrap();
}

/// An update of more than one commit holds pauses, and goes on behind the record at which it paused.
#[test]
fn an_update_that_goes_backwards_in_several_commits_meets_every_document_once() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new().memtable_bytes(1 << 20).transaction_bytes_max(1 << 20);
    let db = Database::open_with(folder.path().join("shop"), options).unwrap();
    let c = db.collection("c");
    c.insert_many((0..4000).map(|id| doc! { "_id": id, "n": 0, "pad": "x".repeat(500) })).unwrap();
    let options = UpdateOptions::new().hint_key(backward());
    let done = c.update_many_with(doc! {}, doc! { "$inc": { "n": 1 } }, options).unwrap();
    assert_eq!((done.matched_count, done.modified_count), (4000, 4000));
    assert_eq!(c.count_documents(doc! { "n": 1 }).unwrap(), 4000);
    let gone =
        c.delete_many_with(doc! { "_id": { "$mod": [2, 0] } }, DeleteOptions::new().hint_key(backward()));
    assert_eq!(gone.unwrap().deleted_count, 2000);
    db.checkpoint().unwrap();
    let found = ids(c.find(doc! {}).sort(backward()).limit(3).run().unwrap());
    assert_eq!(found, [3999, 3997, 3995]);
}
