use std::ops::Bound;

use super::bounds::{Access, access};
use crate::bson::{Document, doc};
use crate::document::convert::IntoDocument;
use crate::document::raw::Value;
use crate::index::key::encode_value;
use crate::query::parse;
use crate::storage::KeyRange;

fn access_of(filter: Document) -> Access {
    access(&parse::filter(filter.into_raw().unwrap().as_doc()).unwrap(), None)
}

fn key(number: i32) -> Vec<u8> {
    let mut key = Vec::new();
    encode_value(Value::Int32(number), &mut key);
    key
}

#[test]
fn a_filter_says_which_ids_have_to_be_looked_at() {
    let check =
        |filter: Document, expected: Access| assert_eq!(access_of(filter.clone()), expected, "{filter}");
    let keys =
        |numbers: &[i32], decided| Access::Keys { keys: numbers.iter().map(|n| key(*n)).collect(), decided };
    check(doc! {}, Access::All);
    check(doc! { "a": 1 }, Access::All);
    check(doc! { "_id.a": 1 }, Access::All);
    check(doc! { "$or": [{ "_id": 1 }, { "_id": 2 }] }, Access::All);
    check(doc! { "_id": { "$ne": 1 } }, Access::All);
    check(doc! { "_id": { "$exists": true } }, Access::All);
    check(doc! { "_id": 5 }, keys(&[5], true));
    check(doc! { "_id": 5.0 }, keys(&[5], true));
    check(doc! { "_id": { "$eq": 5_i64 } }, keys(&[5], true));
    check(doc! { "_id": 5, "a": 1 }, keys(&[5], false));
    check(doc! { "_id": { "$in": [3, 1, 3.0, 2] } }, keys(&[1, 2, 3], true));
    check(doc! { "_id": { "$in": [] } }, keys(&[], true));
    check(doc! { "_id": 5, "$or": [{ "a": 1 }] }, keys(&[5], false));
    check(doc! { "_id": { "$in": [1, 2], "$gt": 1 } }, keys(&[1, 2], false));
    check(doc! { "$and": [{ "_id": 7 }, { "a": 1 }] }, keys(&[7], false));
}

#[test]
fn a_bound_binds_its_own_type() {
    let range = |filter: Document| match access_of(filter) {
        Access::Range(range) => range,
        other => panic!("{other:?}"),
    };
    let between = range(doc! { "_id": { "$gt": 1, "$lte": 5 } });
    assert_eq!(between, KeyRange { start: Bound::Excluded(key(1)), end: Bound::Included(key(5)) });
    let text = |text: &str| {
        let mut key = Vec::new();
        encode_value(Value::String(text), &mut key);
        key
    };
    let above = range(doc! { "_id": { "$gte": 3 } });
    assert!(above.contains(&key(3)) && above.contains(&key(i32::MAX)));
    assert!(!above.contains(&key(2)) && !above.contains(&text("")));
    let below = range(doc! { "_id": { "$lt": "m" } });
    assert!(below.contains(&text("")) && below.contains(&text("lzz")));
    assert!(!below.contains(&text("m")) && !below.contains(&key(3)));
}
