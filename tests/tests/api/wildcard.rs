//! Indexes over every path.

use nexuslite::Verbosity::{ExecutionStats, QueryPlanner};
use nexuslite::bson::{Bson, Document, bson, doc};
use nexuslite::{Collection, ErrorKind, Find, IndexOptions};

use crate::fixture::{fault, ids, memory};

fn winning(find: Find<'_, Document>) -> Document {
    let explained = find.explain(QueryPlanner).unwrap();
    explained.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap().clone()
}

/// The steps of the plan, a walk over an index by the index's name.
fn steps(find: Find<'_, Document>) -> Vec<String> {
    let below = |stage: &Document| stage.get_document("inputStage").ok().cloned();
    let all = std::iter::successors(Some(winning(find)), below);
    all.map(|stage| stage.get_str("indexName").or(stage.get_str("stage")).unwrap().to_owned()).collect()
}

fn last(find: Find<'_, Document>) -> Document {
    let below = |stage: &Document| stage.get_document("inputStage").ok().cloned();
    std::iter::successors(Some(winning(find)), below).last().unwrap()
}

fn sorted(find: Find<'_, Document>) -> Vec<i32> {
    let mut found = ids(find.run().unwrap());
    found.sort_unstable();
    found
}

fn examined(find: Find<'_, Document>) -> (i32, i32) {
    let explained = find.explain(ExecutionStats).unwrap();
    let stats = explained.get_document("executionStats").unwrap();
    (stats.get_i32("totalKeysExamined").unwrap(), stats.get_i32("totalDocsExamined").unwrap())
}

/// How many entries the index has.
fn entries(c: &Collection) -> i64 {
    c.index_stats().unwrap()[1].get_i64("entries").unwrap()
}

/// Documents of many shapes.
fn shapes() -> Collection {
    let c = memory().collection("c");
    let docs = [
        doc! { "a": 5, "b": { "c": "x", "d": { "e": 1.5 } } },
        doc! { "a": [5, 7, 5], "b": { "c": ["x", "y"] } },
        doc! { "a": null, "b": [{ "c": "z" }, { "c": 4, "d": null }, 8] },
        doc! { "a": {}, "b": [] },
        doc! { "a": [[5], [], {}, { "0": 3 }] },
        doc! { "a.b": 9, "a": { "b": 9, "": 2 } },
        doc! { "a": { "0": 5, "1": { "c": 6 } } },
        doc! { "b": true },
    ];
    c.insert_many((0..).zip(docs).map(|(id, mut doc)| {
        doc.insert("_id", id);
        doc
    }))
    .unwrap();
    c
}

#[test]
fn a_path_that_nobody_named_is_found_by_the_index_of_all() {
    let c = shapes();
    assert_eq!(c.create_index(doc! { "$**": 1 }).unwrap(), "$**_1");
    let check = |filter: Document, expected: &[i32]| {
        assert_eq!(steps(c.find(&filter)).last().unwrap(), "$**_1", "{filter}");
        assert_eq!(sorted(c.find(&filter)), expected, "{filter}");
        assert_eq!(c.count_documents(&filter).unwrap(), expected.len() as u64, "{filter}");
    };
    check(doc! { "a": 5 }, &[0, 1]);
    check(doc! { "a": { "$gte": 6 } }, &[1]);
    check(doc! { "a": { "$in": [7, "x"] } }, &[1]);
    check(doc! { "a": { "$gt": 3, "$lt": 6 } }, &[0, 1]);
    check(doc! { "a": {} }, &[3, 4]);
    check(doc! { "a": { "$exists": true } }, &[0, 1, 2, 3, 4, 5, 6]);
    check(doc! { "a": { "$type": "object" } }, &[3, 4, 5, 6]);
    check(doc! { "a": [5] }, &[4]);
    check(doc! { "a": [5, 7, 5] }, &[1]);
    check(doc! { "a.b": 9 }, &[5]);
    check(doc! { "a.": 2 }, &[5]);
    check(doc! { "b.c": { "$regex": "^[xyz]" } }, &[0, 1, 2]);
    check(doc! { "b.c": "x" }, &[0, 1]);
    check(doc! { "b.d": { "$exists": true } }, &[0, 2]);
    check(doc! { "b.d.e": { "$type": "number" } }, &[0]);
    check(doc! { "b": { "$elemMatch": { "c": "z", "d": { "$exists": false } } } }, &[2]);
    check(doc! { "b": { "$gt": 7 } }, &[2]);
    check(doc! { "b": { "$type": "bool" } }, &[7]);
    check(doc! { "b": [] }, &[3]);
    check(doc! { "b": { "$exists": true }, "a": { "$exists": true } }, &[0, 1, 2, 3]);
    let either = doc! { "$or": [{ "a": 7 }, { "b.c": 4 }, { "a": { "$gte": 5, "$lt": 6 } }] };
    assert_eq!(steps(c.find(&either)), ["FETCH", "OR"]);
    assert_eq!(sorted(c.find(&either)), [0, 1, 2]);
}

