//! What is said of a statement instead of doing it.

use nexuslite::Verbosity::{ExecutionStats, QueryPlanner};
use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{
    CountOptions, Database, DistinctOptions, ErrorKind, FindOneAndOptions, Options, ReplaceOptions,
    ReturnDocument, UpdateOptions,
};

use crate::fixture::{NOW_MS, fault, ids, int, memory, people, with_clock};

/// The stages from the top down.
fn stages(tree: &Document) -> Vec<&Document> {
    std::iter::successors(Some(tree), |stage| stage.get_document("inputStage").ok()).collect()
}

fn names(tree: &Document) -> Vec<&str> {
    stages(tree).iter().map(|stage| stage.get_str("stage").unwrap()).collect()
}

fn plan(explained: &Document) -> &Document {
    explained.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap()
}

fn stats(explained: &Document) -> &Document {
    explained.get_document("executionStats").unwrap()
}

fn run(explained: &Document) -> &Document {
    stats(explained).get_document("executionStages").unwrap()
}

/// `nReturned`, keys and documents of a whole statement.
fn totals(explained: &Document) -> [i32; 3] {
    ["nReturned", "totalKeysExamined", "totalDocsExamined"]
        .map(|name| stats(explained).get_i32(name).unwrap())
}

#[test]
fn the_plan_has_the_names_that_mongodb_gives() {
    let (_db, people) = people();
    let check = |filter: Document, sort: Document, expected: &[&str]| {
        let find = || people.find(&filter).sort(&sort).limit(3);
        let explained = find().explain(QueryPlanner).unwrap();
        assert_eq!(names(plan(&explained)), expected, "{explained}");
        assert!(!explained.contains_key("executionStats"));
        let explained = find().explain(ExecutionStats).unwrap();
        assert_eq!(names(run(&explained)), expected, "{explained}");
        let returned = find().run().unwrap().count();
        assert_eq!(totals(&explained)[0] as usize, returned, "{explained}");
    };
    check(doc! {}, doc! {}, &["LIMIT", "COLLSCAN"]);
    check(doc! { "age": 10 }, doc! {}, &["LIMIT", "COLLSCAN"]);
    check(doc! { "age": 10 }, doc! { "name": 1 }, &["LIMIT", "SORT", "COLLSCAN"]);
    check(doc! { "_id": 1 }, doc! { "name": 1 }, &["LIMIT", "IDHACK"]);
    check(doc! { "_id": 1, "age": 10 }, doc! {}, &["LIMIT", "FETCH", "IXSCAN"]);
    check(doc! { "_id": { "$in": [1, 2] } }, doc! { "name": 1 }, &["LIMIT", "SORT", "FETCH", "IXSCAN"]);
    check(doc! { "_id": { "$gt": 1 } }, doc! {}, &["LIMIT", "FETCH", "IXSCAN"]);
    check(doc! { "age": 10 }, doc! { "_id": -1 }, &["LIMIT", "FETCH", "IXSCAN"]);
    let fields = people.find(doc! {}).skip(1).projection(doc! { "name": 1 });
    let explained = fields.limit(2).explain(ExecutionStats).unwrap();
    assert_eq!(names(run(&explained)), ["PROJECTION_DEFAULT", "LIMIT", "SKIP", "COLLSCAN"]);
    assert_eq!(totals(&explained)[0], 2);
}

#[test]
fn every_stage_says_what_it_was_asked_for() {
    let (_db, people) = people();
    let (filter, sort, fields) =
        (doc! { "age": { "$gt": 10 } }, doc! { "name": -1 }, doc! { "name": 1, "_id": 0 });
    let find = people.find(&filter).sort(&sort).projection(&fields).skip(1).limit(2);
    let explained = find.explain(QueryPlanner).unwrap();
    let planner = explained.get_document("queryPlanner").unwrap();
    assert_eq!(planner.get_str("namespace").unwrap(), ":memory:.people");
    assert_eq!(planner.get_document("parsedQuery").unwrap(), &filter);
    let expected = doc! {
        "stage": "PROJECTION_DEFAULT", "transformBy": fields, "inputStage": {
            "stage": "LIMIT", "limitAmount": 2, "inputStage": {
                "stage": "SKIP", "skipAmount": 1, "inputStage": {
                    "stage": "SORT", "sortPattern": sort, "limitAmount": 3, "inputStage": {
                        "stage": "COLLSCAN", "filter": filter, "direction": "forward",
                    },
                },
            },
        },
    };
    assert_eq!(plan(&explained), &expected);
    let explained = people.find(doc! { "_id": { "$lt": 3 } }).sort(doc! { "_id": -1 });
    let explained = explained.explain(QueryPlanner).unwrap();
    let source = stages(plan(&explained))[1];
    assert_eq!(
        source,
        &doc! { "stage": "IXSCAN", "keyPattern": { "_id": 1 }, "indexName": "_id_", "direction": "backward" }
    );
}

