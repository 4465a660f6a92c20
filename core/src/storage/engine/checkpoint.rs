//! Bringing what is in memory into the main file.
//!
//! Order is everything here:
//!   K1  The frozen commits are durable in the log, and the log goes on in another chunk, before a page is written.
//!   K2  Every page of the new version is synced before its manifest is written.
//!   K3  The manifest is synced before anybody relies on it: before the log is recycled, before the file is cut.
//!   K4  A version whose manifest may have reached the device is never written again, nor are its pages: after a
//!       failure there the database is read-only, and large values are refused.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::base::Base;
use super::flip;
use super::state::Frozen;
use super::wasp::{Store, WaspEngine};
use crate::error::{Error, Result};
use crate::storage::manifest::Manifest;
use crate::storage::memtable::{Entry, Held, TreeState};
use crate::storage::page::{PageReader, PageWriter, Tail, VersionWriter, Written, cut_tail};
use crate::storage::space::ReuseRule;
use crate::storage::tree::{Given, Tree, TreeKind};
use crate::storage::{LogPosition, TreeId};

/// A version that is written but not yet the newest.
struct Built {
    written: Written,
    trees: BTreeMap<TreeId, Tree>,
    directory: Tree,
}

/// What a checkpoint is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    /// More commits will follow.
    GoOn,
    /// The file should become shorter, until only this part of it is free.
    Shrink { enough: u64 },
    /// Nothing follows: the main file alone will be the database.
    Close,
}

/// The file is worth shrinking when this part of it is free, and at least so many pages are.
const SHRINK_PART: u64 = 4;
/// Once begun, it goes on until only this part is free.
const ENOUGH_PART: u64 = 12;
const SHRINK_PAGES_MIN: u64 = 64;
/// Closing goes on until only this part is free, if no more than so many bytes are: what moves is about as much.
const CLOSING_PART: u64 = 48;
const CLOSING_BYTES_MAX: u64 = 128 << 20;
/// What died can be written over two versions later, what moves there can be cut off two versions after that:
/// so many empty checkpoints may pass without a gain.
const FRUITLESS_MAX: u32 = 5;
/// Closing shrinks by so many empty checkpoints at most.
const CLOSING_ROUNDS_MAX: u32 = 32;
/// After so long without a commit nobody may be writing any more.
const QUIET: Duration = Duration::from_millis(500);
/// One checkpoint moves at most this part of the used pages, or so many.
const RELOCATE_PART: u64 = 4;
const RELOCATE_PAGES_MIN: u64 = 256;

impl WaspEngine {
    /// Brings everything committed so far into the main file.
    pub(super) fn run_checkpoint(&self) -> Result<()> {
        self.settle_all(&mut self.store.lock())
    }

    /// The same, unless whoever had the checkpoint before has made it needless.
    pub(super) fn run_due_checkpoint(&self) -> Result<()> {
        let mut store = self.store.lock();
        if self.is_due() { self.settle_all(&mut store) } else { Ok(()) }
    }

    fn settle_all(&self, store: &mut Store) -> Result<()> {
        if store.unsettled.is_some() {
            self.settle(store, Goal::GoOn)?;
        }
        if !self.commits.sequencer.tip().state.delta.is_empty() {
            self.settle(store, Goal::GoOn)?;
        }
        Ok(())
    }

    /// Makes the main file the whole database and empties the log.
    pub(super) fn close_clean(&self) -> Result<()> {
        let mut store = self.store.lock();
        self.commits.sequencer.tip().close();
        if !self.unclean.load(Ordering::Acquire) {
            return Ok(());
        }
        // What the last commits freed counts when the file is shrunk.
        self.settle_all(&mut store)?;
        store.needed = 0;
        let (mut rounds, (begin, enough)) = (0, self.closing_parts());
        while rounds < CLOSING_ROUNDS_MAX && self.shrink_once(&mut store, begin, enough)? {
            rounds += 1;
        }
        self.settle(&mut store, Goal::Close)?;
        self.commits.journal.wal().truncate_all()
    }

