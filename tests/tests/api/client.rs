//! A folder of databases.

use std::sync::Arc;

use nexuslite::bson::{Document, doc};
use nexuslite::vfs::MemoryFs;
use nexuslite::{
    Client, ClientBulkWriteError, Database, DatabaseSpecification, EngineKind, ErrorKind, Options,
};

use crate::fixture::{fault, find_ids};

fn memory() -> Client {
    Client::open(":memory:").unwrap()
}

/// A client whose files are in memory, with the file system to open another one on the same files.
fn on_files() -> (Client, Options) {
    let options = Options::new().vfs(Arc::new(MemoryFs::new()));
    (Client::open_with("/data", options.clone()).unwrap(), options)
}

fn insert(client: &Client, database: &str, id: i32) {
    client.database(database).unwrap().collection("c").insert_one(doc! { "_id": id }).unwrap();
}

fn count(client: &Client, database: &str) -> u64 {
    client.database(database).unwrap().collection("c").count_documents(doc! {}).unwrap()
}

#[test]
fn a_folder_is_made_and_its_databases_come_at_their_first_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all/data");
    let client = Client::open(&path).unwrap();
    assert_eq!(client.list_database_names().unwrap(), Vec::<String>::new());
    assert_eq!(std::fs::read_dir(&path).unwrap().count(), 0);
    insert(&client, "shop", 1);
    insert(&client, "audit", 1);
    assert!(path.join("shop.db").is_file());
    assert_eq!(client.list_database_names().unwrap(), ["audit", "shop"]);
    client.close().unwrap();
    let client = Client::open(&path).unwrap();
    assert_eq!(client.list_database_names().unwrap(), ["audit", "shop"]);
    assert_eq!(count(&client, "shop"), 1);
}

#[test]
fn only_files_that_begin_as_a_database_does_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::open(folder.path()).unwrap();
    insert(&client, "shop", 1);
    for (name, bytes) in [("text.db", "this is no database"), ("empty.db", ""), ("notes.txt", "notes")] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    std::fs::create_dir(folder.path().join("folder.db")).unwrap();
    client.database("shop").unwrap().checkpoint().unwrap();
    std::fs::copy(folder.path().join("shop.db"), folder.path().join("shop.copy")).unwrap();
    std::fs::copy(folder.path().join("shop.db"), folder.path().join("a b.db")).unwrap();
    assert_eq!(client.list_database_names().unwrap(), ["shop"]);
    assert_eq!(fault(client.drop_database("text")).0, ErrorKind::Invalid);
    assert!(folder.path().join("text.db").is_file(), "what is no database is not removed");
}

#[test]
fn one_name_is_one_handle() {
    for client in [memory(), on_files().0] {
        let first = client.database("shop").unwrap();
        let second = client.clone().database("shop").unwrap();
        first.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
        assert_eq!(find_ids(&second.collection("c"), doc! {}), [1]);
        first.close().unwrap();
        assert_eq!(fault(second.list_collection_names()).0, ErrorKind::Closed);
        client.database("shop").unwrap().list_collection_names().unwrap();
    }
}

#[test]
fn a_handle_that_was_closed_is_opened_again() {
    let (client, _) = on_files();
    insert(&client, "shop", 1);
    client.database("shop").unwrap().close().unwrap();
    assert_eq!(client.list_databases().unwrap()[0].empty, None);
    assert_eq!(count(&client, "shop"), 1);
    let client = memory();
    insert(&client, "shop", 1);
    client.database("shop").unwrap().close().unwrap();
    assert_eq!(client.list_database_names().unwrap(), Vec::<String>::new());
    assert_eq!(count(&client, "shop"), 0);
}

