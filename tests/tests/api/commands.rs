//! Commands as MongoDB writes them.

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{Database, ErrorKind};

use crate::fixture::{fault, memory, people};

#[track_caller]
pub(crate) fn run(db: &Database, command: Document) -> Document {
    db.run_command(&command).unwrap_or_else(|error| panic!("{command}: {error:?}"))
}

#[track_caller]
pub(crate) fn check(db: &Database, command: Document, answer: Document) {
    assert_eq!(run(db, command), answer);
}

#[track_caller]
pub(crate) fn refused(db: &Database, command: Document, code: i32, name: &str) {
    let error = db.run_command(&command).expect_err(&command.to_string());
    assert_eq!((error.code(), error.code_name()), (Some(code), Some(name)), "{command}: {error}");
}

pub(crate) fn batch(answer: &Document) -> Vec<Bson> {
    answer.get_document("cursor").unwrap().get_array("firstBatch").unwrap().clone()
}

#[test]
fn a_database_answers_for_itself() {
    let db = memory();
    check(&db, doc! { "ping": 1 }, doc! { "ok": 1.0 });
    check(&db, doc! { "ping": 1, "$db": ":memory:", "comment": "here" }, doc! { "ok": 1.0 });
    let hello = run(&db, doc! { "hello": 1 });
    assert!(hello.get_bool("isWritablePrimary").unwrap());
    assert_eq!(hello.get_i32("maxBsonObjectSize").unwrap(), 16 << 20);
    let info = run(&db, doc! { "buildInfo": 1 });
    assert_eq!(info.get_array("versionArray").unwrap().len(), 4);
    assert_eq!(info.get_str("version").unwrap().split('.').count(), 3);
}

#[test]
fn what_is_not_known_is_refused_by_name() {
    let db = memory();
    refused(&db, doc! { "nope": 1 }, 59, "CommandNotFound");
    refused(&db, doc! {}, 9, "FailedToParse");
    refused(&db, doc! { "ping": 1, "nope": 1 }, 40415, "IDLUnknownField");
    refused(&db, doc! { "find": "c", "nope": 1 }, 40415, "IDLUnknownField");
    refused(&db, doc! { "find": 1 }, 73, "InvalidNamespace");
    refused(&db, doc! { "find": "" }, 73, "InvalidNamespace");
    refused(&db, doc! { "find": "c", "filter": 1 }, 14, "TypeMismatch");
    refused(&db, doc! { "find": "c", "limit": "1" }, 14, "TypeMismatch");
    refused(&db, doc! { "find": "c", "limit": -1 }, 51024, "Location51024");
    refused(&db, doc! { "find": "c", "$db": "other" }, 73, "InvalidNamespace");
    refused(&db, doc! { "insert": "c" }, 40414, "IDLFailedToParse");
    refused(&db, doc! { "insert": "c", "documents": [] }, 16, "InvalidLength");
    refused(&db, doc! { "insert": "c", "documents": [1] }, 14, "TypeMismatch");
    refused(&db, doc! { "update": "c", "updates": [{ "q": {} }] }, 40414, "IDLFailedToParse");
    refused(&db, doc! { "update": "c", "updates": [{ "q": {}, "u": 1 }] }, 14, "TypeMismatch");
    refused(&db, doc! { "update": "c", "updates": [{ "q": {}, "u": {}, "x": 1 }] }, 40415, "IDLUnknownField");
    refused(&db, doc! { "delete": "c", "deletes": [{ "q": {} }] }, 40414, "IDLFailedToParse");
    refused(&db, doc! { "delete": "c", "deletes": [{ "q": {}, "limit": 5 }] }, 9, "FailedToParse");
    refused(&db, doc! { "findAndModify": "c" }, 9, "FailedToParse");
    refused(&db, doc! { "findAndModify": "c", "remove": true, "update": {} }, 9, "FailedToParse");
    refused(&db, doc! { "findAndModify": "c", "remove": true, "new": true }, 9, "FailedToParse");
    refused(&db, doc! { "findAndModify": "c", "remove": true, "upsert": true }, 9, "FailedToParse");
    refused(&db, doc! { "distinct": "c" }, 40414, "IDLFailedToParse");
    refused(&db, doc! { "createIndexes": "c", "indexes": [] }, 2, "BadValue");
    refused(&db, doc! { "dropIndexes": "c" }, 40414, "IDLFailedToParse");
    refused(&db, doc! { "dropIndexes": "none", "index": "*" }, 26, "NamespaceNotFound");
    refused(&db, doc! { "listIndexes": "none" }, 26, "NamespaceNotFound");
    refused(&db, doc! { "collMod": "none" }, 26, "NamespaceNotFound");
    refused(&db, doc! { "validate": "none" }, 26, "NamespaceNotFound");
    refused(&db, doc! { "renameCollection": ":memory:.none", "to": ":memory:.x" }, 26, "NamespaceNotFound");
    refused(&db, doc! { "renameCollection": "none", "to": "x" }, 73, "InvalidNamespace");
    refused(&db, doc! { "getMore": 5_i64, "collection": "c" }, 43, "CursorNotFound");
    refused(&db, doc! { "aggregate": "c", "pipeline": [] }, 115, "CommandNotSupported");
    refused(&db, doc! { "create": "c", "nope": 1 }, 40415, "IDLUnknownField");
    refused(&db, doc! { "explain": 1 }, 14, "TypeMismatch");
    refused(&db, doc! { "explain": { "find": "c" }, "verbosity": "loud" }, 2, "BadValue");
    for lacking in [
        doc! { "find": "c", "tailable": true },
        doc! { "insert": "c", "documents": [{}], "writeConcern": { "w": 1 } },
        doc! { "find": "c", "showRecordId": true },
        doc! { "delete": "c", "deletes": [{ "q": {}, "limit": 0, "sampleId": 1 }] },
    ] {
        assert_eq!(fault(db.run_command(lacking)).0, ErrorKind::Unsupported);
    }
    assert_eq!(db.list_collection_names().unwrap(), Vec::<String>::new());
}

