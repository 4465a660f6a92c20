//! A process that dies: from one call on, nothing it does reaches the disk, and the disk does not notice.
//!
//! What it wrote before stays where it was: written, and not synced. This is not a power cut, and what comes
//! after it may well be one.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use nexuslite::vfs::{LockMode, OpenMode, Vfs, VfsFile};

/// How many calls are left to live.
#[derive(Debug, Clone)]
pub(crate) struct Life(Arc<AtomicU64>);

/// A file system for one process.
#[derive(Debug)]
pub(crate) struct Mortal {
    inner: Arc<dyn Vfs>,
    life: Life,
}

#[derive(Debug)]
struct MortalFile {
    inner: Arc<dyn VfsFile>,
    life: Life,
}

impl Life {
    pub(crate) fn unlimited() -> Self {
        Self(Arc::new(AtomicU64::new(u64::MAX)))
    }

    /// Death comes after so many calls.
    pub(crate) fn limit(&self, calls: u64) {
        self.0.store(calls, Ordering::SeqCst);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }

    fn spend(&self) -> io::Result<()> {
        let spent = |left: u64| match left {
            0 => None,
            u64::MAX => Some(left),
            left => Some(left - 1),
        };
        let before = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, spent);
        before.map(drop).map_err(|_| io::Error::other("the process is dead"))
    }
}

impl Mortal {
    pub(crate) fn over(inner: Arc<dyn Vfs>, life: &Life) -> Arc<dyn Vfs> {
        Arc::new(Self { inner, life: life.clone() })
    }
}

impl Vfs for Mortal {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn VfsFile>> {
        self.life.spend()?;
        let inner = self.inner.open(path, mode)?;
        Ok(Arc::new(MortalFile { inner, life: self.life.clone() }))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.life.spend()?;
        self.inner.exists(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.life.spend()?;
        self.inner.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.life.spend()?;
        self.inner.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.life.spend()?;
        self.inner.sync_dir(dir)
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        self.inner.identity(path)
    }
}

impl VfsFile for MortalFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.life.spend()?;
        self.inner.read_at(buf, offset)
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        self.life.spend()?;
        self.inner.write_at(buf, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.life.spend()?;
        self.inner.sync_data()
    }

    fn sync_all(&self) -> io::Result<()> {
        self.life.spend()?;
        self.inner.sync_all()
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.life.spend()?;
        self.inner.set_len(len)
    }

    fn len(&self) -> io::Result<u64> {
        self.life.spend()?;
        self.inner.len()
    }

    fn try_lock(&self, mode: LockMode) -> io::Result<bool> {
        self.life.spend()?;
        self.inner.try_lock(mode)
    }

    fn unlock(&self) -> io::Result<()> {
        self.inner.unlock()
    }
}
