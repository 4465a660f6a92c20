//! Wrong calls, each with the kind and MongoDB's number that it must give.

use nexuslite::bson::{Bson, Document, Regex, bson, doc};
use nexuslite::{Collection, ErrorKind, FindOneAndOptions, Result, ReturnDocument};

use crate::fixture::{fault, memory, people};

const INVALID: ErrorKind = ErrorKind::Invalid;

#[test]
fn names_that_cannot_be_are_refused_wherever_they_are_said() {
    let db = memory();
    let long = "x".repeat(256);
    let invalid = (INVALID, Some(73));
    for name in ["", "a\0b", "$a", "a$b", "system.users", long.as_str()] {
        assert_eq!(fault(db.create_collection(name)), invalid, "{name:?}");
        assert_eq!(fault(db.get_collection(name)), invalid, "{name:?}");
        assert_eq!(fault(db.drop_collection(name)), invalid, "{name:?}");
        assert_eq!(fault(db.rename_collection(name, "ok", false)), invalid, "{name:?}");
        assert_eq!(fault(db.collection(name).insert_one(doc! {})), invalid, "{name:?}");
        assert_eq!(fault(db.collection(name).find_one(doc! {})), invalid, "{name:?}");
        assert_eq!(fault(db.collection(name).count_documents(doc! {})), invalid, "{name:?}");
    }
    assert_eq!(fault(db.create_collection("_tempDocuments")), invalid);
    assert_eq!(fault(db.rename_collection("a", "b", false)), (ErrorKind::NotFound, Some(26)));
    db.create_collection("a").unwrap();
    assert_eq!(fault(db.rename_collection("a", "a", false)), (INVALID, Some(20)));
    assert_eq!(fault(db.rename_collection("a", "$", false)), invalid);
    assert_eq!(fault(db.get_collection("missing")), (ErrorKind::NotFound, Some(26)));
    db.create_collection(&"x".repeat(255)).unwrap();
}

