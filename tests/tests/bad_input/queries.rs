//! Filters, sorts and projections that mean nothing, or that this version lacks.

use nexuslite::ErrorKind::{Invalid, Unsupported};
use nexuslite::bson::{Bson, Document, Regex, bson, doc};

use crate::check::{check, small, untouched};

fn regex(pattern: &str) -> Bson {
    let (pattern, options) = (pattern.try_into().unwrap(), "".try_into().unwrap());
    Bson::RegularExpression(Regex { pattern, options })
}

#[test]
fn filters() {
    let (db, c) = small();
    let is = |filter: Document, kind, code, parts: &[&str]| {
        let what = filter.to_string();
        let what = what.chars().take(80).collect::<String>();
        check(&what, c.find(filter.clone()).run(), kind, code, parts);
        check(&what, c.find_one(filter.clone()), kind, code, parts);
        check(&what, c.count_documents(filter.clone()), kind, code, parts);
        check(&what, c.distinct("n", filter.clone()), kind, code, parts);
        check(&what, c.delete_many(filter.clone()), kind, code, parts);
        check(&what, c.update_many(filter.clone(), doc! { "$set": { "z": 1 } }), kind, code, parts);
        check(&what, c.replace_one(filter.clone(), doc! { "z": 1 }), kind, code, parts);
        check(&what, c.find_one_and_delete(filter), kind, code, parts);
    };
    is(doc! { "n": { "$foo": 1 } }, Invalid, Some(2), &["unknown operator: $foo", "n.$foo"]);
    is(doc! { "n": { "$gt": 1, "plain": 2 } }, Invalid, Some(2), &["unknown operator: plain", "n.plain"]);
    is(doc! { "$foo": 1 }, Invalid, Some(2), &["unknown top level operator: $foo"]);
    is(doc! { "$or": 1 }, Invalid, Some(2), &["$or must be an array", "1"]);
    is(doc! { "$and": [] }, Invalid, Some(2), &["$and must be a nonempty array"]);
    is(doc! { "$nor": [{ "n": 1 }, 7] }, Invalid, Some(2), &["full objects", "7", "$nor.1"]);
    is(doc! { "n": { "$in": 3 } }, Invalid, Some(2), &["$in needs an array", "3", "n.$in"]);
    is(doc! { "n": { "$nin": "x" } }, Invalid, Some(2), &["$nin needs an array", "x", "n.$nin"]);
    is(doc! { "n": { "$in": [{ "$gt": 1 }] } }, Invalid, Some(2), &["cannot nest $ under $in", "n.$in"]);
    is(doc! { "n": { "$not": 4 } }, Invalid, Some(2), &["$not needs", "n.$not"]);
    is(doc! { "n": { "$not": {} } }, Invalid, Some(2), &["$not cannot be empty"]);
    is(doc! { "n": { "$gt": regex("a") } }, Invalid, Some(2), &["RegEx", "n.$gt"]);
    is(doc! { "n": { "$ne": regex("a") } }, Invalid, Some(2), &["regex", "n.$ne"]);
    is(doc! { "n": Bson::Undefined }, Invalid, Some(2), &["undefined"]);
    is(doc! { "n": { "$where": "1" } }, Invalid, Some(2), &["$where cannot be applied to a field"]);
    is(doc! { "$expr": { "$nope": true } }, Invalid, Some(168), &["$nope"]);
    is(doc! { "n": regex("(?=a)") }, Unsupported, Some(238), &["look-ahead", "(?=a)", "\"n\""]);
    is(doc! { "n": regex("(a") }, Invalid, Some(51091), &["parenthesis", "(a", "\"n\""]);
    is(doc! { "n": { "$elemMatch": 5 } }, Invalid, Some(2), &["$elemMatch needs an object", "n.$elemMatch"]);
    is(doc! { "list": { "$size": -1 } }, Invalid, Some(2), &["$size", "-1", "list.$size"]);
    is(doc! { "list": { "$type": true } }, Invalid, Some(14), &["$type", "true", "list.$type"]);
    is(doc! { "$jsonSchema": { "minimum": "x" } }, Invalid, Some(14), &["minimum", "string"]);
    is(doc! { "$jsonSchema": { "format": "date" } }, Invalid, Some(9), &["format"]);
    is(doc! { "n": { "$near": [0, 0] } }, Unsupported, Some(238), &["$near", "n.$near"]);
    is(doc! { "$where": "1" }, Unsupported, Some(238), &["$where"]);
    is(doc! { "a": vec!["a"; 101].join(".") .as_str(), "$text": 1 }, Unsupported, Some(238), &["$text"]);
    untouched(&db);
}

#[test]
fn sorts() {
    let (db, c) = small();
    let is = |sort: Document, kind, code, parts: &[&str]| {
        check(&sort.to_string(), c.find(doc! {}).sort(sort.clone()).run(), kind, code, parts);
        let options = nexuslite::FindOneAndOptions::new().sort(sort.clone());
        check(&sort.to_string(), c.find_one_and_delete_with(doc! {}, options), kind, code, parts);
    };
    is(doc! { "n": 2 }, Invalid, Some(15975), &["1 (ascending) or -1 (descending)", "2", "\"n\""]);
    is(doc! { "n": 0 }, Invalid, Some(15975), &["1 (ascending) or -1 (descending)", "0"]);
    is(doc! { "n": "up" }, Invalid, Some(15974), &["must be a number", "up"]);
    is(doc! { "n": true }, Invalid, Some(15974), &["must be a number", "true"]);
    is(doc! { "a..b": 1 }, Invalid, Some(15998), &["empty field name", "a..b"]);
    is(doc! { "": 1 }, Invalid, Some(40352), &["must not be empty"]);
    is(doc! { "a.$b": 1 }, Invalid, Some(16410), &["starts with '$'", "a.$b"]);
    is(doc! { "n": { "$meta": "textScore" } }, Unsupported, Some(238), &["$meta"]);
    let many: Document = (0..40).map(|at| (format!("f{at}"), bson!(1))).collect();
    is(many, Invalid, Some(2), &["at most"]);
    untouched(&db);
}

#[test]
fn projections() {
    let (db, c) = small();
    let is = |projection: Document, kind, code, parts: &[&str]| {
        let what = projection.to_string();
        check(&what, c.find(doc! {}).projection(projection.clone()).run(), kind, code, parts);
        let options = nexuslite::FindOneAndOptions::new().projection(projection);
        check(&what, c.find_one_and_delete_with(doc! {}, options), kind, code, parts);
    };
    is(doc! { "n": 1, "text": 0 }, Invalid, Some(31254), &["exclusion on field text in inclusion"]);
    is(doc! { "n": 0, "text": 1 }, Invalid, Some(31253), &["inclusion on field text in exclusion"]);
    is(doc! { "a": 1, "a.b": 1 }, Invalid, Some(31249), &["path collision at a.b"]);
    is(doc! { "a.b": 1, "a": 1 }, Invalid, Some(31250), &["path collision at a"]);
    is(doc! { "": 1 }, Invalid, Some(40352), &["must not be empty"]);
    is(doc! { "a.": 1 }, Invalid, Some(40353), &["end with a '.'", "a."]);
    is(doc! { "a..b": 1 }, Invalid, Some(15998), &["must not be empty", "a..b"]);
    is(doc! { "a.$b": 1 }, Invalid, Some(16410), &["start with '$'", "a.$b"]);
    is(doc! { "a": {} }, Invalid, Some(51270), &["empty sub-projection", "\"a\""]);
    is(doc! { "a": "$n." }, Invalid, Some(40353), &["n."]);
    untouched(&db);
}
