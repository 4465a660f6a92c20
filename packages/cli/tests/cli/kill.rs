//! Two processes at one file, and one that is killed.

use std::io::Write;
use std::process::{Child, Stdio};

use crate::bench::{Bench, numbered};

fn import_from_pipe(bench: &Bench) -> Child {
    let words = ["import", "--db", "a", "-c", "c", "-"];
    bench.command(&words).stdin(Stdio::piped()).spawn().expect("the program starts")
}

#[test]
fn a_second_process_is_told_that_the_file_is_taken() {
    let bench = Bench::with(&numbered(0..5));
    let mut import = import_from_pipe(&bench);
    let stdin = import.stdin.as_mut().expect("a piped standard input");
    stdin.write_all(numbered(5..2000).as_bytes()).expect("the import reads");
    // Its first batch is in the log: from then on it has the file until its input ends.
    let log = || std::fs::metadata(bench.path("a.wasp")).map_or(0, |about| about.len());
    while log() == 0 {
        let ended = import.try_wait().expect("the import can be asked");
        assert!(ended.is_none(), "the import ended before its input did");
        std::thread::yield_now();
    }
    for words in [&["count", "--db", "a", "-c", "c"][..], &["insert", "--db", "a", "-c", "c", "{}"]] {
        bench.run(words).fails(1, &["a.db", "another process"]);
    }
    drop(import.stdin.take());
    assert!(import.wait().expect("the import ends").success());
    bench.run(&["insert", "--db", "a", "-c", "c", "{}"]).ok();
    assert_eq!(bench.run(&["count", "--db", "a", "-c", "c"]).ok(), "2001\n");
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
