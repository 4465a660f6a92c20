//! Secondary indexes, seen from outside.

use std::time::Duration;

use nexuslite::bson::{Document, doc};
use nexuslite::{CancelToken, Collection, Database, ErrorKind, IndexOptions, Verbosity};

use crate::fixture::fault;

fn memory() -> Database {
    Database::open(":memory:").unwrap()
}

/// The stages of a plan, the uppermost first, each with the name of its index.
fn stages(explained: &Document) -> Vec<String> {
    let mut stages = Vec::new();
    let mut next =
        explained.get_document("queryPlanner").and_then(|planner| planner.get_document("winningPlan")).ok();
    while let Some(stage) = next {
        let index = stage.get_str("indexName").map(|name| format!(" {name}")).unwrap_or_default();
        stages.push(format!("{}{index}", stage.get_str("stage").unwrap()));
        next = stage.get_document("inputStage").ok();
    }
    stages
}

/// How the documents that satisfy `filter` are found: the source of the plan.
fn source(collection: &Collection, filter: Document) -> String {
    let explained = collection.find(filter).explain(Verbosity::QueryPlanner).unwrap();
    stages(&explained).pop().unwrap()
}

/// Whether the answer has to be sorted.
fn sorts(collection: &Collection, filter: Document, sort: Document) -> bool {
    let explained = collection.find(filter).sort(sort).explain(Verbosity::QueryPlanner).unwrap();
    stages(&explained).contains(&"SORT".to_owned())
}

fn ids(found: impl IntoIterator<Item = nexuslite::Result<Document>>) -> Vec<i32> {
    found.into_iter().map(|doc| doc.unwrap().get_i32("_id").unwrap()).collect()
}

fn numbers(count: i32) -> (Database, Collection) {
    let db = memory();
    let numbers = db.collection("numbers");
    numbers.insert_many((0..count).map(|n| doc! { "_id": n, "n": n % 10, "m": -n })).unwrap();
    (db, numbers)
}

#[test]
fn an_index_is_used_where_its_key_is_bound() {
    let (_db, numbers) = numbers(100);
    numbers.create_index(doc! { "n": 1, "m": -1 }).unwrap();
    let check = |filter: Document, uses: bool| {
        assert_eq!(source(&numbers, filter.clone()).starts_with("IXSCAN n_1_m_-1"), uses, "{filter}");
        let natural = numbers.find(filter.clone()).hint_key(doc! { "$natural": 1 });
        let mut scanned = ids(natural.run().unwrap());
        let mut found = ids(numbers.find(filter.clone()).run().unwrap());
        scanned.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, scanned, "{filter}");
    };
    check(doc! { "n": 3 }, true);
    check(doc! { "n": 3, "m": -13 }, true);
    check(doc! { "n": 3, "m": { "$lt": -13 } }, true);
    check(doc! { "n": 3, "m": { "$gte": -33, "$lte": -13 } }, true);
    check(doc! { "n": { "$in": [1, 2.0, 77] } }, true);
    check(doc! { "n": { "$in": [1, 2] }, "m": { "$in": [-11, -12, -14] } }, true);
    check(doc! { "n": { "$gt": 2, "$lt": 5 } }, true);
    check(doc! { "n": { "$lte": 2 } }, true);
    check(doc! { "n": null }, true);
    check(doc! { "n": { "$in": [] } }, true);
    check(doc! { "m": -13 }, false);
    check(doc! { "$or": [{ "n": 3 }, { "n": 4 }] }, true);
    check(doc! { "$or": [{ "n": 3 }, { "m": -4 }] }, false);
    check(doc! { "n": { "$gt": 3 }, "m": { "$gt": -20 } }, true);
    check(doc! {}, false);
}

