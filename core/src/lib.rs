//! NexusLite: an embedded document database.
#![forbid(unsafe_code)]

pub mod base;
pub mod document;
pub mod error;
mod expression;
mod index;
mod query;
mod storage;
mod transaction;
pub mod vfs;

pub use bson;
pub use error::{Error, ErrorKind, Result};
