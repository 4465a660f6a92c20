//! What a collection is created with: listed, refused, changed.

use nexuslite::bson::{Bson, Document, doc, spec::BinarySubtype};
use nexuslite::{CollectionOptions, Database, ErrorKind};

use crate::fixture::{NOW_MS, fault, memory, with_clock};

fn create(db: &Database, name: &str, options: Document) -> nexuslite::Result<nexuslite::Collection> {
    db.create_collection_with(name, CollectionOptions::from_document(options))
}

fn options_of(db: &Database, name: &str) -> Document {
    let listed = db.list_collections(doc! { "name": name }).unwrap();
    listed[0].get_document("options").unwrap().clone()
}

#[test]
fn a_listing_has_mongodbs_shape_and_the_filter_applies() {
    let db = memory();
    db.create_collection("plain").unwrap();
    create(&db, "log", doc! { "capped": true, "size": 4096, "max": 10 }).unwrap();
    create(&db, "seen", doc! { "viewOn": "plain", "pipeline": [{ "$match": { "a": 1 } }] }).unwrap();
    create(&db, "byId", doc! { "clusteredIndex": { "key": { "_id": 1 }, "unique": true } }).unwrap();

    let listed = db.list_collections(doc! {}).unwrap();
    let names: Vec<&str> = listed.iter().map(|one| one.get_str("name").unwrap()).collect();
    assert_eq!(names, ["byId", "log", "plain", "seen"]);
    assert_eq!(db.list_collection_names().unwrap(), names);
    let plain = &listed[2];
    assert_eq!(plain.get_str("type").unwrap(), "collection");
    assert_eq!(plain.get_document("options").unwrap(), &doc! {});
    assert_eq!(plain.get_document("idIndex").unwrap(), &doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_" });
    let info = plain.get_document("info").unwrap();
    assert!(!info.get_bool("readOnly").unwrap());
    let Some(Bson::Binary(uuid)) = info.get("uuid") else { panic!("{info}") };
    assert_eq!((uuid.subtype, uuid.bytes.len()), (BinarySubtype::Uuid, 16));
    assert_eq!(options_of(&db, "log"), doc! { "capped": true, "size": 4096, "max": 10 });
    assert_eq!(listed[3].get_str("type").unwrap(), "view");
    assert_eq!(listed[3].get_document("info").unwrap(), &doc! { "readOnly": true });
    assert_eq!(
        listed[3].get_document("options").unwrap(),
        &doc! { "viewOn": "plain", "pipeline": [{ "$match": { "a": 1 } }] }
    );
    assert!(listed[3].get("idIndex").is_none() && listed[0].get("idIndex").is_none());
    let clustered = doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_", "unique": true };
    assert_eq!(options_of(&db, "byId"), doc! { "clusteredIndex": clustered });

    let names = |filter: Document| -> Vec<String> {
        let listed = db.list_collections(filter).unwrap();
        listed.iter().map(|one| one.get_str("name").unwrap().to_owned()).collect()
    };
    assert_eq!(names(doc! { "type": "view" }), ["seen"]);
    assert_eq!(names(doc! { "options.capped": true }), ["log"]);
    assert_eq!(names(doc! { "name": { "$in": ["plain", "none"] } }), ["plain"]);
    assert_eq!(names(doc! { "$expr": { "$eq": ["$type", "view"] } }), ["seen"]);
    assert_eq!(fault(db.list_collections(doc! { "$nope": 1 })), (ErrorKind::Invalid, Some(2)));
}

#[test]
fn a_uuid_stays_under_another_name_and_no_two_are_equal() {
    let db = memory();
    let uuid = |name: &str| {
        let listed = db.list_collections(doc! { "name": name }).unwrap();
        listed[0].get_document("info").unwrap().get("uuid").unwrap().clone()
    };
    db.create_collection("a").unwrap();
    db.create_collection("b").unwrap();
    let before = uuid("a");
    assert_ne!(before, uuid("b"));
    db.rename_collection("a", "c", false).unwrap();
    assert_eq!(uuid("c"), before);
}

#[test]
fn options_survive_a_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("options.db");
    let options = doc! {
        "validator": { "a": { "$gte": 0 } }, "validationLevel": "moderate", "validationAction": "error",
        "collation": { "locale": "de" }, "metadata": true, "primaryKey": "sku.code", "softDelete": true,
    };
    let uuid = {
        let db = Database::open_with(&path, nexuslite::Options::new()).unwrap();
        let goods = create(&db, "goods", options.clone()).unwrap();
        goods.insert_one(doc! { "_id": 1, "a": 1, "sku": { "code": "x" } }).unwrap();
        goods.delete_one(doc! { "_id": 1 }).unwrap();
        create(&db, "seen", doc! { "viewOn": "goods", "pipeline": [] }).unwrap();
        db.close().unwrap();
        db
    };
    drop(uuid);
    let db = Database::open(&path).unwrap();
    let mut listed = options_of(&db, "goods");
    let collation = listed.get_document_mut("collation").unwrap();
    assert_eq!((collation.get_str("locale").unwrap(), collation.get_i32("strength").unwrap()), ("de", 3));
    *collation = doc! { "locale": "de" };
    assert_eq!(listed, options);
    let goods = db.collection("goods");
    assert_eq!(fault(goods.insert_one(doc! { "a": -1, "sku": { "code": "y" } })).1, Some(121));
    assert_eq!(goods.restore(doc! {}).unwrap(), 1);
    assert_eq!(db.collection("seen").count_documents(doc! {}).unwrap(), 1);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn options_that_make_no_sense_are_refused_as_mongodb_does() {
    let db = memory();
    let index = |key: Document, unique: bool| doc! { "clusteredIndex": { "key": key, "unique": unique } };
    let cases = [
        (doc! { "capped": true }, 72),
        (doc! { "size": 4096 }, 72),
        (doc! { "max": 5 }, 72),
        (doc! { "capped": true, "size": 0 }, 51024),
        (doc! { "capped": true, "size": -1 }, 51024),
        (doc! { "capped": true, "size": 1_i64 << 51 }, 2),
        (doc! { "capped": true, "size": 1, "max": 1_i64 << 31 }, 2),
        (doc! { "capped": "yes", "size": 1 }, 14),
        (doc! { "capped": true, "size": "1" }, 14),
        (doc! { "validator": 1 }, 14),
        (doc! { "validator": { "$nope": 1 } }, 2),
        (doc! { "validator": { "a": { "$nope": 1 } } }, 2),
        (doc! { "validator": { "$jsonSchema": { "bsonType": 1 } } }, 14),
        (doc! { "validator": { "$sampleRate": 0.5 } }, 72),
        (doc! { "validationLevel": "sometimes" }, 2),
        (doc! { "validationAction": "shout" }, 2),
        (doc! { "validationAction": 1 }, 14),
        (doc! { "viewOn": "" }, 2),
        (doc! { "viewOn": 5 }, 14),
        (doc! { "pipeline": [] }, 72),
        (doc! { "viewOn": "a", "pipeline": {} }, 14),
        (doc! { "viewOn": "a", "pipeline": [{ "$nope": 1 }] }, 40324),
        (doc! { "viewOn": "a", "pipeline": [{ "$out": "x" }] }, 167),
        (doc! { "viewOn": "a", "pipeline": [{ "$match": 1 }] }, 15959),
        (doc! { "viewOn": "a", "pipeline": [{ "$limit": 0 }] }, 15958),
        (doc! { "viewOn": "a", "pipeline": [{ "$limit": "a" }] }, 5107201),
        (doc! { "viewOn": "a", "pipeline": [{ "$skip": -1 }] }, 5107200),
        (doc! { "viewOn": "a", "pipeline": [{ "$sort": {} }] }, 15976),
        (doc! { "viewOn": "a", "pipeline": [{ "$match": {}, "$limit": 1 }] }, 40323),
        (doc! { "viewOn": "a", "capped": true, "size": 10 }, 72),
        (doc! { "viewOn": "a", "validator": { "a": 1 } }, 72),
        (index(doc! { "a": 1 }, true), 197),
        (index(doc! { "_id": -1 }, true), 197),
        (index(doc! { "_id": 1, "a": 1 }, true), 197),
        (index(doc! { "_id": 1 }, false), 5979700),
        (doc! { "clusteredIndex": { "key": { "_id": 1 } } }, 40414),
        (doc! { "clusteredIndex": { "unique": true } }, 40414),
        (doc! { "expireAfterSeconds": 60 }, 72),
        (doc! { "collation": { "strength": 1 } }, 40414),
        (doc! { "collation": 1 }, 14),
        (doc! { "primaryKey": "_id" }, 72),
        (doc! { "primaryKey": "" }, 56),
        (doc! { "capped": true, "size": 10, "softDelete": true }, 72),
        (doc! { "nonsense": true }, 40415),
    ];
    for (options, code) in cases {
        let error = create(&db, "c", options.clone()).map(drop).expect_err(&options.to_string());
        assert_eq!((error.kind(), error.code()), (ErrorKind::Invalid, Some(code)), "{options}: {error}");
        assert!(error.code_name().is_some_and(|name| !name.is_empty()));
    }
    for unsupported in [
        doc! { "timeseries": { "timeField": "t" } },
        doc! { "storageEngine": {} },
        doc! { "viewOn": "a", "pipeline": [{ "$group": { "_id": 1 } }] },
        doc! { "viewOn": "a", "pipeline": [{ "$set": { "a": 1 } }] },
    ] {
        assert_eq!(fault(create(&db, "c", unsupported)).0, ErrorKind::Unsupported);
    }
    assert_eq!(db.list_collection_names().unwrap(), Vec::<String>::new());
}

#[test]
fn creating_again_needs_equal_options() {
    let db = memory();
    let options = doc! { "validator": { "a": 1 } };
    create(&db, "c", options.clone()).unwrap();
    create(&db, "c", options).unwrap();
    assert_eq!(fault(create(&db, "c", doc! {})), (ErrorKind::Exists, Some(48)));
    // An empty validator is none.
    create(&db, "d", doc! { "validator": {} }).unwrap();
    create(&db, "d", doc! {}).unwrap();
}

#[test]
fn a_capped_collection_lets_the_oldest_go_first() {
    let db = memory();
    let log = create(&db, "log", doc! { "capped": true, "size": 1 << 20, "max": 3 }).unwrap();
    for at in 0..10 {
        log.insert_one(doc! { "_id": at }).unwrap();
        assert!(log.count_documents(doc! {}).unwrap() <= 3);
    }
    assert_eq!(crate::fixture::find_ids(&log, doc! {}), [7, 8, 9]);
    log.insert_many((10..30).map(|at| doc! { "_id": at })).unwrap();
    assert_eq!(crate::fixture::find_ids(&log, doc! {}), [27, 28, 29]);
    // Whoever is gone is free again.
    log.insert_one(doc! { "_id": 1 }).unwrap();
    assert_eq!(crate::fixture::find_ids(&log, doc! {}), [28, 29, 1]);
    log.delete_one(doc! { "_id": 29 }).unwrap();
    log.insert_one(doc! { "_id": 2 }).unwrap();
    assert_eq!(crate::fixture::find_ids(&log, doc! {}), [28, 1, 2]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_capped_collection_holds_no_more_bytes_than_its_size() {
    let db = memory();
    let log = db.create_collection_with("log", CollectionOptions::new().capped(1000)).unwrap();
    let note = |at: i32, len: usize| doc! { "_id": at, "text": "x".repeat(len) };
    for at in 0..50 {
        log.insert_one(note(at, 70 + at as usize)).unwrap();
        let held: usize = log.find(doc! {}).raw().unwrap().map(|doc| doc.unwrap().as_bytes().len()).sum();
        assert!(held <= 1000, "{held} bytes after {at}");
    }
    let error = log.insert_one(note(99, 2000)).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Invalid, Some(2)));
    assert!(error.message().contains("exceeds cappedMaxSize"), "{error}");
    let last = log.count_documents(doc! {}).unwrap();
    // A change of size is allowed, and room is made when the next document comes.
    log.update_one(doc! { "_id": 49 }, doc! { "$set": { "more": "y".repeat(500) } }).unwrap();
    assert_eq!(log.count_documents(doc! {}).unwrap(), last);
    log.insert_one(note(50, 10)).unwrap();
    let held: usize = log.find(doc! {}).raw().unwrap().map(|doc| doc.unwrap().as_bytes().len()).sum();
    assert!(held <= 1000, "{held}");
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn writers_side_by_side_never_overfill_a_capped_collection() {
    let db = memory();
    create(&db, "log", doc! { "capped": true, "size": 1 << 20, "max": 5 }).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let log = db.collection("log");
            scope.spawn(move || {
                for at in 0..50 {
                    log.insert_one(doc! { "_id": thread * 1000 + at }).unwrap();
                    assert!(log.count_documents(doc! {}).unwrap() <= 5);
                }
            });
        }
    });
    assert_eq!(db.collection("log").count_documents(doc! {}).unwrap(), 5);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_clustered_collection_forgets_by_the_date_in_its_id() {
    let (db, clock) = with_clock();
    let options = CollectionOptions::new().clustered().expire_after_seconds(60);
    let events = db.create_collection_with("events", options).unwrap();
    let date = |ms: i64| nexuslite::bson::DateTime::from_millis(NOW_MS + ms);
    events.insert_one(doc! { "_id": date(0) }).unwrap();
    events.insert_one(doc! { "_id": date(30_000) }).unwrap();
    events.insert_one(doc! { "_id": "no date" }).unwrap();
    clock.advance_ms(60_000);
    assert_eq!(db.sweep(100).unwrap(), 1);
    clock.advance_ms(1_000_000);
    assert_eq!(db.sweep(100).unwrap(), 1);
    assert_eq!(events.count_documents(doc! {}).unwrap(), 1);
    let listed = events.list_indexes().unwrap();
    assert!(listed[0].get_bool("clustered").unwrap());
    assert_eq!(db.coll_mod("events", doc! { "expireAfterSeconds": "off" }).unwrap(), doc! {});
    assert!(options_of(&db, "events").get("expireAfterSeconds").is_none());
}

