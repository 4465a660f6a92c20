//! From a statement to rows.

pub(crate) mod parse;
