//! Pages of the main file: what one looks like, reading one without trusting it, writing new ones.
//!
//! A page is never changed in place: what changes is written elsewhere, and whoever points at it points anew.
//!
//! Invariants
//!   P1  Whoever points at a page holds its XXH3-128, so a rotten, misplaced or stale page is found out.
//!   P2  A page names itself: number, birth version and database, checked at every read from the file.
//!   P3  A page written by version v is not read by anybody before the sync that precedes manifest v returned,
//!       except by the checkpoint that wrote it.
//!   P4  The length of a grown file is on the device before the first of its new pages is handed out.
//!
//! Read next: `layout` (bytes), `extent` (large values), `file` (reading), `writer` (a version's pages), `place` (room).

mod cache;
mod extent;
pub(crate) mod field;
mod file;
pub(crate) mod layout;
mod pending;
mod place;
#[cfg(test)]
pub(crate) mod recording;
#[cfg(test)]
pub(crate) mod seeded;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use cache::CacheLimit;
pub(crate) use file::PageFile;
pub(crate) use layout::{EXTENT_PTR_LEN, PAGE_SIZES};
pub(crate) use place::{cut_tail, write_claimed};
pub(crate) use writer::{Tail, VersionWriter, Written};

use std::fmt::Debug;
use std::sync::Arc;

use crate::error::Result;
use crate::storage::space::PageRun;
use crate::storage::{Buffer, Held, Slice};

/// Where a page lies, since when, and what its bytes must hash to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PagePtr {
    /// Page number: the page begins `page * page_size` bytes into the file.
    pub(crate) page: u64,
    /// The manifest version that wrote it.
    pub(crate) birth: u64,
    /// XXH3-128 of all its bytes.
    pub(crate) hash: u128,
}

/// A run of pages that holds one large value (or one other run of bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExtentPtr {
    /// The first page.
    pub(crate) page: u64,
    /// How many pages.
    pub(crate) pages: u32,
    /// The manifest version that wrote it.
    pub(crate) birth: u64,
    /// How many bytes of value.
    pub(crate) len: u64,
    /// XXH3-128 that vouches for the whole, through a table of sums of its 64 KiB pieces.
    pub(crate) hash: u128,
}

impl ExtentPtr {
    /// The pages it points at.
    pub(crate) fn run(&self) -> PageRun {
        PageRun::new(self.page, u64::from(self.pages))
    }
}

/// What a page holds; the number is in the page's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum PageKind {
    /// Entries of a record tree.
    RecordLeaf = 1,
    /// Entries of an index tree.
    IndexLeaf = 2,
    /// Pointers to pages below.
    Inner = 3,
    /// The first page of an extent.
    Extent = 4,
}

/// Reads pages, verified.
pub(crate) trait PageReader: Send + Sync + Debug {
    /// Bytes in a page.
    fn page_size(&self) -> usize;

    /// The whole page, from the cache when it is there. For leaves.
    fn read_cached(&self, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>>;

    /// The same for a leaf that may be held beside its pointer.
    ///
    /// It is held from when it is found in the cache: what was held stays a little when its page goes, and those who
    /// read once through a file that the cache has no room for need not have that of every page.
    fn read_held(&self, ptr: &PagePtr, kind: PageKind, held: &Held<Buffer>) -> Result<Arc<Buffer>>;

    /// The whole page, past the cache: for inner pages, which the tree keeps itself, and for checks.
    fn read(&self, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>>;

    /// The value in an extent.
    fn read_extent(&self, ptr: &ExtentPtr) -> Result<Slice>;
}

/// Writes the new pages of one version.
pub(crate) trait PageWriter {
    /// A page of zeros, to be filled and written.
    fn blank_page(&self) -> Buffer;

    /// Gives a page its place, fills in its head and its trailer and writes it (or will, before the version's
    /// sync). `page` is `page_size` long; the writer owns the first [`HEAD_LEN`] and last [`TRAILER_LEN`] bytes.
    fn write_page(&mut self, kind: PageKind, page: Buffer) -> Result<PagePtr>;

    /// Writes a value into an extent of its own.
    fn write_extent(&mut self, value: &[u8]) -> Result<ExtentPtr>;

    /// The page is not part of this version any more.
    fn free_page(&mut self, ptr: &PagePtr);

    /// The extent is not part of this version any more.
    fn free_extent(&mut self, ptr: &ExtentPtr);
}

/// Bytes at the start of each page that the page room owns: kind, flags, number, birth, database.
pub(crate) const HEAD_LEN: usize = 48;
/// Bytes at the end of each page kept free for an authentication tag and a nonce.
pub(crate) const TRAILER_LEN: usize = 40;
