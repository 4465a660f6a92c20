//! A filter of one value.

use super::filter::Filter;
use crate::document::builder::{begin, end, put_name};
use crate::document::raw::{RawDoc, RawValue};

/// A filter that sees a value as the only field of a document.
#[derive(Debug, Clone)]
pub(crate) struct ValueFilter {
    name: Box<str>,
    filter: Filter,
}

impl ValueFilter {
    /// `filter`, for which the value is the field `name`.
    pub(crate) fn new(name: &str, filter: Filter) -> Self {
        Self { name: name.into(), filter }
    }

    /// What the filter calls the value.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the value satisfies the filter; `scratch` is used again from call to call.
    pub(crate) fn matches(&self, value: RawValue<'_>, scratch: &mut Vec<u8>) -> bool {
        scratch.clear();
        let start = begin(scratch);
        put_name(scratch, value.tag(), &self.name);
        scratch.extend_from_slice(value.as_bytes());
        end(scratch, start);
        self.filter.matches(RawDoc::new(scratch))
    }
}
