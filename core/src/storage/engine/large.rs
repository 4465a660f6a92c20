//! Values too large for the log: they go straight to the main file, and the log only refers to them.
//!
//! Written once, a large value is part of the database when a checkpoint makes its extent part of a tree; nothing
//! is copied. Until then only the log leads to it.
//!
//! Invariants
//!   L1  A value is on the device before the record that refers to it is handed to the log.
//!   L2  The pages of a value are claimed from before they are written until a checkpoint takes them in, or until
//!       its commit turns out not to have entered the log. Recovery claims them again before anybody can take them.
//!   L3  A value is born in the version that readers had before its commit, so whoever can see the commit pins its
//!       pages, in memory as well as in the trees.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};

use super::guard::closed;
use crate::error::{Error, ErrorKind, Result};
use crate::storage::page::{ExtentPtr, PageFile, PageReader, write_claimed};
use crate::storage::space::Space;

/// From this length on a value does not travel through the log.
///
/// A smaller one costs the log less than the sync of the main file that it would need.
pub(crate) const LARGE_VALUE_MIN: usize = 1 << 20;

/// The main file, as commits see it.
#[derive(Debug)]
pub(crate) struct LargeValues {
    pub(super) pages: Arc<PageFile>,
    pub(super) space: Arc<Mutex<Space>>,
    /// Nothing is written once this is set.
    stopped: RwLock<bool>,
    /// How many values were written since the database was opened.
    written: AtomicU64,
    /// How many of them are on the device.
    synced: Mutex<u64>,
    /// Leaves out the sync, for the crash suite, which must notice.
    skip_sync: bool,
}

/// Large values of a commit in the making. Dropped before the commit has its number, it gives their pages back.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    large: Option<Arc<LargeValues>>,
    extents: Vec<ExtentPtr>,
}

impl LargeValues {
    pub(crate) fn new(pages: Arc<PageFile>, space: Arc<Mutex<Space>>, skip_sync: bool) -> Self {
        Self {
            pages,
            space,
            stopped: RwLock::new(false),
            written: AtomicU64::new(0),
            synced: Mutex::new(0),
            skip_sync,
        }
    }

    /// Makes every value written so far durable. Those who come while somebody does wait for it, and find their own
    /// value done more often than not.
    pub(crate) fn sync(&self) -> Result<()> {
        if self.skip_sync {
            return Ok(());
        }
        let mut synced = self.synced.lock();
        let written = self.written.load(Ordering::Acquire);
        if *synced < written {
            self.pages.sync_data()?;
            *synced = written;
        }
        Ok(())
    }

    /// Claims what a record of the log behind `version` refers to, and reads it: a value that is not whole is
    /// damage, for it was on the device before the record was.
    pub(crate) fn claim_again(&self, extent: &ExtentPtr, version: u64) -> Result<()> {
        if extent.birth > version {
            let (run, birth) = (extent.run(), extent.birth);
            let wrong = format!("the log behind version {version} refers to {run}, born in version {birth}");
            return Err(Error::new(ErrorKind::Corrupt, wrong));
        }
        self.space.lock().claim_at(extent.run(), self.pages.pages())?;
        self.pages.read_extent(extent).map(drop)
    }

    /// Returns when no value is being written, and none will be: the file may be somebody else's soon, or its pages
    /// those of a manifest that nobody here knows to be durable.
    pub(crate) fn stop(&self) {
        *self.stopped.write() = true;
    }

    fn write(&self, birth: u64, value: &[u8]) -> Result<ExtentPtr> {
        let stopped = self.stopped.read();
        if *stopped {
            return Err(closed());
        }
        let extent = write_claimed(&self.pages, &self.space, birth, value)?;
        self.written.fetch_add(1, Ordering::Release);
        Ok(extent)
    }
}

impl Claims {
    /// None yet.
    pub(crate) fn of(large: &Arc<LargeValues>) -> Self {
        Self { large: Some(Arc::clone(large)), extents: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.extents.is_empty()
    }

    /// Writes a value; `birth` is the version that readers have now (L3).
    pub(crate) fn write(&mut self, birth: u64, value: &[u8]) -> Result<ExtentPtr> {
        let Some(large) = &self.large else {
            return Err(Error::internal("an engine without pages was given a large value to keep"));
        };
        let extent = large.write(birth, value)?;
        self.extents.push(extent);
        Ok(extent)
    }

    /// The commit has its number: its record will refer to these.
    pub(crate) fn keep(&mut self) -> Vec<ExtentPtr> {
        std::mem::take(&mut self.extents)
    }
}

impl Drop for Claims {
    fn drop(&mut self) {
        let Some(large) = self.large.as_ref().filter(|_| !self.extents.is_empty()) else { return };
        let mut space = large.space.lock();
        for extent in self.extents.drain(..) {
            let given_back = space.unclaim(extent.run());
            debug_assert!(given_back.is_ok(), "what a commit claimed is its own: {given_back:?}");
        }
    }
}
