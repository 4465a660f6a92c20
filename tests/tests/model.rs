//! Random work against a plain model, through reopenings, checkpoints and kills; and threads against invariants.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

#[path = "model/collations.rs"]
mod collations;
#[path = "model/dice.rs"]
mod dice;
#[path = "model/evaluate.rs"]
mod evaluate;
#[path = "model/filters.rs"]
mod filters;
#[path = "model/indexes.rs"]
mod indexes;
#[path = "model/operators.rs"]
mod operators;
#[path = "model/plain.rs"]
mod plain;
#[path = "model/probe.rs"]
mod probe;
#[path = "model/random.rs"]
mod random;
#[path = "model/run.rs"]
mod run;
#[path = "model/schema.rs"]
mod schema;
#[path = "model/steps.rs"]
mod steps;
#[path = "model/threads.rs"]
mod threads;
#[path = "model/update.rs"]
mod update;
#[path = "model/updates.rs"]
mod updates;
