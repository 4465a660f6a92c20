//! Every option that a database is opened with can be given in every language.

use crate::source::files;

/// What only tests replace.
const ONLY_RUST: &[&str] = &["clock", "entropy", "vfs"];
/// What some languages have no use for: C begins and commits by itself, so that nothing is attempted again.
const NOT_IN: &[(&str, &str)] = &[("C", "transaction_attempts_max")];
/// A language, the file in which it reads its options, and which of them it calls otherwise.
type Language = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Where a language reads its options, and by which names it knows those that it calls otherwise.
const LANGUAGES: &[Language] = &[
    (
        "C",
        "ffi/src/database.rs",
        &[("group_interval", "group_interval_ms"), ("sweep_interval", "sweep_interval_ms")],
    ),
    ("the extension of Python", "bindings/python/src/options.rs", &[("id_kind", "generate_id")]),
    ("Python", "packages/python/python/nexuslite/_options/constructors.py", &[("id_kind", "generate_id")]),
];

#[test]
fn every_option_can_be_given_in_every_language() {
    let options = text("core/src/api/options.rs");
    let named: Vec<&str> = options
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub fn ")?.split_once("(mut self"))
        .map(|(name, _)| name)
        .filter(|name| !ONLY_RUST.contains(name))
        .collect();
    assert!(named.len() >= 17, "{named:?}");
    let mut faults = Vec::new();
    for (language, path, others) in LANGUAGES {
        let read = text(path);
        for name in &named {
            let called = others.iter().find(|(known, _)| known == name).map_or(*name, |(_, called)| called);
            if !NOT_IN.contains(&(language, name)) && !read.contains(&format!("\"{called}\"")) {
                faults.push(format!("{path}: {language} has no option {called}"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn text(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').expect("a path");
    let ending = name.rsplit_once('.').map(|(_, ending)| format!(".{ending}")).expect("an ending");
    let found = files(folder, &[&ending]).into_iter().find(|file| file.path == path);
    found.unwrap_or_else(|| panic!("{path} is not there")).text
}