#[test]
fn a_primary_key_is_there_and_unique() {
    let db = memory();
    let goods = db.create_collection_with("goods", CollectionOptions::new().primary_key("sku.code")).unwrap();
    goods.insert_one(doc! { "_id": 1, "sku": { "code": "a" } }).unwrap();
    assert_eq!(fault(goods.insert_one(doc! { "sku": { "code": "a" } })).1, Some(11000));
    for wrong in [
        doc! { "_id": 2 },
        doc! { "_id": 2, "sku": {} },
        doc! { "_id": 2, "sku": { "code": Bson::Null } },
        doc! { "_id": 2, "sku": { "code": ["b"] } },
        doc! { "_id": 2, "sku": [{ "code": "b" }] },
    ] {
        let error = goods.insert_one(wrong.clone()).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Invalid, Some(2)), "{wrong}");
        assert!(error.message().contains("sku.code"), "{error}");
    }
    assert_eq!(fault(goods.update_one(doc! {}, doc! { "$unset": { "sku.code": 1 } })).1, Some(2));
    goods.update_one(doc! { "_id": 1 }, doc! { "$set": { "sku.code": "c" } }).unwrap();
    goods.insert_one(doc! { "_id": 3, "sku": { "code": "a" } }).unwrap();
    assert_eq!(fault(goods.drop_index("sku.code_1")), (ErrorKind::Invalid, Some(72)));
    goods.create_index(doc! { "other": 1 }).unwrap();
    assert_eq!(goods.drop_indexes().unwrap(), 1);
    assert_eq!(goods.list_indexes().unwrap().len(), 2);
    assert_eq!(goods.get(&Bson::Int32(3)).unwrap().unwrap().get_i32("_id").unwrap(), 3);
}

