//! What is said beside a statement: variables and comments.

use std::cell::RefCell;
use std::time::Duration;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{
    BulkWriteOptions, CancelToken, CountOptions, DeleteOptions, DistinctOptions, ErrorKind,
    FindOneAndOptions, GetManyOptions, InsertManyOptions, InsertOneOptions, ReplaceOptions, ReturnDocument,
    SoftDeleteOptions, UpdateOptions, Verbosity, WriteModel,
};

use crate::fixture::{NOW_MS, fault, find_ids, ids, people, with_clock};

fn older() -> Document {
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
        (doc! { "": 1 }, 9),
        (doc! { "Upper": 1 }, 9),
        (doc! { "_a": 1 }, 9),
        (doc! { "1a": 1 }, 9),
        (doc! { "a-b": 1 }, 9),
        (doc! { "a.b": 1 }, 9),
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

thread_local! {
    /// What the statements of this thread told the log.
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A log that keeps what is told by each thread for that thread.
struct Kept;

impl log::Log for Kept {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        TOLD.with_borrow_mut(|told| told.push(format!("{} {}", record.level(), record.args())));
    }

    fn flush(&self) {}
}

#[test]
fn the_log_has_the_comment_of_every_statement() {
    log::set_logger(&Kept).expect("no other test has a log");
    log::set_max_level(log::LevelFilter::Debug);
    let (_db, people) = people();
    let told = || TOLD.take();
    let check = |verb: &str| {
        let told = told();
        assert_eq!(told.len(), 1, "{verb}: {told:?}");
        assert!(told[0].starts_with("DEBUG") && told[0].contains(verb), "{verb}: {told:?}");
        assert!(told[0].contains("\"people\"") && told[0].contains("why"), "{verb}: {told:?}");
    };
    let why = || doc! { "why": 1 };
    let set = doc! { "$set": { "x": 1 } };
    assert_eq!(told(), Vec::<String>::new(), "without a comment there is nothing to tell");
    people.insert_one_with(doc! {}, InsertOneOptions::new().comment(why())).unwrap();
    check("insert");
    people.insert_many_with([doc! {}], InsertManyOptions::new().comment(why())).unwrap();
    check("insert");
    people.find(doc! {}).comment(why()).run().unwrap();
    check("find");
    people.count_documents_with(doc! {}, CountOptions::new().comment(why())).unwrap();
    check("count");
    people.distinct_with("age", doc! {}, DistinctOptions::new().comment(why())).unwrap();
    check("distinct");
    people.update_many_with(doc! {}, &set, UpdateOptions::new().comment(why())).unwrap();
    check("update");
    people.replace_one_with(doc! {}, doc! {}, ReplaceOptions::new().comment(why())).unwrap();
    check("replace");
    people.find_one_and_update_with(doc! {}, &set, FindOneAndOptions::new().comment(why())).unwrap();
    check("find_one_and");
    let delete = [WriteModel::delete_one(doc! { "_id": 1 })];
    people.bulk_write_with(delete, BulkWriteOptions::new().comment(why())).unwrap();
    check("bulk_write");
    people.delete_many_with(doc! {}, DeleteOptions::new().comment(why())).unwrap();
    check("delete");
    people.get_many_with([Bson::Int32(1)], GetManyOptions::new().comment(why())).unwrap();
    check("get_many");
    people.upsert_many_with([doc! { "_id": 1 }], BulkWriteOptions::new().comment(why())).unwrap();
    check("bulk_write");
    let refused = (ErrorKind::Invalid, Some(20));
    assert_eq!(fault(people.restore_with(doc! {}, SoftDeleteOptions::new().comment(why()))), refused);
    check("restore");
    assert_eq!(fault(people.purge_with(doc! {}, SoftDeleteOptions::new().comment(why()))), refused);
    check("purge");
}

#[test]
fn an_insert_of_many_ends_when_its_time_is_over_or_it_is_cancelled() {
    let (_db, people) = people();
    let documents = || (100..5000).map(|id| doc! { "_id": id }).collect::<Vec<Document>>();
    let over = InsertManyOptions::new().max_time(Duration::ZERO);
    assert_eq!(fault(people.insert_many_with(documents(), over)), (ErrorKind::Timeout, Some(50)));
    let token = CancelToken::new();
    token.cancel();
    let cancelled = InsertManyOptions::new().cancel_with(token);
    assert_eq!(fault(people.insert_many_with(documents(), cancelled)), (ErrorKind::Cancelled, Some(11601)));
    let over = InsertOneOptions::new().max_time(Duration::ZERO);
    assert_eq!(fault(people.insert_one_with(doc! {}, over)), (ErrorKind::Timeout, Some(50)));
    let token = CancelToken::new();
    token.cancel();
    let cancelled = InsertOneOptions::new().cancel_with(token);
    assert_eq!(fault(people.insert_one_with(doc! {}, cancelled)), (ErrorKind::Cancelled, Some(11601)));
    assert_eq!(people.count_documents(doc! {}).unwrap(), 5);
    let long = InsertManyOptions::new().max_time(Duration::from_secs(3600)).cancel_with(CancelToken::new());
    people.insert_many_with(documents(), long).unwrap();
    assert_eq!(people.count_documents(doc! {}).unwrap(), 4905);
}

/// A token that is used while the documents are handed over ends the call after the commit that is under way.
#[test]
fn an_insert_that_is_stopped_on_its_way_says_how_far_it_came() {
    let (_db, people) = people();
    let token = CancelToken::new();
    let used = token.clone();
    let documents = (100..4000).map(move |id| {
        if id == 3000 {
            used.cancel();
        }
        doc! { "_id": id, "pad": "x".repeat(10_000) }
    });
    let error = people.insert_many_with(documents, InsertManyOptions::new().cancel_with(token)).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Cancelled, Some(11601)));
    let inserted = people.count_documents(doc! {}).unwrap() - 5;
    assert!(inserted > 0 && error.to_string().contains(&format!("after {inserted} documents")), "{error}");
}