#[test]
fn reads_answer_in_the_shape_of_a_cursor() {
    let (db, _) = people();
    let answer = run(
        &db,
        doc! { "find": "people", "filter": { "age": { "$gt": 10 } }, "sort": { "age": -1 },
        "projection": { "name": 1, "_id": 0 }, "skip": 1, "limit": 2, "batchSize": 1 },
    );
    assert_eq!(
        answer,
        doc! {
            "cursor": { "firstBatch": [{ "name": "Di" }, { "name": "Cy" }], "id": 0_i64, "ns": ":memory:.people" },
            "ok": 1.0,
        }
    );
    let single = doc! { "find": "people", "batchSize": 2, "singleBatch": true };
    assert_eq!(batch(&run(&db, single)).len(), 2);
    assert_eq!(batch(&run(&db, doc! { "find": "none" })).len(), 0);
    check(&db, doc! { "count": "people" }, doc! { "n": 5, "ok": 1.0 });
    check(
        &db,
        doc! { "count": "people", "query": { "age": { "$gt": 10 } }, "skip": 1 },
        doc! { "n": 3, "ok": 1.0 },
    );
    check(&db, doc! { "count": "people", "limit": -2 }, doc! { "n": 2, "ok": 1.0 });
    check(&db, doc! { "count": "none" }, doc! { "n": 0, "ok": 1.0 });
    check(
        &db,
        doc! { "distinct": "people", "key": "home.city", "query": { "age": { "$lte": 30 } } },
        doc! { "values": ["Bonn", "Oslo", "Rome"], "ok": 1.0 },
    );
    let told = run(
        &db,
        doc! { "explain": { "find": "people", "filter": { "_id": 1 } }, "verbosity": "queryPlanner" },
    );
    let plan = told.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap();
    assert_eq!(plan.get_str("stage").unwrap(), "IDHACK");
    let told =
        run(&db, doc! { "explain": { "delete": "people", "deletes": [{ "q": { "age": 10 }, "limit": 0 }] } });
    assert!(told.contains_key("executionStats"));
    let update =
        doc! { "update": "people", "updates": [{ "q": {}, "u": { "$set": { "a": 1 } }, "multi": true }] };
    assert!(run(&db, doc! { "explain": update }).contains_key("executionStats"));
    check(&db, doc! { "count": "people", "query": { "a": 1 } }, doc! { "n": 0, "ok": 1.0 });
    let limit = nexuslite::Options::new().sort_bytes_max(100);
    let small = Database::open_with(":memory:", limit).unwrap();
    small.collection("c").insert_one(doc! { "text": "x".repeat(200) }).unwrap();
    let error = small.run_command(doc! { "find": "c" }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.message().contains("sort_bytes_max"), "{error}");
}

