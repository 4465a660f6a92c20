//! Views: read as collections are, and never written.

use nexuslite::bson::{Bson, Document, doc};
use nexuslite::{CollectionOptions, Database, ErrorKind, Verbosity};

use crate::fixture::{fault, find_ids, int, people};

fn view(db: &Database, name: &str, on: &str, pipeline: Vec<Document>) -> nexuslite::Result<()> {
    db.create_collection_with(name, CollectionOptions::new().view(on, pipeline)).map(drop)
}

#[test]
fn a_view_is_read_by_every_read() {
    let (db, _) = people();
    view(&db, "old", "people", vec![doc! { "$match": { "age": { "$gte": 30 } } }]).unwrap();
    let old = db.get_collection("old").unwrap();
    assert_eq!(find_ids(&old, doc! {}), [3, 4, 5]);
    assert_eq!(find_ids(&old, doc! { "age": { "$lt": 50 } }), [3, 4]);
    assert_eq!(old.count_documents(doc! {}).unwrap(), 3);
    assert_eq!(old.count_documents(doc! { "home.city": "Oslo" }).unwrap(), 2);
    assert_eq!(old.estimated_document_count().unwrap(), 3);
    assert_eq!(old.distinct("home.city", doc! {}).unwrap(), [Bson::from("Oslo")]);
    assert_eq!(old.find_one(doc! { "_id": 1 }).unwrap(), None);
    assert_eq!(old.get(&int(4)).unwrap().unwrap().get_str("name").unwrap(), "Di");
    assert_eq!(old.get(&int(1)).unwrap(), None);
    assert!(old.get_raw(&int(5)).unwrap().is_some());
    let sorted = old.find(doc! {}).sort(doc! { "age": -1 }).skip(1).limit(1).run().unwrap();
    assert_eq!(crate::fixture::ids(sorted), [4]);
    let named: Vec<Document> = old
        .find(doc! {})
        .projection(doc! { "name": 1, "_id": 0 })
        .run()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(named, [doc! { "name": "Cy" }, doc! { "name": "Di" }, doc! { "name": "Ed" }]);
    let tx = db.begin().unwrap();
    tx.collection("people").insert_one(doc! { "_id": 9, "age": 90 }).unwrap();
    assert_eq!(find_ids(&tx.collection("old"), doc! {}), [3, 4, 5, 9]);
    tx.abort().unwrap();
    old.find(doc! { "age": 30 }).explain(Verbosity::ExecutionStats).unwrap();
    old.explain(Verbosity::QueryPlanner).count_documents(doc! { "age": 30 }).unwrap();
}

#[test]
fn stages_mean_the_same_in_their_order() {
    let (db, _) = people();
    let all = || -> Vec<(&str, Vec<Document>, Vec<i32>)> {
        vec![
            ("nothing", vec![], vec![3, 1, 4, 5, 2]),
            ("sort", vec![doc! { "$sort": { "age": -1 } }], vec![5, 4, 3, 2, 1]),
            ("limit first", vec![doc! { "$limit": 2 }, doc! { "$sort": { "age": 1 } }], vec![1, 3]),
            ("sort first", vec![doc! { "$sort": { "age": 1 } }, doc! { "$limit": 2 }], vec![1, 2]),
            (
                "limit, match",
                vec![doc! { "$limit": 3 }, doc! { "$match": { "age": { "$gt": 10 } } }],
                vec![3, 4],
            ),
            (
                "match, limit",
                vec![doc! { "$match": { "age": { "$gt": 10 } } }, doc! { "$limit": 3 }],
                vec![3, 4, 5],
            ),
            ("limit, skip", vec![doc! { "$limit": 3 }, doc! { "$skip": 1 }], vec![1, 4]),
            ("skip, limit", vec![doc! { "$skip": 1 }, doc! { "$limit": 3 }], vec![1, 4, 5]),
            ("skip, skip", vec![doc! { "$skip": 1 }, doc! { "$skip": 2 }], vec![5, 2]),
            ("limits", vec![doc! { "$limit": 2 }, doc! { "$limit": 3 }], vec![3, 1]),
            (
                "two sorts",
                vec![doc! { "$sort": { "age": 1 } }, doc! { "$sort": { "name": -1 } }],
                vec![5, 4, 3, 2, 1],
            ),
            (
                "a field that was projected away",
                vec![doc! { "$project": { "name": 1 } }, doc! { "$match": { "age": { "$exists": true } } }],
                vec![],
            ),
            (
                "a field that was computed",
                vec![
                    doc! { "$project": { "twice": { "$add": ["$age", "$age"] } } },
                    doc! { "$match": { "twice": 60 } },
                ],
                vec![3],
            ),
        ]
    };
    for (at, (what, pipeline, ids)) in all().into_iter().enumerate() {
        let name = format!("v{at}");
        view(&db, &name, "people", pipeline).unwrap();
        assert_eq!(find_ids(&db.collection(&name), doc! {}), ids, "{what}");
        assert_eq!(db.collection(&name).count_documents(doc! {}).unwrap(), ids.len() as u64, "{what}");
    }
    let limited = db.collection("v2");
    assert_eq!(
        find_ids(&limited, doc! { "_id": 5 }),
        Vec::<i32>::new(),
        "the limit comes before the question"
    );
    assert_eq!(limited.get(&int(5)).unwrap(), None);
}

#[test]
fn an_index_serves_a_view() {
    let (db, people) = people();
    people.create_index(doc! { "age": 1 }).unwrap();
    view(&db, "old", "people", vec![doc! { "$match": { "age": { "$gte": 30 } } }]).unwrap();
    let told = db.collection("old").find(doc! { "name": "Di" }).explain(Verbosity::QueryPlanner).unwrap();
    assert!(told.to_string().contains("IXSCAN"), "{told}");
}

