//! How much one expression may ask for.

use crate::document::raw::DEPTH_MAX;

/// How deep `$and`, `$or`, `$nor`, `$not`, `$elemMatch` and schemas may nest.
pub(crate) const FILTER_DEPTH_MAX: usize = DEPTH_MAX;
/// The longest regular expression that any option allows, in bytes, MongoDB's own limit.
pub(crate) const PATTERN_BYTES_CEILING: usize = 32_764;
/// How many fields one sort may name.
pub(crate) const SORT_FIELDS_MAX: usize = 32;
/// How many nulls an update may put before a new array element.
pub(crate) const ARRAY_PADDING_MAX: usize = 1_500_000;
/// How deep expressions may nest.
pub(crate) const EXPRESSION_DEPTH_MAX: usize = DEPTH_MAX;

/// What filters may ask for, those of array elements too, as far as the options of a database say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FilterLimits {
    /// How many values one `$in` or `$nin` may list.
    pub(crate) in_values_max: usize,
    /// How many bytes one regular expression may have.
    pub(crate) pattern_bytes_max: usize,
    /// How many array filters one update may have.
    pub(crate) array_filters_max: usize,
}

impl Default for FilterLimits {
    fn default() -> Self {
        Self { in_values_max: 100_000, pattern_bytes_max: 512, array_filters_max: 1_000 }
    }
}