#[test]
fn another_opening_is_closed_on_its_own() {
    for client in [memory(), on_files().0] {
        let first = client.database("shop").unwrap();
        let second = first.open_again().unwrap();
        second.collection("c").insert_one(doc! { "_id": 1 }).unwrap();
        second.close().unwrap();
        assert_eq!(fault(second.open_again()).0, ErrorKind::Closed);
        assert_eq!(find_ids(&first.collection("c"), doc! {}), [1]);
        let third = first.open_again().unwrap();
        first.close().unwrap();
        assert_eq!(find_ids(&third.collection("c"), doc! {}), [1]);
    }
}

#[test]
fn names_that_no_database_can_have() {
    let long = "n".repeat(64);
    for client in [memory(), on_files().0] {
        for name in [
            "", "a.b", "a b", "a/b", "a\\b", "a\"b", "$a", "a*", "a<b", "a>b", "a:b", "a|b", "a?", "a\0",
            &long,
        ] {
            assert_eq!(fault(client.database(name)), (ErrorKind::Invalid, Some(73)), "{name:?}");
            assert_eq!(fault(client.drop_database(name)), (ErrorKind::Invalid, Some(73)), "{name:?}");
        }
        for name in ["a", "A1-_", "é", &long[1..]] {
            client.database(name).unwrap();
            assert!(client.drop_database(name).unwrap(), "{name:?}");
        }
    }
}

#[test]
fn two_names_that_differ_in_capital_letters_only() {
    for client in [memory(), on_files().0] {
        insert(&client, "Shop", 1);
        assert_eq!(fault(client.database("shop")), (ErrorKind::Invalid, Some(13297)));
        client.database("Shop").unwrap();
        client.drop_database("Shop").unwrap();
        client.database("shop").unwrap();
    }
}

#[test]
fn what_is_said_of_each_database() {
    let (client, options) = on_files();
    insert(&client, "full", 1);
    client.database("bare").unwrap();
    client.database("full").unwrap().checkpoint().unwrap();
    let told = client.list_databases().unwrap();
    let shape = |told: &[DatabaseSpecification]| -> Vec<(String, Option<bool>)> {
        told.iter().map(|each| (each.name.clone(), each.empty)).collect()
    };
    assert_eq!(shape(&told), [("bare".to_owned(), Some(true)), ("full".to_owned(), Some(false))]);
    assert!(told.iter().all(|each| each.size_on_disk > 16 * 1024), "{told:?}");
    client.close().unwrap();
    let told = Client::open_with("/data", options).unwrap().list_databases().unwrap();
    assert_eq!(shape(&told), [("bare".to_owned(), None), ("full".to_owned(), None)]);

    let client = memory();
    insert(&client, "full", 1);
    client.database("bare").unwrap();
    let told = client.list_databases().unwrap();
    assert_eq!(shape(&told), [("full".to_owned(), Some(false))]);
    assert_eq!(told[0].size_on_disk, 0);
}

#[test]
fn a_dropped_database_is_gone_with_both_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::open(folder.path()).unwrap();
    insert(&client, "shop", 1);
    assert!(folder.path().join("shop.wasp").is_file());
    assert!(client.drop_database("shop").unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(!client.drop_database("shop").unwrap());
    assert_eq!(count(&client, "shop"), 0, "it comes again, empty");
}

#[test]
fn a_database_that_somebody_has_open_is_not_dropped() {
    for client in [memory(), on_files().0] {
        insert(&client, "shop", 1);
        let collection = client.database("shop").unwrap().collection("c");
        assert_eq!(fault(client.drop_database("shop")), (ErrorKind::Busy, None));
        assert_eq!(find_ids(&collection, doc! {}), [1]);
        drop(collection);
        let other = client.database("shop").unwrap().open_again().unwrap();
        assert_eq!(fault(client.drop_database("shop")), (ErrorKind::Busy, None));
        drop(other);
        assert!(client.drop_database("shop").unwrap());
        assert!(!client.drop_database("shop").unwrap());
    }
}