    /// An empty checkpoint, when the file could become shorter by it; says whether there was one.
    pub(super) fn shrink_step(&self) -> Result<bool> {
        match self.store.try_lock() {
            Some(mut store) if self.unclean.load(Ordering::Acquire) => {
                self.look_around(&mut store)?;
                self.shrink_once(&mut store, SHRINK_PART, ENOUGH_PART)
            }
            _ => Ok(false),
        }
    }

    /// What is kept for the writes to come is given up bit by bit while there are none.
    fn look_around(&self, store: &mut Store) -> Result<()> {
        let newest = self.commits.sequencer.tip().state.seq;
        let (now, (seen, at)) = (self.config.clock.monotonic(), store.looked_at);
        if seen == newest && now.saturating_sub(at) < QUIET {
            return Ok(());
        }
        store.looked_at = (newest, now);
        if seen != newest {
            return Ok(());
        }
        if store.needed > 0 {
            store.needed /= 2;
            store.fruitless = 0;
        }
        self.commits.journal.wal().trim()
    }

    /// Which part of the file has to be free for a close to shrink it, and until which part it does.
    fn closing_parts(&self) -> (u64, u64) {
        let free_bytes = self.room().free.saturating_mul(self.pages.page_size() as u64);
        if free_bytes <= CLOSING_BYTES_MAX {
            (CLOSING_PART, CLOSING_PART)
        } else {
            (SHRINK_PART, ENOUGH_PART)
        }
    }

    /// An empty checkpoint, when more than a part of the file is free: `begin`, or once begun `enough`.
    fn shrink_once(&self, store: &mut Store, begin: u64, enough: u64) -> Result<bool> {
        let part = if store.shrinks { enough } else { begin };
        store.shrinks = self.room().is_loose(part, store.needed);
        if !store.shrinks {
            return Ok(false);
        }
        let readers = self.pins.versions().len();
        if store.shrunk_at != store.manifest.seq || readers < store.shrunk_beside {
            store.fruitless = 0;
        }
        store.shrunk_beside = readers;
        if store.fruitless >= FRUITLESS_MAX {
            return Ok(false);
        }
        let before = store.manifest.file_pages;
        self.settle(store, Goal::Shrink { enough })?;
        let shorter = store.manifest.file_pages < before;
        store.fruitless = if shorter { 0 } else { store.fruitless + 1 };
        store.shrunk_at = store.manifest.seq;
        Ok(true)
    }

    /// Makes the newest durable manifest say that the log counts, before anything in the log does.
    pub(super) fn mark_unclean(&self) -> Result<()> {
        if self.unclean.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut store = self.store.lock();
        if !self.unclean.load(Ordering::Acquire) {
            store.manifest =
                flip::mark_unclean(&self.files, &self.commits.journal, &self.config, &store.manifest)?;
            self.unclean.store(true, Ordering::Release);
        }
        Ok(())
    }

    /// One checkpoint: what is frozen, or else what is at the tip, becomes the next version.
    fn settle(&self, store: &mut Store, goal: Goal) -> Result<()> {
        let (frozen, log) = match &store.unsettled {
            Some((frozen, log)) => (Arc::clone(frozen), *log),
            None => self.commits.journal.freeze(&self.commits.sequencer)?,
        };
        store.unsettled = Some((Arc::clone(&frozen), log));
        let outcome = self.settle_frozen(store, &frozen, log, goal);
        outcome.inspect_err(|error| {
            if self.pages.sync_failed() {
                self.commits.journal.fail(error);
            }
        })
    }

    fn settle_frozen(&self, store: &mut Store, frozen: &Frozen, log: LogPosition, goal: Goal) -> Result<()> {
        if self.config.switches.chunk_recycled_early {
            self.commits.journal.wal().recycle(log);
        }
        let built = self.build(store, frozen, goal)?;
        self.publish(store, frozen, log, built, goal)?;
        self.commits.journal.wal().recycle(log);
        self.tidy()
    }

