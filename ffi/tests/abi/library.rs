//! The built library: what it exports, and what the loader is told of it.

use std::fs;
use std::process::Command;

use crate::header::prototypes;
use crate::tool::{library_folder, root, succeed};

const SYMBOLS: &str = "ffi/abi/symbols.txt";

/// The names that `nm` finds defined for others.
fn exported() -> Vec<String> {
    let library = library_folder().join("libnexuslite.so");
    let listed = succeed(Command::new("nm").args(["-D", "--defined-only", "--format=posix"]).arg(library));
    let names = listed.lines().filter_map(|line| line.split(' ').next());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    names
}

#[test]
fn the_library_exports_what_the_header_declares_and_the_list_names() {
    let (path, declared) = (root().join(SYMBOLS), prototypes());
    if std::env::var_os("NEXUSLITE_WRITE").is_some() {
        fs::write(&path, declared.join("\n") + "\n").expect("the list can be written");
    }
    let listed = fs::read_to_string(&path).unwrap_or_default();
    let listed: Vec<String> = listed.lines().map(str::to_owned).collect();
    assert_eq!(declared, listed, "the header and {SYMBOLS} differ: `cargo xtask header` writes both");
    assert_eq!(exported(), listed, "the library and {SYMBOLS} differ");
    assert!(listed.len() > 60, "only {} functions", listed.len());
}

#[test]
fn the_static_library_defines_every_function() {
    let library = library_folder().join("libnexuslite.a");
    let listed =
        succeed(Command::new("nm").args(["--defined-only", "--format=posix", "--quiet"]).arg(library));
    let mut names: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_once(" T "))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("nx_"))
        .collect();
    names.sort_unstable();
    assert_eq!(names, prototypes());
}

#[test]
fn the_loader_knows_the_librarys_name_and_never_unloads_it() {
    let library = library_folder().join("libnexuslite.so");
    let told = succeed(Command::new("readelf").args(["--dynamic", "--wide"]).arg(&library));
    let has = |word: &str, tag: &str| told.lines().any(|line| line.contains(tag) && line.contains(word));
    assert!(has("[libnexuslite.so.0]", "(SONAME)"), "{told}");
    assert!(has("NODELETE", "(FLAGS_1)"), "{told}");
    assert!(!told.contains("(TEXTREL)"), "{told}");
    assert!(!told.contains("(RPATH)") && !told.contains("(RUNPATH)"), "{told}");
    let needed: Vec<&str> = told.lines().filter(|line| line.contains("(NEEDED)")).collect();
    let known = ["libc.so.6", "libgcc_s.so.1", "libm.so.6", "ld-linux", "libpthread", "libdl"];
    for line in needed {
        assert!(known.iter().any(|known| line.contains(known)), "an unexpected library is needed: {line}");
    }
    let segments = succeed(Command::new("readelf").args(["--segments", "--wide"]).arg(&library));
    let stack = segments.lines().find(|line| line.contains("GNU_STACK")).expect("a word on the stack");
    assert!(!stack.contains("RWE"), "the stack can be executed: {stack}");
}
