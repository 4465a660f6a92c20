//! The real program, run as a user runs it, over the real file system.
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod bad_calls;
mod bench;
mod commands;
mod demo;
mod export;
mod import;
mod indexes;
mod kill;
mod pipes;
mod updates;