#[test]
fn an_index_gives_an_order() {
    let (_db, numbers) = numbers(100);
    numbers.create_index(doc! { "n": 1, "m": -1 }).unwrap();
    let check = |filter: Document, sort: Document, expected: bool| {
        assert_eq!(sorts(&numbers, filter.clone(), sort.clone()), expected, "{filter} {sort}");
        let natural = numbers.find(filter.clone()).sort(sort.clone()).hint_key(doc! { "$natural": 1 });
        let key = |doc: nexuslite::Result<Document>| {
            let doc = doc.unwrap();
            sort.keys().map(|name| doc.get(name).cloned()).collect::<Vec<_>>()
        };
        let wanted: Vec<_> = natural.run().unwrap().map(key).collect();
        let found: Vec<_> = numbers.find(filter.clone()).sort(sort.clone()).run().unwrap().map(key).collect();
        assert_eq!(found, wanted, "{filter} {sort}");
    };
    check(doc! { "n": 3 }, doc! { "m": 1 }, false);
    check(doc! { "n": 3 }, doc! { "m": -1 }, false);
    check(doc! { "n": 3 }, doc! { "n": -1, "m": -1 }, false);
    check(doc! {}, doc! { "n": 1 }, false);
    check(doc! {}, doc! { "n": -1 }, false);
    check(doc! {}, doc! { "n": 1, "m": -1 }, false);
    check(doc! {}, doc! { "n": -1, "m": 1 }, false);
    check(doc! {}, doc! { "n": 1, "m": 1 }, true);
    check(doc! {}, doc! { "m": 1 }, true);
    check(doc! { "n": { "$in": [2, 5] } }, doc! { "n": -1 }, false);
    check(doc! { "n": { "$in": [2, 5] } }, doc! { "m": 1 }, true);
    check(doc! { "n": { "$gt": 4 } }, doc! { "n": 1, "m": -1 }, false);
}

#[test]
fn arrays_have_an_entry_for_each_element() {
    let db = memory();
    let posts = db.collection("posts");
    posts.create_index(doc! { "tags": 1 }).unwrap();
    posts.create_index(doc! { "c.by": 1, "c.n": 1 }).unwrap();
    let all = [
        doc! { "_id": 1, "tags": ["a", "b"], "c": [{ "by": "x", "n": 1 }, { "by": "y", "n": 5 }] },
        doc! { "_id": 2, "tags": [], "c": { "by": "x", "n": 5 } },
        doc! { "_id": 3, "tags": "b" },
        doc! { "_id": 4 },
        doc! { "_id": 5, "tags": [["a"], "z"] },
        doc! { "_id": 6, "tags": null, "c": [] },
        doc! { "_id": 7, "tags": [1, 20] },
    ];
    posts.insert_many(all).unwrap();
    let check = |filter: Document, expected: &[i32]| {
        assert!(source(&posts, filter.clone()).starts_with("IXSCAN "), "{filter}");
        let mut found = ids(posts.find(filter.clone()).run().unwrap());
        found.sort_unstable();
        assert_eq!(found, expected, "{filter}");
    };
    check(doc! { "tags": "b" }, &[1, 3]);
    check(doc! { "tags": ["a", "b"] }, &[1]);
    check(doc! { "tags": ["a"] }, &[5]);
    check(doc! { "tags": [] }, &[2]);
    check(doc! { "tags": null }, &[4, 6]);
    check(doc! { "tags": { "$gt": 10, "$lt": 5 } }, &[7]);
    check(doc! { "tags": { "$in": ["a", "b"] } }, &[1, 3]);
    check(doc! { "c.by": "x", "c.n": 5 }, &[1, 2]);
    check(doc! { "c.by": "y", "c.n": { "$lt": 2 } }, &[1]);
    let refused = db.collection("parallel");
    refused.create_index(doc! { "a": 1, "b": 1 }).unwrap();
    let error = refused.insert_one(doc! { "a": [1], "b": [2] }).unwrap_err();
    assert_eq!(error.code(), Some(171));
    assert_eq!(refused.count_documents(doc! {}).unwrap(), 0);
}

