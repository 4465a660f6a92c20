//! Runs that may be written now, by address and by size.

use std::collections::{BTreeMap, BTreeSet};

use super::run::{PageRun, overlaps};

/// A run of n pages is in class ⌊log2 n⌋.
const CLASSES: usize = 64;

/// Ready runs. Neighbours are always merged, so no two touch.
#[derive(Debug, Clone)]
pub(super) struct ReadyRuns {
    by_first: BTreeMap<u64, u64>,
    by_class: Vec<BTreeSet<u64>>,
    pages: u64,
}

impl ReadyRuns {
    pub(super) fn new() -> Self {
        Self { by_first: BTreeMap::new(), by_class: vec![BTreeSet::new(); CLASSES], pages: 0 }
    }

    /// How many pages there are in all.
    pub(super) fn pages(&self) -> u64 {
        self.pages
    }

    /// The runs, in the order of their addresses.
    pub(super) fn iter(&self) -> impl Iterator<Item = PageRun> + '_ {
        self.by_first.iter().map(|(first, pages)| PageRun::new(*first, *pages))
    }

    /// The last run that begins before `end`.
    pub(super) fn last_before(&self, end: u64) -> Option<PageRun> {
        self.by_first.range(..end).next_back().map(|(first, pages)| PageRun::new(*first, *pages))
    }

    pub(super) fn overlaps(&self, run: PageRun) -> bool {
        overlaps(&self.by_first, run, |pages| *pages)
    }

    /// Adds a run that shares no page with another.
    pub(super) fn insert(&mut self, run: PageRun) {
        debug_assert!(run.pages > 0 && !self.overlaps(run));
        let mut merged = run;
        if let Some(before) = self.last_before(run.first).filter(|before| before.end() == run.first) {
            self.unlink(before);
            merged = PageRun::new(before.first, before.pages + merged.pages);
        }
        if let Some(pages) = self.by_first.get(&run.end()).copied() {
            self.unlink(PageRun::new(run.end(), pages));
            merged.pages += pages;
        }
        self.link(merged);
    }

    /// Takes `pages` consecutive pages at the lowest address that has them.
    ///
    /// The lowest address and not the best fit, so that the end of the file empties and can be cut, and so that
    /// pages written one after the other lie one after the other.
    pub(super) fn take(&mut self, pages: u64) -> Option<u64> {
        let first = self.find(pages)?;
        self.take_at(PageRun::new(first, pages)).then_some(first)
    }

    /// Takes exactly `run`; `false`, and nothing happens, when not all of it is here.
    pub(super) fn take_at(&mut self, run: PageRun) -> bool {
        let found =
            self.by_first.range(..=run.first).next_back().map(|(first, pages)| PageRun::new(*first, *pages));
        let Some(found) = found.filter(|found| run.pages > 0 && found.end() >= run.end()) else {
            return false;
        };
        self.unlink(found);
        if found.first < run.first {
            self.link(PageRun::new(found.first, run.first - found.first));
        }
        if run.end() < found.end() {
            self.link(PageRun::new(run.end(), found.end() - run.end()));
        }
        true
    }

    fn find(&self, pages: u64) -> Option<u64> {
        let class = class_of(pages)?;
        let fits = |first: &&u64| self.by_first.get(*first).is_some_and(|found| *found >= pages);
        let larger = self.by_class[class + 1..].iter().filter_map(BTreeSet::first).min();
        let same = match larger {
            // Runs of the same class may be too short; behind a larger run there is no use in looking on.
            Some(larger) => self.by_class[class].range(..larger).find(fits),
            None => self.by_class[class].iter().find(fits),
        };
        same.or(larger).copied()
    }

    fn link(&mut self, run: PageRun) {
        self.by_first.insert(run.first, run.pages);
        if let Some(class) = class_of(run.pages) {
            self.by_class[class].insert(run.first);
        }
        self.pages += run.pages;
    }

    fn unlink(&mut self, run: PageRun) {
        self.by_first.remove(&run.first);
        if let Some(class) = class_of(run.pages) {
            self.by_class[class].remove(&run.first);
        }
        self.pages -= run.pages;
    }
}

fn class_of(pages: u64) -> Option<usize> {
    pages.checked_ilog2().map(|class| class as usize)
}
