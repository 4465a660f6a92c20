//! Expressions where users write them: in filters, projections and updates.

use nexuslite::bson::{Document, doc};
use nexuslite::{ErrorKind, FindOneAndOptions, ReturnDocument, UpdateOptions};

use crate::fixture::{NOW_MS, find_ids, people, with_clock};

#[test]
fn a_filter_computes_for_each_document() {
    let (_db, people) = people();
    let check = |expression: Document, expected: &[i32]| {
        assert_eq!(find_ids(&people, doc! { "$expr": expression.clone() }), expected, "{expression}");
    };
    check(doc! { "$gt": [{ "$multiply": ["$_id", 10] }, "$age"] }, &[]);
    check(doc! { "$eq": [{ "$multiply": ["$_id", 10] }, "$age"] }, &[3, 1, 4, 5, 2]);
    check(doc! { "$in": ["b", { "$ifNull": ["$tags", []] }] }, &[3, 1]);
    check(doc! { "$eq": [{ "$type": "$tags" }, "missing"] }, &[5]);
    check(doc! { "$lt": ["$name", "C"] }, &[1, 2]);
    let both = doc! { "age": { "$gt": 10 }, "$expr": { "$eq": ["$home.city", "Oslo"] } };
    assert_eq!(find_ids(&people, both), [3, 4]);
    let filter = doc! { "$expr": { "$gte": ["$age", 40] } };
    assert_eq!(people.count_documents(filter.clone()).unwrap(), 2);
    assert_eq!(people.delete_many(filter).unwrap().deleted_count, 2);
    assert_eq!(find_ids(&people, doc! {}), [3, 1, 2]);
}

#[test]
fn an_expression_that_fails_ends_the_statement_and_changes_nothing() {
    let (_db, people) = people();
    let fails = || doc! { "$expr": { "$divide": [1, { "$subtract": ["$age", 40] }] } };
    let mut found = people.find(fails()).run().unwrap();
    let error = found.find_map(Result::err).expect("one document divides by zero");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Invalid, Some(2)));
    let error = people.update_many(fails(), doc! { "$set": { "x": 1 } }).unwrap_err();
    assert_eq!(error.code(), Some(2));
    assert_eq!(find_ids(&people, doc! { "x": 1 }), []);
    let error = people.find(doc! { "$expr": { "$nope": 1 } }).run().map(drop).unwrap_err();
    assert_eq!((error.code(), error.code_name()), (Some(168), Some("InvalidPipelineOperator")));
}

#[test]
fn a_projection_computes_fields() {
    let (_db, people) = people();
    let label = doc! { "$concat": ["in ", "$home.city"] };
    let projection = doc! { "name": 1, "next": { "$add": ["$age", 1] }, "home.label": label };
    let found = people.find(doc! { "_id": 3 }).projection(projection).run().unwrap().next().unwrap().unwrap();
    assert_eq!(found, doc! { "_id": 3, "name": "Cy", "next": 31, "home": { "label": "in Oslo" } });
}

#[test]
fn a_pipeline_updates_by_computing() {
    let (_db, people) = people();
    let grow = [doc! { "$set": { "age": { "$add": ["$age", 1] } } }, doc! { "$unset": ["tags", "home"] }];
    let result = people.update_many(doc! { "_id": { "$lte": 2 } }, grow).unwrap();
    assert_eq!((result.matched_count, result.modified_count), (2, 2));
    assert_eq!(people.find_one(doc! { "_id": 1 }).unwrap(), Some(doc! { "_id": 1, "name": "Al", "age": 11 }));
    let same = vec![doc! { "$set": { "age": "$age" } }];
    let result = people.update_one(doc! { "_id": 1 }, same).unwrap();
    assert_eq!((result.matched_count, result.modified_count), (1, 0));
    people.update_one(doc! { "_id": 1 }, [doc! { "$replaceWith": { "was": "$$ROOT.name" } }]).unwrap();
    assert_eq!(people.find_one(doc! { "_id": 1 }).unwrap(), Some(doc! { "_id": 1, "was": "Al" }));
    let error = people.update_one(doc! { "_id": 1 }, [doc! { "$set": { "_id": 9 } }]).unwrap_err();
    assert_eq!(error.code(), Some(66));
    let error = people.update_one(doc! { "_id": 1 }, [doc! { "$match": {} }]).unwrap_err();
    assert_eq!(error.code(), Some(72));
    let elements = UpdateOptions::default().array_filters([doc! { "x": 1 }]);
    let error = people.update_one_with(doc! {}, [doc! { "$set": { "a": 1 } }], elements).unwrap_err();
    assert_eq!(error.code(), Some(9));
}

#[test]
fn a_pipeline_makes_a_document_where_none_is_found() {
    let (_db, people) = people();
    let stages = [doc! { "$set": { "n": { "$add": [{ "$ifNull": ["$n", 0] }, 1] }, "of": "$name" } }];
    let upsert = UpdateOptions::default().upsert(true);
    for expected in [1, 2] {
        let filter = doc! { "_id": 9, "name": "Zo" };
        people.update_one_with(filter, stages.clone(), upsert.clone()).unwrap();
        let made = people.find_one(doc! { "_id": 9 }).unwrap();
        assert_eq!(made, Some(doc! { "_id": 9, "name": "Zo", "n": expected, "of": "Zo" }));
    }
}

#[test]
fn now_is_the_moment_of_the_statement() {
    let (db, clock) = with_clock();
    let notes = db.collection("notes");
    notes.insert_one(doc! { "_id": 1 }).unwrap();
    clock.advance_ms(5_000);
    notes.update_one(doc! {}, [doc! { "$set": { "at": { "$toLong": "$$NOW" } } }]).unwrap();
    assert_eq!(notes.find_one(doc! {}).unwrap(), Some(doc! { "_id": 1, "at": NOW_MS + 5_000 }));
}

#[test]
fn what_cannot_be_handed_out_is_not_changed() {
    let (_db, people) = people();
    let options = |projection: Document| {
        FindOneAndOptions::default().projection(projection).return_document(ReturnDocument::After)
    };
    let add = [doc! { "$set": { "age": 0 } }];
    let fails = options(doc! { "x": { "$divide": [1, "$age"] } });
    let error = people.find_one_and_update_with(doc! { "_id": 3 }, add.clone(), fails).unwrap_err();
    assert_eq!(error.code(), Some(2));
    assert_eq!(find_ids(&people, doc! { "_id": 3, "age": 30 }), [3]);
    let works = options(doc! { "_id": 0, "x": { "$add": [1, "$age"] } });
    let found = people.find_one_and_update_with(doc! { "_id": 3 }, add, works).unwrap();
    assert_eq!(found, Some(doc! { "x": 1 }));
}
