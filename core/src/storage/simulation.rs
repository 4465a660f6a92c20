//! The store by itself, for the suites that cut its power: no documents, no threads, every die and clock given.
//!
//! Compiled with the feature `simulation` only; no promise is made about it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::base::{Budget, ManualClock, SeededEntropy};
use crate::error::Result;
use crate::vfs::Vfs;

use super::engine::{self, EngineConfig};
pub use super::engine::{EngineKind, Switches};
use super::{
    Batch, CheckReport, Direction, Durability, Engine, KeyRange, ReadAt, Snapshot, Stats, TreeId, WriteSet,
};

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Where the files are.
    pub vfs: Arc<dyn Vfs>,
    /// The main file.
    pub path: PathBuf,
    /// Which parts are assembled.
    pub kind: EngineKind,
    /// Decides salts and identities.
    pub seed: u64,
    /// Whether a missing file is created.
    pub create: bool,
    /// Whether writes are refused.
    pub read_only: bool,
    /// 8192 or 16384.
    pub page_size: usize,
    /// Length of a log chunk.
    pub wal_chunk_bytes: u32,
    /// Three quarters of this much log bring a checkpoint.
    pub wal_bytes: u64,
    /// This much in memory brings a checkpoint.
    pub memtable_bytes: usize,
    /// From this length on a value does not travel through the log.
    pub large_value_bytes: usize,
    /// Bytes of cached pages.
    pub cache_bytes: u64,
    /// Which steps of the protocol are left out.
    pub switches: Switches,
}

impl Setup {
    /// Small pages, small chunks, frequent checkpoints.
    #[must_use]
    pub fn small(vfs: Arc<dyn Vfs>) -> Self {
        Self {
            vfs,
            path: PathBuf::from("/shop.db"),
            kind: EngineKind::Wasp,
            seed: 1,
            create: true,
            read_only: false,
            page_size: 8192,
            wal_chunk_bytes: 16 << 10,
            wal_bytes: 128 << 10,
            memtable_bytes: 32 << 10,
            large_value_bytes: 6 << 10,
            cache_bytes: 1 << 20,
            switches: Switches::default(),
        }
    }
}

/// A tree of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tree {
    /// Keys are record ids: eight bytes, big-endian.
    Records(u32),
    /// Keys are any bytes.
    Index(u32),
}

impl Tree {
    fn id(self) -> TreeId {
        match self {
            Self::Records(number) => TreeId::record(number),
            Self::Index(number) => TreeId::index(number),
        }
    }
}

/// One change of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The key has this value.
    Put(Tree, Vec<u8>, Vec<u8>),
    /// The key is gone.
    Delete(Tree, Vec<u8>),
    /// Adds to the i64 at the key.
    Add(Tree, Vec<u8>, i64),
    /// The whole tree is gone; its number must not be used again.
    Drop(Tree),
}

/// An open store. Dropped without [`close`](Self::close), it leaves its files as a killed process does.
#[derive(Debug)]
pub struct Store {
    engine: Arc<dyn Engine>,
    clock: Arc<ManualClock>,
}

/// A fixed view.
#[derive(Debug)]
pub struct View {
    snapshot: Arc<dyn Snapshot>,
}

impl Store {
    /// Opens or creates.
    ///
    /// # Errors
    /// As opening a database.
    pub fn open(setup: &Setup) -> Result<Self> {
        let clock = Arc::new(ManualClock::new(1_700_000_000_000));
        let config = EngineConfig {
            kind: setup.kind,
            vfs: Arc::clone(&setup.vfs),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(setup.seed)),
            path: setup.path.clone(),
            create: setup.create,
            read_only: setup.read_only,
            page_size: setup.page_size,
            wal_chunk_bytes: setup.wal_chunk_bytes,
            wal_bytes: setup.wal_bytes,
            budget: Arc::new(Budget::new(setup.cache_bytes as usize)),
            cache_bytes: setup.cache_bytes,
            large_value_bytes: setup.large_value_bytes,
            cache_entries: None,
            memtable_bytes: setup.memtable_bytes,
            group_interval: Duration::from_millis(10),
            switches: setup.switches,
        };
        Ok(Self { engine: engine::open(config)?, clock })
    }

    /// Lets time pass.
    pub fn pass_ms(&self, ms: i64) {
        self.clock.advance_ms(ms);
    }

    /// Commits and waits until the commit is as durable as asked; answers its number.
    ///
    /// # Errors
    /// As a commit.
    pub fn commit(&self, changes: &[Change], durability: Durability) -> Result<u64> {
        let base = self.engine.snapshot(ReadAt::Tip)?.seq();
        self.commit_from(base, changes, durability)
    }

    /// The same for changes that were computed from what `view` shows.
    ///
    /// # Errors
    /// As a commit; `Conflict` when another commit changed the same keys since.
    pub fn commit_on(&self, view: &View, changes: &[Change], durability: Durability) -> Result<u64> {
        self.commit_from(view.seq(), changes, durability)
    }

    fn commit_from(&self, base: u64, changes: &[Change], durability: Durability) -> Result<u64> {
        let mut writes = WriteSet::new(64 << 20);
        for change in changes {
            match change {
                Change::Put(tree, key, value) => writes.put(tree.id(), key, &[value])?,
                Change::Delete(tree, key) => writes.delete(tree.id(), key)?,
                Change::Add(tree, key, delta) => writes.add(tree.id(), key, *delta)?,
                Change::Drop(tree) => writes.drop_tree(tree.id())?,
            }
        }
        let ticket = self.engine.submit(writes, base, 1, durability)?;
        self.engine.wait(ticket)?;
        Ok(ticket.seq)
    }

    /// What readers see now.
    ///
    /// # Errors
    /// `Closed`.
    pub fn view(&self) -> Result<View> {
        Ok(View { snapshot: self.engine.snapshot(ReadAt::Visible)? })
    }

    /// Brings everything into the main file.
    ///
    /// # Errors
    /// As a checkpoint.
    pub fn checkpoint(&self) -> Result<()> {
        self.engine.checkpoint()
    }

    /// One piece of background work; says whether any was due.
    ///
    /// # Errors
    /// As the work.
    pub fn step(&self) -> Result<bool> {
        self.engine.step()
    }

    /// Walks everything.
    ///
    /// # Errors
    /// When the walk itself fails.
    pub fn check(&self) -> Result<CheckReport> {
        self.engine.check()
    }

    /// Sizes and counts.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.engine.stats()
    }

    /// Closes cleanly.
    ///
    /// # Errors
    /// As a checkpoint.
    pub fn close(&self) -> Result<()> {
        self.engine.close()
    }
}

impl View {
    /// The last commit it contains.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.snapshot.seq()
    }

    /// The value of `key`.
    ///
    /// # Errors
    /// `Corrupt`, `Io`.
    pub fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.snapshot.get(tree.id(), key)?.map(|value| value.to_vec()))
    }

    /// Every entry of the tree, in order.
    ///
    /// # Errors
    /// `Corrupt`, `Io`.
    pub fn entries(&self, tree: Tree) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let mut scan = self.snapshot.scan(tree.id(), KeyRange::all(), Direction::Forward)?;
        let (mut batch, mut entries) = (Batch::new(), Vec::new());
        loop {
            scan.next_batch(&mut batch, 1024)?;
            if batch.is_empty() {
                return Ok(entries);
            }
            entries.extend(batch.iter().map(|(key, value)| (key.to_vec(), value.to_vec())));
        }
    }
}
