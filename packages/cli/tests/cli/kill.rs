//! Two processes at one file, and one that is killed.

use std::io::Write;
use std::process::{Child, Stdio};

use crate::bench::{Bench, numbered};

/// So often is looked whether the other process has come far enough; each look starts a process.
const LOOKS_MAX: u32 = 2000;

fn import_from_pipe(bench: &Bench) -> Child {
    let words = ["import", "--db", "a", "-c", "c", "-"];
    bench.command(&words).stdin(Stdio::piped()).spawn().expect("the program starts")
}

#[test]
fn a_second_process_is_told_that_the_file_is_taken() {
    let bench = Bench::with(&numbered(0..5));
    let mut import = import_from_pipe(&bench);
    // The import holds the file from its start to its end, which is not before its input ends.
    for words in [&["count", "--db", "a", "-c", "c"][..], &["insert", "--db", "a", "-c", "c", "{}"]] {
        let refused = (0..LOOKS_MAX).map(|_| bench.run(words)).find(|ran| !ran.succeeded());
        refused.expect("the import takes the file").fails(1, &["a.db"]);
    }
    drop(import.stdin.take());
    assert!(import.wait().expect("the import ends").success());
    bench.run(&["insert", "--db", "a", "-c", "c", "{}"]).ok();
}

#[cfg(unix)]
#[test]
fn a_killed_import_leaves_whole_batches() {
    const DOCUMENTS: u32 = 20_000;
    let bench = Bench::with("");
    for round in 0..3 {
        let mut import = import_from_pipe(&bench);
        let from = round * DOCUMENTS;
        let mut stdin = import.stdin.take().expect("a piped standard input");
        stdin.write_all(numbered(from..from + DOCUMENTS).as_bytes()).expect("the import reads");
        import.kill().expect("the import is killed");
        import.wait().expect("it ends");
        let report = bench.run(&["check", "--db", "a"]).ok();
        assert!(report.ends_with("no faults\n"), "{report}");
        let count: u32 = bench.run(&["count", "--db", "a", "-c", "c"]).ok().trim().parse().expect("a number");
        assert_eq!(count % 1000, 0, "round {round}");
        let last = bench.run(&[
            "find",
            "--db",
            "a",
            "-c",
            "c",
            "-s",
            "{\"_id\":-1}",
            "-n",
            "1",
            "-p",
            "{\"_id\":1}",
        ]);
        let last = last.ok();
        assert!(count == 0 || last.trim().ends_with("999}"), "round {round}: {last}");
        assert!(count > 0, "nothing of {DOCUMENTS} documents was committed while the pipe took them all");
    }
}
