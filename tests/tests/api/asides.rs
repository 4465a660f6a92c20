//! What is said beside a statement: variables and comments.

use nexuslite::bson::{Bson, doc};
use nexuslite::{
    BulkWriteOptions, CountOptions, DeleteOptions, ErrorKind, FindOneAndOptions, ReplaceOptions,
    ReturnDocument, UpdateOptions, Verbosity, WriteModel,
};

use crate::fixture::{NOW_MS, fault, find_ids, ids, people, with_clock};

fn older() -> nexuslite::bson::Document {
    doc! { "$expr": { "$gt": ["$age", "$$limit"] } }
}

#[test]
fn variables_stand_in_filters_projections_and_pipelines_of_every_verb() {
    let (db, people) = people();
    let vars = || doc! { "limit": { "$multiply": [5, 5] }, "who": "x", "list": [{ "n": 1 }, { "n": 2 }] };
    assert_eq!(ids(people.find(older()).let_vars(vars()).run().unwrap()), [3, 4, 5]);
    let shown = people.find(doc! { "_id": 3 }).let_vars(vars());
    let shown =
        shown.projection(doc! { "_id": 0, "over": { "$subtract": ["$age", "$$limit"] }, "l": "$$list.n" });
    assert_eq!(shown.first().unwrap(), Some(doc! { "over": 5, "l": [1, 2] }));
    let counted = people.count_documents_with(older(), CountOptions::new().let_vars(vars()));
    assert_eq!(counted.unwrap(), 3);
    let set = || vec![doc! { "$set": { "by": "$$who", "was": "$age" } }];
    let options = || UpdateOptions::new().let_vars(vars());
    assert_eq!(people.update_many_with(older(), set(), options()).unwrap().modified_count, 3);
    assert_eq!(find_ids(&people, doc! { "by": "x" }), [3, 4, 5]);
    assert_eq!(people.update_one_with(older(), set(), options()).unwrap().matched_count, 1);
    let replaced = people.replace_one_with(
        doc! { "$expr": { "$eq": ["$age", { "$add": ["$$limit", 5] }] } },
        doc! { "age": 31 },
        ReplaceOptions::new().let_vars(vars()),
    );
    assert_eq!(replaced.unwrap().modified_count, 1);
    let options = || FindOneAndOptions::new().let_vars(vars()).return_document(ReturnDocument::After);
    let changed = people.find_one_and_update_with(
        doc! { "$expr": { "$eq": ["$_id", { "$size": "$$list" }] } },
        vec![doc! { "$set": { "by": { "$concat": ["$$who", "$name"] } } }],
        options().projection(doc! { "_id": 0, "by": 1, "w": "$$who" }),
    );
    assert_eq!(changed.unwrap(), Some(doc! { "by": "xBo", "w": "x" }));
    let models = [
        WriteModel::update_one(older(), vec![doc! { "$set": { "bulk": "$$who" } }]),
        WriteModel::delete_one(doc! { "$expr": { "$eq": ["$age", { "$subtract": ["$$limit", 15] }] } }),
    ];
    let done = people.bulk_write_with(models, BulkWriteOptions::new().let_vars(vars())).unwrap();
    assert_eq!((done.modified_count, done.deleted_count), (1, 1));
    assert_eq!(find_ids(&people, doc! { "bulk": "x" }), [3]);
    let deleted = people.delete_many_with(older(), DeleteOptions::new().let_vars(vars())).unwrap();
    assert_eq!(deleted.deleted_count, 3);
    assert_eq!(find_ids(&people, doc! {}), [2]);
    db.close().unwrap();
}

#[test]
fn a_variable_may_use_those_before_it_and_inner_ones_hide_it() {
    let (_db, people) = people();
    let first = |vars, value: Bson| {
        let found = people.find(doc! { "_id": 1 }).let_vars(vars).projection(doc! { "_id": 0, "v": value });
        found.first().unwrap().unwrap()
    };
    assert_eq!(first(doc! { "a": 2, "b": { "$add": ["$$a", 1] } }, "$$b".into()), doc! { "v": 3 });
    let hidden = doc! { "$let": { "vars": { "a": 7 }, "in": "$$a" } };
    assert_eq!(first(doc! { "a": 2 }, hidden.into()), doc! { "v": 7 });
    assert_eq!(first(doc! { "a": "$$REMOVE" }, "$$a".into()), doc! {});
    assert_eq!(first(doc! { "a": { "b": [{ "c": 1 }] } }, "$$a.b.c".into()), doc! { "v": [1] });
    assert_eq!(first(doc! { "a": { "$literal": "$age" } }, "$$a".into()), doc! { "v": "$age" });
    assert_eq!(first(doc! { "unused": 1 }, "$age".into()), doc! { "v": 10 });
}