#[test]
fn a_unique_index_refuses_a_second_document() {
    let db = memory();
    let users = db.collection("users");
    users.create_index_with(doc! { "mail": 1 }, &IndexOptions::new().unique(true)).unwrap();
    users.insert_one(doc! { "_id": 1, "mail": "a@x" }).unwrap();
    let error = users.insert_one(doc! { "_id": 2, "mail": "a@x" }).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::DuplicateKey, Some(11000)));
    assert!(error.message().contains("index: mail_1 dup key: { mail: \"a@x\" }"), "{error}");
    users.insert_one(doc! { "_id": 3 }).unwrap();
    assert_eq!(users.insert_one(doc! { "_id": 4, "mail": null }).unwrap_err().code(), Some(11000));
    assert_eq!(
        users.update_one(doc! { "_id": 3 }, doc! { "$set": { "mail": "a@x" } }).unwrap_err().code(),
        Some(11000)
    );
    users.update_one(doc! { "_id": 1 }, doc! { "$set": { "mail": "b@x", "n": 1 } }).unwrap();
    users.insert_one(doc! { "_id": 5, "mail": "a@x" }).unwrap();
    users.delete_one(doc! { "_id": 5 }).unwrap();
    users.insert_one(doc! { "_id": 6, "mail": "a@x" }).unwrap();
    let many = users.insert_many([
        doc! { "_id": 7, "mail": "c" },
        doc! { "_id": 8, "mail": "c" },
        doc! { "_id": 9 },
    ]);
    assert_eq!(many.unwrap_err().code(), Some(11000));
    assert_eq!(ids(users.find(doc! {}).sort(doc! { "_id": 1 }).run().unwrap()), [1, 3, 6, 7]);
    assert!(db.check().unwrap().faults.is_empty());
}

#[test]
fn a_unique_index_over_what_is_not_unique_leaves_nothing_behind() {
    let (db, numbers) = numbers(50);
    let unique = IndexOptions::new().unique(true);
    assert_eq!(numbers.create_index_with(doc! { "n": 1 }, &unique).unwrap_err().code(), Some(11000));
    assert_eq!(numbers.list_indexes().unwrap().len(), 1);
    numbers.create_index_with(doc! { "m": 1 }, &unique).unwrap();
    assert!(db.check().unwrap().faults.is_empty());
}

#[test]
fn sparse_and_partial_indexes_are_used_only_where_they_hold_all_that_is_asked() {
    let db = memory();
    let people = db.collection("people");
    people
        .insert_many((0..20).map(|n| {
            if n % 2 == 0 {
                doc! { "_id": n, "a": n }
            } else {
                doc! { "_id": n }
            }
        }))
        .unwrap();
    people.create_index_with(doc! { "a": 1 }, &IndexOptions::new().sparse(true)).unwrap();
    let check = |filter: Document, uses: bool| {
        assert_eq!(source(&people, filter.clone()).starts_with("IXSCAN "), uses, "{filter}");
        let mut found = ids(people.find(filter.clone()).run().unwrap());
        found.sort_unstable();
        let mut natural = ids(people.find(filter.clone()).hint_key(doc! { "$natural": 1 }).run().unwrap());
        natural.sort_unstable();
        assert_eq!(found, natural, "{filter}");
    };
    check(doc! { "a": 4 }, true);
    check(doc! { "a": { "$gt": 4 } }, true);
    check(doc! { "a": null }, false);
    check(doc! { "a": { "$in": [null, 4] } }, false);
    check(doc! { "a": { "$gte": null } }, false);
    check(doc! { "a": { "$ne": 4 } }, false);
    check(doc! { "a": { "$exists": false } }, false);
    check(doc! { "a": { "$not": { "$gt": 4 } } }, false);
    assert!(sorts(&people, doc! {}, doc! { "a": 1 }));
    people.drop_indexes().unwrap();
    let partial = IndexOptions::new().partial_filter(doc! { "a": { "$gt": 6 } });
    people.create_index_with(doc! { "a": 1 }, &partial).unwrap();
    check(doc! { "a": 8 }, true);
    check(doc! { "a": { "$gt": 6 } }, true);
    check(doc! { "a": { "$gte": 7 } }, true);
    check(doc! { "a": { "$gte": 6 } }, false);
    check(doc! { "a": { "$gt": 5 } }, false);
    check(doc! { "a": { "$in": [8, 10] } }, true);
    check(doc! { "a": { "$in": [2, 10] } }, false);
    check(doc! { "a": null }, false);
    check(doc! { "a": { "$ne": 8 } }, false);
}

