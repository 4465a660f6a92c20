//! Paths where there is no file system to resolve them: by their letters alone.

use std::path::{Component, Path, PathBuf};

/// The one spelling of a path, counted from the root, without `.` and `..`.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let mut name = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::Normal(part) => name.push(part),
            Component::ParentDir => {
                name.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    name
}
