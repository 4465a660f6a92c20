//! The only door to the disk.
//!
//! Everything above speaks to files through [`Vfs`] and [`VfsFile`], so that a test can put a disk underneath
//! that loses power, fails or fills up.
//!
//! What is assumed of a disk, and nothing more:
//!   V1  After `sync_data` returned without error, every byte written to that file before the call survives a
//!       power cut, at the length the file had, provided the length itself was synced with `sync_all`.
//!   V2  Before that, any subset of the writes may survive, in any order, torn at any byte.
//!   V3  A new, renamed or removed name survives only after `sync_dir` on its folder.
//!   V4  After a failed sync nothing is known: not even a later successful one covers what was written before.

mod content;
mod locks;
mod memory;
mod names;
mod real;
#[cfg(any(test, feature = "simulation"))]
pub mod simulated;
#[cfg(test)]
mod tests;

use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use memory::MemoryFs;
pub use real::FileSystem;

/// Zeros written at once. Larger pieces are written a little faster, but a Linux file system keeps them as they came,
/// and each small write into one then costs several times as much (see `benches/src/limits.rs`).
const ZEROS: usize = 16 << 10;

/// How a file is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// It must exist; only reads.
    Read,
    /// It must exist; reads and writes.
    ReadWrite,
    /// It must not exist; reads and writes. Never truncates what is there.
    CreateNew,
}

/// Whether others may hold the file too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// Any number of shared holders, no exclusive one.
    Shared,
    /// One holder.
    Exclusive,
}

/// A file system.
pub trait Vfs: Send + Sync + Debug {
    /// Opens a file.
    ///
    /// # Errors
    /// `NotFound` and `AlreadyExists` as `mode` says; whatever the system answers.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn VfsFile>>;

    /// Whether something is there under this name.
    ///
    /// # Errors
    /// When the system cannot say.
    fn exists(&self, path: &Path) -> io::Result<bool>;

    /// Gives the file a new name, replacing what had it.
    ///
    /// # Errors
    /// Whatever the system answers.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// `NotFound`, or whatever the system answers.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable (V3). Does nothing where the system has no such call.
    ///
    /// # Errors
    /// Whatever the system answers.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// The one name of a file however it is spelled, links followed, to tell whether two paths are one file.
    /// The file itself need not exist, its folder must.
    ///
    /// # Errors
    /// When the folder does not exist, or whatever the system answers.
    fn identity(&self, path: &Path) -> io::Result<PathBuf>;

    /// The files of a folder, each with the folder before its name, in no order; not the folders in it.
    ///
    /// # Errors
    /// `NotFound`, or whatever the system answers; `Unsupported` where there are no folders to look into.
    fn files(&self, _dir: &Path) -> io::Result<Vec<PathBuf>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Makes a folder, and those that it lies in; one that is there already is as good as made.
    ///
    /// # Errors
    /// Whatever the system answers, `AlreadyExists` for a file of this name; `Unsupported` where there are no folders
    /// to make.
    fn create_dir(&self, _dir: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// An open file, used from many threads by position.
pub trait VfsFile: Send + Sync + Debug {
    /// Reads up to `buf.len()` bytes at `offset`; 0 at and after the end.
    ///
    /// # Errors
    /// Whatever the system answers.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes up to `buf.len()` bytes at `offset`, which may be fewer than asked.
    ///
    /// # Errors
    /// Whatever the system answers.
    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize>;

    /// Makes the written bytes durable (V1).
    ///
    /// # Errors
    /// Whatever the system answers; see V4.
    fn sync_data(&self) -> io::Result<()>;

    /// Makes the written bytes and the file's length durable.
    ///
    /// # Errors
    /// Whatever the system answers; see V4.
    fn sync_all(&self) -> io::Result<()>;

    /// Cuts the file, or grows it with zeros that take no space until written.
    ///
    /// # Errors
    /// Whatever the system answers.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Makes space sure from `start`, the file's end, to `end`, which reads as zeros. Writing there is as fast as
    /// space that was never written to allows; where the system has no such call, the zeros are written.
    ///
    /// # Errors
    /// `StorageFull`; whatever the system answers. The file may have grown by a part.
    fn allocate(&self, start: u64, end: u64) -> io::Result<()> {
        self.write_zeros(start, end)
    }

    /// Writes zeros from `start` to `end`.
    ///
    /// # Errors
    /// Whatever the system answers. Part of them may have been written.
    fn write_zeros(&self, start: u64, end: u64) -> io::Result<()> {
        let zeros = vec![0; ZEROS.min((end - start) as usize)];
        let mut at = start;
        while at < end {
            let part = zeros.len().min((end - at) as usize);
            self.write_all_at(&zeros[..part], at)?;
            at += part as u64;
        }
        Ok(())
    }

    /// Says that what was written from `start` to `end` will not be read soon: the system need not keep it in memory.
    /// Changes no byte; a system without such a call does nothing.
    fn forget_cached(&self, _start: u64, _end: u64) {}

    /// Says whether the system may read ahead of what it is asked for, which it does unless it is told otherwise:
    /// it helps who reads on from there, and keeps waiting who reads here and there.
    /// Changes no byte; a system without such a call does nothing.
    fn read_ahead(&self, _ahead: bool) {}

    /// The file's length in bytes.
    ///
    /// # Errors
    /// Whatever the system answers.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file has no bytes.
    ///
    /// # Errors
    /// Whatever the system answers.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Takes the lock, held until the file is closed; `false` when another holder stands against it.
    ///
    /// # Errors
    /// When the system cannot lock this file.
    fn try_lock(&self, mode: LockMode) -> io::Result<bool>;

    /// Lets go of the lock before the file is closed.
    ///
    /// # Errors
    /// Whatever the system answers.
    fn unlock(&self) -> io::Result<()>;

    /// Fills `buf` from `offset`.
    ///
    /// # Errors
    /// `UnexpectedEof` when the file ends before; whatever the system answers.
    fn read_exact_at(&self, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
        while !buf.is_empty() {
            match self.read_at(buf, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    buf = &mut buf[n..];
                    offset += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Writes all of `buf` at `offset`. A write that takes nothing is an error, not a reason to loop.
    ///
    /// # Errors
    /// `WriteZero`; whatever the system answers. Part of `buf` may have been written.
    fn write_all_at(&self, mut buf: &[u8], mut offset: u64) -> io::Result<()> {
        while !buf.is_empty() {
            match self.write_at(buf, offset) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    buf = &buf[n..];
                    offset += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}
