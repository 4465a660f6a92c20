//! The NexusLite command line: one command, one file, one answer.
//!
//! `args` says what can be typed, `commands` does it (a file for each command), `output` is the only way to standard
//! output, `failure` decides the exit status.
//!
//! Invariants
//!   L1  What commands answer goes to standard output; progress, questions, warnings and errors to standard error.
//!   L2  An error is one line: what, where, the value seen. The exit status is 1 when something failed, 2 when the
//!       call was wrong.
//!   L3  A reader that has seen enough and closes the pipe is no error.
//!   L4  Commands that only read open the database read-only: they create nothing and change nothing.
#![forbid(unsafe_code)]

mod args;
mod commands;
mod confirm;
mod database;
mod demo;
mod failure;
mod figures;
mod output;
mod progress;

use std::process::ExitCode;

use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let cli = match args::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(args::NotRun::Told(text)) => return told(&text),
        Err(args::NotRun::Wrong(what)) => return Failure::Usage(what).report(),
    };
    let mut out = Output::stdout(cli.json.into());
    let outcome = commands::run(&cli.command, &mut out);
    let flushed = out.flush();
    match outcome.and(flushed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Prints what was asked for: help, or the version.
fn told(text: &str) -> ExitCode {
    let mut out = Output::stdout(args::JsonMode::Relaxed.into());
    match out.text(text).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