    /// Gives back what the new version does not need. Failing here loses nothing but space.
    fn tidy(&self) -> Result<()> {
        self.commits.journal.wal().trim()?;
        cut_tail(&self.pages, &self.space).map(drop)
    }

    fn publish(
        &self,
        store: &mut Store,
        frozen: &Frozen,
        log: LogPosition,
        built: Built,
        goal: Goal,
    ) -> Result<()> {
        let Built { written, trees, directory } = built;
        let next = Manifest {
            version: store.manifest.version + 1,
            seq: frozen.seq,
            clean: goal == Goal::Close,
            file_pages: written.file_pages,
            directory: directory.encode().to_vec(),
            free_map: Some(written.free_map),
            segments: None,
            log,
            trees: trees.len() as u64,
            written_ms: self.config.clock.now_ms(),
        };
        if !self.config.switches.page_sync_dropped {
            self.pages.sync_data()?;
        }
        // The manifest may be on the device all the same, so its pages, which are free again, must not be written.
        flip::flip(&self.files, &self.commits.journal, &self.config, &next)
            .inspect_err(|_| self.large.stop())?;
        let new_pages = written.new_pages;
        written.commit();
        let base = Base::new(next.version, trees, directory, &self.pages, &self.pins);
        self.commits.sequencer.settle(Some(Arc::new(base)));
        self.account();
        if goal == Goal::GoOn && !frozen.changes.is_empty() {
            // What dies in a version can be written over two versions later.
            store.needed = new_pages.saturating_mul(2);
        }
        store.manifest = next;
        store.unsettled = None;
        store.checkpoints += 1;
        Ok(())
    }

    /// Writes the pages of the version that follows.
    fn build(&self, store: &Store, frozen: &Frozen, goal: Goal) -> Result<Built> {
        let version = store.manifest.version + 1;
        let mut rule = ReuseRule::new(version, self.pins.versions());
        if self.config.switches.extent_reused_early {
            rule = rule.too_early();
        }
        let base = self.base()?;
        let mut writer = VersionWriter::begin(Arc::clone(&self.pages), Arc::clone(&self.space), &rule)?;
        take_in_large_values(frozen, &mut writer)?;
        let (mut trees, mut roots) = (base.trees.clone(), BTreeMap::new());
        for (id, changes) in frozen.changes.iter() {
            let before = trees.remove(&id);
            if let Some(after) = apply(before, id, changes, &*self.pages, &mut writer)? {
                roots.insert(id, Some(after.encode().to_vec()));
                trees.insert(id, after);
            } else {
                roots.insert(id, None);
            }
        }
        let cut = self.relocation_cut(goal, store.needed);
        if let Some(cut) = cut {
            self.relocate(&mut trees, &mut roots, cut, &mut writer)?;
        }
        let mut directory = self.write_directory(&base.directory, roots, &mut writer)?;
        if let Some(cut) = cut {
            (directory, _) = directory.relocate(&*self.pages, &mut writer, cut, u64::MAX)?;
        }
        let tail = match goal {
            Goal::GoOn => Tail::CutExcess { spare_min: store.needed },
            Goal::Shrink { .. } | Goal::Close => Tail::Cut { spare: store.needed },
        };
        let written = writer.finish(store.manifest.free_map.as_ref(), tail)?;
        Ok(Built { written, trees, directory })
    }

    /// The trees' roots, changed where a tree changed.
    fn write_directory(
        &self,
        before: &Tree,
        roots: BTreeMap<TreeId, Option<Vec<u8>>>,
        writer: &mut VersionWriter,
    ) -> Result<Tree> {
        let changes: Vec<_> = roots.into_iter().map(|(id, root)| (id.0.to_be_bytes(), root)).collect();
        before.apply(
            &*self.pages,
            writer,
            changes.iter().map(|(key, root)| Ok((key.as_slice(), root.as_deref()))),
        )
    }

