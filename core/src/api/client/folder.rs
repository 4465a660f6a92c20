//! Which files of a folder are databases.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::storage::engine::{is_database, wal_path};
use crate::vfs::{OpenMode, Vfs};

use super::super::database::file_system;
use super::super::options::{EXTENSION, Options};
use super::super::remove::remove;
use super::{Open, name};

/// A folder, and the file system that it is in.
#[derive(Debug)]
pub(super) struct Folder {
    /// Spelled from the root, so that it stays the same when the process goes elsewhere.
    path: PathBuf,
    vfs: Arc<dyn Vfs>,
}

impl Folder {
    pub(super) fn open(path: &Path, options: &Options) -> Result<Self> {
        let vfs = file_system(options);
        if options.create && !options.read_only {
            make(&*vfs, path)?;
        }
        let path = vfs.identity(path).map_err(|error| unreadable("open", path, error))?;
        vfs.files(&path).map_err(|error| unreadable("list", &path, error))?;
        Ok(Self { path, vfs })
    }

    /// The file of the database of this name.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name).with_extension(EXTENSION)
    }

    /// The names of the databases, in byte order. What cannot be looked into is none of ours, but for those that are
    /// open here: some systems let nobody read a file that is locked.
    pub(super) fn names(&self, open: &Open) -> Result<Vec<String>> {
        let files = self.vfs.files(&self.path).map_err(|error| unreadable("list", &self.path, error))?;
        let name = |file: &PathBuf| {
            let stem = file.file_stem().and_then(OsStr::to_str)?;
            let ours = self.file(stem) == *file
                && name::check(stem).is_ok()
                && (open.contains_key(stem) || is_database(&*self.vfs, file).unwrap_or(false));
            ours.then(|| stem.to_owned())
        };
        let mut names: Vec<String> = files.iter().filter_map(name).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// The bytes of a database's files; one that is gone has none.
    pub(super) fn size(&self, name: &str) -> Result<u64> {
        let file = self.file(name);
        let mut bytes = 0;
        for path in [wal_path(&file), file] {
            match self.vfs.open(&path, OpenMode::Read).and_then(|file| file.len()) {
                Ok(len) => bytes += len,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io("measure", &path, error)),
            }
        }
        Ok(bytes)
    }

    /// Removes a database's files; says whether there were any.
    pub(super) fn remove(&self, name: &str, options: &Options) -> Result<bool> {
        remove(&self.file(name), &options.clone().create(false))
    }
}

/// Makes the folder, and its name durable.
fn make(vfs: &dyn Vfs, path: &Path) -> Result<()> {
    vfs.create_dir(path).map_err(|error| unreadable("create", path, error))?;
    let parent = path.parent().unwrap_or(path);
    vfs.sync_dir(parent).map_err(|error| Error::io("sync", parent, error))
}

fn unreadable(operation: &str, folder: &Path, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::AlreadyExists => ErrorKind::Exists,
        io::ErrorKind::NotADirectory => ErrorKind::Invalid,
        _ => return Error::io(operation, folder, error),
    };
    Error::new(kind, format!("{operation} the folder {}: {error}", folder.display())).with_source(error)
}