#[test]
fn now_in_a_variable_is_the_moment_of_the_statement() {
    let (db, _clock) = with_clock();
    let c = db.collection("c");
    c.insert_one(doc! { "_id": 1 }).unwrap();
    let found =
        c.find(doc! {}).let_vars(doc! { "now": "$$NOW" }).projection(doc! { "_id": 0, "at": "$$now" });
    let at = nexuslite::bson::DateTime::from_millis(NOW_MS);
    assert_eq!(found.first().unwrap(), Some(doc! { "at": at }));
}

#[test]
fn variables_that_cannot_be_are_refused_with_mongodbs_numbers() {
    let (_db, people) = people();
    let invalid = |number| (ErrorKind::Invalid, Some(number));
    let with = |vars| fault(people.find(doc! {}).let_vars(vars).first());
    for (vars, number) in [
        (doc! { "": 1 }, 16866),
        (doc! { "Upper": 1 }, 16867),
        (doc! { "_a": 1 }, 16867),
        (doc! { "1a": 1 }, 16867),
        (doc! { "a-b": 1 }, 16868),
        (doc! { "a.b": 1 }, 16868),
        (doc! { "a": "$age" }, 4_890_500),
        (doc! { "a": "$$ROOT" }, 4_890_500),
        (doc! { "a": { "$add": [1, "$$CURRENT.age"] } }, 4_890_500),
        (doc! { "a": "$$b", "b": 1 }, 17276),
        (doc! { "a": { "$nope": 1 } }, 168),
        (doc! { "a": { "$divide": [1, 0] } }, 2),
    ] {
        assert_eq!(with(vars.clone()), invalid(number), "{vars}");
    }
    let undefined = doc! { "$expr": { "$eq": ["$$nobody", 1] } };
    assert_eq!(fault(people.find(undefined.clone()).first()), invalid(17276));
    assert_eq!(fault(people.find(undefined.clone()).let_vars(doc! { "other": 1 }).first()), invalid(17276));
    assert_eq!(fault(people.count_documents(undefined.clone())), invalid(17276));
    assert_eq!(fault(people.delete_many(undefined.clone())), invalid(17276));
    assert_eq!(
        fault(people.update_many(doc! {}, vec![doc! { "$set": { "a": "$$nobody" } }])),
        invalid(17276)
    );
    let bulk = people.bulk_write([WriteModel::delete_many(undefined)]);
    assert_eq!(bulk.unwrap_err().code(), Some(17276));
    assert_eq!(find_ids(&people, doc! {}).len(), 5);
}

#[test]
fn an_explanation_repeats_variables_and_comment() {
    let (_db, people) = people();
    let told =
        people.find(older()).let_vars(doc! { "limit": 25 }).comment("why").explain(Verbosity::QueryPlanner);
    assert_eq!(
        told.unwrap().get_document("command").unwrap(),
        &doc! { "let": { "limit": 25 }, "comment": "why" }
    );
    let options = CountOptions::new().let_vars(doc! { "limit": 25 }).comment(doc! { "job": 7 });
    let told = people.explain(Verbosity::QueryPlanner).count_documents_with(older(), options).unwrap();
    assert_eq!(
        told.get_document("command").unwrap().get("comment"),
        Some(&Bson::Document(doc! { "job": 7 }))
    );
    let options = UpdateOptions::new().comment(5);
    let told = people.explain(Verbosity::ExecutionStats).update_one_with(
        doc! {},
        doc! { "$set": { "a": 1 } },
        options,
    );
    assert_eq!(told.unwrap().get_document("command").unwrap(), &doc! { "comment": 5 });
    let silent = people.find(doc! {}).explain(Verbosity::QueryPlanner).unwrap();
    assert!(!silent.contains_key("command"));
}
