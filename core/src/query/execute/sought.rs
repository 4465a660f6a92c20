//! What a scan is to let through, and how it knows without looking at every document.

use std::cell::{self, RefCell};
use std::sync::Arc;

use super::Context;
use crate::collection::{Cell, Column, Columns, Field, stored_count};
use crate::document::raw::RawDoc;
use crate::error::Result;
use crate::expression::filter::Filter;
use crate::expression::number_range::NumberRange;
use crate::expression::value::Moment;
use crate::storage::Batch;

/// A filter at a moment, and a sieve before it.
pub(crate) struct Sought<'a> {
    pub(crate) filter: &'a Filter,
    pub(crate) moment: &'a Moment<'a>,
    pub(crate) sieve: Option<&'a Sieve>,
}

impl Sought<'_> {
    /// Whether the document satisfies the filter.
    #[inline]
    pub(crate) fn takes(&self, doc: RawDoc<'_>) -> Result<bool> {
        self.filter.matches_at(doc, self.moment)
    }
}

/// A field that the filter asks for, and what is kept of its values.
pub(crate) struct Sieve {
    /// The field's place in the filter.
    slot: usize,
    /// What is asked of a number there, if that is all that is asked.
    numbers: Option<NumberRange>,
    field: Arc<Field>,
    columns: Arc<Columns>,
    keeps: cell::Cell<bool>,
    /// What was found last.
    last: RefCell<Option<Arc<Column>>>,
}

/// What is known of a document without looking at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It does not satisfy the filter.
    Left,
    /// It has to be looked at.
    Open,
    /// It satisfies the filter, and lives.
    Taken,
}

impl Sieve {
    /// The sieve before `filter`, where some of its conditions are about one field alone.
    pub(crate) fn before(filter: &Filter, ctx: &Context<'_>) -> Option<Self> {
        let (slot, name) = filter.lone_field()?;
        // The scan needs no count: where that of a damaged file cannot be read, it goes without a sieve.
        let records = stored_count(ctx.txn, ctx.opened).ok()?;
        let (field, columns) =
            (Arc::new(Field::new(ctx.opened.entry.id, name)), Arc::clone(ctx.opened.columns()));
        let keeps = cell::Cell::new(columns.shall_keep(records));
        Some(Self {
            slot,
            numbers: filter.number_range(slot),
            field,
            columns,
            keeps,
            last: RefCell::default(),
        })
    }

    /// What a value says of its document.
    #[inline]
    pub(crate) fn verdict(&self, cell: &Cell, filter: &Filter) -> Verdict {
        if let (Some(range), Some(number)) = (self.numbers, cell.number()) {
            return match (range.holds(number), range.decides) {
                (false, _) => Verdict::Left,
                (true, false) => Verdict::Open,
                (true, true) => Verdict::Taken,
            };
        }
        match cell.value() {
            Some(value) if !filter.may_take(self.slot, value) => Verdict::Left,
            _ => Verdict::Open,
        }
    }

    /// What is known of these records.
    pub(crate) fn column(&self, records: &Batch) -> Option<Arc<Column>> {
        let last = self.last.take();
        let found = self.columns.find(&self.field, records, last.as_deref());
        self.last.replace(found.clone());
        found
    }

    /// Room for what is to be kept of these records, if that is wanted.
    pub(crate) fn cells(&self, records: &Batch) -> Option<Vec<Cell>> {
        (self.keeps.get() && records.one_owner().is_some()).then(|| Vec::with_capacity(records.len()))
    }

    /// What is to be kept of a document.
    pub(crate) fn cell(&self, doc: RawDoc<'_>) -> Cell {
        Cell::of(doc, self.field.name())
    }

    /// Keeps what was met of these records. Where that says nothing of most of them, since values are long, it is of no
    /// use, and nothing is kept from then on.
    pub(crate) fn keep(&self, records: &Batch, cells: &[Cell]) {
        let known = cells.iter().filter(|cell| cell.value().is_some()).count();
        if known < cells.len() / 2 {
            self.keeps.set(false);
            return;
        }
        self.columns.keep(&self.field, records, cells);
    }
}
