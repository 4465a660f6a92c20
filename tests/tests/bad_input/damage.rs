//! Databases whose bytes are not what was written: always found out, never wrong data.

use std::fs;
use std::path::{Path, PathBuf};

use nexuslite::ErrorKind::{Corrupt, Invalid};
use nexuslite::bson::{Document, bson, doc};
use nexuslite::{Database, Options, Result};

use crate::check::check;

const PAGE: usize = 8192;
const RECORD_LEAF: u8 = 1;
const INDEX_LEAF: u8 = 2;
const EXTENT: u8 = 4;

fn expected() -> Vec<Document> {
    let large = "large ".repeat(20_000);
    (0..2000).map(|id| doc! { "_id": id, "v": if id == 1000 { &large } else { "some text" } }).collect()
}

fn made(folder: &Path) -> (PathBuf, Vec<u8>) {
    let path = folder.join("made.db");
    let db = Database::open_with(&path, Options::new().page_bytes(PAGE as u32)).unwrap();
    db.collection("c").insert_many(expected()).unwrap();
    db.close().unwrap();
    let _ = fs::remove_file(path.with_extension("wasp"));
    let bytes = fs::read(&path).unwrap();
    (path, bytes)
}

/// Everything in the collection, or why not.
fn all(db: &Database) -> Result<Vec<Document>> {
    db.collection("c").find(doc! {}).run()?.collect()
}

/// The places of the pages of a kind.
fn pages(bytes: &[u8], kind: u8) -> Vec<usize> {
    (5 * PAGE..bytes.len()).step_by(PAGE).filter(|at| bytes[*at] == kind).collect()
}

#[test]
fn one_copy_of_the_header_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = made(folder.path());
    let flipped = |places: &[usize]| {
        let mut bytes = bytes.clone();
        places.iter().for_each(|at| bytes[*at] ^= 0x10);
        fs::write(&path, bytes).unwrap();
    };
    for at in [0, 100, 4096, 4096 + 100] {
        flipped(&[at]);
        let db = Database::open(&path).unwrap();
        assert_eq!(all(&db).unwrap().len(), 2000, "byte {at}");
        db.close().unwrap();
    }
    flipped(&[100, 4096 + 100]);
    check("both copies", Database::open(&path), Corrupt, None, &["made.db", "offset 0", "header"]);
    flipped(&[0, 4096]);
    check("both magics", Database::open(&path), Invalid, None, &["not a NexusLite database"]);
}

#[test]
fn manifests_that_are_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = made(folder.path());
    let broken = |blocks: &[usize]| {
        let mut bytes = bytes.clone();
        blocks.iter().for_each(|block| bytes[block * PAGE + 50] ^= 1);
        fs::write(&path, bytes).unwrap();
        let _ = fs::remove_file(path.with_extension("wasp"));
        Database::open(&path)
    };
    for block in 1..=4 {
        match broken(&[block]).and_then(|db| all(&db)) {
            Ok(found) => assert_eq!(found, expected(), "block {block}"),
            Err(error) => assert_eq!(error.kind(), Corrupt, "block {block}: {error}"),
        }
    }
    check("all four", broken(&[1, 2, 3, 4]), Corrupt, None, &["made.db", "no manifest is valid", "checksum"]);
    let version = |block: usize| u64::from_le_bytes(bytes[block * PAGE + 32..][..8].try_into().unwrap());
    let newest = if version(1) > version(3) { [1, 2] } else { [3, 4] };
    check("the newest version", broken(&newest), Corrupt, None, &["made"]);
}

#[test]
fn a_file_that_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = made(folder.path());
    let is = |what, len: usize, kind, parts: &[&str]| {
        fs::write(&path, &bytes[..len]).unwrap();
        check(what, Database::open(&path), kind, None, &[parts, &["made.db"]].concat());
    };
    let half = bytes.len() / 2 / PAGE * PAGE;
    is("half", half, Corrupt, &[&format!("{} pages", half / PAGE), &format!("says {}", bytes.len() / PAGE)]);
    is("one byte", bytes.len() - 1, Corrupt, &["pages"]);
    is("within the manifests", 3 * PAGE, Corrupt, &["pages"]);
    is("the header alone", PAGE, Corrupt, &["no manifest is valid", "beyond the end"]);
    is("half a header", 200, Invalid, &["200 bytes long"]);
}

#[test]
fn a_page_that_rotted_under_a_collection() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = made(folder.path());
    let with = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x40;
        fs::write(&path, bytes).unwrap();
        Database::open(&path)
    };
    let leaf = pages(&bytes, RECORD_LEAF)[3];
    for offset in [0, 9, 17, 30, 48, 100, PAGE / 2, PAGE - 1] {
        let db = with(leaf + offset).unwrap();
        let place = format!("offset {leaf}");
        check("a leaf of records", all(&db), Corrupt, None, &["made.db", &place, "checksum"]);
        let counted = db.collection("c").count_documents(doc! { "v": "x" });
        check("a count over it", counted, Corrupt, None, &[&place]);
        let changed = db.collection("c").update_many(doc! {}, doc! { "$set": { "z": 1 } });
        check("an update over it", changed, Corrupt, None, &[&place]);
        let report = db.check().unwrap();
        assert!(report.faults.iter().any(|fault| fault.contains(&place)), "{:?}", report.faults);
        assert!(db.collection("c").get(&bson!(1999)).unwrap().is_some(), "the rest can be read");
    }
    let leaf = pages(&bytes, INDEX_LEAF);
    let refused = leaf.iter().filter(|at| match with(**at + 60) {
        Err(error) => error.kind() == Corrupt,
        Ok(db) => {
            let ids = (0..2000).map(|id| db.collection("c").get(&bson!(id)).map(drop));
            ids.into_iter().any(|got| got.is_err_and(|error| error.kind() == Corrupt))
                || !db.check().unwrap().faults.is_empty()
        }
    });
    assert_eq!(refused.count(), leaf.len(), "a damaged page of an index went unnoticed");
}

#[test]
fn a_large_value_that_rotted() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut bytes) = made(folder.path());
    let extent = pages(&bytes, EXTENT);
    assert!(!extent.is_empty(), "the large document lies in an extent");
    let at = bytes.windows(12).position(|window| window == b"large large ").unwrap() + 50_000;
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let db = Database::open(&path).unwrap();
    let got = db.collection("c").get(&bson!(1000));
    check("a large value", got, Corrupt, None, &["made.db", "piece", "extent"]);
    assert!(!db.check().unwrap().faults.is_empty());
    assert!(db.collection("c").get(&bson!(999)).unwrap().is_some());
}

#[test]
fn every_page_of_the_file_is_vouched_for() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = made(folder.path());
    for at in (5 * PAGE..bytes.len()).step_by(PAGE).map(|page| page + 777) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x80;
        fs::write(&path, damaged).unwrap();
        let outcome = Database::open(&path).and_then(|db| {
            let faults = db.check()?.faults;
            all(&db).map(|found| (found, faults))
        });
        match outcome {
            Err(error) => assert_eq!(error.kind(), Corrupt, "byte {at}: {error}"),
            Ok((found, _)) => assert_eq!(found, expected(), "byte {at}"),
        }
    }
}
