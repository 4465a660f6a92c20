//! Many documents by their `_id`s.

use std::time::Duration;

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{BulkWriteOptions, CancelToken, CollectionOptions, ErrorKind, GetManyOptions};

use crate::fixture::{fault, find_ids, int, memory, people};

#[test]
fn get_many_answers_in_the_order_asked() {
    let (db, people) = people();
    let name = |found: &Option<Document>| found.as_ref().map(|doc| doc.get_str("name").unwrap().to_owned());
    let found = people.get_many([&int(4), &int(9), &int(1), &int(4), &Bson::from("x")]).unwrap();
    let names: Vec<Option<String>> = found.iter().map(name).collect();
    assert_eq!(names, [Some("Di".into()), None, Some("Al".into()), Some("Di".into()), None]);
    assert_eq!(people.get_many(Vec::<Bson>::new()).unwrap(), Vec::<Option<Document>>::new());
    assert_eq!(db.collection("none").get_many([int(1)]).unwrap(), [None]);
    let old = CollectionOptions::new().view("people", [doc! { "$match": { "age": { "$gt": 20 } } }]);
    let old = db.create_collection_with("old", old).unwrap();
    assert_eq!(
        old.get_many([int(1), int(5)]).unwrap().iter().map(name).collect::<Vec<_>>(),
        [None, Some("Ed".into())]
    );
}

#[test]
fn get_many_raw_answers_as_get_many_does() {
    let (db, people) = people();
    let ids = [int(4), int(9), int(1), int(4), Bson::from("x")];
    let decoded = |found: Vec<Option<nexuslite::DocumentBytes>>| -> Vec<Option<Document>> {
        found.into_iter().map(|found| found.map(|bytes| bytes.decode().unwrap())).collect()
    };
    assert_eq!(decoded(people.get_many_raw(&ids).unwrap()), people.get_many(&ids).unwrap());
    // More than are looked up together.
    let many: Vec<Bson> = (0..1000).map(|at| int(at % 7)).collect();
    assert_eq!(decoded(people.get_many_raw(&many).unwrap()), people.get_many(&many).unwrap());
    let txn = db.begin().unwrap();
    let within = txn.collection("people");
    within.delete_one(doc! { "_id": 4 }).unwrap();
    within.insert_one(doc! { "_id": 9 }).unwrap();
    let found = decoded(within.get_many_raw(&ids).unwrap());
    assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true, false, false]);
    txn.abort().unwrap();
    let old = CollectionOptions::new().view("people", [doc! { "$match": { "age": { "$gt": 20 } } }]);
    let old = db.create_collection_with("old", old).unwrap();
    assert_eq!(decoded(old.get_many_raw(&ids).unwrap()), old.get_many(&ids).unwrap());
    db.close().unwrap();
    assert_eq!(people.get_many_raw(&ids).unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn upsert_many_replaces_inserts_and_leaves_alone() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many([doc! { "_id": 1, "a": 1 }, doc! { "_id": 2, "a": 2 }]).unwrap();
    let done = c.upsert_many([
        doc! { "_id": 1, "b": 1 },
        doc! { "_id": 2, "a": 2 },
        doc! { "_id": 3 },
        doc! { "x": 1 },
    ]);
    let done = done.unwrap();
    assert_eq!((done.matched_count, done.modified_count), (2, 1));
    assert_eq!((done.upserted_count, done.inserted_count), (1, 1));
    assert_eq!(c.get(&int(1)).unwrap(), Some(doc! { "_id": 1, "b": 1 }));
    assert_eq!(c.count_documents(doc! {}).unwrap(), 4);
    assert_eq!(done.upserted_ids[&2], int(3));
    assert_eq!(fault(c.upsert_many([doc! { "_id": [1] }])).0, ErrorKind::Invalid);
}

#[test]
fn merge_many_puts_fields_and_writes_nothing_that_is_there() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many([doc! { "_id": 1, "a": 1, "keep": true }, doc! { "_id": 2, "a": 2 }]).unwrap();
    let done = c
        .merge_many([
            doc! { "_id": 1, "a": 5, "b": "$a", "c.d": 1 },
            doc! { "_id": 2, "a": 2 },
            doc! { "_id": 2 },
            doc! { "_id": 9, "a": 1 },
        ])
        .unwrap();
    assert_eq!((done.matched_count, done.modified_count, done.upserted_count), (3, 1, 0));
    assert_eq!(c.get(&int(1)).unwrap(), Some(doc! { "_id": 1, "a": 5, "keep": true, "b": "$a", "c.d": 1 }));
    assert_eq!(find_ids(&c, doc! {}), [1, 2]);
    assert_eq!(fault(c.merge_many([doc! { "a": 1 }])), (ErrorKind::Invalid, Some(4)));
}

#[test]
fn the_verbs_of_many_end_when_their_time_is_over_or_they_are_cancelled() {
    let (_db, people) = people();
    let used = CancelToken::new();
    used.cancel();
    let documents = || (1..4).map(|id| doc! { "_id": id, "x": 1 }).collect::<Vec<_>>();
    let timeout = (ErrorKind::Timeout, Some(50));
    let cancelled = (ErrorKind::Cancelled, Some(11601));

    let get = |options| people.get_many_with([int(1)], options);
    assert_eq!(fault(get(GetManyOptions::new().max_time(Duration::ZERO))), timeout);
    assert_eq!(fault(get(GetManyOptions::new().cancel_with(used.clone()))), cancelled);
    let patient = GetManyOptions::new().max_time(Duration::from_secs(3600)).cancel_with(CancelToken::new());
    assert!(get(patient.comment("why")).unwrap()[0].is_some());

    let bounds = [
        (BulkWriteOptions::new().max_time(Duration::ZERO), timeout),
        (BulkWriteOptions::new().cancel_with(used), cancelled),
    ];
    for (options, expected) in bounds {
        assert_eq!(fault(people.upsert_many_with(documents(), options.clone())), expected);
        assert_eq!(fault(people.merge_many_with(documents(), options)), expected);
    }
    assert_eq!(people.count_documents(doc! { "x": 1 }).unwrap(), 0);

    let unordered = BulkWriteOptions::new().ordered(false).comment("why");
    let faulty = [doc! { "_id": [1] }, doc! { "_id": 50 }];
    assert_eq!(fault(people.upsert_many_with(faulty, unordered)).0, ErrorKind::Invalid);
    assert_eq!(
        people.count_documents(doc! { "_id": 50 }).unwrap(),
        1,
        "the one behind it was put all the same"
    );
    assert_eq!(people.merge_many_with(documents(), BulkWriteOptions::new()).unwrap().modified_count, 3);
}
