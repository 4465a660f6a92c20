//! Writing the pages of one version.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_128;

use super::layout::{self, Identity};
use super::pending::PendingRun;
use super::{ExtentPtr, PageFile, PageKind, PagePtr, PageReader, PageWriter, place};
use crate::error::{Error, Result};
use crate::storage::Buffer;
use crate::storage::space::{PageRun, ReuseRule, Space};

/// How many bytes of pages wait before they are written together.
const PENDING_BYTES_MAX: usize = 1 << 20;
/// Extents up to this size wait with the pages; larger ones are written at once, without another copy.
const PENDING_EXTENT_MAX: usize = 1 << 18;

/// What becomes of the ready pages at the end of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tail {
    /// Some stay, so that the next version need not grow the file: a part of the file, or so many pages.
    CutExcess { spare_min: u64 },
    /// They go, but for so many.
    Cut { spare: u64 },
}

/// Writes the new pages of one version, which take effect when its manifest does.
///
/// Dropped before [`Written::commit`], it leaves everything as it was: what it allocated is free again, what it
/// freed is in use.
#[derive(Debug)]
pub(crate) struct VersionWriter {
    attempt: Attempt,
    waiting_bytes: usize,
    fault: Option<Error>,
    buffer: Vec<u8>,
}

/// A version whose pages are all written. They must be synced before its manifest is written.
#[derive(Debug)]
#[must_use]
pub(crate) struct Written {
    attempt: Attempt,
    /// The free map, for the manifest.
    pub(crate) free_map: ExtentPtr,
    /// How many pages the file has, for the manifest.
    pub(crate) file_pages: u64,
    /// How many pages the version wrote.
    pub(crate) new_pages: u64,
}

impl VersionWriter {
    /// Begins to write the version that `rule` is for, one at a time. What the rule admits becomes ready.
    pub(crate) fn begin(file: Arc<PageFile>, space: Arc<Mutex<Space>>, rule: &ReuseRule) -> Result<Self> {
        file.pending.begin(rule.version())?;
        let file_pages = {
            let mut space = space.lock();
            space.release(rule);
            space.file_pages()
        };
        let attempt = Attempt {
            file,
            space,
            version: rule.version(),
            allocated: BTreeMap::new(),
            settled: Vec::new(),
            file_pages,
            is_over: false,
        };
        Ok(Self { attempt, waiting_bytes: 0, fault: None, buffer: Vec::new() })
    }

    /// An extent that a commit claimed belongs to this version: to its trees, or to nothing once it is freed.
    pub(crate) fn adopt_extent(&mut self, ptr: &ExtentPtr) -> Result<()> {
        let run = ptr.run();
        self.attempt.space.lock().settle(run)?;
        self.attempt.settled.push(run);
        Ok(())
    }

    /// Writes what still waits, and the free map in the place of `previous`, which the version before used.
    pub(crate) fn finish(mut self, previous: Option<&ExtentPtr>, tail: Tail) -> Result<Written> {
        if let Some(previous) = previous {
            self.free_extent(previous);
        }
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        self.flush()?;
        let (free_map, file_pages) = self.write_free_map(tail)?;
        let new_pages = self.attempt.allocated.values().sum();
        Ok(Written { attempt: self.attempt, free_map, file_pages, new_pages })
    }

    /// The map tells its own extent as used, so the extent is allocated first, as long as the map can become.
    fn write_free_map(&mut self, tail: Tail) -> Result<(ExtentPtr, u64)> {
        let (file, version) = (Arc::clone(&self.attempt.file), self.attempt.version);
        let space = Arc::clone(&self.attempt.space);
        let mut space = space.lock();
        let bound = space.encoded_len_max(version);
        let pages = place::extent_pages(bound as usize, file.page_size())?;
        let first = place::allocate(&file, &mut space, u64::from(pages))?;
        self.attempt.allocated.insert(first, u64::from(pages));
        self.attempt.file_pages = space.file_pages();
        cut(&mut space, tail)?;
        let (map, file_pages) = (space.encode(version), space.file_pages());
        drop(space);
        if map.len() as u64 > bound {
            return Err(Error::internal(format!(
                "a free map of {} bytes was to have {bound} at most",
                map.len()
            )));
        }
        let (ptr, head) = place::prepare_extent(&file, first, pages, version, &map);
        place::write_extent_through(&file, &ptr, &head, &map)?;
        Ok((ptr, file_pages))
    }

    fn allocate(&mut self, pages: u64) -> Result<u64> {
        let first = place::allocate(&self.attempt.file, &mut self.attempt.space.lock(), pages)?;
        self.attempt.allocated.insert(first, pages);
        Ok(first)
    }

    /// Lets `bytes` wait to be written, readable meanwhile.
    fn wait(&mut self, page: u64, hash: u128, bytes: Arc<Buffer>) -> Result<()> {
        self.waiting_bytes += bytes.len();
        self.attempt.file.pending.insert(page, PendingRun { hash, bytes });
        if self.waiting_bytes >= PENDING_BYTES_MAX { self.flush() } else { Ok(()) }
    }

