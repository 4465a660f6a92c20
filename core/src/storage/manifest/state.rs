//! What a manifest says.

use crate::storage::page::ExtentPtr;
use crate::storage::{LogPosition, Seq};

/// One version of the database: all its trees, and where the log goes on from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// 1 in a new database, and one more with every checkpoint; never reset.
    pub(crate) version: u64,
    /// The last commit contained.
    pub(crate) seq: Seq,
    /// Whether the write-ahead file holds nothing beyond this version, so that it may be missing.
    pub(crate) clean: bool,
    /// Pages of the file that belong to the database; what lies behind them is nothing.
    pub(crate) file_pages: u64,
    /// The root of the tree directory, in the directory's own encoding.
    pub(crate) directory: Vec<u8>,
    /// The free map; none when every page is used.
    pub(crate) free_map: Option<ExtentPtr>,
    /// The list of segments; a place kept for later.
    pub(crate) segments: Option<ExtentPtr>,
    /// Where the first flush that this version does not contain is, or will be, written.
    pub(crate) log: LogPosition,
    /// How many trees the directory names.
    pub(crate) trees: u64,
    /// When it was written, milliseconds since 1970.
    pub(crate) written_ms: i64,
}

impl Manifest {
    /// A version without trees.
    pub(crate) fn empty(version: u64, written_ms: i64) -> Self {
        Self {
            version,
            seq: 0,
            clean: true,
            file_pages: super::RESERVED_PAGES,
            directory: Vec::new(),
            free_map: None,
            segments: None,
            log: LogPosition::default(),
            trees: 0,
            written_ms,
        }
    }
}
