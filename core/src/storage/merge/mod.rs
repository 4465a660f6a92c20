//! One scan over memtables and what lies beneath them.
//!
//! Not here: which memtables a reader sees, and whether a dropped tree hides those beneath (`engine`).
//!
//! Invariants
//!   G1  Of equal keys the newest layer's entry counts; a tombstone counts and is not handed out.
//!   G2  Where no memtable has an entry, the base's entries pass without being looked at one by one, and once
//!       no memtable has any left, the base fills the reader's batch itself.
//!   G3  Nothing read from the base is lost when a batch is full: it is handed out by the next one.
//!
//! Read next: `layers` (the memtables as one), `scan` (those over the base).

mod layers;
mod scan;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::layers::Layers;
use self::scan::Merge;
use crate::storage::memtable::Memtable;
use crate::storage::page::PageReader;
use crate::storage::{Direction, KeyRange, Scan};

/// The entries of `range` in `memtables`, newest first, and in the `base` beneath them, which must have been
/// opened on the same range and direction.
///
/// `reader` reads what a memtable only refers to.
/// When no memtable has an entry in the range the answer is the base itself.
pub(crate) fn scan<'m>(
    memtables: impl IntoIterator<Item = &'m Memtable>,
    base: Option<Box<dyn Scan>>,
    reader: Option<Arc<dyn PageReader>>,
    range: &KeyRange,
    direction: Direction,
) -> Box<dyn Scan> {
    let layers = Layers::over(memtables, range, direction);
    match base {
        Some(base) if layers.is_done() => base,
        base => Box::new(Merge::new(layers, base, reader, direction)),
    }
}
