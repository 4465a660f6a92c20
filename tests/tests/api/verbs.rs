//! Each verb, one line a case.

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{
    CountOptions, ErrorKind, FindOneAndOptions, InsertManyOptions, ReplaceOptions, ReturnDocument,
    UpdateOptions,
};

use crate::fixture::{fault, find_ids, ids, int, memory, people};

#[test]
fn a_find_answers_in_insertion_order_and_by_id_in_order_of_ids() {
    let (_db, people) = people();
    let check = |filter: Document, expected: &[i32]| {
        assert_eq!(find_ids(&people, filter.clone()), expected, "{filter}");
    };
    check(doc! {}, &[3, 1, 4, 5, 2]);
    check(doc! { "age": { "$gt": 20 } }, &[3, 4, 5]);
    check(doc! { "home.city": "Oslo" }, &[3, 4]);
    check(doc! { "tags": "b" }, &[3, 1]);
    check(doc! { "tags": { "$exists": false } }, &[5]);
    check(doc! { "_id": 4 }, &[4]);
    check(doc! { "_id": 4.0 }, &[4]);
    check(doc! { "_id": 4_i64 }, &[4]);
    check(doc! { "_id": 9 }, &[]);
    check(doc! { "_id": "4" }, &[]);
    check(doc! { "_id": { "$in": [5, 1, 9, 5.0, 3] } }, &[1, 3, 5]);
    check(doc! { "_id": { "$gt": 2 } }, &[3, 4, 5]);
    check(doc! { "_id": { "$gte": 2, "$lt": 5 } }, &[2, 3, 4]);
    check(doc! { "_id": { "$lt": 3 }, "age": 20 }, &[2]);
    check(doc! { "_id": { "$gt": "a" } }, &[]);
    check(doc! { "_id": { "$ne": 3 } }, &[1, 4, 5, 2]);
    check(doc! { "_id": 3, "age": 31 }, &[]);
    check(doc! { "$or": [{ "_id": 1 }, { "age": 50 }] }, &[1, 5]);
    check(doc! { "_id": { "$in": [] } }, &[]);
}

#[test]
fn sort_skip_limit_and_projection_work_together() {
    let (_db, people) = people();
    let check = |sort: Document, skip, limit, expected: &[i32]| {
        let found = people.find(doc! {}).sort(sort.clone()).skip(skip).limit(limit).run().unwrap();
        assert_eq!(ids(found), expected, "{sort} {skip} {limit}");
    };
    check(doc! { "age": 1 }, 0, 0, &[1, 2, 3, 4, 5]);
    check(doc! { "age": -1 }, 1, 2, &[4, 3]);
    check(doc! { "_id": -1 }, 0, 2, &[5, 4]);
    check(doc! { "_id": 1 }, 3, 9, &[4, 5]);
    check(doc! { "home.city": 1, "age": -1 }, 0, 0, &[5, 2, 4, 3, 1]);
    check(doc! {}, 2, 2, &[4, 5]);
    check(doc! {}, 5, 0, &[]);
    let keys = |doc: Document| doc.keys().cloned().collect::<Vec<_>>();
    let one =
        |projection| keys(people.find(doc! { "_id": 3 }).projection(projection).first().unwrap().unwrap());
    assert_eq!(one(doc! { "name": 1 }), ["_id", "name"]);
    assert_eq!(one(doc! { "name": 1, "_id": 0 }), ["name"]);
    assert_eq!(one(doc! { "tags": 0, "home": 0 }), ["_id", "name", "age"]);
}

#[test]
fn a_sort_with_a_limit_answers_what_a_sort_without_one_begins_with() {
    let db = memory();
    let numbers = db.collection("numbers");
    let values = (0..5000_i32).map(|i| doc! { "_id": i, "v": (i * 7919) % 1000, "w": i % 3 });
    numbers.insert_many(values).unwrap();
    let sort = || doc! { "v": 1, "w": -1 };
    let all = ids(numbers.find(doc! {}).sort(sort()).run().unwrap());
    for limit in [1, 2, 10, 999, 1500, 5000, 9000] {
        let first = ids(numbers.find(doc! {}).sort(sort()).limit(limit).run().unwrap());
        assert_eq!(first[..], all[..all.len().min(limit as usize)], "limit {limit}");
    }
}

