//! How often an index was used, and how its keys are spread, as long as the process runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use super::histogram::Histogram;

/// Counted by everybody who walks the index; nothing of it is kept in the file.
#[derive(Debug)]
pub(crate) struct Uses {
    since_ms: i64,
    walks: AtomicU64,
    keys: AtomicU64,
    hits: AtomicU64,
    /// Look-ups of single keys that found something, and those that did not.
    found: AtomicU64,
    missed: AtomicU64,
    /// When the last walk began; `i64::MIN` when there was none.
    last_ms: AtomicI64,
    /// How long the index took to be built, in nanoseconds; 0 when this process did not build it.
    built_ns: AtomicU64,
    /// What was last known of its keys.
    histogram: ArcSwapOption<Histogram>,
}

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) since_ms: i64,
    pub(crate) walks: u64,
    /// Entries that were looked at.
    pub(crate) keys: u64,
    /// Those of them that counted.
    pub(crate) hits: u64,
    pub(crate) last_ms: Option<i64>,
    pub(crate) built: Option<Duration>,
}

impl Uses {
    pub(super) fn new(now_ms: i64) -> Self {
        Self {
            since_ms: now_ms,
            walks: AtomicU64::new(0),
            keys: AtomicU64::new(0),
            hits: AtomicU64::new(0),
            found: AtomicU64::new(0),
            missed: AtomicU64::new(0),
            last_ms: AtomicI64::new(i64::MIN),
            built_ns: AtomicU64::new(0),
            histogram: ArcSwapOption::empty(),
        }
    }

    /// A walk begins.
    pub(crate) fn begin(&self, now_ms: i64) {
        self.walks.fetch_add(1, Ordering::Relaxed);
        self.last_ms.fetch_max(now_ms, Ordering::Relaxed);
    }

    /// A walk looked at so many entries, of which so many counted.
    pub(crate) fn look(&self, keys: u64, hits: u64) {
        self.keys.fetch_add(keys, Ordering::Relaxed);
        self.hits.fetch_add(hits, Ordering::Relaxed);
    }

    /// One key was looked up. This is on the shortest road there is, and counts in one place.
    #[inline]
    pub(crate) fn look_up(&self, now_ms: i64, found: bool) {
        let count = if found { &self.found } else { &self.missed };
        count.fetch_add(1, Ordering::Relaxed);
        if self.last_ms.load(Ordering::Relaxed) < now_ms {
            self.last_ms.fetch_max(now_ms, Ordering::Relaxed);
        }
    }

    /// The index was built in this time.
    pub(crate) fn built(&self, took: Duration) {
        self.built_ns.store(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX).max(1), Ordering::Relaxed);
    }

    /// What was last known of the index's keys, if it still says something of so many entries.
    pub(super) fn histogram(&self, entries: u64) -> Option<Arc<Histogram>> {
        self.histogram.load_full().filter(|known| known.fits(entries))
    }

    /// This is known of the index's keys now.
    pub(super) fn keep(&self, histogram: &Arc<Histogram>) {
        self.histogram.store(Some(Arc::clone(histogram)));
    }

    pub(crate) fn so_far(&self) -> Used {
        let (last, built) = (self.last_ms.load(Ordering::Relaxed), self.built_ns.load(Ordering::Relaxed));
        let (found, missed) = (self.found.load(Ordering::Relaxed), self.missed.load(Ordering::Relaxed));
        Used {
            since_ms: self.since_ms,
            walks: self.walks.load(Ordering::Relaxed) + found + missed,
            keys: self.keys.load(Ordering::Relaxed) + found,
            hits: self.hits.load(Ordering::Relaxed) + found,
            last_ms: (last != i64::MIN).then_some(last),
            built: (built > 0).then_some(Duration::from_nanos(built)),
        }
    }
}
