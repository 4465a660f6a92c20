//! The main file as of one version: its trees, and the pin that keeps their pages from being reused.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::error::Result;
use crate::storage::page::{ExtentPtr, PageFile, PageReader};
use crate::storage::tree::Tree;
use crate::storage::{Direction, KeyRange, Scan, Slice, TreeId};

/// The trees of one version. While it is alive, no page of it is reused.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) trees: BTreeMap<TreeId, Tree>,
    /// Where each tree's root stands.
    pub(crate) directory: Tree,
    pages: Arc<PageFile>,
    pin: Pin,
}

/// Versions that somebody may still read.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    held: Mutex<BTreeMap<u64, usize>>,
}

#[derive(Debug)]
struct Pin {
    pins: Arc<Pins>,
    version: u64,
}

impl Base {
    pub(crate) fn new(
        version: u64,
        trees: BTreeMap<TreeId, Tree>,
        directory: Tree,
        pages: &Arc<PageFile>,
        pins: &Arc<Pins>,
    ) -> Self {
        *pins.held.lock().entry(version).or_default() += 1;
        let pin = Pin { pins: Arc::clone(pins), version };
        Self { trees, directory, pages: Arc::clone(pages), pin }
    }

    /// The version that is pinned.
    pub(crate) fn version(&self) -> u64 {
        self.pin.version
    }

    /// The main file, for what is in memory and refers to it.
    pub(crate) fn reader(&self) -> Arc<dyn PageReader> {
        Arc::clone(&self.pages) as Arc<dyn PageReader>
    }

    /// The value in an extent.
    pub(crate) fn read_extent(&self, extent: &ExtentPtr) -> Result<Slice> {
        self.pages.read_extent(extent)
    }

    pub(crate) fn get(&self, tree: TreeId, key: &[u8]) -> Result<Option<Slice>> {
        self.trees.get(&tree).map_or(Ok(None), |tree| tree.get(&*self.pages, key))
    }

    pub(crate) fn get_many(&self, tree: TreeId, keys: &[&[u8]]) -> Result<Vec<Option<Slice>>> {
        match self.trees.get(&tree) {
            Some(tree) => tree.get_many(&*self.pages, keys),
            None => Ok(vec![None; keys.len()]),
        }
    }

    /// About how many entries of the main file lie in `range`.
    pub(crate) fn estimate(&self, tree: TreeId, range: &KeyRange) -> Result<u64> {
        self.trees.get(&tree).map_or(Ok(0), |tree| tree.estimate(&*self.pages, range))
    }

    /// The entries of `range` in the main file; `None` when the tree is not there.
    pub(crate) fn scan(
        &self,
        tree: TreeId,
        range: KeyRange,
        direction: Direction,
    ) -> Result<Option<Box<dyn Scan>>> {
        self.trees.get(&tree).map(|tree| tree.scan(self.reader(), range, direction)).transpose()
    }
}

impl Pins {
    /// The pinned versions, ascending.
    pub(crate) fn versions(&self) -> Vec<u64> {
        self.held.lock().keys().copied().collect()
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut held = self.pins.held.lock();
        if let Some(count) = held.get_mut(&self.version) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.version);
            }
        }
    }
}
