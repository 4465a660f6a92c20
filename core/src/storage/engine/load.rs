//! What gathers at the tip, told outside of it: every commit asks whether there is room, and the tip is what commits
//! wait for most.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Changes that no main file holds yet, and those kept for the sake of old transactions.
#[derive(Debug, Default)]
pub(crate) struct Load {
    delta_bytes: AtomicUsize,
    delta_memory: AtomicUsize,
    frozen_memory: AtomicUsize,
    retired_memory: AtomicUsize,
    claimed_bytes: AtomicU64,
    is_forgettable: AtomicBool,
}

/// All of it, at about one moment.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loaded {
    /// Bytes of commit records that the delta keeps alive.
    pub(crate) delta_bytes: usize,
    /// What the delta takes in memory, and what is frozen does.
    pub(crate) delta_memory: usize,
    pub(crate) frozen_memory: usize,
    /// What changes take that the main file holds.
    pub(crate) retired_memory: usize,
    /// Bytes of the delta's large values.
    pub(crate) claimed_bytes: u64,
    /// Whether retired changes might be let go of.
    pub(crate) is_forgettable: bool,
}

impl Load {
    /// Each figure by itself: who reads while it is written may see some of before and some of after, which decides
    /// whether a checkpoint comes one commit sooner or later.
    pub(super) fn set(&self, loaded: Loaded) {
        self.delta_bytes.store(loaded.delta_bytes, Ordering::Relaxed);
        self.delta_memory.store(loaded.delta_memory, Ordering::Relaxed);
        self.frozen_memory.store(loaded.frozen_memory, Ordering::Relaxed);
        self.retired_memory.store(loaded.retired_memory, Ordering::Relaxed);
        self.claimed_bytes.store(loaded.claimed_bytes, Ordering::Relaxed);
        self.is_forgettable.store(loaded.is_forgettable, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Loaded {
        Loaded {
            delta_bytes: self.delta_bytes.load(Ordering::Relaxed),
            delta_memory: self.delta_memory.load(Ordering::Relaxed),
            frozen_memory: self.frozen_memory.load(Ordering::Relaxed),
            retired_memory: self.retired_memory.load(Ordering::Relaxed),
            claimed_bytes: self.claimed_bytes.load(Ordering::Relaxed),
            is_forgettable: self.is_forgettable.load(Ordering::Relaxed),
        }
    }
}

impl Loaded {
    /// What changes take in memory that no main file holds yet.
    pub(crate) fn unsettled_memory(&self) -> usize {
        self.delta_memory + self.frozen_memory
    }
}