#[test]
fn what_was_read_is_counted() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..3000).map(|id| doc! { "_id": id, "n": id % 10 })).unwrap();
    let check = |filter: Document, limit: u64, expected: [i32; 3]| {
        let explained = c.find(&filter).limit(limit).explain(ExecutionStats).unwrap();
        assert_eq!(totals(&explained), expected, "{filter}: {explained}");
    };
    check(doc! {}, 0, [3000, 0, 3000]);
    check(doc! {}, 7, [7, 0, 7]);
    check(doc! { "n": 3 }, 0, [300, 0, 3000]);
    check(doc! { "n": 30 }, 0, [0, 0, 3000]);
    check(doc! { "_id": 5 }, 0, [1, 1, 1]);
    check(doc! { "_id": -5 }, 0, [0, 0, 0]);
    check(doc! { "_id": { "$in": [1, 2, 9999] } }, 0, [2, 2, 2]);
    check(doc! { "_id": { "$gte": 1000, "$lt": 1010 } }, 0, [10, 10, 10]);
    check(doc! { "_id": { "$gte": 1000, "$lt": 1010 }, "n": 4 }, 0, [1, 10, 10]);
    let few = c.find(doc! { "n": 3 }).limit(1).explain(ExecutionStats).unwrap();
    let [returned, _, docs] = totals(&few);
    assert!(returned == 1 && (4..=64).contains(&docs), "a search for one reads little: {few}");

    let sorted = c.find(doc! { "n": 3 }).sort(doc! { "n": 1 }).skip(10).limit(5);
    let sorted = sorted.explain(ExecutionStats).unwrap();
    let returned: Vec<_> = stages(run(&sorted))
        .iter()
        .map(|stage| (stage.get_str("stage").unwrap(), stage.get_i32("nReturned").unwrap()))
        .collect();
    assert_eq!(returned, [("LIMIT", 5), ("SKIP", 5), ("SORT", 15), ("COLLSCAN", 300)]);
    let scan = stages(run(&sorted))[3];
    assert_eq!(scan.get("docsExamined"), Some(&Bson::Int32(3000)));
    assert_eq!(scan.get("keysExamined"), None);
    assert_eq!(totals(&db.collection("none").find(doc! { "a": 1 }).explain(ExecutionStats).unwrap()), [0; 3]);
}

#[test]
fn documents_that_have_expired_are_examined_and_not_returned() {
    let (db, clock) = with_clock();
    let document = nexuslite::Document::builder().id(1).ttl(std::time::Duration::from_millis(5)).build();
    db.insert_document("c", document).unwrap();
    let c = db.collection("c");
    c.insert_one(doc! { "_id": 2 }).unwrap();
    clock.advance_ms(10);
    assert!(nexuslite::base::Clock::now_ms(&*clock) > NOW_MS);
    assert_eq!(totals(&c.find(doc! {}).explain(ExecutionStats).unwrap()), [1, 0, 2]);
    assert_eq!(totals(&c.find(doc! { "_id": 1 }).explain(ExecutionStats).unwrap()), [0, 1, 1]);
}

#[test]
fn counts_are_explained() {
    let (_db, people) = people();
    let explain = people.explain(ExecutionStats);
    let explained = explain.count_documents(doc! { "age": { "$gte": 30 } }).unwrap();
    assert_eq!((names(run(&explained)), totals(&explained)), (vec!["COUNT", "COLLSCAN"], [0, 0, 5]));
    assert_eq!(run(&explained).get_i32("nCounted").unwrap(), 3);
    let explained = explain.count_documents_with(doc! {}, CountOptions::new().skip(1)).unwrap();
    assert_eq!((names(run(&explained)), totals(&explained)), (vec!["COUNT", "RECORD_STORE_COUNT"], [0; 3]));
    assert_eq!(run(&explained).get_i32("nCounted").unwrap(), 4);
    let explained = people.explain(QueryPlanner).count_documents(doc! {}).unwrap();
    assert_eq!(names(plan(&explained)), ["COUNT", "RECORD_STORE_COUNT"]);
}