    /// Writes what waits, neighbours together.
    fn flush(&mut self) -> Result<()> {
        let file = Arc::clone(&self.attempt.file);
        let waiting = file.pending.all();
        let page_size = file.page_size();
        let follows = |(page, bytes): &(u64, Arc<Buffer>), (next, _): &(u64, Arc<Buffer>)| {
            page + (bytes.len() / page_size) as u64 == *next
        };
        for neighbours in waiting.chunk_by(follows) {
            let offset = file.offset(neighbours[0].0)?;
            if let [(_, alone)] = neighbours {
                file.write(alone, offset)?;
                continue;
            }
            self.buffer.clear();
            neighbours.iter().for_each(|(_, bytes)| self.buffer.extend_from_slice(bytes));
            file.write(&self.buffer, offset)?;
        }
        file.pending.clear();
        self.waiting_bytes = 0;
        Ok(())
    }

    fn free(&mut self, run: PageRun, birth: u64) {
        if let Err(fault) = self.try_free(run, birth) {
            self.fault.get_or_insert(fault);
        }
    }

    fn try_free(&mut self, run: PageRun, birth: u64) -> Result<()> {
        let (version, file) = (self.attempt.version, &self.attempt.file);
        let mut space = self.attempt.space.lock();
        if self.attempt.allocated.get(&run.first) == Some(&run.pages) {
            space.give_back(run)?;
            self.attempt.allocated.remove(&run.first);
            self.waiting_bytes -= file.pending.remove(run.first);
            file.forget(run.first, version);
            return Ok(());
        }
        space.free(run, birth, version)
    }
}

impl PageWriter for VersionWriter {
    fn blank_page(&self) -> Buffer {
        self.attempt.file.frames.zeroed()
    }

    fn write_page(&mut self, kind: PageKind, mut page: Buffer) -> Result<PagePtr> {
        let (page_size, birth, db) =
            (self.attempt.file.page_size(), self.attempt.version, self.attempt.file.db());
        if page.len() != page_size || kind == PageKind::Extent {
            return Err(Error::internal(format!(
                "a {kind} of {} bytes cannot be written as a page",
                page.len()
            )));
        }
        let number = self.allocate(1)?;
        layout::write_head(&mut page, &Identity { kind, number, birth, db });
        layout::clear_trailer(&mut page);
        let ptr = PagePtr { page: number, birth, hash: xxh3_128(&page) };
        let bytes = Arc::new(page);
        self.attempt.file.keep(&ptr, kind, &bytes);
        self.wait(number, ptr.hash, bytes)?;
        // A checkpoint computes for a tenth of a second and more. Where there are fewer processors than threads, a commit
        // that comes back from the device would otherwise wait for the end of its turn.
        std::thread::yield_now();
        Ok(ptr)
    }

    fn write_extent(&mut self, value: &[u8]) -> Result<ExtentPtr> {
        let page_size = self.attempt.file.page_size();
        let pages = place::extent_pages(value.len(), page_size)?;
        let first = self.allocate(u64::from(pages))?;
        let (ptr, mut bytes) =
            place::prepare_extent(&self.attempt.file, first, pages, self.attempt.version, value);
        let whole_len = pages as usize * page_size;
        if whole_len > PENDING_EXTENT_MAX {
            place::write_extent_through(&self.attempt.file, &ptr, &bytes, value)?;
            return Ok(ptr);
        }
        bytes.reserve_exact(whole_len - bytes.len());
        bytes.extend_from_slice(value);
        bytes.resize(whole_len, 0);
        self.wait(first, ptr.hash, Arc::new(bytes.into()))?;
        Ok(ptr)
    }

    fn free_page(&mut self, ptr: &PagePtr) {
        self.free(PageRun::new(ptr.page, 1), ptr.birth);
    }

    fn free_extent(&mut self, ptr: &ExtentPtr) {
        self.free(ptr.run(), ptr.birth);
    }
}

impl Written {
    /// The version's manifest is durable: what it allocated is in use, what it freed dies.
    pub(crate) fn commit(mut self) {
        self.attempt.is_over = true;
        self.attempt.file.pending.end();
    }
}

/// What has to be undone when the version does not come about.
#[derive(Debug)]
struct Attempt {
    file: Arc<PageFile>,
    space: Arc<Mutex<Space>>,
    version: u64,
    /// Runs in use only by this version, by their first page.
    allocated: BTreeMap<u64, u64>,
    /// Runs that were claimed before.
    settled: Vec<PageRun>,
    /// How long the file was before its tail was cut.
    file_pages: u64,
    is_over: bool,
}

impl Attempt {
    fn undo(&mut self) -> Result<()> {
        self.file.pending.end();
        let mut space = self.space.lock();
        space.grow_to(self.file_pages);
        space.forget_frees(self.version);
        for run in self.settled.drain(..) {
            space.claim(run)?;
        }
        for (first, pages) in std::mem::take(&mut self.allocated) {
            space.give_back(PageRun::new(first, pages))?;
            self.file.forget(first, self.version);
        }
        Ok(())
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let undone = self.undo();
        debug_assert!(undone.is_ok(), "what a version allocated cannot be free: {undone:?}");
    }
}

fn cut(space: &mut Space, tail: Tail) -> Result<()> {
    match tail {
        Tail::Cut { spare } => space.truncate(space.tail_start().saturating_add(spare)),
        Tail::CutExcess { spare_min } => {
            space.truncate(space.tail_start().saturating_add(space.spare().max(spare_min)))
        }
    }
}
