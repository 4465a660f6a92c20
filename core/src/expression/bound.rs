//! How much one expression may ask for.

use crate::document::raw::{DEPTH_MAX, DOCUMENT_BYTES_MAX};

/// How deep `$and`, `$or`, `$nor` and `$not` may nest.
pub(crate) const FILTER_DEPTH_MAX: usize = DEPTH_MAX;
/// How many values one `$in` or `$nin` may list.
pub(crate) const IN_VALUES_MAX: usize = 1_000_000;
/// How many bytes the values of one `$in` or `$nin` may take together.
pub(crate) const IN_BYTES_MAX: usize = DOCUMENT_BYTES_MAX;
/// How many fields one sort may name.
pub(crate) const SORT_FIELDS_MAX: usize = 32;
/// How many nulls an update may put before a new array element.
pub(crate) const ARRAY_PADDING_MAX: usize = 1_500_000;
/// How deep expressions may nest.
pub(crate) const EXPRESSION_DEPTH_MAX: usize = DEPTH_MAX;
