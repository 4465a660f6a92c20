//! Programs in C that use the library, rightly and wrongly, with and without somebody who watches over memory.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::tool::{
    compiler, is_long, library_folder, link_shared, nlohmann, root, run, scratch, succeed, text,
};

/// Every program that needs nothing but an empty folder.
const PROGRAMS: &[&str] = &[
    "bson",
    "callbacks",
    "files",
    "forks",
    "misuse",
    "order",
    "plateau",
    "rooms",
    "threads",
    "transactions",
    "troubles",
    "verbs",
];

/// The programs in C++, each with what the compiler is told besides.
const PROGRAMS_CPP: &[(&str, &[&str])] =
    &[("both_faces", &[]), ("troubles", &[]), ("without_exceptions", &["-fno-exceptions"])];
/// In C++ over nlohmann/json, which is not everywhere.
const NLOHMANN: &str = "nlohmann";
/// In C and in C++: what every language is asked.
const CORPORA: &str = "conformance";
const SANITIZED: &[&str] = &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// A program, compiled in a folder of its own.
struct Built {
    folder: TempDir,
    program: PathBuf,
}

impl Built {
    /// Compiles `name` with further arguments for the compiler.
    fn new(name: &str, link: impl FnOnce(&mut Command)) -> Self {
        Self::by(compiler("gcc", "c11"), &source(name), link)
    }

    fn by(mut compiler: Command, source: &Path, link: impl FnOnce(&mut Command)) -> Self {
        let folder = scratch();
        let program = folder.path().join("program");
        compiler.arg("-o").arg(&program).arg(source);
        link(&mut compiler);
        succeed(&mut compiler);
        Self { folder, program }
    }

    /// Runs it, in an empty folder that it is told of.
    fn run(&self, watched_by: &[&str], arguments: &[&str]) -> String {
        let files = self.folder.path().join("data");
        std::fs::create_dir_all(&files).expect("a folder");
        let mut command = match watched_by {
            [] => Command::new(&self.program),
            [watcher, options @ ..] => {
                let mut command = Command::new(watcher);
                command.args(options).arg(&self.program);
                command
            }
        };
        command.arg(&files).args(arguments).env("ASAN_OPTIONS", "detect_leaks=1");
        let output = run(&mut command);
        let said = text(&output.stdout);
        let last: Vec<&str> = said.lines().rev().take(3).collect();
        assert!(
            output.status.success(),
            "{command:?}: {}\n{last:?}\n{}",
            output.status,
            text(&output.stderr)
        );
        said
    }
}

fn source(name: &str) -> PathBuf {
    root().join("ffi/tests/programs").join(name).with_extension("c")
}

/// Makes the compiler link with the static library and what it needs of the system.
fn link_static(compiler: &mut Command) {
    compiler.arg(library_folder().join("libnexuslite.a"));
    compiler.args(["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"]);
}

#[test]
fn every_program_is_here() {
    let folder = source("x");
    let folder: &Path = folder.parent().expect("a folder");
    let entries = std::fs::read_dir(folder).expect("the folder of programs");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let sources =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "c" || ending == "cpp"));
    let mut names: Vec<String> =
        sources.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    let mut known: Vec<&str> = PROGRAMS.to_vec();
    known.extend(PROGRAMS_CPP.iter().map(|(name, _)| name));
    known.extend([CORPORA, CORPORA, NLOHMANN]);
    known.sort_unstable();
    assert_eq!(names, known);
}

#[test]
fn programs_do_what_they_should_under_the_sanitizers() {
    for name in PROGRAMS {
        let built = Built::new(name, |compiler| {
            compiler.args(SANITIZED);
            link_shared(compiler);
        });
        // What the sanitizer keeps to find a use of freed memory is growth, too.
        if *name != "plateau" {
            built.run(&[], &[]);
        }
    }
}

