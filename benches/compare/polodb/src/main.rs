//! The comparison's program for PoloDB, which brings a RocksDB of its own that cannot be linked beside the other one.

mod polo;

use std::path::Path;
use std::process::ExitCode;

use lz4_sys as _;
use nexuslite_compare::peers::{Opening, Peer, Result};

fn main() -> ExitCode {
    nexuslite_compare::run(open)
}

fn open(name: &str, folder: &Path, opening: Opening) -> Result<Box<dyn Peer>> {
    match name {
        "PoloDB" => Ok(Box::new(polo::Polo::open(folder, opening)?)),
        other => Err(format!("this program has PoloDB only, not {other:?}").into()),
    }
}
