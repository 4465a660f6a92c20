//! NexusLite: an embedded document database.
#![forbid(unsafe_code)]

pub mod base;
pub mod document;
pub mod error;
mod expression;
mod index;
mod query;
mod runtime;
mod storage;
mod transaction;
pub mod vfs;

#[cfg(feature = "simulation")]
pub use storage::simulation;
pub use storage::{CheckReport, Durability, Stats};

pub use bson;
pub use error::{Error, ErrorKind, Result};
