//! An update that comes again is read once.
//!
//! A program that changes many documents mostly says the same of each: `{$inc: {n: 1}}`. Each thread remembers the update
//! that it read last. Not one for the database: threads that write beside each other would wait for it.

use std::cell::RefCell;
use std::sync::Arc;

use crate::document::raw::RawDoc;
use crate::error::Result;
use crate::expression::bound::FilterLimits;
use crate::expression::update::Update;

use super::super::Terms;
use super::read;

/// A longer update is not remembered: applying it takes longer than reading it, and a thread keeps little alive.
const BYTES_MAX: usize = 512;

struct Last {
    written: Box<[u8]>,
    limits: FilterLimits,
    read: Arc<Update>,
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// Reads an update: operators when the first name begins with `$`, a replacement otherwise.
///
/// `$[name]` in it speaks of the filters given. No expression stands in operators, so variables say nothing.
///
/// # Errors
/// `Limit`: more array filters than the option `array_filters_max` allows, or what such a filter asks for.
/// `Invalid`: `FailedToParse` (9), `BadValue` (2), `ConflictingUpdateOperators` (40), `EmptyFieldName` (56),
/// `DollarPrefixedFieldName` (52), `TypeMismatch` (14), `Overflow` (15).
pub(crate) fn update(doc: RawDoc<'_>, array_filters: &[RawDoc<'_>], terms: Terms<'_>) -> Result<Arc<Update>> {
    let written = doc.as_bytes();
    // What array filters and a collation say is read into the update, so such a one is not the same for the same bytes.
    if !array_filters.is_empty() || terms.collation.is_some() || written.len() > BYTES_MAX {
        return read(doc, array_filters, terms).map(Arc::new);
    }
    if let Some(read) = LAST.try_with(|last| same(last, written, terms.limits)).ok().flatten() {
        return Ok(read);
    }
    let read = Arc::new(read(doc, array_filters, terms)?);
    let last = Last { written: written.into(), limits: terms.limits, read: Arc::clone(&read) };
    // A thread that is ending has nothing left to remember it with, and no use for it.
    drop(LAST.try_with(|kept| kept.replace(Some(last))));
    Ok(read)
}

/// The last update, when it was written so.
fn same(last: &RefCell<Option<Last>>, written: &[u8], limits: FilterLimits) -> Option<Arc<Update>> {
    let last = last.borrow();
    let last = last.as_ref().filter(|last| *last.written == *written && last.limits == limits)?;
    Some(Arc::clone(&last.read))
}