#[test]
fn writes_answer_what_they_did_and_what_failed() {
    let db = memory();
    check(
        &db,
        doc! { "insert": "c", "documents": [{ "_id": 1, "a": 1 }, { "_id": 2, "a": 2 }] },
        doc! { "n": 2, "ok": 1.0 },
    );
    check(
        &db,
        doc! { "insert": "c", "documents": [{ "_id": 3 }, { "_id": 1 }, { "_id": 4 }] },
        doc! { "n": 1, "writeErrors": [{
            "index": 1, "code": 11000,
            "errmsg": "E11000 duplicate key error collection: c index: _id_ dup key: { _id: 1 }",
            "keyPattern": { "_id": 1 }, "keyValue": { "_id": 1 },
        }], "ok": 1.0 },
    );
    let answer =
        run(&db, doc! { "insert": "c", "documents": [{ "_id": 1 }, { "_id": 5 }], "ordered": false });
    assert_eq!(answer.get_i32("n").unwrap(), 1);
    check(
        &db,
        doc! { "update": "c", "updates": [
            { "q": { "_id": 1 }, "u": { "$set": { "a": 9 } } },
            { "q": { "_id": 2 }, "u": { "$set": { "a": 2 } } },
            { "q": { "_id": 7 }, "u": { "b": 1 }, "upsert": true },
            { "q": {}, "u": [{ "$set": { "z": 1 } }], "multi": true },
        ] },
        doc! { "n": 8, "upserted": [{ "index": 2, "_id": 7 }], "nModified": 6, "ok": 1.0 },
    );
    let filters = doc! { "q": { "_id": 1 }, "u": { "$set": { "l.$[x]": 0 } }, "arrayFilters": [{ "x": 5 }] };
    run(
        &db,
        doc! { "update": "c", "updates": [{ "q": { "_id": 1 }, "u": { "$set": { "l": [5, 6] } } }, filters] },
    );
    assert_eq!(batch(&run(&db, doc! { "find": "c", "filter": { "l": 0 } })).len(), 1);
    check(
        &db,
        doc! { "delete": "c", "deletes": [{ "q": { "_id": 1 }, "limit": 1 }, { "q": { "_id": { "$lt": 4 } }, "limit": 0 }] },
        doc! { "n": 3, "ok": 1.0 },
    );
    run(&db, doc! { "collMod": "c", "validator": { "z": { "$exists": true } } });
    let answer = run(&db, doc! { "insert": "c", "documents": [{ "_id": 20 }] });
    let error = answer.get_array("writeErrors").unwrap()[0].as_document().unwrap();
    assert_eq!(error.get_i32("code").unwrap(), 121);
    assert_eq!(error.get_document("errInfo").unwrap().get_i32("failingDocumentId").unwrap(), 20);
    let past = doc! { "insert": "c", "documents": [{ "_id": 20 }], "bypassDocumentValidation": true };
    check(&db, past, doc! { "n": 1, "ok": 1.0 });
}

