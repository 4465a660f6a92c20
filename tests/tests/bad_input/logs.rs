//! Write-ahead files that are missing, foreign or damaged.

use std::fs;
use std::path::{Path, PathBuf};

use nexuslite::ErrorKind::Corrupt;
use nexuslite::bson::doc;
use nexuslite::{Database, EngineKind, Options, Result};

use crate::check::check;

const CHUNK: usize = 64 << 10;

fn options(engine: EngineKind) -> Options {
    Options::new().engine(engine).page_bytes(8192).wal_chunk_bytes(CHUNK as u32)
}

/// The two files of a database that was killed after `documents` inserts, each of them acknowledged.
fn killed(folder: &Path, engine: EngineKind, name: &str, documents: i32) -> PathBuf {
    let (path, copy) = (folder.join(format!("{name}-open.db")), folder.join(format!("{name}.db")));
    let db = Database::open_with(&path, options(engine)).unwrap();
    (0..documents).for_each(|id| drop(db.collection("c").insert_one(doc! { "_id": id }).unwrap()));
    fs::copy(&path, &copy).unwrap();
    fs::copy(path.with_extension("wasp"), copy.with_extension("wasp")).unwrap();
    copy
}

fn count(path: &Path) -> Result<u64> {
    let db = Database::open(path)?;
    assert_eq!(db.check()?.faults, Vec::<String>::new());
    db.collection("c").count_documents(doc! {})
}

#[test]
fn a_log_that_is_missing_after_a_kill() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let folder = tempfile::tempdir().unwrap();
        let path = killed(folder.path(), engine, "gone", 50);
        let (log, kept) = (path.with_extension("wasp"), folder.path().join("kept"));
        fs::rename(&log, &kept).unwrap();
        let is = |what| check(what, Database::open(&path), Corrupt, None, &["gone.wasp", "missing or empty"]);
        is("missing");
        fs::write(&log, b"").unwrap();
        is("empty");
        fs::remove_file(&log).unwrap();
        let read_only = Database::open_with(&path, Options::new().read_only(true));
        check("missing, read-only", read_only, Corrupt, None, &["gone.wasp", "missing or empty"]);
        assert!(!log.exists(), "a refused opening leaves no file behind");
        fs::rename(&kept, &log).unwrap();
        assert_eq!(count(&path).unwrap(), 50, "{engine:?}: with its log back, everything is there");
    }
}

#[test]
fn a_log_of_another_database() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let folder = tempfile::tempdir().unwrap();
        let (mine, other) =
            (killed(folder.path(), engine, "mine", 50), killed(folder.path(), engine, "other", 7));
        let log = fs::read(other.with_extension("wasp")).unwrap();
        let own = fs::read(mine.with_extension("wasp")).unwrap();
        fs::write(mine.with_extension("wasp"), &log).unwrap();
        check("after a kill", Database::open(&mine), Corrupt, None, &["mine.wasp", "another database"]);
        let read_only = Database::open_with(&mine, Options::new().read_only(true));
        check("after a kill, read-only", read_only, Corrupt, None, &["mine.wasp", "another database"]);
        fs::write(mine.with_extension("wasp"), own).unwrap();
        assert_eq!(count(&mine).unwrap(), 50);
        fs::write(mine.with_extension("wasp"), &log).unwrap();
        check("after a close", Database::open(&mine), Corrupt, None, &["mine.wasp", "another database"]);
        assert_eq!(fs::read(mine.with_extension("wasp")).unwrap(), log, "the other's log was not touched");
    }
}

#[test]
fn a_log_that_is_no_log() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let folder = tempfile::tempdir().unwrap();
        let path = killed(folder.path(), engine, "text", 50);
        for bytes in [b"Once upon a time ".repeat(10_000), b"short".to_vec()] {
            fs::write(path.with_extension("wasp"), bytes).unwrap();
            check("no log", Database::open(&path), Corrupt, None, &["text.wasp"]);
        }
    }
}

#[test]
fn a_log_whose_bytes_were_lost_and_whose_length_was_kept() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let folder = tempfile::tempdir().unwrap();
        let path = killed(folder.path(), engine, "zeros", 50);
        let log = path.with_extension("wasp");
        let kept = fs::read(&log).unwrap();
        assert!(kept.len() > CHUNK, "{engine:?}: the log has chunks that the first one does not vouch for");
        let is = |what: &str, lost: std::ops::Range<usize>| {
            let mut bytes = kept.clone();
            bytes[lost].fill(0);
            fs::write(&log, bytes).unwrap();
            let read_only = Database::open_with(&path, Options::new().read_only(true));
            for outcome in [Database::open(&path), read_only] {
                check(what, outcome, Corrupt, None, &["zeros.wasp", "offset 0", "nothing but zeros"]);
            }
        };
        is("all of it", 0..kept.len());
        is("the first chunk", 0..CHUNK);
        fs::write(&log, &kept).unwrap();
        assert_eq!(count(&path).unwrap(), 50, "{engine:?}: with its log back, everything is there");
    }
}

#[test]
fn a_log_with_one_flipped_byte_loses_nothing_silently() {
    for engine in [EngineKind::Wasp, EngineKind::Log] {
        let folder = tempfile::tempdir().unwrap();
        let path = killed(folder.path(), engine, "flip", 12);
        let (main, log) = (fs::read(&path).unwrap(), fs::read(path.with_extension("wasp")).unwrap());
        let used = log.iter().rposition(|byte| *byte != 0).unwrap();
        let mut refused = 0;
        for at in (0..used).step_by(281) {
            let mut damaged = log.clone();
            damaged[at] ^= 0x20;
            fs::write(&path, &main).unwrap();
            fs::write(path.with_extension("wasp"), &damaged).unwrap();
            match count(&path) {
                Ok(found) => assert!(found >= 11, "{engine:?}: byte {at} took {} commits", 12 - found),
                Err(error) => {
                    assert_eq!(error.kind(), Corrupt, "byte {at}: {error}");
                    refused += 1;
                }
            }
        }
        assert!(refused > 5, "{engine:?}: {refused} flips were refused");
    }
}

#[test]
fn a_log_cut_at_any_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = killed(folder.path(), EngineKind::Wasp, "cut", 12);
    let (main, log) = (fs::read(&path).unwrap(), fs::read(path.with_extension("wasp")).unwrap());
    let used = log.iter().rposition(|byte| *byte != 0).unwrap();
    for len in (0..used).step_by(1531) {
        fs::write(&path, &main).unwrap();
        fs::write(path.with_extension("wasp"), &log[..len]).unwrap();
        match count(&path) {
            Ok(found) => assert!(found <= 12, "{len} bytes of log give {found} documents"),
            Err(error) => assert_eq!(error.kind(), Corrupt, "{len} bytes: {error}"),
        }
    }
}
