//! Values of one field, taken out of the records of a page and kept beside it.
//!
//! A scan for documents with a rare value waits for memory most of its time: a document is five cache lines, its field
//! is in one of them. After a field was scanned for once, its values are kept, 16 bytes for each record, and the next
//! scan looks at a document only when its value may satisfy the filter.
//!
//! Pages and commits never change where they lie in memory, so what was taken out of one stays right as long as it is
//! there: nothing has to be taken back. That is why a column is known by the buffer it was taken from. It holds a weak
//! reference to it, by which no other buffer can come to have the same address.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::document::raw::{RawDoc, RawValue, tag};
use crate::storage::{Batch, Buffer, Held};

/// Which share of the cache columns may take, as a divisor.
const SHARE: usize = 16;
/// What a column costs beside its values and its keys.
const OVERHEAD: usize = 176;
/// About how many bytes a record costs: its value and its key.
const RECORD_BYTES: u64 = 24;
/// So many columns are kept before it is asked whether they are ever found again.
const TRIAL: u64 = 1024;
/// After so many columns that were found where the one before them told, the cache is asked for one.
const FINDS_PER_ASK: u64 = 16;
/// After so many scans for which nothing was kept, because it was of no use, there is another trial.
const PAUSE: u64 = 64;

/// A field's value, if it is short.
#[derive(Clone, Copy)]
pub(crate) struct Cell {
    len: u8,
    tag: u8,
    bytes: [u8; Self::ROOM],
}

impl Cell {
    const ROOM: usize = 14;
    /// Lengths that are none: the field is not there; the document itself has to be looked at.
    const MISSING: u8 = 0xFE;
    const UNKNOWN: u8 = 0xFF;

    /// Says nothing.
    pub(crate) const fn unknown() -> Self {
        Self { len: Self::UNKNOWN, tag: 0, bytes: [0; Self::ROOM] }
    }

    /// The value of the field `name` of `doc`.
    pub(crate) fn of(doc: RawDoc<'_>, name: &str) -> Self {
        let mut cell = Self::unknown();
        match doc.get(name) {
            None => cell.len = Self::MISSING,
            Some(value) => {
                if let Some(room) = cell.bytes.get_mut(..value.as_bytes().len()) {
                    room.copy_from_slice(value.as_bytes());
                    (cell.len, cell.tag) = (value.as_bytes().len() as u8, value.tag());
                }
            }
        }
        cell
    }

    /// The number, where a double tells it exactly and it is one.
    #[inline]
    pub(crate) fn number(&self) -> Option<f64> {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes;
        match (self.tag, self.len) {
            (tag::INT32, 4) => Some(f64::from(i32::from_le_bytes([a, b, c, d]))),
            (tag::DOUBLE, 8) => {
                Some(f64::from_le_bytes([a, b, c, d, e, f, g, h])).filter(|number| !number.is_nan())
            }
            (tag::INT64, 8) => {
                let whole = i64::from_le_bytes([a, b, c, d, e, f, g, h]);
                (whole.unsigned_abs() <= 1 << 53).then_some(whole as f64)
            }
            _ => None,
        }
    }

    /// The value, or that there is none; nothing when that is not known.
    #[inline]
    pub(crate) fn value(&self) -> Option<Option<RawValue<'_>>> {
        match self.bytes.get(..usize::from(self.len)) {
            Some(bytes) => Some(Some(RawValue::new(self.tag, bytes))),
            None if self.len == Self::MISSING => Some(None),
            None => None,
        }
    }
}

/// The values of one field in records that lie in one buffer.
pub(crate) struct Column {
    owner: Weak<Buffer>,
    field: Arc<Field>,
    /// The records' keys, one after the other.
    keys: Box<[u8]>,
    cells: Box<[Cell]>,
    /// The one that a scan needed after this: to find it here takes one load from memory, in the cache several.
    next: Held<Self>,
}

impl Column {
    fn new(owner: Weak<Buffer>, field: &Arc<Field>, keys: &[u8], cells: &[Cell]) -> Self {
        Self {
            owner,
            field: Arc::clone(field),
            keys: keys.into(),
            cells: cells.into(),
            next: Held::default(),
        }
    }

