//! Consecutive pages.

use std::collections::BTreeMap;
use std::fmt;

/// Pages `first` to `first + pages`, the last one not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PageRun {
    pub(crate) first: u64,
    pub(crate) pages: u64,
}

impl PageRun {
    pub(crate) const fn new(first: u64, pages: u64) -> Self {
        Self { first, pages }
    }

    /// The page behind the last one. Runs inside a file cannot overflow; others end at the largest number.
    pub(crate) const fn end(&self) -> u64 {
        self.first.saturating_add(self.pages)
    }
}

impl fmt::Display for PageRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pages {
            1 => write!(f, "page {}", self.first),
            _ => write!(f, "pages {} to {}", self.first, self.end().saturating_sub(1)),
        }
    }
}

/// Whether a run of `map`, from first page to what `pages` finds its length in, shares a page with `run`.
pub(super) fn overlaps<T>(map: &BTreeMap<u64, T>, run: PageRun, pages: impl Fn(&T) -> u64) -> bool {
    let before_end = map.range(..run.end()).next_back();
    before_end.is_some_and(|(first, found)| PageRun::new(*first, pages(found)).end() > run.first)
}
