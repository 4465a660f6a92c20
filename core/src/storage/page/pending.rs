//! Pages of the version in the making that are not in the file yet.
//!
//! Runs never overlap: a page freed before it was written is taken out, so writing them in the order of their
//! numbers cannot bring an older content back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::error::{Error, Result};
use crate::storage::Buffer;

/// The birth that no page has: no version is in the making.
const NONE: u64 = u64::MAX;

/// The bytes of one page, or of all pages of one extent, with the hash its pointer holds.
#[derive(Debug, Clone)]
pub(super) struct PendingRun {
    pub(super) hash: u128,
    pub(super) bytes: Arc<Buffer>,
}

#[derive(Debug)]
pub(super) struct Pending {
    /// The version in the making. Readers of older versions see by it that they need not look here.
    birth: AtomicU64,
    runs: Mutex<BTreeMap<u64, PendingRun>>,
}

impl Pending {
    pub(super) fn new() -> Self {
        Self { birth: AtomicU64::new(NONE), runs: Mutex::default() }
    }

    /// From here on pages of `version` may be waiting here.
    pub(super) fn begin(&self, version: u64) -> Result<()> {
        match self.birth.compare_exchange(NONE, version, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Ok(()),
            Err(other) => Err(Error::internal(format!(
                "version {version} cannot be written while version {other} still is"
            ))),
        }
    }

    /// Nothing is waiting any more.
    pub(super) fn end(&self) {
        self.runs.lock().clear();
        self.birth.store(NONE, Ordering::Release);
    }

    /// The run that begins at `page`, when it is waiting here with this hash.
    pub(super) fn get(&self, page: u64, birth: u64, hash: u128) -> Option<Arc<Buffer>> {
        if self.birth.load(Ordering::Acquire) != birth {
            return None;
        }
        let runs = self.runs.lock();
        runs.get(&page).filter(|run| run.hash == hash).map(|run| Arc::clone(&run.bytes))
    }

    pub(super) fn insert(&self, page: u64, run: PendingRun) {
        self.runs.lock().insert(page, run);
    }

    /// Takes out the run that begins at `page`; says how many bytes it was.
    pub(super) fn remove(&self, page: u64) -> usize {
        self.runs.lock().remove(&page).map_or(0, |run| run.bytes.len())
    }

    /// What is waiting, in the order of page numbers.
    pub(super) fn all(&self) -> Vec<(u64, Arc<Buffer>)> {
        self.runs.lock().iter().map(|(page, run)| (*page, Arc::clone(&run.bytes))).collect()
    }

    /// What was waiting is in the file now.
    pub(super) fn clear(&self) {
        self.runs.lock().clear();
    }
}
