//! Many threads, and what must hold whatever their order.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use nexuslite::bson::{Document, doc};
use nexuslite::{Database, EngineKind, ErrorKind, Options, Result};
use tempfile::TempDir;

use crate::dice::{Dice, is_long};

const THREADS: u64 = 8;

/// The same on every engine, with small files so that checkpoints come in between.
fn on_every_engine(test: impl Fn(&Database)) {
    for engine in [EngineKind::Memory, EngineKind::Log, EngineKind::Wasp] {
        let folder = TempDir::new().unwrap();
        let name = match engine {
            EngineKind::Memory => ":memory:".into(),
            _ => folder.path().join("threads.db"),
        };
        let small = Options::new().page_bytes(8192).wal_chunk_bytes(64 << 10).wal_bytes(512 << 10);
        let options = small.memtable_bytes(64 << 10).engine(engine);
        let db = Database::open_with(&name, options.clone()).unwrap();
        test(&db);
        assert_eq!(db.check().unwrap().faults, Vec::<String>::new(), "{engine:?}");
        let before = everything(&db);
        db.close().unwrap();
        if engine != EngineKind::Memory {
            let db = Database::open_with(&name, options).unwrap();
            assert!(everything(&db) == before, "{engine:?}: another state after closing and opening");
            assert_eq!(db.check().unwrap().faults, Vec::<String>::new(), "{engine:?}");
        }
    }
}

fn everything(db: &Database) -> Vec<(String, Vec<Document>)> {
    let names = db.list_collection_names().unwrap();
    let all = |name: &str| db.collection(name).find(doc! {}).run().unwrap().map(Result::unwrap).collect();
    names.into_iter().map(|name| (name.clone(), all(&name))).collect()
}

fn rounds(few: u64) -> u64 {
    if is_long() { few * 50 } else { few }
}

/// Runs `work` once in each of the threads, each with a number.
fn together(work: impl Fn(u64) + Sync) {
    let work = &work;
    thread::scope(|scope| {
        for number in 0..THREADS {
            scope.spawn(move || work(number));
        }
    });
}

#[test]
fn transfers_keep_the_sum() {
    const ACCOUNTS: i32 = 20;
    const EACH: i64 = 1_000;
    on_every_engine(|db| {
        db.collection("bank").insert_many((0..ACCOUNTS).map(|id| doc! { "_id": id, "cents": EACH })).unwrap();
        let done = AtomicBool::new(false);
        let sum = |found: Vec<Document>| -> i64 {
            assert_eq!(found.len(), ACCOUNTS as usize);
            found.iter().map(|account| account.get_i64("cents").unwrap()).sum()
        };
        let look = || {
            let found = db.collection("bank").find(doc! {}).batch_size(3).run().unwrap();
            sum(found.map(Result::unwrap).collect())
        };
        let transfers = AtomicU64::new(0);
        thread::scope(|scope| {
            let auditor = scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    assert_eq!(look(), EACH * i64::from(ACCOUNTS), "a reader saw half a transfer");
                }
            });
            together(|number| {
                let mut dice = Dice::new(number);
                for _ in 0..rounds(40) {
                    let (from, to) = (dice.below(ACCOUNTS as u64) as i32, dice.below(ACCOUNTS as u64) as i32);
                    transfer(db, from, to, dice.below(100) as i64);
                    transfers.fetch_add(1, Ordering::Relaxed);
                }
            });
            done.store(true, Ordering::Relaxed);
            auditor.join().unwrap();
        });
        assert_eq!(look(), EACH * i64::from(ACCOUNTS));
        let log = db.collection("transfers").count_documents(doc! {}).unwrap();
        assert_eq!(log, transfers.load(Ordering::Relaxed), "each transfer left one entry");
    });
}

fn transfer(db: &Database, from: i32, to: i32, cents: i64) {
    db.transaction(|tx| {
        let bank = tx.collection("bank");
        let balance =
            |id: i32| Ok::<_, nexuslite::Error>(bank.get(&id.into())?.unwrap().get_i64("cents").unwrap());
        let (mine, others) = (balance(from)?, balance(to)?);
        if from != to && mine >= cents {
            bank.update_one(doc! { "_id": from }, doc! { "$set": { "cents": mine - cents } })?;
            bank.update_one(doc! { "_id": to }, doc! { "$set": { "cents": others + cents } })?;
        }
        tx.collection("transfers").insert_one(doc! { "from": from, "to": to, "cents": cents }).map(drop)
    })
    .unwrap();
}

