//! A collection and its indexes, as one snapshot knows them.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use crate::document::collation::Collation;
use crate::document::path::Path;
use crate::document::raw::RawValue;
use crate::error::{Error, ErrorKind, Result};
use crate::index::key::{encode_key_under, is_key_under};
use crate::storage::KeyRange;
use crate::transaction::Transaction;

use super::arrays::Arrays;
use super::columns::Columns;
use super::entry::{Entry, IndexEntry};
use super::histogram::Histogram;
use super::id_hints::IdHints;
use super::record_ids::RecordIds;
use super::uses::Uses;

/// A collection as one snapshot knows it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) name: Arc<str>,
    pub(crate) entry: Entry,
    pub(super) record_ids: Arc<RecordIds>,
    pub(super) id_hints: Arc<IdHints>,
    pub(super) columns: Arc<Columns>,
    /// The indexes that writers keep up, those too that are not ready to be read.
    pub(super) indexes: Box<[OpenedIndex]>,
    /// Where the walks over the `_id`s are counted.
    pub(crate) id_uses: Arc<Uses>,
    /// What those above remember of the collection, as long as its entry stays as it is.
    pub(super) memory: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// An index of an opened collection.
#[derive(Debug, Clone)]
pub(crate) struct OpenedIndex {
    pub(crate) entry: Arc<IndexEntry>,
    pub(super) arrays: Arc<Arrays>,
    pub(crate) uses: Arc<Uses>,
}

impl Opened {
    /// What is remembered here, made at first.
    pub(crate) fn remembered<M: Send + Sync + 'static>(&self, make: impl Fn() -> M) -> Arc<M> {
        let kept = self.memory.get_or_init(|| Arc::new(make()));
        // Another kind of memory than the first is not kept.
        Arc::clone(kept).downcast().unwrap_or_else(|_| Arc::new(make()))
    }

    /// What scans keep of the values of fields.
    pub(crate) fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The order of texts where a verb says nothing of it, and of `_id`s; none is that of their bytes.
    pub(crate) fn collation(&self) -> Option<&Collation> {
        self.entry.settings.collation.as_ref()
    }

    /// Appends the key of an `_id` in the tree of `_id`s.
    pub(crate) fn encode_id(&self, id: RawValue<'_>, out: &mut Vec<u8>) {
        encode_key_under(id, self.collation(), out);
    }

    /// Whether `key` is the key of an `_id`.
    pub(crate) fn is_id(&self, id: RawValue<'_>, key: &[u8]) -> bool {
        is_key_under(id, self.collation(), key)
    }

    /// Whether this build can make the keys of all `_id`s.
    ///
    /// # Errors
    /// `Unsupported`: the collection's collation is one of other data.
    pub(crate) fn check_ids(&self) -> Result<()> {
        let Some(Err(why)) = self.collation().map(Collation::check) else { return Ok(()) };
        let what = format!(
            "the collection {:?} has a collation with which this build cannot work, export it with one that can: {why}",
            self.name
        );
        Err(Error::new(ErrorKind::Unsupported, what))
    }

    /// The indexes that may be read.
    pub(crate) fn ready_indexes(&self) -> impl Iterator<Item = &OpenedIndex> {
        self.indexes.iter().filter(|index| index.entry.is_readable())
    }
}

impl OpenedIndex {
    /// Which fields of the key may run through arrays, a bit for each.
    pub(crate) fn array_fields(&self) -> u64 {
        self.arrays.seen()
    }

    /// How its keys are spread, as far as somebody knew it when it was about as large as it is; otherwise a sample.
    pub(crate) fn histogram(&self, txn: &Transaction) -> Result<Arc<Histogram>> {
        let tree = self.entry.tree;
        let entries = txn.estimate(tree, &KeyRange::all())?;
        if let Some(known) = self.uses.histogram(entries) {
            return Ok(known);
        }
        let sampled = Arc::new(Histogram::sampled(txn, tree, self.entry.bytes_behind())?);
        self.uses.keep(&sampled);
        Ok(sampled)
    }

    /// Whether it ever met an array.
    pub(crate) fn is_multikey(&self) -> bool {
        self.arrays.any()
    }

    /// A wildcard index as it is at one path; nothing when it does not hold all that a filter finds there.
    ///
    /// Where an array was met, a name that spells a position may mean an element, and of these the index knows no
    /// positions.
    pub(crate) fn at_path(&self, path: &Path) -> Option<Self> {
        let spec = self.entry.spec.at_path(path)?;
        let met = |names: &usize| self.arrays.at_path(path, *names);
        if (1..path.len()).any(|names| path.position(names).is_some() && met(&names)) {
            return None;
        }
        let fields = if (1..=path.len()).any(|names| met(&names)) { 1 << 1 } else { 0 };
        let arrays = Arc::new(Arrays::known(self.entry.tree, fields));
        let entry = Arc::new(IndexEntry { spec, ..IndexEntry::clone(&self.entry) });
        Some(Self { entry, arrays, uses: Arc::clone(&self.uses) })
    }
}
