//! The append-only engine: memtable and log. Everything is in memory, the log is the only copy.
//!
//! The main file holds the header and the manifests, which say where in the log the database begins.
//! When much of the log is no longer true, a checkpoint writes what is still true at its end and moves the
//! beginning there. Commits wait in memory while that happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use super::commit::CommitPath;
use super::config::{EngineConfig, EngineKind};
use super::files::Files;
use super::flip;
use super::guard::Guard;
use super::large::Claims;
use super::recover;
use super::sequencer::Sequencer;
use super::state::State;
use crate::base::{Budget, Waker};
use crate::error::{ErrorKind, Result};
use crate::storage::manifest::Manifest;
use crate::storage::memtable::Held;
use crate::storage::record::Sealed;
use crate::storage::wal::Wal;
use crate::storage::{
    Buffer, CheckReport, Durability, Engine, ReadAt, Seq, Snapshot, Stats, Ticket, WriteSet,
};

/// One record of a rewritten log holds about so many bytes.
const REWRITE_BYTES: usize = 8 << 20;
/// The log is rewritten when it is this many times what the last rewriting left.
const GARBAGE_FACTOR: u64 = 3;

/// A database whose log is the database.
#[derive(Debug)]
pub(crate) struct LogEngine {
    config: EngineConfig,
    files: Files,
    commits: CommitPath,
    store: Mutex<Store>,
    unclean: AtomicBool,
    /// Bytes of the log after the last rewriting.
    compact_bytes: AtomicU64,
    waker: Mutex<Option<Waker>>,
    guard: Guard,
}

#[derive(Debug)]
struct Store {
    manifest: Manifest,
    checkpoints: u64,
}

impl LogEngine {
    /// Opens files whose header was read.
    pub(super) fn open(config: EngineConfig, files: Files) -> Result<Self> {
        let chosen = recover::read_manifest(&files)?;
        let sequencer = Sequencer::new(State::new(chosen.manifest.seq, None));
        let wal = recover::recover_log(&config, &files, &chosen, &sequencer, None)?;
        let journal = recover::journal_behind(wal, &sequencer, &chosen.manifest, &config, None);
        let commits = CommitPath::new(sequencer, journal, config.switches);
        Ok(Self {
            guard: Guard::new(config.read_only),
            unclean: AtomicBool::new(!chosen.manifest.clean),
            store: Mutex::new(Store { manifest: chosen.manifest, checkpoints: 0 }),
            compact_bytes: AtomicU64::new(0),
            waker: Mutex::new(None),
            config,
            files,
            commits,
        })
    }

    fn admit_writer(&self) -> Result<()> {
        self.guard.admit_writer()?;
        self.commits.journal.refuse_if_failed()
    }

    fn is_due(&self) -> bool {
        let live = self.commits.journal.wal().live_bytes();
        let compact = self.compact_bytes.load(Ordering::Relaxed);
        live >= (self.config.wal_bytes / 4 * 3).max(compact.saturating_mul(GARBAGE_FACTOR))
    }

    fn make_room(&self) -> Result<()> {
        if !self.is_due() {
            return Ok(());
        }
        let waker = self.waker.lock().clone();
        match waker {
            Some(waker) => waker.wake(),
            // The commit itself may still have room: whoever asks for a checkpoint by name sees the failure.
            None => match self.rewrite() {
                Err(error) if error.kind() == ErrorKind::DiskFull => {}
                outcome => outcome?,
            },
        }
        Ok(())
    }

