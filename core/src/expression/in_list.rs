//! The values of an `$in`, sorted, for quick membership.

use super::operand::Operand;
use crate::document::raw::RawValue;

/// A sorted set of values, all under the same collation, if under any; equal values stand once, the first of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct InList {
    values: Vec<Operand>,
    has_null: bool,
}

impl InList {
    pub(crate) fn new(mut values: Vec<Operand>) -> Self {
        values.sort_by(|a, b| b.place_of(a.raw()));
        values.dedup_by(|b, a| a.place_of(b.raw()).is_eq());
        let has_null = values.iter().any(Operand::is_null);
        Self { values, has_null }
    }

    /// The values in their order.
    pub(crate) fn values(&self) -> &[Operand] {
        &self.values
    }

    /// Whether null is listed, which a missing field equals.
    pub(crate) fn has_null(&self) -> bool {
        self.has_null
    }

    pub(crate) fn contains(&self, value: RawValue<'_>) -> bool {
        self.values.binary_search_by(|operand| operand.place_of(value).reverse()).is_ok()
    }
}
