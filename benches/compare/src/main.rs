//! The comparison with every peer that was built: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    nexuslite_compare::run(nexuslite_compare::peers::open)
}
