//! Readers that have seen enough, and devices that are full.

use std::io::{BufRead, BufReader, Read};

use crate::bench::{Bench, numbered};

#[test]
fn a_reader_that_closes_the_pipe_is_no_error() {
    let bench = Bench::with(&numbered(0..20_000));
    for words in [&["find", "--db", "a", "-c", "c"][..], &["export", "--db", "a", "-c", "c"]] {
        let mut child = bench.command(words).spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("a piped standard output"));
        let mut first = String::new();
        out.read_line(&mut first).expect("a line");
        assert!(first.starts_with("{\"_id\":0,"), "{first}");
        drop(out);
        let status = child.wait().expect("the program ends");
        let mut said = String::new();
        child.stderr.take().expect("a piped standard error").read_to_string(&mut said).expect("text");
        assert!(status.success() && said.is_empty(), "{words:?}: {status}, {said:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error() {
    let bench = Bench::with(&numbered(0..10));
    for words in [&["find", "--db", "a", "-c", "c"][..], &["count", "--db", "a", "-c", "c"], &["--help"]] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("the device that is always full");
        let ran = bench.command(words).stdout(full).output().expect("the program starts");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(1), "{words:?}: {said}");
        assert!(said.starts_with("nexuslite: write to standard output: "), "{words:?}: {said}");
    }
}

#[test]
fn nobody_listening_on_standard_error_is_no_panic() {
    let bench = Bench::new();
    let mut child = bench.command(&["info", "--db", "missing"]).spawn().expect("the program starts");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("the program ends").code(), Some(1));
}
