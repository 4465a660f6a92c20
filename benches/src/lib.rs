//! The documents that everything is measured with, and what the machine can do with them without a database.

pub mod documents;
pub mod limits;

/// Whatever stops a measurement.
pub type Failure = Box<dyn std::error::Error>;
