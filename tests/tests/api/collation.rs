//! Collations, as the corpus says them and as verbs take them.

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::document::json::parse_document;
use nexuslite::{
    Collection, CollectionOptions, CountOptions, Database, DeleteOptions, DistinctOptions, ErrorKind,
    FindOneAndOptions, IndexOptions, Options, ReplaceOptions, Result, UpdateOptions, Verbosity, WriteModel,
};

const CORPUS: &str = include_str!("../../conformance/collation.json");

fn cases() -> Vec<Document> {
    let corpus = parse_document(CORPUS).unwrap();
    let corpus = Document::from_reader(corpus.as_bytes()).unwrap();
    let cases = corpus.get_array("cases").unwrap();
    cases.iter().map(|case| case.as_document().unwrap().clone()).collect()
}

fn documents(case: &Document, name: &str) -> Vec<Document> {
    let list = case.get_array(name).unwrap();
    list.iter().map(|doc| doc.as_document().unwrap().clone()).collect()
}

fn collection(docs: Vec<Document>) -> Collection {
    let c = Database::open(":memory:").unwrap().collection("c");
    if !docs.is_empty() {
        c.insert_many(docs).unwrap();
    }
    c
}

/// The `_id`s in the order in which they come; ascending where nothing was said of the order.
fn ids(found: impl Iterator<Item = Result<Document>>, ordered: bool) -> Vec<Bson> {
    let mut ids: Vec<Bson> = found.map(|doc| doc.unwrap().get("_id").unwrap().clone()).collect();
    if !ordered {
        ids.sort_by_key(ToString::to_string);
    }
    ids
}

#[test]
fn the_corpus_holds() {
    let mut count = 0;
    for case in cases() {
        let collation = case.get_document("collation").unwrap().clone();
        count += 1;
        if let Ok(expected) = case.get_document("error") {
            check_error(&case, &collation, expected);
        } else if let Ok(texts) = case.get_array("rising") {
            check_rising(&case, &collation, texts);
        } else if let Ok(texts) = case.get_array("equal") {
            check_equal(&case, &collation, texts);
        } else if let Ok(listed) = case.get_document("listed") {
            check_listed(&case, collation, listed);
        } else if case.contains_key("update") {
            check_update(&case, &collation);
        } else {
            check_find(&case, &collation);
        }
    }
    assert!(count >= 150, "only {count} cases");
}

fn check_error(case: &Document, collation: &Document, expected: &Document) {
    let c = collection(vec![doc! { "a": "x" }]);
    let options = IndexOptions::new().collation(collation.clone());
    let outcomes = [
        c.find(doc! {}).collation(collation.clone()).run().map(drop),
        c.count_documents_with(doc! {}, CountOptions::new().collation(collation.clone())).map(drop),
        c.create_index_with(doc! { "a": 1 }, &options).map(drop),
    ];
    for outcome in outcomes {
        let error = outcome.expect_err("refused");
        assert_eq!(error.kind().name(), expected.get_str("kind").unwrap(), "{case}: {error:?}");
        assert_eq!(error.code(), expected.get_i32("code").ok(), "{case}: {error:?}");
        assert!(error.message().contains(expected.get_str("says").unwrap()), "{case}: {error:?}");
    }
    assert_eq!(c.list_indexes().unwrap().len(), 1, "{case}");
}

