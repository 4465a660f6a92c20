//! How much memory a process takes for work on more data than fits into it.
//!
//! Each work is done by a process of its own, on a file that another one has filled; `NEXUSLITE_LONG=1` makes the
//! file as large as it should be.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

use std::path::Path;
use std::process::Command;

use nexuslite::bson::{Document, doc};
use nexuslite::{Collection, Database, Durability, IndexOptions, Options};

const CACHE_BYTES: usize = 16 << 20;
/// Entries of an index take several times their bytes in memory, and a checkpoint's beside those that gather.
const MEMTABLE_BYTES: usize = 512 << 10;
const RESIDENT_KIB_MAX: u64 = 64 << 10;

fn documents() -> i64 {
    if std::env::var("NEXUSLITE_LONG").is_ok() { 1_000_000 } else { 60_000 }
}

/// A piece of work, done in a process of its own.
type Work = fn(&Collection);

const WORKS: &[(&str, Work)] = &[
    ("fill", fill),
    ("index", |numbers| {
        let unique = IndexOptions::new().unique(true);
        numbers
            .create_indexes([doc! { "key": { "n": 1 } }, doc! { "key": { "text": -1 } }])
            .expect("indexes");
        numbers.create_index_with(doc! { "m": 1 }, &unique).expect("an index");
    }),
    ("update by the index that it changes", |numbers| {
        let done =
            numbers.update_many(doc! { "n": { "$gte": 0 } }, doc! { "$inc": { "n": 1 } }).expect("an update");
        assert_eq!(done.modified_count, documents() as u64);
    }),
    ("find by an index", |numbers| {
        let found = numbers.find(doc! { "n": { "$gte": 1 } }).sort(doc! { "n": -1 }).run().expect("a find");
        assert_eq!(found.map(Result::unwrap).count() as i64, documents());
    }),
    ("delete by an index", |numbers| {
        let done = numbers.delete_many(doc! { "m": { "$lt": documents() / 2 } }).expect("a delete");
        assert_eq!(done.deleted_count as i64, documents() / 2);
    }),
    ("count by an index", |numbers| {
        let counted = numbers.count_documents(doc! { "n": { "$gte": 0 } }).expect("a count");
        assert_eq!(counted as i64, documents() / 2);
    }),
];

fn fill(numbers: &Collection) {
    // Numbers in an order of their own, so that neighbours in an index are none in the file.
    let document = |at: i64| {
        doc! { "_id": at, "n": at * 7919 % documents(), "m": at * 104_729 % documents(), "text": format!("document {at} of many") }
    };
    let all: Vec<i64> = (0..documents()).collect();
    for some in all.chunks(5000) {
        numbers.insert_many(some.iter().map(|at| document(*at))).expect("different _ids");
    }
}

fn open(path: &Path) -> Database {
    let options =
        Options::new().cache_bytes(CACHE_BYTES).memtable_bytes(MEMTABLE_BYTES).durability(Durability::None);
    Database::open_with(path, options).expect("the database opens")
}

/// The most memory that this process had so far, in KiB.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the process tells of itself");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line of it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Does what the environment names, and says what it took.
#[test]
fn child() {
    let (Ok(work), Some(path)) = (std::env::var("RESIDENT_WORK"), std::env::var_os("RESIDENT_FILE")) else {
        return;
    };
    let (_, deed) = WORKS.iter().find(|(name, _)| *name == work).expect("a work");
    let db = open(Path::new(&path));
    deed(&db.collection("numbers"));
    db.close().expect("a clean close");
    println!("resident {}", resident_kib());
}

#[test]
fn work_on_much_data_takes_little_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("numbers.db");
    let mut too_much = Vec::new();
    for (work, _) in WORKS {
        let ran = Command::new(std::env::current_exe().expect("this binary"))
            .args(["child", "--exact", "--nocapture", "--test-threads=1"])
            .envs([("RESIDENT_WORK", work.as_ref()), ("RESIDENT_FILE", path.as_os_str())])
            .output()
            .expect("a child");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{work}: {said}{}", String::from_utf8_lossy(&ran.stderr));
        let kib: u64 = said
            .lines()
            .find_map(|line| line.split_once("resident ")?.1.trim().parse().ok())
            .unwrap_or_else(|| panic!("{work} said {said}"));
        println!("{work}: {} MiB at most, of {} documents", kib >> 10, documents());
        if kib > RESIDENT_KIB_MAX {
            too_much.push(format!("{work}: {} MiB", kib >> 10));
        }
    }
    assert!(too_much.is_empty(), "over {} MiB: {too_much:?}", RESIDENT_KIB_MAX >> 10);
    let db = open(&path);
    assert_eq!(db.check().expect("a check").faults, Vec::<String>::new());
    let few: Vec<Document> =
        db.collection("numbers").find(doc! { "n": 7 }).run().expect("a find").map(Result::unwrap).collect();
    assert!(few.len() <= 1);
}