#[test]
fn indexes_are_listed_hidden_and_dropped() {
    let (db, numbers) = numbers(10);
    let named = IndexOptions::new().name("by n").unique(false);
    assert_eq!(numbers.create_index_with(doc! { "n": -1 }, &named).unwrap(), "by n");
    assert_eq!(numbers.create_index_with(doc! { "n": -1 }, &named).unwrap(), "by n");
    let listed = numbers.list_indexes().unwrap();
    assert_eq!(listed[0], doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_" });
    assert_eq!(listed[1], doc! { "v": 2, "key": { "n": -1 }, "name": "by n" });
    numbers.hide_index("by n").unwrap();
    assert_eq!(source(&numbers, doc! { "n": 1 }), "COLLSCAN");
    numbers.unhide_index("by n").unwrap();
    assert!(source(&numbers, doc! { "n": 1 }).starts_with("IXSCAN by n"));
    db.rename_collection("numbers", "others", false).unwrap();
    let others = db.collection("others");
    assert!(source(&others, doc! { "n": 1 }).starts_with("IXSCAN by n"));
    others.drop_index("by n").unwrap();
    assert_eq!(others.list_indexes().unwrap().len(), 1);
    let code = |outcome: nexuslite::Result<()>| outcome.unwrap_err().code();
    assert_eq!(code(others.drop_index("by n")), Some(27));
    assert_eq!(code(others.drop_index("_id_")), Some(72));
    assert_eq!(db.collection("none").list_indexes().unwrap_err().code(), Some(26));
}

#[test]
fn wrong_specifications_are_refused() {
    let (db, numbers) = numbers(10);
    numbers.create_index(doc! { "n": 1 }).unwrap();
    let check = |spec: Document, code: Option<i32>| {
        let error = numbers.create_indexes([spec.clone()]).unwrap_err();
        assert_eq!(error.code(), code, "{spec}: {error}");
    };
    check(doc! {}, Some(67));
    check(doc! { "key": {} }, Some(67));
    check(doc! { "key": 1 }, Some(14));
    check(doc! { "key": { "a": 0 } }, Some(67));
    check(doc! { "key": { "a": true } }, Some(67));
    check(doc! { "key": { "a..b": 1 } }, Some(67));
    check(doc! { "key": { "$a": 1 } }, Some(67));
    check(doc! { "key": { "a": 1 }, "name": "" }, Some(67));
    check(doc! { "key": { "a": 1 }, "name": "x".repeat(128) }, Some(67));
    check(doc! { "key": { "a": 1 }, "name": 5 }, Some(14));
    check(doc! { "key": { "a": 1 }, "uniq": true }, Some(197));
    check(doc! { "key": { "a": 1 }, "unique": "yes" }, Some(14));
    check(doc! { "key": { "a": 1 }, "expireAfterSeconds": -1 }, Some(67));
    check(doc! { "key": { "a": 1, "b": 1 }, "expireAfterSeconds": 1 }, Some(67));
    check(doc! { "key": { "a": 1 }, "sparse": true, "partialFilterExpression": { "a": 1 } }, Some(67));
    check(doc! { "key": { "a": 1 }, "partialFilterExpression": { "$bad": 1 } }, Some(2));
    let chance = doc! { "$or": [{ "a": 1 }, { "$sampleRate": 0.5 }] };
    check(doc! { "key": { "a": 1 }, "partialFilterExpression": chance }, Some(67));
    let computed = doc! { "$expr": { "$gt": ["$a", 1] } };
    check(doc! { "key": { "a": 1 }, "partialFilterExpression": computed }, Some(67));
    check(doc! { "key": { "n": 1 }, "name": "other" }, Some(85));
    check(doc! { "key": { "m": 1 }, "name": "n_1" }, Some(86));
    check(doc! { "key": { "a": 1 }, "name": "_id_" }, Some(67));
    check(doc! { "key": { "_id": 1 }, "unique": true }, Some(197));
    check(doc! { "key": { "_id": 1 }, "sparse": true }, Some(197));
    check(doc! { "key": { "_id": 1 }, "expireAfterSeconds": 5 }, Some(197));
    check(doc! { "key": { "_id": 1 }, "partialFilterExpression": { "a": 1 } }, Some(197));
    check(doc! { "key": { "_id": 1 }, "hidden": true }, Some(2));
    check(doc! { "key": { "a": "hashed" }, "unique": true }, Some(16764));
    check(doc! { "key": { "a": "hashed", "b": "hashed" } }, Some(31303));
    check(doc! { "key": { "a": "hashed" }, "expireAfterSeconds": 1 }, Some(67));
    check(doc! { "key": { "a": "text" } }, Some(238));
    check(doc! { "key": { "a": 1, "$**": 1 } }, Some(238));
    let hinted = |name: &str| numbers.find(doc! { "n": 1 }).hint(name).run().map(drop);
    assert_eq!(hinted("nope").unwrap_err().code(), Some(2));
    assert!(hinted("n_1").is_ok() && hinted("_id_").is_ok());
    let tx = db.begin().unwrap();
    assert_eq!(tx.collection("numbers").create_index(doc! { "m": 1 }).unwrap_err().code(), Some(263));
}

#[test]
fn what_is_listed_can_be_created_again() {
    let (db, numbers) = numbers(10);
    let specs = [
        doc! { "key": { "n": 1, "m": -1 }, "unique": true },
        doc! { "key": { "n.x": -1 }, "name": "by x", "sparse": true, "hidden": true },
        doc! { "key": { "at": 1 }, "expireAfterSeconds": 60 },
        doc! { "key": { "m": 1 }, "partialFilterExpression": { "n": { "$gt": 3 } } },
        doc! { "key": { "_id": "hashed" } },
        doc! { "key": { "m": -1, "n": "hashed" }, "sparse": true },
    ];
    assert_eq!(numbers.create_index(doc! { "_id": 1 }).unwrap(), "_id_");
    numbers.create_indexes(specs).unwrap();
    let listed = numbers.list_indexes().unwrap();
    assert_eq!(listed.len(), 7);
    numbers.create_indexes(listed.clone()).unwrap();
    let copy = db.collection("copy");
    copy.create_indexes(listed.clone()).unwrap();
    assert_eq!((numbers.list_indexes().unwrap(), copy.list_indexes().unwrap()), (listed.clone(), listed));
}

#[test]
fn an_update_by_the_index_it_changes_meets_each_document_once() {
    let (db, numbers) = numbers(1000);
    numbers.create_index(doc! { "n": 1 }).unwrap();
    let done = numbers.update_many(doc! { "n": { "$gte": 0 } }, doc! { "$inc": { "n": 1 } }).unwrap();
    assert_eq!((done.matched_count, done.modified_count), (1000, 1000));
    assert_eq!(numbers.count_documents(doc! { "n": 10 }).unwrap(), 100);
    assert_eq!(numbers.count_documents(doc! { "n": 0 }).unwrap(), 0);
    assert_eq!(numbers.delete_many(doc! { "n": { "$gt": 5 } }).unwrap().deleted_count, 500);
    assert!(db.check().unwrap().faults.is_empty());
}

#[test]
fn an_index_that_is_built_beside_writers_holds_what_they_wrote() {
    let db = memory();
    let numbers = db.collection("numbers");
    numbers
        .insert_many((0..20_000).map(|n| doc! { "_id": n, "n": n % 100, "pad": "x".repeat(300) }))
        .unwrap();
    std::thread::scope(|threads| {
        for thread in 0..2 {
            let numbers = numbers.clone();
            threads.spawn(move || {
                for n in 0..2000 {
                    let id = (n * 7919 + thread) % 20_000;
                    match n % 3 {
                        0 => {
                            drop(
                                numbers.update_one(doc! { "_id": id }, doc! { "$inc": { "n": 1 } }).unwrap(),
                            );
                        }
                        1 => drop(numbers.delete_one(doc! { "_id": id }).unwrap()),
                        _ => drop(numbers.insert_one(doc! { "n": n }).unwrap()),
                    }
                }
            });
        }
        threads.spawn(|| numbers.create_index(doc! { "n": 1 }).unwrap());
    });
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    for n in [0, 5, 77, 1999] {
        let natural =
            numbers.find(doc! { "n": n }).hint_key(doc! { "$natural": 1 }).run().unwrap().count() as u64;
        assert_eq!(numbers.count_documents(doc! { "n": n }).unwrap(), natural, "{n}");
    }
}

#[test]
fn a_building_that_is_cancelled_leaves_nothing_behind() {
    let (db, numbers) = numbers(2000);
    let token = CancelToken::new();
    token.cancel();
    let error =
        numbers.create_index_with(doc! { "n": 1 }, &IndexOptions::new().cancel_with(token)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(numbers.list_indexes().unwrap().len(), 1);
    assert!(db.check().unwrap().faults.is_empty());
}

#[test]
fn documents_grow_old_by_an_index() {
    let db = memory();
    let sessions = db.collection("sessions");
    let (old, new) =
        (nexuslite::bson::DateTime::from_millis(0), nexuslite::bson::DateTime::from_millis(i64::MAX));
    sessions
        .insert_many([
            doc! { "_id": 1, "at": old },
            doc! { "_id": 2, "at": new },
            doc! { "_id": 3, "at": "never" },
            doc! { "_id": 4 },
            doc! { "_id": 5, "at": [new, old] },
        ])
        .unwrap();
    for sign in [1, -1] {
        let options = IndexOptions::new().expire_after(Duration::from_secs(60));
        sessions.create_index_with(doc! { "at": sign }, &options).unwrap();
        let swept = db.sweep(10).unwrap();
        assert_eq!(swept, if sign == 1 { 2 } else { 1 });
        assert_eq!(ids(sessions.find(doc! { "_id": { "$gt": 0 } }).run().unwrap()), [2, 3, 4]);
        sessions.drop_indexes().unwrap();
        sessions.insert_one(doc! { "_id": 0, "at": old }).unwrap();
    }
    assert!(db.check().unwrap().faults.is_empty());
}

#[test]
fn an_index_that_takes_too_long_is_not_made() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..100).map(|id| doc! { "_id": id, "a": id })).unwrap();
    let hurried = IndexOptions::new().max_time(Duration::ZERO);
    assert_eq!(fault(c.create_index_with(doc! { "a": 1 }, &hurried)), (ErrorKind::Timeout, Some(50)));
    let specs = || [doc! { "key": { "a": 1 }, "name": "a" }, doc! { "key": { "b": 1 }, "name": "b" }];
    assert_eq!(fault(c.create_indexes_with(specs(), &hurried)), (ErrorKind::Timeout, Some(50)));
    assert_eq!(c.list_indexes().unwrap().len(), 1, "nothing of them stays");
    let command = |ms: i32| doc! { "createIndexes": "c", "indexes": specs().to_vec(), "maxTimeMS": ms };
    assert_eq!(db.run_command(command(0)).unwrap().get_i32("numIndexesAfter").unwrap(), 3);
    assert_eq!(db.run_command(command(3_600_000)).unwrap().get_i32("numIndexesAfter").unwrap(), 3);
}
