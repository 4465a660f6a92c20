//! How much memory a process takes beside its budget, whatever it does with data that is larger than that.
//!
//! Each work is done by a process of its own, on a copy of a file that another one has filled; `NEXUSLITE_LONG=1` makes
//! the file larger.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

use std::path::Path;
use std::process::Command;

use nexuslite::bson::{Document, doc};
use nexuslite::{Database, Durability, Options, RawCursor};

const WORK: &str = "NEXUSLITE_BUDGET_WORK";
const FILE: &str = "NEXUSLITE_BUDGET_FILE";
const MIB: &str = "NEXUSLITE_BUDGET_MIB";
/// What begins the line that the child tells its peak in.
const MARK: &str = "peak KiB: ";

/// How much a process may take beside its budget.
const BESIDE_KIB: u64 = 64 << 10;

fn budget_mib() -> usize {
    std::env::var(MIB).map_or(64, |mib| mib.parse().expect("a number of MiB"))
}

fn documents() -> i64 {
    if std::env::var("NEXUSLITE_LONG").is_ok_and(|value| value == "1") { 3_000_000 } else { 300_000 }
}

fn open(path: &Path) -> Database {
    let options = Options::new().cache_bytes(budget_mib() << 20).durability(Durability::None);
    Database::open_with(path, options).expect("the database opens")
}

/// A document of about 300 bytes.
fn document(at: i64) -> Document {
    // Numbers in an order of their own, so that neighbours in an index are none in the file.
    let mixed = at.wrapping_mul(0x5851_f42d_4c95_7f2d).rotate_left(29);
    doc! { "_id": at, "n": mixed, "name": format!("somebody {}", mixed >> 20), "group": at % 1000, "text": "x".repeat(200) }
}

type Work = fn(&Database);

fn fill(db: &Database) {
    let people = db.collection("people");
    people.create_indexes([doc! { "key": { "n": 1 } }, doc! { "key": { "name": 1 } }]).expect("indexes");
    insert(db, "people", 0, documents());
}

fn insert(db: &Database, name: &str, from: i64, to: i64) {
    for start in (from..to).step_by(1000) {
        db.collection(name).insert_many((start..to.min(start + 1000)).map(document)).expect("different _ids");
    }
}

fn count(cursor: &mut RawCursor) -> i64 {
    let mut count = 0;
    while cursor.next_bytes().expect("a document").is_some() {
        count += 1;
    }
    count
}

/// The same deed by several threads at a time.
fn together(threads: i64, deed: impl Fn(i64) + Sync) {
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let deed = &deed;
            scope.spawn(move || deed(thread));
        }
    });
}