/// Sorting puts the texts into this order, and every comparison agrees; by a walk and by an index.
fn check_rising(case: &Document, collation: &Document, texts: &[Bson]) {
    let mut docs: Vec<Document> =
        texts.iter().enumerate().map(|(at, text)| doc! { "_id": at as i32, "t": text.clone() }).collect();
    docs.reverse();
    let c = collection(docs);
    for indexed in [false, true] {
        if indexed {
            let options = IndexOptions::new().unique(true).collation(collation.clone());
            c.create_index_with(doc! { "t": 1 }, &options).unwrap();
        }
        for (direction, reversed) in [(1, false), (-1, true)] {
            let found = c.find(doc! {}).sort(doc! { "t": direction }).collation(collation.clone());
            let mut expected: Vec<Bson> = (0..texts.len() as i32).map(Bson::from).collect();
            if reversed {
                expected.reverse();
            }
            assert_eq!(ids(found.run().unwrap(), true), expected, "{case}, indexed: {indexed}");
        }
        for (at, text) in texts.iter().enumerate() {
            let count = |operator: &str| {
                let filter = doc! { "t": { operator: text.clone() } };
                let options = CountOptions::new().collation(collation.clone());
                c.count_documents_with(filter, options).unwrap() as usize
            };
            let (below, above) = (at, texts.len() - at - 1);
            assert_eq!([count("$lt"), count("$eq"), count("$gt")], [below, 1, above], "{case}: {text}");
            assert_eq!([count("$lte"), count("$gte"), count("$ne")], [below + 1, above + 1, below + above]);
        }
    }
}

fn check_equal(case: &Document, collation: &Document, texts: &[Bson]) {
    let docs = texts.iter().enumerate().map(|(at, text)| doc! { "_id": at as i32, "t": text.clone() });
    let c = collection(docs.collect());
    for indexed in [false, true] {
        if indexed {
            let options = IndexOptions::new().collation(collation.clone());
            c.create_index_with(doc! { "t": 1 }, &options).unwrap();
        }
        for text in texts {
            let found = c.find(doc! { "t": text.clone() }).collation(collation.clone()).run().unwrap();
            assert_eq!(ids(found, false).len(), texts.len(), "{case}: {text}, indexed: {indexed}");
            let options = DistinctOptions::new().collation(collation.clone());
            assert_eq!(c.distinct_with("t", doc! {}, options).unwrap().len(), 1, "{case}");
        }
    }
    c.drop_indexes().unwrap();
    let options = IndexOptions::new().unique(true).collation(collation.clone());
    let error = c.create_index_with(doc! { "t": 1 }, &options).expect_err("all are equal");
    assert_eq!(error.kind(), ErrorKind::DuplicateKey, "{case}: {error}");
}

fn check_listed(case: &Document, collation: Document, listed: &Document) {
    let c = collection(vec![]);
    c.create_index_with(doc! { "a": 1 }, &IndexOptions::new().collation(collation)).unwrap();
    let mut index = c.list_indexes().unwrap()[1].get_document("collation").unwrap().clone();
    assert!(index.remove("version").is_some(), "{case}");
    assert_eq!(&index, listed, "{case}");
}

fn check_find(case: &Document, collation: &Document) {
    let filter = case.get_document("filter").unwrap();
    let c = collection(documents(case, "documents"));
    for index in
        [None, Some(collation.clone()), Some(doc! { "locale": "simple" }), Some(doc! { "locale": "lt" })]
    {
        if let Some(index) = &index {
            for path in ["a", "a.b", "a.n"] {
                let options = IndexOptions::new().collation(index.clone());
                c.create_index_with(doc! { path: 1 }, &options).unwrap();
            }
        }
        let what = format!("{case}, indexed: {index:?}");
        if let Ok(path) = case.get_str("distinct") {
            let options = DistinctOptions::new().collation(collation.clone());
            let values = c.distinct_with(path, filter.clone(), options).unwrap();
            assert_eq!(&values, case.get_array("values").unwrap(), "{what}");
        } else {
            let mut find = c.find(filter.clone()).collation(collation.clone());
            let sort = case.get_document("sort").ok();
            if let Some(sort) = sort {
                find = find.sort(sort.clone());
            }
            if let Ok(projection) = case.get_document("projection") {
                find = find.projection(projection.clone());
            }
            let found: Vec<Document> = find.run().unwrap().map(Result::unwrap).collect();
            match case.get_array("handed") {
                Ok(handed) => {
                    let found: Vec<Bson> = found.into_iter().map(Bson::from).collect();
                    assert_eq!(&found, handed, "{what}");
                }
                Err(_) => {
                    let found = ids(found.into_iter().map(Ok), sort.is_some());
                    assert_eq!(&found, case.get_array("finds").unwrap(), "{what}");
                }
            }
        }
        c.drop_indexes().unwrap();
    }
}

