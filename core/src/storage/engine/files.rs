//! The two files of a database: creating them so that they appear whole, and opening them so that nobody else can.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::config::EngineConfig;
use super::sync_once::SyncOnce;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::LogPosition;
use crate::storage::manifest::{self, Header, Manifest};
use crate::vfs::{LockMode, MemoryFs, OpenMode, Vfs, VfsFile};

/// The ending of write-ahead files.
pub(crate) const WAL_EXTENSION: &str = "wasp";

/// The open files and what is known of them.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) vfs: Arc<dyn Vfs>,
    pub(crate) db: Arc<dyn VfsFile>,
    pub(crate) db_path: PathBuf,
    pub(crate) wal_path: PathBuf,
    pub(crate) header: Header,
    /// Whether they were created here.
    pub(crate) is_new: bool,
}

/// The write-ahead file beside `db`: `.wasp` in the place of `.db`, or after any other name.
///
/// Two main files never share a log: `shop.db` has `shop.wasp`, `shop.data` has `shop.data.wasp`.
pub(crate) fn wal_path(db: &Path) -> PathBuf {
    beside(db, WAL_EXTENSION)
}

/// The file beside `db` with another ending: in the place of `.db`, or after any other name.
pub(crate) fn beside(db: &Path, ending: &str) -> PathBuf {
    if db.extension().is_some_and(|ending| ending == "db") {
        return db.with_extension(ending);
    }
    let mut name = db.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// The name under which the main file is written before it gets its own.
fn draft_path(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

impl Files {
    /// Opens what exists, or creates it when the configuration says so.
    pub(crate) fn open(config: &EngineConfig) -> Result<Self> {
        let exists = config.vfs.exists(&config.path).map_err(|e| Error::io("look for", &config.path, e))?;
        match (exists, config.create && !config.read_only) {
            (true, _) => Self::open_existing(config),
            (false, true) => Self::create(config),
            (false, false) => Err(Error::new(
                ErrorKind::NotFound,
                format!("Database Not Found: there is no {}", config.path.display()),
            )),
        }
    }

    fn open_existing(config: &EngineConfig) -> Result<Self> {
        let path = &config.path;
        let (open, lock) = match config.read_only {
            true => (OpenMode::Read, LockMode::Shared),
            false => (OpenMode::ReadWrite, LockMode::Exclusive),
        };
        let db = config.vfs.open(path, open).map_err(|e| Error::io("open", path, e))?;
        take_lock(&*db, path, lock)?;
        // To open and to find a document takes a page here and one there; reading ahead of each would take twice as
        // long where none of them is in the system's memory. Pages say when they are many.
        db.read_ahead(false);
        let header = manifest::read_header(&*db, path)?.header;
        if !config.read_only {
            header.expect_writable(path)?;
        }
        Ok(Self::assemble(config, db, header, false))
    }

    fn create(config: &EngineConfig) -> Result<Self> {
        let (path, draft) = (&config.path, draft_path(&config.path));
        remove_abandoned(&*config.vfs, &draft)?;
        let db = config.vfs.open(&draft, OpenMode::CreateNew).map_err(|e| Error::io("create", &draft, e))?;
        take_lock(&*db, &draft, LockMode::Exclusive)?;
        let kind = config.kind.in_file()?;
        let (db_id, created_ms) = (config.entropy.sixteen(), config.clock.now_ms());
        let header = Header::new(kind, config.page_size, config.wal_chunk_bytes, db_id, created_ms);
        manifest::create(&*db, &draft, &header, LogPosition::default())?;
        let files = Self::assemble(config, db, header, true);
        let wal = &files.wal_path;
        if config.vfs.exists(wal).map_err(|e| Error::io("look for", wal, e))? {
            return Err(Error::new(
                ErrorKind::Exists,
                format!(
                    "{} is there without its {}: move one beside the other",
                    wal.display(),
                    path.display()
                ),
            ));
        }
        config.vfs.rename(&draft, path).map_err(|e| Error::io("rename", &draft, e))?;
        files.sync_new_name(path, config)?;
        Ok(files)
    }

    fn assemble(config: &EngineConfig, db: Arc<dyn VfsFile>, header: Header, is_new: bool) -> Self {
        Self {
            vfs: Arc::clone(&config.vfs),
            db: SyncOnce::over(db),
            db_path: config.path.clone(),
            wal_path: wal_path(&config.path),
            header,
            is_new,
        }
    }

    /// Makes the names of both files durable.
    pub(crate) fn sync_folder(&self, config: &EngineConfig) -> Result<()> {
        if config.switches.directory_sync_dropped {
            return Ok(());
        }
        let folder = match self.db_path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        self.vfs.sync_dir(folder).map_err(|e| Error::io("sync", folder, e))
    }

    /// The write-ahead file, when there is one.
    pub(crate) fn open_wal(&self, read_only: bool) -> Result<Option<Arc<dyn VfsFile>>> {
        let path = &self.wal_path;
        if !self.vfs.exists(path).map_err(|e| Error::io("look for", path, e))? {
            return Ok(None);
        }
        let mode = if read_only { OpenMode::Read } else { OpenMode::ReadWrite };
        self.vfs.open(path, mode).map(Some).map_err(|e| Error::io("open", path, e))
    }

    /// A new write-ahead file, its name durable.
    ///
    /// The main file's name comes first: who made it may have died before that was durable, and a log without
    /// its database cannot be opened.
    pub(crate) fn create_wal(&self, config: &EngineConfig) -> Result<Arc<dyn VfsFile>> {
        let path = &self.wal_path;
        self.sync_folder(config)?;
        let file = self.vfs.open(path, OpenMode::CreateNew).map_err(|e| Error::io("create", path, e))?;
        self.sync_new_name(path, config)?;
        Ok(file)
    }

    /// Gives the files of a database that holds nothing yet their names anew, for the sync of the present ones may
    /// have failed.
    pub(crate) fn renew_names(&self, config: &EngineConfig) -> Result<()> {
        let (path, wal, draft) = (&self.db_path, &self.wal_path, draft_path(&self.db_path));
        if self.vfs.exists(wal).map_err(|e| Error::io("look for", wal, e))? {
            self.vfs.remove(wal).map_err(|e| Error::io("remove", wal, e))?;
            self.sync_folder(config)?;
        }
        self.vfs.rename(path, &draft).map_err(|e| Error::io("rename", path, e))?;
        self.vfs.rename(&draft, path).map_err(|e| Error::io("rename", &draft, e))?;
        self.sync_folder(config)
    }

    /// Makes the name of a file that holds nothing yet durable. When that fails no later sync can be trusted with
    /// this name, so the file goes and the next attempt makes another one.
    fn sync_new_name(&self, path: &Path, config: &EngineConfig) -> Result<()> {
        self.sync_folder(config).inspect_err(|_| {
            let _ = self.vfs.remove(path);
        })
    }

    /// Stands in for a log that is not there, when nothing may be created.
    pub(crate) fn stand_in_wal(&self) -> Result<Arc<dyn VfsFile>> {
        let empty = MemoryFs::new().open(Path::new("log"), OpenMode::CreateNew);
        empty.map_err(|e| Error::io("stand in for", &self.wal_path, e))
    }

    /// Lets others open the file.
    pub(crate) fn unlock(&self) {
        // Closing the file unlocks it too; until then another handle would only find it locked.
        let _ = self.db.unlock();
    }

    /// Writes a manifest into its slot and makes it durable.
    pub(crate) fn flip(&self, manifest: &Manifest, config: &EngineConfig) -> Result<()> {
        manifest::write_manifest(&*self.db, &self.db_path, &self.header, manifest)?;
        if config.switches.manifest_sync_dropped {
            return Ok(());
        }
        self.db.sync_data().map_err(|e| Error::io("sync", &self.db_path, e))
    }
}

fn take_lock(file: &dyn VfsFile, path: &Path, mode: LockMode) -> Result<()> {
    match file.try_lock(mode) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::new(
            ErrorKind::Locked,
            format!("{} is open in another process, or under another handle", path.display()),
        )),
        Err(error) => Err(Error::io("lock", path, error)),
    }
}

/// Removes a draft that a crash left behind; one that somebody is writing stays.
fn remove_abandoned(vfs: &dyn Vfs, draft: &Path) -> Result<()> {
    if !vfs.exists(draft).map_err(|e| Error::io("look for", draft, e))? {
        return Ok(());
    }
    let file = vfs.open(draft, OpenMode::ReadWrite).map_err(|e| Error::io("open", draft, e))?;
    take_lock(&*file, draft, LockMode::Exclusive)?;
    drop(file);
    vfs.remove(draft).map_err(|e| Error::io("remove", draft, e))
}
