//! How much memory a process takes beside its budget, whatever it does with data that is larger than that.
//!
//! Each work is done by a process of its own, on a copy of a file that another one has filled; `NEXUSLITE_LONG=1` makes
//! the file larger.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

use nexuslite::bson::{Document, doc};
use nexuslite::{Database, Durability, Error, ErrorKind, Options, RawCursor};

const WORK: &str = "NEXUSLITE_BUDGET_WORK";
const FILE: &str = "NEXUSLITE_BUDGET_FILE";
const MIB: &str = "NEXUSLITE_BUDGET_MIB";
/// What begins the line that the child tells its peak in.
const MARK: &str = "peak KiB: ";

/// How much a process may take beside its budget.
const BESIDE_KIB: u64 = 64 << 10;
/// How many addresses a process may have beside its budget, where they are limited: that, its code and its stacks.
const ADDRESSES_BESIDE_KIB: u64 = 128 << 10;

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

fn scan(db: &Database) {
    let mut all = db.collection("people").find(doc! { "group": { "$gte": 0 } }).raw().unwrap();
    assert_eq!(count(&mut all), documents());
}

fn sort(db: &Database) {
    let mut sorted =
        db.collection("people").find(doc! {}).sort(doc! { "text": 1, "name": -1 }).raw().unwrap();
    assert_eq!(count(&mut sorted), documents());
}

fn insert_from_four_threads(db: &Database) {
    let share = documents() / 4;
    together(4, |thread| {
        insert(db, "people", documents() + thread * share, documents() + (thread + 1) * share);
    });
}

fn update_from_four_threads(db: &Database) {
    together(4, |thread| {
        let done = db.collection("people").update_many(a_quarter(thread), doc! { "$inc": { "group": 1 } });
        assert_eq!(done.expect("an update").modified_count as i64, documents() / 4);
    });
}

