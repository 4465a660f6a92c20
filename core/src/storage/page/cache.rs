//! Verified leaf pages, by number and birth.
//!
//! A number and a birth name one content for good, with one exception: a version that was given up writes its
//! pages anew. Each entry therefore keeps the hash it was verified against, and answers only a pointer that
//! holds the same one (P1).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::PagePtr;
use crate::storage::Buffer;

/// What an entry costs beside the bytes of its page: key, hash, counts and links.
const ENTRY_OVERHEAD: u64 = 128;
/// Over how many counters the hits are spread; a power of two.
const HIT_STRIPES: usize = 16;
/// After how many uses, counted without asking, one is asked for.
const USES_PER_ASK: u64 = 16;

/// How much the cache may hold. An entry too many pushes out one that was not used for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CacheLimit {
    /// So many bytes.
    Bytes(u64),
    /// About so many pages, of whatever size.
    Entries(usize),
}

/// Hits and misses since the file was opened, and what is in the cache now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CacheStats {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) bytes: u64,
    pub(crate) entries: u64,
}

#[derive(Clone)]
struct Entry {
    hash: u128,
    bytes: Arc<Buffer>,
}

#[derive(Debug, Clone, Copy)]
struct Weight {
    limit: CacheLimit,
}

impl Weighter<(u64, u64), Entry> for Weight {
    fn weight(&self, _key: &(u64, u64), entry: &Entry) -> u64 {
        match self.limit {
            CacheLimit::Bytes(_) => entry.bytes.memory() as u64 + ENTRY_OVERHEAD,
            CacheLimit::Entries(_) => 1,
        }
    }
}

/// A counter with a cache line of its own.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Stripe(AtomicU64);

pub(super) struct PageCache {
    pages: Cache<(u64, u64), Entry, Weight>,
    page_size: usize,
    limit: CacheLimit,
    hits: [Stripe; HIT_STRIPES],
    misses: AtomicU64,
}

impl PageCache {
    pub(super) fn new(limit: CacheLimit, page_size: usize) -> Self {
        let (entries, weight) = match limit {
            CacheLimit::Bytes(bytes) => (bytes / (page_size as u64 + ENTRY_OVERHEAD), bytes),
            CacheLimit::Entries(entries) => (entries as u64, entries as u64),
        };
        let entries = usize::try_from(entries).unwrap_or(usize::MAX);
        let pages = Cache::with_weighter(entries, weight, Weight { limit });
        Self { pages, page_size, limit, hits: Default::default(), misses: AtomicU64::new(0) }
    }

    /// Counts a use of a page that was found without asking here.
    ///
    /// Only some uses make the page young again: those that are used often enough to stay meet that often.
    pub(super) fn used(&self, ptr: &PagePtr) {
        let before = self.hits[ptr.page as usize % HIT_STRIPES].0.fetch_add(1, Ordering::Relaxed);
        if before.is_multiple_of(USES_PER_ASK) {
            let _ = self.pages.get(&(ptr.page, ptr.birth));
        }
    }

    /// The page, when it is here with the hash that the pointer holds.
    pub(super) fn get(&self, ptr: &PagePtr) -> Option<Arc<Buffer>> {
        let found = self.pages.get(&(ptr.page, ptr.birth)).filter(|entry| entry.hash == ptr.hash);
        match found {
            Some(entry) => {
                // Readers of one page already share its reference count; spreading by page adds no new
                // point where readers of different pages meet.
                self.hits[ptr.page as usize % HIT_STRIPES].0.fetch_add(1, Ordering::Relaxed);
                Some(entry.bytes)
            }
            None => {
                self.misses.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }

    /// Keeps no more than `bytes`, nor more than the limit says.
    pub(super) fn keep_within(&self, bytes: u64) {
        let capacity = match self.limit {
            CacheLimit::Bytes(all) => bytes.min(all),
            CacheLimit::Entries(all) => (bytes / (self.page_size as u64 + ENTRY_OVERHEAD)).min(all as u64),
        };
        if capacity != self.pages.capacity() {
            self.pages.set_capacity(capacity);
        }
    }

    /// Keeps a verified page.
    pub(super) fn insert(&self, ptr: &PagePtr, bytes: Arc<Buffer>) {
        self.pages.insert((ptr.page, ptr.birth), Entry { hash: ptr.hash, bytes });
    }

    /// Lets go of a page that nobody will ask for again.
    pub(super) fn remove(&self, page: u64, birth: u64) {
        self.pages.remove(&(page, birth));
    }

    pub(super) fn stats(&self) -> CacheStats {
        let entries = self.pages.len() as u64;
        let bytes = match self.limit {
            CacheLimit::Bytes(_) => self.pages.weight(),
            CacheLimit::Entries(_) => entries * (self.page_size as u64 + ENTRY_OVERHEAD),
        };
        let hits = self.hits.iter().map(|stripe| stripe.0.load(Ordering::Relaxed)).sum();
        CacheStats { hits, misses: self.misses.load(Ordering::Relaxed), bytes, entries }
    }
}

impl fmt::Debug for PageCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageCache").field("limit", &self.limit).field("stats", &self.stats()).finish()
    }
}
