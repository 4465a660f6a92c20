//! What the README shows is what happens: its program compiles and runs, its commands do what they say.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod program;

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

fn readme() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    std::fs::read_to_string(path).expect("the README")
}

/// The blocks of code in `text` that are marked with `language`.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mark = format!("```{language}\n");
    text.split(&mark).skip(1).map(|rest| rest.split("```").next().expect("a block").to_owned()).collect()
}

#[test]
fn the_program_in_the_readme_is_the_one_compiled_here() {
    assert_eq!(
        blocks(&readme(), "rust"),
        [include_str!("program.rs").replace("pub(crate) fn main", "fn main")]
    );
}

#[test]
fn the_program_runs_twice_in_the_same_folder() {
    let folder = TempDir::new().expect("a temporary folder");
    std::env::set_current_dir(folder.path()).expect("the folder can be entered");
    for _ in 0..2 {
        program::main().expect("the program succeeds");
    }
    assert!(folder.path().join("shop.db").exists());
}

#[cfg(unix)]
#[test]
fn the_commands_in_the_readme_can_be_typed() {
    let folder = TempDir::new().expect("a temporary folder");
    let orders =
        "{\"_id\":1,\"items\":[\"ink\"],\"total\":30}\n{\"_id\":2,\"items\":[\"pen\"],\"total\":3}\n";
    std::fs::write(folder.path().join("orders.ndjson"), orders).expect("a file can be written");
    let blocks = blocks(&readme(), "sh");
    let block =
        blocks.iter().find(|block| block.starts_with("nexuslite create")).expect("the block of commands");
    let script = format!("nexuslite() {{ \"$PROGRAM\" \"$@\"; }}\n{block}");
    let ran = Command::new("sh")
        .args(["-e", "-c", &script])
        .env("PROGRAM", env!("CARGO_BIN_EXE_nexuslite"))
        .current_dir(folder.path())
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && ran.stderr.is_empty(),
        "{said}\n{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    for wanted in [
        "created shop.db with the collection orders",
        "imported 2 documents into orders",
        "{\"_id\":7}\ncreated the index total_-1 of orders, over 3 documents, in ",
        "{\"v\":2,\"key\":{\"total\":-1},\"name\":\"total_-1\"}\n{\"_id\":1,\"total\":30}\n{\"_id\":7,\"total\":12.5}\n1\nmatched 1, modified 1\ndeleted 1 document\n",
        "exported 2 documents to copy.ndjson",
        "no faults",
        "dropped orders with 2 documents",
    ] {
        assert!(said.contains(wanted), "wanted {wanted:?} in\n{said}");
    }
}

#[test]
fn every_page_that_the_readme_points_at_is_there() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = readme();
    // What stands between fences is code.
    let prose: String = text.split("```").step_by(2).collect();
    for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(root.join(link).exists(), "the README points at {link}");
    }
}

#[test]
fn every_file_of_the_tour_is_there() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tour = std::fs::read_to_string(root.join("docs/TOUR.md")).expect("the tour");
    let files: Vec<&str> =
        tour.split('`').filter(|word| word.ends_with(".rs") && word.contains('/')).collect();
    assert!(files.len() > 30, "the tour names only {files:?}");
    for file in files {
        assert!(root.join("core/src").join(file).exists(), "the tour passes {file}");
    }
}
