//! Documents with metadata, and ephemeral ones.

use nexuslite::bson::{DateTime, doc};
use nexuslite::{CollectionOptions, Database, Document, DocumentType, ErrorKind, Options};

use crate::fixture::{NOW_MS, fault, int, memory, with_clock};

#[test]
fn the_quick_start_runs() {
    let db = memory();
    for _ in 0..2 {
        db.create_collection("users").unwrap();
        let alice = |age| Document::new(doc! { "username": "alice", "age": age }, DocumentType::Persistent);
        let id = db.insert_document("users", alice(30)).unwrap();
        let found = db.get_collection("users").unwrap().find_document(&id).unwrap().expect("just inserted");
        assert_eq!(found.fields().get_i32("age").ok(), Some(30));
        assert_eq!(found.id(), Some(&id));
        assert!(db.update_document("users", &id, alice(31)).unwrap());
        let found = db.get_collection("users").unwrap().find_document(&id).unwrap().expect("still there");
        assert_eq!(found.fields().get_i32("age").ok(), Some(31));
        assert!(db.delete_document("users", &id).unwrap());
        assert!(!db.delete_document("users", &id).unwrap());
        assert!(!db.update_document("users", &id, alice(32)).unwrap());
        assert_eq!(db.get_collection("users").unwrap().find_document(&id).unwrap(), None);
    }
}

#[test]
fn metadata_is_kept_where_the_collection_says_so() {
    let (db, clock) = with_clock();
    let plain = db.create_collection("plain").unwrap();
    let kept = db.create_collection_with("kept", CollectionOptions::new().metadata(true)).unwrap();
    for c in [&plain, &kept] {
        c.insert_one(doc! { "_id": 1 }).unwrap();
    }
    clock.advance_ms(10);
    for c in [&plain, &kept] {
        c.update_one(doc! { "_id": 1 }, doc! { "$set": { "a": 1 } }).unwrap();
    }
    let document = kept.find_document(&int(1)).unwrap().unwrap();
    assert_eq!(document.created_at(), Some(DateTime::from_millis(NOW_MS)));
    assert_eq!(document.updated_at(), Some(DateTime::from_millis(NOW_MS + 10)));
    assert_eq!(document.version(), Some(2));
    assert_eq!(document.fields(), &doc! { "_id": 1, "a": 1 });
    let document = plain.find_document(&int(1)).unwrap().unwrap();
    assert_eq!((document.created_at(), document.updated_at(), document.version()), (None, None, None));
    let projected =
        kept.find(doc! {}).projection(doc! { "v": { "$meta": "version" } }).first().unwrap().unwrap();
    assert_eq!(projected.get_i64("v").ok(), Some(2));
}

#[test]
fn tags_travel_with_the_document() {
    let db = memory();
    let c = db.create_collection("c").unwrap();
    let document = Document::builder().id(1).field("a", 2).tag("x").tag("ü").build();
    assert_eq!(c.insert_document(document).unwrap(), int(1));
    assert_eq!(c.find_document(&int(1)).unwrap().unwrap().tags(), ["x", "ü"]);
    c.update_one(doc! {}, doc! { "$inc": { "a": 1 } }).unwrap();
    let all: Vec<_> = c.find(doc! {}).documents().unwrap().map(Result::unwrap).collect();
    assert_eq!((all.len(), all[0].tags().len(), all[0].fields().get_i32("a").ok()), (1, 2, Some(3)));
    c.update_document(&int(1), Document::builder().field("b", 1).tag("y").build()).unwrap();
    let document = c.find_document(&int(1)).unwrap().unwrap();
    assert_eq!((document.tags(), document.fields()), (&["y".to_owned()][..], &doc! { "_id": 1, "b": 1 }));
    let other_id = c.update_document(&int(1), Document::builder().id(2).build());
    assert_eq!(fault(other_id), (ErrorKind::Invalid, Some(66)));
}