    fn is_of(&self, owner: &Arc<Buffer>, field: &Field) -> bool {
        self.owner.as_ptr() == Arc::as_ptr(owner) && *self.field == *field
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

/// A field of a collection that is scanned for.
///
/// One buffer may have records of several collections, under the same keys, when one commit wrote to all of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    collection: u32,
    name: Box<str>,
    hash: u64,
}

impl Field {
    pub(crate) fn new(collection: u32, name: &str) -> Self {
        Self { collection, name: name.into(), hash: xxh3_64_with_seed(name.as_bytes(), collection.into()) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<(usize, u64), Arc<Column>> for Weight {
    fn weight(&self, _key: &(usize, u64), column: &Arc<Column>) -> u64 {
        (OVERHEAD + column.keys.len() + size_of_val(&*column.cells)) as u64
    }
}

/// The columns of all collections of a database.
pub(crate) struct Columns {
    columns: Cache<(usize, u64), Arc<Column>, Weight>,
    bytes_max: u64,
    kept: AtomicU64,
    found: AtomicU64,
    /// Scans since nothing is kept any more.
    paused: AtomicU64,
}

impl Columns {
    /// No columns yet, beside a cache of `cache_bytes`.
    pub(super) fn new(cache_bytes: usize) -> Self {
        let bytes_max = columns_room(cache_bytes) as u64;
        Self {
            columns: Cache::with_weighter((bytes_max / 1024) as usize, bytes_max, Weight),
            bytes_max,
            kept: AtomicU64::new(0),
            found: AtomicU64::new(0),
            paused: AtomicU64::new(0),
        }
    }

    /// Whether a scan of so many records shall keep what it meets: all has room, and what is kept is found again.
    pub(crate) fn shall_keep(&self, records: u64) -> bool {
        records.saturating_mul(RECORD_BYTES) <= self.bytes_max && self.pays()
    }

    /// What is kept of these records, which a scan met after those of the column `before`.
    pub(crate) fn find(
        &self,
        field: &Field,
        records: &Batch,
        before: Option<&Column>,
    ) -> Option<Arc<Column>> {
        let (owner, keys) = records.one_owner()?;
        let told = before.and_then(|before| before.next.get()).filter(|column| column.is_of(owner, field));
        let column = match told {
            Some(column) => {
                // Only some uses make it young again: those that are used often enough to stay meet that often.
                if self.found.load(Ordering::Relaxed).is_multiple_of(FINDS_PER_ASK) {
                    let _ = self.columns.get(&key(owner, field));
                }
                column
            }
            None => {
                let column =
                    self.columns.get(&key(owner, field)).filter(|column| column.is_of(owner, field))?;
                if let Some(before) = before {
                    before.next.set(&column);
                }
                column
            }
        };
        if *column.keys != *keys {
            return None;
        }
        self.found.fetch_add(1, Ordering::Relaxed);
        Some(column)
    }

    /// Keeps a value for each of these records.
    pub(crate) fn keep(&self, field: &Arc<Field>, records: &Batch, cells: &[Cell]) {
        let Some((owner, keys)) = records.one_owner() else { return };
        self.kept.fetch_add(1, Ordering::Relaxed);
        let column = Column::new(Arc::downgrade(owner), field, keys, cells);
        self.columns.insert(key(owner, field), Arc::new(column));
    }

    /// Whether what is kept is found again: it is not where pages leave the cache before the next scan comes.
    fn pays(&self) -> bool {
        let (kept, found) = (self.kept.load(Ordering::Relaxed), self.found.load(Ordering::Relaxed));
        if kept < TRIAL || found >= kept / 2 {
            return true;
        }
        if self.paused.fetch_add(1, Ordering::Relaxed) % PAUSE == PAUSE - 1 {
            self.kept.store(0, Ordering::Relaxed);
            self.found.store(0, Ordering::Relaxed);
        }
        false
    }
}

/// Under what a column of the records in a buffer is kept.
fn key(owner: &Arc<Buffer>, field: &Field) -> (usize, u64) {
    (Arc::as_ptr(owner).addr(), field.hash)
}

impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Columns({} of {} bytes)", self.columns.weight(), self.bytes_max)
    }
}

/// The bytes of a cache of `cache_bytes` that columns may come to take.
pub(crate) fn columns_room(cache_bytes: usize) -> usize {
    cache_bytes / SHARE
}
