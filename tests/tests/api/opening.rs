//! Databases opened and closed.

use nexuslite::bson::doc;
use nexuslite::{Database, Document, DocumentType, Durability, EngineKind, ErrorKind, Options};

use crate::fixture::{fault, int, memory, people};

#[test]
fn a_closed_database_answers_closed() {
    let (db, c) = people();
    let cursor = c.find(doc! {}).batch_size(1).run().unwrap();
    let tx = db.begin().unwrap();
    tx.collection("people").insert_one(doc! { "_id": 9 }).unwrap();
    let inside = tx.collection("people");
    db.close().unwrap();
    db.close().unwrap();
    let closed = (ErrorKind::Closed, Some(11600));
    assert_eq!(fault(c.insert_one(doc! {})), closed);
    assert_eq!(fault(c.insert_many([doc! {}])), closed);
    assert_eq!(fault(c.find(doc! {}).run()), closed);
    assert_eq!(fault(c.find_one(doc! {})), closed);
    assert_eq!(fault(c.get_raw(&int(1))), closed);
    assert_eq!(fault(c.update_many(doc! {}, doc! { "$set": { "a": 1 } })), closed);
    assert_eq!(fault(c.delete_many(doc! {})), closed);
    assert_eq!(fault(c.count_documents(doc! {})), closed);
    assert_eq!(fault(c.distinct("a", doc! {})), closed);
    assert_eq!(fault(db.list_collection_names()), closed);
    assert_eq!(fault(db.create_collection("x")), closed);
    assert_eq!(fault(db.drop_collection("x")), closed);
    assert_eq!(fault(db.begin()), closed);
    assert_eq!(fault(db.sync()), closed);
    assert_eq!(fault(db.checkpoint()), closed);
    assert_eq!(fault(db.check()), closed);
    assert_eq!(fault(db.stats()), closed);
    assert_eq!(fault(db.info()), closed);
    assert_eq!(fault(inside.count_documents(doc! {})), closed);
    assert_eq!(fault(tx.commit()), closed);
    assert_eq!(cursor.last().unwrap().unwrap_err().kind(), ErrorKind::Closed);
}

#[test]
fn databases_in_memory_are_apart() {
    let (one, two) = (memory(), memory());
    one.collection("c").insert_one(doc! {}).unwrap();
    assert_eq!(two.list_collection_names().unwrap(), Vec::<String>::new());
    assert_eq!(one.info().unwrap().collections, [("c".to_owned(), 1)]);
    assert_eq!(one.info().unwrap().path, None);
}

#[test]
fn what_does_not_exist_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("missing.db");
    let error = Database::open(&name).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().starts_with("Database Not Found"), "{error}");
    assert!(!name.exists());
    let read_only = Database::open_with(&name, Options::new().read_only(true));
    assert_eq!(fault(read_only).0, ErrorKind::NotFound);
}

#[test]
fn options_that_cannot_be_meant_are_refused() {
    let check = |options: Options| {
        assert_eq!(fault(Database::open_with(":memory:", options)), (ErrorKind::Invalid, Some(72)));
    };
    check(Options::new().page_bytes(4096));
    check(Options::new().page_bytes(0));
    check(Options::new().wal_chunk_bytes(1000));
    check(Options::new().wal_chunk_bytes(1024));
    check(Options::new().transaction_bytes_max(0));
    check(Options::new().transaction_bytes_max(usize::MAX));
    check(Options::new().transaction_attempts_max(0));
    check(Options::new().cache_entries(0));
    check(Options::new().wal_bytes(0));
    check(Options::new().group_interval(std::time::Duration::ZERO));
    check(Options::new().read_only(true));
    let in_memory_file = Database::open_with("some.db", Options::new().engine(EngineKind::Memory));
    assert_eq!(fault(in_memory_file), (ErrorKind::Invalid, Some(72)));
}

