//! This test binary again, as a process that can be killed.
//!
//! The child says on its standard output what was acknowledged, one line each; the parent reads, and kills it in
//! the middle of a sentence.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use nexuslite::simulation::{EngineKind, Setup, Store};
use nexuslite::vfs::FileSystem;

/// What begins a line that is meant for the parent.
const MARK: &str = "\u{1}";

/// A store on real files, with checkpoints so frequent that a kill meets many.
pub(crate) fn setup(path: &Path, kind: EngineKind, seed: u64) -> Setup {
    Setup {
        path: path.to_path_buf(),
        kind,
        seed,
        wal_chunk_bytes: 64 << 10,
        wal_bytes: 512 << 10,
        memtable_bytes: 96 << 10,
        ..Setup::small(Arc::new(FileSystem))
    }
}

/// Starts the test `name` in a child that is told to work on `path`.
pub(crate) fn start(name: &str, path: &Path, kind: EngineKind, seed: u64) -> Child {
    let binary = std::env::current_exe().expect("this binary");
    Command::new(binary)
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env("NEXUSLITE_CHILD_FILE", path)
        .env("NEXUSLITE_CHILD_ENGINE", format!("{kind:?}"))
        .env("NEXUSLITE_CHILD_SEED", seed.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child")
}

/// In the child: the file to work on, and the engine. In the parent: nothing.
pub(crate) fn told() -> Option<(PathBuf, EngineKind)> {
    let path = std::env::var_os("NEXUSLITE_CHILD_FILE")?;
    let kind = match std::env::var("NEXUSLITE_CHILD_ENGINE").ok()?.as_str() {
        "Log" => EngineKind::Log,
        _ => EngineKind::Wasp,
    };
    Some((path.into(), kind))
}

/// In the child: the store to work on, and its seed. In the parent: nothing.
pub(crate) fn task() -> Option<(Store, u64)> {
    let (path, kind) = told()?;
    let seed = std::env::var("NEXUSLITE_CHILD_SEED").ok()?.parse().ok()?;
    let store = Store::open(&setup(&path, kind, seed)).expect("the child opens the store");
    Some((store, seed))
}

/// In the child: tells the parent. One write a line, so that no kill can tear it.
pub(crate) fn tell(words: &str) {
    let line = format!("{MARK}{words}\n");
    // A parent that has gone will not miss it.
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
    let _ = std::io::stdout().lock().flush();
}

/// In the parent: lets the child say `lines` lines, kills it, and hands over all that it said.
pub(crate) fn kill_after(mut child: Child, lines: u64) -> Vec<String> {
    let output = child.stdout.take().expect("a pipe");
    let mut said = Vec::new();
    let mut killed = false;
    for line in BufReader::new(output).lines() {
        let Ok(line) = line else { break };
        said.extend(line.split_once(MARK).map(|(_, words)| words.to_owned()));
        if !killed && said.len() as u64 >= lines {
            child.kill().expect("it can be killed");
            killed = true;
        }
    }
    let status = child.wait().expect("it ended");
    assert!(killed, "the child ended by itself, {status}, after {said:?}");
    said
}