#[test]
fn increments_of_one_document_are_never_lost() {
    on_every_engine(|db| {
        let c = db.collection("counters");
        c.insert_one(doc! { "_id": 1, "n": 0_i64 }).unwrap();
        let each = rounds(100);
        together(|number| {
            for round in 0..each {
                let done = c.update_one(doc! { "_id": 1 }, doc! { "$inc": { "n": 1_i64 } }).unwrap();
                assert_eq!((done.matched_count, done.modified_count), (1, 1));
                let own = doc! { "$inc": { "n": 1_i64 } };
                let upsert = nexuslite::UpdateOptions::new().upsert(true);
                c.update_one_with(doc! { "_id": format!("thread {number}") }, own, upsert).unwrap();
                let _ = round;
            }
        });
        let n = |id: nexuslite::bson::Bson| c.get(&id).unwrap().unwrap().get_i64("n").unwrap();
        assert_eq!(n(1.into()), (THREADS * each) as i64);
        (0..THREADS).for_each(|number| assert_eq!(n(format!("thread {number}").into()), each as i64));
    });
}

#[test]
fn of_many_inserts_of_one_id_exactly_one_wins() {
    on_every_engine(|db| {
        let c = db.collection("c");
        let won = AtomicU64::new(0);
        let ids = rounds(60);
        together(|number| {
            for id in 0..ids {
                match c.insert_one(doc! { "_id": id as i64, "by": number as i64 }) {
                    Ok(_) => drop(won.fetch_add(1, Ordering::Relaxed)),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::DuplicateKey, "{error}"),
                }
            }
        });
        assert_eq!(won.load(Ordering::Relaxed), ids);
        assert_eq!(c.count_documents(doc! {}).unwrap(), ids);
        assert_eq!(c.find(doc! {}).run().unwrap().count() as u64, ids);
    });
}

#[test]
fn upserts_of_one_id_make_one_document() {
    on_every_engine(|db| {
        let c = db.collection("c");
        let made = AtomicU64::new(0);
        let ids = rounds(30);
        together(|_| {
            for id in 0..ids {
                let upsert = nexuslite::UpdateOptions::new().upsert(true);
                let done = c
                    .update_one_with(doc! { "_id": id as i64 }, doc! { "$inc": { "n": 1 } }, upsert)
                    .unwrap();
                made.fetch_add(u64::from(done.upserted_id.is_some()), Ordering::Relaxed);
            }
        });
        assert_eq!(made.load(Ordering::Relaxed), ids);
        assert_eq!(c.count_documents(doc! { "n": THREADS as i32 }).unwrap(), ids);
    });
}

#[test]
fn writers_and_those_who_drop_their_collections_stay_apart() {
    on_every_engine(|db| {
        let each = rounds(40);
        together(|number| {
            let mut dice = Dice::new(number + 100);
            for round in 0..each {
                let name = *dice.pick(&["x", "y"]);
                match number % 4 {
                    0 => drop(db.drop_collection(name).unwrap()),
                    1 => match db.rename_collection(name, "z", true) {
                        Ok(()) => {}
                        Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
                    },
                    2 => {
                        let docs =
                            (0..20).map(|at| doc! { "by": number as i64, "round": round as i64, "at": at });
                        db.collection(name).insert_many(docs).unwrap();
                    }
                    _ => {
                        let found: Vec<Document> =
                            db.collection(name).find(doc! {}).run().unwrap().map(Result::unwrap).collect();
                        assert_eq!(found.len() % 20, 0, "a reader saw a part of an insert: {}", found.len());
                        db.collection("kept").insert_one(doc! { "round": round as i64 }).unwrap();
                    }
                }
            }
        });
        assert_eq!(db.collection("kept").count_documents(doc! {}).unwrap(), 2 * each);
    });
}

#[test]
fn mixed_work_on_one_database() {
    on_every_engine(|db| {
        together(|number| {
            let mut dice = Dice::new(number + 1000);
            let c = db.collection("mixed");
            for _ in 0..rounds(40) {
                let id = dice.below(30) as i64;
                match dice.below(6) {
                    0 => match c.insert_one(doc! { "_id": id, "a": 1, "b": 1 }) {
                        Ok(_) => {}
                        Err(error) => assert_eq!(error.kind(), ErrorKind::DuplicateKey, "{error}"),
                    },
                    1 => drop(
                        c.update_many(doc! { "_id": { "$lt": id } }, doc! { "$inc": { "a": 1, "b": 1 } })
                            .unwrap(),
                    ),
                    2 => drop(c.delete_one(doc! { "_id": id }).unwrap()),
                    3 => drop(c.replace_one(doc! { "_id": id }, doc! { "a": 5, "b": 5 }).unwrap()),
                    4 => drop(
                        c.find_one_and_update(doc! { "_id": id }, doc! { "$set": { "a": 0, "b": 0 } })
                            .unwrap(),
                    ),
                    _ => db.checkpoint().unwrap(),
                }
                let torn = |doc: &Document| doc.get("a") != doc.get("b");
                let seen: Vec<Document> = c.find(doc! {}).run().unwrap().map(Result::unwrap).collect();
                assert!(!seen.iter().any(torn), "a document was seen half changed: {seen:?}");
            }
        });
    });
}
