//! Walking everything, changing nothing.

use super::recover;
use super::wasp::WaspEngine;
use crate::error::Result;
use crate::storage::page::PageReader;
use crate::storage::space::{Owned, PageRun};
use crate::storage::tree::{Findings, Reached, Tree};
use crate::storage::{CheckReport, TreeId};

/// What the walk came upon, for the free map to be compared with.
#[derive(Default)]
struct Walk {
    report: CheckReport,
    owner: String,
    reached: Vec<(PageRun, String)>,
}

impl Findings for Walk {
    fn fault(&mut self, sentence: String) {
        self.report.faults.push(format!("{}: {sentence}", self.owner));
    }

    fn reached(&mut self, what: Reached) {
        let run = match what {
            Reached::Page(ptr, _) => PageRun::new(ptr.page, 1),
            Reached::Extent(ptr) => PageRun::new(ptr.page, u64::from(ptr.pages)),
        };
        self.report.pages += run.pages;
        self.reached.push((run, self.owner.clone()));
    }
}

impl WaspEngine {
    /// Checks pages, trees, free map and log. Checkpoints wait meanwhile, commits only while
    /// the log is read.
    pub(super) fn verify(&self) -> Result<CheckReport> {
        let store = self.store.lock();
        let base = self.base()?;
        let mut walk = Walk::default();
        self.walk_tree(&mut walk, "the directory".to_owned(), &base.directory);
        for (id, tree) in &base.trees {
            walk.report.trees += 1;
            walk.report.entries += self.walk_tree(&mut walk, name(*id), tree);
        }
        if let Some(ptr) = &store.manifest.free_map {
            walk.owner = "the free map".to_owned();
            walk.reached(Reached::Extent(*ptr));
        }
        let claims = self.commits.sequencer.tip().all_claims();
        for extent in &claims {
            if let Err(error) = self.pages.read_extent(extent) {
                walk.report.faults.push(format!("a large value of a commit in the log: {error}"));
            }
            walk.report.pages += extent.run().pages;
        }
        let space = self.space.lock();
        for extent in claims.iter().filter(|extent| !space.is_claimed(extent.run())) {
            let run = extent.run();
            walk.report
                .faults
                .push(format!("{run}: a commit in the log refers to it, but it is not claimed"));
        }
        let owned: Vec<_> = walk.reached.iter().map(|(run, owner)| Owned { run: *run, owner }).collect();
        walk.report.faults.extend(space.check(&owned));
        walk.report.free_bytes = space.free_pages() * self.files.header.page_size as u64;
        drop(space);
        if let Some(file) = self.files.open_wal(true)? {
            let mut report = std::mem::take(&mut walk.report);
            self.commits.journal.at_rest(&self.commits.sequencer, || {
                recover::count_commits(file, &self.files, &store.manifest, &mut report);
            });
            walk.report = report;
        }
        Ok(walk.report)
    }

    fn walk_tree(&self, walk: &mut Walk, owner: String, tree: &Tree) -> u64 {
        walk.owner = owner;
        let found = tree.check(&*self.pages, walk);
        if found != tree.len() {
            walk.fault(format!("it holds {found} entries but counts {}", tree.len()));
        }
        found
    }
}

fn name(id: TreeId) -> String {
    let shape = if id.is_record() { "record" } else { "index" };
    format!("{shape} tree {}", id.0 >> 1)
}
