//! Documents as raw BSON: walked, written, compared and checked without being decoded.
//!
//! The only room that names the BSON crate.

pub mod builder;
pub(crate) mod calendar;
pub(crate) mod collation;
pub mod compare;
pub mod convert;
pub mod decimal;
mod decode;
mod field;
pub mod id;
pub mod json;
pub mod path;
pub mod raw;
mod validate;

#[cfg(test)]
pub(crate) mod tests;
