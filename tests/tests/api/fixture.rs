//! A small database to ask, and short ways to ask it.

use std::sync::Arc;

use nexuslite::base::ManualClock;
use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{Collection, Database, ErrorKind, IntoDocument, Options, Result};

/// The moment at which every test begins.
pub(crate) const NOW_MS: i64 = 1_700_000_000_000;

pub(crate) fn memory() -> Database {
    Database::open(":memory:").expect("a database in memory opens")
}

/// A database whose clock is moved by hand.
pub(crate) fn with_clock() -> (Database, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(NOW_MS));
    let options = Options::new().clock(clock.clone());
    (Database::open_with(":memory:", options).expect("a database in memory opens"), clock)
}

/// Five people, `_id`s 1 to 5, inserted in the order 3 1 4 5 2.
pub(crate) fn people() -> (Database, Collection) {
    let db = memory();
    let people = db.collection("people");
    let inserted = [
        doc! { "_id": 3, "name": "Cy", "age": 30, "tags": ["a", "b"], "home": { "city": "Oslo" } },
        doc! { "_id": 1, "name": "Al", "age": 10, "tags": ["b"], "home": { "city": "Rome" } },
        doc! { "_id": 4, "name": "Di", "age": 40, "tags": [], "home": { "city": "Oslo" } },
        doc! { "_id": 5, "name": "Ed", "age": 50 },
        doc! { "_id": 2, "name": "Bo", "age": 20, "tags": ["c"], "home": { "city": "Bonn" } },
    ];
    people.insert_many(inserted).expect("five different _ids");
    (db, people)
}

/// The `_id`s that a find hands out, in its order.
pub(crate) fn ids(found: impl Iterator<Item = Result<Document>>) -> Vec<i32> {
    found.map(|doc| doc.expect("readable").get_i32("_id").expect("an int32 _id")).collect()
}

pub(crate) fn find_ids(collection: &Collection, filter: impl IntoDocument) -> Vec<i32> {
    ids(collection.find(filter).run().expect("a find"))
}

/// Kind and MongoDB number of the error, which there must be.
#[track_caller]
pub(crate) fn fault<T: std::fmt::Debug>(outcome: Result<T>) -> (ErrorKind, Option<i32>) {
    let error = outcome.expect_err("an error was expected");
    assert!(!error.message().is_empty());
    (error.kind(), error.code())
}

pub(crate) fn int(number: i32) -> Bson {
    Bson::Int32(number)
}
