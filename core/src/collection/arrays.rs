//! Which fields of an index have ever met an array, and which paths of a wildcard index.
//!
//! The planner may bound a search from both sides by one field only where no document holds an array there.
//! What memory says is set before a commit that brings an array, so it is never less than what a snapshot shows;
//! it may be more, after a commit that failed, and then costs a search its tighter bound and nothing else.
//! The marks in the file say the same to whoever opens it later.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;

use crate::document::path::Path;
use crate::error::Result;
use crate::index::Entries;
use crate::index::key::prefix_end;
use crate::index::wildcard::PathKey;
use crate::storage::{Batch, Direction, KeyRange, TreeId};
use crate::transaction::Transaction;

use super::entry::IndexEntry;
use super::layout::{COUNTERS, array_key, array_path_key};

/// Of so many paths it is known whether they meet arrays; of more, of none.
const PATHS_MAX: usize = 1000;
/// The same holds once a path as long as this meets one.
const PATH_BYTES_MAX: usize = 512;
/// How many marks are read at a time.
const BATCH: usize = 256;
/// The field of a wildcard index, whose mark says that any of its paths may meet an array.
const ANY_PATH: u64 = 1;

#[derive(Debug)]
pub(super) struct Arrays {
    tree: TreeId,
    seen: AtomicU64,
    /// Fields whose mark was seen in a snapshot, and so comes before every commit that is submitted from now on.
    marked: AtomicU64,
    /// The paths of a wildcard index that met an array, as keys have them, and whether their mark was seen so.
    paths: RwLock<HashMap<Box<[u8]>, bool>>,
}

impl Arrays {
    pub(super) fn load(txn: &Transaction, index: &IndexEntry) -> Result<Self> {
        let arrays = Self::known(index.tree, 0);
        for field in 0..index.spec.fields.len() {
            if txn.mark(COUNTERS, &array_key(index.tree, field))? > 0 {
                arrays.seen.fetch_or(1 << field, Ordering::AcqRel);
            }
        }
        if index.spec.wildcard.is_some() {
            arrays.load_paths(txn)?;
        }
        Ok(arrays)
    }

    /// Those in these `fields`, and none to come.
    pub(super) fn known(tree: TreeId, fields: u64) -> Self {
        let (seen, marked) = (AtomicU64::new(fields), AtomicU64::new(0));
        Self { tree, seen, marked, paths: RwLock::default() }
    }

    fn load_paths(&self, txn: &Transaction) -> Result<()> {
        let prefix = array_path_key(self.tree, &[]);
        let end = prefix_end(&prefix).map_or(Bound::Unbounded, Bound::Excluded);
        let range = KeyRange { start: Bound::Included(prefix.clone()), end };
        let mut scan = txn.scan(COUNTERS, range, Direction::Forward)?;
        let (mut batch, mut paths) = (Batch::new(), self.paths.write());
        loop {
            scan.next_batch(&mut batch, BATCH)?;
            if batch.is_empty() {
                return Ok(());
            }
            paths.extend(batch.iter().map(|(key, _)| (key[prefix.len()..].into(), false)));
        }
    }

    pub(super) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Acquire)
    }

    /// Whether any array was met.
    pub(super) fn any(&self) -> bool {
        self.seen() != 0 || !self.paths.read().is_empty()
    }

    /// Whether an array may stand at what the first `names` names of a path of a wildcard index lead to.
    pub(super) fn at_path(&self, path: &Path, names: usize) -> bool {
        self.seen() != 0 || self.paths.read().contains_key(PathKey::of_first(path, names).as_bytes())
    }

    /// Whether everything is known of what these entries met.
    pub(super) fn know(&self, entries: &Entries) -> bool {
        let seen = self.seen();
        entries.arrays & !seen == 0
            && (seen != 0 || entries.array_paths.iter().all(|path| self.paths.read().contains_key(path)))
    }

    /// `txn` will commit these entries.
    #[inline]
    pub(super) fn meet(&self, entries: &Entries, txn: &mut Transaction) -> Result<()> {
        if entries.arrays != 0 {
            self.meet_fields(entries.arrays, txn)?;
        }
        for path in &entries.array_paths {
            self.meet_path(path, txn)?;
        }
        Ok(())
    }

    fn meet_fields(&self, fields: u64, txn: &mut Transaction) -> Result<()> {
        if fields & !self.marked.load(Ordering::Acquire) == 0 {
            return Ok(());
        }
        self.seen.fetch_or(fields, Ordering::AcqRel);
        for field in (0..u64::BITS as usize).filter(|field| fields >> field & 1 == 1) {
            if mark(txn, &array_key(self.tree, field))? {
                self.marked.fetch_or(1 << field, Ordering::AcqRel);
            }
        }
        Ok(())
    }

    fn meet_path(&self, path: &[u8], txn: &mut Transaction) -> Result<()> {
        if self.marked.load(Ordering::Acquire) & ANY_PATH != 0 {
            return Ok(());
        }
        let (known, len) = {
            let paths = self.paths.read();
            (paths.get(path).copied(), paths.len())
        };
        match known {
            Some(true) => return Ok(()),
            None if len >= PATHS_MAX || path.len() > PATH_BYTES_MAX => {
                return self.meet_fields(ANY_PATH, txn);
            }
            Some(false) => {}
            None => drop(self.paths.write().insert(path.into(), false)),
        }
        if mark(txn, &array_path_key(self.tree, path))? {
            self.paths.write().insert(path.into(), true);
        }
        Ok(())
    }
}

/// Sets a mark; says whether it was there in the snapshot of the transaction.
fn mark(txn: &mut Transaction, key: &[u8]) -> Result<bool> {
    match (txn.mark(COUNTERS, key)?, txn.is_read_only()) {
        (0, _) => txn.raise(COUNTERS, key, 1).map(|()| false),
        (_, is_of_snapshot) => Ok(is_of_snapshot),
    }
}
