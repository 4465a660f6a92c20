//! Updates through the verbs: what the corpus of updates cannot say, because it takes a database.

use std::path::Path;
use std::sync::Arc;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::vfs::{MemoryFs, OpenMode, Vfs};
use nexuslite::{
    Collection, Database, FindOneAndOptions, Options, ReplaceOptions, ReturnDocument, UpdateOptions,
};

use crate::fixture::{NOW_MS, memory, people, with_clock};

fn one(collection: &Collection, id: i32) -> Document {
    collection.find_one(doc! { "_id": id }).unwrap().unwrap()
}

#[test]
fn the_position_is_that_of_each_document() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many([
        doc! { "_id": 1, "a": [5, 1] },
        doc! { "_id": 2, "a": [1, 5] },
        doc! { "_id": 3, "a": [1] },
    ])
    .unwrap();
    let done = c.update_many(doc! { "a": 5 }, doc! { "$set": { "a.$": 9 } }).unwrap();
    assert_eq!((done.matched_count, done.modified_count), (2, 2));
    assert_eq!(one(&c, 1), doc! { "_id": 1, "a": [9, 1] });
    assert_eq!(one(&c, 2), doc! { "_id": 2, "a": [1, 9] });
    let after = FindOneAndOptions::new().return_document(ReturnDocument::After);
    let found = c.find_one_and_update_with(doc! { "_id": 2, "a": 9 }, doc! { "$inc": { "a.$": 1 } }, after);
    assert_eq!(found.unwrap(), Some(doc! { "_id": 2, "a": [1, 10] }));
}

#[test]
fn array_filters_go_with_every_update() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many([doc! { "_id": 1, "a": [1, 9] }, doc! { "_id": 2, "a": [9, 9] }]).unwrap();
    let inc = || doc! { "$inc": { "a.$[high]": 1 } };
    let high = || UpdateOptions::new().array_filters([doc! { "high": { "$gt": 5 } }]);
    c.update_one_with(doc! { "_id": 1 }, inc(), high()).unwrap();
    assert_eq!(one(&c, 1), doc! { "_id": 1, "a": [1, 10] });
    assert_eq!(c.update_many_with(doc! {}, inc(), high()).unwrap().modified_count, 2);
    assert_eq!(one(&c, 2), doc! { "_id": 2, "a": [10, 10] });
    let options = FindOneAndOptions::new().array_filters([doc! { "high": 11 }]);
    let before = c.find_one_and_update_with(doc! { "_id": 1 }, inc(), options).unwrap();
    assert_eq!(before, Some(doc! { "_id": 1, "a": [1, 11] }));
    assert_eq!(one(&c, 1), doc! { "_id": 1, "a": [1, 12] });
}

#[test]
fn a_sort_says_which_one_with_an_index_and_without() {
    for indexed in [false, true] {
        let (_db, people) = people();
        if indexed {
            people.create_index(doc! { "age": 1 }).unwrap();
        }
        let youngest = UpdateOptions::new().sort(doc! { "age": 1 });
        people.update_one_with(doc! {}, doc! { "$set": { "first": true } }, youngest).unwrap();
        assert_eq!(one(&people, 1).get_bool("first").ok(), Some(true));
        // The update moves the document in the very index that gives the order.
        let oldest = UpdateOptions::new().sort(doc! { "age": -1 });
        let older = doc! { "$inc": { "age": 5 } };
        let done = people.update_one_with(doc! { "age": { "$lt": 45 } }, older, oldest).unwrap();
        assert_eq!((done.matched_count, one(&people, 4).get_i32("age").unwrap()), (1, 45));
        let oldest = ReplaceOptions::new().sort(doc! { "age": -1 });
        people.replace_one_with(doc! {}, doc! { "gone": true }, oldest).unwrap();
        assert_eq!(one(&people, 5), doc! { "_id": 5, "gone": true });
    }
}

#[test]
fn a_changed_document_is_handed_out_with_parts_of_its_arrays() {
    let db = memory();
    let c = db.collection("c");
    c.insert_one(doc! { "_id": 1, "a": [1, 5, 9], "b": [{ "n": 1 }, { "n": 2 }] }).unwrap();
    let push = || doc! { "$push": { "a": 13 } };
    let found = |fields: Document, which| {
        let options = FindOneAndOptions::new().projection(fields).return_document(which);
        c.find_one_and_update_with(doc! { "a": { "$gt": 4 } }, push(), options)
    };
    let (before, after) = (ReturnDocument::Before, ReturnDocument::After);
    assert_eq!(found(doc! { "a.$": 1 }, before).unwrap(), Some(doc! { "_id": 1, "a": [5] }));
    let last = doc! { "_id": 0, "a": { "$slice": -2 }, "b": 0 };
    assert_eq!(found(last, after).unwrap(), Some(doc! { "a": [13, 13] }));
    let second = doc! { "b": { "$elemMatch": { "n": 2 } } };
    assert_eq!(found(second, after).unwrap(), Some(doc! { "_id": 1, "b": [{ "n": 2 }] }));
    let error = found(doc! { "a.$": 1 }, after).unwrap_err();
    assert_eq!((error.kind(), error.code()), (nexuslite::ErrorKind::Invalid, Some(2)));
    assert_eq!(one(&c, 1).get_array("a").unwrap().len(), 6, "what was refused changed nothing");
}

