//! The filters that `$[name]` in a path speaks of.

use crate::expression::value_filter::ValueFilter;

/// Filters of array elements, each under its name.
#[derive(Debug, Clone, Default)]
pub(crate) struct ArrayFilters {
    filters: Vec<ValueFilter>,
}

impl ArrayFilters {
    /// Adds a filter; says whether its name was free.
    pub(crate) fn add(&mut self, filter: ValueFilter) -> bool {
        let free = self.get(filter.name()).is_none();
        if free {
            self.filters.push(filter);
        }
        free
    }

    /// The filter of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&ValueFilter> {
        self.filters.iter().find(|filter| filter.name() == name)
    }

    /// The names, in the order in which they were given.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.filters.iter().map(ValueFilter::name)
    }
}