    /// Moves pages from the end of the file to its free places.
    fn relocate(
        &self,
        trees: &mut BTreeMap<TreeId, Tree>,
        roots: &mut BTreeMap<TreeId, Option<Vec<u8>>>,
        cut: u64,
        writer: &mut VersionWriter,
    ) -> Result<()> {
        let used = self.space.lock().used_pages();
        let mut budget = (used / RELOCATE_PART).max(RELOCATE_PAGES_MIN);
        for (id, tree) in trees.iter_mut() {
            let (moved, pages) = tree.relocate(&*self.pages, writer, cut, budget)?;
            if pages > 0 {
                roots.insert(*id, Some(moved.encode().to_vec()));
                *tree = moved;
                budget = budget.saturating_sub(pages);
            }
            if budget == 0 {
                break;
            }
        }
        Ok(())
    }

    /// From which page on pages should move, when the file is worth shrinking.
    fn relocation_cut(&self, goal: Goal, needed: u64) -> Option<u64> {
        let room = self.room();
        let (part, enough) = match goal {
            Goal::Shrink { enough } => (enough, enough),
            Goal::GoOn | Goal::Close => (SHRINK_PART, ENOUGH_PART),
        };
        room.is_loose(part, needed).then(|| {
            let used = room.pages - room.free + needed;
            used + (used * 3 / 4 + SHRINK_PAGES_MIN * 6) / enough
        })
    }

    /// What the file could do without. Pages that an old reader holds can neither be written over nor moved.
    fn room(&self) -> Room {
        let whenever = ReuseRule::new(u64::MAX, self.pins.versions());
        let space = self.space.lock();
        Room { pages: space.file_pages(), free: space.reusable_pages(&whenever) }
    }

    pub(super) fn base(&self) -> Result<Arc<Base>> {
        let base = self.commits.sequencer.tip().state.base.clone();
        base.ok_or_else(|| Error::internal("an engine with a main file has no base"))
    }
}

/// The pages of the file, and how many of them are free or will be after the next versions.
struct Room {
    pages: u64,
    free: u64,
}

impl Room {
    /// Whether more than this part of the file is free, `needed` pages left out.
    fn is_loose(&self, part: u64, needed: u64) -> bool {
        let free = self.free.saturating_sub(needed);
        free >= SHRINK_PAGES_MIN && free >= self.pages / part
    }
}

/// Makes the large values of the frozen commits part of the version, and frees those that a later commit took the
/// place of: the log before this version, and readers, may still lead to them.
fn take_in_large_values(frozen: &Frozen, writer: &mut VersionWriter) -> Result<()> {
    if frozen.claims.is_empty() {
        return Ok(());
    }
    let counted = frozen.changes.iter().filter(|(_, changes)| changes.dropped_at.is_none());
    let entries = counted.flat_map(|(_, changes)| changes.table.iter());
    let kept: HashSet<u64> = entries.filter_map(|(_, entry)| Some(entry.extent()?.page)).collect();
    for extent in &frozen.claims {
        writer.adopt_extent(extent)?;
        if !kept.contains(&extent.page) {
            writer.free_extent(extent);
        }
    }
    Ok(())
}

/// What a change in memory gives to a tree.
fn given(entry: &Entry) -> Option<Given<'_>> {
    match entry.held() {
        Held::Value(value) => Some(Given::Value(value)),
        Held::Reference(reference) => Some(Given::Reference(reference)),
        Held::Nothing => None,
    }
}

/// The tree with the changes in it; none when it was dropped or never existed.
fn apply(
    before: Option<Tree>,
    id: TreeId,
    changes: &TreeState,
    reader: &dyn PageReader,
    writer: &mut dyn PageWriter,
) -> Result<Option<Tree>> {
    if changes.dropped_at.is_some() {
        if let Some(before) = before {
            before.free_all(reader, writer)?;
        }
        return Ok(None);
    }
    let kind = if id.is_record() { TreeKind::Record } else { TreeKind::Index };
    let before = before.unwrap_or_else(|| Tree::empty(kind));
    let mut entries = changes.table.iter().map(|(key, entry)| Ok((key, given(entry))));
    before.apply(reader, writer, &mut entries).map(Some)
}
