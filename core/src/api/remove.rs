//! A database taken away, file and all.

use std::path::Path;

use crate::error::{Error, Result};
use crate::storage::engine::{self, wal_path};
use crate::vfs::Vfs;

use super::database::{Database, config, file_system};
use super::options::{Options, file_of};
use super::registry;

impl Database {
    /// Removes the database of this name with everything in it; says whether there was one.
    ///
    /// # Errors
    /// `Busy` when it is open in this process, `Locked` when it is in another; as [`open`](Self::open) for a file that
    /// is no database; `Io`, `Denied`.
    pub fn remove(name: impl AsRef<Path>) -> Result<bool> {
        remove(&file_of(name.as_ref())?, &Options::new().create(false))
    }
}

/// Removes the database in this file, which the options say how to reach.
pub(super) fn remove(path: &Path, options: &Options) -> Result<bool> {
    let vfs = file_system(options);
    if !vfs.exists(path).map_err(|error| Error::io("look for", path, error))? {
        return Ok(false);
    }
    let removed = || {
        // To open it is to know that nobody else has it open, and to close it leaves all of it in the one file: so
        // there is no moment at which a half of it is left.
        engine::open(config(options, path.to_owned(), vfs.clone()))?.close()?;
        remove_files(&*vfs, path)
    };
    if options.vfs.is_some() {
        return removed().map(|()| true);
    }
    let identity = vfs.identity(path).map_err(|error| Error::io("remove", path, error))?;
    registry::while_closed(&identity, removed).map(|()| true)
}

fn remove_files(vfs: &dyn Vfs, path: &Path) -> Result<()> {
    for file in [&wal_path(path), path] {
        if vfs.exists(file).map_err(|error| Error::io("look for", file, error))? {
            vfs.remove(file).map_err(|error| Error::io("remove", file, error))?;
        }
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    vfs.sync_dir(folder).map_err(|error| Error::io("sync", folder, error))
}