#[test]
fn find_and_modify_says_what_it_found() {
    let db = memory();
    run(&db, doc! { "insert": "c", "documents": [{ "_id": 1, "a": 1 }, { "_id": 2, "a": 2 }] });
    check(
        &db,
        doc! { "findAndModify": "c", "query": {}, "sort": { "a": -1 }, "update": { "$inc": { "a": 1 } } },
        doc! { "lastErrorObject": { "n": 1, "updatedExisting": true }, "value": { "_id": 2, "a": 2 }, "ok": 1.0 },
    );
    check(
        &db,
        doc! { "findAndModify": "c", "query": { "_id": 2 }, "update": { "$inc": { "a": 1 } }, "new": true, "fields": { "a": 1, "_id": 0 } },
        doc! { "lastErrorObject": { "n": 1, "updatedExisting": true }, "value": { "a": 4 }, "ok": 1.0 },
    );
    check(
        &db,
        doc! { "findAndModify": "c", "query": { "_id": 9 }, "update": { "a": 9 }, "upsert": true, "new": true },
        doc! {
            "lastErrorObject": { "n": 1, "updatedExisting": false, "upserted": 9 },
            "value": { "_id": 9, "a": 9 }, "ok": 1.0,
        },
    );
    check(
        &db,
        doc! { "findAndModify": "c", "query": { "_id": 8 }, "update": { "a": 9 } },
        doc! { "lastErrorObject": { "n": 0, "updatedExisting": false }, "value": Bson::Null, "ok": 1.0 },
    );
    check(
        &db,
        doc! { "findAndModify": "c", "query": { "_id": 9 }, "remove": true },
        doc! { "lastErrorObject": { "n": 1 }, "value": { "_id": 9, "a": 9 }, "ok": 1.0 },
    );
}

#[test]
fn collections_and_indexes_come_and_go() {
    let db = memory();
    check(&db, doc! { "create": "c", "capped": true, "size": 4096 }, doc! { "ok": 1.0 });
    check(&db, doc! { "create": "v", "viewOn": "c", "pipeline": [] }, doc! { "ok": 1.0 });
    refused(&db, doc! { "create": "c" }, 48, "NamespaceExists");
    let listed = run(&db, doc! { "listCollections": 1, "filter": { "type": "collection" }, "cursor": {} });
    assert_eq!(
        listed.get_document("cursor").unwrap().get_str("ns").unwrap(),
        ":memory:.$cmd.listCollections"
    );
    let first = batch(&listed)[0].as_document().unwrap().clone();
    assert_eq!(first.get_document("options").unwrap(), &doc! { "capped": true, "size": 4096 });
    let names = run(&db, doc! { "listCollections": 1, "nameOnly": true });
    assert_eq!(
        batch(&names),
        [Bson::from(doc! { "name": "c", "type": "collection" }), doc! { "name": "v", "type": "view" }.into()]
    );
    check(
        &db,
        doc! { "createIndexes": "d", "indexes": [{ "key": { "a": 1 }, "name": "a_1" }] },
        doc! { "numIndexesBefore": 1, "numIndexesAfter": 2, "createdCollectionAutomatically": true, "ok": 1.0 },
    );
    check(
        &db,
        doc! { "createIndexes": "d", "indexes": [{ "key": { "a": 1 }, "name": "a_1" }] },
        doc! { "numIndexesBefore": 2, "numIndexesAfter": 2, "note": "all indexes already exist", "ok": 1.0 },
    );
    run(
        &db,
        doc! { "createIndexes": "d", "indexes": [
            { "key": { "b": 1 }, "name": "b_1" }, { "key": { "c": 1 }, "name": "c_1" }, { "key": { "d": 1 }, "name": "d_1" },
        ] },
    );
    assert_eq!(batch(&run(&db, doc! { "listIndexes": "d" })).len(), 5);
    refused(&db, doc! { "dropIndexes": "d", "index": ["a_1", "nope"] }, 27, "IndexNotFound");
    refused(&db, doc! { "dropIndexes": "d", "index": { "z": 1 } }, 27, "IndexNotFound");
    refused(&db, doc! { "dropIndexes": "d", "index": "_id_" }, 72, "InvalidOptions");
    refused(&db, doc! { "dropIndexes": "d", "index": { "_id": 1 } }, 72, "InvalidOptions");
    check(&db, doc! { "dropIndexes": "d", "index": { "a": 1.0 } }, doc! { "nIndexesWas": 5, "ok": 1.0 });
    check(&db, doc! { "dropIndexes": "d", "index": ["b_1"] }, doc! { "nIndexesWas": 4, "ok": 1.0 });
    let all = doc! { "nIndexesWas": 3, "msg": "non-_id indexes dropped for collection", "ok": 1.0 };
    check(&db, doc! { "dropIndexes": "d", "index": "*" }, all);

    run(&db, doc! { "insert": "d", "documents": [{ "_id": 1 }] });
    check(&db, doc! { "renameCollection": ":memory:.d", "to": ":memory:.e" }, doc! { "ok": 1.0 });
    refused(&db, doc! { "renameCollection": ":memory:.e", "to": ":memory:.c" }, 48, "NamespaceExists");
    check(
        &db,
        doc! { "renameCollection": ":memory:.e", "to": ":memory:.c", "dropTarget": true },
        doc! { "ok": 1.0 },
    );
    check(&db, doc! { "count": "v" }, doc! { "n": 1, "ok": 1.0 });
    check(&db, doc! { "drop": "v" }, doc! { "ns": ":memory:.v", "ok": 1.0 });
    check(&db, doc! { "drop": "c" }, doc! { "nIndexesWas": 1, "ns": ":memory:.c", "ok": 1.0 });
    check(&db, doc! { "drop": "c" }, doc! { "ok": 1.0 });
    run(&db, doc! { "create": "x" });
    check(&db, doc! { "dropDatabase": 1 }, doc! { "dropped": ":memory:", "ok": 1.0 });
    assert_eq!(db.list_collection_names().unwrap(), Vec::<String>::new());
}

