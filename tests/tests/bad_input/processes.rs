//! Two processes and one file. The other process is this very program, told by its environment what to do.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nexuslite::ErrorKind::{Corrupt, Locked};
use nexuslite::bson::doc;
use nexuslite::{Database, EngineKind, Options};

use crate::check::check;

const FILE: &str = "NEXUSLITE_TEST_FILE";
const ENGINE: &str = "NEXUSLITE_TEST_ENGINE";
const READY: &str = "the file is open";

/// What the other process does: opens the file, writes, and waits to be killed or for its input to end.
#[test]
fn other_process() {
    let Ok(file) = std::env::var(FILE) else { return };
    let engine = match std::env::var(ENGINE).as_deref() {
        Ok("log") => EngineKind::Log,
        _ => EngineKind::Wasp,
    };
    let db = Database::open_with(file, Options::new().engine(engine)).unwrap();
    (0..100).for_each(|id| drop(db.collection("c").insert_one(doc! { "_id": id }).unwrap()));
    println!("\n{READY}");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    db.close().unwrap();
}

fn other(file: &Path, engine: &str) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::other_process", "--nocapture"])
        .env(FILE, file)
        .env(ENGINE, engine)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let lines = said.by_ref().lines();
    assert!(lines.map(Result::unwrap).any(|line| line == READY), "the other process did not open the file");
    // It goes on talking at its end, and must find a listener.
    std::thread::spawn(move || said.read_to_end(&mut Vec::new()));
    child
}

#[test]
fn a_file_that_another_process_has_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("taken.db");
    let mut child = other(&path, "wasp");
    let is = |what, outcome| check(what, outcome, Locked, None, &["taken.db", "another process"]);
    is("open", Database::open(&path));
    is("create", Database::open_with(&path, Options::new()));
    is("read-only", Database::open_with(&path, Options::new().read_only(true)));
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let db = Database::open(&path).unwrap();
    assert_eq!(db.collection("c").count_documents(doc! {}).unwrap(), 100);
}

#[test]
fn a_process_that_was_killed() {
    for engine in ["wasp", "log"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("killed.db");
        let mut child = other(&path, engine);
        child.kill().unwrap();
        child.wait().unwrap();
        let alone = folder.path().join("alone.db");
        std::fs::copy(&path, &alone).unwrap();
        check("without its log", Database::open(&alone), Corrupt, None, &["alone.wasp", "missing"]);
        let db = Database::open(&path).unwrap();
        assert_eq!(db.collection("c").count_documents(doc! {}).unwrap(), 100, "{engine}");
        assert_eq!(db.check().unwrap().faults, Vec::<String>::new());
    }
}