#[test]
fn inserting_answers_ids_and_refuses_those_that_are_taken() {
    let (_db, people) = people();
    assert_eq!(people.insert_one(doc! { "_id": "x" }).unwrap().inserted_id, Bson::from("x"));
    assert!(matches!(people.insert_one(doc! {}).unwrap().inserted_id, Bson::Binary(_)));
    let error = people.insert_one(doc! { "_id": 1.0 }).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::DuplicateKey, Some(11000)));
    let text = "E11000 duplicate key error collection: people index: _id_ dup key: { _id: 1.0 }";
    assert_eq!(error.message(), text);
    let details = Document::from_reader(error.details().unwrap()).unwrap();
    assert_eq!(details, doc! { "keyPattern": { "_id": 1 }, "keyValue": { "_id": 1.0 } });
    assert_eq!(people.count_documents(doc! {}).unwrap(), 7);
}

#[test]
fn the_id_is_stored_first() {
    let db = memory();
    let c = db.collection("c");
    c.insert_one(doc! { "a": 1, "_id": 7, "b": 2 }).unwrap();
    assert_eq!(c.find_one(doc! {}).unwrap().unwrap(), doc! { "_id": 7, "a": 1, "b": 2 });
    let keys: Vec<_> = c.find_one(doc! {}).unwrap().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["_id", "a", "b"]);
}

#[test]
fn insert_many_ends_at_the_first_fault_when_ordered_and_goes_on_when_not() {
    let check = |ordered, expected: &[i32], failed: i64, places: &[i64]| {
        let db = memory();
        let c = db.collection("c");
        let docs = [1, 2, 1, 3, 2].map(|id| doc! { "_id": id });
        let options = InsertManyOptions::new().ordered(ordered);
        let error = c.insert_many_with(docs, options).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::DuplicateKey, Some(11000)));
        let details = Document::from_reader(error.details().unwrap()).unwrap();
        assert_eq!(details.get_i64("nInserted").ok(), Some(expected.len() as i64));
        assert_eq!(details.get_i64("nFailed").ok(), Some(failed));
        let errors = details.get_array("writeErrors").unwrap();
        let at: Vec<_> = errors.iter().map(|e| e.as_document().unwrap().get_i64("index").unwrap()).collect();
        assert_eq!(at, places);
        assert_eq!(find_ids(&c, doc! {}), expected);
        assert_eq!(c.count_documents(doc! {}).unwrap(), expected.len() as u64);
    };
    check(true, &[1, 2], 1, &[2]);
    check(false, &[1, 2, 3], 2, &[2, 4]);
}

