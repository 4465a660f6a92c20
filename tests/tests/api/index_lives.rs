//! Indexes that come and go beside transactions, and that outlive names, copies and processes.

use std::path::Path;

use nexuslite::bson::{Document, doc};
use nexuslite::{Collection, Database, EngineKind, ErrorKind, IndexOptions, Options, Verbosity};

use crate::fixture::{fault, find_ids, memory};

/// A hundred posts under a unique index, one of arrays, a partial and a sparse one.
fn fill(posts: &Collection) {
    posts.create_index_with(doc! { "n": 1 }, &IndexOptions::new().unique(true)).unwrap();
    posts.insert_many((0..50).map(post)).unwrap();
    posts.create_index(doc! { "tags": 1, "n": -1 }).unwrap();
    posts
        .create_index_with(
            doc! { "n": -1 },
            &IndexOptions::new().partial_filter(doc! { "tags": { "$gte": 5 } }),
        )
        .unwrap();
    posts.create_index_with(doc! { "seldom": 1 }, &IndexOptions::new().sparse(true).name("rare")).unwrap();
    posts.insert_many((50..100).map(post)).unwrap();
}

fn post(n: i32) -> Document {
    let mut post = doc! { "_id": n, "n": n * 3, "tags": [n % 7, n % 11] };
    if n % 10 == 0 {
        post.insert("seldom", n);
    }
    post
}

/// The indexes are there, used, right, and still refuse what is not unique.
#[track_caller]
fn all_there(db: &Database, name: &str) {
    let posts = db.collection(name);
    let names: Vec<String> =
        posts.list_indexes().unwrap().iter().map(|index| index.get_str("name").unwrap().to_owned()).collect();
    assert_eq!(names, ["_id_", "n_1", "tags_1_n_-1", "n_-1", "rare"]);
    for (filter, index) in [
        (doc! { "n": { "$gt": 30, "$lt": 60 } }, "n_1"),
        (doc! { "tags": 3 }, "tags_1_n_-1"),
        (doc! { "tags": 9, "n": { "$lt": 200 } }, "tags_1_n_-1"),
        (doc! { "seldom": { "$gte": 20 } }, "rare"),
    ] {
        let explained = posts.find(filter.clone()).explain(Verbosity::QueryPlanner).unwrap().to_string();
        assert!(explained.contains(&format!("\"indexName\": \"{index}\"")), "{explained}");
        let mut found = find_ids(&posts, filter.clone());
        let natural = posts.find(filter.clone()).hint_key(doc! { "$natural": 1 }).run().unwrap();
        let natural: Vec<i32> = natural.map(|doc| doc.unwrap().get_i32("_id").unwrap()).collect();
        found.sort_unstable();
        assert!(found == natural && !found.is_empty(), "{filter}: {found:?}, {natural:?}");
    }
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

#[track_caller]
fn refuses_a_second(posts: &Collection) {
    assert_eq!(fault(posts.insert_one(doc! { "_id": -1, "n": 30 })), (ErrorKind::DuplicateKey, Some(11000)));
}

fn open(path: &Path, engine: EngineKind) -> Database {
    Database::open_with(path, Options::new().engine(engine)).unwrap()
}

#[test]
fn indexes_are_there_after_reopening_and_in_a_copy() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("a.db"), folder.path().join("copy.db"));
        let db = open(&path, engine);
        fill(&db.collection("posts"));
        all_there(&db, "posts");
        db.backup(&copy).unwrap();
        db.close().unwrap();
        for (path, engine) in [(&path, engine), (&copy, EngineKind::Wasp)] {
            let reader = Database::open_with(path, Options::new().engine(engine).read_only(true)).unwrap();
            all_there(&reader, "posts");
            reader.close().unwrap();
            let db = open(path, engine);
            all_there(&db, "posts");
            refuses_a_second(&db.collection("posts"));
            db.checkpoint().unwrap();
            all_there(&db, "posts");
            db.collection("posts").update_many(doc! {}, doc! { "$inc": { "n": 1 } }).unwrap();
            db.collection("posts").update_many(doc! {}, doc! { "$inc": { "n": -1 } }).unwrap();
            db.close().unwrap();
            all_there(&open(path, engine), "posts");
        }
    }
}

