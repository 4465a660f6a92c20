//! Documents as raw BSON: walked, compared and checked without being decoded.
//!
//! The only room that names the BSON crate.

pub mod raw;