const WORKS: &[(&str, Work)] = &[
    ("fill", fill),
    ("insert many at a time", |db| {
        let done = db.collection("people").insert_many((documents()..documents() * 2).map(document));
        assert_eq!(done.expect("different _ids").inserted_ids.len() as i64, documents());
    }),
    ("insert one by one", |db| {
        let people = db.collection("people");
        (documents()..documents() + documents() / 3).for_each(|at| {
            people.insert_one(document(at)).expect("a new _id");
        });
    }),
    ("insert from four threads", |db| {
        together(4, |thread| {
            let share = documents() / 4;
            insert(db, "people", documents() + thread * share, documents() + (thread + 1) * share);
        });
    }),
    ("insert small ones", |db| {
        let numbers = db.collection("numbers");
        numbers.create_index(doc! { "n": 1 }).expect("an index");
        for start in (0..documents() * 2).step_by(1000) {
            let some = (start..start + 1000).map(|at| doc! { "_id": at, "n": -at });
            numbers.insert_many(some).expect("different _ids");
        }
    }),
    ("one transaction", |db| {
        db.transaction(|tx| {
            for at in 0..documents() / 10 {
                tx.collection("people").insert_one(document(documents() + at))?;
            }
            Ok(())
        })
        .expect("a transaction");
    }),
    ("update all", |db| {
        let done = db.collection("people").update_many(doc! {}, doc! { "$inc": { "group": 1 } });
        assert_eq!(done.expect("an update").modified_count as i64, documents());
    }),
    ("update by the index that it changes", |db| {
        let filter = doc! { "n": { "$gte": i64::MIN } };
        let done = db.collection("people").update_many(filter, doc! { "$bit": { "n": { "xor": 1_i64 << 40 } } });
        assert_eq!(done.expect("an update").modified_count as i64, documents());
    }),
    ("delete all", |db| {
        let done = db.collection("people").delete_many(doc! {}).expect("a delete");
        assert_eq!(done.deleted_count as i64, documents());
    }),
    ("sort", |db| {
        let mut sorted = db.collection("people").find(doc! {}).sort(doc! { "text": 1, "name": -1 }).raw().unwrap();
        assert_eq!(count(&mut sorted), documents());
    }),
    ("four sorts at a time", |db| {
        together(4, |_| {
            let mut sorted = db.collection("people").find(doc! {}).sort(doc! { "text": 1, "name": -1 }).raw().unwrap();
            assert_eq!(count(&mut sorted), documents());
        });
    }),
    ("build indexes", |db| {
        db.collection("people").create_indexes([doc! { "key": { "group": 1, "name": 1 } }, doc! { "key": { "text": 1 } }]).expect("indexes");
    }),
    ("scan", |db| {
        let mut all = db.collection("people").find(doc! { "group": { "$gte": 0 } }).raw().unwrap();
        assert_eq!(count(&mut all), documents());
    }),
    ("walk an index", |db| {
        let mut all = db.collection("people").find(doc! {}).sort(doc! { "n": 1 }).raw().unwrap();
        assert_eq!(count(&mut all), documents());
    }),
    ("alternatives", |db| {
        let filter = doc! { "$or": [{ "n": { "$gte": 0 } }, { "name": { "$gte": "somebody" } }] };
        let mut all = db.collection("people").find(filter).raw().unwrap();
        assert_eq!(count(&mut all), documents());
    }),
    ("distinct", |db| {
        let groups = db.collection("people").distinct("group", doc! {}).expect("a list");
        assert_eq!(groups.len(), 1000);
        let names = db.collection("people").distinct("name", doc! { "_id": { "$lt": documents() / 3 } });
        assert!(names.expect("a list").len() > 10_000);
    }),
    ("cursors with large batches", |db| {
        let people = db.collection("people");
        let cursor = |_| people.find(doc! { "group": { "$gte": 0 } }).batch_size(20_000).raw().unwrap();
        let mut cursors: Vec<RawCursor> = (0..20).map(cursor).collect();
        for (at, cursor) in cursors.iter_mut().enumerate() {
            for _ in 0..at * 1000 + 1 {
                assert!(cursor.next_bytes().expect("a document").is_some());
            }
        }
    }),
];

/// The most memory that this process had so far, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the process tells of itself");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line of it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Does what the environment names, and says what it took.
#[test]
fn child() {
    let (Ok(work), Some(path)) = (std::env::var(WORK), std::env::var_os(FILE)) else { return };
    let (_, deed) = WORKS.iter().find(|(name, _)| *name == work).expect("a work");
    let before = peak_kib();
    let db = open(Path::new(&path));
    deed(&db);
    let stats = db.stats().expect("numbers");
    db.close().expect("a clean close");
    println!("{MARK}{} {before} {}", peak_kib(), stats.checkpoints);
}

#[test]
fn no_work_takes_much_more_than_the_budget() {
    let folder = tempfile::tempdir().expect("a folder");
    let (filled, path) = (folder.path().join("filled.db"), folder.path().join("people.db"));
    let mut over = Vec::new();
    for (work, _) in WORKS {
        if filled.exists() {
            std::fs::copy(&filled, &path).expect("a copy");
        }
        let began = std::time::Instant::now();
        let ran = Command::new(std::env::current_exe().expect("this binary"))
            .args(["child", "--exact", "--nocapture", "--test-threads=1"])
            .envs([(WORK, work.as_ref()), (FILE, path.as_os_str())])
            .output()
            .expect("a child");
        let said = String::from_utf8_lossy(&ran.stdout);
        if !ran.status.success() {
            println!("{work}: FAILED {}", String::from_utf8_lossy(&ran.stderr));
            over.push(work.to_string());
            continue;
        }
        let told = said.lines().find_map(|line| line.split_once(MARK)).map(|(_, told)| told).unwrap();
        let numbers: Vec<u64> = told.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        println!(
            "{:>36}: {:>4} MiB, {:>+5} beside the budget; {} checkpoints, {:.1} s, began with {}",
            work, numbers[0] >> 10, (numbers[0] >> 10) as i64 - budget_mib() as i64, numbers[2], began.elapsed().as_secs_f64(), numbers[1] >> 10
        );
        if !filled.exists() {
            std::fs::rename(&path, &filled).expect("a name");
        }
        if numbers[0] > (budget_mib() as u64 * 1024) + BESIDE_KIB {
            over.push(format!("{work}: {} MiB", numbers[0] >> 10));
        }
    }
    assert!(over.is_empty(), "over {} MiB: {over:?}", budget_mib() + 64);
}