#[test]
fn a_transaction_and_a_cursor_keep_their_database() {
    for client in [memory(), on_files().0] {
        insert(&client, "shop", 1);
        let transaction = client.database("shop").unwrap().begin().unwrap();
        assert_eq!(fault(client.drop_database("shop")), (ErrorKind::Busy, None));
        transaction.abort().unwrap();
        let collection = client.database("shop").unwrap().collection("c");
        let mut cursor = collection.find(doc! {}).run().unwrap();
        drop(collection);
        assert_eq!(fault(client.drop_database("shop")), (ErrorKind::Busy, None));
        assert_eq!(cursor.next().unwrap().unwrap(), doc! { "_id": 1 });
        drop(cursor);
        assert!(client.drop_database("shop").unwrap());
    }
}

#[test]
fn a_file_that_is_open_elsewhere_is_not_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::open(folder.path()).unwrap();
    let db = Database::new(Some(folder.path().join("shop.db").to_str().unwrap())).unwrap();
    assert_eq!(fault(client.drop_database("shop")), (ErrorKind::Busy, None));
    db.close().unwrap();
    assert!(client.drop_database("shop").unwrap());

    let (client, options) = on_files();
    insert(&client, "shop", 1);
    let other = Client::open_with("/data", options).unwrap();
    assert_eq!(fault(other.drop_database("shop")), (ErrorKind::Locked, None));
}

