//! Files for what does not fit into memory while a statement runs.
//!
//! A scratch file loses its name as soon as it is open: it lives as long as its handle, and neither a close nor a crash
//! leaves anything behind, but for the moment between making and removing it; the next open looks for that.
//! It holds blocks, each with a checksum: a length of 4 bytes, xxh3 of 8 bytes, and the bytes.
//!
//! Nothing here is ever synced: what is in a scratch file is in the database too.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_64;

use super::engine::beside;
use crate::error::{Error, Result};
use crate::vfs::{OpenMode, Vfs, VfsFile};

const EXTENSION: &str = "wasp-scratch";
const HEAD: usize = 12;

/// Where scratch files of one database are made: beside its main file.
#[derive(Debug)]
pub(crate) struct Scratch {
    vfs: Arc<dyn Vfs>,
    path: PathBuf,
    /// Held between making a file and taking its name away, so that one name is enough.
    naming: Mutex<()>,
}

impl Scratch {
    /// The scratch files beside the main file `db`; takes away what a process left that died in the wrong moment.
    ///
    /// Only whoever has the database to itself may call this.
    pub(crate) fn new(vfs: Arc<dyn Vfs>, db: &Path) -> Self {
        let scratch = Self { vfs, path: beside(db, EXTENSION), naming: Mutex::new(()) };
        let left = scratch.vfs.exists(&scratch.path).unwrap_or(false);
        if left && let Err(error) = scratch.remove() {
            log::warn!("{} could not be removed: {error}", scratch.path.display());
        }
        scratch
    }

    fn remove(&self) -> io::Result<()> {
        self.vfs.remove(&self.path)
    }

    /// A new file without bytes, gone when it is dropped.
    ///
    /// # Errors
    /// `DiskFull`, `Io`, or whatever else keeps a file from being made.
    pub(crate) fn file(&self) -> Result<ScratchFile> {
        let _alone = self.naming.lock();
        let file = self.make().map_err(|error| Error::io("create", &self.path, error))?;
        self.remove().map_err(|error| Error::io("remove", &self.path, error))?;
        Ok(ScratchFile { file, path: self.path.clone(), len: 0 })
    }

    fn make(&self) -> io::Result<Arc<dyn VfsFile>> {
        match self.vfs.open(&self.path, OpenMode::CreateNew) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.remove()?;
                self.vfs.open(&self.path, OpenMode::CreateNew)
            }
            outcome => outcome,
        }
    }
}

/// Blocks of bytes, one behind the other.
#[derive(Debug)]
pub(crate) struct ScratchFile {
    file: Arc<dyn VfsFile>,
    path: PathBuf,
    len: u64,
}

impl ScratchFile {
    /// How many bytes there are: where the next block will begin.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Adds a block.
    ///
    /// # Errors
    /// `DiskFull`, `Io`.
    pub(crate) fn append(&mut self, block: &[u8]) -> Result<()> {
        let mut bytes = Vec::with_capacity(HEAD + block.len());
        let len = u32::try_from(block.len()).map_err(|_| Error::internal("a scratch block over 4 GiB"))?;
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(&xxh3_64(block).to_le_bytes());
        bytes.extend_from_slice(block);
        self.file.write_all_at(&bytes, self.len).map_err(|error| Error::io("write", &self.path, error))?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// The block that begins at `at`, and where the next one does.
    ///
    /// # Errors
    /// `Io`; `Corrupt` when the bytes are not those that were written.
    pub(crate) fn read(&self, at: u64) -> Result<(Vec<u8>, u64)> {
        let mut head = [0; HEAD];
        self.fill(&mut head, at)?;
        let (len, sum) = head.split_at(4);
        let len = len.iter().rev().fold(0, |len, byte| len << 8 | u64::from(*byte));
        let next = at + HEAD as u64 + len;
        if next > self.len {
            let what = format!("a block of {len} bytes reaches beyond the end at {}", self.len);
            return Err(Error::corrupt(&self.path, at, what));
        }
        let mut block = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
        self.fill(&mut block, at + HEAD as u64)?;
        if xxh3_64(&block).to_le_bytes() != sum {
            return Err(Error::corrupt(&self.path, at, "the checksum of a block does not fit its bytes"));
        }
        Ok((block, next))
    }

    fn fill(&self, buf: &mut [u8], at: u64) -> Result<()> {
        self.file.read_exact_at(buf, at).map_err(|error| Error::io("read", &self.path, error))
    }
}
