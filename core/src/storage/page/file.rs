//! The main file as pages: reading them verified, making room at its end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::{fmt, io};

use xxhash_rust::xxh3::xxh3_128;

use super::cache::{CacheLimit, CacheStats, PageCache};
use super::layout::{self, Identity};
use super::pending::Pending;
use super::{ExtentPtr, PageKind, PagePtr, PageReader, extent};
use crate::base::Budget;
use crate::error::{Error, Result};
use crate::storage::{Buffer, Frames, Held, Slice};
use crate::vfs::VfsFile;

/// This part of the cache is left to pages, whatever others have.
const CACHE_PART_LEFT: u64 = 16;
/// So much, or this part of a small cache, pages never have: what they once had, an allocator may keep for the thread
/// that read them when others need it, so what changes have at least has to come from beside them.
const NEVER_LENT: (u64, u64) = (16 << 20, 4);
/// Frames wait up to so many bytes, and up to as many as the cache may hold.
const SPARE_BYTES_MAX: usize = 32 << 20;
/// From so many reads on the system may read ahead: who opens a file and asks for a document or two has stopped before.
const SINGLE_READS: u64 = 64;

/// The main file, read by many threads at once.
pub(crate) struct PageFile {
    file: Arc<dyn VfsFile>,
    path: PathBuf,
    page_size: usize,
    db: [u8; 16],
    /// Whole pages in the file; nothing behind them is read.
    pages: AtomicU64,
    /// How often the file was read.
    reads: AtomicU64,
    sync_failed: AtomicBool,
    cache: Arc<PageCache>,
    pub(super) frames: Frames,
    pub(super) pending: Pending,
    /// Grows without a sync, for the crash suite, which must notice.
    skip_growth_sync: bool,
}

/// How many frames may wait for the next page: as many as the cache lets go of and takes again while a checkpoint
/// begins and ends, within the room that lies beside the budget.
fn spare_frames(cache: CacheLimit, page_size: usize) -> usize {
    let bytes = match cache {
        CacheLimit::Bytes(bytes) => usize::try_from(bytes).unwrap_or(usize::MAX),
        CacheLimit::Entries(entries) => entries.saturating_mul(page_size),
    };
    bytes.min(SPARE_BYTES_MAX) / page_size
}

