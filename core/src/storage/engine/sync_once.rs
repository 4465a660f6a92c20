//! A file whose syncs fail for good.
//!
//! The main file is synced by commits and by the checkpoint at the same time. When one of these syncs fails, the
//! system may tell only one of them, and answer the other as if all were well.
//! So syncs of the file go one at a time, and after a failed one there is no other.

use std::io;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::vfs::{LockMode, VfsFile};

#[derive(Debug)]
pub(crate) struct SyncOnce {
    file: Arc<dyn VfsFile>,
    failed: Mutex<bool>,
}

impl SyncOnce {
    pub(crate) fn over(file: Arc<dyn VfsFile>) -> Arc<dyn VfsFile> {
        Arc::new(Self { file, failed: Mutex::new(false) })
    }

    fn sync(&self, sync: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let mut failed = self.failed.lock();
        if *failed {
            return Err(io::Error::other("an earlier sync of this file failed"));
        }
        sync().inspect_err(|_| *failed = true)
    }
}

impl VfsFile for SyncOnce {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buf, offset)
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        self.file.write_at(buf, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.sync(|| self.file.sync_data())
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync(|| self.file.sync_all())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn allocate(&self, start: u64, end: u64) -> io::Result<()> {
        self.file.allocate(start, end)
    }

    fn forget_cached(&self, start: u64, end: u64) {
        self.file.forget_cached(start, end);
    }

    fn read_ahead(&self, ahead: bool) {
        self.file.read_ahead(ahead);
    }

    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn try_lock(&self, mode: LockMode) -> io::Result<bool> {
        self.file.try_lock(mode)
    }

    fn unlock(&self) -> io::Result<()> {
        self.file.unlock()
    }
}