#[test]
fn views_stand_on_views_so_far_and_never_on_themselves() {
    let (db, _) = people();
    view(&db, "v1", "people", vec![doc! { "$match": { "age": { "$gte": 20 } } }]).unwrap();
    view(&db, "v2", "v1", vec![doc! { "$match": { "age": { "$lte": 40 } } }]).unwrap();
    assert_eq!(find_ids(&db.collection("v2"), doc! {}), [3, 4, 2]);
    for at in 3..=20 {
        view(&db, &format!("v{at}"), &format!("v{}", at - 1), vec![]).unwrap();
    }
    assert_eq!(find_ids(&db.collection("v20"), doc! {}), [3, 4, 2]);
    assert_eq!(fault(view(&db, "v21", "v20", vec![])), (ErrorKind::Invalid, Some(165)));
    // Nor can the lowest be raised.
    view(&db, "low", "people", vec![]).unwrap();
    assert_eq!(fault(db.coll_mod("v1", doc! { "viewOn": "low" })).1, Some(165));
    assert_eq!(fault(db.coll_mod("v1", doc! { "viewOn": "v1" })).1, Some(5));
    assert_eq!(fault(db.coll_mod("v1", doc! { "viewOn": "v7" })).1, Some(5));
    assert_eq!(fault(view(&db, "self", "self", vec![])), (ErrorKind::Invalid, Some(5)));
    view(&db, "early", "later", vec![]).unwrap();
    assert_eq!(find_ids(&db.collection("early"), doc! {}), Vec::<i32>::new());
    assert_eq!(fault(view(&db, "later", "early", vec![])).1, Some(5));
    db.collection("later").insert_one(doc! { "_id": 1 }).unwrap();
    assert_eq!(find_ids(&db.collection("early"), doc! {}), [1]);
}

#[test]
fn a_view_is_never_written() {
    let (db, _) = people();
    view(&db, "v", "people", vec![]).unwrap();
    let v = db.collection("v");
    let refused = (ErrorKind::Invalid, Some(166));
    assert_eq!(fault(v.insert_one(doc! { "_id": 9 })), refused);
    assert_eq!(fault(v.insert_many([doc! { "_id": 9 }])), refused);
    assert_eq!(fault(v.update_one(doc! {}, doc! { "$set": { "a": 1 } })), refused);
    assert_eq!(fault(v.update_many(doc! {}, doc! { "$set": { "a": 1 } })), refused);
    assert_eq!(fault(v.replace_one(doc! {}, doc! { "a": 1 })), refused);
    assert_eq!(fault(v.delete_one(doc! {})), refused);
    assert_eq!(fault(v.delete_many(doc! {})), refused);
    assert_eq!(fault(v.find_one_and_delete(doc! {})), refused);
    assert_eq!(fault(v.find_one_and_update(doc! {}, doc! { "$set": { "a": 1 } })), refused);
    assert_eq!(fault(v.create_index(doc! { "a": 1 })), refused);
    assert_eq!(fault(v.list_indexes()), refused);
    assert_eq!(fault(v.drop_index("a_1")), refused);
    assert_eq!(fault(v.drop_indexes()), refused);
    assert_eq!(fault(v.hide_index("a_1")), refused);
    assert_eq!(fault(v.restore(doc! {})), refused);
    assert_eq!(fault(v.find_document(&int(1))), refused);
    assert_eq!(fault(v.find(doc! {}).documents().map(drop)), refused);
    assert_eq!(fault(db.rename_collection("v", "w", false)), refused);
    assert_eq!(fault(db.rename_collection("people", "v", true)), (ErrorKind::Exists, Some(48)));
    assert_eq!(fault(db.create_collection("v")), (ErrorKind::Exists, Some(48)));
    assert_eq!(v.count_documents(doc! {}).unwrap(), 5);
    db.sweep(100).unwrap();
    assert_eq!(db.info().unwrap().collections, [("people".to_owned(), 5)]);
    assert!(db.drop_collection("v").unwrap());
    assert_eq!(db.list_collection_names().unwrap(), ["people"]);
}

#[test]
fn coll_mod_redefines_a_view() {
    let (db, _) = people();
    view(&db, "v", "people", vec![doc! { "$match": { "age": 10 } }]).unwrap();
    db.collection("other").insert_one(doc! { "_id": 7, "age": 20 }).unwrap();
    let v = db.collection("v");
    db.coll_mod("v", doc! { "pipeline": [{ "$match": { "age": 20 } }] }).unwrap();
    assert_eq!(find_ids(&v, doc! {}), [2]);
    db.coll_mod("v", doc! { "viewOn": "other" }).unwrap();
    assert_eq!(find_ids(&v, doc! {}), [7]);
    for (change, code) in [
        (doc! { "validator": { "a": 1 } }, 72),
        (doc! { "index": { "name": "x", "hidden": true } }, 72),
        (doc! { "pipeline": [{ "$nope": 1 }] }, 40324),
        (doc! { "pipeline": {} }, 14),
        (doc! { "viewOn": "" }, 2),
    ] {
        assert_eq!(fault(db.coll_mod("v", change.clone())).1, Some(code), "{change}");
    }
    assert_eq!(find_ids(&v, doc! {}), [7]);
}

#[test]
fn a_dropped_collection_leaves_its_views_empty() {
    let (db, _) = people();
    view(&db, "v", "people", vec![]).unwrap();
    db.drop_collection("people").unwrap();
    assert_eq!(db.collection("v").count_documents(doc! {}).unwrap(), 0);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}
