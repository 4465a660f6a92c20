//! How much memory a process takes that reads far more than fits into it.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

use std::path::Path;
use std::process::Command;

use nexuslite::bson::{Document, doc};
use nexuslite::{Database, Durability, Find, Options};

const FILE: &str = "NEXUSLITE_RESIDENT_FILE";
const WAY: &str = "NEXUSLITE_RESIDENT_WAY";
/// What begins the line that the child tells its peak in.
const MARK: &str = "peak KiB: ";

const CACHE_BYTES: usize = 16 << 20;
const PEAK_KIB_MAX: u64 = 64 << 10;
/// How much is read, by default and in the long run.
const BYTES: u64 = 96 << 20;
const BYTES_LONG: u64 = 1 << 30;
const SMALL: usize = 1000;
const LARGE: usize = 1 << 20;

fn bytes() -> u64 {
    if std::env::var("NEXUSLITE_LONG").is_ok_and(|value| value == "1") { BYTES_LONG } else { BYTES }
}

fn options() -> Options {
    Options::new().cache_bytes(CACHE_BYTES).sort_bytes_max(8 << 20).durability(Durability::None)
}

/// Documents of one size in one collection, half as many bytes in large ones in another.
fn fill(path: &Path) {
    let db = Database::open_with(path, options()).expect("a new database");
    for (name, size, total) in [("small", SMALL, bytes()), ("large", LARGE, bytes() / 2)] {
        let count = total / size as u64;
        let document = |at: u64| {
            let at = i64::try_from(at).expect("a small number");
            // An order that has nothing to do with that of the insertions.
            let mixed = at.wrapping_mul(0x5851_f42d_4c95_7f2d).rotate_left(29);
            doc! { "_id": at, "mixed": mixed, "filling": "x".repeat(size) }
        };
        let mut from = 0;
        while from < count {
            let to = count.min(from + (4 << 20) / size as u64);
            db.collection(name).insert_many((from..to).map(document)).expect("inserted");
            from = to;
        }
    }
    db.close().expect("closed");
}

/// Reads everything in one way; says how many documents there were.
fn read(db: &Database, way: &str) -> u64 {
    let collection = db.collection(if way.starts_with("large") { "large" } else { "small" });
    let all: Find<'_, Document> = collection.find(doc! {});
    let asked = match way {
        "scanned" | "large, scanned" => all,
        "filtered" => collection.find(doc! { "mixed": { "$exists": true } }),
        "projected" => all.projection(doc! { "filling": 1, "n": { "$add": ["$mixed", 0.5] } }),
        "by _id" | "large, by _id" => all.sort(doc! { "_id": -1 }),
        "sorted" => all.sort(doc! { "mixed": 1 }),
        "the first of a sort" => all.sort(doc! { "mixed": 1 }).limit(20_000),
        other => panic!("no such way: {other}"),
    };
    let mut cursor = asked.raw().expect("a cursor");
    let mut count = 0;
    while cursor.next_bytes().expect("a document").is_some() {
        count += 1;
    }
    count
}

/// The most memory that this process ever had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a process has a status");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number of KiB")
}

/// In a child: reads and tells the peak. Otherwise nothing.
#[test]
fn a_child_reads() {
    let (Ok(file), Ok(way)) = (std::env::var(FILE), std::env::var(WAY)) else { return };
    let db = Database::open_with(&file, options()).expect("the database");
    let count = read(&db, &way);
    println!("{MARK}{} {count}", peak_kib());
}

#[test]
fn a_result_of_any_size_is_read_in_little_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shop.db");
    fill(&path);
    let mut over = Vec::new();
    let ways = [
        ("scanned", bytes() / SMALL as u64),
        ("filtered", bytes() / SMALL as u64),
        ("projected", bytes() / SMALL as u64),
        ("by _id", bytes() / SMALL as u64),
        ("sorted", bytes() / SMALL as u64),
        ("the first of a sort", 20_000),
        ("large, scanned", bytes() / 2 / LARGE as u64),
        ("large, by _id", bytes() / 2 / LARGE as u64),
    ];
    for (way, expected) in ways {
        let child = Command::new(std::env::current_exe().expect("this binary"))
            .args(["a_child_reads", "--exact", "--nocapture", "--test-threads=1"])
            .env(FILE, &path)
            .env(WAY, way)
            .output()
            .expect("a child");
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        let told = said.lines().find_map(|line| line.split_once(MARK)).map(|(_, told)| told);
        let told = told.unwrap_or_else(|| panic!("{way}: {said}{}", String::from_utf8_lossy(&child.stderr)));
        let numbers: Vec<u64> =
            told.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        println!("{way}: {} KiB at most, {} documents", numbers[0], numbers[1]);
        assert_eq!(numbers[1], expected, "{way}: documents are missing");
        if numbers[0] > PEAK_KIB_MAX {
            over.push(format!("{way}: {} KiB", numbers[0]));
        }
    }
    assert!(over.is_empty(), "over {PEAK_KIB_MAX} KiB: {over:?}");
}
