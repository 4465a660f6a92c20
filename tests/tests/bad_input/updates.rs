//! Updates and replacements that mean nothing, or do not fit the document.

use nexuslite::ErrorKind::{DuplicateKey, Invalid, Unsupported};
use nexuslite::bson::{Document, doc};
use nexuslite::{FindOneAndOptions, ReplaceOptions, ReturnDocument, UpdateOptions};

use crate::check::{check, small, untouched};

#[test]
fn updates() {
    let (db, c) = small();
    let is = |update: Document, kind, code, parts: &[&str]| {
        let what = update.to_string();
        check(&what, c.update_one(doc! { "_id": 1 }, update.clone()), kind, code, parts);
        check(&what, c.find_one_and_update(doc! { "_id": 1 }, update.clone()), kind, code, parts);
        check(&what, c.update_many(doc! {}, update), kind, code, parts);
    };
    is(doc! {}, Invalid, Some(9), &["operators such as $set"]);
    is(doc! { "n": 1 }, Invalid, Some(9), &["operators such as $set", "n"]);
    is(doc! { "$foo": { "n": 1 } }, Invalid, Some(9), &["unknown modifier: $foo"]);
    is(doc! { "$set": { "n": 1 }, "z": 1 }, Invalid, Some(9), &["unknown modifier: z"]);
    is(doc! { "$set": 5 }, Invalid, Some(9), &["$set", "5"]);
    is(doc! { "$set": { "": 1 } }, Invalid, Some(56), &["empty"]);
    is(doc! { "$set": { "a..b": 1 } }, Invalid, Some(56), &["a..b"]);
    is(doc! { "$set": { "$b": 1 } }, Invalid, Some(52), &["$b"]);
    is(doc! { "$set": { "n": 1 }, "$inc": { "n": 1 } }, Invalid, Some(40), &["conflict at 'n'"]);
    is(doc! { "$set": { "sub": 1, "sub.x": 1 } }, Invalid, Some(40), &["'sub.x'", "conflict at 'sub'"]);
    is(doc! { "$inc": { "n": "x" } }, Invalid, Some(14), &["non-numeric argument", "x"]);
    is(doc! { "$inc": { "text": 1 } }, Invalid, Some(14), &["non-numeric type", "_id 1", "'text'", "string"]);
    is(doc! { "$set": { "text.x": 1 } }, Invalid, Some(28), &["cannot create the field 'x'", "text", "abc"]);
    is(doc! { "$set": { "_id": 9 } }, Invalid, Some(66), &["_id", "1", "9"]);
    is(doc! { "$unset": { "_id": 1 } }, Invalid, Some(66), &["_id"]);
    is(doc! { "$push": { "n": 1 } }, Invalid, Some(2), &["$push", "non-array", "_id 1", "'n'", "int"]);
    is(doc! { "$pop": { "list": 2 } }, Invalid, Some(9), &["$pop", "'list'", "2"]);
    is(doc! { "$pull": { "list": { "$foo": 1 } } }, Invalid, Some(2), &["in $pull at 'list'", "$foo"]);
    is(doc! { "$rename": { "n": 5 } }, Invalid, Some(2), &["$rename", "string", "5"]);
    is(doc! { "$rename": { "list.0": "m" } }, Invalid, Some(2), &["'list.0'", "'list'", "_id 1"]);
    is(doc! { "$bit": { "n": { "not": 1 } } }, Invalid, Some(2), &["$bit", "'not'"]);
    is(doc! { "$currentDate": { "n": 1 } }, Invalid, Some(2), &["$currentDate", "int"]);
    is(doc! { "$set": { "list.$": 1 } }, Invalid, Some(2), &["positional operator", "filter"]);
    is(doc! { "$set": { "list.$[].x": 1 } }, Invalid, Some(28), &["cannot create the field 'x'", "list.0"]);
    is(doc! { "$set": { "list.$[y]": 1 } }, Invalid, Some(2), &["no array filter", "'y'", "'list.$[y]'"]);
    is(doc! { "$set": { "m.$[]": 1 } }, Invalid, Some(2), &["'m' must exist"]);
    is(doc! { "$set": { "list.9999999": 1 } }, Invalid, Some(34), &["9999999", "list"]);
    let overflow = c.update_one(doc! { "_id": 2 }, doc! { "$inc": { "n": 1_i64 } });
    check("over 64 bits", overflow, Invalid, Some(2), &["over 64 bits", "9223372036854775807", "_id 2"]);
    untouched(&db);
}