#[test]
fn a_search_for_different_values_is_explained() {
    let (_db, people) = people();
    people.create_index(doc! { "age": 1 }).unwrap();
    let explain = people.explain(ExecutionStats);
    let young = doc! { "age": { "$lt": 35 } };
    let explained = explain.distinct("age", &young).unwrap();
    assert_eq!((names(run(&explained)), totals(&explained)), (vec!["IXSCAN"], [3, 3, 0]), "{explained}");
    let explained = explain.distinct("name", &young).unwrap();
    assert_eq!((names(run(&explained)), totals(&explained)), (vec!["FETCH", "IXSCAN"], [3, 3, 3]));
    let options = DistinctOptions::new().hint_key(doc! { "$natural": -1 }).comment("why");
    let explained = explain.distinct_with("age", &young, options).unwrap();
    assert_eq!((names(run(&explained)), totals(&explained)), (vec!["COLLSCAN"], [3, 0, 5]));
    assert_eq!(explained.get_document("command").unwrap(), &doc! { "comment": "why" });
    assert_eq!(fault(explain.distinct("age", doc! { "$no": 1 })).0, ErrorKind::Invalid);
}

#[test]
fn a_document_that_is_changed_and_handed_out_is_explained() {
    let (db, people) = people();
    let before: Vec<_> = people.find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    let explain = people.explain(ExecutionStats);
    let oslo = doc! { "home.city": "Oslo" };
    let set = doc! { "$set": { "age": 99 } };
    let oldest = || FindOneAndOptions::new().sort(doc! { "age": -1 }).projection(doc! { "age": 1 });
    let did = |explained: &Document, at: usize, name: &str| stages(run(explained))[at].get_i32(name).unwrap();

    let explained = explain.find_one_and_update_with(&oslo, &set, oldest()).unwrap();
    let steps = ["PROJECTION_DEFAULT", "UPDATE", "LIMIT", "SORT", "COLLSCAN"];
    assert_eq!((&names(run(&explained))[..], totals(&explained)), (&steps[..], [1, 0, 5]), "{explained}");
    assert_eq!((did(&explained, 1, "nMatched"), did(&explained, 1, "nWouldModify")), (1, 1));
    assert_eq!(stages(run(&explained))[3].get_document("sortPattern").unwrap(), &doc! { "age": -1 });
    assert_eq!(run(&explained).get_document("transformBy").unwrap(), &doc! { "age": 1 });
    assert_eq!(did(&explained, 0, "nReturned"), 1);

    let explained = explain.find_one_and_replace(&oslo, doc! { "age": 3 }).unwrap();
    assert_eq!((names(run(&explained)), totals(&explained)[0]), (vec!["UPDATE", "LIMIT", "COLLSCAN"], 1));
    let explained = explain.find_one_and_delete(doc! { "_id": 4 }).unwrap();
    assert_eq!((names(run(&explained)), totals(&explained)), (vec!["DELETE", "LIMIT", "IDHACK"], [1, 1, 1]));
    assert_eq!(did(&explained, 0, "nWouldDelete"), 1);

    let none = doc! { "_id": 77 };
    assert_eq!(totals(&explain.find_one_and_delete(&none).unwrap())[0], 0);
    let upsert = |which| FindOneAndOptions::new().upsert(true).return_document(which);
    for (which, returned) in [(ReturnDocument::Before, 0), (ReturnDocument::After, 1)] {
        let explained = explain.find_one_and_update_with(&none, &set, upsert(which)).unwrap();
        assert_eq!((totals(&explained)[0], did(&explained, 0, "nWouldUpsert")), (returned, 1));
    }
    let planned = people.explain(QueryPlanner).find_one_and_delete(&none).unwrap();
    assert_eq!(names(plan(&planned)), ["DELETE", "LIMIT", "IDHACK"]);

    let outcome = explain.find_one_and_delete_with(&none, upsert(ReturnDocument::Before));
    assert_eq!(fault(outcome).0, ErrorKind::Invalid);
    assert_eq!(fault(explain.find_one_and_update(&none, doc! { "a": 1 })).0, ErrorKind::Invalid);
    let after: Vec<_> = people.find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    assert_eq!(before, after);
    db.close().unwrap();
}

#[test]
fn a_replacement_is_explained() {
    let (_db, people) = people();
    let options = ReplaceOptions::new().sort(doc! { "age": -1 }).upsert(true);
    let explained =
        people.explain(ExecutionStats).replace_one_with(doc! {}, doc! { "a": 1 }, options).unwrap();
    assert_eq!(names(run(&explained)), ["UPDATE", "LIMIT", "SORT", "COLLSCAN"]);
    assert_eq!(stages(run(&explained))[2].get_document("sortPattern").unwrap(), &doc! { "age": -1 });
    assert_eq!(run(&explained).get_i32("nWouldModify").unwrap(), 1);
    let wrong = people.explain(QueryPlanner).replace_one(doc! {}, doc! { "$set": { "a": 1 } });
    assert_eq!(fault(wrong).0, ErrorKind::Invalid);
    assert_eq!(people.count_documents(doc! { "a": 1 }).unwrap(), 0);
}

