//! Where an index may not serve, or serves only in part: collations, deleted and expired documents, what an index
//! lacks, views.

use std::time::Duration;

use nexuslite::Verbosity::{ExecutionStats, QueryPlanner};
use nexuslite::bson::{Bson, Document, doc};
use nexuslite::vfs::simulated::SimulatedDisk;
use nexuslite::{
    Collection, CollectionOptions, CountOptions, Database, Document as Meta, ErrorKind, Find, IndexOptions,
    Options,
};

use crate::fixture::{fault, find_ids, ids, memory, with_clock};

fn german() -> Document {
    doc! { "locale": "de", "strength": 1 }
}

/// The names of the stages, from the top down.
fn stages(find: Find<'_, Document>) -> Vec<String> {
    let explained = find.explain(QueryPlanner).unwrap();
    let planner = explained.get_document("queryPlanner").unwrap();
    let below = |stage: &Document| stage.get_document("inputStage").ok().cloned();
    let top = planner.get_document("winningPlan").ok().cloned();
    let all = std::iter::successors(top, below);
    all.map(|stage| stage.get_str("stage").unwrap().to_owned()).collect()
}

/// How many documents the find reads, all stages together.
fn documents_read(find: Find<'_, Document>) -> i32 {
    let explained = find.explain(ExecutionStats).unwrap();
    explained.get_document("executionStats").unwrap().get_i32("totalDocsExamined").unwrap()
}

fn words() -> Collection {
    let words = memory().collection("words");
    let texts = ["Öl", "ol", "Ofen", "uhr", "Uhrwerk", "öl und essig"];
    words.insert_many((0..).zip(texts).map(|(id, text)| doc! { "_id": id, "w": text, "n": 1 })).unwrap();
    words.insert_many((100..110).map(|id| doc! { "_id": id, "w": id, "n": 1 })).unwrap();
    words.create_index_with(doc! { "w": 1, "n": 1 }, &IndexOptions::new().collation(german())).unwrap();
    words
}

#[test]
fn a_pattern_is_no_range_of_an_index_under_a_collation() {
    let words = words();
    let find = |pattern: &str| words.find(doc! { "w": { "$regex": pattern } }).collation(german());
    let hinted = |pattern: &str| find(pattern).hint("w_1_n_1");
    for (pattern, wanted) in [("^ol", vec![1]), ("^Ö", vec![0]), ("^Uhr", vec![4]), ("(?i)^uhr", vec![3, 4])]
    {
        for find in [find(pattern), hinted(pattern)] {
            let mut found = ids(find.run().unwrap());
            found.sort_unstable();
            assert_eq!(found, wanted, "{pattern}");
        }
        let explained = hinted(pattern).explain(QueryPlanner).unwrap().to_string();
        assert!(!explained.contains("\"[\\\"ol\\\""), "no bound is made of the pattern: {explained}");
    }
    // Every text is looked at, and nothing else.
    let explained = hinted("^ol").explain(ExecutionStats).unwrap();
    assert_eq!(explained.get_document("executionStats").unwrap().get_i32("totalDocsExamined").unwrap(), 6);
}

#[test]
fn an_index_under_a_collation_tells_no_text() {
    let words = words();
    let find = |filter: Document| {
        words.find(filter).collation(german()).projection(doc! { "w": 1, "_id": 0 }).hint("w_1_n_1")
    };
    let texts = |filter: Document| -> Vec<Bson> {
        find(filter).run().unwrap().map(|doc| doc.unwrap().get("w").unwrap().clone()).collect()
    };
    assert_eq!(texts(doc! { "w": "OL" }), [Bson::from("Öl"), Bson::from("ol")]);
    assert_eq!(documents_read(find(doc! { "w": "OL" })), 2, "texts are read from their documents");
    assert_eq!(texts(doc! { "w": { "$gte": 108 } }), [Bson::from(108), Bson::from(109)]);
    assert_eq!(documents_read(find(doc! { "w": { "$gte": 108 } })), 0, "numbers are not");
    let distinct = words.distinct("w", doc! { "w": { "$lte": "" } }).unwrap();
    assert!(distinct.is_empty());
    let count = CountOptions::new().collation(german());
    assert_eq!(words.count_documents_with(doc! { "w": "OL" }, count).unwrap(), 2);
}

