//! Every update of the corpus, of documents that stand in indexes.

use std::sync::Arc;

use nexuslite::base::ManualClock;
use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{Collection, Database, Options, UpdateResult};

use crate::corpus::{cases, paths_of_document};

/// Numbers of the errors for documents that have no place in an index: parallel arrays, ambiguous positions.
const NO_PLACE: [Option<i32>; 2] = [Some(171), Some(16746)];

#[test]
fn every_update_leaves_documents_and_indexes_alike() {
    let (mut updated, mut refused) = (0, 0);
    for case in [cases("updates"), cases("pipeline_updates")].concat() {
        let Ok(document) = case.get_document("document") else { continue };
        let plain = memory();
        let wanted = change(&plain.collection("c"), document, &case);
        let mut paths = paths_of_document(document);
        paths.extend(case.get_document("result").map(paths_of_document).unwrap_or_default());
        let db = memory();
        let c = db.collection("c");
        for path in &paths {
            let partial = doc! { path: { "$exists": true } };
            // A path that no index can have is left alone.
            let _ = c.create_indexes([doc! { "key": { path: 1 } }]);
            let _ = c.create_indexes([doc! { "key": { path: -1, "_id": 1 }, "unique": true }]);
            let _ = c.create_indexes([doc! { "key": { path: -1 }, "partialFilterExpression": partial }]);
            let _ = c.create_indexes([doc! { "key": { path: -1, "none": 1 }, "sparse": true }]);
        }
        let indexed = change(&c, document, &case);
        let what = || format!("{:?}: {case}", c.list_indexes().unwrap());
        match (&wanted, &indexed) {
            (Ok(wanted), Ok(indexed)) => {
                assert_eq!(wanted.modified_count, indexed.modified_count, "{}", what());
                assert_eq!(all(&plain.collection("c")), all(&c), "{}", what());
                updated += 1;
            }
            (_, Err(error)) if NO_PLACE.contains(&error.code()) => refused += 1,
            (Err(wanted), Err(error)) => assert_eq!(wanted.code(), error.code(), "{}", what()),
            _ => panic!("{wanted:?} became {indexed:?}: {}", what()),
        }
        assert_eq!(db.check().unwrap().faults, Vec::<String>::new(), "{}", what());
    }
    assert!(updated >= 80 && refused < 10, "{updated} updated, {refused} refused");
}

/// A database whose clock stands still: two updates write the same time.
fn memory() -> Database {
    let options = Options::new().clock(Arc::new(ManualClock::new(1_700_000_000_123)));
    Database::open_with(":memory:", options).unwrap()
}

fn change(c: &Collection, document: &Document, case: &Document) -> nexuslite::Result<UpdateResult> {
    c.insert_one(document.clone())?;
    match case.get("update").or(case.get("pipeline")).unwrap() {
        Bson::Array(stages) => {
            let stages: Vec<Document> =
                stages.iter().filter_map(|stage| stage.as_document().cloned()).collect();
            c.update_one(doc! {}, stages)
        }
        update => c.update_one(doc! {}, update.as_document().unwrap().clone()),
    }
}

/// The documents, as text from which every type can be told; a generated `_id` is not looked at.
fn all(c: &Collection) -> Vec<String> {
    let found = c.find(doc! {}).projection(doc! { "_id": 0 }).run().unwrap();
    found.map(|doc| format!("{:?}", doc.unwrap())).collect()
}
