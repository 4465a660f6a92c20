//! What is deliberately absent.

use crate::source::{File, files};

/// Words that only the named places may say, and why.
const ONLY: &[(&str, &[&str], &str)] = &[
    ("std::fs", &["core/src/vfs/"], "only vfs speaks to the disk"),
    ("Instant::now", &["core/src/base/clock.rs"], "only base/clock asks the time"),
    ("SystemTime::now", &["core/src/base/clock.rs"], "only base/clock asks the time"),
    ("Uuid::new_v4", &["core/src/base/entropy.rs"], "only base/entropy rolls dice"),
    ("getrandom", &["core/src/base/entropy.rs"], "only base/entropy rolls dice"),
    ("thread::spawn", &["core/src/runtime/"], "only runtime starts a thread"),
    ("thread::Builder", &["core/src/runtime/"], "only runtime starts a thread"),
    (
        "bson::",
        &["core/src/document/", "core/src/api/", "core/src/lib.rs"],
        "only document and the face name the crate",
    ),
    ("icu_", &["core/src/document/collation/"], "only document/collation names the data of languages"),
    ("unsafe ", &[], "the core is safe"),
];

#[test]
fn what_belongs_to_one_place_stays_there() {
    let faults: Vec<String> = files("core/src", &[".rs"]).iter().flat_map(faults_of).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn what_stands_elsewhere_is_found() {
    for (word, places, why) in ONLY {
        let holding =
            |path: String| File { path, text: format!("// {word}\nfn f() {{ {word}something }}\n") };
        let elsewhere = faults_of(&holding("core/src/query/bad.rs".to_owned()));
        assert_eq!(elsewhere.len(), 1, "{word}: {why}: {elsewhere:?}");
        for place in *places {
            let path = if place.ends_with('/') { format!("{place}good.rs") } else { (*place).to_owned() };
            assert_eq!(faults_of(&holding(path)), Vec::<String>::new(), "{word} belongs to {place}");
        }
    }
}

fn faults_of(file: &File) -> Vec<String> {
    if file.is_test() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (number, line) in file.code() {
        for (word, places, why) in ONLY {
            let allowed = places.iter().any(|place| file.path.starts_with(place));
            if !allowed && line.contains(word) {
                faults.push(format!("{}:{number}: {why}: {line}", file.path));
            }
        }
    }
    faults
}

#[test]
fn no_room_is_a_drawer() {
    let folders = ["bindings", "core/src", "packages"];
    for file in folders.iter().flat_map(|folder| files(folder, &[".rs", ".py", ".go"])) {
        for part in file.path.split('/').map(|part| part.split('.').next().unwrap_or(part)) {
            let drawer =
                matches!(part, "utils" | "util" | "common" | "helpers" | "helper" | "manager" | "misc");
            assert!(!drawer, "{}: name it after the one thing it holds", file.path);
        }
    }
}

#[test]
fn the_core_and_the_python_extension_forbid_unsafe() {
    for folder in ["core/src", "bindings/python/src"] {
        let lib = files(folder, &["lib.rs"]);
        assert!(lib.iter().any(|file| file.text.contains("#![forbid(unsafe_code)]")), "{folder}");
    }
}

/// Whoever lets the interpreter go has to catch panics and to hold no Python object: a few files see to that.
#[test]
fn the_interpreter_is_let_go_in_few_places() {
    let places = ["engine.rs", "process.rs", "cursor.rs"].map(|file| format!("bindings/python/src/{file}"));
    for file in files("bindings/python/src", &[".rs"]) {
        let lets_go = file.code().any(|(_, line)| line.contains(".detach("));
        assert!(!lets_go || places.contains(&file.path), "{} lets the interpreter go", file.path);
    }
}

#[test]
fn nothing_is_left_for_later_in_the_source() {
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X"].concat()];
    let folders = ["bindings", "core", "ffi", "packages", "tests", "xtask"];
    for file in folders.iter().flat_map(|folder| files(folder, &[".rs", ".py", ".pyi", ".go"])) {
        for mark in &marks {
            assert!(!word_in(&file, mark), "{} says {mark}", file.path);
        }
    }
}

#[test]
fn no_path_of_anybodys_machine_is_left() {
    let places = [["/ro", "ot/"].concat(), ["/ho", "me/"].concat(), ["/wo", "rk/"].concat()];
    for file in files(".", &[".rs", ".py", ".pyi", ".go", ".md", ".toml", ".json"]) {
        for place in &places {
            assert!(!file.text.contains(place.as_str()), "{} names {place}", file.path);
        }
    }
}

fn word_in(file: &File, word: &str) -> bool {
    file.text.match_indices(word).any(|(at, _)| {
        let boundary = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        boundary(file.text[..at].chars().next_back()) && boundary(file.text[at + word.len()..].chars().next())
    })
}
