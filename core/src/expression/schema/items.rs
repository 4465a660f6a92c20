//! `items` and `additionalItems`: what the elements of an array must be.

use super::Schema;
use crate::document::raw::RawDoc;

/// The elements by their places, and those behind them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Items {
    /// One schema for each of the first elements.
    pub(crate) first: Vec<Schema>,
    /// What holds for the others.
    pub(crate) rest: Rest,
}

/// What is not named one by one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rest {
    Allowed,
    Refused,
    As(Box<Schema>),
}

impl Items {
    pub(super) fn take(&self, array: RawDoc<'_>) -> bool {
        array.fields().enumerate().all(|(at, element)| match (self.first.get(at), &self.rest) {
            (Some(schema), _) => schema.takes(element.value),
            (None, Rest::As(schema)) => schema.takes(element.value),
            (None, Rest::Allowed) => true,
            (None, Rest::Refused) => false,
        })
    }
}
