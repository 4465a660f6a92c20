//! The free map: what state each page of the file is in.

use std::collections::BTreeMap;

use super::ready::ReadyRuns;
use super::run::overlaps;
use super::{FIRST_PAGE, PageRun, ReuseRule};
use crate::error::{Error, ErrorKind, Result};

/// The file grows by this many pages at least, so that a small database stays small.
const GROWTH_PAGES_MIN: u64 = 16;
/// And by this many at most, unless more is asked for, so that no single growth takes long.
const GROWTH_PAGES_MAX: u64 = 4096;
/// And by this part of what it is: each growth is a sync, and what proves too much is cut when the version is done.
const GROWTH_PART: u64 = 2;
/// This part of the file may stay ready at its end, so that not every version has to grow it.
const SPARE_PART: u64 = 16;

/// A run that some older version may still need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dying {
    pub(super) pages: u64,
    pub(super) birth: u64,
    pub(super) death: u64,
}

/// Which pages of the file are free, and since when.
#[derive(Debug, Clone)]
pub(crate) struct Space {
    pub(super) file_pages: u64,
    pub(super) ready: ReadyRuns,
    pub(super) dying: BTreeMap<u64, Dying>,
    /// Claimed runs, from first page to length.
    pub(super) claimed: BTreeMap<u64, u64>,
}

impl Space {
    /// A file of `file_pages` pages, all of them used.
    pub(crate) fn new(file_pages: u64) -> Self {
        let file_pages = file_pages.max(FIRST_PAGE);
        Self { file_pages, ready: ReadyRuns::new(), dying: BTreeMap::new(), claimed: BTreeMap::new() }
    }

    /// Pages of the file, header and manifests included.
    pub(crate) fn file_pages(&self) -> u64 {
        self.file_pages
    }

    /// Pages that hold nothing of the newest version, ready or not.
    pub(crate) fn free_pages(&self) -> u64 {
        self.ready.pages() + self.dying.values().map(|dying| dying.pages).sum::<u64>()
    }

    /// Pages that hold something, header, manifests and claimed pages included.
    pub(crate) fn used_pages(&self) -> u64 {
        self.file_pages - self.free_pages()
    }

    /// Pages that could be written if `rule` were applied.
    pub(crate) fn reusable_pages(&self, rule: &ReuseRule) -> u64 {
        let admitted = self.dying.values().filter(|dying| rule.admits(dying.birth, dying.death));
        self.ready.pages() + admitted.map(|dying| dying.pages).sum::<u64>()
    }

    /// Makes everything ready that `rule` admits. Done once, when a version begins.
    pub(crate) fn release(&mut self, rule: &ReuseRule) {
        let admits = |dying: &Dying| rule.admits(dying.birth, dying.death);
        let admitted: Vec<PageRun> = self
            .dying
            .iter()
            .filter(|(_, dying)| admits(dying))
            .map(|(first, dying)| PageRun::new(*first, dying.pages))
            .collect();
        self.dying.retain(|_, dying| !admits(dying));
        for run in admitted {
            self.ready.insert(run);
        }
    }

    /// The first of `pages` consecutive pages, now used; nothing when the file must grow first.
    pub(crate) fn allocate(&mut self, pages: u64) -> Option<u64> {
        self.ready.take(pages)
    }

    /// Takes back what was allocated and never referred to by a durable manifest (S3).
    pub(crate) fn give_back(&mut self, run: PageRun) -> Result<()> {
        self.expect_used(run)?;
        self.ready.insert(run);
        Ok(())
    }

    /// The run, written by version `birth`, is no part of version `death` any more.
    pub(crate) fn free(&mut self, run: PageRun, birth: u64, death: u64) -> Result<()> {
        self.expect_used(run)?;
        if birth > death {
            return Err(Error::internal(format!("version {death} frees {run}, written by version {birth}")));
        }
        self.add_dying(run, birth, death);
        Ok(())
    }

    /// Undoes every [`free`](Self::free) by version `death`, which was given up.
    pub(crate) fn forget_frees(&mut self, death: u64) {
        self.dying.retain(|_, dying| dying.death != death);
    }

    /// The allocated `run` holds a value that only a commit in the log will refer to. Also undoes
    /// [`settle`](Self::settle).
    pub(crate) fn claim(&mut self, run: PageRun) -> Result<()> {
        self.expect_used(run)?;
        self.claimed.insert(run.first, run.pages);
        Ok(())
    }

