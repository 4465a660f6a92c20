//! Collections by name.

use nexuslite::bson::doc;
use nexuslite::{CollectionOptions, ErrorKind};

use crate::fixture::{fault, find_ids, memory};

#[test]
fn collections_are_created_listed_renamed_and_dropped() {
    let db = memory();
    for name in ["b", "a", "é", "a.b", "with space", "B"] {
        db.create_collection(name).unwrap();
    }
    db.collection("implicit").insert_one(doc! { "_id": 1 }).unwrap();
    let names = ["B", "a", "a.b", "b", "implicit", "with space", "é"];
    assert_eq!(db.list_collection_names().unwrap(), names);
    db.rename_collection("implicit", "renamed", false).unwrap();
    assert_eq!(find_ids(&db.collection("renamed"), doc! {}), [1]);
    assert_eq!(fault(db.get_collection("implicit")), (ErrorKind::NotFound, Some(26)));
    assert_eq!(fault(db.rename_collection("renamed", "a", false)), (ErrorKind::Exists, Some(48)));
    db.collection("a").insert_one(doc! { "_id": 2 }).unwrap();
    db.rename_collection("renamed", "a", true).unwrap();
    assert_eq!(find_ids(&db.collection("a"), doc! {}), [1]);
    assert!(db.drop_collection("a").unwrap());
    assert!(!db.drop_collection("a").unwrap());
    assert_eq!(db.list_collection_names().unwrap(), ["B", "a.b", "b", "with space", "é"]);
}

#[test]
fn creating_again_needs_equal_options() {
    let db = memory();
    let metadata = CollectionOptions::new().metadata(true);
    db.create_collection_with("a", metadata.clone()).unwrap();
    db.create_collection_with("a", metadata.clone()).unwrap();
    assert_eq!(fault(db.create_collection("a")), (ErrorKind::Exists, Some(48)));
    db.create_collection("b").unwrap();
    db.create_collection("b").unwrap();
    assert_eq!(fault(db.create_collection_with("b", metadata)), (ErrorKind::Exists, Some(48)));
}

#[test]
fn handles_follow_the_name_and_not_the_collection() {
    let db = memory();
    let (a, b) = (db.collection("a"), db.collection("b"));
    a.insert_one(doc! { "_id": 1 }).unwrap();
    b.insert_one(doc! { "_id": 2 }).unwrap();
    assert_eq!((find_ids(&a, doc! {}), find_ids(&b, doc! {})), (vec![1], vec![2]));
    db.rename_collection("b", "c", false).unwrap();
    db.rename_collection("a", "b", false).unwrap();
    assert_eq!((find_ids(&a, doc! {}), find_ids(&b, doc! {})), (vec![], vec![1]));
    db.drop_collection("b").unwrap();
    assert_eq!(find_ids(&b, doc! {}), [0; 0]);
    b.insert_one(doc! { "_id": 3 }).unwrap();
    assert_eq!(find_ids(&b, doc! {}), [3]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_cursor_outlives_the_drop_of_its_collection() {
    let db = memory();
    let c = db.collection("c");
    c.insert_many((0..100).map(|id| doc! { "_id": id })).unwrap();
    let cursor = c.find(doc! {}).batch_size(7).run().unwrap();
    db.drop_collection("c").unwrap();
    assert_eq!(cursor.count(), 100);
}