/// The program that the README shows, in a folder of its own.
fn quick_start(name: &std::path::Path) -> nexuslite::Result<u64> {
    let db = Database::new(name.to_str())?;
    db.create_collection("users")?;
    let alice = |age| Document::new(doc! { "username": "alice", "age": age }, DocumentType::Persistent);
    let id = db.insert_document("users", alice(30))?;
    let found = db.get_collection("users")?.find_document(&id)?.expect("just inserted");
    assert_eq!(found.fields().get_i32("age").ok(), Some(30));
    db.update_document("users", &id, alice(31))?;
    db.delete_document("users", &id)?;
    db.insert_document("users", Document::new(doc! {}, DocumentType::Persistent))?;
    db.get_collection("users")?.count_documents(doc! {})
}

#[test]
fn the_quick_start_runs_again_and_again_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    for run in 1..=3 {
        assert_eq!(quick_start(&folder.path().join("nexuslite")).unwrap(), run);
        assert!(folder.path().join("nexuslite.db").exists());
    }
}

#[test]
fn five_thousand_documents_outlive_a_cache_of_one_thousand_entries() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("probe.db");
        let open = || Database::open_with(&path, Options::new().engine(engine).cache_entries(1024)).unwrap();
        let listed =
            |db: &Database| db.collection("c").find(doc! {}).run().unwrap().map(Result::unwrap).count();
        let db = open();
        (0..5).for_each(|run| {
            let docs = (run * 1000..(run + 1) * 1000).map(|id| doc! { "_id": id, "text": "x".repeat(200) });
            db.collection("c").insert_many(docs).unwrap();
        });
        assert_eq!(listed(&db), 5000);
        db.close().unwrap();
        let db = open();
        assert_eq!(listed(&db), 5000);
        db.checkpoint().unwrap();
        db.close().unwrap();
        let db = open();
        assert_eq!(listed(&db), 5000);
        assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
        db.close().unwrap();
    }
}

#[test]
fn record_ids_go_on_after_a_reopen_and_natural_order_is_insertion_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("order.db");
    for run in 0..4 {
        let db = Database::open_with(&path, Options::new()).unwrap();
        let c = db.collection("c");
        c.insert_many((0..10).map(|i| doc! { "_id": format!("{}{}", 9 - run, 9 - i), "n": run * 10 + i }))
            .unwrap();
        c.delete_one(doc! { "n": run * 10 + 9 }).unwrap();
        let expected: Vec<i32> = (0..=run).flat_map(|run| (0..9).map(move |i| run * 10 + i)).collect();
        let found: Vec<i32> =
            c.find(doc! {}).run().unwrap().map(|d| d.unwrap().get_i32("n").unwrap()).collect();
        assert_eq!(found, expected);
        assert_eq!(c.count_documents(doc! {}).unwrap(), expected.len() as u64);
        db.create_collection(&format!("other{run}")).unwrap();
        db.close().unwrap();
    }
    let db = Database::open(&path).unwrap();
    assert_eq!(db.list_collection_names().unwrap().len(), 5);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_second_opening_in_the_process_shares_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.db");
    let one = Database::open_with(&path, Options::new()).unwrap();
    let crooked = folder.path().join(".").join("shared.db");
    let two = Database::open(&crooked).unwrap();
    one.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
    assert_eq!(two.collection("c").count_documents(doc! {}).unwrap(), 1);
    let other_options = Database::open_with(&path, Options::new().durability(Durability::None));
    assert_eq!(fault(other_options).0, ErrorKind::Busy);
    one.close().unwrap();
    assert_eq!(fault(one.collection("c").count_documents(doc! {})).0, ErrorKind::Closed);
    two.collection("c").insert_one(doc! { "_id": 2 }).unwrap();
    drop(two);
    let three = Database::open(&path).unwrap();
    assert_eq!(three.collection("c").count_documents(doc! {}).unwrap(), 2);
}

#[test]
fn a_database_that_was_opened_read_only_refuses_every_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ro.db");
    let db = Database::open_with(&path, Options::new()).unwrap();
    db.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
    db.close().unwrap();
    let db = Database::open_with(&path, Options::new().read_only(true)).unwrap();
    let c = db.collection("c");
    assert_eq!(c.count_documents(doc! {}).unwrap(), 1);
    assert_eq!(fault(c.insert_one(doc! {})).0, ErrorKind::Denied);
    assert_eq!(fault(c.update_one(doc! {}, doc! { "$set": { "a": 1 } })).0, ErrorKind::Denied);
    assert_eq!(fault(c.delete_many(doc! {})).0, ErrorKind::Denied);
    assert_eq!(fault(db.create_collection("d")).0, ErrorKind::Denied);
    assert_eq!(fault(db.drop_collection("c")).0, ErrorKind::Denied);
    assert_eq!(fault(db.checkpoint()).0, ErrorKind::Denied);
    assert_eq!(fault(db.sweep(1)).0, ErrorKind::Denied);
}