#[test]
fn insert_many_goes_over_many_commits() {
    let db = memory();
    let c = db.collection("c");
    let text = "x".repeat(20_000);
    let docs = (0..1000).map(|id| doc! { "_id": id, "text": &text });
    let inserted = c.insert_many(docs).unwrap().inserted_ids;
    assert_eq!(inserted.len(), 1000);
    assert_eq!(inserted[&999], int(999));
    assert_eq!(c.count_documents(doc! {}).unwrap(), 1000);
    assert_eq!(c.update_many(doc! {}, doc! { "$set": { "n": 1 } }).unwrap().modified_count, 1000);
    assert_eq!(c.count_documents(doc! { "n": 1 }).unwrap(), 1000);
    let by_id = doc! { "_id": { "$gte": 100 } };
    assert_eq!(c.update_many(by_id.clone(), doc! { "$inc": { "n": 1 } }).unwrap().modified_count, 900);
    assert_eq!(c.count_documents(doc! { "n": 2 }).unwrap(), 900);
    assert_eq!(c.delete_many(by_id).unwrap().deleted_count, 900);
    assert_eq!(c.count_documents(doc! {}).unwrap(), 100);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn updates_count_what_matched_and_what_changed() {
    let (_db, people) = people();
    let check = |filter: Document, update: Document, many, expected: (u64, u64)| {
        let done = match many {
            true => people.update_many(filter, update.clone()),
            false => people.update_one(filter, update.clone()),
        };
        let done = done.unwrap();
        assert_eq!((done.matched_count, done.modified_count), expected, "{update}");
        assert_eq!(done.upserted_id, None);
    };
    check(doc! { "age": { "$gte": 30 } }, doc! { "$set": { "old": true } }, true, (3, 3));
    check(doc! { "age": { "$gte": 30 } }, doc! { "$set": { "old": true } }, true, (3, 0));
    check(doc! { "age": { "$gte": 20 } }, doc! { "$inc": { "age": 1 } }, false, (1, 1));
    check(doc! { "_id": 77 }, doc! { "$set": { "x": 1 } }, true, (0, 0));
    check(doc! { "_id": { "$in": [1, 2] } }, doc! { "$unset": { "home": "" } }, true, (2, 2));
    assert_eq!(people.find_one(doc! { "_id": 3 }).unwrap().unwrap().get_i32("age").ok(), Some(31));
    assert_eq!(find_ids(&people, doc! { "home": { "$exists": true } }), [3, 4]);
}

#[test]
fn an_upsert_makes_the_document_that_filter_and_update_describe() {
    let db = memory();
    let c = db.collection("c");
    let upsert = UpdateOptions::new().upsert(true);
    let done =
        c.update_one_with(doc! { "_id": 5, "k": "v" }, doc! { "$set": { "n": 1 } }, upsert.clone()).unwrap();
    assert_eq!((done.matched_count, done.modified_count, done.upserted_id), (0, 0, Some(int(5))));
    assert_eq!(c.find_one(doc! {}).unwrap().unwrap(), doc! { "_id": 5, "k": "v", "n": 1 });
    let done = c.update_one_with(doc! { "_id": 5 }, doc! { "$inc": { "n": 1 } }, upsert.clone()).unwrap();
    assert_eq!((done.matched_count, done.modified_count, done.upserted_id), (1, 1, None));
    let done = c.update_many_with(doc! { "k": "w" }, doc! { "$set": { "n": 1 } }, upsert.clone()).unwrap();
    assert!(matches!(done.upserted_id, Some(Bson::Binary(_))));
    let replace = ReplaceOptions::new().upsert(true);
    let done = c.replace_one_with(doc! { "_id": 6 }, doc! { "a": 1 }, replace).unwrap();
    assert_eq!(done.upserted_id, Some(int(6)));
    assert_eq!(c.find_one(doc! { "_id": 6 }).unwrap().unwrap(), doc! { "_id": 6, "a": 1 });
    assert_eq!(c.count_documents(doc! {}).unwrap(), 3);
    let taken = c.update_one_with(doc! { "_id": 6, "a": 2 }, doc! { "$set": { "n": 1 } }, upsert);
    assert_eq!(fault(taken), (ErrorKind::DuplicateKey, Some(11000)));
}

#[test]
fn nothing_is_created_by_an_update_that_finds_nothing() {
    let db = memory();
    let c = db.collection("c");
    c.update_many(doc! {}, doc! { "$set": { "a": 1 } }).unwrap();
    c.delete_many(doc! {}).unwrap();
    assert_eq!(c.find_one(doc! {}).unwrap(), None);
    assert_eq!(c.count_documents(doc! {}).unwrap(), 0);
    assert_eq!(c.distinct("a", doc! {}).unwrap(), Vec::<Bson>::new());
    assert_eq!(db.list_collection_names().unwrap(), Vec::<String>::new());
}

#[test]
fn a_replacement_keeps_the_id_and_nothing_else() {
    let (_db, people) = people();
    let done = people.replace_one(doc! { "age": 30 }, doc! { "new": 1 }).unwrap();
    assert_eq!((done.matched_count, done.modified_count), (1, 1));
    assert_eq!(people.find_one(doc! { "_id": 3 }).unwrap().unwrap(), doc! { "_id": 3, "new": 1 });
    let other_id = people.replace_one(doc! { "_id": 3 }, doc! { "_id": 4 });
    assert_eq!(fault(other_id), (ErrorKind::Invalid, Some(66)));
    people.replace_one(doc! { "_id": 3 }, doc! { "_id": 3.0, "x": 1 }).unwrap();
    assert_eq!(people.find_one(doc! { "_id": 3 }).unwrap().unwrap(), doc! { "_id": 3, "x": 1 });
}

#[test]
fn deletes_count_what_is_gone() {
    let (db, people) = people();
    assert_eq!(people.delete_one(doc! { "age": { "$gt": 10 } }).unwrap().deleted_count, 1);
    assert_eq!(find_ids(&people, doc! {}), [1, 4, 5, 2]);
    assert_eq!(people.delete_many(doc! { "_id": { "$lte": 2 } }).unwrap().deleted_count, 2);
    assert_eq!(people.delete_many(doc! { "_id": 9 }).unwrap().deleted_count, 0);
    assert_eq!(people.delete_many(doc! {}).unwrap().deleted_count, 2);
    assert_eq!(people.count_documents(doc! {}).unwrap(), 0);
    people.insert_one(doc! { "_id": 3 }).unwrap();
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn find_one_and_change_hands_out_the_document_before_or_after() {
    let (_db, people) = people();
    let after = || FindOneAndOptions::new().return_document(ReturnDocument::After);
    let age = |doc: Option<Document>| doc.unwrap().get_i32("age").unwrap();
    let inc = || doc! { "$inc": { "age": 1 } };
    assert_eq!(age(people.find_one_and_update(doc! { "_id": 1 }, inc()).unwrap()), 10);
    assert_eq!(age(people.find_one_and_update_with(doc! { "_id": 1 }, inc(), after()).unwrap()), 12);
    let oldest = after().sort(doc! { "age": -1 }).projection(doc! { "age": 1 });
    let found = people.find_one_and_update_with(doc! {}, inc(), oldest).unwrap().unwrap();
    assert_eq!(found, doc! { "_id": 5, "age": 51 });
    assert_eq!(people.find_one_and_update(doc! { "_id": 9 }, inc()).unwrap(), None);
    let made = people.find_one_and_update_with(doc! { "_id": 9 }, inc(), after().upsert(true)).unwrap();
    assert_eq!(made.unwrap(), doc! { "_id": 9, "age": 1 });
    let before = FindOneAndOptions::new().upsert(true);
    assert_eq!(people.find_one_and_update_with(doc! { "_id": 10 }, inc(), before).unwrap(), None);
    let replaced = people.find_one_and_replace(doc! { "_id": 9 }, doc! { "r": 1 }).unwrap();
    assert_eq!(replaced.unwrap(), doc! { "_id": 9, "age": 1 });
    let unchanged = people.find_one_and_update_with(doc! { "_id": 9 }, doc! { "$set": { "r": 1 } }, after());
    assert_eq!(unchanged.unwrap().unwrap(), doc! { "_id": 9, "r": 1 });
    assert_eq!(people.find_one_and_delete(doc! { "_id": 9 }).unwrap().unwrap(), doc! { "_id": 9, "r": 1 });
    assert_eq!(people.find_one_and_delete(doc! { "_id": 9 }).unwrap(), None);
}

#[test]
fn counts_and_distinct_values() {
    let (_db, people) = people();
    let check = |filter: Document, expected| {
        assert_eq!(people.count_documents(filter.clone()).unwrap(), expected, "{filter}");
    };
    check(doc! {}, 5);
    check(doc! { "age": { "$lt": 30 } }, 2);
    check(doc! { "_id": { "$in": [1, 2, 9] } }, 2);
    let options = CountOptions::new().skip(1).limit(2);
    assert_eq!(people.count_documents_with(doc! {}, options.clone()).unwrap(), 2);
    assert_eq!(people.count_documents_with(doc! { "age": { "$gt": 10 } }, options).unwrap(), 2);
    assert_eq!(people.estimated_document_count().unwrap(), 5);
    let distinct = |path, filter| people.distinct(path, filter).unwrap();
    let texts = |values: &[&str]| values.iter().map(|v| Bson::from(*v)).collect::<Vec<_>>();
    assert_eq!(distinct("tags", doc! {}), texts(&["a", "b", "c"]));
    assert_eq!(distinct("home.city", doc! {}), texts(&["Bonn", "Oslo", "Rome"]));
    assert_eq!(distinct("home.city", doc! { "age": { "$gt": 20 } }), texts(&["Oslo"]));
    assert_eq!(distinct("tags.0", doc! {}), texts(&["a", "b", "c"]));
    assert_eq!(distinct("nothing", doc! {}), Vec::<Bson>::new());
    people.insert_many([doc! { "_id": 6, "age": 10.0 }, doc! { "_id": 7, "age": [10, 11] }]).unwrap();
    assert_eq!(distinct("age", doc! { "age": { "$lt": 20 } }), [int(10), int(11)]);
}

#[test]
fn a_typed_collection_takes_and_answers_values_of_the_type() {
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Book {
        #[serde(rename = "_id")]
        id: i32,
        title: String,
        pages: Option<u32>,
    }
    let db = memory();
    let books = db.collection_as::<Book>("books");
    let book = |id, title: &str| Book { id, title: title.to_owned(), pages: None };
    books.insert_one(book(1, "Emma")).unwrap();
    books.insert_many([book(2, "Ulysses"), book(3, "Nana")]).unwrap();
    assert_eq!(books.find_one(doc! { "title": "Nana" }).unwrap(), Some(book(3, "Nana")));
    assert_eq!(books.get(&int(2)).unwrap(), Some(book(2, "Ulysses")));
    let all: nexuslite::Result<Vec<Book>> =
        books.find(doc! {}).sort(doc! { "title": 1 }).run().unwrap().collect();
    assert_eq!(all.unwrap().iter().map(|b| b.id).collect::<Vec<_>>(), [1, 3, 2]);
    db.collection("books").insert_one(doc! { "_id": 4 }).unwrap();
    assert_eq!(fault(books.get(&int(4))).0, ErrorKind::Invalid);
}
