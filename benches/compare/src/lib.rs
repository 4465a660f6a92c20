//! NexusLite beside those that people would otherwise take: the same documents, the same work, the same durability.
//!
//! A process for each peer and round, the rounds of all peers by turns, since a machine drifts within minutes; the
//! answers of all are compared. What is measured is written down line by line, and a run that was cut short goes on
//! where it was. The program that has PoloDB, which brings a RocksDB of its own, is this library with another `main`.

mod alone;
mod asked;
mod cells;
mod chart;
mod document;
mod figure;
mod limits;
mod lines;
pub mod peers;
mod person;
mod process;
mod rounds;
mod sources;
mod stand;
mod table;
mod zipf;

use std::process::ExitCode;

pub use nexuslite_benches::Failure;
pub use person::Person;
pub use stand::OpenNamed;

/// The whole program, which opens peers like this.
#[must_use]
pub fn run(open: OpenNamed) -> ExitCode {
    let done = asked::Asked::of(std::env::args().skip(1)).and_then(|asked| match &asked.alone {
        Some(one) => alone::run(&asked, one, open),
        None => rounds::run(&asked),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("compare: {failure}");
            ExitCode::FAILURE
        }
    }
}