fn check_update(case: &Document, collation: &Document) {
    let filter = case.get_document("filter").unwrap();
    for indexed in [false, true] {
        let c = collection(documents(case, "documents"));
        if indexed {
            let options = IndexOptions::new().collation(collation.clone());
            c.create_index_with(doc! { "a": 1 }, &options).unwrap();
        }
        let mut options = UpdateOptions::new().collation(collation.clone());
        if let Ok(filters) = case.get_array("array_filters") {
            options =
                options.array_filters(filters.iter().map(|filter| filter.as_document().unwrap().clone()));
        }
        match case.get("update").unwrap() {
            Bson::Document(update) => c.update_many_with(filter.clone(), update.clone(), options),
            Bson::Array(stages) => {
                let stages: Vec<Document> =
                    stages.iter().map(|stage| stage.as_document().unwrap().clone()).collect();
                c.update_many_with(filter.clone(), stages, options)
            }
            other => panic!("{case}: {other}"),
        }
        .unwrap_or_else(|error| panic!("{case}: {error}"));
        let after: Vec<Document> =
            c.find(doc! {}).sort(doc! { "_id": 1 }).run().unwrap().map(Result::unwrap).collect();
        assert_eq!(after, documents(case, "becomes"), "{case}, indexed: {indexed}");
    }
}

fn german() -> Document {
    doc! { "locale": "de", "strength": 1 }
}

fn words() -> Collection {
    collection(vec![
        doc! { "_id": 1, "w": "Öl", "n": 1 },
        doc! { "_id": 2, "w": "ol", "n": 2 },
        doc! { "_id": 3, "w": "Ofen", "n": 3 },
    ])
}

#[test]
fn every_verb_takes_a_collation() {
    let filter = || doc! { "w": "OL" };
    let c = words();
    assert_eq!(c.count_documents(filter()).unwrap(), 0);
    assert_eq!(c.count_documents_with(filter(), CountOptions::new().collation(german())).unwrap(), 2);
    let updated = c
        .update_one_with(
            filter(),
            doc! { "$set": { "x": 1 } },
            UpdateOptions::new().collation(german()).sort(doc! { "n": -1 }),
        )
        .unwrap();
    assert_eq!(updated.matched_count, 1);
    assert_eq!(c.find_one(doc! { "x": 1 }).unwrap().unwrap().get_i32("_id").unwrap(), 2);
    let options = || FindOneAndOptions::new().collation(german()).sort(doc! { "w": 1, "n": 1 });
    let found = c.find_one_and_update_with(filter(), doc! { "$set": { "y": 1 } }, options()).unwrap();
    assert_eq!(found.unwrap().get_i32("_id").unwrap(), 1);
    let found = c.find_one_and_replace_with(filter(), doc! { "w": "OEL" }, options()).unwrap();
    assert_eq!(found.unwrap().get_i32("_id").unwrap(), 1);
    let replaced =
        c.replace_one_with(filter(), doc! { "w": "Ol", "n": 9 }, ReplaceOptions::new().collation(german()));
    assert_eq!(replaced.unwrap().modified_count, 1);
    let found = c.find_one_and_delete_with(filter(), options()).unwrap();
    assert_eq!(found, Some(doc! { "_id": 2, "w": "Ol", "n": 9 }));
    let deleted = c.delete_many_with(doc! { "w": "OFEN" }, DeleteOptions::new().collation(german()));
    assert_eq!(deleted.unwrap().deleted_count, 1);
    let written = c.bulk_write([
        WriteModel::insert_one(doc! { "_id": 4, "w": "Äpfel" }),
        WriteModel::update_many(doc! { "w": "APFEL" }, doc! { "$set": { "n": 4 } }).collation(german()),
        WriteModel::update_many(doc! { "w": "APFEL" }, doc! { "$set": { "n": 5 } }),
        WriteModel::delete_one(doc! { "w": "oel" }).collation(doc! { "locale": "en", "strength": 2 }),
    ]);
    let written = written.unwrap();
    assert_eq!((written.matched_count, written.deleted_count), (1, 1));
    assert_eq!(c.find_one(doc! { "_id": 4 }).unwrap(), Some(doc! { "_id": 4, "w": "Äpfel", "n": 4 }));
    let error = c.bulk_write([WriteModel::insert_one(doc! {}).collation(german())]).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Invalid, Some(72)));
}

