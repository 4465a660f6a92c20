//! In which order: the fields to sort by, and the order of two documents' keys.

use std::cmp::Ordering;

use super::operand::Operand;
use super::sort_key;
use crate::document::path::Path;
use crate::document::raw::RawDoc;
use crate::error::Result;

/// The fields to sort by, the most important first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SortSpec {
    fields: Vec<SortField>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SortField {
    pub(crate) path: Path,
    pub(crate) direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// What one document is sorted by: a value for each field of the specification that made it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SortKey(pub(super) Box<[Operand]>);

impl SortSpec {
    pub(crate) fn new(fields: Vec<SortField>) -> Self {
        Self { fields }
    }

    /// The fields, the most important first.
    pub(crate) fn fields(&self) -> &[SortField] {
        &self.fields
    }

    /// The document's key.
    ///
    /// An array has a key for each element, of which the one that comes first counts; a missing field counts as
    /// null, an empty array as undefined, which comes before null.
    ///
    /// # Errors
    /// `Invalid`, `BadValue` (2): two fields run through different arrays.
    pub(crate) fn key(&self, doc: RawDoc<'_>) -> Result<SortKey> {
        sort_key::extract(self, doc)
    }

    /// Whether two keys are equal in the first `fields` fields.
    pub(crate) fn agree(&self, a: &SortKey, b: &SortKey, fields: usize) -> bool {
        a.0.iter().zip(&b.0).take(fields).all(|(a, b)| b.place_of(a.raw()).is_eq())
    }

    /// Which of two keys comes first. Equal keys keep the order in which they came, if the sort is stable.
    pub(crate) fn compare(&self, a: &SortKey, b: &SortKey) -> Ordering {
        let pairs = a.0.iter().zip(&b.0).zip(&self.fields);
        pairs
            .map(|((a, b), field)| field.direction.of(b.place_of(a.raw())))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl SortKey {
    /// The values, one for each field.
    pub(crate) fn values(&self) -> &[Operand] {
        &self.0
    }
}

impl Direction {
    /// As a specification writes it.
    pub(crate) const fn sign(self) -> i32 {
        match self {
            Direction::Ascending => 1,
            Direction::Descending => -1,
        }
    }

    pub(super) fn of(self, order: Ordering) -> Ordering {
        match self {
            Direction::Ascending => order,
            Direction::Descending => order.reverse(),
        }
    }
}