#[test]
fn what_has_no_entry_is_looked_for_elsewhere() {
    let c = shapes();
    c.create_index(doc! { "$**": 1 }).unwrap();
    let check = |filter: Document, expected: &[i32]| {
        assert_eq!(steps(c.find(&filter)), ["COLLSCAN"], "{filter}");
        assert_eq!(sorted(c.find(&filter)), expected, "{filter}");
        assert_eq!(fault(c.find(&filter).hint("$**_1").run().map(drop)), (ErrorKind::Invalid, Some(2)));
    };
    check(doc! { "a": null }, &[2, 7]);
    check(doc! { "a": { "$exists": false } }, &[7]);
    check(doc! { "a": { "$ne": 5 } }, &[2, 3, 4, 5, 6, 7]);
    check(doc! { "a": { "$not": { "$gt": 1 } } }, &[2, 3, 4, 5, 6, 7]);
    check(doc! { "a": { "$nin": [5, 7] } }, &[2, 3, 4, 5, 6, 7]);
    check(doc! { "b": { "c": "x", "d": { "e": 1.5 } } }, &[0]);
    check(doc! { "a": { "$ne": {} } }, &[0, 1, 2, 5, 6, 7]);
    check(doc! { "a": { "$size": 3 } }, &[1]);
    check(doc! { "a": { "$type": "array" } }, &[1, 4]);
    // The elements of an array have no positions in the index.
    check(doc! { "a.0": 5 }, &[1, 6]);
    check(doc! { "$or": [{ "a": 5 }, { "b": null }] }, &[0, 1, 4, 5, 6]);
    check(doc! {}, &[0, 1, 2, 3, 4, 5, 6, 7]);
    // Of `_id` there are no entries.
    assert_eq!(steps(c.find(doc! { "_id": { "$gt": 3 } })), ["FETCH", "_id_"]);
}

#[test]
fn a_position_is_a_name_where_no_array_stands_before_it() {
    let c = memory().collection("c");
    c.create_index(doc! { "$**": 1 }).unwrap();
    c.insert_many([doc! { "_id": 1, "a": { "0": { "b": 5 } } }, doc! { "_id": 2, "a": { "1": { "b": 5 } } }])
        .unwrap();
    let find = || c.find(doc! { "a.0.b": 5 });
    assert_eq!((steps(find()), sorted(find())), (vec!["FETCH".into(), "$**_1".into()], vec![1]));
    c.insert_one(doc! { "_id": 3, "a": [{ "b": 5 }] }).unwrap();
    assert_eq!((steps(find()), sorted(find())), (vec!["COLLSCAN".to_owned()], vec![1, 3]));
}

#[test]
fn one_path_is_walked_and_nothing_else() {
    let c = memory().collection("c");
    c.create_index(doc! { "$**": 1 }).unwrap();
    c.insert_many((0..2000).map(|n| doc! { "_id": n, "a": n % 100, "ab": n, "n": { "x": n, "y": [n, -n] } }))
        .unwrap();
    assert_eq!(examined(c.find(doc! { "a": 7 })), (20, 20));
    assert_eq!(examined(c.find(doc! { "a": { "$gte": 7, "$lt": 9 } })), (40, 40));
    assert_eq!(examined(c.find(doc! { "n.x": { "$in": [5, 6] }, "ab": { "$gt": 5 } })), (2, 2));
    // Below a name there is what its name begins, and nothing that only begins alike.
    assert_eq!(examined(c.find(doc! { "a": { "$exists": true } }).hint("$**_1")), (2000, 2000));
    let covered = c.find(doc! { "n.x": { "$lt": 10 } }).projection(doc! { "n.x": 1, "_id": 0 });
    assert_eq!(examined(covered), (10, 0));
    let covered = c.find(doc! { "n.x": { "$lt": 2 } }).projection(doc! { "n.x": 1, "_id": 0 }).run().unwrap();
    let covered: Vec<Document> = covered.map(Result::unwrap).collect();
    assert_eq!(covered, [doc! { "n": { "x": 0 } }, doc! { "n": { "x": 1 } }]);
    // Of arrays the index has elements only.
    let of_array = c.find(doc! { "n.y": 4 }).projection(doc! { "n.y": 1, "_id": 0 });
    assert_eq!(examined(of_array), (1, 1));
    assert_eq!(c.find(doc! { "n.y": { "$elemMatch": { "$gte": 4, "$lt": 6 } } }).run().unwrap().count(), 2);
}