#[test]
fn a_closed_client_closes_what_it_handed_out() {
    for client in [memory(), on_files().0] {
        insert(&client, "shop", 1);
        let (db, other) = (client.database("shop").unwrap(), client.clone());
        client.close().unwrap();
        client.close().unwrap();
        assert_eq!(fault(db.list_collection_names()).0, ErrorKind::Closed);
        assert_eq!(fault(other.database("shop")).0, ErrorKind::Closed);
        assert_eq!(fault(other.list_database_names()).0, ErrorKind::Closed);
        assert_eq!(fault(other.list_databases()).0, ErrorKind::Closed);
        assert_eq!(fault(other.drop_database("shop")).0, ErrorKind::Closed);
        let error = other.bulk_write([write("shop.c", 2)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
    }
}

#[test]
fn a_client_that_is_dropped_leaves_its_databases_open() {
    for client in [memory(), on_files().0] {
        insert(&client, "shop", 1);
        let db = client.database("shop").unwrap();
        drop(client);
        assert_eq!(find_ids(&db.collection("c"), doc! {}), [1]);
    }
}

#[test]
fn options_hold_for_every_database() {
    let (client, options) = on_files();
    insert(&client, "shop", 1);
    client.close().unwrap();
    let reader = Client::open_with("/data", options.clone().read_only(true)).unwrap();
    assert_eq!(count(&reader, "shop"), 1);
    assert_eq!(
        fault(reader.database("shop").unwrap().collection("c").insert_one(doc! {})).0,
        ErrorKind::Denied
    );
    assert_eq!(fault(reader.drop_database("shop")).0, ErrorKind::Denied);
    assert_eq!(fault(reader.database("other")).0, ErrorKind::NotFound);
    reader.close().unwrap();
    let careful = Client::open_with("/data", options.create(false)).unwrap();
    assert_eq!(fault(careful.database("other")).0, ErrorKind::NotFound);
    assert_eq!(count(&careful, "shop"), 1);
}

#[test]
fn folders_that_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert_eq!(fault(Client::open(&file)).0, ErrorKind::Exists);
    let careful = Options::new().create(false);
    assert_eq!(fault(Client::open_with(folder.path().join("none"), careful.clone())).0, ErrorKind::NotFound);
    assert_eq!(fault(Client::open_with(&file, careful)).0, ErrorKind::Invalid);
    let reader = Options::new().read_only(true);
    assert_eq!(fault(Client::open_with(folder.path().join("none"), reader)).0, ErrorKind::NotFound);
    let engine = Options::new().engine(EngineKind::Memory);
    assert_eq!(fault(Client::open_with(folder.path(), engine)), (ErrorKind::Invalid, Some(72)));
    assert!(!folder.path().join("none").exists());
}

mod bulk {
    use std::time::Duration;

    use nexuslite::{BulkWriteOptions, CollectionOptions, WriteModel};

    use super::*;

    #[test]
    fn writes_go_to_the_namespace_that_each_names() {
        for client in [memory(), on_files().0] {
            let done = client
                .bulk_write_verbose(
                    [
                        write("a.c", 1),
                        write("b.c.d", 1),
                        write("a.c", 2),
                        WriteModel::update_many(doc! {}, doc! { "$set": { "x": 1 } }).in_namespace("a.c"),
                        WriteModel::update_one(doc! { "_id": 9 }, doc! { "$set": { "x": 1 } })
                            .upsert(true)
                            .in_namespace("b.c.d"),
                        WriteModel::replace_one(doc! { "_id": 1 }, doc! { "y": 1 }).in_namespace("a.c"),
                        WriteModel::delete_one(doc! { "_id": 1 }).in_namespace("b.c.d"),
                        WriteModel::delete_many(doc! {}).in_namespace("d.none"),
                    ],
                    BulkWriteOptions::new(),
                )
                .unwrap();
            let sum = &done.summary;
            assert_eq!((sum.inserted_count, sum.matched_count, sum.modified_count), (3, 3, 3));
            assert_eq!((sum.upserted_count, sum.deleted_count), (1, 1));
            assert_eq!(done.insert_results.keys().copied().collect::<Vec<_>>(), [0, 1, 2]);
            assert_eq!(done.update_results.keys().copied().collect::<Vec<_>>(), [3, 4, 5]);
            assert_eq!(done.delete_results.keys().copied().collect::<Vec<_>>(), [6, 7]);
            assert_eq!(done.update_results[&4].upserted_id, Some(9.into()));
            assert_eq!(done.delete_results[&7].deleted_count, 0);
            assert_eq!(count(&client, "a"), 2);
            let d = client.database("b").unwrap().collection("c.d");
            assert_eq!(find_ids(&d, doc! {}), [9]);
        }
    }

    #[test]
    fn an_ordered_bulk_ends_at_its_first_failure_wherever_it_is() {
        let client = memory();
        let writes = [write("a.c", 1), write("b.c", 1), write("a.c", 1), write("b.c", 2), write("a.c", 3)];
        let error = client.bulk_write(writes).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::DuplicateKey, Some(11000)));
        let failed = ClientBulkWriteError::of(&error).unwrap();
        assert!(failed.error.is_none());
        assert_eq!(failed.write_errors.keys().copied().collect::<Vec<_>>(), [2]);
        let done = failed.partial_result.as_ref().unwrap();
        assert_eq!(done.insert_results.keys().copied().collect::<Vec<_>>(), [0, 1]);
        assert_eq!((count(&client, "a"), count(&client, "b")), (1, 1));
    }

    #[test]
    fn an_unordered_bulk_does_all_that_can_be_done() {
        let client = memory();
        let writes = [
            write("a.c", 1),
            write("b.c", 1),
            write("a.c", 1),
            write("nowhere", 1),
            write("b.c", 2),
            WriteModel::insert_one(doc! {}).in_collection("c"),
            write("no name.c", 1),
            write("a.c", 3),
            write("a.$c", 4),
        ];
        let error = client.bulk_write_with(writes, BulkWriteOptions::new().ordered(false)).unwrap_err();
        let failed = ClientBulkWriteError::of(&error).unwrap();
        let codes = failed.write_errors.iter().map(|(at, error)| (*at, error.code().unwrap()));
        assert_eq!(codes.collect::<Vec<_>>(), [(2, 11000), (3, 73), (5, 73), (6, 73), (8, 73)]);
        let done = failed.partial_result.as_ref().unwrap();
        assert_eq!(done.insert_results.keys().copied().collect::<Vec<_>>(), [0, 1, 4, 7]);
        assert_eq!((count(&client, "a"), count(&client, "b")), (2, 2));
    }

    #[test]
    fn many_writes_that_change_their_database_each_time() {
        for ordered in [true, false] {
            let client = memory();
            let writes = (0..3000).map(|id| write(["a.c", "b.c", "d.c"][id as usize % 3], id));
            let done = client.bulk_write_verbose(writes, BulkWriteOptions::new().ordered(ordered)).unwrap();
            assert_eq!(done.summary.inserted_count, 3000);
            assert!(done.insert_results.iter().all(|(at, one)| one.inserted_id == (*at as i32).into()));
            assert_eq!([count(&client, "a"), count(&client, "b"), count(&client, "d")], [1000; 3]);
        }
    }

    #[test]
    fn what_ends_the_call_is_told_beside_what_was_done() {
        let (client, options) = on_files();
        insert(&client, "locked", 1);
        let other = Client::open_with("/data", options).unwrap();
        let writes = [write("mine.c", 1), write("mine.c", 1), write("locked.c", 1), write("mine.c", 2)];
        let error = other.bulk_write_with(writes, BulkWriteOptions::new().ordered(false)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Locked);
        let failed = ClientBulkWriteError::of(&error).unwrap();
        assert_eq!(failed.error.as_ref().map(nexuslite::Error::kind), Some(ErrorKind::Locked));
        assert_eq!(failed.write_errors.keys().copied().collect::<Vec<_>>(), [1]);
        assert_eq!(failed.partial_result.as_ref().unwrap().summary.inserted_count, 2);
    }

    #[test]
    fn a_call_without_writes_and_one_without_time() {
        let client = memory();
        assert_eq!(fault(client.bulk_write([])), (ErrorKind::Invalid, Some(16)));
        let hurried = BulkWriteOptions::new().max_time(Duration::ZERO);
        let error = client.bulk_write_with([write("a.c", 1)], hurried).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, Some(50)));
        assert!(ClientBulkWriteError::of(&error).unwrap().partial_result.is_none());
    }

    #[test]
    fn options_of_the_call_hold_in_every_database() {
        let client = memory();
        for name in ["a", "b"] {
            let strict = CollectionOptions::new().validator(doc! { "x": { "$gt": 0 } });
            client.database(name).unwrap().create_collection_with("c", strict).unwrap();
        }
        let writes = || [write("a.c", 1), write("b.c", 1)];
        let error = client.bulk_write_with(writes(), BulkWriteOptions::new().ordered(false)).unwrap_err();
        let failed = ClientBulkWriteError::of(&error).unwrap();
        assert_eq!(
            failed.write_errors.values().map(nexuslite::Error::code).collect::<Vec<_>>(),
            [Some(121); 2]
        );
        let bypassing = BulkWriteOptions::new().bypass_document_validation(true).comment("both");
        client.bulk_write_with(writes(), bypassing.clone()).unwrap();
        let bound = |namespace: &str| {
            let update = [doc! { "$set": { "x": "$$five" } }];
            WriteModel::update_many(doc! { "$expr": { "$lt": ["$_id", "$$five"] } }, update.to_vec())
                .in_namespace(namespace)
        };
        let five = bypassing.let_vars(doc! { "five": 5 });
        assert_eq!(client.bulk_write_with([bound("a.c"), bound("b.c")], five).unwrap().modified_count, 2);
        let found: Option<Document> =
            client.database("b").unwrap().collection("c").find_one(doc! { "x": 5 }).unwrap();
        assert_eq!(found, Some(doc! { "_id": 1, "x": 5 }));
    }

    #[test]
    fn a_database_of_its_own_takes_no_namespace() {
        let db = memory().database("a").unwrap();
        assert_eq!(fault(db.bulk_write([write("a.c", 1)])), (ErrorKind::Invalid, Some(73)));
        assert_eq!(fault(db.collection("c").bulk_write([write("a.c", 1)])), (ErrorKind::Invalid, Some(73)));
    }
}

fn write(namespace: &str, id: i32) -> nexuslite::WriteModel {
    nexuslite::WriteModel::insert_one(doc! { "_id": id }).in_namespace(namespace)
}