#[test]
fn ephemeral_documents_live_apart() {
    let db = memory();
    let users = db.create_collection("users").unwrap();
    let id = users.insert_document(Document::builder().field("a", 1).ephemeral().build()).unwrap();
    assert_eq!(users.count_documents(doc! {}).unwrap(), 0);
    assert_eq!(users.find_document(&id).unwrap(), None);
    let hidden = db.get_collection("_tempDocuments").unwrap();
    assert_eq!(hidden.find_document(&id).unwrap().unwrap().document_type(), DocumentType::Ephemeral);
    assert_eq!(hidden.count_documents(doc! {}).unwrap(), 1);
    assert_eq!(db.list_collection_names().unwrap(), ["users"]);
    assert!(
        db.update_document("users", &id, Document::new(doc! { "a": 2 }, DocumentType::Ephemeral)).unwrap()
    );
    assert_eq!(hidden.find_document(&id).unwrap().unwrap().fields().get_i32("a").ok(), Some(2));
    let persistent = db.insert_document("_tempDocuments", Document::new(doc! {}, DocumentType::Persistent));
    assert_eq!(fault(persistent), (ErrorKind::Invalid, Some(73)));
    assert!(db.delete_document("_tempDocuments", &id).unwrap());
    assert_eq!(hidden.count_documents(doc! {}).unwrap(), 0);
}

/// A file with 400 documents of 1 KiB, ephemeral or not, closed and opened again.
fn reopened(folder: &tempfile::TempDir, name: &str, kind: DocumentType, options: Options) -> Database {
    let path = folder.path().join(name);
    let db = Database::open_with(&path, options.clone()).unwrap();
    db.transaction(|tx| {
        (0..400).try_for_each(|id| {
            let document = Document::new(doc! { "_id": id, "text": "x".repeat(1024) }, kind);
            tx.insert_document("lasting", document).map(drop)
        })
    })
    .unwrap();
    db.close().unwrap();
    Database::open_with(&path, options).unwrap()
}

#[test]
fn ephemeral_documents_are_in_memory_once_the_file_is_open() {
    let folder = tempfile::tempdir().unwrap();
    for read_only in [false, true] {
        let db = reopened(&folder, "all", DocumentType::Ephemeral, Options::new());
        db.close().unwrap();
        let db = Database::open_with(folder.path().join("all"), Options::new().read_only(read_only)).unwrap();
        let before = db.stats().unwrap();
        assert!(before.cache_bytes > 400 * 1024, "{before:?}");
        let hidden = db.get_collection("_tempDocuments").unwrap();
        assert_eq!(hidden.find(doc! {}).documents().unwrap().map(Result::unwrap).count(), 400);
        assert!((0..400).all(|id| hidden.get(&int(id)).unwrap().is_some()));
        let after = db.stats().unwrap();
        assert_eq!(after.cache_misses, before.cache_misses, "no page of them had to be read");
        assert!(after.cache_hits > before.cache_hits);
        db.close().unwrap();
        std::fs::remove_file(folder.path().join("all.db")).unwrap();
        std::fs::remove_file(folder.path().join("all.wasp")).unwrap();
    }
}

#[test]
fn nothing_else_is_loaded_and_never_more_than_half_of_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = |name: &str, kind, options| {
        let stats = reopened(&folder, name, kind, options).stats().unwrap();
        stats.cache_misses * u64::from(stats.page_bytes)
    };
    let lasting = loaded("lasting", DocumentType::Persistent, Options::new());
    assert!(lasting < 100 << 10, "{lasting}");
    let by_bytes = loaded("bytes", DocumentType::Ephemeral, Options::new().cache_bytes(256 << 10));
    assert!((100 << 10..220 << 10).contains(&by_bytes), "{by_bytes}");
    let by_count = loaded("count", DocumentType::Ephemeral, Options::new().cache_entries(16));
    assert!((100 << 10..220 << 10).contains(&by_count), "{by_count}");
    let by_both = Options::new().cache_entries(16).cache_bytes(16 << 20);
    let by_both = loaded("both", DocumentType::Ephemeral, by_both);
    assert!((100 << 10..220 << 10).contains(&by_both), "{by_both}");
}