    fn mark_unclean(&self) -> Result<()> {
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

    /// Writes what is true to the end of the log and lets the database begin there.
    fn rewrite(&self) -> Result<()> {
        let mut store = self.store.lock();
        let journal = &self.commits.journal;
        let next = journal.rewrite(&self.commits.sequencer, |wal, state| {
            let records = whole_state(state)?;
            wal.reserve_switch()?;
            let log = wal.switch();
            reserve_all(wal, &records)?;
            self.write_records(wal, &records)?;
            let next = Manifest {
                version: store.manifest.version + 1,
                seq: state.seq - records.len() as u64,
                clean: false,
                log,
                written_ms: self.config.clock.now_ms(),
                ..store.manifest.clone()
            };
            flip::flip(&self.files, journal, &self.config, &next)?;
            wal.recycle(log);
            Ok(next)
        })?;
        store.manifest = next;
        store.checkpoints += 1;
        journal.wal().trim()?;
        self.compact_bytes.store(journal.wal().live_bytes(), Ordering::Relaxed);
        Ok(())
    }

    fn write_records(&self, wal: &Wal, records: &[Arc<Buffer>]) -> Result<()> {
        let durable = wal.last_lsn();
        let version = self.commits.journal.manifest_version();
        for record in records {
            wal.append(std::slice::from_ref(record), durable, version)?;
        }
        wal.sync()
    }
}

/// Promises room for every record, or for none.
fn reserve_all(wal: &Wal, records: &[Arc<Buffer>]) -> Result<()> {
    for (at, record) in records.iter().enumerate() {
        wal.reserve(record.len()).inspect_err(|_| {
            records[..at].iter().for_each(|promised| wal.release(promised.len()));
        })?;
    }
    Ok(())
}

/// The state as commit records that, replayed into nothing, amount to it. They take the last numbers before the
/// next commit's, so that those who follow find no gap; there are never more of them than there were commits.
fn whole_state(state: &State) -> Result<Vec<Arc<Buffer>>> {
    let mut sealed = Vec::new();
    let mut writes = WriteSet::new(usize::MAX);
    let most = usize::try_from(state.seq).unwrap_or(usize::MAX);
    for (tree, changes) in state.delta.iter() {
        let entries = changes.table.iter().filter_map(|(key, entry)| match entry.held() {
            Held::Value(value) => Some((key, value)),
            Held::Reference(_) | Held::Nothing => None,
        });
        for (key, value) in entries {
            if writes.bytes() >= REWRITE_BYTES && sealed.len() + 1 < most {
                sealed.push(std::mem::replace(&mut writes, WriteSet::new(usize::MAX)).seal(&[]));
            }
            writes.put(tree, key, &[value])?;
        }
    }
    if state.seq > 0 {
        sealed.push(writes.seal(&[]));
    }
    let first = state.seq + 1 - sealed.len() as u64;
    let stamp = |(at, sealed): (usize, Sealed)| sealed.stamp(first + at as u64, 0);
    Ok(sealed.into_iter().enumerate().map(stamp).collect())
}

impl Engine for LogEngine {
    fn snapshot(&self, at: ReadAt) -> Result<Arc<dyn Snapshot>> {
        self.guard.admit()?;
        Ok(self.commits.snapshot(at))
    }

    fn submit(&self, writes: WriteSet, base: Seq, time_ms: i64, durability: Durability) -> Result<Ticket> {
        self.admit_writer()?;
        self.make_room()?;
        let sealed = writes.seal(&[]);
        self.mark_unclean()?;
        self.commits.submit(sealed, Claims::default(), base, time_ms, durability)
    }

    fn wait(&self, ticket: Ticket) -> Result<()> {
        self.commits.wait(ticket)
    }

    fn wait_visible(&self, seq: Seq) -> Result<()> {
        self.commits.wait_visible(seq)
    }

    fn step(&self) -> Result<bool> {
        if self.admit_writer().is_err() {
            return Ok(false);
        }
        let interval = self.config.group_interval;
        let synced = self.commits.journal.sync_if_older(&self.commits.sequencer, interval)?;
        match self.is_due() {
            true => self.rewrite().map(|()| true),
            false => Ok(synced),
        }
    }

    fn attach_worker(&self, waker: Option<Waker>) {
        *self.waker.lock() = waker;
    }

    fn sync(&self) -> Result<()> {
        self.admit_writer()?;
        self.commits.journal.sync(&self.commits.sequencer)
    }

    fn checkpoint(&self) -> Result<()> {
        self.admit_writer()?;
        match self.unclean.load(Ordering::Acquire) {
            true => self.rewrite(),
            false => Ok(()),
        }
    }

    fn check(&self) -> Result<CheckReport> {
        self.guard.admit()?;
        let store = self.store.lock();
        let state = self.commits.sequencer.visible();
        let mut report = CheckReport::default();
        for (_, tree) in state.delta.iter() {
            report.trees += 1;
            report.entries +=
                tree.table.iter().filter(|(_, entry)| entry.held() != Held::Nothing).count() as u64;
        }
        if let Some(file) = self.files.open_wal(true)? {
            self.commits.journal.at_rest(&self.commits.sequencer, || {
                recover::count_commits(file, &self.files, &store.manifest, &mut report);
            });
        }
        Ok(report)
    }

    fn stats(&self) -> Stats {
        let sequencer = &self.commits.sequencer;
        let (commits, memtable_bytes) = (sequencer.tip().state.seq, sequencer.load().delta_bytes as u64);
        Stats {
            engine: EngineKind::Log,
            file_bytes: self.files.db.len().unwrap_or(0),
            wal_bytes: self.commits.journal.wal().file_bytes(),
            memtable_bytes,
            commits,
            wal_syncs: self.commits.journal.syncs(),
            checkpoints: self.store.lock().checkpoints,
            ..Stats::default()
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
        let outcome = match self.guard.close() && !self.guard.is_read_only() && !in_doubt {
            true => {
                self.commits.sequencer.tip().close();
                self.commits.journal.sync(&self.commits.sequencer)
            }
            false => Ok(()),
        };
        self.files.unlock();
        outcome
    }
}