#[test]
fn sizes_and_soundness_are_told() {
    let (db, people) = people();
    people.create_index(doc! { "age": 1 }).unwrap();
    run(&db, doc! { "create": "v", "viewOn": "people", "pipeline": [] });
    let stats = run(&db, doc! { "collStats": "people" });
    assert_eq!((stats.get_i32("count").unwrap(), stats.get_i32("nindexes").unwrap()), (5, 2));
    let size: usize = people.find(doc! {}).raw().unwrap().map(|doc| doc.unwrap().as_bytes().len()).sum();
    assert_eq!(stats.get_i32("size").unwrap() as usize, size);
    assert!(!stats.get_bool("capped").unwrap());
    let missing = run(&db, doc! { "collStats": "none" });
    assert_eq!((missing.get_i32("count").unwrap(), missing.get_i32("nindexes").unwrap()), (0, 0));
    refused(&db, doc! { "collStats": "v" }, 166, "CommandNotSupportedOnView");
    refused(&db, doc! { "collStats": "people", "scale": 0 }, 51024, "Location51024");
    let stats = run(&db, doc! { "dbStats": 1 });
    assert_eq!(stats.get_i32("collections").unwrap(), 1);
    assert_eq!(stats.get_i32("views").unwrap(), 1);
    assert_eq!(stats.get_i32("objects").unwrap(), 5);
    assert_eq!(stats.get_i32("dataSize").unwrap() as usize, size);
    check(
        &db,
        doc! { "validate": "people" },
        doc! {
            "ns": ":memory:.people", "nrecords": 5, "nIndexes": 2, "valid": true,
            "warnings": [], "errors": [], "ok": 1.0,
        },
    );
    refused(&db, doc! { "validate": "v" }, 166, "CommandNotSupportedOnView");
}

#[test]
fn a_transaction_runs_commands_too() {
    let db = memory();
    let tx = db.begin().unwrap();
    tx.run_command(doc! { "insert": "c", "documents": [{ "_id": 1 }] }).unwrap();
    assert_eq!(tx.run_command(doc! { "count": "c" }).unwrap(), doc! { "n": 1, "ok": 1.0 });
    // Inside a transaction a write that fails takes its whole command back.
    let twice = doc! { "insert": "c", "documents": [{ "_id": 2 }, { "_id": 1 }] };
    assert_eq!(fault(tx.run_command(twice)).1, Some(11000));
    assert_eq!(tx.run_command(doc! { "count": "c" }).unwrap(), doc! { "n": 1, "ok": 1.0 });
    assert_eq!(
        fault(
            tx.run_command(doc! { "createIndexes": "c", "indexes": [{ "key": { "a": 1 }, "name": "a_1" }] })
        )
        .1,
        Some(263)
    );
    tx.abort().unwrap();
    check(&db, doc! { "count": "c" }, doc! { "n": 0, "ok": 1.0 });
}