#[test]
fn an_upsert_inserts_when_nothing_is_equal_under_the_collation() {
    let c = words();
    let upsert = |word: &str| {
        let options = UpdateOptions::new().upsert(true).collation(german());
        c.update_one_with(doc! { "w": word }, doc! { "$inc": { "seen": 1 } }, options).unwrap()
    };
    assert_eq!(upsert("OFEN").upserted_id, None);
    assert!(upsert("Ähre").upserted_id.is_some());
    assert_eq!(upsert("ahre").upserted_id, None);
    assert_eq!(c.find_one(doc! { "w": "Ähre" }).unwrap().unwrap().get_i32("seen").unwrap(), 2);
}

/// The stages of a plan, the uppermost first.
fn stages(explained: &Document) -> Vec<String> {
    let planner = explained.get_document("queryPlanner").unwrap();
    let mut next = planner.get_document("winningPlan").ok();
    let mut stages = Vec::new();
    while let Some(stage) = next {
        stages.push(stage.get_str("stage").unwrap().to_owned());
        next = stage.get_document("inputStage").ok();
    }
    stages
}

#[test]
fn an_index_serves_queries_of_its_collation_and_those_without_texts() {
    let c = words();
    c.create_index_with(doc! { "w": 1 }, &IndexOptions::new().collation(german())).unwrap();
    let plan = |filter: Document, sort: Document, collation: Option<Document>| {
        let mut find = c.find(filter).sort(sort);
        if let Some(collation) = collation {
            find = find.collation(collation);
        }
        stages(&find.explain(Verbosity::QueryPlanner).unwrap())
    };
    let none = || doc! {};
    let french = || Some(doc! { "locale": "fr", "strength": 1 });
    assert_eq!(plan(doc! { "w": "x" }, none(), Some(german())), ["FETCH", "IXSCAN"]);
    assert_eq!(plan(doc! { "w": { "$gt": "x" } }, none(), Some(german())), ["FETCH", "IXSCAN"]);
    assert_eq!(plan(doc! { "w": { "$in": ["x", 1] } }, none(), Some(german())), ["FETCH", "IXSCAN"]);
    assert_eq!(plan(none(), doc! { "w": 1 }, Some(german())), ["FETCH", "IXSCAN"]);
    assert_eq!(plan(doc! { "w": "x" }, none(), None), ["COLLSCAN"]);
    assert_eq!(plan(doc! { "w": "x" }, none(), french()), ["COLLSCAN"]);
    assert_eq!(plan(doc! { "w": { "$in": ["x", 1] } }, none(), None), ["COLLSCAN"]);
    assert_eq!(plan(doc! { "w": { "a": ["x"] } }, none(), None), ["COLLSCAN"]);
    assert_eq!(plan(none(), doc! { "w": 1 }, None), ["SORT", "COLLSCAN"]);
    assert_eq!(plan(none(), doc! { "w": 1 }, french()), ["SORT", "COLLSCAN"]);
    assert_eq!(plan(doc! { "w": 5 }, none(), None), ["FETCH", "IXSCAN"]);
    assert_eq!(plan(doc! { "w": { "$gte": 5 } }, none(), french()), ["FETCH", "IXSCAN"]);
    assert_eq!(plan(doc! { "w": { "a": [1] } }, none(), french()), ["FETCH", "IXSCAN"]);
    assert_eq!(plan(doc! { "_id": "x" }, none(), Some(german())), ["COLLSCAN"]);
    assert_eq!(plan(doc! { "_id": 5 }, none(), Some(german())), ["IDHACK"]);
    assert_eq!(plan(none(), doc! { "_id": 1 }, Some(german())), ["SORT", "COLLSCAN"]);
    let explained = c.find(doc! { "w": "x" }).collation(german()).explain(Verbosity::QueryPlanner).unwrap();
    let planner = explained.get_document("queryPlanner").unwrap();
    assert_eq!(planner.get_document("collation").unwrap().get_str("locale").unwrap(), "de");
    let scan = planner.get_document("winningPlan").unwrap().get_document("inputStage").unwrap();
    assert_eq!(scan.get_document("collation").unwrap().get_i32("strength").unwrap(), 1);
    let plain = c.find(doc! { "w": "x" }).explain(Verbosity::QueryPlanner).unwrap();
    assert!(!plain.get_document("queryPlanner").unwrap().contains_key("collation"));
}

