//! The one question that every case asks, and the database that most are asked of.

use nexuslite::bson::{Document, doc};
use nexuslite::{Collection, Database, ErrorKind, Result};

/// The outcome must be an error of this kind, with this number of MongoDB's, whose message holds every part.
#[track_caller]
pub(crate) fn check<T>(what: &str, outcome: Result<T>, kind: ErrorKind, code: Option<i32>, parts: &[&str]) {
    let Err(error) = outcome else { panic!("{what}: no error") };
    let message = error.to_string();
    assert_eq!((error.kind(), error.code()), (kind, code), "{what}: {message}");
    for part in parts {
        assert!(message.contains(part), "{what}: {part:?} is not said in: {message}");
    }
    assert!(!parts.is_empty(), "{what}: say what the message must hold: {message}");
}

/// Three documents in a collection `c`, in memory.
pub(crate) fn small() -> (Database, Collection) {
    let db = Database::open(":memory:").expect("a database in memory opens");
    let c = db.collection("c");
    c.insert_many(three()).expect("three different _ids");
    (db, c)
}

fn three() -> [Document; 3] {
    [
        doc! { "_id": 1, "n": 5, "text": "abc", "list": [1, 2], "sub": { "x": 1 } },
        doc! { "_id": 2, "n": i64::MAX, "text": "def" },
        doc! { "_id": 3, "n": 1.5 },
    ]
}

/// Nothing was changed by what was refused, and all is sound.
#[track_caller]
pub(crate) fn untouched(db: &Database) {
    let found: Vec<_> = db.collection("c").find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    assert_eq!(found, three());
    assert_eq!(db.list_collection_names().unwrap(), ["c"]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}