#[test]
fn variables_go_with_every_command_that_has_expressions() {
    let db = memory();
    let three = doc! { "three": 3 };
    let over = doc! { "$expr": { "$gt": ["$_id", "$$three"] } };
    let ids: Vec<Document> = (1..=5).map(|id| doc! { "_id": id }).collect();
    run(&db, doc! { "insert": "c", "documents": ids });
    let found = run(
        &db,
        doc! { "find": "c", "filter": &over, "let": &three, "projection": { "n": "$$three" }, "sort": { "_id": 1 } },
    );
    assert_eq!(batch(&found), [doc! { "_id": 4, "n": 3 }.into(), Bson::from(doc! { "_id": 5, "n": 3 })]);
    check(
        &db,
        doc! { "update": "c", "let": &three, "updates": [
            { "q": &over, "u": [{ "$set": { "n": { "$add": ["$_id", "$$three"] } } }], "multi": true },
        ] },
        doc! { "n": 2, "nModified": 2, "ok": 1.0 },
    );
    check(
        &db,
        doc! { "findAndModify": "c", "query": { "_id": 5 }, "update": [{ "$set": { "n": "$$three" } }], "let": &three, "new": true },
        doc! { "lastErrorObject": { "n": 1, "updatedExisting": true }, "value": { "_id": 5, "n": 3 }, "ok": 1.0 },
    );
    check(
        &db,
        doc! { "delete": "c", "let": &three, "deletes": [{ "q": &over, "limit": 0 }] },
        doc! { "n": 2, "ok": 1.0 },
    );
    refused(&db, doc! { "find": "c", "filter": &over }, 17276, "Location17276");
    refused(&db, doc! { "find": "c", "let": 1 }, 14, "TypeMismatch");
}

#[test]
fn fields_that_a_command_has_not_are_named() {
    let db = memory();
    let variables = doc! { "x": 1 };
    let collation = doc! { "locale": "en" };
    for (command, field) in [
        (doc! { "insert": "c", "documents": [{}], "let": &variables }, "insert.let"),
        (doc! { "insert": "c", "documents": [{}], "collation": &collation }, "insert.collation"),
        (doc! { "insert": "c", "documents": [{}], "hint": "_id_" }, "insert.hint"),
        (doc! { "count": "c", "let": &variables }, "count.let"),
        (doc! { "count": "c", "sort": { "a": 1 } }, "count.sort"),
        (doc! { "count": "c", "fields": { "a": 1 } }, "count.fields"),
        (doc! { "distinct": "c", "key": "a", "limit": 1 }, "distinct.limit"),
        (doc! { "find": "c", "query": {} }, "find.query"),
        (doc! { "find": "c", "bypassDocumentValidation": true }, "find.bypassDocumentValidation"),
        (
            doc! { "update": "c", "updates": [{ "q": {}, "u": {} }], "collation": &collation },
            "update.collation",
        ),
        (doc! { "update": "c", "updates": [{ "q": {}, "u": {}, "limit": 1 }] }, "update.updates.limit"),
        (doc! { "delete": "c", "deletes": [{ "q": {}, "limit": 0, "sort": {} }] }, "delete.deletes.sort"),
        (doc! { "findAndModify": "c", "remove": true, "projection": {} }, "findAndModify.projection"),
        (doc! { "findAndModify": "c", "remove": true, "allowDiskUse": true }, "findAndModify.allowDiskUse"),
        (doc! { "listIndexes": "c", "filter": {} }, "listIndexes.filter"),
        (doc! { "ping": 1, "loud": true }, "ping.loud"),
    ] {
        let error = db.run_command(command.clone()).unwrap_err();
        assert_eq!((error.code(), error.code_name()), (Some(40415), Some("IDLUnknownField")), "{command}");
        assert!(error.message().contains(&format!("'{field}'")), "{command}: {error}");
    }
}

