//! Everything an engine must be told.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::switches::Switches;
use crate::base::{Budget, Clock, Entropy};
use crate::error::{Error, Result};
use crate::storage::manifest;
use crate::vfs::Vfs;

/// Which parts are assembled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineKind {
    /// Memtable, log and copy-on-write trees.
    #[default]
    Wasp,
    /// Memtable and log: everything stays in memory too.
    Log,
    /// Nothing but memory.
    Memory,
}

impl EngineKind {
    /// The kind as a file's header names it.
    pub(crate) fn in_file(self) -> Result<manifest::EngineKind> {
        match self {
            Self::Wasp => Ok(manifest::EngineKind::Wasp),
            Self::Log => Ok(manifest::EngineKind::Log),
            Self::Memory => Err(Error::internal("a memory engine has no file")),
        }
    }
}

/// Everything an engine must be told. What concerns the layout of the files counts only when they are created.
#[derive(Debug, Clone)]
pub(crate) struct EngineConfig {
    pub(crate) kind: EngineKind,
    pub(crate) vfs: Arc<dyn Vfs>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// The main file; its write-ahead file stands beside it.
    pub(crate) path: PathBuf,
    /// Whether a file that does not exist is created.
    pub(crate) create: bool,
    pub(crate) read_only: bool,
    pub(crate) page_size: usize,
    pub(crate) wal_chunk_bytes: u32,
    /// The log's budget: three quarters of it bring a checkpoint.
    pub(crate) wal_bytes: u64,
    /// From this length on the value of a `wasp` engine does not travel through the log.
    pub(crate) large_value_bytes: usize,
    /// The memory that everything shares.
    pub(crate) budget: Arc<Budget>,
    /// Bytes of cached pages, while nobody else asks for memory.
    pub(crate) cache_bytes: u64,
    /// At most this many cached pages, when stated.
    pub(crate) cache_entries: Option<usize>,
    /// Bytes of commits in memory that bring a checkpoint.
    pub(crate) memtable_bytes: usize,
    /// At `group`, the longest time between a commit and its sync.
    pub(crate) group_interval: Duration,
    pub(crate) switches: Switches,
}
