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

/// Those of the names that lie in a folder, not below one in it.
pub(crate) fn in_folder(names: impl Iterator<Item = impl AsRef<Path>>, dir: &Path) -> Vec<PathBuf> {
    let folder = absolute(dir);
    let lies_in = |name: &PathBuf| name.parent() == Some(folder.as_path());
    names.map(|name| name.as_ref().to_owned()).filter(lies_in).collect()
}
