//! The bytes of the files, read by somebody who knows only what the documentation of the formats says.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says so by panicking")]

#[path = "format/main_file.rs"]
mod main_file;
#[path = "format/pages.rs"]
mod pages;
#[path = "format/reader.rs"]
mod reader;
#[path = "format/write_ahead.rs"]
mod write_ahead;
