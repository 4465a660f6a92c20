//! The default engine: memtable and log over copy-on-write trees.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use super::base::Pins;
use super::commit::CommitPath;
use super::config::{EngineConfig, EngineKind};
use super::files::Files;
use super::guard::Guard;
use super::large::{Claims, LargeValues};
use super::load::Loaded;
use super::state::Frozen;
use crate::base::{Budget, Waker};
use crate::error::{ErrorKind, Result};
use crate::storage::manifest::Manifest;
use crate::storage::page::PageFile;
use crate::storage::record::Sealed;
use crate::storage::space::Space;
use crate::storage::{
    CheckReport, Durability, Engine, LogPosition, ReadAt, Seq, Snapshot, Stats, Ticket, WriteSet,
};

/// Memory may hold this many times the bytes that bring a checkpoint; then commits wait for one.
const HARD_FACTOR: usize = 4;
/// A checkpoint is not worth its syncs for fewer bytes in memory, however small the main file.
const MEMTABLE_FLOOR: usize = 8 << 20;

/// This part of what changes may have is for those that the main file holds already.
const RETIRED_PART: usize = 4;

/// A database in two files.
#[derive(Debug)]
pub(crate) struct WaspEngine {
    pub(super) config: EngineConfig,
    pub(super) files: Files,
    pub(super) commits: CommitPath,
    pub(super) pages: Arc<PageFile>,
    pub(super) pins: Arc<Pins>,
    pub(super) space: Arc<Mutex<Space>>,
    pub(super) large: Arc<LargeValues>,
    pub(super) store: Mutex<Store>,
    /// Whether the newest durable manifest says that the log counts.
    pub(super) unclean: AtomicBool,
    waker: Mutex<Option<Waker>>,
    guard: Guard,
}

/// What only a checkpoint changes; holding it is being the one checkpoint.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) manifest: Manifest,
    /// Frozen changes that no manifest holds yet, and where the log goes on behind them.
    pub(super) unsettled: Option<(Arc<Frozen>, LogPosition)>,
    pub(super) checkpoints: u64,
    /// Free pages that the next checkpoints will ask for, as the last one did.
    pub(super) needed: u64,
    /// The newest commit when it was last looked whether any came, and when that was.
    pub(super) looked_at: (Seq, Duration),
    /// Whether the file is being shortened.
    pub(super) shrinks: bool,
    /// How often in a row an empty checkpoint did not shorten the file, and at which commit the last one was.
    pub(super) fruitless: u32,
    pub(super) shrunk_at: Seq,
    /// How many versions were held by readers then.
    pub(super) shrunk_beside: usize,
}

impl Store {
    pub(super) fn new(manifest: Manifest) -> Self {
        Self {
            manifest,
            unsettled: None,
            checkpoints: 0,
            needed: 0,
            looked_at: (0, Duration::ZERO),
            shrinks: false,
            fruitless: 0,
            shrunk_at: 0,
            shrunk_beside: 0,
        }
    }
}

impl WaspEngine {
    pub(super) fn assemble(
        config: EngineConfig,
        files: Files,
        commits: CommitPath,
        pins: Arc<Pins>,
        large: Arc<LargeValues>,
        manifest: Manifest,
    ) -> Self {
        Self {
            guard: Guard::new(config.read_only),
            unclean: AtomicBool::new(!manifest.clean),
            pages: Arc::clone(&large.pages),
            space: Arc::clone(&large.space),
            large,
            store: Mutex::new(Store::new(manifest)),
            waker: Mutex::new(None),
            config,
            files,
            commits,
            pins,
        }
    }

    fn refuse_writes(&self) -> Result<()> {
        self.guard.admit_writer()?;
        self.commits.journal.refuse_if_failed()
    }

    /// Keeps chunks of the log ready while a worker does the background work.
    fn prepare_log(&self) -> Result<bool> {
        match self.waker.lock().is_some() && self.unclean.load(Ordering::Acquire) {
            true => self.commits.journal.wal().prepare(),
            false => Ok(false),
        }
    }

    /// Whether memory or log hold so much that a checkpoint is due.
    ///
    /// Large values count as if the log held them: recovery reads them all.
    /// The log is brought down from half of its budget on: what comes in while a checkpoint works must find room
    /// beside what that checkpoint has not yet let go of.
    pub(super) fn is_due(&self) -> bool {
        let loaded = self.account();
        let log = self.commits.journal.wal().live_bytes();
        loaded.delta_bytes >= self.memtable_bytes()
            || loaded.delta_memory >= self.config.budget.changes_room() / 2
            || loaded.claimed_bytes >= self.config.wal_bytes
            || log >= self.config.wal_bytes / 2 && loaded.delta_bytes > 0
    }

    /// How much memory may gather before a checkpoint.
    ///
    /// As much as the main file holds, within limits: a checkpoint costs what it changes of the main file at most,
    /// so a small one can be had often, beside the commits, and a growing database is at every moment half written.
    fn memtable_bytes(&self) -> usize {
        let main = self.pages.pages().saturating_mul(self.config.page_size as u64);
        let main = usize::try_from(main).unwrap_or(usize::MAX);
        self.config.memtable_bytes.min(main.max(MEMTABLE_FLOOR))
    }

    /// Says what changes take of the budget, and forgets those that the main file holds when nobody can ask for them.
    pub(super) fn account(&self) -> Loaded {
        let sequencer = &self.commits.sequencer;
        if sequencer.load().is_forgettable {
            sequencer.tip().forget_retired(self.retired_memory_max());
        }
        let loaded = sequencer.load();
        self.config.budget.set_changes(loaded.unsettled_memory() + loaded.retired_memory);
        loaded
    }