#[test]
fn an_index_that_a_hint_names_answers_rightly_under_any_collation() {
    let c = words();
    c.create_index_with(doc! { "w": 1 }, &IndexOptions::new().collation(german())).unwrap();
    let found = |collation: Document| {
        let find = c.find(doc! { "w": "OL" }).collation(collation).hint("w_1");
        ids(find.run().unwrap(), false)
    };
    assert_eq!(found(german()), [Bson::from(1), Bson::from(2)]);
    assert_eq!(found(doc! { "locale": "en", "strength": 2 }), [Bson::from(2)]);
    assert_eq!(found(doc! { "locale": "simple" }), []);
    let sorted = c.find(doc! {}).sort(doc! { "w": 1 }).hint("w_1").run().unwrap();
    assert_eq!(ids(sorted, true), [3, 2, 1].map(Bson::from));
}

#[test]
fn unique_is_what_the_collation_tells_apart() {
    let c = collection(vec![doc! { "_id": 1, "name": "Ada" }]);
    let options = IndexOptions::new().unique(true).collation(doc! { "locale": "en", "strength": 2 });
    c.create_index_with(doc! { "name": 1 }, &options).unwrap();
    let error = c.insert_one(doc! { "_id": 2, "name": "ADA" }).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::DuplicateKey, Some(11000)));
    assert!(error.message().contains("ADA"), "{error}");
    c.insert_one(doc! { "_id": 3, "name": "Áda" }).unwrap();
    c.update_one(doc! { "_id": 1 }, doc! { "$set": { "name": "ADA" } }).unwrap();
    let error = c.update_one(doc! { "_id": 3 }, doc! { "$set": { "name": "aDa" } }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    c.delete_one(doc! { "_id": 1 }).unwrap();
    c.update_one(doc! { "_id": 3 }, doc! { "$set": { "name": "aDa" } }).unwrap();
}

#[test]
fn indexes_of_one_key_differ_by_their_collations() {
    let c = words();
    let with = |name: &str, collation: Document| {
        c.create_index_with(doc! { "w": 1 }, &IndexOptions::new().name(name).collation(collation))
    };
    with("german", german()).unwrap();
    with("german", german()).unwrap();
    with("bytes", doc! { "locale": "simple" }).unwrap();
    with("french", doc! { "locale": "fr" }).unwrap();
    assert_eq!(c.list_indexes().unwrap().len(), 4);
    assert!(!c.list_indexes().unwrap()[2].contains_key("collation"));
    let error = with("again", german()).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Exists, Some(85)));
    let error = with("german", doc! { "locale": "fr" }).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Exists, Some(86)));
    let listed: Vec<Document> = c.list_indexes().unwrap().into_iter().skip(1).collect();
    let copy = collection(vec![]);
    copy.create_indexes(listed.clone()).unwrap();
    assert_eq!(copy.list_indexes().unwrap()[1..], listed[..]);
    let error = copy.create_indexes([doc! { "key": { "a": 1 }, "collation": "de" }]).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Invalid, Some(14)));
}