#[test]
fn the_order_of_a_path_is_read_off_where_the_filter_has_it() {
    let c = memory().collection("c");
    c.create_index(doc! { "$**": -1 }).unwrap();
    c.insert_many((0..2000).map(|n| doc! { "_id": n, "a": (n * 7) % 2000, "l": [n] })).unwrap();
    let find = || c.find(doc! { "a": { "$gte": 100 } }).sort(doc! { "a": 1 }).limit(5);
    assert_eq!(steps(find()), ["LIMIT", "FETCH", "$**_-1"]);
    assert_eq!(last(find()).get_str("direction").unwrap(), "backward");
    let found: Vec<i32> = find().run().unwrap().map(|doc| doc.unwrap().get_i32("a").unwrap()).collect();
    assert_eq!(found, [100, 101, 102, 103, 104]);
    assert!(examined(find()).0 <= 10);
    assert_eq!(
        last(c.find(doc! { "a": { "$gte": 100 } }).sort(doc! { "a": -1 })).get_str("direction").unwrap(),
        "forward"
    );
    // Without a filter on the path documents may be missing; with an array an entry is no order.
    assert_eq!(steps(c.find(doc! {}).sort(doc! { "a": 1 })), ["SORT", "COLLSCAN"]);
    let by_array = c.find(doc! { "l": { "$gte": 1990 } }).sort(doc! { "l": 1 });
    assert_eq!(steps(by_array), ["SORT", "FETCH", "$**_-1"]);
}

#[test]
fn a_projection_says_which_paths_there_are() {
    let doc = doc! { "_id": 1, "a": 5, "b": { "c": 5, "d": 5 }, "e": [{ "f": 5, "g": 5 }] };
    let check = |key: &str, projection: Option<Document>, held: &[&str]| {
        let c = memory().collection("c");
        c.insert_one(doc.clone()).unwrap();
        let options = IndexOptions::new().name("w");
        let options = projection.clone().map_or(options.clone(), |said| options.wildcard_projection(said));
        c.create_index_with(doc! { key: 1 }, &options).unwrap();
        for path in ["_id", "a", "b.c", "b.d", "e.f", "e.g"] {
            let value = if path == "_id" { 1 } else { 5 };
            let by_index = c.find(doc! { path: value }).hint("w").run().map(Iterator::count);
            assert_eq!(by_index.is_ok(), held.contains(&path), "{path} in {key} {projection:?}");
            assert!(by_index.is_err() || by_index.is_ok_and(|found| found == 1), "{path} in {key}");
        }
        assert_eq!(entries(&c), held.len() as i64, "{key} {projection:?}");
        assert_eq!(c.list_indexes().unwrap()[1].get_document("wildcardProjection").ok(), projection.as_ref());
    };
    check("$**", None, &["a", "b.c", "b.d", "e.f", "e.g"]);
    check("b.$**", None, &["b.c", "b.d"]);
    check("a.$**", None, &["a"]);
    check("e.f.$**", None, &["e.f"]);
    check("_id.$**", None, &["_id"]);
    check("$**", Some(doc! { "a": 1, "b.c": true }), &["a", "b.c"]);
    check("$**", Some(doc! { "b": { "c": 1 }, "e.g": 1, "_id": 1 }), &["_id", "b.c", "e.g"]);
    check("$**", Some(doc! { "a": 0, "e.f": 0 }), &["b.c", "b.d", "e.g"]);
    check("$**", Some(doc! { "_id": 1, "b": false }), &["_id", "a", "e.f", "e.g"]);
    check("$**", Some(doc! { "_id": 1 }), &["_id"]);
    check("$**", Some(doc! { "_id": 0 }), &["a", "b.c", "b.d", "e.f", "e.g"]);
}