#[test]
fn writes_are_tried_out_and_forgotten() {
    let (db, people) = people();
    let before: Vec<_> = people.find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    let did = |explained: &Document, name: &str| run(explained).get_i32(name).unwrap();
    let everywhere = |explain: nexuslite::Explain<'_, Document>| {
        let raise = doc! { "$inc": { "age": 1 } };
        let many = explain.update_many(doc! { "age": { "$gt": 10 } }, &raise).unwrap();
        assert_eq!((names(run(&many)), totals(&many)), (vec!["UPDATE", "COLLSCAN"], [0, 0, 5]));
        assert_eq!(["nMatched", "nWouldModify", "nWouldUpsert"].map(|name| did(&many, name)), [4, 4, 0]);
        let one = explain.update_one(doc! { "_id": 1 }, doc! { "$set": { "age": 10 } }).unwrap();
        assert_eq!((names(run(&one)), totals(&one)), (vec!["UPDATE", "LIMIT", "IDHACK"], [0, 1, 1]));
        assert_eq!(["nMatched", "nWouldModify", "nWouldUpsert"].map(|name| did(&one, name)), [1, 0, 0]);
        let upsert = UpdateOptions::new().upsert(true);
        let upsert = explain.update_one_with(doc! { "_id": 99 }, &raise, upsert).unwrap();
        assert_eq!(["nMatched", "nWouldModify", "nWouldUpsert"].map(|name| did(&upsert, name)), [0, 0, 1]);
        let gone = explain.delete_many(doc! {}).unwrap();
        assert_eq!((names(run(&gone)), did(&gone, "nWouldDelete")), (vec!["DELETE", "COLLSCAN"], 5));
        assert_eq!(did(&explain.delete_one(doc! { "age": 30 }).unwrap(), "nWouldDelete"), 1);
    };
    everywhere(people.explain(ExecutionStats));
    let tx = db.begin().unwrap();
    everywhere(tx.collection("people").explain(ExecutionStats));
    tx.collection("people").delete_one(doc! { "_id": 3 }).unwrap();
    let left = tx.collection("people").explain(ExecutionStats).delete_many(doc! {}).unwrap();
    assert_eq!(did(&left, "nWouldDelete"), 4, "what the transaction did counts");
    assert_eq!(ids(tx.collection("people").find(doc! {}).run().unwrap()), [1, 4, 5, 2]);
    drop(tx);
    let after: Vec<_> = people.find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    assert_eq!(before, after);
    let planned = people.explain(QueryPlanner).delete_many(doc! { "_id": 1 }).unwrap();
    assert_eq!(names(plan(&planned)), ["DELETE", "IDHACK"]);
}

#[test]
fn a_write_larger_than_a_transaction_is_tried_out_in_parts() {
    let options = Options::new().transaction_bytes_max(1 << 20);
    let db = Database::open_with(":memory:", options).unwrap();
    let c = db.collection("c");
    c.insert_many((0..4000).map(|id| doc! { "_id": id, "text": "x".repeat(500) })).unwrap();
    let explained = c.explain(ExecutionStats).update_many(doc! {}, doc! { "$set": { "a": 1 } }).unwrap();
    assert_eq!(run(&explained).get_i32("nMatched").unwrap(), 4000);
    assert!(totals(&explained)[2] >= 4000, "{explained}");
    assert_eq!(c.count_documents(doc! { "a": 1 }).unwrap(), 0);
}

#[test]
fn what_cannot_be_run_cannot_be_explained() {
    let (_db, people) = people();
    for verbosity in [QueryPlanner, ExecutionStats] {
        let explain = people.explain(verbosity);
        let kind = |outcome| fault(outcome).0;
        assert_eq!(kind(people.find(doc! { "a": { "$no": 1 } }).explain(verbosity)), ErrorKind::Invalid);
        assert_eq!(kind(people.find(doc! {}).sort(doc! { "a": 3 }).explain(verbosity)), ErrorKind::Invalid);
        assert_eq!(kind(explain.update_one(doc! {}, doc! { "a": 1 })), ErrorKind::Invalid);
        assert_eq!(kind(explain.delete_many(doc! { "$no": 1 })), ErrorKind::Invalid);
    }
    let refused = people.explain(ExecutionStats).update_many(doc! {}, doc! { "$inc": { "name": 1 } });
    assert_eq!(fault(refused).0, ErrorKind::Invalid, "an update that does not fit a document");
    assert!(people.get(&int(3)).unwrap().is_some());
}