#[test]
fn a_partial_index_chooses_under_its_collation() {
    let c = words();
    let options = IndexOptions::new()
        .collation(german())
        .partial_filter(doc! { "w": { "$lte": "OFEN" } })
        .name("partial");
    c.create_index_with(doc! { "w": 1 }, &options).unwrap();
    let uses = |filter: Document, collation: Document| {
        let find = || c.find(filter.clone()).collation(collation.clone());
        let natural = find().hint_key(doc! { "$natural": 1 }).run().unwrap();
        assert_eq!(ids(find().run().unwrap(), false), ids(natural, false), "{filter}");
        stages(&find().explain(Verbosity::QueryPlanner).unwrap()).contains(&"IXSCAN".to_owned())
    };
    assert!(uses(doc! { "w": "ofen" }, german()));
    assert!(uses(doc! { "w": { "$lt": "n" } }, german()));
    assert!(!uses(doc! { "w": "ol" }, german()));
    assert!(!uses(doc! { "w": "ofen" }, doc! { "locale": "en", "strength": 1 }));
    assert!(!uses(doc! { "w": "OFEN" }, doc! { "locale": "simple" }));
}

#[test]
fn an_index_with_a_collation_is_there_after_a_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.db");
    let db = Database::open_with(&path, Options::new()).unwrap();
    let c = db.collection("c");
    c.insert_many([doc! { "_id": 1, "w": "Öl" }, doc! { "_id": 2, "w": "ol" }]).unwrap();
    c.create_index_with(doc! { "w": 1 }, &IndexOptions::new().collation(german())).unwrap();
    let listed = c.list_indexes().unwrap();
    db.close().unwrap();
    let db = Database::open(&path).unwrap();
    let c = db.collection("c");
    assert_eq!(c.list_indexes().unwrap(), listed);
    let find = || c.find(doc! { "w": "OL" }).collation(german());
    assert_eq!(stages(&find().explain(Verbosity::QueryPlanner).unwrap()), ["FETCH", "IXSCAN"]);
    assert_eq!(ids(find().run().unwrap(), false).len(), 2);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

/// A collection whose texts stand in a language's order unless a verb says otherwise.
fn with_default(collation: Document) -> (Database, Collection) {
    let db = Database::open(":memory:").unwrap();
    db.create_collection_with("c", CollectionOptions::new().collation(collation)).unwrap();
    let c = db.collection("c");
    (db, c)
}

#[test]
fn a_collections_own_collation_holds_where_a_verb_says_nothing() {
    let (db, c) = with_default(german());
    c.insert_many([
        doc! { "_id": 1, "w": "Öl" },
        doc! { "_id": 2, "w": "ol" },
        doc! { "_id": 3, "w": "Ofen" },
    ])
    .unwrap();
    let simple = || doc! { "locale": "simple" };
    assert_eq!(ids(c.find(doc! { "w": "OL" }).run().unwrap(), false).len(), 2);
    assert_eq!(ids(c.find(doc! { "w": "OL" }).collation(simple()).run().unwrap(), false).len(), 0);
    assert_eq!(
        ids(c.find(doc! {}).sort(doc! { "w": 1, "_id": 1 }).run().unwrap(), true),
        [3, 1, 2].map(Bson::from)
    );
    let bytes = c.find(doc! {}).sort(doc! { "w": 1 }).collation(simple()).run().unwrap();
    assert_eq!(ids(bytes, true), [3, 2, 1].map(Bson::from));
    assert_eq!(c.count_documents(doc! { "w": "OL" }).unwrap(), 2);
    assert_eq!(c.distinct("w", doc! {}).unwrap().len(), 2);
    assert_eq!(c.update_many(doc! { "w": "oL" }, doc! { "$set": { "x": 1 } }).unwrap().matched_count, 2);
    let written = c.bulk_write([WriteModel::update_many(doc! { "w": "OFEN" }, doc! { "$set": { "x": 2 } })]);
    assert_eq!(written.unwrap().matched_count, 1);
    let fresh = db.collection("c");
    assert_eq!(fresh.delete_many(doc! { "w": "ofen" }).unwrap().deleted_count, 1);
    db.drop_collection("c").unwrap();
    assert_eq!(c.count_documents(doc! { "w": "OL" }).unwrap(), 0);
    c.insert_one(doc! { "_id": 1, "w": "Öl" }).unwrap();
    assert_eq!(c.count_documents(doc! { "w": "OL" }).unwrap(), 0, "the new collection has none");
}

