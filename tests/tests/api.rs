//! What a user of the crate sees, on a database in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::needless_pass_by_value, reason = "what is asked and answered is written where it is used")]

#[path = "api/fixture.rs"]
mod fixture;

#[path = "api/asides.rs"]
mod asides;
#[path = "api/automatic.rs"]
mod automatic;
#[path = "api/bad_calls.rs"]
mod bad_calls;
#[path = "api/bulk.rs"]
mod bulk;
#[path = "api/client.rs"]
mod client;
#[path = "api/collation.rs"]
mod collation;
#[path = "api/collections.rs"]
mod collections;
#[path = "api/command_explain.rs"]
mod command_explain;
#[path = "api/command_hints.rs"]
mod command_hints;
#[path = "api/commands.rs"]
mod commands;
#[path = "api/costs.rs"]
mod costs;
#[path = "api/cursors.rs"]
mod cursors;
#[path = "api/documents.rs"]
mod documents;
#[path = "api/durability.rs"]
mod durability;
#[path = "api/errors.rs"]
mod errors;
#[path = "api/expiry.rs"]
mod expiry;
#[path = "api/explain.rs"]
mod explain;
#[path = "api/expressions.rs"]
mod expressions;
#[path = "api/guide/mod.rs"]
mod guide;
#[path = "api/hashed.rs"]
mod hashed;
#[path = "api/index_lives.rs"]
mod index_lives;
#[path = "api/index_stats.rs"]
mod index_stats;
#[path = "api/indexes.rs"]
mod indexes;
#[path = "api/intersections.rs"]
mod intersections;
#[path = "api/many.rs"]
mod many;
#[path = "api/names.rs"]
mod names;
#[path = "api/natural.rs"]
mod natural;
#[path = "api/numbers.rs"]
mod numbers;
#[path = "api/opening.rs"]
mod opening;
#[path = "api/planner.rs"]
mod planner;
#[path = "api/removal.rs"]
mod removal;
#[path = "api/roads.rs"]
mod roads;
#[path = "api/scans.rs"]
mod scans;
#[path = "api/soft_delete.rs"]
mod soft_delete;
#[path = "api/sorting.rs"]
mod sorting;
#[path = "api/transactions.rs"]
mod transactions;
#[path = "api/updates.rs"]
mod updates;
#[path = "api/validation.rs"]
mod validation;
#[path = "api/verbs.rs"]
mod verbs;
#[path = "api/views.rs"]
mod views;
#[path = "api/wildcard.rs"]
mod wildcard;