#[test]
fn set_on_insert_counts_for_new_documents_only() {
    let db = memory();
    let c = db.collection("c");
    let update = || doc! { "$set": { "n": 1 }, "$setOnInsert": { "made": true } };
    let upsert = || UpdateOptions::new().upsert(true);
    let made = c.update_one_with(doc! { "_id": 1 }, update(), upsert()).unwrap();
    assert_eq!((made.matched_count, made.upserted_id), (0, Some(Bson::Int32(1))));
    c.update_one(doc! { "_id": 1 }, doc! { "$unset": { "made": 1 } }).unwrap();
    let found = c.update_one_with(doc! { "_id": 1 }, update(), upsert()).unwrap();
    assert_eq!((found.matched_count, found.modified_count), (1, 0));
    assert_eq!(one(&c, 1), doc! { "_id": 1, "n": 1 });
}

#[test]
fn the_current_date_is_the_clocks() {
    let (db, clock) = with_clock();
    let c = db.collection("c");
    c.insert_one(doc! { "_id": 1 }).unwrap();
    clock.advance_ms(1500);
    let now = doc! { "$currentDate": { "d": true, "t": { "$type": "timestamp" } } };
    c.update_one(doc! { "_id": 1 }, now).unwrap();
    let found = one(&c, 1);
    assert_eq!(found.get_datetime("d").unwrap().timestamp_millis(), NOW_MS + 1500);
    assert_eq!(found.get_timestamp("t").unwrap().time, (NOW_MS / 1000 + 1) as u32);
}

/// All bytes of both files.
fn bytes(vfs: &MemoryFs) -> Vec<Vec<u8>> {
    let read = |path: &str| {
        let file = vfs.open(Path::new(path), OpenMode::Read).unwrap();
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_exact_at(&mut bytes, 0).unwrap();
        bytes
    };
    vec![read("/still.db"), read("/still.wasp")]
}

#[test]
fn an_update_that_changes_nothing_writes_nothing() {
    let vfs = MemoryFs::new();
    let options = Options::new().background(false).vfs(Arc::new(vfs.clone()));
    let db = Database::open_with("/still.db", options).unwrap();
    let c = db.collection("c");
    c.insert_one(doc! { "_id": 1, "n": 5, "a": [1, 2], "d": { "x": 1 } }).unwrap();
    let before = (bytes(&vfs), db.stats().unwrap().commits, one(&c, 1));
    for update in [
        doc! { "$set": { "n": 5, "d.x": 1 } },
        doc! { "$inc": { "n": 0 } },
        doc! { "$mul": { "n": 1 } },
        doc! { "$min": { "n": 7 } },
        doc! { "$max": { "n": 5.0 } },
        doc! { "$bit": { "n": { "or": 4 } } },
        doc! { "$unset": { "x": 1 } },
        doc! { "$rename": { "x": "y" } },
        doc! { "$setOnInsert": { "x": 1 } },
        doc! { "$push": { "a": { "$each": [] } } },
        doc! { "$push": { "a": { "$each": [3], "$slice": 2 } } },
        doc! { "$addToSet": { "a": 2 } },
        doc! { "$pull": { "a": { "$gt": 5 } } },
        doc! { "$pullAll": { "a": [7] } },
        doc! { "$pop": { "x": 1 } },
        doc! { "$max": { "a.$[]": 0 } },
    ] {
        let done = c.update_one(doc! { "_id": 1 }, update.clone()).unwrap();
        assert_eq!((done.matched_count, done.modified_count), (1, 0), "{update}");
        assert!(before == (bytes(&vfs), db.stats().unwrap().commits, one(&c, 1)), "{update} wrote something");
    }
    c.update_one(doc! { "_id": 1 }, doc! { "$set": { "n": 6 } }).unwrap();
    assert!(before.0 != bytes(&vfs), "a change is seen in the files");
}

#[test]
fn one_large_document_is_one() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many([1, 2].map(|id| doc! { "_id": id, "k": 1, "large": "x".repeat(9_000_000) })).unwrap();
    let done = c.update_one(doc! { "k": 1 }, doc! { "$set": { "n": 1 } }).unwrap();
    assert_eq!((done.matched_count, done.modified_count), (1, 1));
    assert_eq!(c.count_documents(doc! { "n": 1 }).unwrap(), 1);
    assert_eq!(c.delete_one(doc! { "k": 1 }).unwrap().deleted_count, 1);
}
