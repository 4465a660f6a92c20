//! The C interface as C programs see it: its header, its symbols, and programs that use it, rightly and wrongly.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod examples;
mod guide;
mod header;
mod install;
mod library;
mod programs;
mod tool;