#[test]
fn ids_are_unique_and_ordered_under_the_collections_own_collation() {
    let (db, c) = with_default(doc! { "locale": "en", "strength": 2 });
    c.insert_one(doc! { "_id": "foo", "n": 1 }).unwrap();
    let error = c.insert_one(doc! { "_id": "FOO" }).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::DuplicateKey, Some(11000)));
    c.insert_many([doc! { "_id": "bar" }, doc! { "_id": "Baz" }, doc! { "_id": 5 }]).unwrap();
    let find = || c.find(doc! { "_id": "FOO" });
    assert_eq!(stages(&find().explain(Verbosity::QueryPlanner).unwrap()), ["IDHACK"]);
    assert_eq!(ids(find().run().unwrap(), true), [Bson::from("foo")]);
    assert_eq!(c.get(&Bson::from("Foo")).unwrap().unwrap().get_i32("n").unwrap(), 1);
    assert_eq!(c.update_one(doc! { "_id": "FOO" }, doc! { "$set": { "n": 2 } }).unwrap().modified_count, 1);
    let sorted = || c.find(doc! {}).sort(doc! { "_id": 1 });
    assert_eq!(ids(sorted().run().unwrap(), true), [Bson::from(5), "bar".into(), "Baz".into(), "foo".into()]);
    assert!(!stages(&sorted().explain(Verbosity::QueryPlanner).unwrap()).contains(&"SORT".to_owned()));
    let other = || c.find(doc! { "_id": "FOO" }).collation(doc! { "locale": "simple" });
    assert_eq!(stages(&other().explain(Verbosity::QueryPlanner).unwrap()), ["COLLSCAN"]);
    assert_eq!(ids(other().run().unwrap(), false), []);
    let above = c.find(doc! { "_id": { "$gt": "BAR" } }).run().unwrap();
    assert_eq!(ids(above, false), [Bson::from("Baz"), Bson::from("foo")]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn indexes_and_validators_inherit_the_collections_own_collation() {
    let db = Database::open(":memory:").unwrap();
    let options = CollectionOptions::new()
        .collation(german())
        .validator(doc! { "w": { "$in": ["ol", "ofen", "uhr"] } });
    db.create_collection_with("c", options).unwrap();
    let c = db.collection("c");
    c.insert_one(doc! { "_id": 1, "w": "Öl" }).unwrap();
    assert_eq!(c.insert_one(doc! { "_id": 2, "w": "Ähre" }).unwrap_err().code(), Some(121));
    c.create_index(doc! { "w": 1 }).unwrap();
    c.create_indexes([doc! { "key": { "v": 1 } }]).unwrap();
    let simple = IndexOptions::new().name("bytes").collation(doc! { "locale": "simple" });
    c.create_index_with(doc! { "w": 1 }, &simple).unwrap();
    let listed = c.list_indexes().unwrap();
    let collation =
        |at: usize| listed[at].get_document("collation").map(|c| c.get_i32("strength").unwrap()).ok();
    assert_eq!([collation(1), collation(2), collation(3)], [Some(1), Some(1), None]);
    let plan = c.find(doc! { "w": "OL" }).explain(Verbosity::QueryPlanner).unwrap();
    assert!(plan.to_string().contains("\"w_1\""), "{plan}");
    assert_eq!(c.count_documents(doc! { "w": "OL" }).unwrap(), 1);
    let listed = db.list_collections(doc! { "name": "c" }).unwrap();
    let told = listed[0].get_document("options").unwrap().get_document("collation").unwrap();
    assert_eq!((told.get_str("locale").unwrap(), told.get_bool("caseLevel").unwrap()), ("de", false));
}

#[test]
fn a_view_has_a_collation_of_its_own_that_nobody_overrides() {
    let db = Database::open(":memory:").unwrap();
    let c = db.collection("c");
    c.insert_many([
        doc! { "_id": 1, "w": "Öl" },
        doc! { "_id": 2, "w": "ol" },
        doc! { "_id": 3, "w": "Uhr" },
    ])
    .unwrap();
    let view = |name: &str, on: &str, collation: Document| {
        let pipeline = [doc! { "$match": { "w": { "$lt": "UHR" } } }];
        db.create_collection_with(name, CollectionOptions::new().view(on, pipeline).collation(collation))
    };
    view("german", "c", german()).unwrap();
    let german_view = db.collection("german");
    assert_eq!(german_view.count_documents(doc! {}).unwrap(), 2);
    assert_eq!(german_view.count_documents(doc! { "w": "OL" }).unwrap(), 2);
    let with = |collation: Document| {
        german_view.count_documents_with(doc! { "w": "OL" }, CountOptions::new().collation(collation))
    };
    assert_eq!(with(german()).unwrap(), 2);
    assert_eq!(with(doc! { "locale": "simple" }).unwrap_err().code(), Some(167));
    assert_eq!(view("other", "german", doc! { "locale": "fr" }).unwrap_err().code(), Some(167));
    view("same", "german", german()).unwrap();
    assert_eq!(db.collection("same").count_documents(doc! { "w": "OL" }).unwrap(), 2);
}

#[test]
fn commands_take_collations() {
    let db = Database::open(":memory:").unwrap();
    db.collection("c").insert_many([doc! { "_id": 1, "w": "Öl" }, doc! { "_id": 2, "w": "ol" }]).unwrap();
    let run = |command: Document| db.run_command(command).unwrap();
    let told = run(doc! { "count": "c", "query": { "w": "OL" }, "collation": german() });
    assert_eq!(told.get_i32("n").unwrap(), 2);
    let told = run(doc! { "distinct": "c", "key": "w", "collation": german() });
    assert_eq!(told.get_array("values").unwrap().len(), 1);
    let told = run(doc! { "find": "c", "filter": { "w": "OL" }, "collation": german() });
    assert_eq!(told.get_document("cursor").unwrap().get_array("firstBatch").unwrap().len(), 2);
    let update =
        doc! { "q": { "w": "OL" }, "u": { "$set": { "x": 1 } }, "multi": true, "collation": german() };
    assert_eq!(run(doc! { "update": "c", "updates": [update] }).get_i32("n").unwrap(), 2);
    let told =
        run(doc! { "findAndModify": "c", "query": { "w": "OL" }, "remove": true, "collation": german() });
    assert!(told.get_document("value").is_ok());
    let delete = doc! { "q": { "w": "OL" }, "limit": 0, "collation": german() };
    let explained = run(doc! { "explain": { "delete": "c", "deletes": [delete.clone()] } });
    assert!(explained.to_string().contains("\"nWouldDelete\": 1"), "{explained}");
    assert_eq!(run(doc! { "delete": "c", "deletes": [delete] }).get_i32("n").unwrap(), 1);
}

#[test]
fn a_collections_own_collation_is_there_after_a_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.db");
    {
        let db = Database::open_with(&path, Options::new()).unwrap();
        db.create_collection_with("c", CollectionOptions::new().collation(german())).unwrap();
        db.collection("c").insert_many([doc! { "_id": "Öl" }, doc! { "_id": "Uhr" }]).unwrap();
        db.close().unwrap();
    }
    let db = Database::open(&path).unwrap();
    let c = db.collection("c");
    assert_eq!(c.insert_one(doc! { "_id": "OL" }).unwrap_err().kind(), ErrorKind::DuplicateKey);
    assert_eq!(c.count_documents(doc! { "_id": "ol" }).unwrap(), 1);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}