#[test]
fn programs_in_cpp_do_what_they_should_under_the_sanitizers() {
    let standards: &[&str] = if is_long() { &["c++17", "c++20", "c++2b"] } else { &["c++17"] };
    for (name, flags) in PROGRAMS_CPP {
        for standard in standards {
            let link = |compiler: &mut Command| {
                compiler.args(*flags).args(SANITIZED);
                link_shared(compiler);
            };
            Built::by(compiler("g++", standard), &source(name).with_extension("cpp"), link).run(&[], &[]);
        }
    }
}

#[test]
fn documents_are_values_of_nlohmann_json() {
    // Where it is not, `cargo xtask test c` says how to get it.
    let Some(flags) = nlohmann() else { return };
    let link = |compiler: &mut Command| {
        compiler.args(&flags).args(SANITIZED);
        link_shared(compiler);
    };
    let source = source(NLOHMANN).with_extension("cpp");
    Built::by(compiler("g++", "c++17"), &source, link).run(&[], &[]);
    // The half of it that throws nothing stands without exceptions.
    let mut alone = compiler("g++", "c++17");
    alone.args(&flags).args(["-fno-exceptions", "-fsyntax-only", "-include"]);
    succeed(alone.arg(root().join("include/nexuslite/nlohmann.hpp")).args(["-x", "c++", "/dev/null"]));
}

#[test]
fn the_corpora_are_answered_in_c_and_in_cpp_alike() {
    let corpora = root().join("tests/conformance");
    let link = |compiler: &mut Command| {
        compiler.args(SANITIZED);
        link_shared(compiler);
    };
    let files = files_below(&corpora);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let in_c = Built::new(CORPORA, link).run(&[], &files);
    let built = Built::by(compiler("g++", "c++17"), &source(CORPORA).with_extension("cpp"), link);
    let in_cpp = built.run(&[], &[&corpora.to_string_lossy()]);
    assert_eq!(in_c, in_cpp, "how many cases were run, and left out");
    // Whoever runs the suites of several languages compares them.
    if let Some(folder) = std::env::var_os("NEXUSLITE_COUNTS").map(PathBuf::from) {
        std::fs::create_dir_all(&folder).expect("the folder of counts");
        for (language, counts) in [("c", in_c), ("cpp", in_cpp)] {
            std::fs::write(folder.join(language), counts).expect("the counts");
        }
    }
}

fn files_below(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<String> = paths
        .flat_map(|path| match path.is_dir() {
            true => files_below(&path),
            false => vec![path.to_string_lossy().into_owned()],
        })
        .collect();
    files.sort();
    files
}

#[test]
fn memory_does_not_grow_with_the_number_of_calls() {
    let rounds = if is_long() { "1000000" } else { "20000" };
    Built::new("plateau", link_shared).run(&[], &[rounds]);
}

#[test]
fn the_static_library_serves_as_well() {
    let names = if is_long() { PROGRAMS } else { &["verbs"] };
    for name in names {
        Built::new(name, link_static).run(&[], &[]);
    }
}

#[test]
fn valgrind_finds_no_error_and_no_leak() {
    let names = if is_long() { PROGRAMS } else { &["bson"] };
    let watcher = [
        "valgrind",
        "--quiet",
        "--error-exitcode=9",
        "--leak-check=full",
        "--show-leak-kinds=definite,indirect,possible",
        "--errors-for-leak-kinds=definite,indirect",
    ];
    for name in names {
        let built = Built::new(name, link_shared);
        match *name {
            // What valgrind keeps for itself is growth, too.
            "plateau" => {}
            // What the threads of a process had is lost to its child, so nobody looks for leaks in that.
            "forks" => {
                for arguments in [&[][..], &["alone"]] {
                    Built::new(name, link_shared).run(&watcher[..3], arguments);
                }
            }
            _ => {
                built.run(&watcher, &[]);
            }
        }
    }
}

#[test]
fn handles_are_freed_in_ever_new_orders() {
    if is_long() {
        let seed = std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(1, |now| now.as_secs()).to_string();
        Built::new("order", link_shared).run(&[], &[&seed, "5000"]);
    }
}