    /// How much may be kept for the sake of old transactions.
    fn retired_memory_max(&self) -> usize {
        self.config.budget.changes_room() / RETIRED_PART
    }

    /// Whether a commit must wait for a checkpoint.
    fn is_crowded(&self) -> bool {
        let loaded = self.commits.sequencer.load();
        let kept = loaded.retired_memory.min(self.retired_memory_max());
        loaded.delta_bytes >= self.config.memtable_bytes.saturating_mul(HARD_FACTOR)
            || loaded.unsettled_memory() >= self.config.budget.changes_room() - kept
            || self.commits.journal.wal().live_bytes() >= self.config.wal_bytes && loaded.delta_bytes > 0
    }

    /// The finished record, its large values in the main file, and on the device where the commit shall be: their
    /// committer waits for that alone, and not those who are carried by the same flush of the log.
    fn seal(&self, writes: WriteSet, durability: Durability) -> Result<(Sealed, Claims)> {
        let mut claims = Claims::of(&self.large);
        let mut lift = |value: &[u8]| claims.write(self.base()?.version(), value);
        let sealed = writes.seal_lifting(&[], self.config.large_value_bytes, &mut lift);
        let written = sealed.and_then(|sealed| {
            if durability == Durability::Full && !claims.is_empty() {
                self.large.sync()?;
            }
            Ok(sealed)
        });
        let sealed = written.map_err(|error| {
            if self.pages.sync_failed() {
                self.commits.journal.fail(&error);
            }
            self.commits.journal.refuse_if_failed().err().unwrap_or(error)
        })?;
        Ok((sealed, claims))
    }

    /// Sees to it that a commit finds room in memory: wakes the worker, or does its work where there is none.
    fn make_room(&self) -> Result<()> {
        let is_due = self.is_due();
        let waker = self.waker.lock().clone();
        match waker {
            Some(waker) if !is_due => {
                if self.commits.journal.wal().is_short() {
                    waker.wake();
                }
                Ok(())
            }
            Some(waker) if !self.is_crowded() => {
                waker.wake();
                Ok(())
            }
            None if !is_due => Ok(()),
            _ => match self.run_due_checkpoint() {
                // The commit itself still has room: whoever asks for a checkpoint by name sees the failure.
                Err(error) if error.kind() == ErrorKind::DiskFull && !self.is_crowded() => Ok(()),
                outcome => outcome,
            },
        }
    }
}

impl Engine for WaspEngine {
    fn snapshot(&self, at: ReadAt) -> Result<Arc<dyn Snapshot>> {
        self.guard.admit()?;
        Ok(self.commits.snapshot(at))
    }

    fn submit(&self, writes: WriteSet, base: Seq, time_ms: i64, durability: Durability) -> Result<Ticket> {
        self.refuse_writes()?;
        self.make_room()?;
        self.mark_unclean()?;
        let (sealed, claims) = self.seal(writes, durability)?;
        self.commits.submit(sealed, claims, base, time_ms, durability)
    }

    fn wait(&self, ticket: Ticket) -> Result<()> {
        self.commits.wait(ticket)
    }

    fn wait_visible(&self, seq: Seq) -> Result<()> {
        self.commits.wait_visible(seq)
    }

    fn step(&self) -> Result<bool> {
        if self.refuse_writes().is_err() {
            return Ok(false);
        }
        let synced =
            self.commits.journal.sync_if_older(&self.commits.sequencer, self.config.group_interval)?;
        if self.is_due() {
            self.run_checkpoint()?;
            return Ok(true);
        }
        Ok(self.shrink_step()? || self.prepare_log()? || synced)
    }

    fn attach_worker(&self, waker: Option<Waker>) {
        *self.waker.lock() = waker;
    }

    fn sync(&self) -> Result<()> {
        self.refuse_writes()?;
        self.commits.journal.sync(&self.commits.sequencer)
    }

    fn checkpoint(&self) -> Result<()> {
        self.refuse_writes()?;
        self.run_checkpoint()
    }

    fn check(&self) -> Result<CheckReport> {
        self.guard.admit()?;
        self.verify()
    }

    fn stats(&self) -> Stats {
        let cache = self.pages.cache_stats();
        let sequencer = &self.commits.sequencer;
        let (commits, memtable_bytes) = (sequencer.tip().state.seq, sequencer.load().delta_bytes);
        Stats {
            engine: EngineKind::Wasp,
            page_bytes: self.files.header.page_size as u32,
            file_bytes: self.pages.pages() * self.files.header.page_size as u64,
            wal_bytes: self.commits.journal.wal().file_bytes(),
            memtable_bytes: memtable_bytes as u64,
            cache_bytes: cache.bytes,
            cache_hits: cache.hits,
            cache_misses: cache.misses,
            commits,
            wal_syncs: self.commits.journal.syncs(),
            checkpoints: self.store.lock().checkpoints,
        }
    }

    fn budget(&self) -> &Arc<Budget> {
        &self.config.budget
    }

    fn poison(&self, why: &str) {
        self.guard.poison(why);
    }

    fn close(&self) -> Result<()> {
        let in_doubt = self.guard.is_poisoned() || self.commits.journal.refuse_if_failed().is_err();
        let was_open = self.guard.close();
        self.large.stop();
        let outcome = match was_open && !self.guard.is_read_only() && !in_doubt {
            true => self.close_clean(),
            false => Ok(()),
        };
        self.files.unlock();
        outcome
    }
}
