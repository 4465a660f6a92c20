//! A folder to run the program in, and what a run came to.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_nexuslite");

/// A folder that goes away with the test.
pub(crate) struct Bench {
    folder: TempDir,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    words: Vec<String>,
    status: Option<i32>,
    out: String,
    err: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder") }
    }

    /// A bench with these documents in the collection `c` of `a.db`.
    pub(crate) fn with(documents: &str) -> Self {
        let bench = Self::new();
        bench.run_with(&["import", "--db", "a", "-c", "c", "-"], documents).ok();
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).expect("a file can be written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file of text")
    }

    /// The names in the folder, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(words).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        Ran::new(words, self.command(words).output().expect("the program starts"))
    }

    /// Runs it with something to read on standard input.
    pub(crate) fn run_with(&self, words: &[&str], input: impl AsRef<[u8]>) -> Ran {
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().expect("the program starts");
        feed(&mut child, input.as_ref());
        Ran::new(words, child.wait_with_output().expect("the program ends"))
    }

    /// All documents of `c` in `a.db`, canonical, as lines.
    pub(crate) fn all(&self) -> String {
        self.run(&["export", "--db", "a", "-c", "c", "--json=canonical"]).ok()
    }
}

/// Writes to the program's standard input and closes it; the program may have stopped listening.
fn feed(child: &mut Child, input: &[u8]) {
    let mut stdin = child.stdin.take().expect("a piped standard input");
    let _ = stdin.write_all(input);
}

impl Ran {
    fn new(words: &[&str], output: Output) -> Self {
        Self {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            status: output.status.code(),
            out: String::from_utf8(output.stdout).expect("text on standard output"),
            err: String::from_utf8(output.stderr).expect("text on standard error"),
        }
    }

    /// What it answered; it must have done what was asked, and complained of nothing.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert!(self.status == Some(0) && self.err.is_empty(), "{self:#?}");
        self.out
    }

    /// It must have done what was asked, and said something about it on standard error.
    #[track_caller]
    pub(crate) fn ok_but_says(self, what: &str) -> String {
        assert!(self.status == Some(0) && self.err.contains(what), "wanted {what:?} in {self:#?}");
        self.out
    }

    /// It must have failed with this status, answered nothing, and said all of `what` in one line.
    #[track_caller]
    pub(crate) fn fails(self, status: i32, what: &[&str]) {
        assert!(self.out.is_empty(), "{self:#?}");
        self.fails_after_answering(status, what);
    }

    /// The same, for a command that answers before it fails. Answers what it had answered.
    #[track_caller]
    pub(crate) fn fails_after_answering(self, status: i32, what: &[&str]) -> String {
        assert_eq!(self.status, Some(status), "{:?} came to {self:#?}", self.words);
        assert!(self.err.starts_with("nexuslite: "), "{self:#?}");
        assert_eq!(self.err.trim_end().lines().count(), 1, "{self:#?}");
        for part in what {
            assert!(self.err.contains(part), "wanted {part:?} in {self:#?}");
        }
        self.out
    }

    /// Whether it did what was asked.
    pub(crate) fn succeeded(&self) -> bool {
        self.status == Some(0)
    }

    /// Whether it ended by itself, well or with an error that it told.
    pub(crate) fn ended_decently(&self) -> bool {
        matches!(self.status, Some(0..=2)) && !self.err.contains("panicked")
    }
}

/// The line `{"_id":n}` for each number, with something to fill the document.
pub(crate) fn numbered(numbers: std::ops::Range<u32>) -> String {
    numbers.map(|n| format!("{{\"_id\":{n},\"text\":\"this is document number {n}\"}}\n")).collect()
}