#[test]
fn what_lies_beneath_is_asked_only_where_all_of_it_is_held() {
    let c = memory().collection("c");
    c.insert_many([doc! { "_id": 1, "a": { "secret": 1 } }, doc! { "_id": 2, "a": 5 }]).unwrap();
    let without = IndexOptions::new().wildcard_projection(doc! { "a.secret": 0 });
    c.create_index_with(doc! { "$**": 1 }, &without).unwrap();
    assert_eq!(steps(c.find(doc! { "a": { "$exists": true } })), ["COLLSCAN"]);
    assert_eq!(sorted(c.find(doc! { "a": { "$exists": true } })), [1, 2]);
    assert_eq!(steps(c.find(doc! { "a": 5 })), ["FETCH", "$**_1"]);
    // A document of which nothing is left is not one without fields.
    assert_eq!(c.count_documents(doc! { "a": {} }).unwrap(), 0);
}

#[test]
fn every_change_of_a_document_changes_its_entries() {
    let db = memory();
    let c = db.collection("c");
    c.create_index(doc! { "$**": 1 }).unwrap();
    let sound = |wanted: i64| {
        assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
        assert_eq!(entries(&c), wanted);
    };
    c.insert_one(doc! { "_id": 1, "a": 1, "b": { "c": [1, 2] } }).unwrap();
    sound(3);
    let explained = c.update_one(doc! { "_id": 1 }, doc! { "$set": { "b.d": 5 } }).unwrap();
    assert_eq!(explained.modified_count, 1);
    sound(4);
    c.update_one(doc! { "_id": 1 }, doc! { "$unset": { "b.c": 1 }, "$push": { "l": { "x": [] } } }).unwrap();
    sound(3);
    assert_eq!(sorted(c.find(doc! { "l.x": [] }).hint("$**_1")), [1]);
    c.replace_one(doc! { "_id": 1 }, doc! { "z": {} }).unwrap();
    sound(1);
    c.insert_many((2..400).map(|n| doc! { "_id": n, format!("f{n}"): [[n]] })).unwrap();
    sound(399);
    assert_eq!(sorted(c.find(doc! { "f7": [7] }).hint("$**_1")), [7]);
    c.delete_many(doc! { "_id": { "$gt": 200 } }).unwrap();
    sound(200);
    db.rename_collection("c", "d", false).unwrap();
    let d = db.collection("d");
    assert_eq!(steps(d.find(doc! { "f9": { "$exists": true } })), ["FETCH", "$**_1"]);
    d.drop_index("$**_1").unwrap();
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn more_arrays_than_are_remembered_are_all_taken_for_arrays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let db = nexuslite::Database::open_with(&path, nexuslite::Options::new().create(true)).unwrap();
    let c = db.collection("c");
    c.create_index(doc! { "$**": 1 }).unwrap();
    c.insert_many((0..500).map(|n| doc! { "_id": n, "plain": n, format!("l{n}"): [1, 2] })).unwrap();
    let multikey = |c: &Collection| last(c.find(doc! { "plain": 5 })).get_bool("isMultiKey").unwrap();
    assert!(!multikey(&c));
    drop(c);
    db.close().unwrap();
    let db = nexuslite::Database::open(&path).unwrap();
    let c = db.collection("c");
    assert!(!multikey(&c));
    let of_list = last(c.find(doc! { "l17": { "$gt": 1, "$lt": 5 } }));
    assert!(of_list.get_bool("isMultiKey").unwrap());
    c.insert_many((500..1500).map(|n| doc! { "_id": n, "plain": n, format!("l{n}"): [1, 2] })).unwrap();
    assert!(multikey(&c));
    assert_eq!(sorted(c.find(doc! { "l1400": 2 }).hint("$**_1")), [1400]);
    drop(c);
    db.close().unwrap();
    let db = nexuslite::Database::open(&path).unwrap();
    assert!(multikey(&db.collection("c")));
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_plan_shows_the_path_beside_the_value() {
    let c = shapes();
    c.create_index(doc! { "$**": 1 }).unwrap();
    let scan = last(c.find(doc! { "b.c": { "$gte": "x" } }).hint_key(doc! { "$**": 1 }));
    assert_eq!(scan.get_document("keyPattern").unwrap(), &doc! { "$_path": 1, "b.c": 1 });
    assert_eq!(scan.get_str("indexName").unwrap(), "$**_1");
    assert!(scan.get_bool("isMultiKey").unwrap() && scan.get_bool("isSparse").unwrap());
    let bounds = doc! { "$_path": ["[\"b.c\", \"b.c\"]"], "b.c": ["[\"x\", {})"] };
    assert_eq!(scan.get_document("indexBounds").unwrap(), &bounds);
    let scan = last(c.find(doc! { "b.d": { "$exists": true } }));
    let bounds =
        doc! { "$_path": ["[\"b.d\", \"b.d\"]", "[\"b.d.\", \"b.d/\")"], "b.d": ["[MinKey, MaxKey]"] };
    assert_eq!(scan.get_document("indexBounds").unwrap(), &bounds);
    let explained = c.find(doc! { "a": null }).explain(QueryPlanner).unwrap();
    let unused = explained.get_document("queryPlanner").unwrap().get_array("indexesNotUsed").unwrap();
    assert_eq!(unused[0].as_document().unwrap().get_str("indexName").unwrap(), "$**_1");
}

#[test]
fn texts_stand_in_the_order_of_the_collation() {
    let c = memory().collection("c");
    c.insert_many((0..).zip(["Öl", "ol", "Ofen"]).map(|(id, a)| doc! { "_id": id, "a": { "B": a } }))
        .unwrap();
    let german = doc! { "locale": "de", "strength": 1 };
    c.create_index_with(doc! { "$**": 1 }, &IndexOptions::new().collation(&german)).unwrap();
    let find = || c.find(doc! { "a.B": "OL" }).collation(&german);
    assert_eq!((steps(find()), sorted(find())), (vec!["FETCH".into(), "$**_1".into()], vec![0, 1]));
    assert_eq!(steps(c.find(doc! { "a.B": "ol" })), ["COLLSCAN"]);
    assert_eq!(sorted(c.find(doc! { "a.b": "OL" }).collation(&german)), [0; 0], "names are names");
}

#[test]
fn what_no_wildcard_index_can_be_is_refused() {
    let c = memory().collection("c");
    let check = |spec: Document, code: Option<i32>| {
        let error = c.create_indexes([spec.clone()]).expect_err(&spec.to_string());
        assert_eq!(error.code(), code, "{spec}: {error}");
    };
    let of_all = |option: &str, value: Bson| doc! { "key": { "$**": 1 }, option: value };
    check(of_all("unique", bson!(true)), Some(67));
    check(of_all("sparse", bson!(true)), Some(67));
    check(of_all("expireAfterSeconds", bson!(5)), Some(67));
    check(doc! { "key": { "$**": "hashed" } }, Some(67));
    check(doc! { "key": { "$**": 0 } }, Some(67));
    check(doc! { "key": { "a.$**.b": 1 } }, Some(67));
    check(doc! { "key": { "a$**": 1 } }, Some(67));
    check(doc! { "key": { "a..$**": 1 } }, Some(67));
    check(doc! { "key": { "$**": "text" } }, Some(238));
    check(doc! { "key": { "a": 1, "$**": 1 } }, Some(238));
    check(doc! { "key": { "a": 1 }, "wildcardProjection": { "b": 1 } }, Some(2));
    check(doc! { "key": { "a.$**": 1 }, "wildcardProjection": { "b": 1 } }, Some(9));
    check(of_all("wildcardProjection", bson!({})), Some(9));
    check(of_all("wildcardProjection", bson!(1)), Some(14));
    check(of_all("wildcardProjection", bson!({ "a": 1, "b": 0 })), Some(31254));
    check(of_all("wildcardProjection", bson!({ "a": 0, "b": 1 })), Some(31253));
    check(of_all("wildcardProjection", bson!({ "a": 1, "a.b": 1 })), Some(31249));
    check(of_all("wildcardProjection", bson!({ "a.b": 1, "a": 1 })), Some(31250));
    check(of_all("wildcardProjection", bson!({ "a": "x" })), Some(51271));
    check(of_all("wildcardProjection", bson!({ "a": { "$slice": 1 } })), Some(51271));
    check(of_all("wildcardProjection", bson!({ "a": {} })), Some(51271));
    assert_eq!(fault(c.find(doc! {}).hint("$**_1").run().map(drop)), (ErrorKind::Invalid, Some(2)));
    c.create_index(doc! { "$**": 1 }).unwrap();
    check(doc! { "key": { "$**": 1 }, "wildcardProjection": { "a": 1 } }, Some(86));
    check(doc! { "key": { "$**": 1 }, "name": "other" }, Some(85));
    let between = c.find(doc! {}).hint("$**_1").min(doc! { "$**": 1 });
    assert_eq!(fault(between.run().map(drop)), (ErrorKind::Invalid, Some(2)));
}