#[test]
fn array_filters() {
    let (db, c) = small();
    let is = |filters: Vec<Document>, code, parts: &[&str]| {
        let options = || UpdateOptions::new().array_filters(filters.clone());
        let set = || doc! { "$set": { "list.$[y]": 1 } };
        check("one", c.update_one_with(doc! { "_id": 1 }, set(), options()), Invalid, Some(code), parts);
        check("many", c.update_many_with(doc! {}, set(), options()), Invalid, Some(code), parts);
        let found = FindOneAndOptions::new().array_filters(filters.clone());
        check("found", c.find_one_and_update_with(doc! {}, set(), found), Invalid, Some(code), parts);
    };
    is(vec![doc! { "y": 1 }, doc! { "z": 1 }], 9, &["'z'", "not used"]);
    is(vec![doc! { "y": 1 }, doc! { "y": 2 }], 9, &["same", "y"]);
    is(vec![doc! { "y": 1, "z": 1 }], 9, &["single", "'y'", "'z'"]);
    is(vec![doc! { "Y": 1 }], 2, &["lowercase", "'Y'"]);
    is(vec![doc! { "y": { "$foo": 1 } }], 2, &["in an array filter", "$foo"]);
    let options = FindOneAndOptions::new().array_filters([doc! { "y": 1 }]);
    let replaced = c.find_one_and_replace_with(doc! {}, doc! {}, options);
    check("a replacement's", replaced, Invalid, Some(9), &["array filters"]);
    untouched(&db);
}

#[test]
fn a_sort_of_many() {
    let (db, c) = small();
    let options = UpdateOptions::new().sort(doc! { "n": 1 });
    let many = c.update_many_with(doc! {}, doc! { "$set": { "z": 1 } }, options);
    check("a sort of many", many, Invalid, Some(9), &["sort"]);
    untouched(&db);
}

#[test]
fn replacements() {
    let (db, c) = small();
    let of_1 = || doc! { "_id": 1 };
    let is = |what, outcome, code, parts: &[&str]| check(what, outcome, Invalid, Some(code), parts);
    is("operators", c.replace_one(of_1(), doc! { "$set": { "n": 1 } }), 52, &["$set"]);
    is("a $ name behind another", c.replace_one(of_1(), doc! { "n": 1, "$n": 2 }), 52, &["$n"]);
    is("another _id", c.replace_one(of_1(), doc! { "_id": 2 }), 66, &["_id", "1", "2"]);
    let upsert = ReplaceOptions::new().upsert(true);
    is(
        "an array as _id",
        c.replace_one_with(doc! { "_id": 9 }, doc! { "_id": [1] }, upsert.clone()),
        66,
        &["_id", "9"],
    );
    is("a part of _id", c.replace_one_with(doc! { "_id.a": 9 }, doc! { "n": 1 }, upsert), 111, &["_id.a"]);
    untouched(&db);
}

#[test]
fn upserts() {
    let (db, c) = small();
    let upsert = |filter: Document, update: Document| {
        c.update_one_with(filter, update, UpdateOptions::new().upsert(true))
    };
    let set = || doc! { "$set": { "z": 1 } };
    let twice = doc! { "$and": [{ "m": 1 }, { "m": 2 }] };
    check("a path twice", upsert(twice, set()), Invalid, Some(54), &["'m'", "twice"]);
    let above = doc! { "m": { "x": 1 }, "m.x": 1, "n": 77 };
    check("a path and one below it", upsert(above, set()), Invalid, Some(54), &["'m.x'"]);
    let other = upsert(doc! { "_id": 9 }, doc! { "$set": { "_id": 10 } });
    check("another _id", other, Invalid, Some(66), &["_id", "9", "10"]);
    let array = upsert(doc! { "n": 77 }, doc! { "$set": { "_id": [1] } });
    check("an array as _id", array, Invalid, Some(53), &["_id", "array"]);
    let taken = upsert(doc! { "n": 77 }, doc! { "$set": { "_id": 1 } });
    check("an _id that is taken", taken, DuplicateKey, Some(11000), &["E11000", "c", "_id", "1"]);
    untouched(&db);
}

#[test]
fn options_that_a_verb_has_not() {
    let (db, c) = small();
    let after = FindOneAndOptions::new().return_document(ReturnDocument::After);
    check("a delete's after", c.find_one_and_delete_with(doc! {}, after), Invalid, Some(72), &["delete"]);
    let upsert = FindOneAndOptions::new().upsert(true);
    check("a delete's upsert", c.find_one_and_delete_with(doc! {}, upsert), Invalid, Some(72), &["delete"]);
    let meta = FindOneAndOptions::new().projection(doc! { "v": { "$meta": "version" } });
    check("$meta", c.find_one_and_delete_with(doc! {}, meta), Unsupported, Some(238), &["$meta"]);
    let whole = c.find(doc! {}).projection(doc! { "n": 1 }).documents();
    check("a part of whole documents", whole, Invalid, Some(72), &["projection"]);
    untouched(&db);
}