/// The filter that one of four threads finds its documents by.
fn a_quarter(thread: i64) -> Document {
    doc! { "_id": { "$gte": thread * documents() / 4, "$lt": (thread + 1) * documents() / 4 } }
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
        // Fewer than all: the list of their _ids is the caller's.
        for start in (documents()..documents() * 2).step_by(30_000) {
            let done = db.collection("people").insert_many((start..start + 30_000).map(document));
            assert_eq!(done.expect("different _ids").inserted_ids.len(), 30_000);
        }
    }),
    ("insert one by one", |db| {
        let people = db.collection("people");
        (documents()..documents() + documents() / 3).for_each(|at| {
            people.insert_one(document(at)).expect("a new _id");
        });
    }),
    ("insert from four threads", insert_from_four_threads),
    ("scan, then insert from four threads", |db| {
        scan(db);
        insert_from_four_threads(db);
    }),
    ("update from four threads", update_from_four_threads),
    ("sort, scan, then update from four threads, scan", |db| {
        sort(db);
        scan(db);
        update_from_four_threads(db);
        scan(db);
    }),
    ("delete from four threads", |db| {
        together(4, |thread| {
            let done = db.collection("people").delete_many(a_quarter(thread)).expect("a delete");
            assert_eq!(done.deleted_count as i64, documents() / 4);
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
        let done =
            db.collection("people").update_many(filter, doc! { "$bit": { "n": { "xor": 1_i64 << 40 } } });
        assert_eq!(done.expect("an update").modified_count as i64, documents());
    }),
    ("delete all", |db| {
        let done = db.collection("people").delete_many(doc! {}).expect("a delete");
        assert_eq!(done.deleted_count as i64, documents());
    }),
    ("sort", sort),
    ("four sorts at a time", |db| together(4, |_| sort(db))),
    ("build indexes", |db| {
        db.collection("people")
            .create_indexes([doc! { "key": { "group": 1, "name": 1 } }, doc! { "key": { "text": 1 } }])
            .expect("indexes");
    }),
    ("scan", scan),
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
    ("intersection", |db| {
        let filter = doc! { "n": { "$gte": 0 }, "name": { "$gte": "somebody 1" } };
        let mut all = db.collection("people").find(filter).raw().unwrap();
        assert!(count(&mut all) > documents() / 5);
    }),
    ("backup", |db| {
        let folder = tempfile::tempdir().expect("a folder");
        db.backup(folder.path().join("copy.db")).expect("a copy");
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

/// The error of what has no room: it says which limit there is, and which option raises it.
fn expect_limit(outcome: Result<(), Error>) {
    let error = outcome.expect_err("more than fits");
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    assert!(error.message().contains("cache_bytes"), "{error}");
}

/// Asks for more than the budget has room for, and goes on.
fn ask_too_much(db: &Database) {
    let people = db.collection("people");
    let sort_in_memory = || {
        let all = people.find(doc! {}).sort(doc! { "text": 1, "name": -1 });
        let mut sorted = all.allow_disk_use(false).raw()?;
        while sorted.next_bytes()?.is_some() {}
        Ok(())
    };
    for _ in 0..3 {
        expect_limit(sort_in_memory());
        expect_limit(db.transaction(|tx| {
            let new = documents() * 2..documents() * 3;
            tx.collection("people").insert_many(new.map(document)).map(drop)
        }));
        assert!(people.find_one(doc! { "_id": 17 }).expect("an answer").is_some());
    }
    together(4, |_| expect_limit(sort_in_memory()));
    let mut sorted = people.find(doc! {}).sort(doc! { "text": 1, "name": -1 }).raw().expect("a cursor");
    assert_eq!(count(&mut sorted), documents());
    insert(db, "people", documents(), documents() + 1000);
    assert_eq!(people.count_documents(doc! {}).expect("a count") as i64, documents() + 1000);
}

/// Does what the environment names, and says what it took.
#[test]
fn child() {
    let (Ok(work), Some(path)) = (std::env::var(WORK), std::env::var_os(FILE)) else { return };
    let deed = WORKS.iter().find(|(name, _)| *name == work).map_or(ask_too_much as Work, |(_, deed)| *deed);
    let db = open(Path::new(&path));
    deed(&db);
    db.close().expect("a clean close");
    println!("{MARK}{}", peak_kib());
}

/// Does a work in a process of its own, begun by `command`; says how many KiB it took at most.
fn peak_of(work: &str, file: &Path, command: &mut Command) -> u64 {
    let ran = command
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .envs([(WORK, work.as_ref()), (FILE, file.as_os_str())])
        .output()
        .expect("a child");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{work}: {said}{}", String::from_utf8_lossy(&ran.stderr));
    let told = said.lines().find_map(|line| line.split_once(MARK)).map(|(_, told)| told);
    told.and_then(|kib| kib.trim().parse().ok()).unwrap_or_else(|| panic!("{work} said {said}"))
}

fn this_binary() -> PathBuf {
    std::env::current_exe().expect("this binary")
}

#[test]
fn what_does_not_fit_is_refused_and_the_process_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("people.db");
    peak_of("fill", &path, &mut Command::new(this_binary()));
    // One arena: each of the allocator's takes 64 MiB of addresses, used or not.
    let mut limited = Command::new("sh");
    let ulimit =
        format!("ulimit -v {}; exec \"$0\" \"$@\"", budget_mib() as u64 * 1024 + ADDRESSES_BESIDE_KIB);
    limited.args(["-c", &ulimit]).arg(this_binary()).env("MALLOC_ARENA_MAX", "1");
    let peak = peak_of("ask too much", &path, &mut limited);
    println!("what does not fit: {} MiB at most", peak >> 10);
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
        let kib = peak_of(work, &path, &mut Command::new(this_binary()));
        println!("{work}: {} MiB at most", kib >> 10);
        if !filled.exists() {
            std::fs::rename(&path, &filled).expect("a name");
        }
        if kib > budget_mib() as u64 * 1024 + BESIDE_KIB {
            over.push(format!("{work}: {} MiB", kib >> 10));
        }
    }
    assert!(over.is_empty(), "over {} MiB: {over:?}", budget_mib() + 64);
}
