//! Whether the map agrees with what the trees reach.

use std::fmt;

use super::{FIRST_PAGE, PageRun, Space};

/// Pages that something reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owned<'a> {
    pub(crate) run: PageRun,
    /// What reaches them, as in "belongs to …".
    pub(crate) owner: &'a str,
}

#[derive(Debug, Clone, Copy)]
enum Holder<'a> {
    Reserved,
    Owner(&'a str),
    Ready,
    Dying,
    Claimed,
}

impl Space {
    /// Compares the map with `reachable`, everything that the newest version reaches, and says each
    /// disagreement as one sentence: pages with two owners, pages in use that are free, pages that are neither.
    pub(crate) fn check(&self, reachable: &[Owned<'_>]) -> Vec<String> {
        let mut faults = Vec::new();
        let mut held = PageRun::new(0, FIRST_PAGE);
        let mut holder = Holder::Reserved;
        for (run, next) in self.holdings(reachable) {
            if run.first < held.end() {
                let shared = PageRun::new(run.first, run.end().min(held.end()) - run.first);
                faults.push(format!("{shared}: {holder}, and {next}"));
            } else if run.first > held.end() {
                faults.push(leak(held.end(), run.first));
            }
            if run.end() > self.file_pages {
                faults.push(format!("{run}: {next}, but the file has only {} pages", self.file_pages));
            }
            if run.end() > held.end() {
                (held, holder) = (run, next);
            }
        }
        if held.end() < self.file_pages {
            faults.push(leak(held.end(), self.file_pages));
        }
        faults
    }

    /// Everything that anything says about a page, in the order of addresses.
    fn holdings<'a>(&self, reachable: &[Owned<'a>]) -> Vec<(PageRun, Holder<'a>)> {
        let owned = reachable.iter().map(|owned| (owned.run, Holder::Owner(owned.owner)));
        let ready = self.ready.iter().map(|run| (run, Holder::Ready));
        let dying =
            self.dying.iter().map(|(first, dying)| (PageRun::new(*first, dying.pages), Holder::Dying));
        let claimed =
            self.claimed.iter().map(|(first, pages)| (PageRun::new(*first, *pages), Holder::Claimed));
        let mut all: Vec<_> = owned.chain(ready).chain(dying).chain(claimed).collect();
        all.sort_by_key(|(run, _)| *run);
        all
    }
}

fn leak(first: u64, end: u64) -> String {
    format!("{}: belongs to nothing, and is not free", PageRun::new(first, end - first))
}

impl fmt::Display for Holder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reserved => f.write_str("belongs to the header and the manifests"),
            Self::Owner(owner) => write!(f, "belongs to {owner}"),
            Self::Ready => f.write_str("is free"),
            Self::Dying => f.write_str("is waiting to be free"),
            Self::Claimed => f.write_str("is claimed by a commit that only the log holds"),
        }
    }
}