#[test]
fn indexes_follow_a_collection_to_its_new_name() {
    let db = memory();
    fill(&db.collection("posts"));
    db.collection("other").create_index(doc! { "x": 1 }).unwrap();
    db.rename_collection("posts", "renamed", false).unwrap();
    all_there(&db, "renamed");
    refuses_a_second(&db.collection("renamed"));
    db.rename_collection("renamed", "other", true).unwrap();
    all_there(&db, "other");
    assert_eq!(fault(db.collection("posts").list_indexes()), (ErrorKind::NotFound, Some(26)));
    db.drop_collection("other").unwrap();
    assert_eq!(db.collection("other").list_indexes().unwrap_err().code(), Some(26));
    fill(&db.collection("other"));
    all_there(&db, "other");
}

/// A change of indexes, as it happens beside a transaction.
type Change = fn(&Collection);

const CHANGES: &[(&str, Change)] = &[
    ("created", |c| drop(c.create_index(doc! { "m": 1 }).unwrap())),
    ("created unique", |c| {
        drop(c.create_index_with(doc! { "m": 1 }, &IndexOptions::new().unique(true)).unwrap());
    }),
    ("dropped", |c| c.drop_index("n_1").unwrap()),
    ("all dropped", |c| assert_eq!(c.drop_indexes().unwrap(), 1)),
    ("hidden", |c| c.hide_index("n_1").unwrap()),
];

fn numbers() -> (Database, Collection) {
    let db = memory();
    let numbers = db.collection("numbers");
    numbers.insert_many((0..10).map(|n| doc! { "_id": n, "n": n, "m": n })).unwrap();
    numbers.create_index(doc! { "n": 1 }).unwrap();
    (db, numbers)
}

#[test]
fn a_transaction_that_wrote_before_indexes_changed_conflicts() {
    let deeds: &[(&str, Change)] = &[
        ("insert", |c| drop(c.insert_one(doc! { "_id": 100, "n": 100, "m": 100 }).unwrap())),
        ("update", |c| drop(c.update_one(doc! { "n": 3 }, doc! { "$set": { "n": 33, "m": 33 } }).unwrap())),
        ("replace", |c| drop(c.replace_one(doc! { "_id": 3 }, doc! { "n": 33 }).unwrap())),
        ("delete", |c| assert_eq!(c.delete_one(doc! { "n": 3 }).unwrap().deleted_count, 1)),
    ];
    for (changed, change) in CHANGES {
        for (did, deed) in deeds {
            let (db, numbers) = numbers();
            let tx = db.begin().unwrap();
            deed(&tx.collection("numbers"));
            change(&numbers);
            assert_eq!(fault(tx.commit()).0, ErrorKind::Conflict, "{did}, {changed}");
            assert_eq!(find_ids(&numbers, doc! { "n": 3 }), [3], "{did}, {changed}");
            assert_eq!(db.check().unwrap().faults, Vec::<String>::new(), "{did}, {changed}");
        }
    }
}

#[test]
fn a_transaction_that_is_run_again_keeps_the_new_index_up() {
    let (db, numbers) = numbers();
    let mut runs = 0;
    db.transaction(|tx| {
        runs += 1;
        tx.collection("numbers").insert_one(doc! { "_id": 100, "n": 100, "m": 100 })?;
        if runs == 1 {
            numbers.create_index(doc! { "m": 1 })?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(runs, 2);
    assert_eq!(find_ids(&numbers, doc! { "m": 100 }), [100]);
    assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
}

/// A transaction that only reads sees the indexes of its moment, whatever becomes of them.
#[test]
fn a_reader_keeps_the_indexes_that_it_began_with() {
    for (changed, change) in CHANGES {
        let (db, numbers) = numbers();
        let tx = db.begin().unwrap();
        let seen = tx.collection("numbers");
        let before = seen.list_indexes().unwrap();
        let mut cursor = numbers.find(doc! { "n": { "$gte": 0 } }).batch_size(2).run().unwrap();
        assert!(cursor.next().is_some());
        change(&numbers);
        numbers.delete_many(doc! {}).unwrap();
        assert_eq!(seen.list_indexes().unwrap(), before, "{changed}");
        assert_eq!(find_ids(&seen, doc! { "n": { "$gt": 6 } }), [7, 8, 9], "{changed}");
        let rest: Vec<Document> = cursor.map(Result::unwrap).collect();
        assert_eq!(rest.len(), 9, "{changed}");
        tx.commit().unwrap();
        assert_eq!(db.check().unwrap().faults, Vec::<String>::new(), "{changed}");
    }
}
