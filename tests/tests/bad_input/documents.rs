//! Documents that cannot be stored: their `_id`s, sizes and depths.

use nexuslite::ErrorKind::{DuplicateKey, Invalid};
use nexuslite::bson::{Bson, Regex, bson, doc};
use nexuslite::{Document, DocumentType, InsertManyOptions};

use crate::check::{check, small, untouched};

#[test]
fn ids() {
    let (db, c) = small();
    let regex = Regex { pattern: "a".try_into().unwrap(), options: "".try_into().unwrap() };
    let is = |id: Bson, code, parts: &[&str]| {
        let what = id.to_string();
        check(&what, c.insert_one(doc! { "_id": id.clone() }), Invalid, Some(code), parts);
        check(&what, c.insert_many([doc! { "_id": id.clone() }]), Invalid, Some(code), parts);
        let document = Document::new(doc! { "a": 1, "_id": id }, DocumentType::Persistent);
        check(&what, c.insert_document(document), Invalid, Some(code), parts);
    };
    is(bson!([1]), 53, &["_id", "array"]);
    is(Bson::RegularExpression(regex), 53, &["_id", "regex"]);
    is(Bson::Undefined, 53, &["_id", "undefined"]);
    is(bson!({ "$a": 1 }), 52, &["$a"]);
    is(bson!({ "a": { "$b": 1 } }), 52, &["$b"]);
    check("a delete by array", c.delete_document(&bson!([1])), Invalid, Some(53), &["array"]);
    let other = Document::new(doc! { "_id": 2 }, DocumentType::Persistent);
    check("another _id", c.update_document(&bson!(1), other), Invalid, Some(66), &["_id", "1", "2"]);
    untouched(&db);
}

#[test]
fn duplicates() {
    let (db, c) = small();
    let is = |what, outcome, parts: &[&str]| check(what, outcome, DuplicateKey, Some(11000), parts);
    is("insert_one", c.insert_one(doc! { "_id": 1 }).map(drop), &["E11000", "collection: c", "{ _id: 1 }"]);
    is("another type, equal", c.insert_one(doc! { "_id": 1.0 }).map(drop), &["E11000", "{ _id: 1.0 }"]);
    let new = Document::new(doc! { "_id": 2_i64 }, DocumentType::Persistent);
    is("insert_document", c.insert_document(new).map(drop), &["E11000", "{ _id: 2 }"]);
    is("raw", c.insert_one_raw(&doc! { "_id": 3 }.to_vec().unwrap()).map(drop), &["E11000", "{ _id: 3 }"]);
    let many = || [doc! { "_id": 1 }, doc! { "_id": 2 }];
    is("insert_many", c.insert_many(many()).map(drop), &["1 of 1", "place 0", "E11000"]);
    let unordered = InsertManyOptions::new().ordered(false);
    is("unordered", c.insert_many_with(many(), unordered).map(drop), &["2 of 2", "place 0", "E11000"]);
    untouched(&db);
}

#[test]
fn sizes_and_depths() {
    let (db, c) = small();
    let big = doc! { "_id": 9, "v": "x".repeat(16 << 20) };
    let nested = |levels: usize| (1..levels).fold(doc! { "a": 1 }, |inner, _| doc! { "a": inner });
    let is = |what, outcome, code, parts: &[&str]| check(what, outcome, Invalid, Some(code), parts);
    is("too large", c.insert_one(&big).map(drop), 10334, &["16777216", "over the limit"]);
    is("too large, of many", c.insert_many([&big]).map(drop), 10334, &["16777216", "place 0"]);
    is("too large a replacement", c.replace_one(doc! { "_id": 1 }, &big).map(drop), 10334, &["16777216"]);
    let grown = doc! { "$set": { "v": "x".repeat((16 << 20) - 30) } };
    is("too large an update", c.update_one(doc! { "_id": 1 }, grown).map(drop), 10334, &["16777216"]);
    is("too deep", c.insert_one(nested(101)).map(drop), 22, &["nested over 100 levels", "a.a.a"]);
    let deeper = doc! { "$set": { "sub.x.y": nested(98) } };
    is("too deep an update", c.update_one(doc! { "_id": 1 }, deeper).map(drop), 15, &["100 levels", "sub.x"]);
    let array = (0..101).fold(bson!(1), |inner, _| bson!([inner]));
    is("too deep an array", c.insert_one(doc! { "a": array }).map(drop), 22, &["nested over 100 levels"]);
    untouched(&db);
}

#[test]
fn documents_that_do_not_fit_the_type_asked_for() {
    #[derive(Debug, serde::Serialize, serde::Deserialize)]
    struct Strict {
        n: bool,
    }
    let (db, c) = small();
    let typed = c.clone_with_type::<Strict>();
    check("find_one", typed.find_one(doc! { "_id": 1 }), Invalid, Some(9), &["Strict", "integer `5`"]);
    check("get", typed.get(&bson!(1)), Invalid, Some(9), &["Strict", "integer `5`"]);
    let mut walk = typed.find(doc! {}).run().unwrap();
    check("a walk", walk.next().unwrap(), Invalid, Some(9), &["Strict", "integer `5`"]);
    let number = c.clone_with_type::<i32>();
    check("no document at all", number.insert_one(5), Invalid, Some(22), &["document"]);
    untouched(&db);
}

#[test]
fn homes() {
    let (db, c) = small();
    let persistent = || Document::new(doc! { "a": 1 }, DocumentType::Persistent);
    let outcome = db.insert_document("_tempDocuments", persistent());
    check("persistent among ephemeral", outcome, Invalid, Some(73), &["_tempDocuments", "persistent"]);
    let outcome = db.update_document("_tempDocuments", &bson!(1), persistent());
    check("the same by update", outcome, Invalid, Some(73), &["_tempDocuments", "persistent"]);
    drop(c);
    untouched(&db);
}
