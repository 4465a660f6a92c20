//! What can become of a command other than success.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// What a command came to.
pub(crate) type Done<T = ()> = Result<T, Failure>;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call was wrong: exit status 2.
    Usage(String),
    /// The call was right and could not be carried out: exit status 1.
    Failed(String),
    /// Whoever reads the output has closed it: nothing to report.
    ClosedPipe,
}

impl Failure {
    /// The operating system refused `doing` with `file`.
    pub(crate) fn io(doing: &str, file: &Path, error: &io::Error) -> Self {
        Self::Failed(format!("{doing} {}: {error}", file.display()))
    }

    /// Says on standard error what happened, in one line, and answers the exit status.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::ClosedPipe => ExitCode::SUCCESS,
            Self::Failed(what) => {
                complain(&what);
                ExitCode::from(1)
            }
            Self::Usage(what) => {
                complain(&what);
                ExitCode::from(2)
            }
        }
    }
}

impl From<nexuslite::Error> for Failure {
    fn from(error: nexuslite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// One line on standard error. Nobody can be told when that fails.
pub(crate) fn complain(what: &str) {
    let line: Vec<&str> = what.lines().map(str::trim).filter(|part| !part.is_empty()).collect();
    let _ = writeln!(io::stderr(), "nexuslite: {}", line.join(" "));
}
