//! A compact copy of one state, made while others go on writing.

use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::Budget;
use crate::document::raw::DOCUMENT_BYTES_MAX;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::engine::{self, EngineConfig, EngineKind, wal_path};
use crate::storage::{Batch, Direction, Durability, Engine, KeyRange, ReadAt, TreeId, WriteSet};
use crate::transaction::Transaction;
use crate::vfs::Vfs;

use super::database::{Database, config, file_system};
use super::opening::Shared;
use super::options::file_of;

/// The ending that the copy's name has besides its own while it is being made.
const DRAFT: &str = ".copying.db";
/// So many bytes are copied with each commit.
const COMMIT_BYTES: usize = 4 << 20;
/// The memory of the copy while it is written, and what pages have of it, which are hardly read again.
const COPY_BYTES: usize = 32 << 20;
const COPY_CACHE_BYTES: u64 = 4 << 20;
/// How many entries are read at a time.
const BATCH: usize = 1024;

impl Database {
    /// Copies the state of this moment into a new file, which is there when this returns, whole and durable.
    /// Others may write meanwhile; what they write is not in the copy.
    ///
    /// # Errors
    /// `Exists` when there is a file of this name; `DiskFull`, `Io`, `Closed`.
    pub fn backup(&self, name: impl AsRef<Path>) -> Result<()> {
        let shared = self.opening().shared()?;
        let path = file_of(name.as_ref())?;
        let vfs = file_system(&shared.options);
        for taken in [&path, &wal_path(&path)] {
            if vfs.exists(taken).map_err(|error| Error::io("look for", taken, error))? {
                return Err(Error::new(ErrorKind::Exists, format!("{} exists already", taken.display())));
            }
        }
        let draft = Draft::of(&path, &*vfs);
        draft.remove()?;
        // The copy's main file alone must be the whole database, whatever engine keeps the original.
        let kind = EngineKind::Wasp;
        let made = config(&shared.options, draft.db.clone(), Arc::clone(&vfs));
        let budget = Arc::new(Budget::new(COPY_BYTES));
        let cache_bytes = COPY_CACHE_BYTES;
        let made = EngineConfig { kind, create: true, read_only: false, budget, cache_bytes, ..made };
        match copy_into(shared, made) {
            Ok(()) => draft.publish(&path),
            Err(error) => draft.remove().and(Err(error)),
        }
    }
}

/// The copy as long as it is not whole.
struct Draft<'a> {
    vfs: &'a dyn Vfs,
    db: PathBuf,
    wal: PathBuf,
}

impl<'a> Draft<'a> {
    fn of(path: &Path, vfs: &'a dyn Vfs) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(DRAFT);
        let db = PathBuf::from(name);
        Self { vfs, wal: wal_path(&db), db }
    }

    /// Removes what is there of it, from an earlier attempt too.
    fn remove(&self) -> Result<()> {
        for file in [&self.db, &self.wal] {
            match self.vfs.remove(file) {
                Err(error) if error.kind() != NotFound => return Err(Error::io("remove", file, error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives it its name: the main file alone, which holds everything after a clean close.
    fn publish(&self, path: &Path) -> Result<()> {
        self.vfs.rename(&self.db, path).map_err(|error| Error::io("rename", &self.db, error))?;
        self.remove()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        self.vfs.sync_dir(folder).map_err(|error| Error::io("sync", folder, error))
    }
}

/// Copies everything that can be seen now into a new store, and closes it.
fn copy_into(shared: &Shared, made: EngineConfig) -> Result<()> {
    let txn =
        Transaction::begin(&shared.engine, ReadAt::Visible, shared.options.clock.now_ms(), COMMIT_BYTES)?;
    let copy = engine::open(made)?;
    let mut writes = Writes { engine: &*copy, set: new_set(), now_ms: txn.now_ms() };
    for tree in shared.catalog.trees(&txn)? {
        let mut scan = txn.scan(tree, KeyRange::all(), Direction::Forward)?;
        let mut batch = Batch::new();
        loop {
            scan.next_batch(&mut batch, BATCH)?;
            if batch.is_empty() {
                break;
            }
            for (key, value) in batch.iter() {
                writes.put(tree, key, value)?;
            }
        }
    }
    writes.commit()?;
    copy.checkpoint()?;
    copy.close()
}

/// Entries on their way into the copy.
struct Writes<'a> {
    engine: &'a dyn Engine,
    set: WriteSet,
    now_ms: i64,
}

impl Writes<'_> {
    fn put(&mut self, tree: TreeId, key: &[u8], value: &[u8]) -> Result<()> {
        self.set.put(tree, key, &[value])?;
        if self.set.bytes() >= COMMIT_BYTES { self.commit() } else { Ok(()) }
    }

    /// Nobody reads the copy before it is whole, so nothing has to be durable before the checkpoint.
    fn commit(&mut self) -> Result<()> {
        let set = std::mem::replace(&mut self.set, new_set());
        if set.is_empty() {
            return Ok(());
        }
        let base = self.engine.snapshot(ReadAt::Tip)?.seq();
        let ticket = self.engine.submit(set, base, self.now_ms, Durability::None)?;
        self.engine.wait(ticket)
    }
}

/// One entry of the largest size must find room beside a full commit.
fn new_set() -> WriteSet {
    WriteSet::new(COMMIT_BYTES + 2 * DOCUMENT_BYTES_MAX)
}