#[test]
fn ids_are_bounded_under_the_collation_that_they_are_kept_in() {
    let db = memory();
    db.create_collection_with("c", CollectionOptions::new().collation(german())).unwrap();
    let c = db.collection("c");
    c.insert_many(["Öl", "ofen", "uhr", "Z"].map(|id| doc! { "_id": id })).unwrap();
    let simple = || doc! { "locale": "simple" };
    let found = |find: Find<'_, Document>| -> Vec<String> {
        find.run().unwrap().map(|doc| doc.unwrap().get_str("_id").unwrap().to_owned()).collect()
    };
    let from = || c.find(doc! { "_id": { "$gte": "OL" } });
    assert_eq!(stages(from()), ["FETCH", "IXSCAN"]);
    assert_eq!(found(from().sort(doc! { "_id": 1 })), ["Öl", "uhr", "Z"]);
    assert_eq!(stages(from().collation(simple())), ["COLLSCAN"]);
    assert_eq!(found(from().collation(simple()).sort(doc! { "_id": 1 })), ["Z", "ofen", "uhr", "Öl"]);
    let between = c.find(doc! {}).hint("_id_").min(doc! { "_id": "OFEN" }).max(doc! { "_id": "UHR" });
    assert_eq!(found(between), ["ofen", "Öl"], "bounds of keys are those of the index");
    let pattern = c.find(doc! { "_id": { "$regex": "^u" } });
    assert_eq!(found(pattern), ["uhr"]);
    let either = c.find(doc! { "$or": [{ "_id": "OFEN" }, { "_id": "z" }] });
    assert_eq!(found(either), ["ofen", "Z"]);
}

#[test]
fn one_shape_under_two_collations_is_remembered_twice() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..3000).map(|n| doc! { "_id": n, "w": format!("w{n}"), "g": n % 500 })).unwrap();
    c.create_index_with(doc! { "w": 1 }, &IndexOptions::new().collation(german())).unwrap();
    c.create_index(doc! { "g": 1 }).unwrap();
    for round in 0..6 {
        let filter = doc! { "w": format!("W{round}"), "g": round };
        let find = || c.find(&filter);
        assert_eq!(ids(find().collation(german()).run().unwrap()), [round]);
        assert_eq!(ids(find().run().unwrap()), Vec::<i32>::new());
        let index = |find: Find<'_, Document>| find.explain(QueryPlanner).unwrap().to_string();
        assert!(index(find().collation(german())).contains("\"winningPlan\": { \"stage\": \"FETCH\""));
        assert_eq!(documents_read(find().collation(german())), 1, "by w");
        assert_eq!(documents_read(find()), 6, "by g");
    }
}

#[test]
fn deleted_and_expired_documents_are_in_no_answer_from_an_index() {
    let (db, clock) = with_clock();
    let notes = db.create_collection_with("notes", CollectionOptions::new().soft_delete(true)).unwrap();
    notes.insert_many((0..40).map(|id| doc! { "_id": id, "n": id % 4 })).unwrap();
    notes.create_index(doc! { "n": 1 }).unwrap();
    let count = |expected: u64| {
        assert_eq!(notes.count_documents(doc! { "n": 1 }).unwrap(), expected);
        let explained = notes.explain(ExecutionStats).count_documents(doc! { "n": 1 }).unwrap();
        let stats = explained.get_document("executionStats").unwrap();
        assert_eq!(stats.get_i32("totalDocsExamined").unwrap(), 0, "{explained}");
        let covered = notes.find(doc! { "n": 1 }).projection(doc! { "n": 1, "_id": 0 });
        assert_eq!(covered.run().unwrap().count() as u64, expected);
        let either = doc! { "$or": [{ "n": 1 }, { "_id": { "$lt": 0 } }] };
        assert_eq!(notes.count_documents(either).unwrap(), expected);
        assert_eq!(notes.count_documents(doc! { "_id": { "$gte": 0 }, "n": 1 }).unwrap(), expected);
    };
    count(10);
    assert_eq!(notes.delete_many(doc! { "_id": { "$in": [1, 5] } }).unwrap().deleted_count, 2);
    count(8);
    assert_eq!(notes.restore(doc! { "_id": 5 }).unwrap(), 1);
    count(9);
    let short = Meta::builder().id(100).field("n", 1).ttl(Duration::from_millis(50)).build();
    notes.insert_document(short).unwrap();
    count(10);
    clock.advance_ms(60);
    count(9);
    assert_eq!(notes.delete_many(doc! { "n": 1 }).unwrap().deleted_count, 9);
    count(0);
    assert!(notes.distinct("n", doc! { "n": { "$lte": 1 } }).unwrap() == [Bson::from(0)]);
}

