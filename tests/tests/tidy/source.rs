//! The project's files, as text.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of the project.
pub(crate) struct File {
    /// Its path from the project's folder, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// The room of `core/src` it lies in: the folder's name, or the file's when it lies at the top.
    pub(crate) fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("core/src/")?;
        let first = inside.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first))
    }

    /// Whether it is a test, which may look where it likes.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The lines that are code, numbered from 1.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// The files below `folder` with one of these endings.
pub(crate) fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the project").to_path_buf();
    let mut found = Vec::new();
    gather(&root, &root.join(folder), endings, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no {endings:?} below {folder}");
    found
}

fn gather(root: &Path, folder: &PathBuf, endings: &[&str], found: &mut Vec<File>) {
    let hidden = |name: &str| matches!(name, "target" | ".git" | "node_modules" | ".venv");
    for entry in fs::read_dir(folder).expect("a readable folder").map(|entry| entry.expect("an entry")) {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !hidden(&name) {
            gather(root, &path, endings, found);
        } else if endings.iter().any(|ending| name.ends_with(ending)) && path.is_file() {
            let inside =
                path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).expect("UTF-8 source");
            found.push(File { path: inside, text });
        }
    }
}
