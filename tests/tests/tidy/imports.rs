//! Imports go downwards only.

use crate::source::{File, files};

/// Each room, and the rooms it may name; `base` and `error` are open to all.
const TABLE: &[(&str, &[&str])] = &[
    (
        "api",
        &[
            "query",
            "collection",
            "index",
            "transaction",
            "storage",
            "runtime",
            "vfs",
            "expression",
            "document",
        ],
    ),
    // What the fuzz targets look into, compiled for them only.
    (
        "fuzzing",
        &["api", "query", "collection", "index", "transaction", "storage", "vfs", "expression", "document"],
    ),
    ("query", &["collection", "index", "transaction", "storage", "expression", "document"]),
    ("collection", &["index", "transaction", "storage", "expression", "document"]),
    ("index", &["transaction", "storage", "expression", "document"]),
    ("transaction", &["storage"]),
    ("storage", &["vfs"]),
    ("expression", &["document"]),
    ("runtime", &[]),
    ("document", &[]),
    ("vfs", &[]),
    ("base", &[]),
    ("error", &[]),
];

#[test]
fn rooms_import_downwards_only() {
    let faults: Vec<String> = files("core/src", &[".rs"]).iter().flat_map(faults_of).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_room_has_its_row() {
    for file in files("core/src", &[".rs"]) {
        let room = file.room().expect("a file of the core");
        let known = room == "lib" || TABLE.iter().any(|(name, _)| *name == room);
        assert!(known, "{} lies in a room that the table does not know", file.path);
    }
}

#[test]
fn an_upward_arrow_is_found() {
    let path = "core/src/storage/bad.rs".to_owned();
    let upward = File { path: path.clone(), text: "use crate::collection::Record;\n".to_owned() };
    assert_eq!(faults_of(&upward).len(), 1);
    let inline = File { path: path.clone(), text: "let a = crate::api::Database;\n".to_owned() };
    assert_eq!(faults_of(&inline).len(), 1);
    let downward = File { path, text: "use crate::vfs::Vfs;\nuse crate::error::Result;\n".to_owned() };
    assert_eq!(faults_of(&downward).len(), 0);
}

fn faults_of(file: &File) -> Vec<String> {
    let room = file.room().unwrap_or_default();
    if room == "lib" || file.is_test() {
        return Vec::new();
    }
    let allowed = TABLE.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, allowed)| allowed);
    let may = |named: &str| named == room || matches!(named, "base" | "error") || allowed.contains(&named);
    let faults = file.code().flat_map(|(number, line)| rooms_named(line).map(move |named| (number, named)));
    faults
        .filter(|(_, named)| !may(named))
        .map(|(number, named)| format!("{}:{number}: {room} must not name {named}", file.path))
        .collect()
}

/// The rooms that a line names as `crate::room`.
fn rooms_named(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("crate::").filter_map(|(at, found)| {
        let rest = &line[at + found.len()..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        let named = &rest[..end];
        TABLE.iter().any(|(room, _)| *room == named).then_some(named)
    })
}
