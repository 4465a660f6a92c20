//! Commands that name the index to go by.

use nexuslite::Database;
use nexuslite::bson::{Bson, Document, doc};

use crate::commands::{batch, check, refused, run};
use crate::fixture::memory;

/// A collection whose numbers go up and down with its `_id`s, indexed both ways, and by a field that few have.
fn numbers() -> Database {
    let db = memory();
    let documents: Vec<Document> = (0..20).map(|id| doc! { "_id": id, "up": id, "down": -id }).collect();
    run(&db, doc! { "insert": "c", "documents": documents });
    let few = doc! { "key": { "few": 1 }, "name": "few_1", "sparse": true };
    let indexes =
        [doc! { "key": { "up": 1 }, "name": "up_1" }, doc! { "key": { "down": 1 }, "name": "down_1" }, few];
    run(&db, doc! { "createIndexes": "c", "indexes": indexes.to_vec() });
    db
}

/// Every command that finds, with a hint: which index it goes by cannot be told from the filter.
fn hinted(hint: &Bson) -> [Document; 6] {
    let both = doc! { "up": { "$gte": 0 }, "down": { "$lte": 0 } };
    let set = doc! { "$set": { "x": 1 } };
    [
        doc! { "find": "c", "filter": &both, "hint": hint },
        doc! { "count": "c", "query": &both, "hint": hint },
        doc! { "update": "c", "updates": [{ "q": &both, "u": set, "multi": true, "hint": hint }] },
        doc! { "delete": "c", "deletes": [{ "q": &both, "limit": 1, "hint": hint }] },
        doc! { "distinct": "c", "key": "up", "query": &both, "hint": hint },
        doc! { "findAndModify": "c", "query": &both, "remove": true, "hint": hint },
    ]
}

#[test]
fn a_command_goes_by_the_index_that_its_hint_names() {
    let db = numbers();
    for (hint, index) in [
        (Bson::from("up_1"), "up_1"),
        (doc! { "down": 1 }.into(), "down_1"),
        ("_id_".into(), "_id_"),
        (doc! { "$natural": 1 }.into(), "COLLSCAN"),
        (doc! { "$natural": -1 }.into(), "COLLSCAN"),
    ] {
        for command in &hinted(&hint)[..4] {
            let told = run(&db, doc! { "explain": command, "verbosity": "queryPlanner" });
            let mut stage = told.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap();
            while let Ok(input) = stage.get_document("inputStage") {
                stage = input;
            }
            let source = stage.get_str("indexName").or(stage.get_str("stage")).unwrap();
            assert_eq!(source, index, "{command}: {told}");
        }
    }
    let first = |command: Document| run(&db, command).get_document("value").unwrap().get_i32("_id").unwrap();
    assert_eq!(first(doc! { "findAndModify": "c", "remove": true, "hint": "down_1" }), 19);
    assert_eq!(first(doc! { "findAndModify": "c", "remove": true, "hint": { "up": 1 } }), 0);
    let set = doc! { "$set": { "x": 1 } };
    run(&db, doc! { "update": "c", "updates": [{ "q": {}, "u": set, "hint": "down_1" }] });
    run(&db, doc! { "update": "c", "updates": [{ "q": {}, "u": { "up": 99 }, "hint": "up_1" }] });
    run(&db, doc! { "delete": "c", "deletes": [{ "q": {}, "limit": 1, "hint": { "$natural": 1 } }] });
    check(
        &db,
        doc! { "distinct": "c", "key": "_id", "query": { "x": 1 } },
        doc! { "values": [18], "ok": 1.0 },
    );
    check(&db, doc! { "count": "c", "query": { "_id": 1 }, "hint": "_id_" }, doc! { "n": 0, "ok": 1.0 });
    check(&db, doc! { "count": "c", "hint": "up_1" }, doc! { "n": 17, "ok": 1.0 });
}

#[test]
fn a_hint_that_no_index_can_follow_is_an_error() {
    let db = numbers();
    for wrong in [Bson::from("nope"), doc! { "up": -1 }.into(), "few_1".into(), doc! { "few": 1 }.into()] {
        for command in hinted(&wrong) {
            let outcome = db.run_command(&command);
            let code = match &outcome {
                Ok(answer) => {
                    let errors = answer.get_array("writeErrors").expect("an error");
                    errors[0].as_document().unwrap().get_i32("code").ok()
                }
                Err(error) => error.code(),
            };
            assert_eq!(code, Some(2), "{command}: {outcome:?}");
        }
    }
    for command in hinted(&Bson::Int32(1)) {
        refused(&db, command, 14, "TypeMismatch");
    }
    check(&db, doc! { "count": "c", "query": { "x": { "$exists": false } } }, doc! { "n": 20, "ok": 1.0 });
}

#[test]
fn a_find_looks_between_two_keys_of_the_hinted_index() {
    let db = numbers();
    let between = |min: Document, max: Document| doc! { "find": "c", "hint": "down_1", "min": min, "max": max, "projection": { "_id": 1 } };
    let found = batch(&run(&db, between(doc! { "down": -5 }, doc! { "down": -3 })));
    assert_eq!(found, [Bson::from(doc! { "_id": 5 }), doc! { "_id": 4 }.into()]);
    let told = run(&db, doc! { "explain": between(doc! { "down": -5 }, doc! { "down": -3 }) });
    assert_eq!(told.get_document("executionStats").unwrap().get_i32("nReturned").unwrap(), 2, "{told}");
    refused(&db, doc! { "find": "c", "min": { "down": 1 } }, 51173, "Location51173");
    refused(&db, between(doc! { "up": 1 }, doc! { "down": 2 }), 51174, "Location51174");
    refused(&db, between(doc! { "down": 1 }, doc! { "down": 1 }), 51175, "Location51175");
    refused(&db, doc! { "find": "c", "hint": "down_1", "max": 1 }, 14, "TypeMismatch");
}
