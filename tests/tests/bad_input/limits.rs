//! Bounds that are reached, time that runs out, and walks that are called off.

use std::time::Duration;

use nexuslite::ErrorKind::{Cancelled, Limit, Timeout};
use nexuslite::bson::doc;
use nexuslite::{
    CancelToken, CountOptions, Database, DeleteOptions, FindOneAndOptions, Options, ReplaceOptions,
    UpdateOptions,
};

use crate::check::{check, small, untouched};

#[test]
fn time_that_has_run_out() {
    let (db, c) = small();
    let now = Duration::ZERO;
    let set = || doc! { "$set": { "z": 1 } };
    let is = |what, outcome| check(what, outcome, Timeout, Some(50), &["max_time", "0 ms"]);
    is("find", c.find(doc! {}).max_time(now).first().map(drop));
    is("a sorted find", c.find(doc! {}).sort(doc! { "n": 1 }).max_time(now).first().map(drop));
    is("a find by _id", c.find(doc! { "_id": 1 }).max_time(now).first().map(drop));
    let count = CountOptions::new().max_time(now);
    is("count", c.count_documents_with(doc! { "n": { "$gt": 0 } }, count).map(drop));
    is("update", c.update_many_with(doc! {}, set(), UpdateOptions::new().max_time(now)).map(drop));
    is("replace", c.replace_one_with(doc! {}, doc! {}, ReplaceOptions::new().max_time(now)).map(drop));
    is("delete", c.delete_many_with(doc! {}, DeleteOptions::new().max_time(now)).map(drop));
    let options = FindOneAndOptions::new().max_time(now);
    is("find_one_and_update", c.find_one_and_update_with(doc! {}, set(), options).map(drop));
    untouched(&db);
}

#[test]
fn statements_that_are_called_off() {
    let (db, c) = small();
    let token = CancelToken::new();
    token.cancel();
    let token = || token.clone();
    let set = || doc! { "$set": { "z": 1 } };
    let is = |what, outcome| check(what, outcome, Cancelled, Some(11601), &["cancelled"]);
    is("find", c.find(doc! {}).cancel_with(token()).first().map(drop));
    let count = CountOptions::new().cancel_with(token());
    is("count", c.count_documents_with(doc! { "n": 5 }, count).map(drop));
    is("update", c.update_many_with(doc! {}, set(), UpdateOptions::new().cancel_with(token())).map(drop));
    is("delete", c.delete_many_with(doc! {}, DeleteOptions::new().cancel_with(token())).map(drop));
    untouched(&db);
}

#[test]
fn memory_that_a_statement_may_not_take() {
    let options = Options::new().sort_bytes_max(10_000).transaction_bytes_max(64 << 10);
    let db = Database::open_with(":memory:", options).unwrap();
    let c = db.collection("c");
    c.insert_many((0..500).map(|id| doc! { "_id": id, "v": format!("{id:0100}") })).unwrap();
    let sorted = c.find(doc! {}).sort(doc! { "v": 1 }).run().unwrap().next().unwrap();
    check("a sort", sorted, Limit, None, &["sort_bytes_max", "10000"]);
    check("distinct", c.distinct("v", doc! {}), Limit, None, &["sort_bytes_max", "10000"]);
    let tx = db.begin().unwrap();
    let inside = tx.collection("c");
    inside.insert_one(doc! { "_id": "small" }).unwrap();
    let many = (0..500).map(|id| doc! { "_id": format!("m{id}"), "v": "x".repeat(200) });
    check("a transaction", inside.insert_many(many), Limit, None, &["transaction_bytes_max", "65536"]);
    assert_eq!(inside.count_documents(doc! {}).unwrap(), 501, "the statement left nothing behind");
    tx.commit().unwrap();
    assert_eq!(c.count_documents(doc! {}).unwrap(), 501);
    let large = doc! { "_id": "large", "v": "x".repeat(70 << 10) };
    check("one large document", c.insert_one(large), Limit, None, &["transaction_bytes_max", "65536"]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn filters_that_ask_for_too_much() {
    let options = Options::new().in_values_max(3).pattern_bytes_max(4);
    let db = Database::open_with(":memory:", options).unwrap();
    let c = db.collection("c");
    let is = |filter: nexuslite::bson::Document, parts: &[&str]| {
        let what = filter.to_string();
        check(&what, c.find(filter.clone()).run(), Limit, None, parts);
        check(&what, c.count_documents(filter.clone()), Limit, None, parts);
        check(&what, c.distinct("n", filter.clone()), Limit, None, parts);
        check(&what, c.delete_many(filter.clone()), Limit, None, parts);
        check(&what, c.update_one(filter.clone(), doc! { "$set": { "z": 1 } }), Limit, None, parts);
        check(&what, c.replace_one(filter.clone(), doc! { "z": 1 }), Limit, None, parts);
        check(&what, c.find_one_and_delete(filter), Limit, None, parts);
    };
    is(doc! { "n": { "$in": [1, 2, 3, 4] } }, &["in_values_max, 3", "n.$in"]);
    is(doc! { "n": { "$nin": [1, 1, 1, 1] } }, &["$nin", "in_values_max, 3"]);
    is(doc! { "n": { "$regex": "abcde" } }, &["5 bytes", "pattern_bytes_max, 4"]);
    is(doc! { "$jsonSchema": { "patternProperties": { "abcde": {} } } }, &["pattern_bytes_max, 4"]);
    assert!(c.find(doc! { "n": { "$in": [1, 2, 3], "$regex": "abcd" } }).run().is_ok());
    let wide = Options::new().in_values_max(usize::MAX).pattern_bytes_max(32_764);
    let db = Database::open_with(":memory:", wide).unwrap();
    let many: Vec<i32> = (0..100_001).collect();
    assert!(db.collection("c").find(doc! { "n": { "$in": &many } }).run().is_ok());
    assert!(db.collection("c").find(doc! { "n": { "$regex": "a".repeat(32_764) } }).run().is_ok());
    let (_, c) = small();
    check("an $in", c.find(doc! { "n": { "$in": many } }).run(), Limit, None, &["in_values_max, 100000"]);
}
