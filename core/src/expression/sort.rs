//! In which order: the fields to sort by, and the order of two documents' keys.

use std::cmp::Ordering;

use super::operand::Operand;
use super::sort_key::{self, Keyed};
use crate::document::collation::Collation;
use crate::document::path::Path;
use crate::document::raw::RawDoc;
use crate::error::Result;

/// The fields to sort by, the most important first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SortSpec {
    fields: Vec<SortField>,
    /// The order of texts, if it is another than that of their bytes.
    collation: Option<Collation>,
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
pub(crate) enum SortKey {
    Plain(Box<[Operand]>),
    /// Under a collation.
    Keyed(Box<[Keyed]>),
}

impl SortSpec {
    pub(crate) fn new(fields: Vec<SortField>) -> Self {
        Self { fields, collation: None }
    }

    /// The same, with texts in the order of a collation, if there is one.
    #[must_use]
    pub(crate) fn under(self, collation: Option<&Collation>) -> Self {
        Self { collation: collation.cloned(), ..self }
    }

    /// The order of texts, if it is another than that of their bytes.
    pub(crate) fn collation(&self) -> Option<&Collation> {
        self.collation.as_ref()
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
        match (a, b) {
            (SortKey::Plain(a), SortKey::Plain(b)) => {
                a.iter().zip(b).take(fields).all(|(a, b)| b.place_of(a.raw()).is_eq())
            }
            (SortKey::Keyed(a), SortKey::Keyed(b)) => {
                a.iter().zip(b).take(fields).all(|(a, b)| a.compare(b).is_eq())
            }
            _ => true,
        }
    }

    /// Which of two keys comes first. Equal keys keep the order in which they came, if the sort is stable.
    pub(crate) fn compare(&self, a: &SortKey, b: &SortKey) -> Ordering {
        match (a, b) {
            (SortKey::Plain(a), SortKey::Plain(b)) => self.first_difference(a, b, |a, b| b.place_of(a.raw())),
            (SortKey::Keyed(a), SortKey::Keyed(b)) => self.first_difference(a, b, Keyed::compare),
            // Keys of one specification are of one kind.
            _ => Ordering::Equal,
        }
    }

    #[inline]
    fn first_difference<V>(&self, a: &[V], b: &[V], compare: impl Fn(&V, &V) -> Ordering) -> Ordering {
        let pairs = a.iter().zip(b).zip(&self.fields);
        pairs
            .map(|((a, b), field)| field.direction.of(compare(a, b)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl SortKey {
    /// How many values there are, and how many bytes they take together.
    pub(crate) fn size(&self) -> (usize, usize) {
        match self {
            SortKey::Plain(values) => {
                (values.len(), values.iter().map(|value| value.raw().as_bytes().len()).sum())
            }
            SortKey::Keyed(values) => (values.len(), values.iter().map(Keyed::len).sum()),
        }
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