#[test]
fn fields_that_this_version_lacks_are_named() {
    let db = memory();
    for (command, field) in [
        (doc! { "find": "c", "tailable": true }, "find.tailable"),
        (doc! { "find": "c", "returnKey": true }, "find.returnKey"),
        (doc! { "find": "c", "readConcern": {} }, "find.readConcern"),
        (doc! { "find": "c", "showRecordId": true }, "find.showRecordId"),
        (doc! { "insert": "c", "documents": [{}], "writeConcern": { "w": 1 } }, "insert.writeConcern"),
    ] {
        let error = db.run_command(command.clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{command}");
        assert!(error.message().contains(&format!("'{field}'")), "{command}: {error}");
    }
}

#[test]
fn a_pipeline_has_constants_of_its_own() {
    let (db, _) = people();
    let update = |u: Bson, c: Document, rest: Document| {
        let mut one = doc! { "q": { "_id": { "$lte": 2 } }, "u": u, "c": c, "multi": true };
        one.extend(rest);
        doc! { "update": "people", "updates": [one], "let": { "given": 1, "both": "let" } }
    };
    let set = |value: Bson| Bson::from(vec![doc! { "$set": { "v": value } }]);
    let read = || {
        let found =
            run(&db, doc! { "find": "people", "filter": { "_id": 1 }, "projection": { "_id": 0, "v": 1 } });
        batch(&found)[0].as_document().unwrap().get("v").cloned()
    };
    for (value, constants, expected) in [
        (Bson::from("$$c"), doc! { "c": 5 }, Bson::from(5)),
        ("$$c.a".into(), doc! { "c": { "a": [1] } }, vec![1].into()),
        (doc! { "$add": ["$$c", "$$given", "$age"] }.into(), doc! { "c": 100 }, 111.into()),
        ("$$both".into(), doc! { "both": "c" }, "c".into()),
        // A constant stands for itself, whatever it looks like.
        ("$$c".into(), doc! { "c": "$age" }, "$age".into()),
        ("$$c".into(), doc! { "c": { "$add": [1, 2] } }, doc! { "$add": [1, 2] }.into()),
        ("$$Upper".into(), doc! { "Upper": true }, true.into()),
    ] {
        let done = run(&db, update(set(value.clone()), constants, doc! {}));
        assert_eq!(done.get_i32("n").ok(), Some(2), "{value}: {done}");
        assert_eq!(read(), Some(expected), "{value}");
    }
    let upsert = doc! { "q": { "_id": 77 }, "multi": false, "upsert": true };
    run(&db, update(set("$$c".into()), doc! { "c": "made" }, upsert));
    check(&db, doc! { "count": "people", "query": { "v": "made" } }, doc! { "n": 1, "ok": 1.0 });

    let fails = |command: Document, code: i32| {
        let answer = run(&db, command.clone());
        let errors = answer.get_array("writeErrors").unwrap_or_else(|_| panic!("{command}: {answer}"));
        assert_eq!(errors[0].as_document().unwrap().get_i32("code").ok(), Some(code), "{command}: {answer}");
    };
    fails(update(doc! { "$set": { "v": 1 } }.into(), doc! {}, doc! {}), 51198);
    fails(update(doc! { "v": 1 }.into(), doc! { "c": 1 }, doc! { "multi": false }), 51198);
    fails(update(set("$$d".into()), doc! { "c": 1 }, doc! {}), 17276);
    fails(update(set("$$c".into()), doc! { "c": 1, "no-name": 1 }, doc! {}), 9);
    fails(update(set("$$c".into()), doc! { "c": 1, "": 1 }, doc! {}), 9);
    fails(update(set("$$c".into()), doc! { "c": 1, "ROOT": 1 }, doc! {}), 17275);
    refused(&db, doc! { "update": "people", "updates": [{ "q": {}, "u": [], "c": 1 }] }, 14, "TypeMismatch");
}

#[test]
fn an_update_of_many_that_cannot_be_is_an_error_of_that_write() {
    let (db, people) = people();
    let good = doc! { "q": { "_id": 1 }, "u": { "$set": { "x": 1 } } };
    for wrong in [
        doc! { "q": {}, "u": { "whole": 1 }, "multi": true },
        doc! { "q": {}, "u": { "$set": { "x": 1 } }, "sort": { "a": 1 }, "multi": true },
    ] {
        let answer = run(&db, doc! { "update": "people", "updates": [&wrong, &good], "ordered": false });
        let errors = answer.get_array("writeErrors").unwrap();
        assert_eq!((errors.len(), answer.get_i32("n").ok()), (1, Some(1)), "{answer}");
        let error = errors[0].as_document().unwrap();
        assert_eq!((error.get_i32("index").ok(), error.get_i32("code").ok()), (Some(0), Some(9)), "{answer}");
    }
    assert_eq!(people.count_documents(doc! { "x": 1 }).unwrap(), 1);
}

#[test]
fn a_command_tells_the_sizes_and_uses_of_indexes() {
    let (db, people) = people();
    people.create_index(doc! { "age": 1 }).unwrap();
    people.count_documents(doc! { "age": 10 }).unwrap();
    let told = batch(&run(&db, doc! { "indexStats": "people" }));
    let [ids, by_age] = &told[..] else { panic!("{told:?}") };
    assert_eq!(ids.as_document().unwrap().get_str("name").ok(), Some("_id_"));
    let by_age = by_age.as_document().unwrap();
    assert_eq!(by_age.get_document("accesses").unwrap().get_i64("ops").ok(), Some(1), "{by_age}");
    assert_eq!(by_age.get_i64("entries").ok(), Some(5));
    refused(&db, doc! { "indexStats": "none" }, 26, "NamespaceNotFound");
    refused(&db, doc! { "indexStats": "people", "index": "age_1" }, 40415, "IDLUnknownField");
}

#[test]
fn commands_restore_purge_and_count_what_is_deleted_softly() {
    let (db, _) = people();
    run(&db, doc! { "create": "notes", "softDelete": true });
    run(&db, doc! { "insert": "notes", "documents": [{ "_id": 1, "a": "x" }, { "_id": 2 }, { "_id": 3 }] });
    run(&db, doc! { "delete": "notes", "deletes": [{ "q": {}, "limit": 0 }] });
    let n = |command: Document| run(&db, command).get_i32("n").unwrap();
    assert_eq!(n(doc! { "count": "notes" }), 0);
    assert_eq!(n(doc! { "countDeleted": "notes" }), 3);
    assert_eq!(
        n(doc! { "countDeleted": "notes", "filter": { "_id": { "$gt": 1 } }, "comment": "how many" }),
        2
    );
    let least = doc! { "$expr": { "$gte": ["$_id", "$$least"] } };
    assert_eq!(n(doc! { "purgeDeleted": "notes", "filter": least, "let": { "least": 3 } }), 1);
    let strength = doc! { "locale": "en", "strength": 2 };
    assert_eq!(n(doc! { "restoreDeleted": "notes", "filter": { "a": "X" }, "collation": strength }), 1);
    assert_eq!(n(doc! { "restoreDeleted": "notes", "maxTimeMS": 10_000 }), 1);
    assert_eq!((n(doc! { "count": "notes" }), n(doc! { "countDeleted": "notes" })), (2, 0));
    refused(&db, doc! { "restoreDeleted": "people" }, 20, "IllegalOperation");
    refused(&db, doc! { "purgeDeleted": "notes", "query": {} }, 40415, "IDLUnknownField");
    refused(&db, doc! { "countDeleted": "notes", "filter": 1 }, 14, "TypeMismatch");
}

#[test]
fn a_command_may_be_denied_the_disk() {
    let options = nexuslite::Options::new().sort_bytes_max(10_000);
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_with(folder.path().join("shop"), options).unwrap();
    let documents: Vec<Document> = (0..100).map(|id| doc! { "_id": id, "v": format!("{id:0200}") }).collect();
    run(&db, doc! { "insert": "c", "documents": documents });
    let sorted = |allow: bool| doc! { "find": "c", "sort": { "v": -1 }, "skip": 99, "allowDiskUse": allow };
    assert_eq!(batch(&run(&db, sorted(true))).len(), 1);
    refused(&db, sorted(false), 292, "QueryExceededMemoryLimitNoDiskUseAllowed");
}
