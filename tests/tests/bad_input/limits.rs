//! Bounds that are reached, time that runs out, and walks that are called off.

use std::time::Duration;

use nexuslite::ErrorKind::{Cancelled, Invalid, Limit, Timeout};
use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{
    BulkWriteOptions, CancelToken, CountOptions, Database, DeleteOptions, DistinctOptions, FindOneAndOptions,
    Options, ReplaceOptions, UpdateOptions, WriteModel,
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
    is("find_one_and_update", c.find_one_and_update_with(doc! {}, set(), options.clone()).map(drop));
    is("find_one_and_delete", c.find_one_and_delete_with(doc! {}, options.clone()).map(drop));
    is("find_one_and_replace", c.find_one_and_replace_with(doc! {}, doc! {}, options).map(drop));
    is("a delete of one", c.delete_one_with(doc! {}, DeleteOptions::new().max_time(now)).map(drop));
    let sorted = UpdateOptions::new().max_time(now).sort(doc! { "n": 1 });
    is("a sorted update", c.update_one_with(doc! {}, set(), sorted).map(drop));
    let pipeline = vec![doc! { "$set": { "z": 1 } }];
    is("a pipeline", c.update_many_with(doc! {}, pipeline, UpdateOptions::new().max_time(now)).map(drop));
    is("distinct", c.distinct_with("n", doc! {}, DistinctOptions::new().max_time(now)).map(drop));
    let bulk = |model| c.bulk_write_with([model], BulkWriteOptions::new().max_time(now)).map(drop);
    is("a bulk insert", bulk(WriteModel::insert_one(doc! { "_id": 9 })));
    is("a bulk update", bulk(WriteModel::update_many(doc! {}, set())));
    is("a bulk delete", bulk(WriteModel::delete_many(doc! {})));
    is("a projection", c.find(doc! {}).projection(doc! { "n": 1 }).max_time(now).first().map(drop));
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
    check("a sort", sorted, Limit, Some(292), &["sort_bytes_max", "10000"]);
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
    let is = |filter: Document, parts: &[&str]| {
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
    let named = |count: usize| {
        let name = |at: usize| format!("x{at}");
        let set: Document = (0..count).map(|at| (format!("a.$[{}]", name(at)), Bson::Int32(1))).collect();
        let filters = (0..count).map(|at| doc! { name(at): 1 });
        c.update_one_with(doc! {}, doc! { "$set": set }, UpdateOptions::new().array_filters(filters))
    };
    assert!(named(1000).is_ok());
    check("array filters", named(1001), Limit, None, &["1001", "array_filters_max, 1000"]);
    let (_, c) = small();
    check("an $in", c.find(doc! { "n": { "$in": many } }).run(), Limit, None, &["in_values_max, 100000"]);
}

/// A document nested so deep.
fn nested(depth: usize, wrap: impl Fn(Bson) -> Document, inmost: Bson) -> Document {
    let inmost = wrap(inmost);
    (1..depth).fold(inmost, |inner, _| wrap(Bson::Document(inner)))
}

#[test]
fn a_limit_that_is_reached_tells_its_number_and_the_option_that_raises_it() {
    let options = Options::new().in_values_max(10).pattern_bytes_max(20).array_filters_max(2);
    let db = Database::open_with(":memory:", options).unwrap();
    let c = db.collection("c");
    c.insert_many([doc! { "_id": 1, "a": [1] }]).unwrap();
    let found = |filter: Document| c.find(filter).first().map(drop);
    let shown = |fields: Document| c.find(doc! {}).projection(fields).first().map(drop);
    let path = |names: usize| vec!["a"; names].join(".");
    let list = || (0..11).collect::<Vec<i32>>();
    let one = |value: Bson| doc! { "a": value };

    let option = "in_values_max, 10";
    check("$in", found(doc! { "a": { "$in": list() } }), Limit, None, &[option]);
    check("$nin", found(doc! { "a": { "$nin": list() } }), Limit, None, &[option]);
    check("$in of a delete", c.delete_many(doc! { "a": { "$in": list() } }), Limit, None, &[option]);
    let element = doc! { "a": { "$elemMatch": { "$in": list() } } };
    check("$in of a projection", shown(element), Limit, None, &[option]);
    let long = "a".repeat(21);
    let option = "pattern_bytes_max, 20";
    check("a pattern", found(doc! { "a": { "$regex": &long } }), Limit, None, &[option]);
    check(
        "a pattern of a count",
        c.count_documents(doc! { "a": { "$regex": &long } }),
        Limit,
        None,
        &[option],
    );

    let overflow = Some(15);
    let bad = Some(2);
    let and = |inner: Bson| doc! { "$and": [inner] };
    check("filters", found(nested(101, and, one(1.into()).into())), Invalid, Some(22), &["100 levels"]);
    check("a filter's path", found(doc! { path(101): 1 }), Invalid, bad, &["101 names", "100 levels"]);
    let sorted = c.find(doc! {}).sort(doc! { path(101): 1 }).first().map(drop);
    check("a sort's path", sorted, Invalid, bad, &["101 names", "100 levels"]);
    let fields: Document = (0..33).map(|at| (format!("f{at}"), Bson::Int32(1))).collect();
    check("a sort", c.find(doc! {}).sort(fields).first().map(drop), Invalid, bad, &["32 fields"]);
    check("a projection's path", shown(doc! { path(101): 1 }), Invalid, overflow, &["more than 100 names"]);
    let not = |inner: Bson| doc! { "$not": [inner] };
    let expression = doc! { "v": nested(101, not, true.into()) };
    check("an expression", shown(expression), Invalid, Some(22), &["100 levels"]);
    let elements = |update: Document, filters: Vec<Document>| {
        c.update_one_with(doc! {}, update, UpdateOptions::new().array_filters(filters))
    };
    let update = doc! { "$set": { "a.$[x]": 1 } };
    let three = vec![doc! { "x": 1 }, doc! { "y": 1 }, doc! { "z": 1 }];
    check("array filters", elements(update.clone(), three), Limit, None, &["3", "array_filters_max, 2"]);
    let option = "in_values_max, 10";
    let listed = vec![doc! { "x": { "$in": list() } }];
    check("$in of an array filter", elements(update, listed), Limit, None, &[option]);
    let pull = doc! { "$pull": { "a": { "$in": list() } } };
    check("$in of $pull", c.update_one(doc! {}, pull), Limit, None, &[option]);
    let pull = doc! { "$pull": { "a": { "b": { "$regex": &long } } } };
    check("a pattern of $pull", c.update_one(doc! {}, pull), Limit, None, &["pattern_bytes_max, 20"]);
    let far = doc! { "$set": { "a.1600000": 1 } };
    check("a far element", c.update_one(doc! {}, far), Invalid, Some(34), &["1500000", "1600000"]);
    let deep = doc! { "$set": { "b.c.d.e": nested(97, one, 1.into()) } };
    check("an update's depth", c.update_one(doc! {}, deep), Invalid, overflow, &["100"]);
    let half = |name: &str| doc! { "$set": { name: "x".repeat(9 << 20) } };
    c.update_one(doc! {}, half("b")).unwrap();
    check("an update's size", c.update_one(doc! {}, half("c")), Invalid, Some(10334), &["16777216"]);
    c.insert_many((0..18).map(|at| doc! { "v": format!("{at}{}", "x".repeat(1 << 20)) })).unwrap();
    check("an answer of distinct", c.distinct("v", doc! {}), Limit, Some(17217), &["16777216"]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}