#[test]
fn wrong_calls_change_nothing() {
    let (db, c) = people();
    let before: Vec<Document> = c.find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    type Call = fn(&Collection) -> Result<()>;
    let insert = |id: Bson| doc! { "_id": id };
    let calls: &[(&str, ErrorKind, Option<i32>, Call)] = &[
        ("filter operator", INVALID, Some(2), |c| c.find(doc! { "a": { "$foo": 1 } }).run().map(drop)),
        ("top-level operator", INVALID, Some(2), |c| c.find(doc! { "$foo": 1 }).run().map(drop)),
        ("$or of no array", INVALID, Some(2), |c| c.find_one(doc! { "$or": 1 }).map(drop)),
        ("$or of nothing", INVALID, Some(2), |c| c.find_one(doc! { "$or": [] }).map(drop)),
        ("$in of no array", INVALID, Some(2), |c| c.count_documents(doc! { "a": { "$in": 1 } }).map(drop)),
        ("sort direction", INVALID, None, |c| c.find(doc! {}).sort(doc! { "a": 2 }).run().map(drop)),
        ("sort text", INVALID, None, |c| c.find(doc! {}).sort(doc! { "a": "up" }).run().map(drop)),
        ("mixed projection", INVALID, None, |c| {
            c.find(doc! {}).projection(doc! { "a": 1, "b": 0 }).run().map(drop)
        }),
        ("update without operators", INVALID, Some(9), |c| c.update_one(doc! {}, doc! { "a": 1 }).map(drop)),
        ("empty update", INVALID, Some(9), |c| c.update_one(doc! {}, doc! {}).map(drop)),
        ("unknown update operator", INVALID, Some(9), |c| {
            c.update_one(doc! {}, doc! { "$foo": { "a": 1 } }).map(drop)
        }),
        ("conflicting updates", INVALID, Some(40), |c| {
            c.update_one(doc! {}, doc! { "$set": { "a": 1 }, "$inc": { "a": 1 } }).map(drop)
        }),
        ("$inc of text", INVALID, Some(14), |c| {
            c.update_many(doc! {}, doc! { "$inc": { "name": 1 } }).map(drop)
        }),
        ("$set of _id", INVALID, Some(66), |c| {
            c.update_many(doc! {}, doc! { "$set": { "_id": 9 } }).map(drop)
        }),
        ("replacement of many by operators", INVALID, Some(52), |c| {
            c.replace_one(doc! {}, doc! { "$set": { "a": 1 } }).map(drop)
        }),
        ("filter of delete", INVALID, Some(2), |c| c.delete_many(doc! { "a": { "$foo": 1 } }).map(drop)),
        ("filter of distinct", INVALID, Some(2), |c| c.distinct("a", doc! { "$foo": 1 }).map(drop)),
        ("upsert of two values", INVALID, Some(54), |c| {
            let options = nexuslite::UpdateOptions::new().upsert(true);
            let filter = doc! { "$and": [{ "x": 1 }, { "x": 2 }] };
            c.update_one_with(filter, doc! { "$set": { "b": 1 } }, options).map(drop)
        }),
        ("delete that returns after", INVALID, Some(72), |c| {
            let options = FindOneAndOptions::new().return_document(ReturnDocument::After);
            c.find_one_and_delete_with(doc! {}, options).map(drop)
        }),
        ("delete that upserts", INVALID, Some(72), |c| {
            c.find_one_and_delete_with(doc! {}, FindOneAndOptions::new().upsert(true)).map(drop)
        }),
        ("documents with a projection", INVALID, Some(72), |c| {
            c.find(doc! {}).projection(doc! { "a": 1 }).documents().map(drop)
        }),
        ("array as _id", INVALID, Some(53), |c| c.insert_one(doc! { "_id": [1] }).map(drop)),
        ("$ inside _id", INVALID, Some(52), |c| c.insert_one(doc! { "_id": { "$a": 1 } }).map(drop)),
        ("delete by array", INVALID, Some(53), |c| c.delete_document(&bson!([1])).map(drop)),
        ("bytes that are no document", INVALID, Some(22), |c| c.insert_one_raw(&[1, 2, 3]).map(drop)),
        ("bytes cut short", INVALID, Some(22), |c| {
            let bytes = doc! { "a": "text" }.to_vec().unwrap();
            c.insert_one_raw(&bytes[..bytes.len() - 1]).map(drop)
        }),
        ("no bytes", INVALID, Some(22), |c| c.insert_one_raw(&[]).map(drop)),
    ];
    for (what, kind, code, call) in calls {
        let error = match call(&c) {
            Ok(()) => panic!("{what}: no error"),
            Err(error) => error,
        };
        assert_eq!(error.kind(), *kind, "{what}: {error:?}");
        if code.is_some() {
            assert_eq!(error.code(), *code, "{what}: {error:?}");
        }
    }
    let regex =
        Bson::RegularExpression(Regex { pattern: "a".try_into().unwrap(), options: "".try_into().unwrap() });
    assert_eq!(fault(c.insert_one(insert(regex))), (INVALID, Some(53)));
    let after: Vec<Document> = c.find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    assert_eq!(before, after);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn documents_over_the_bounds_are_refused() {
    let db = memory();
    let c = db.collection("c");
    let big = doc! { "_id": 1, "v": "x".repeat(16 * 1024 * 1024) };
    assert_eq!(fault(c.insert_one(&big)), (INVALID, Some(10334)));
    let fits = doc! { "_id": 1, "v": "x".repeat(16 * 1024 * 1024 - 100) };
    c.insert_one(&fits).unwrap();
    assert_eq!(
        fault(c.update_one(doc! {}, doc! { "$set": { "w": "y".repeat(200) } })),
        (INVALID, Some(10334))
    );
    let nested = |levels: usize| (1..levels).fold(doc! { "a": 1 }, |inner, _| doc! { "a": inner });
    c.insert_one(nested(100)).unwrap();
    assert_eq!(fault(c.insert_one(nested(101))), (INVALID, Some(22)));
    assert_eq!(fault(c.update_one(doc! {}, doc! { "$set": { "a": nested(100) } })).0, INVALID);
    assert_eq!(c.count_documents(doc! {}).unwrap(), 2);
}
