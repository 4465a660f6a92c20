//! What every engine promises, asked of all three.

mod contract;
mod large;
mod model;
mod room;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{EngineConfig, EngineKind, LARGE_VALUE_MIN, Switches, open};
use crate::base::{Budget, ManualClock, SeededEntropy};
use crate::error::Result;
use crate::storage::{Batch, Direction, Durability, Engine, KeyRange, ReadAt, Snapshot, TreeId, WriteSet};
use crate::vfs::{MemoryFs, Vfs};

pub(super) const RECORDS: TreeId = TreeId::record(7);
pub(super) const INDEX: TreeId = TreeId::index(8);
const KINDS: [EngineKind; 3] = [EngineKind::Memory, EngineKind::Log, EngineKind::Wasp];

pub(super) fn config(kind: EngineKind, vfs: Arc<dyn Vfs>) -> EngineConfig {
    EngineConfig {
        kind,
        vfs,
        clock: Arc::new(ManualClock::new(1_700_000_000_000)),
        entropy: Arc::new(SeededEntropy::new(1)),
        path: PathBuf::from("/d/shop.db"),
        create: true,
        read_only: false,
        page_size: 8192,
        wal_chunk_bytes: 64 << 10,
        wal_bytes: 1 << 20,
        budget: Arc::new(Budget::new(0)),
        cache_bytes: 1 << 20,
        large_value_bytes: LARGE_VALUE_MIN,
        cache_entries: None,
        memtable_bytes: 256 << 10,
        group_interval: Duration::from_millis(10),
        switches: Switches::default(),
    }
}

/// An engine on files in memory, and how to open them again.
pub(super) struct Bench {
    pub(super) config: EngineConfig,
    pub(super) engine: Arc<dyn Engine>,
}

impl Bench {
    pub(super) fn new(kind: EngineKind) -> Self {
        Self::with(config(kind, Arc::new(MemoryFs::new())))
    }

    pub(super) fn with(config: EngineConfig) -> Self {
        let engine = open(config.clone()).unwrap();
        Self { config, engine }
    }

    pub(super) fn keeps_files(&self) -> bool {
        self.config.kind != EngineKind::Memory
    }

    /// Closes and opens again; a memory engine stays as it is.
    pub(super) fn reopen(self) -> Self {
        match self.keeps_files() {
            false => self,
            true => {
                self.engine.close().unwrap();
                Self::with(self.config)
            }
        }
    }

    /// Forgets the engine without closing it, as a killed process does, and opens again.
    pub(super) fn kill(self) -> Self {
        match self.keeps_files() {
            false => self,
            true => {
                let config = self.config;
                drop(self.engine);
                Self::with(config)
            }
        }
    }

    pub(super) fn now(&self) -> Arc<dyn Snapshot> {
        self.engine.snapshot(ReadAt::Visible).unwrap()
    }

    pub(super) fn write(&self, change: impl FnOnce(&mut WriteSet)) -> Result<()> {
        let base = self.engine.snapshot(ReadAt::Tip)?.seq();
        self.write_from(base, change)
    }

    pub(super) fn write_from(&self, base: u64, change: impl FnOnce(&mut WriteSet)) -> Result<()> {
        let mut writes = WriteSet::new(64 << 20);
        change(&mut writes);
        let ticket = self.engine.submit(writes, base, 1, Durability::Full)?;
        self.engine.wait(ticket)
    }
}

pub(super) fn on_each_engine(test: impl Fn(Bench)) {
    for kind in KINDS {
        println!("engine {kind:?}");
        test(Bench::new(kind));
    }
}

pub(super) type Rows = Vec<(Vec<u8>, Vec<u8>)>;

pub(super) fn rows(view: &Arc<dyn Snapshot>, tree: TreeId, range: KeyRange, direction: Direction) -> Rows {
    let mut scan = view.scan(tree, range, direction).unwrap();
    let (mut batch, mut rows) = (Batch::new(), Rows::new());
    loop {
        scan.next_batch(&mut batch, 100).unwrap();
        if batch.is_empty() {
            return rows;
        }
        rows.extend(batch.iter().map(|(key, value)| (key.to_vec(), value.to_vec())));
    }
}

pub(super) fn all(view: &Arc<dyn Snapshot>, tree: TreeId) -> Rows {
    rows(view, tree, KeyRange::all(), Direction::Forward)
}