#[test]
fn what_asks_for_missing_fields_goes_by_no_index_that_lacks_them() {
    let db = memory();
    let documents = [
        doc! { "_id": 1, "a": 5, "b": 1 },
        doc! { "_id": 2, "a": null, "b": 1 },
        doc! { "_id": 3, "b": 1 },
        doc! { "_id": 4, "a": [], "b": 2 },
        doc! { "_id": 5, "a": [null, 7], "b": 2 },
        doc! { "_id": 6 },
    ];
    let specs = [
        doc! { "key": { "a": 1 }, "sparse": true },
        doc! { "key": { "a": 1 }, "partialFilterExpression": { "a": { "$exists": true } } },
        doc! { "key": { "a": 1 }, "partialFilterExpression": { "b": { "$gt": 0 } } },
        doc! { "key": { "a": 1 }, "partialFilterExpression": { "a": { "$gt": 4 } } },
    ];
    let filters = [
        (doc! { "a": { "$ne": 5 } }, vec![2, 3, 4, 5, 6]),
        (doc! { "a": null }, vec![2, 3, 5, 6]),
        (doc! { "a": { "$exists": false } }, vec![3, 6]),
        (doc! { "a": { "$not": { "$gt": 4 } } }, vec![2, 3, 4, 6]),
        (doc! { "a": { "$nin": [5, 7] } }, vec![2, 3, 4, 6]),
        (doc! { "a": { "$in": [null, 5] } }, vec![1, 2, 3, 5, 6]),
        (doc! { "$nor": [{ "a": 5 }] }, vec![2, 3, 4, 5, 6]),
        (doc! { "a": { "$not": { "$type": "number" } } }, vec![2, 3, 4, 6]),
    ];
    for (at, spec) in specs.into_iter().enumerate() {
        let c = db.collection(&format!("c{at}"));
        c.insert_many(documents.clone()).unwrap();
        let name = c.create_indexes([spec.clone()]).unwrap().remove(0);
        for (filter, wanted) in &filters {
            assert_eq!(&find_ids(&c, filter), wanted, "{spec} {filter}");
            assert_eq!(c.count_documents(filter).unwrap(), wanted.len() as u64, "{spec} {filter}");
            let refused = c.find(filter).hint(&name).run().map(Iterator::count);
            assert_eq!(fault(refused), (ErrorKind::Invalid, Some(2)), "{spec} {filter}");
        }
    }
}

#[test]
fn a_group_of_an_ordered_walk_that_does_not_fit_goes_to_the_disk() {
    let disk = SimulatedDisk::new();
    let options = Options::new().vfs(disk.vfs()).background(false).sort_bytes_max(20_000);
    let db = Database::open_with("/shop.db", options).unwrap();
    let c = db.collection("c");
    c.insert_many((0..2000).map(|id| doc! { "_id": id, "g": id % 4, "m": -id, "p": "x".repeat(100) }))
        .unwrap();
    c.create_index(doc! { "g": 1 }).unwrap();
    let find = || c.find(doc! {}).sort(doc! { "g": -1, "m": 1 }).hint("g_1");
    assert_eq!(stages(find()), ["SORT", "FETCH", "IXSCAN"]);
    let mut wanted: Vec<i32> = (0..2000).collect();
    wanted.sort_by_key(|id| (-(id % 4), -id));
    let before = disk.counts("/shop.wasp-scratch").writes;
    assert_eq!(ids(find().run().unwrap()), wanted);
    assert!(disk.counts("/shop.wasp-scratch").writes > before, "no group went to the disk");
    assert_eq!(ids(find().skip(700).limit(600).run().unwrap()), wanted[700..1300]);
    let refused = find().allow_disk_use(false).run().unwrap().find_map(Result::err).unwrap();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Limit, Some(292)));
}

#[test]
fn a_hint_reaches_through_a_view_and_bounds_of_keys_do_not() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..50).map(|n| doc! { "_id": n, "n": n, "g": n % 5 })).unwrap();
    c.create_index(doc! { "n": 1 }).unwrap();
    c.create_index(doc! { "g": 1 }).unwrap();
    let pipeline = [doc! { "$match": { "g": { "$lt": 3 } } }];
    let view = db.create_collection_with("view", CollectionOptions::new().view("c", pipeline)).unwrap();
    let find = || view.find(doc! { "n": { "$lt": 10 } });
    let index = |find: Find<'_, Document>| {
        let explained = find.explain(QueryPlanner).unwrap().to_string();
        let plan = explained.split("\"rejectedPlans\"").next().unwrap().to_owned();
        ["\"n_1\"", "\"g_1\"", "COLLSCAN"].into_iter().find(|name| plan.contains(name)).unwrap()
    };
    for (hint, expected) in [("n_1", "\"n_1\""), ("g_1", "\"g_1\""), ("$natural", "COLLSCAN")] {
        let hinted =
            || if hint == "$natural" { find().hint_key(doc! { hint: 1 }) } else { find().hint(hint) };
        assert_eq!(index(hinted()), expected);
        let mut found = ids(hinted().run().unwrap());
        found.sort_unstable();
        assert_eq!(found, [0, 1, 2, 5, 6, 7], "{hint}");
    }
    let count = CountOptions::new().hint("g_1");
    assert_eq!(view.count_documents_with(doc! { "n": { "$lt": 10 } }, count).unwrap(), 6);
    assert_eq!(fault(find().hint("nope").run().map(Iterator::count)), (ErrorKind::Invalid, Some(2)));
    let bounded = find().hint("n_1").min(doc! { "n": 3 });
    assert_eq!(fault(bounded.run().map(Iterator::count)), (ErrorKind::Invalid, Some(168)));
}
