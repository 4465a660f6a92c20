//! What a user of the crate sees, on a database in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "api/fixture.rs"]
mod fixture;

#[path = "api/bad_calls.rs"]
mod bad_calls;
#[path = "api/bulk.rs"]
mod bulk;
#[path = "api/collation.rs"]
mod collation;
#[path = "api/costs.rs"]
mod costs;
#[path = "api/cursors.rs"]
mod cursors;
#[path = "api/documents.rs"]
mod documents;
#[path = "api/durability.rs"]
mod durability;
#[path = "api/expiry.rs"]
mod expiry;
#[path = "api/explain.rs"]
mod explain;
#[path = "api/expressions.rs"]
mod expressions;
#[path = "api/guide.rs"]
mod guide;
#[path = "api/guide_update.rs"]
mod guide_update;
#[path = "api/index_lives.rs"]
mod index_lives;
#[path = "api/indexes.rs"]
mod indexes;
#[path = "api/names.rs"]
mod names;
#[path = "api/opening.rs"]
mod opening;
#[path = "api/planner.rs"]
mod planner;
#[path = "api/transactions.rs"]
mod transactions;
#[path = "api/updates.rs"]
mod updates;
#[path = "api/verbs.rs"]
mod verbs;
