//! The bytes of the files, read by somebody who knows only what the documentation of the formats says.

#[path = "format/main_file.rs"]
mod main_file;
#[path = "format/pages.rs"]
mod pages;
#[path = "format/reader.rs"]
mod reader;
#[path = "format/write_ahead.rs"]
mod write_ahead;
