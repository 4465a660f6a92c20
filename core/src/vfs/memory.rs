//! Files that live in memory and are gone with it.
//!
//! There are no folders to make: every folder exists. Syncs have nothing to do. Locks hold inside the process,
//! between handles, which is all the world such files have.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};

use super::content::{Content, end_within_limits};
use super::locks::{HandleId, Holders};
use super::names::{absolute, in_folder};
use super::{LockMode, OpenMode, Vfs, VfsFile};

/// A file system in memory. A clone shows the same files.
#[derive(Clone, Default)]
pub struct MemoryFs {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    files: Mutex<BTreeMap<PathBuf, Arc<Node>>>,
    handles: AtomicU64,
}

#[derive(Default)]
struct Node {
    content: RwLock<Content>,
    holders: Mutex<Holders>,
}

impl MemoryFs {
    /// A file system without a file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Vfs for MemoryFs {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn VfsFile>> {
        let name = absolute(path);
        let mut files = self.shared.files.lock();
        let node = match (files.get(&name), mode) {
            (Some(_), OpenMode::CreateNew) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Some(node), OpenMode::Read | OpenMode::ReadWrite) => Arc::clone(node),
            (None, OpenMode::CreateNew) => Arc::clone(files.entry(name).or_default()),
            (None, OpenMode::Read | OpenMode::ReadWrite) => return Err(io::ErrorKind::NotFound.into()),
        };
        let handle = HandleId(self.shared.handles.fetch_add(1, Ordering::Relaxed));
        Ok(Arc::new(MemoryFile { node, handle, writable: mode != OpenMode::Read }))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(self.shared.files.lock().contains_key(&absolute(path)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut files = self.shared.files.lock();
        let node = files.remove(&absolute(from)).ok_or(io::ErrorKind::NotFound)?;
        files.insert(absolute(to), node);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.shared.files.lock().remove(&absolute(path)).ok_or(io::ErrorKind::NotFound)?;
        Ok(())
    }

    fn sync_dir(&self, _dir: &Path) -> io::Result<()> {
        Ok(())
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(absolute(path))
    }

    fn files(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(in_folder(self.shared.files.lock().keys(), dir))
    }

    fn create_dir(&self, _dir: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for MemoryFs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryFs").field("files", &self.shared.files.lock().len()).finish()
    }
}

/// One handle; it keeps the bytes alive after the name is gone.
struct MemoryFile {
    node: Arc<Node>,
    handle: HandleId,
    writable: bool,
}

impl MemoryFile {
    fn writable(&self) -> io::Result<()> {
        if self.writable { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }
}

impl VfsFile for MemoryFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        Ok(self.node.content.read().read_at(buf, offset))
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        self.writable()?;
        end_within_limits(offset, buf.len() as u64)?;
        self.node.content.write().write_at(buf, offset);
        Ok(buf.len())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn sync_all(&self) -> io::Result<()> {
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.writable()?;
        end_within_limits(len, 0)?;
        self.node.content.write().set_len(len);
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.node.content.read().len())
    }

    fn try_lock(&self, mode: LockMode) -> io::Result<bool> {
        Ok(self.node.holders.lock().try_take(self.handle, mode))
    }

    fn unlock(&self) -> io::Result<()> {
        self.node.holders.lock().release(self.handle);
        Ok(())
    }
}

impl Drop for MemoryFile {
    fn drop(&mut self) {
        self.node.holders.lock().release(self.handle);
    }
}

impl fmt::Debug for MemoryFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryFile").field("content", &*self.node.content.read()).finish_non_exhaustive()
    }
}
