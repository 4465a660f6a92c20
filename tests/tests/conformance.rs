//! The corpus of the query language, asked of collections with every kind of index: no answer may change.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "conformance/corners.rs"]
mod corners;
#[path = "conformance/corpus.rs"]
mod corpus;
#[path = "conformance/filters.rs"]
mod filters;
#[path = "conformance/projections.rs"]
mod projections;
#[path = "conformance/sorts.rs"]
mod sorts;
#[path = "conformance/updates.rs"]
mod updates;