impl PageFile {
    /// The pages of `file`; `path` is for messages, page size and `db` are those of the header.
    pub(crate) fn new(
        file: Arc<dyn VfsFile>,
        path: &Path,
        page_size: usize,
        db: [u8; 16],
        cache: CacheLimit,
    ) -> Result<Self> {
        let len = file.len().map_err(|e| Error::io("measure", path, e))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            page_size,
            db,
            pages: AtomicU64::new(len / page_size as u64),
            reads: AtomicU64::new(0),
            sync_failed: AtomicBool::new(false),
            cache: Arc::new(PageCache::new(cache, page_size)),
            frames: Frames::new(page_size, spare_frames(cache, page_size)),
            pending: Pending::new(),
            skip_growth_sync: false,
        })
    }

    /// The same file, grown without a sync: the crash suite must notice.
    pub(crate) fn skipping_growth_sync(mut self, skip: bool) -> Self {
        self.skip_growth_sync = skip;
        self
    }

    /// Has the cache, which may hold `bytes_max` of the budget, leave to others what they claim of it.
    pub(crate) fn within(self, budget: &Budget, bytes_max: u64) -> Self {
        let cache = Arc::downgrade(&self.cache);
        budget.lend(move |bytes| {
            if let Some(cache) = cache.upgrade() {
                let kept = (bytes as u64).max(NEVER_LENT.0.min(bytes_max / NEVER_LENT.1));
                cache.keep_within(bytes_max.saturating_sub(kept).max(bytes_max / CACHE_PART_LEFT));
            }
        });
        self
    }

    /// The database that every page of the file belongs to.
    pub(crate) fn db(&self) -> [u8; 16] {
        self.db
    }

    /// Whole pages in the file.
    pub(crate) fn pages(&self) -> u64 {
        self.pages.load(Ordering::Acquire)
    }

    /// Hits, misses and size of the cache.
    pub(crate) fn cache_stats(&self) -> CacheStats {
        self.cache.stats()
    }

    /// Makes what was written durable.
    pub(crate) fn sync_data(&self) -> Result<()> {
        self.synced(self.file.sync_data())
    }

    /// Whether a sync ever failed: what the device holds is unknown since, and no later sync tells.
    pub(crate) fn sync_failed(&self) -> bool {
        self.sync_failed.load(Ordering::Acquire)
    }

    /// Makes the file `to` pages long, on the device when this returns, so none can be missing once something
    /// refers to it.
    ///
    /// The new pages are a hole until they are written, which happens next: filling them with zeros first would
    /// write them twice, and a disk that is full is found out by the writing of the pages as well.
    ///
    /// A file that is longer already, because the manifest that cuts it is not yet durable, stays as it is.
    pub(super) fn grow(&self, to: u64) -> Result<()> {
        if to <= self.pages() {
            return Ok(());
        }
        let len = self.offset(to)?;
        if let Err(error) = self.file.set_len(len) {
            // A full disk gets back what was taken in vain. That this may fail as well changes nothing: what
            // lies behind the last page is never read.
            let _ = self.file.set_len(self.offset(self.pages())?);
            return Err(Error::io("grow", &self.path, error));
        }
        if !self.skip_growth_sync {
            self.synced(self.file.sync_all())?;
        }
        self.pages.fetch_max(to, Ordering::AcqRel);
        Ok(())
    }

    /// Cuts the file to `pages` pages, to which nothing behind them may be referred to any more.
    pub(super) fn cut(&self, pages: u64) -> Result<()> {
        let len = self.offset(pages)?;
        self.pages.store(pages, Ordering::Release);
        self.file.set_len(len).map_err(|e| Error::io("shrink", &self.path, e))?;
        self.synced(self.file.sync_all())
    }

    fn synced(&self, outcome: io::Result<()>) -> Result<()> {
        outcome.map_err(|e| {
            self.sync_failed.store(true, Ordering::Release);
            Error::io("sync", &self.path, e)
        })
    }

    pub(super) fn write(&self, bytes: &[u8], offset: u64) -> Result<()> {
        self.file.write_all_at(bytes, offset).map_err(|e| Error::io("write", &self.path, e))
    }

    /// Keeps a page that was just written, when it is of a kind that is read through the cache.
    pub(super) fn keep(&self, ptr: &PagePtr, kind: PageKind, bytes: &Arc<Buffer>) {
        if kind.is_leaf() {
            self.cache.insert(ptr, Arc::clone(bytes));
        }
    }

    /// Forgets a page whose version was given up, or that was freed by the version that wrote it.
    pub(super) fn forget(&self, page: u64, birth: u64) {
        self.cache.remove(page, birth);
    }

    /// Where `page` begins.
    pub(super) fn offset(&self, page: u64) -> Result<u64> {
        let offset = page.checked_mul(self.page_size as u64);
        offset.ok_or_else(|| {
            Error::corrupt(&self.path, 0, format!("page {page} lies beyond the end of the file"))
        })
    }

    /// Where the run begins, unless it lies outside the file.
    fn locate(&self, page: u64, pages: u64) -> Result<u64> {
        let offset = self.offset(page)?;
        let len = self.pages();
        if pages == 0 || page.checked_add(pages).is_none_or(|end| end > len) {
            let beyond =
                format!("page {page} (of {pages}) lies beyond the end of the file, which has {len} pages");
            return Err(Error::corrupt(&self.path, offset, beyond));
        }
        Ok(offset)
    }

    fn fill(&self, buf: &mut [u8], offset: u64) -> Result<()> {
        if self.reads.fetch_add(1, Ordering::Relaxed) == SINGLE_READS {
            self.file.read_ahead(true);
        }
        self.file.read_exact_at(buf, offset).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => {
                Error::corrupt(&self.path, offset, "page lies beyond the end of the file, which was cut")
            }
            _ => Error::io("read", &self.path, e),
        })
    }

    fn read_from_file(&self, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>> {
        let offset = self.locate(ptr.page, 1)?;
        let mut bytes = self.frames.any();
        self.fill(&mut bytes, offset)?;
        self.verify(&bytes, ptr, kind, xxh3_128(&bytes))?;
        Ok(Arc::new(bytes))
    }

    /// Checks what the page says about itself, and its hash, already computed.
    fn verify(&self, bytes: &[u8], ptr: &PagePtr, kind: PageKind, found: u128) -> Result<()> {
        let identity = Identity { kind, number: ptr.page, birth: ptr.birth, db: self.db };
        match layout::fault(bytes, &identity, ptr.hash, found) {
            Some(wrong) => Err(Error::corrupt(&self.path, self.offset(ptr.page)?, wrong)),
            None => Ok(()),
        }
    }

    /// Checks a page from memory, which was verified or made here: only its kind can be another.
    fn admit(&self, bytes: Arc<Buffer>, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>> {
        if bytes[0] != kind as u8 {
            self.verify(&bytes, ptr, kind, ptr.hash)?;
        }
        Ok(bytes)
    }

    fn read_into_cache(&self, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>> {
        let bytes = self.read(ptr, kind)?;
        self.cache.insert(ptr, Arc::clone(&bytes));
        Ok(bytes)
    }

    fn read_extent_bytes(&self, ptr: &ExtentPtr, len: usize) -> Result<Arc<Buffer>> {
        if let Some(bytes) = self.pending.get(ptr.page, ptr.birth, ptr.hash) {
            return Ok(bytes);
        }
        let offset = self.locate(ptr.page, u64::from(ptr.pages))?;
        let mut bytes = vec![0; len];
        self.fill(&mut bytes, offset)?;
        if let Some((at, wrong)) = extent::fault(&bytes, ptr, self.db) {
            return Err(Error::corrupt(&self.path, offset + at as u64, wrong));
        }
        Ok(Arc::new(bytes.into()))
    }

    /// Bytes of the extent up to the value's end, unless the pointer contradicts itself.
    fn extent_len(&self, ptr: &ExtentPtr) -> Result<usize> {
        let room = u64::from(ptr.pages) * self.page_size as u64;
        let wanted = (ptr.len <= room).then(|| extent::head_len(ptr.len) + ptr.len);
        match wanted.filter(|len| *len <= room).and_then(|len| u32::try_from(len).ok()) {
            Some(len) => Ok(len as usize),
            None => {
                let wrong = format!("an extent of {} pages cannot hold {} bytes", ptr.pages, ptr.len);
                Err(Error::corrupt(&self.path, self.offset(ptr.page)?, wrong))
            }
        }
    }
}

impl PageReader for PageFile {
    fn page_size(&self) -> usize {
        self.page_size
    }

    fn read_cached(&self, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>> {
        match self.cache.get(ptr) {
            Some(bytes) => self.admit(bytes, ptr, kind),
            None => self.read_into_cache(ptr, kind),
        }
    }

    #[inline]
    fn read_held(&self, ptr: &PagePtr, kind: PageKind, held: &Held<Buffer>) -> Result<Arc<Buffer>> {
        if let Some(bytes) = held.get() {
            self.cache.used(ptr);
            return Ok(bytes);
        }
        if let Some(bytes) = self.cache.get(ptr) {
            held.set(&bytes);
            return self.admit(bytes, ptr, kind);
        }
        self.read_into_cache(ptr, kind)
    }

    fn read(&self, ptr: &PagePtr, kind: PageKind) -> Result<Arc<Buffer>> {
        match self.pending.get(ptr.page, ptr.birth, ptr.hash) {
            Some(bytes) => self.admit(bytes, ptr, kind),
            None => self.read_from_file(ptr, kind),
        }
    }

    fn read_extent(&self, ptr: &ExtentPtr) -> Result<Slice> {
        let len = self.extent_len(ptr)?;
        let bytes = self.read_extent_bytes(ptr, len)?;
        Ok(Slice::new(bytes, extent::head_len(ptr.len) as usize..len))
    }
}

impl fmt::Debug for PageFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageFile")
            .field("path", &self.path)
            .field("page_size", &self.page_size)
            .field("pages", &self.pages())
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}