    /// Claims `run` again, which a record of the log refers to; `actual_pages` is how long the file really is.
    /// Everything that could be released must be, before.
    pub(crate) fn claim_at(&mut self, run: PageRun, actual_pages: u64) -> Result<()> {
        let inside = run.pages > 0 && run.first >= FIRST_PAGE && run.end() <= actual_pages;
        if inside {
            self.grow_to(run.end());
        }
        if !inside || !self.ready.take_at(run) {
            let wrong =
                format!("the log refers to {run} of a file of {actual_pages} pages, but they are not free");
            return Err(Error::new(ErrorKind::Corrupt, wrong));
        }
        self.claimed.insert(run.first, run.pages);
        Ok(())
    }

    /// Whether `run` is claimed, as a whole and by itself.
    pub(crate) fn is_claimed(&self, run: PageRun) -> bool {
        self.claimed.get(&run.first) == Some(&run.pages)
    }

    /// The claimed `run` is part of a tree now.
    pub(crate) fn settle(&mut self, run: PageRun) -> Result<()> {
        if !self.is_claimed(run) {
            return Err(Error::internal(format!("{run} is settled but was not claimed")));
        }
        self.claimed.remove(&run.first);
        Ok(())
    }

    /// The commit that claimed `run` never entered the log.
    pub(crate) fn unclaim(&mut self, run: PageRun) -> Result<()> {
        self.settle(run)?;
        self.ready.insert(run);
        Ok(())
    }

    /// How long the file should become so that `pages` consecutive pages can be allocated at its end.
    pub(crate) fn growth_for(&self, pages: u64) -> u64 {
        let missing = pages.saturating_sub(self.file_pages - self.tail_start());
        self.file_pages.saturating_add(missing.max(self.growth_step()))
    }

    fn growth_step(&self) -> u64 {
        (self.file_pages / GROWTH_PART).clamp(GROWTH_PAGES_MIN, GROWTH_PAGES_MAX)
    }

    /// How many ready pages may stay at the end of the file.
    pub(crate) fn spare(&self) -> u64 {
        (self.file_pages / SPARE_PART).clamp(GROWTH_PAGES_MIN, GROWTH_PAGES_MAX)
    }

    /// The file has `file_pages` pages now; the new ones are ready.
    pub(crate) fn grow_to(&mut self, file_pages: u64) {
        if file_pages > self.file_pages {
            let run = PageRun::new(self.file_pages, file_pages - self.file_pages);
            self.file_pages = file_pages;
            self.ready.insert(run);
        }
    }

    /// Where the ready pages at the end of the file begin: how short it could be.
    pub(crate) fn tail_start(&self) -> u64 {
        match self.ready.last_before(self.file_pages) {
            Some(last) if last.end() == self.file_pages => last.first,
            _ => self.file_pages,
        }
    }

    /// The file ends at `file_pages`; from there on everything must be ready.
    pub(crate) fn truncate(&mut self, file_pages: u64) -> Result<()> {
        if file_pages >= self.file_pages {
            return Ok(());
        }
        let tail = PageRun::new(file_pages, self.file_pages - file_pages);
        if file_pages < FIRST_PAGE || !self.ready.take_at(tail) {
            return Err(Error::internal(format!("{tail} are to be cut off but not free")));
        }
        self.file_pages = file_pages;
        Ok(())
    }

    /// Adds a dying run, merged with neighbours of the same life.
    pub(super) fn add_dying(&mut self, run: PageRun, birth: u64, death: u64) {
        let same = |dying: &Dying| dying.birth == birth && dying.death == death;
        let mut merged = Dying { pages: run.pages, birth, death };
        let mut first = run.first;
        if let Some(after) = self.dying.get(&run.end()).filter(|dying| same(dying)) {
            merged.pages += after.pages;
            self.dying.remove(&run.end());
        }
        if let Some((before, dying)) = self.dying.range(..run.first).next_back()
            && same(dying)
            && before + dying.pages == run.first
        {
            merged.pages += dying.pages;
            first = *before;
        }
        self.dying.insert(first, merged);
    }

    /// Everything that is given back or freed must have been used, or two owners would share it (S1).
    fn expect_used(&self, run: PageRun) -> Result<()> {
        let outside = run.pages == 0 || run.first < FIRST_PAGE || run.end() > self.file_pages;
        if outside {
            let file_pages = self.file_pages;
            return Err(Error::internal(format!("{run} cannot be freed in a file of {file_pages} pages")));
        }
        let state = if self.ready.overlaps(run) {
            "free"
        } else if overlaps(&self.dying, run, |dying| dying.pages) {
            "waiting to be free"
        } else if overlaps(&self.claimed, run, |pages| *pages) {
            "claimed"
        } else {
            return Ok(());
        };
        Err(Error::internal(format!("{run} is freed but already {state}, in whole or in part")))
    }
}
