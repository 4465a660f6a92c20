//! What the check finds wrong with an index.

use std::sync::Arc;

use super::Bed;
use crate::collection::{Handle, Metadata, check};
use crate::document::builder::RawDocBuf;
use crate::document::json::parse_document;
use crate::document::raw::Value;
use crate::error::Result;
use crate::index::IndexSpec;
use crate::index::key::encode_value;
use crate::storage::TreeId;
use crate::transaction::Transaction;

fn json(text: &str) -> RawDocBuf {
    parse_document(text).unwrap()
}

/// Three documents under a plain index, a unique one, one of arrays and a partial one.
fn indexed() -> Bed {
    let bed = Bed::new();
    for spec in [
        r#"{"key": {"n": -1}}"#,
        r#"{"key": {"n": 1}, "unique": true}"#,
        r#"{"key": {"tags": 1}}"#,
        r#"{"key": {"s": 1}, "name": "some", "partialFilterExpression": {"n": {"$gt": 1}}}"#,
    ] {
        bed.index("c", spec);
    }
    for text in [
        r#"{"_id": 1, "n": 1, "tags": ["a", "b"], "s": "x"}"#,
        r#"{"_id": 2, "n": 2, "tags": ["b"], "s": "y"}"#,
        r#"{"_id": 3, "n": 3, "s": "z"}"#,
    ] {
        bed.insert_doc("c", &json(text), &Metadata::default()).unwrap();
    }
    bed
}

#[test]
fn the_check_names_the_entry_that_is_wrong() {
    let bed = indexed();
    assert_eq!(bed.faults(), Vec::<String>::new());
    let opened = bed.find(&Handle::new("c")).unwrap();
    let tree = |name: &str| -> TreeId {
        opened.entry.indexes.iter().find(|index| &*index.spec.name == name).unwrap().tree
    };
    let key = |spec: &str, doc: &str| {
        let spec = IndexSpec::parse(json(spec).as_doc(), crate::query::parse::partial_filter).unwrap();
        spec.entries(json(doc).as_doc()).unwrap().all.remove(0).key
    };
    let (up, down) =
        (key(r#"{"key": {"n": 1}}"#, r#"{"n": 2}"#), key(r#"{"key": {"n": -1}}"#, r#"{"n": 2}"#));
    let text = key(r#"{"key": {"s": 1}}"#, r#"{"s": "x"}"#);
    let record = |id: i32| {
        let mut key = Vec::new();
        encode_value(Value::Int32(id), &mut key);
        let record = bed.read().get(opened.entry.ids, &key).unwrap().unwrap();
        <[u8; 8]>::try_from(&record[..]).unwrap()
    };
    let check = |expected: &[&str], damage: &dyn Fn(&mut Transaction) -> Result<()>| {
        let mut txn = bed.read();
        damage(&mut txn).unwrap();
        let mut faults = Vec::new();
        check(&Arc::clone(&bed.catalog), &txn, &mut faults).unwrap();
        for part in expected {
            assert!(faults.iter().any(|fault| fault.contains(part)), "{part}: {faults:?}");
        }
    };
    let with = |key: &[u8], record: [u8; 8]| [key, &record].concat();
    check(&["the index n_-1 has no entry", "leads to it", "the index n_-1: 2, where 3"], &|txn| {
        txn.delete(tree("n_-1"), &with(&down, record(2)))
    });
    check(&["the index n_1 has no entry"], &|txn| txn.delete(tree("n_1"), &up));
    check(&["the index n_1 has no entry", "of the index n_1", "its document makes no such entry"], &|txn| {
        txn.put(tree("n_1"), &up, &[&record(1)])
    });
    check(&["the index n_-1: 4, where 3", "its document makes no such entry"], &|txn| {
        txn.put(tree("n_-1"), &with(&down, record(1)), &[])
    });
    check(&["of the index n_-1", "leads to no record"], &|txn| {
        txn.put(tree("n_-1"), &with(&down, 77_u64.to_be_bytes()), &[])
    });
    check(&["of the index n_-1", "names no record"], &|txn| txn.put(tree("n_-1"), b"short", &[]));
    check(&["of the index some", "its document makes no such entry"], &|txn| {
        txn.put(tree("some"), &with(&text, record(1)), &[])
    });
    assert_eq!(bed.faults(), Vec::<String>::new());
}
