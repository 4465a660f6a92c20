//! What a workload is made of, all of it decided by its seed.

use std::sync::Arc;

use nexuslite::simulation::{EngineKind, Setup, Switches};
use nexuslite::vfs::Vfs;
use nexuslite::vfs::simulated::Fault;

use crate::dice::{Dice, mix};

/// The main file and its log, as every workload names them.
pub(crate) const DB: &str = "/shop.db";
pub(crate) const WAL: &str = "/shop.wasp";

/// A call that fails.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mishap {
    pub(crate) call: u64,
    pub(crate) fault: Fault,
    pub(crate) persistent: bool,
}

/// One workload.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) kind: EngineKind,
    pub(crate) page_size: usize,
    pub(crate) chunk_bytes: u32,
    pub(crate) wal_bytes: u64,
    pub(crate) memtable_bytes: usize,
    /// From this length on values go to the main file past the log.
    pub(crate) large_value_bytes: usize,
    /// How many things happen.
    pub(crate) steps: u64,
    /// The largest value.
    pub(crate) value_max: u64,
    /// Whether calls fail, the disk fills up and the process dies on the way.
    pub(crate) mishaps: bool,
    /// After so many calls the first process dies.
    pub(crate) death: Option<u64>,
    /// The one thing that goes wrong.
    pub(crate) mishap: Option<Mishap>,
    pub(crate) switches: Switches,
}

impl Plan {
    /// The workload of this seed; three in four are for the default engine.
    pub(crate) fn of(seed: u64, switches: Switches) -> Self {
        let mut dice = Dice::new(mix(seed, 1));
        let kind = if seed % 4 == 3 { EngineKind::Log } else { EngineKind::Wasp };
        Self {
            seed,
            kind,
            page_size: if dice.one_in(6) { 16 << 10 } else { 8 << 10 },
            chunk_bytes: dice.pick(&[16 << 10, 16 << 10, 32 << 10, 64 << 10]),
            wal_bytes: dice.pick(&[64 << 10, 96 << 10, 128 << 10, 256 << 10]),
            memtable_bytes: dice.pick(&[8 << 10, 16 << 10, 32 << 10, 64 << 10]),
            large_value_bytes: Dice::new(mix(seed, 4)).pick(&[250, 1_000, 3_000, 6_000, usize::MAX]),
            steps: dice.between(40, 110),
            value_max: dice.pick(&[20_000, 20_000, 20_000, 60_000, 60_000, 400_000]),
            mishaps: !dice.one_in(4),
            death: None,
            mishap: None,
            switches,
        }
    }

    /// A short life without chance in it, whose first process dies after `death` calls.
    pub(crate) fn dying(seed: u64, kind: EngineKind, death: u64, switches: Switches) -> Self {
        Self {
            kind,
            page_size: 8 << 10,
            chunk_bytes: 16 << 10,
            wal_bytes: 64 << 10,
            memtable_bytes: 16 << 10,
            large_value_bytes: 2_000,
            steps: 0,
            value_max: 20_000,
            mishaps: false,
            death: Some(death),
            ..Self::of(seed, switches)
        }
    }

    /// A life in which nothing goes wrong by chance.
    pub(crate) fn unlucky(seed: u64, kind: EngineKind) -> Self {
        Self {
            kind,
            page_size: 8 << 10,
            chunk_bytes: 16 << 10,
            wal_bytes: 64 << 10,
            memtable_bytes: 16 << 10,
            large_value_bytes: 2_000,
            value_max: 5_000,
            mishaps: false,
            ..Self::of(seed, Switches::default())
        }
    }

    /// How its store is opened for the `nonce`th time.
    pub(crate) fn setup(&self, vfs: Arc<dyn Vfs>, nonce: u64) -> Setup {
        Setup {
            path: DB.into(),
            kind: self.kind,
            seed: mix(self.seed, nonce),
            page_size: self.page_size,
            wal_chunk_bytes: self.chunk_bytes,
            wal_bytes: self.wal_bytes,
            memtable_bytes: self.memtable_bytes,
            large_value_bytes: self.large_value_bytes,
            switches: self.switches,
            ..Setup::small(vfs)
        }
    }
}
