//! The shape of the source, kept by a test: who imports whom, and what is deliberately absent.
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod absences;
mod imports;
mod options;
mod source;
