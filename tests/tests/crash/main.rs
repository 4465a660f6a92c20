//! The storage engine under power cuts, failing calls, rot and kills.
//!
//! `model` is what the store should hold, `oracle` what may be found of it. `workload` lives a random life on a
//! simulated disk, `images` cuts its power everywhere.
//!
//! More of everything with `NEXUSLITE_LONG=1`. A failure prints the line that shows it again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is all tests")]

mod acts;
mod bank;
mod child;
mod deaths;
mod dice;
mod dying;
mod exhaustive;
mod faults;
mod flips;
mod images;
mod indexed;
mod indexed_images;
mod indexed_kills;
mod kill;
mod mishaps;
mod model;
mod mutants;
mod oracle;
mod phases;
mod plan;
mod readers;
mod refusals;
mod report;
mod splice;
mod workload;