#[test]
fn coll_mod_changes_what_was_created() {
    let db = memory();
    let c = create(&db, "c", doc! { "validator": { "a": 1 } }).unwrap();
    c.insert_one(doc! { "_id": 1, "a": 1, "w": nexuslite::bson::DateTime::now() }).unwrap();
    c.create_index(doc! { "a": 1 }).unwrap();
    c.create_indexes([doc! { "key": { "w": 1 }, "name": "w_1", "expireAfterSeconds": 3600 }]).unwrap();

    assert_eq!(db.coll_mod("c", doc! { "validationAction": "warn" }).unwrap(), doc! {});
    let written = doc! { "validator": { "a": 1 }, "validationLevel": "strict", "validationAction": "warn" };
    assert_eq!(options_of(&db, "c"), written);
    c.insert_one(doc! { "_id": 2, "a": 2 }).unwrap();
    db.coll_mod("c", doc! { "validator": {} }).unwrap();
    assert_eq!(options_of(&db, "c"), doc! { "validationLevel": "strict", "validationAction": "warn" });

    let index = |change: Document| db.coll_mod("c", doc! { "index": change });
    assert_eq!(
        index(doc! { "name": "a_1", "hidden": true }).unwrap(),
        doc! { "hidden_old": false, "hidden_new": true }
    );
    assert_eq!(index(doc! { "name": "a_1", "hidden": true }).unwrap(), doc! {});
    assert_eq!(
        index(doc! { "keyPattern": { "a": 1 }, "hidden": false }).unwrap(),
        doc! { "hidden_old": true, "hidden_new": false }
    );
    assert_eq!(
        index(doc! { "name": "w_1", "expireAfterSeconds": 60 }).unwrap(),
        doc! { "expireAfterSeconds_old": 3600_i64, "expireAfterSeconds_new": 60_i64 }
    );
    assert_eq!(
        index(doc! { "name": "a_1", "expireAfterSeconds": 60 }).unwrap(),
        doc! { "expireAfterSeconds_new": 60_i64 }
    );
    for (change, code) in [
        (doc! { "name": "_id_", "hidden": true }, 2),
        (doc! { "name": "nope", "hidden": true }, 27),
        (doc! { "keyPattern": { "z": 1 }, "hidden": true }, 27),
        (doc! { "hidden": true }, 72),
        (doc! { "name": "a_1" }, 72),
        (doc! { "name": "a_1", "keyPattern": { "a": 1 }, "hidden": true }, 72),
        (doc! { "name": 1, "hidden": true }, 14),
        (doc! { "name": "a_1", "nope": true }, 40415),
    ] {
        assert_eq!(fault(index(change.clone())).1, Some(code), "{change}");
    }
    for (change, code) in [
        (doc! { "viewOn": "d" }, 72),
        (doc! { "pipeline": [] }, 72),
        (doc! { "cappedSize": 100 }, 72),
        (doc! { "expireAfterSeconds": 5 }, 72),
        (doc! { "validationLevel": "nope" }, 2),
        (doc! { "validator": { "$nope": 1 } }, 2),
        (doc! { "nope": 1 }, 40415),
    ] {
        assert_eq!(fault(db.coll_mod("c", change.clone())).1, Some(code), "{change}");
    }
    assert_eq!(fault(db.coll_mod("none", doc! {})), (ErrorKind::NotFound, Some(26)));
}

#[test]
fn coll_mod_changes_the_bounds_of_a_capped_collection() {
    let db = memory();
    let log = create(&db, "log", doc! { "capped": true, "size": 1 << 20, "max": 10 }).unwrap();
    log.insert_many((0..10).map(|at| doc! { "_id": at })).unwrap();
    db.coll_mod("log", doc! { "cappedMax": 2 }).unwrap();
    assert_eq!(log.count_documents(doc! {}).unwrap(), 10);
    log.insert_one(doc! { "_id": 10 }).unwrap();
    assert_eq!(crate::fixture::find_ids(&log, doc! {}), [9, 10]);
    db.coll_mod("log", doc! { "cappedSize": 5000, "cappedMax": 0 }).unwrap();
    assert_eq!(options_of(&db, "log"), doc! { "capped": true, "size": 5000, "max": i32::MAX });
    assert_eq!(fault(db.coll_mod("log", doc! { "cappedSize": 0 })).1, Some(51024));
}