#[test]
fn a_backup_holds_the_state_of_its_moment() {
    let folder = tempfile::tempdir().unwrap();
    for (name, db) in [
        ("memory", memory()),
        ("file", Database::open_with(folder.path().join("shop.db"), Options::new()).unwrap()),
    ] {
        let c = db.collection("c");
        c.insert_many((0..3000).map(|id| doc! { "_id": id, "text": "x".repeat(100) })).unwrap();
        c.delete_many(doc! { "_id": { "$gte": 2000 } }).unwrap();
        let copy = folder.path().join(format!("{name}-copy"));
        db.backup(&copy).unwrap();
        c.delete_many(doc! {}).unwrap();
        assert_eq!(fault(db.backup(&copy)).0, ErrorKind::Exists);
        db.close().unwrap();
        let copy = Database::open(&copy).unwrap();
        assert_eq!(copy.collection("c").count_documents(doc! {}).unwrap(), 2000);
        copy.collection("c").insert_one(doc! { "_id": "new" }).unwrap();
        assert_eq!(copy.collection("c").find(doc! {}).run().unwrap().count(), 2001);
        assert_eq!(copy.check().unwrap().faults, Vec::<String>::new());
    }
    let beside: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!beside.iter().any(|name| name.to_string_lossy().contains("copying")), "{beside:?}");
}

#[test]
fn large_documents_are_written_once_and_copied_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("shop.db"), folder.path().join("copy.db"));
    let document = |id: i32| doc! { "_id": id, "text": format!("{id}").repeat(3 << 20) };
    let len = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
    let db = Database::open_with(&path, Options::new()).unwrap();
    let c = db.collection("c");
    for id in 0..8 {
        c.insert_one(document(id)).unwrap();
    }
    c.replace_one(doc! { "_id": 3 }, doc! { "_id": 3, "text": "short" }).unwrap();
    c.replace_one(doc! { "_id": 4 }, document(4)).unwrap();
    assert!(len("shop.wasp") < 20 << 20, "27 MiB went past the log, which has {}", len("shop.wasp"));
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    db.backup(&copy).unwrap();
    c.delete_many(doc! { "_id": { "$ne": 1 } }).unwrap();
    db.checkpoint().unwrap();
    db.close().unwrap();
    assert!(len("shop.db") < 6 << 20, "one document is left, in {} bytes", len("shop.db"));
    let (db, copy) = (Database::open(&path).unwrap(), Database::open(&copy).unwrap());
    assert_eq!(db.collection("c").find_one(doc! {}).unwrap(), Some(document(1)));
    for id in (0..8).filter(|id| *id != 3) {
        assert_eq!(copy.collection("c").find_one(doc! { "_id": id }).unwrap(), Some(document(id)));
    }
    assert_eq!(copy.collection("c").count_documents(doc! {}).unwrap(), 8);
    assert_eq!(copy.check().unwrap().faults, Vec::<String>::new());
    assert!(len("copy.db") < 30 << 20, "the copy has {} bytes", len("copy.db"));
}

#[test]
fn files_that_differ_only_in_their_ending_have_logs_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, log: &str| {
        let (path, log) = (folder.path().join(name), folder.path().join(log));
        let db = Database::open_with(&path, Options::new()).unwrap();
        db.collection("c").insert_one(doc! { "name": name }).unwrap();
        assert!(log.exists(), "{name} has {}", log.display());
        db
    };
    let open = [
        check("shop.db", "shop.wasp"),
        check("shop.data", "shop.data.wasp"),
        check("shop.DB", "shop.DB.wasp"),
        check("shop.db.db", "shop.db.wasp"),
    ];
    for db in open {
        let there = db.collection("c").count_documents(doc! {}).unwrap();
        assert_eq!(there, 1);
        db.close().unwrap();
    }
}
